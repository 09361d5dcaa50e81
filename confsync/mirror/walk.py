"""The documents and folder files of a mirror, and the keys that recognise them unread."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from confsync.model.filenames import ATTACHMENTS, BLOG, CONFIG, FOLDER_FILE, SUFFIX, TEMPORARY
from confsync.model.filenames import COMMENTS as _COMMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.state.disk import Key
    from confsync.model.config import SpaceConfig

# A directory of the mirror: its path, the names in it, and their keys in one list. The path of an
# attachments directory ends with a slash.
Seen = tuple[str, list[str], list[int]]
_REPOSITORY = ".git"
# Ends the path of a file or directory that is no document in a `Seen`. No file name can have it.
OTHER = "\0"
# If directories can be opened, files are examined relative to them, which is faster.
_BY_HANDLE = os.scandir in os.supports_fd
# On Windows, a listing may have old values of its files.
_STALE = os.name == "nt"
# Directories behind a link that are searched for documents.
_MOST_BEHIND = 200
_NO_DIRECTORY = (FileNotFoundError, NotADirectoryError)
_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


def walk(
    directory: Path | str, *, but: Path | str | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Yield directories from one downward, with the names of their documents and folder files.

    Hidden directories, links and `but` are not entered. Unreadable directories are left out.
    """
    for parent, inside in _walk(os.fspath(directory), None if but is None else os.fspath(but)):
        yield parent, [entry.name for entry in inside.found]


def files(root: Path, space: SpaceConfig, unread: list[str] | None = None) -> Iterator[str]:
    """Yield the mirror paths of a space's documents and folder files, in no order.

    `unread` collects directories that cannot be read, and links to directories with documents.
    """
    for inner, _, inside in _below(os.fspath(root), space.path, blog=space.blog, unread=unread):
        yield from (f"{inner}/{entry.name}" for entry in inside.found)


def other_files(root: Path, space: SpaceConfig) -> Iterator[str]:
    """Yield the mirror paths of a space's files that are no documents.

    Directories of attachments are yielded as such, with a ``/`` at their end. Hidden files and
    links to directories are left out.
    """
    for inner, _, inside in _below(os.fspath(root), space.path, blog=space.blog):
        yield from (f"{inner}/{name}" for name in inside.others)
        yield from (f"{inner}/{name}/" for name in inside.attached)


def look(root: str, directories: Collection[str], *, files: bool = False) -> Iterator[Seen]:
    """Yield every document and folder file below the spaces' directories, with its key.

    With `files`, also yield the contents of attachments directories. This is all that a status of
    an unchanged mirror does with a file. Leftovers of a killed run appear as empty directories,
    and so do other files, with `OTHER`. Raise OSError if a file cannot be examined, or if a link
    stands for an attachment.
    """
    for top in directories:
        for inner, parent, inside in _below(root, top, blog=f"{top}/{BLOG}" in directories):
            yield _seen(inner, parent, inside.found)
            if inside.has_more:
                yield from _more(inner, parent, inside, f"{root}/{top}")
                others = inside.others + ([] if files else [f"{name}/" for name in inside.attached])
                yield from ((f"{inner}/{name}{OTHER}", [], []) for name in sorted(others))
                for name in inside.attached if files else ():
                    yield attached(f"{inner}/{name}/", f"{parent}/{name}")


def _more(inner: str, parent: str, inside: _Inside, top: str) -> Iterator[Seen]:
    """Yield leftovers of a killed run, and links to directories with documents outside `top`."""
    for name in inside.left:
        yield f"{inner}/{name}", [], []
    for name in inside.links:
        if _hides_documents(f"{parent}/{name}", top):
            yield f"{inner}/{name}", [], []


