"""The attachments of one document from all sides, as pull, push and status decide about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from confsync.document.attachments import names as attachments
from confsync.document.attachments.pointers import Pointer
from confsync.document.document import Document
from confsync.errors import ConfsyncError
from confsync.mirror import attachment_files as files
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.mirror import Mirror
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.in_doubt import SentFile
from confsync.model.page import AttachmentInfo, Version
from confsync.model.stamp import Attached
from confsync.remote import Remote
from confsync.sync.attachments.compare import Decision, Sides, decide

# What has to be done about an attachment at this side, and what at that.
HERE = (Decision.FETCH, Decision.STAMP, Decision.REMOVE, Decision.FORGET)

THERE = (Decision.UPLOAD, Decision.DELETE)

CONFLICTS = (Decision.DIVERGED, Decision.LOST, Decision.UNKNOWN, Decision.RESTORED)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one document: its files, and those that were deleted on purpose.

    `path` is the document's. `attached` are the stamp's. `deleted` maps the attachments that were
    deleted here to the paths of their files in git. `unfit` are files that cannot be
    attachments. `stand_ins` are the files, by path, that only stand for what is to be sent, and
    `linked` the attachments whose files are links. `newest` are the newest
    stamps that git knows, by name.
    """

    path: str
    attached: tuple[Attached, ...]
    files: Mapping[str, files.AttachmentFile]
    deleted: Mapping[str, str]
    shown: frozenset[str]
    patterns: tuple[str, ...]
    unfit: frozenset[str] = frozenset()
    stand_ins: Mapping[str, Pointer] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    newest: Mapping[str, Attached] = field(default_factory=dict)

    @property
    def misnamed(self) -> tuple[str, ...]:
        """What is to be sent, but cannot be under its name."""
        return tuple(sorted(self.unfit & self.shown))

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """What would be sent, but may arrive under another name."""
        return tuple(filter(attachments.is_ambiguous, self.changed(delete=False)))

    def facing(self, infos: Iterable[AttachmentInfo]) -> Beside:
        """The same, where a pull that was cut off had put files of which no stamp tells yet."""
        theirs = {info.name for info in infos}
        known = {one.name for one in self.attached} | theirs
        put = {attachments.renamed(name): name for name in theirs - self.files.keys()}
        found = {
            name if name in known else put.get(name, name): file
            for name, file in self.files.items()
        }
        return replace(self, files=found)

    def sides(self, infos: Iterable[AttachmentInfo]) -> tuple[Sides, ...]:
        """Every attachment that the configuration wants, beside what the server has."""
        theirs = {info.name: info for info in infos}
        bases = {one.name: one for one in self.attached}
        names = sorted({*bases, *theirs, *self.files})
        return tuple(
            Sides(
                name,
                bases.get(name),
                file.digest if (file := self.files.get(name)) else None,
                theirs.get(name),
                size=file.size if file else None,
                deleted=name in self.deleted,
                wanted=name in self.shown,
                newer=self.newest.get(name),
            )
            for name in names
            if attachments.managed(name, self.patterns)
            and not self._is_linked(bases.get(name), theirs.get(name))
        )

    def _is_linked(self, base: Attached | None, info: AttachmentInfo | None) -> bool:
        """Whether a link stands for what the server has still: then there is nothing to bring."""
        same = base is not None and info is not None and info.version.number == base.version
        return same and base is not None and base.name in self.linked

    @property
    def replacing(self) -> frozenset[str]:
        """The attachments that the page had at its base and that would get another version."""
        bases = {one.name for one in self.attached}
        return frozenset(bases.intersection(self.changed(delete=False)))

    @property
    def emptied(self) -> tuple[str, ...]:
        """The files without a byte, by path, that would replace what had some."""
        found = (self.files[name] for name in sorted(self.replacing))
        return tuple(file.path for file in found if file.size == 0)

    def changed(self, *, delete: bool = True) -> tuple[str, ...]:
        """What would be sent, as far as this side can tell; deletions only with `delete`."""
        return tuple(
            sides.name
            for sides in self.sides(map(_as_it_was, self.attached))
            if decide(_sized(sides)) in (THERE if delete else (Decision.UPLOAD,))
        )

    def put_back(self, infos: Iterable[AttachmentInfo] | None = None) -> tuple[Attached, ...]:
        """Return the newer stamps that git knows of files that it put back.

        `infos` are the server's, where it was asked: it confirms them, as far as it can be told
        without reading bytes.
        """
        if infos is None:
            guessed = self.sides(map(_as_it_was, self.attached))
            return tuple(one.newer for one in guessed if one.newer and one.seems_restored)
        restored = (Decision.RESTORED, Decision.UNKNOWN)
        found = (one for one in self.facing(infos).sides(infos) if one.seems_restored)
        return tuple(one.newer for one in found if one.newer and decide(one) in restored)


