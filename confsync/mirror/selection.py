"""The documents that a command is about: those that the user named, or all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from confsync.document.attachments.names import DIRECTORY, directory_of, document_of
from confsync.errors import UsageError
from confsync.model.config import Config, SpaceConfig


@dataclass(frozen=True, slots=True)
class Selection:
    """The named files and directories, relative to the mirror with ``/``; empty means all.

    `among` narrows the selection, for example to files that changed in git.
    """

    names: tuple[str, ...] = ()
    among: frozenset[str] | None = None
    # Sets of the same names: hooks name thousands of files, and each document is looked up.
    _named: frozenset[str] = field(init=False, repr=False, compare=False)
    _files: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", frozenset(self.names))
        files = tuple(name for name in self.names if f"{DIRECTORY}/" in name)
        object.__setattr__(self, "_files", files)

    @classmethod
    def of(cls, root: Path, directory: Path, given: Iterable[str]) -> Selection:
        """Return the selection of paths as typed in `directory`.

        Raise UsageError for a path outside the mirror.
        """
        names = []
        for path in given:
            full = os.path.normpath(directory / path)
            name = os.path.relpath(full, root)
            if name == ".." or name.startswith(f"..{os.sep}"):
                raise UsageError(f"{path} is not in the mirror {root}")
            names.append(Path(name).as_posix())
        return cls(() if "." in names else tuple(names))

    @property
    def everything(self) -> bool:
        """Return whether nothing was named."""
        return not self.names and self.among is None

    def has(self, path: str) -> bool:
        """Return whether a document is selected, by its own name or by a directory above it."""
        if self.among is not None and path not in self.among:
            return False
        return self.meant_itself(path) or bool(self.attachments_of(path))

    def meant_itself(self, path: str) -> bool:
        """Return whether a document itself is selected, and not only its attachments."""
        return not self.names or not self._named.isdisjoint(_with_parents(path))

    def attachments_of(self, path: str) -> tuple[str, ...]:
        """Return the named files among a document's attachments."""
        inside = f"{directory_of(path)}/"
        return tuple(name.removeprefix(inside) for name in self._files if name.startswith(inside))

    def unknown_names(self, paths: Iterable[str]) -> list[str]:
        """Return the names that mean none of some documents."""
        known = {name for path in paths for name in _with_parents(path)} if self.names else {""}
        return [n for n in self.names if n not in known and (document_of(n) or n) not in known]


def whole_spaces(config: Config, selection: Selection) -> tuple[SpaceConfig, ...]:
    """Return the spaces that a selection names as a whole, by their directories or one above them.

    The result is empty if the selection names anything else. Pages move between the subtrees of a
    space, so the directory of one subtree names all of them.
    """
    if selection.among is not None:
        return ()
    inside = [_at_or_below(config, name) for name in selection.names]
    found = {space for spaces in inside for space in spaces}
    keys = {space.key.casefold() for space in found if not space.posts}
    named = (
        space
        for space in config.spaces
        if space in found or (space.key.casefold() in keys and not space.posts)
    )
    return tuple(named) if all(inside) else ()


def spaces_of(config: Config, selection: Selection) -> tuple[SpaceConfig, ...]:
    """Return the spaces in which a run of the selected documents may write.

    A space with its blog and its subtrees has one lock. A name outside every space selects all.
    """
    holding = [
        _at_or_below(config, name) or [one for one in config.spaces if one.holds(name)]
        for name in selection.names
    ]
    if not holding or not all(holding):
        return config.spaces
    keys = {space.key.casefold() for spaces in holding for space in spaces}
    return tuple(space for space in config.spaces if space.key.casefold() in keys)


def _at_or_below(config: Config, name: str) -> list[SpaceConfig]:
    """Return the spaces whose directories are at or below a path."""
    inside = f"{name}/"
    return [one for one in config.spaces if f"{one.path}/".startswith(inside)]


def _with_parents(path: str) -> Iterator[str]:
    """Yield a path and the directories above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
