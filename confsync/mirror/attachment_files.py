"""The files of attachments: those beside a document, and downloads."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from confsync.document.attachments import names as attachments
from confsync.document.attachments.pointers import (
    HEAD,
    Pointer,
    may_be_target,
    pointer_in,
    pointer_of_link,
    pointer_to,
)
from confsync.document.paths import folded
from confsync.errors import FileError
from confsync.mirror.state import disk, regular
from confsync.mirror.state.base_cache import make_state
from confsync.model.stamp import Attached

if TYPE_CHECKING:
    from confsync.model.page import AttachmentInfo

DOWNLOADS = "downloads"
_PIECE = 1 << 20
# The message for a file that is `unfit`.
MISNAMED = "this name is not possible on every system, or differs from another only in case"


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """One attachment's file as it was read: path in the mirror, size in bytes, and digest."""

    path: str
    size: int
    digest: str

    @property
    def file(self) -> str:
        """Return the file's own name in the form of stamps."""
        return _plain(self.file_name)

    @property
    def file_name(self) -> str:
        """Return the file's own name as the file system has it."""
        return self.path.rpartition("/")[2]


def names(root: Path, document: str, attached: tuple[Attached, ...]) -> frozenset[str]:
    """Return the names of the attachments that have files beside a document. Raise FileError."""
    return frozenset(name for name, _ in _named(root, document, attached))


def files_of(
    root: Path, document: str, attached: tuple[Attached, ...]
) -> dict[str, AttachmentFile]:
    """Return the files beside a document, by the names of their attachments.

    Hidden files, links and directories are not attachments. Raise FileError.
    """
    found: dict[str, AttachmentFile] = {}
    for name, path in _named(root, document, attached):
        digest, size = digest_of(root / path, path)
        found[name] = AttachmentFile(path, size, digest)
    return found


def unfit(root: Path, document: str, attached: tuple[Attached, ...]) -> frozenset[str]:
    """Return the files beside a document that cannot be attachments.

    Their names are not possible on every system, or differ from another name only in case. Raise
    FileError.
    """
    fit = {path for _, path in _named(root, document, attached)}
    directory = attachments.directory_of(document)
    return frozenset(
        _plain(file) for file in _names_in(root / directory) if f"{directory}/{file}" not in fit
    )


class Wanted(NamedTuple):
    """The attachments to send: those that a page shows or a person listed, if a pattern matches."""

    shown: frozenset[str]
    patterns: tuple[str, ...]

    def has(self, name: str, bases: Mapping[str, Attached]) -> bool:
        """Return whether a file of this name would be sent if it differs from the base's."""
        return (name in bases or name in self.shown) and attachments.managed(name, self.patterns)


class Here(NamedTuple):
    """The files beside one document.

    `files` are by attachment name, `stand_ins` by path. `linked` are names of attachments whose
    files are links. `unfit` are the results of the function `unfit`.
    """

    files: Mapping[str, AttachmentFile] = {}
    unfit: frozenset[str] = frozenset()
    stand_ins: Mapping[str, Pointer] = {}
    linked: frozenset[str] = frozenset()


def here(root: Path, document: str, attached: tuple[Attached, ...], wanted: Wanted) -> Here:
    """Return everything that is beside a document. Raise FileError."""
    if not os.path.lexists(root / attachments.directory_of(document)):
        return Here()  # most documents have none
    return Here(
        files_of(root, document, attached),
        unfit(root, document, attached),
        dict(stand_ins(root, document, attached, wanted)),
        frozenset(links(root, document, attached)),
    )


def known_here(
    directory: str, known: Iterable[tuple[str, str, int, str]], unfit: Iterable[str]
) -> Here:
    """Return what `here` found earlier, if nothing changed since.

    `known` has an attachment's name, its file's name, size and digest.
    """
    found = {
        name: AttachmentFile(f"{directory}/{file}", size, digest)
        for name, file, size, digest in known
    }
    return Here(found, frozenset(unfit))


def stand_ins(
    root: Path, document: str, attached: tuple[Attached, ...], wanted: Wanted
) -> Iterator[tuple[str, Pointer]]:
    """Yield the pointer files beside a document that a push would have to send.

    These include links, and the directory itself if it is a link. If the stamp has the file's
    bytes, the file is the attachment itself: a person attached a pointer. Raise FileError.
    """
    bases = by_name(attached)
    for name, path in _named(root, document, attached):
        if wanted.has(name, bases) and (pointer := _pointer(root, path, bases.get(name))):
            yield path, pointer
    linked = links(root, document, attached)
    yield from {path: p for name, (path, p) in linked.items() if wanted.has(name, bases)}.items()


def _pointer(root: Path, path: str, base: Attached | None) -> Pointer | None:
    """Return the pointer in a file, or None for an ordinary file and for the base's bytes."""
    begin = head(root / path, path)
    pointer = pointer_in(begin, path)
    if pointer is None and not may_be_target(begin):
        return None
    if base and digest_of(root / path, path)[0] == base.digest:
        return None
    if pointer is None:
        from confsync.mirror.git.trees import is_link_as_text  # rarely needed

        if is_link_as_text(root, path, begin):
            return pointer_of_link(path, os.fsdecode(begin))
    return pointer


