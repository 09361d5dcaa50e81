"""Which documents and folder files stand in a mirror, and how each is recognised unread."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from confsync.model.filenames import ATTACHMENTS, BLOG, CONFIG, FOLDER_FILE, SUFFIX, TEMPORARY

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.state.disk import Key
    from confsync.model.config import SpaceConfig

# A directory of the mirror: its path, what stands in it, and the keys of these, one behind the
# other.
Seen = tuple[str, list[str], list[int]]
_REPOSITORY = ".git"
# Where directories can be opened, nobody goes the whole way to each file in one.
_BY_HANDLE = os.scandir in os.supports_fd
# So many directories behind a link are looked at for documents.
_MOST_BEHIND = 200
_NO_DIRECTORY = (FileNotFoundError, NotADirectoryError)
_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


def walk(
    directory: Path | str, *, but: Path | str | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Directories from one downward, with the names of their documents and folder files.

    Hidden ones, links and `but` are not entered; one that cannot be read is left out.
    """
    for parent, inside in _walk(os.fspath(directory), None if but is None else os.fspath(but)):
        yield parent, [entry.name for entry in inside.found]


def files(root: Path, space: SpaceConfig, unread: list[str] | None = None) -> Iterator[str]:
    """The paths in the mirror of a space's documents and folder files, in no order.

    Adds to `unread` the directories that cannot be read, and in which more may stand; and links to
    directories in which documents stand.
    """
    for inner, _, inside in _below(os.fspath(root), space.path, blog=space.blog, unread=unread):
        yield from (f"{inner}/{entry.name}" for entry in inside.found)


def look(root: str, directories: Collection[str]) -> Iterator[Seen]:
    """Every document and folder file below the spaces' directories, with its key.

    This is all that a status of an unchanged mirror does with each. What a killed run left is seen,
    too, as a place in which nothing is. Raises OSError when one cannot be looked at.
    """
    for top in directories:
        for inner, parent, inside in _below(root, top, blog=f"{top}/{BLOG}" in directories):
            yield _seen(inner, parent, inside.found)
            yield from ((f"{inner}/{name}", [], []) for name in inside.left)
            links = (
                name
                for name in inside.links
                if _hides_documents(f"{parent}/{name}", f"{root}/{top}")
            )
            yield from ((f"{inner}/{name}", [], []) for name in links)


def look_outside(root: str, directories: Collection[str]) -> Iterator[Seen]:
    """Yield every document of a mirror that stands in no space's directory, with its key.

    Directories without documents are left out. Hidden directories, links, and mirrors and
    repositories within this one are not entered, and what `look` enters is not entered again.
    Raises OSError when a document cannot be looked at.
    """
    held = {_identity(f"{root}/{top}") for top in directories} - {None}
    for parent, inside in _walk(root, None):
        inner = parent[len(root) + 1 :].replace(os.sep, "/")
        if inner and (inside.is_apart or _identity(parent) in held):  # the latter: by another name
            inside.below.clear()
            continue
        above = f"{inner}/" if inner else ""
        inside.below[:] = [name for name in inside.below if f"{above}{name}" not in directories]
        if found := [entry for entry in inside.found if is_document(entry.name)]:
            yield _seen(inner, parent, found)


