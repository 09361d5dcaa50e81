"""Several mirrors in one run: hooks name files of several mirrors, or of none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from confsync.cli.options import Settings
from confsync.cli.session import relative, standpoint_of
from confsync.errors import ConfigError, UsageError
from confsync.mirror import config_file
from confsync.model.result import Result


def mirrors_of(settings: Settings, paths: tuple[str, ...]) -> dict[Path, tuple[str, ...]]:
    """Return the mirrors of some paths, each with its paths. Without paths, return the mirror here.

    A path in no mirror is left out, because hooks name every file of a kind. Raise ConfigError if
    no path is in a mirror. Under pre-commit raise nothing, since a commit may contain only other
    files.
    """
    if not settings.start.is_dir():
        raise UsageError(f"{settings.start} is not a directory")
    if not paths:
        return {config_file.find_root(settings.start): ()}
    found: dict[Path, list[str]] = {}
    trouble = None
    for path in paths:
        try:
            given = (settings.start / path).absolute()
            root = config_file.find_root(given if given.is_dir() else given.parent)
        except ConfigError as error:
            trouble = error
        else:
            found.setdefault(root, []).append(path)
    if not found and trouble and not os.environ.get("PRE_COMMIT"):
        raise trouble
    return {root: tuple(named) for root, named in found.items()}


def together(settings: Settings, results: Mapping[Path, Result]) -> tuple[Result, Path]:
    """Join the results of several mirrors, or of none.

    Return the start of their relative paths, too.
    """
    if not results:
        return Result(click.get_current_context().info_name or ""), settings.start
    if len(results) == 1:
        ((root, result),) = results.items()
        return result, root
    start = settings.start
    results = {
        root: result.typed(standpoint_of(settings, root)) for root, result in results.items()
    }
    every = results.items()
    first = next(iter(results.values()))
    merged = replace(
        first,
        pages=tuple(
            replace(page, path=relative(root / page.path, start))
            for root, result in every
            for page in result.pages
        ),
        findings=tuple(
            replace(finding, path=relative(root / finding.path, start))
            for root, result in every
            for finding in result.findings
        ),
        errors=tuple(error for result in results.values() for error in result.errors),
        notes=tuple(note for result in results.values() for note in result.notes),
        warnings=tuple(one for result in results.values() for one in result.warnings),
        clean=sum(result.clean for result in results.values()),
    )
    return replace(merged, **_files_of(results, start)), start


def _files_of(results: Mapping[Path, Result], start: Path) -> dict[str, Any]:
    """Return the files that are left out of several mirrors, and the hints, with relative paths."""
    files = [
        one._replace(path=relative(root / one.path, start))
        for root, result in results.items()
        for one in result.left_out
    ]
    hints = [
        hint._replace(path=relative(root / hint.path, start))
        for root, result in results.items()
        for hint in result.hints
    ]
    return {"left_out": tuple(files), "hints": tuple(hints)}