def links(
    root: Path, document: str, attached: tuple[Attached, ...]
) -> dict[str, tuple[str, Pointer]]:
    """Return the links beside a document, by attachment name, each with its path.

    If the directory is a link, each attachment of the stamp is behind it.
    """
    known = {one.file: one.name for one in attached}
    directory = attachments.directory_of(document)
    if (root / directory).is_symlink():
        pointer = _link(root / directory)
        behind = _names_in(root / directory, behind=True) if pointer else ()
        names = {*known, *map(_plain, behind)}
        return {known.get(f, f): (directory, pointer) for f in names} if pointer else {}
    found: dict[str, tuple[str, Pointer]] = {}
    for file in sorted(_names_in(root / directory, links=True)):
        if pointer := _link(root / directory / file):
            found[known.get(_plain(file), _plain(file))] = (f"{directory}/{file}", pointer)
    return found


def _link(path: Path) -> Pointer | None:
    """Return the pointer for a symbolic link, or None if the link is gone."""
    try:
        return pointer_to(str(path.readlink()), dangles=not path.exists())
    except OSError:
        return None


def _named(root: Path, document: str, attached: tuple[Attached, ...]) -> Iterator[tuple[str, str]]:
    """Yield name and path of each file beside a document that can be an attachment."""
    known = {one.file: one.name for one in attached}
    directory = attachments.directory_of(document)
    every = sorted(_names_in(root / directory))
    alike = Counter(folded(_plain(file)) for file in every)
    for file in every:
        plain = _plain(file)
        if plain in known or (attachments.is_safe(plain) and alike[folded(plain)] == 1):
            yield known.get(plain, plain), f"{directory}/{file}"


def _plain(file: str) -> str:
    """Return the NFC form of a name; some file systems use another form."""
    return unicodedata.normalize("NFC", file)


def _names_in(directory: Path, *, links: bool = False, behind: bool = False) -> Iterator[str]:
    """Yield the names of the regular files in a directory, or of its `links`, without hidden ones.

    If the directory is a link, yield names only with `behind`.
    """
    if directory.is_symlink() and not behind:
        return
    try:
        with os.scandir(directory) as found:
            for one in found:
                fits = one.is_symlink() if links else one.is_file(follow_symlinks=False)
                if fits and not one.name.startswith("."):
                    yield one.name
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise FileError(f"{directory}: cannot be read: {error.strerror}") from None


def digest_of(path: Path, name: str) -> tuple[str, int]:
    """Return a file's digest and size; `name` is for messages. Raise FileError."""
    hashed = hashlib.sha256()
    size = 0
    try:
        with open(regular.opened(path), "rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                hashed.update(piece)
                size += len(piece)
                if size > regular.ATTACHMENT_BYTES:
                    most = f"is over {regular.ATTACHMENT_BYTES // 1024**3} GB"
                    raise FileError(f"{name}: {most}, more than an attachment can have")
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {error.strerror or error}") from None
    return attachments.digest_of(hashed), size


def head(path: Path, name: str) -> bytes:
    """Return the first bytes of a file, which show its kind. Raise FileError."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {error.strerror or error}") from None


def orphans(root: Path, directory: str, documents: frozenset[str]) -> Iterator[str]:
    """Yield the attachments directories below a directory whose documents are missing."""
    above = len(os.fspath(root)) + 1
    for parent, directories, _ in os.walk(f"{root}{os.sep}{directory}"):
        inner = parent[above:].replace(os.sep, "/")
        for name in sorted(directories):
            owner = attachments.document_of(f"{inner}/{name}")
            if owner is not None and owner not in documents:
                yield f"{inner}/{name}"
        directories[:] = [
            name
            for name in directories
            if not name.startswith(".") and not name.endswith(attachments.DIRECTORY)
        ]


class Download:
    """A download that continues where an earlier one was interrupted.

    It implements `remote.Sink`.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file

    @property
    def size(self) -> int:
        return self._file.tell()

    def restart(self) -> None:
        # `truncate` keeps the position, and `size` would still count the old bytes.
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)


@contextmanager
def downloading(state: Path, info: AttachmentInfo) -> Iterator[Download]:
    """Yield the download of an attachment's version, below `state`.

    The file's name is a hash of the clone's mark and of everything that identifies the content. So
    an existing file has this content and was downloaded by this clone.
    """
    version = info.version
    try:
        word = make_state(state)
    except OSError as error:
        raise FileError(f"{info.name}: cannot be downloaded: {error.strerror or error}") from None
    parts = (word, info.id, info.name, str(version.number), version.created_at, str(info.size))
    name = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    path = state / DOWNLOADS / name
    try:
        regular.check_way(path, state)
        with disk.growing(path) as file:
            download = Download(path, file)
            if download.size > info.size:
                download.restart()
            yield download
    except OSError as error:
        raise FileError(f"{info.name}: cannot be downloaded: {error.strerror or error}") from None


def by_name(attached: tuple[Attached, ...]) -> Mapping[str, Attached]:
    """Return the stamps of attachments by name."""
    return {one.name: one for one in attached}