def attached(inner: str, directory: str) -> Seen:
    """Return everything in an attachments directory, each name with its key.

    Raise OSError, also for a link: git may keep the files elsewhere.
    """
    if os.path.islink(directory):  # noqa: PTH114 - as below
        raise OSError(f"{directory} is a link")
    names: list[str] = []
    numbers: list[int] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise OSError(f"{directory}/{entry.name} is a link")
            seen = os.lstat(entry.path) if _STALE else entry.stat(follow_symlinks=False)
            names.append(entry.name)
            numbers += (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    return inner, names, numbers


def look_outside(root: str, directories: Collection[str]) -> Iterator[Seen]:
    """Yield every document of a mirror that is outside every space's directory, with its key.

    Directories without documents are left out. Hidden directories, links, and inner mirrors and
    repositories are not entered. Directories that `look` enters are not entered again. Raise
    OSError if a document cannot be examined.
    """
    held = {_identity(f"{root}/{top}") for top in directories} - {None}
    for parent, inside in _walk(root, None):
        inner = parent[len(root) + 1 :].replace(os.sep, "/")
        if inner and (
            inside.is_apart or _identity(parent) in held
        ):  # `held` finds a directory under another name
            inside.below.clear()
            continue
        above = f"{inner}/" if inner else ""
        inside.below[:] = [name for name in inside.below if f"{above}{name}" not in directories]
        if found := [entry for entry in inside.found if is_document(entry.name)]:
            yield _seen(inner, parent, found)


def _identity(directory: str) -> tuple[int, int] | None:
    """Return the identity of a directory, whatever its name; None if it is missing."""
    try:
        found = os.stat(directory)  # noqa: PTH116 - a status with nothing to tell loads no Path
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _seen(inner: str, parent: str, found: list[os.DirEntry[str]]) -> Seen:
    """Return a directory and the files found in it, each with its key. Raise OSError."""
    numbers: list[int] = []
    for entry in found:
        if _BY_HANDLE:
            seen = entry.stat(follow_symlinks=False)
        else:  # on Windows, the listing may have old values
            seen = os.lstat(f"{parent}/{entry.name}")
        numbers += (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    return inner, [entry.name for entry in found], numbers


def is_document(name: str) -> bool:
    """Return whether a file is a document, and not a folder file."""
    return not name.endswith(FOLDER_FILE)


def documents(seen: Iterable[Seen]) -> frozenset[str]:
    """Return the paths of the seen documents."""
    return frozenset(
        f"{inner}/{name}"
        for inner, names, _ in seen
        if not is_attached(inner)
        for name in names
        if is_document(name)
    )


def is_attached(inner: str) -> bool:
    """Return whether a seen directory has attachments."""
    return inner.endswith("/")


def keys(seen: Iterable[Seen]) -> dict[str, Key]:
    """Return the paths of the seen files, each with its key as in `disk.key`."""
    found: dict[str, Key] = {}
    for inner, names, numbers in seen:
        rest = iter(numbers)
        above = inner if is_attached(inner) else f"{inner}/"
        for name, *key in zip(names, rest, rest, rest, rest, strict=True):
            found[f"{above}{name}"] = (key[0], key[1], key[2], key[3])
    return found


class _Inside(NamedTuple):
    """The contents of a directory.

    These are documents and folder files, directories to enter, leftovers of a killed run, links to
    directories, directories of attachments or links to these, and other files, without the comments
    of documents. `is_apart` means that the directory is a mirror or a repository of its own.
    """

    found: list[os.DirEntry[str]]
    below: list[str]
    left: list[str]
    links: list[str]
    attached: list[str]
    others: list[str]
    is_apart: bool

    @property
    def has_more(self) -> bool:
        """Return whether there is more than documents, folder files and directories to enter."""
        return bool(self.left or self.links or self.attached or self.others)


def _below(
    root: str, top: str, *, blog: bool, unread: list[str] | None = None
) -> Iterator[tuple[str, str, _Inside]]:
    """Yield the contents of a space's directory, without its blog if that is mirrored separately.

    Each item is a directory's path in the mirror, its own path, and its contents.
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
    """Yield the same as `walk`, with entries, which the caller must examine at once.

    Directories that the caller removes from `below` meanwhile are not entered. `missed` collects
    existing directories that cannot be read.
    """
    left_out = None if but is None else os.path.normcase(but)
    waiting = [directory]
    while waiting:
        parent = waiting.pop()
        try:
            handle = _open(parent)
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
            if missed is not None and inside.links:
                links = (f"{parent}{os.sep}{name}" for name in inside.links)
                missed += (link for link in links if _hides_documents(link, directory))
            yield parent, inside
        finally:
            if handle is not None:
                os.close(handle)
        below = [f"{parent}{os.sep}{name}" for name in sorted(inside.below, reverse=True)]
        waiting += [path for path in below if os.path.normcase(path) != left_out]


def _open(directory: str) -> int | None:
    """Return a handle of a directory; None if this system reads directories by path.

    Raise OSError. FileNotFoundError and NotADirectoryError mean that there is no such directory.
    """
    if _BY_HANDLE:
        return os.open(directory, _FLAGS)
    if not stat.S_ISDIR(os.stat(directory).st_mode):  # noqa: PTH116 - as in `_identity`
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), directory)
    return None


def _inside(place: str | int) -> _Inside | None:
    """Return the contents of a directory, or None if it cannot be read."""
    found: list[os.DirEntry[str]] = []
    below: list[str] = []
    left: list[str] = []
    links: list[str] = []
    attached: list[str] = []
    others: list[str] = []
    is_apart = False
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                name = entry.name
                try:
                    is_directory = entry.is_dir()
                except OSError:  # such as a circular link
                    is_directory = False
                if name.startswith(TEMPORARY):
                    left.append(name)
                elif is_directory:
                    if _is_entered(entry):
                        below.append(name)
                    elif name == _REPOSITORY:
                        is_apart = True
                    elif name.endswith(ATTACHMENTS) and name[0] != ".":
                        attached.append(name)
                    elif name[0] != ".":
                        links.append(name)
                elif name == FOLDER_FILE or (name.endswith(SUFFIX) and name[0] != "."):
                    found.append(entry)
                elif name in (CONFIG, _REPOSITORY):  # in a linked work tree, `.git` is a file
                    is_apart = True
                elif entry.is_symlink() and name[0] != "." and not _is_file(entry):
                    links.append(name)  # a broken link, for example to a drive that is not mounted
                elif name[0] != ".":
                    others.append(name)
    except OSError:
        return None
    others = _without_comments(others, found) if others else others
    return _Inside(found, below, left, links, attached, others, is_apart)


def _without_comments(others: list[str], found: list[os.DirEntry[str]]) -> list[str]:
    """Return the other files without the comments of documents."""
    beside = {entry.name.removesuffix(SUFFIX) + _COMMENTS for entry in found}
    return [name for name in others if name not in beside]


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _hides_documents(link: str, top: str) -> bool:
    """Return whether documents are behind a link to a directory outside `top`.

    A broken link may hide documents if it has the name of a directory of a page's children. Large
    trees are not searched completely: a link to pictures does no harm.
    """
    if not os.path.exists(link):  # noqa: PTH110 - as above
        return os.path.lexists(f"{link}{SUFFIX}")
    place = os.path.realpath(link)
    if f"{place}{os.sep}".startswith(f"{os.path.realpath(top)}{os.sep}"):
        return False
    looked = islice(walk(place), _MOST_BEHIND)
    return any(names for _, names in looked)


def _is_entered(entry: os.DirEntry[str]) -> bool:
    """Return whether the directories below may hold documents of the mirror."""
    if entry.name.startswith(".") or entry.name.endswith(ATTACHMENTS) or entry.is_symlink():
        return False
    is_junction = getattr(
        entry, "is_junction", None
    )  # Python 3.12; a junction is a link on Windows
    return is_junction is None or not is_junction()
