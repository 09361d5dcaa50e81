"""The attachments of one document from all sides, for the decisions of pull, push and status."""

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
from confsync.mirror.state.stamp_index import NewestFiles
from confsync.model.hint import marked, mentioned
from confsync.model.page import AttachmentInfo, Version
from confsync.model.stamp import Attached
from confsync.remote import Remote
from confsync.sync.attachments.compare import Decision, Sides, decide
from confsync.sync.people import names_of

# Decisions that change a file or stamp here.
HERE = (Decision.FETCH, Decision.STAMP, Decision.REMOVE, Decision.FORGET)

THERE = (Decision.UPLOAD, Decision.DELETE)

CONFLICTS = (Decision.DIVERGED, Decision.LOST, Decision.UNKNOWN, Decision.RESTORED)


@dataclass(frozen=True, slots=True)
class Beside:
    """The attachments of one document.

    `path` is the document's. `attached` are the stamps. `deleted` maps attachments that were
    deleted here to the paths of their files in git. `unfit` are files that cannot be attachments.
    `stand_ins` maps the paths of pointer files to their kinds. `linked` are attachments whose files
    are links. `newest` maps names to the newest stamps that git knows.
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
    def is_as_stamped(self) -> bool:
        """Return whether the files are exactly the stamps', and git knows no newer stamp.

        Nearly all documents are so. Then no file is changed, and the rest need not be computed.
        """
        if self.deleted or self.unfit or self.stand_ins or self.linked:
            return False
        here = {name: file.digest for name, file in self.files.items()}
        if here != {one.name: one.digest for one in self.attached}:
            return False
        newest = ((one, self.newest.get(one.name)) for one in self.attached)
        return not any(newer and newer.version > one.version for one, newer in newest)

    @property
    def misnamed(self) -> tuple[str, ...]:
        """Return the attachments to send that cannot have their names."""
        return tuple(sorted(self.unfit & self.shown))

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """Return the attachments to send that may arrive under another name."""
        return tuple(filter(attachments.is_ambiguous, self.changed(delete=False)))

    def facing(self, infos: Iterable[AttachmentInfo]) -> Beside:
        """Return the same, with files of an interrupted pull assigned to the server's attachments.

        No stamp knows such files yet.
        """
        theirs = {info.name for info in infos}
        known = {one.name for one in self.attached} | theirs
        put = {attachments.renamed(name): name for name in theirs - self.files.keys()}
        found = {
            name if name in known else put.get(name, name): file
            for name, file in self.files.items()
        }
        return replace(self, files=found)

    def sides(self, infos: Iterable[AttachmentInfo]) -> tuple[Sides, ...]:
        """Return every configured attachment beside the server's attachment."""
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
        """Return whether a link stands for the server's unchanged attachment."""
        same = base is not None and info is not None and info.version.number == base.version
        return same and base is not None and base.name in self.linked

    @property
    def replacing(self) -> frozenset[str]:
        """Return the attachments of the base that would get a new version."""
        bases = {one.name for one in self.attached}
        return frozenset(bases.intersection(self.changed(delete=False)))

    @property
    def emptied(self) -> tuple[str, ...]:
        """Return the paths of empty files that would replace attachments."""
        found = (self.files[name] for name in sorted(self.replacing))
        return tuple(file.path for file in found if file.size == 0)

    def changed(self, *, delete: bool = True) -> tuple[str, ...]:
        """Return the attachments that a push would send, as far as this side can tell.

        The result has deletions only with `delete`.
        """
        return tuple(
            sides.name
            for sides in self.sides(map(_as_it_was, self.attached))
            if decide(_sized(sides)) in (THERE if delete else (Decision.UPLOAD,))
        )

    @property
    def stamped_sizes(self) -> Mapping[str, int] | None:
        """Return the sizes of the stamped files by name; None if anything differs from the stamp.

        So no file is missing, changed, new, deleted, a link, or given back by git.
        """
        here = {name: file.size for name, file in self.files.items()}
        if self.is_as_stamped:
            return here
        differs = (
            self.stand_ins or self.linked or self.misnamed or self.changed() or self.put_back()
        )
        return None if differs or any(one.name not in here for one in self.attached) else here

    def put_back(self, infos: Iterable[AttachmentInfo] | None = None) -> tuple[Attached, ...]:
        """Return the newer stamps that git knows of files that git put back.

        `infos` is the server's listing, or None if the server was not asked. The listing confirms
        stamps without reading bytes.
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
    """Return the attachments of a document; `deleted` and `newest` (by page id) come from git.

    Raise FileError.
    """
    attached = found.stamp.attachments if found and found.stamp else ()
    page_id = found.stamp.id if found and found.stamp else ""
    shown = _shown(found) if found else frozenset[str]()
    patterns = mirror.config.attachments
    wanted = files.Wanted(shown, patterns)
    index = mirror.index
    here = (
        index.files(path, attached, wanted)
        if index
        else files.here(mirror.root, path, attached, wanted)
    )
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


def are_known_as_stamped(
    mirror: Mirror, path: str, found: Document, newest: NewestFiles | None
) -> bool:
    """Return whether the index surely knows that a document's attachments are as stamped.

    Then there is nothing to learn from `beside`, which looks at each file. `newest` comes from git;
    without it, git is not asked for newer stamps.
    """
    stamp, index = found.stamp, mirror.index
    if stamp is None or index is None or not index.are_as_stamped(path, stamp.attachments):
        return False
    return newest is None or not newest.has_newer(stamp.id, stamp.attachments)


def _shown(found: Document) -> frozenset[str]:
    """Return the attachments that a document shows or lists."""
    shown = attachments.shown(found.body) if found.shown is None else found.shown
    return shown.union(found.listed)


def told_of_stand_ins(beside: Beside) -> tuple[str, str]:
    """Return the message about pointer files and the hint; both empty without such files."""
    if not beside.stand_ins:
        return "", ""
    path, pointer = next(iter(beside.stand_ins.items()))
    others = len(beside.stand_ins) - 1
    more = f", and {others} more beside it" if others else ""
    return f"{mentioned(path)} {pointer.what}{more}", pointer.hint(path)


def changed_here(here: Beside) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the attachments that a push would send or delete, before and after."""
    if here.is_as_stamped:
        return (), ()
    bases = {one.name: one for one in here.attached}
    names = here.changed()
    before = tuple(f"{name} v{bases[name].version}" for name in names if name in bases)
    after = tuple(
        f"{name} ({'changed' if name in bases else 'new'}, {here.files[name].size:,} bytes)"
        for name in names
        if name in here.files
    )
    return before, after


