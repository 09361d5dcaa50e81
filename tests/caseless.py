"""A file system without case, made of one with it, at the layer of `os`.

Names below one directory are found whatever their case, and keep the case in which they were made,
as on macOS and Windows. Renaming to another case of the same name changes what is listed. Other
processes, such as git, do not see it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.document.paths import folded

# What takes one path first, and how it is asked for.
_ONE = ("stat", "lstat", "open", "scandir", "listdir", "mkdir", "rmdir", "unlink", "chmod")


class Caseless:
    """The directory below which case does not count, and the functions as they were."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._root = os.path.realpath(root)
        self._listdir = os.listdir
        real_lstat = os.lstat
        self._exists: Callable[[str], bool] = lambda path: _exists(real_lstat, path)
        for name in _ONE:
            monkeypatch.setattr(os, name, self._finding(getattr(os, name)))
        monkeypatch.setattr(os, "remove", os.unlink)
        opened = io.open
        monkeypatch.setattr(io, "open", self._finding(opened))
        monkeypatch.setattr("builtins.open", self._finding(opened))
        for name in ("rename", "replace"):
            monkeypatch.setattr(os, name, self._renaming(getattr(os, name)))

    def found(self, path: Any) -> Any:
        """Return the path as the disk spells it; return a path elsewhere unchanged."""
        if isinstance(path, int | bytes):
            return path
        text = os.path.normpath(os.fspath(path))
        if not text.startswith(self._root + os.sep):
            return path
        at = self._root
        for part in Path(text[len(self._root) + 1 :]).parts:
            at = os.path.join(at, self._spelled(at, part))
        return at

    def _spelled(self, directory: str, name: str) -> str:
        if self._exists(os.path.join(directory, name)):
            return name
        try:
            names = self._listdir(directory)
        except OSError:
            return name
        return next((one for one in names if folded(one) == folded(name)), name)

    def _finding(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *arguments: Any, **named: Any) -> Any:
            return real(self.found(path), *arguments, **named)

        return call

    def _renaming(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(old: Any, new: Any, **named: Any) -> Any:
            source, target = self.found(old), self.found(new)
            if source == target:  # the same file in another case, which is spelled so from now on
                target = os.fspath(Path(target).with_name(Path(os.fspath(new)).name))
            return real(source, target, **named)

        return call


def _exists(lstat: Callable[[str], Any], path: str) -> bool:
    try:
        lstat(path)
    except OSError:
        return False
    return True
