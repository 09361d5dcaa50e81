"""The walk of a space's directory, by handles and, as on Windows, by paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from confsync.mirror import walk
from confsync.model.config import SpaceConfig

ENG = SpaceConfig(key="ENG", path="ENG")


@pytest.fixture(params=["by handle", "by path"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by handle" and os.scandir not in os.supports_fd:
        pytest.skip("this system reads no directory by its handle")
    monkeypatch.setattr(walk, "_BY_HANDLE", request.param == "by handle")


def seen(root: Path) -> tuple[list[str], list[str]]:
    """Return the documents of the space, and its directories that cannot be read."""
    unread: list[str] = []
    return sorted(walk.files(root, ENG, unread)), unread


def test_documents_are_found_below_the_directory(tmp_path: Path) -> None:
    for name in ("ENG/a.xhtml", "ENG/a/b.xhtml", "ENG/.hidden/c.xhtml", "other/d.xhtml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert seen(tmp_path) == (["ENG/a.xhtml", "ENG/a/b.xhtml"], [])


def test_a_directory_that_does_not_exist_yet_hides_nothing(tmp_path: Path) -> None:
    assert seen(tmp_path) == ([], [])
    (tmp_path / "ENG").write_text("a file")
    assert seen(tmp_path) == ([], [])


def test_a_directory_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ENG").mkdir()
    for error in (PermissionError, FileNotFoundError):  # the second: while it is read

        def refuse(place: Any, error: type[OSError] = error) -> None:
            raise error(place)

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refuse)
            assert seen(tmp_path) == ([], ["ENG"])