def changed_there(
    here: Beside, infos: Iterable[AttachmentInfo]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the attachments for which the server differs from the base, before and after."""
    listed = tuple(infos)
    changed = [side for side in here.facing(listed).sides(listed) if side.changed]
    before = tuple(f"{side.name} v{side.base.version}" for side in changed if side.base)
    after = tuple(
        f"{side.name} v{side.remote.version.number} ({side.remote.size:,} bytes)"
        for side in changed
        if side.remote
    )
    return before, after


def bare(mirror: Mirror, path: str) -> Beside:
    """Return the attachments of a document that has none."""
    nothing: frozenset[str] = frozenset()
    return Beside(path, (), {}, {}, nothing, mirror.config.attachments)


def deleted_here(mirror: Mirror) -> DeletedFiles:
    """Return the attachments that were deleted here on purpose, according to git."""
    if not mirror.config.attachments:
        return DeletedFiles()
    return DeletedFiles(mirror.root, mirror.config.spaces)


def who_and_what(mirror: Mirror, remote: Remote, sides: Sides) -> str:
    """Return the message about an attachment that both sides changed, with the person's name."""
    info, base = sides.remote, sides.base
    if info is None:
        here = "git gave the file back" if sides.given_back else "changed here"
        return f"{sides.name}: deleted on the server, but {here}"
    account = info.version.author
    name = names_of(mirror, remote, [account]).get(account, "") if account else ""
    author = f" ({name})" if name else ""
    if sides.local is None:
        return f"{sides.name}: was deleted here, but the server has v{info.version.number}{author}"
    if base and sides.newer and decide(sides) is Decision.RESTORED:
        number = sides.newer.version
        back = f"git has v{number} and put the file back to v{base.version}"
        if isinstance(sides.newer, SentFile):
            back = f"an earlier push wrote v{number}, and the file is based on v{base.version}"
        return f"{sides.name}: {back}, the server has v{info.version.number}{author}"
    mine = f"is based on v{base.version}" if base else "is not on the server yet"
    if sides.attached_anew:
        mine += ", which was removed"
    return f"{sides.name}: the file here {mine}, the server has v{info.version.number}{author}"


def way_out(path: str, file: str, sides: Sides) -> str:
    """Return the commands that resolve the conflict of an attachment."""
    name = marked(f"{attachments.directory_of(path)}/{file}")
    at = sides.remote.version.number if sides.remote else sides.base.version if sides.base else 0
    return (
        f"'confsync pull --theirs {name}' gives up the file here, "
        f"'confsync pull --ours {name} --at {at}' the server's"
    )


def _as_it_was(base: Attached) -> AttachmentInfo:
    return AttachmentInfo(base.id or "0", base.name, Version(base.version), 0)


def _sized(sides: Sides) -> Sides:
    """Return the sides with the file's size on the server's side, because stamps hold no size."""
    if sides.remote is None or sides.size is None:
        return sides
    return replace(sides, remote=sides.remote._replace(size=sides.size))


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The complete bytes of one attachment with their digest, or the error of the download."""

    download: files.Download | None = None
    digest: str = ""
    error: ConfsyncError | None = None


def download_one(mirror: Mirror, remote: Remote, page_id: str, info: AttachmentInfo) -> Downloaded:
    """Download one version of an attachment. Continue where an earlier run ended."""
    try:
        with files.downloading(mirror.root / STATE, info) as download:
            if download.size < info.size:
                remote.download(page_id, info, download)
        return Downloaded(download, files.digest_of(download.path, info.name)[0])
    except ConfsyncError as error:
        return Downloaded(error=error)