def beside(
    mirror: Mirror,
    path: str,
    found: Document | None,
    deleted: DeletedFiles,
    newest: Mapping[str, Mapping[str, Attached]] = MappingProxyType({}),
) -> Beside:
    """What stands beside a document; `deleted` and `newest`, by page id, are git's.

    Raises FileError.
    """
    attached = found.stamp.attachments if found and found.stamp else ()
    page_id = found.stamp.id if found and found.stamp else ""
    shown = (attachments.shown(found.body) | set(found.listed)) if found else frozenset[str]()
    patterns = mirror.config.attachments
    here = files.here(mirror.root, path, attached, files.Wanted(shown, patterns))
    return Beside(
        path,
        attached,
        here.files,
        deleted.beside(path, page_id, attached),
        shown,
        patterns,
        here.unfit,
        here.stand_ins,
        here.linked,
        newest.get(page_id, {}),
    )


def told_of_stand_ins(beside: Beside) -> tuple[str, str]:
    """Return what to say of files that only stand for others, and the commands that help.

    Both empty where there are none.
    """
    if not beside.stand_ins:
        return "", ""
    path, pointer = next(iter(beside.stand_ins.items()))
    others = len(beside.stand_ins) - 1
    more = f", and {others} more beside it" if others else ""
    return f"{path} {pointer.what}{more}", pointer.hint(path)


def bare(mirror: Mirror, path: str) -> Beside:
    """What stands beside a document that has nothing beside it."""
    nothing: frozenset[str] = frozenset()
    return Beside(path, (), {}, {}, nothing, mirror.config.attachments)


def deleted_here(mirror: Mirror) -> DeletedFiles:
    """The attachments that were deleted here on purpose, by the word of git."""
    if not mirror.config.attachments:
        return DeletedFiles()
    return DeletedFiles(mirror.root, mirror.config.spaces)


def who_and_what(sides: Sides) -> str:
    """The words for an attachment that both sides changed."""
    info, base = sides.remote, sides.base
    if info is None:
        here = "git gave the file back" if sides.given_back else "was changed here"
        return f"{sides.name}: is gone from the server, and {here}"
    author = f" ({info.version.author})" if info.version.author else ""
    if sides.local is None:
        return f"{sides.name}: was deleted here, but the server has v{info.version.number}{author}"
    if base and sides.newer and decide(sides) is Decision.RESTORED:
        number = sides.newer.version
        back = f"git has v{number} and put the file back to v{base.version}"
        if isinstance(sides.newer, SentFile):
            back = f"an earlier push landed as v{number}, and the file is based on v{base.version}"
        return f"{sides.name}: {back}, the server has v{info.version.number}{author}"
    mine = f"is based on v{base.version}" if base else "is not on the server yet"
    return f"{sides.name}: the file here {mine}, the server has v{info.version.number}{author}"


def way_out(path: str, file: str, sides: Sides) -> str:
    """The commands that resolve such a conflict."""
    name = f"{attachments.directory_of(path)}/{file}"
    at = sides.remote.version.number if sides.remote else sides.base.version if sides.base else 0
    return (
        f"'confsync pull --theirs {name}' gives up the file here, "
        f"'confsync pull --ours {name} --at {at}' the server's"
    )


def _as_it_was(base: Attached) -> AttachmentInfo:
    return AttachmentInfo("0", base.name, Version(base.version), 0)


def _sized(sides: Sides) -> Sides:
    """Beside the base itself, whose size nobody remembers."""
    if sides.remote is None or sides.size is None:
        return sides
    return replace(sides, remote=sides.remote._replace(size=sides.size))


@dataclass(frozen=True, slots=True)
class Downloaded:
    """One attachment's bytes, complete, with their digest; or why there are none."""

    download: files.Download | None = None
    digest: str = ""
    error: ConfsyncError | None = None


def download_one(mirror: Mirror, remote: Remote, page_id: str, info: AttachmentInfo) -> Downloaded:
    """Download one version of an attachment, going on where an earlier run ended."""
    try:
        with files.downloading(mirror.root / STATE, info) as download:
            if download.size < info.size:
                remote.download(page_id, info, download)
        return Downloaded(download, files.digest_of(download.path, info.name)[0])
    except ConfsyncError as error:
        return Downloaded(error=error)
