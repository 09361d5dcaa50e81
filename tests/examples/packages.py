"""Python environments with the packages of the one that runs the tests: nothing is downloaded."""

from __future__ import annotations

import sys
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = "confsync"
_NO_EXTRA = {"extra": ""}


def link_packages(directory: Path, *names: str) -> None:
    """Link what the project needs into a directory, and the named packages with their own needs.

    The project itself is not among them. What it needs and does not say, is missing there.
    """
    for package in _needed(PROJECT, *names):
        for name in {path.parts[0] for path in package.files or ()} - {"..", "__pycache__"}:
            (directory / name).symlink_to(Path(str(package.locate_file(name))))


def _needed(*names: str) -> list[Distribution]:
    """Return the packages that are needed, directly or by another one, but for the project."""
    found: dict[str, Distribution] = {}
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found[name] = distribution(name)
            needs = map(Requirement, found[name].requires or ())
            wanted = [one for one in needs if not one.marker or one.marker.evaluate(_NO_EXTRA)]
            left += [one.name for one in wanted]
    del found[PROJECT]
    return list(found.values())


def environment(directory: Path) -> Path:
    """Make a virtual environment with pip, and what the project and its wheel need.

    Return its Python.
    """
    venv.create(directory, symlinks=sys.platform != "win32")
    (packages,) = directory.glob("lib/python*/site-packages")
    link_packages(packages, "pip", "hatchling")
    return directory / "bin" / "python"