def _identity(directory: str) -> tuple[int, int] | None:
    """What a directory is, whatever its name; None for one that is not there."""
    try:
        found = os.stat(directory)  # noqa: PTH116 - a status with nothing to tell loads no Path
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _seen(inner: str, parent: str, found: list[os.DirEntry[str]]) -> Seen:
    """A directory and what was found in it, each with its key. Raises OSError."""
    numbers: list[int] = []
    for entry in found:
        if _BY_HANDLE:
            seen = entry.stat(follow_symlinks=False)
        else:  # what Windows says of a file where it lists it may be of long ago
            seen = os.lstat(f"{parent}/{entry.name}")
        numbers += (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    return inner, [entry.name for entry in found], numbers


def is_document(name: str) -> bool:
    """Whether what stands is a document, and not the file that says which folder a directory is."""
    return not name.endswith(FOLDER_FILE)


def documents(seen: Iterable[Seen]) -> frozenset[str]:
    """The paths of the documents that were seen."""
    return frozenset(
        f"{inner}/{name}" for inner, names, _ in seen for name in names if is_document(name)
    )


def keys(seen: Iterable[Seen]) -> dict[str, Key]:
    """The paths of what was seen, each with its key as `disk.key` has it."""
    found: dict[str, Key] = {}
    for inner, names, numbers in seen:
        rest = iter(numbers)
        for name, *key in zip(names, rest, rest, rest, rest, strict=True):
            found[f"{inner}/{name}"] = (key[0], key[1], key[2], key[3])
    return found


class _Inside(NamedTuple):
    """What is in a directory: documents and folder files, directories to look into, what a run that
    was killed left, and links to directories. `is_apart` says that it is a mirror or a repository
    of its own."""

    found: list[os.DirEntry[str]]
    below: list[str]
    left: list[str]
    links: list[str]
    is_apart: bool


def _below(
    root: str, top: str, *, blog: bool, unread: list[str] | None = None
) -> Iterator[tuple[str, str, _Inside]]:
    """What stands in a space's directory, and not in that of its blog if that is another's.

    A directory's path in the mirror, its own, and what is in it.
    """
    start = f"{root}/{top}"
    missed: list[str] = []
    for parent, inside in _walk(start, f"{start}/{BLOG}" if blog else None, missed):
        yield top + parent[len(start) :].replace(os.sep, "/"), parent, inside
    if unread is not None:
        unread += (top + parent[len(start) :].replace(os.sep, "/") for parent in missed)


def _walk(
    directory: str, but: str | None, missed: list[str] | None = None
) -> Iterator[tuple[str, _Inside]]:
    """As `walk`, with entries; whoever wants to look at these does so before he goes on.

    What the caller takes out of `below` meanwhile is not entered. Adds to `missed` the directories
    that are there and cannot be read.
    """
    left_out = None if but is None else os.path.normcase(but)
    waiting = [directory]
    while waiting:
        parent = waiting.pop()
        try:
            handle = os.open(parent, _FLAGS) if _BY_HANDLE else None
        except OSError as error:
            if missed is not None and not isinstance(error, _NO_DIRECTORY):
                missed.append(parent)
            continue
        try:
            inside = _inside(parent if handle is None else handle)
            if inside is None:
                if missed is not None:
                    missed.append(parent)
                continue
            if missed is not None:
                links = (f"{parent}{os.sep}{name}" for name in inside.links)
                missed += (link for link in links if _hides_documents(link, directory))
            yield parent, inside
        finally:
            if handle is not None:
                os.close(handle)
        below = [f"{parent}{os.sep}{name}" for name in sorted(inside.below, reverse=True)]
        waiting += [path for path in below if os.path.normcase(path) != left_out]


def _inside(place: str | int) -> _Inside | None:
    """What is in a directory; None for one that cannot be read."""
    found: list[os.DirEntry[str]] = []
    below: list[str] = []
    left: list[str] = []
    links: list[str] = []
    is_apart = False
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                name = entry.name
                try:
                    is_directory = entry.is_dir()
                except OSError:  # such as a link in a circle
                    is_directory = False
                if name.startswith(TEMPORARY):
                    left.append(name)
                elif is_directory:
                    if _is_entered(entry):
                        below.append(name)
                    elif name == _REPOSITORY:
                        is_apart = True
                    elif not (name[0] == "." or name.endswith(ATTACHMENTS)):
                        links.append(name)
                elif name == FOLDER_FILE or (name.endswith(SUFFIX) and name[0] != "."):
                    found.append(entry)
                elif name in (CONFIG, _REPOSITORY):  # of a work tree, `.git` is a file
                    is_apart = True
                elif entry.is_symlink() and name[0] != "." and not _is_file(entry):
                    links.append(name)  # leads nowhere now, such as to a drive that is away
    except OSError:
        return None
    return _Inside(found, below, left, links, is_apart)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _hides_documents(link: str, top: str) -> bool:
    """Return whether documents stand behind a link to a directory, and not below `top` anyway.

    They may, if the link leads nowhere and has the name of a directory of a page's children. Large
    trees are not looked through: a link to pictures is no trouble.
    """
    if not os.path.exists(link):  # noqa: PTH110 - as above
        return os.path.lexists(f"{link}{SUFFIX}")
    place = os.path.realpath(link)
    if f"{place}{os.sep}".startswith(f"{os.path.realpath(top)}{os.sep}"):
        return False
    looked = islice(walk(place), _MOST_BEHIND)
    return any(names for _, names in looked)


def _is_entered(entry: os.DirEntry[str]) -> bool:
    """Whether what is below a directory may be documents of the mirror."""
    if entry.name.startswith(".") or entry.name.endswith(ATTACHMENTS) or entry.is_symlink():
        return False
    is_junction = getattr(entry, "is_junction", None)  # of Python 3.12: a link, on Windows
    return is_junction is None or not is_junction()
