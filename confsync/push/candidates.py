"""Find what a push sends: the changed documents, their attachments, and the deletions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from confsync.document import paths
from confsync.document.attachments.media_types import differs
from confsync.errors import ConfsyncError, Exit, FileError, MassChangeError, NotVisibleError
from confsync.mirror.attachment_files import MISNAMED, head
from confsync.mirror.committed.deleted import deleted_entries
from confsync.mirror.git import worktree
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import Entry, SpaceScan, paths_of, read
from confsync.mirror.selection import Selection
from confsync.model.config import FILE_NAME
from confsync.model.outcome import PageResult
from confsync.model.page import AttachmentInfo, Space
from confsync.model.result import Problem
from confsync.model.stamp import Attached
from confsync.push.delete import Deleting, Doomed
from confsync.push.send import Unfit, lots
from confsync.remote import Remote
from confsync.sync import labels as labelling
from confsync.sync import scope
from confsync.sync.attachments import beside as attaching
from confsync.sync.attachments.beside import Beside
from confsync.sync.fetch import Newer
from confsync.sync.preflight import Flaw, flaw_of, gather_bases
from confsync.sync.refusals import MASS, failed, local_result, too_many
from confsync.sync.space_view import put_back


def index_for(mirror: Mirror, delete: Deleting | None) -> Index | None:
    """By which of documents that are as they were no more is read than title and stamp.

    What is without its bytes is never written over: no file is what nobody has read.
    """
    if delete is not None or mirror.config.labels or mirror.config.attachments:
        return None
    return Index(mirror.root)


def with_texts(
    mirror: Mirror, scans: tuple[SpaceScan, ...], restored: Set[str]
) -> tuple[SpaceScan, ...]:
    """The scans with all that is sent. Git's word goes first: by it, too, a document moves.

    `restored` are the paths of documents that git seems to have put back.
    """
    return tuple(
        replace(
            scan,
            entries=tuple(
                read(mirror.root, entry.path) if _meant(scan, entry, restored) else entry
                for entry in scan.entries
            ),
        )
        for scan in scans
    )


def _meant(scan: SpaceScan, entry: Entry, restored: Set[str]) -> bool:
    """Whether a document is sent for where it stands, and its text has to be had for that."""
    sent = scan.moves(entry) or entry.path in scan.foreign or entry.path in restored
    return not entry.raw and sent


def restored_in(scans: tuple[SpaceScan, ...], newer_than: Newer) -> frozenset[str]:
    """Return the paths of documents that git seems to have put back; the server decides."""
    return frozenset(
        entry.path for scan in scans for entry in scan.entries if put_back(scan, entry, newer_than)
    )


def narrowed(
    mirror: Mirror, selection: Selection, since: str | None, *, staged: bool
) -> tuple[Selection, frozenset[str]]:
    """What is meant, by the word of git; and what of it is not as git's index has it."""
    directories = mirror.config.directories
    among, differing = selection.among, frozenset[str]()
    if since is not None:
        changed = worktree.changed_documents(mirror.root, directories, since)
        among = changed if among is None else among & changed
    if staged:
        changed, differing = worktree.staged_documents(mirror.root, directories)
        among = changed if among is None else among & changed
    return replace(selection, among=among), differing


def without_differing(
    waiting: list[Entry], differing: frozenset[str], pages: list[PageResult]
) -> list[Entry]:
    """What is as git's index has it; adds the others to the result."""
    for entry in waiting:
        if entry.path in differing:
            why = "its work tree differs from what is staged"
            hint = "'git add' it, or push without --staged"
            pages.append(replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED))
    return [entry for entry in waiting if entry.path not in differing]


# -- before any request ----------------------------------------------------------------------------


def flaw_finder(mirror: Mirror, remote: Remote, *, dry_run: bool) -> Unfit:
    """Tells why a document must not be sent as it is; each is looked into once."""
    known: dict[str, PageResult | None] = {}
    probed: set[Path] = set()

    def unfit(entry: Entry) -> PageResult | None:
        if entry.path not in known:
            flaw = flaw_of(mirror, entry, remote)
            known[entry.path] = _flawed(entry, flaw) if flaw else unsettled(entry)
        return known[entry.path]

    def unsettled(entry: Entry) -> PageResult | None:
        try:
            mirror.check_writable(entry.path, probed, probe=not dry_run)
        except FileError as error:
            return failed(local_result(entry), error)
        return None

    return unfit


def _flawed(entry: Entry, flaw: Flaw) -> PageResult:
    hint = "'confsync check {path}' shows where; correct that, then push again"
    if flaw.doubt:
        hint = "'confsync pull --theirs {path}' takes the server's text and keeps a copy of yours"
    return replace(local_result(entry), error=str(flaw), hint=hint, exit=Exit.REFUSED)


def outgoing_in(
    mirror: Mirror,
    unfit: Unfit,
    scan: SpaceScan,
    selection: Selection,
    pages: list[PageResult],
    errors: list[Problem],
    files: Mapping[str, Beside],
    restored: Set[str] = frozenset(),
) -> list[Entry]:
    """The documents that differ from their base and can be sent; adds the others to the result.

    `files` are those whose attachments differ, `restored` those that git seems to have put back.
    Edited ones behind the first lot are looked into for flaws while the lot before theirs is
    written.
    """
    told = {page.path for page in pages}
    outgoing: list[Entry] = []
    excluded = {entry.path for entry in scope.excluded(scan)}
    for entry in scan.entries:
        if not selection.has(entry.path) or entry.path in told:
            continue
        if entry.document is None:
            errors.append(Problem.of(entry.error or ConfsyncError(f"{entry.path}: unreadable")))
            continue
        stamp = entry.document.stamp
        relabelled = mirror.config.labels and labelling.changed(entry.document)
        # Of what was moved to another space's directory the server says whether it belongs there.
        extra = relabelled or entry.path in files or entry.path in scan.foreign
        extra = extra or entry.path in restored
        if stamp and not entry.document.modified and not scan.moves(entry) and not extra:
            continue
        if scan.misdated(entry):
            pages.append(_misdated(scan, entry))
            continue
        if entry.path in excluded:
            why = f"excluded by {FILE_NAME}; not pushed"
            hint = f"change 'include' or 'exclude' in {FILE_NAME}, or 'confsync pull --prune'"
            pages.append(replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED))
            continue
        outgoing.append(entry)
    gather_bases(mirror, (entry.document for entry in outgoing))
    now, *later = lots(outgoing) or [[]]
    new = [entry for lot in later for entry in lot if entry.page_id is None]
    unsent = {entry.path: refused for entry in (*now, *new) if (refused := unfit(entry))}
    pages += unsent.values()
    return [entry for entry in outgoing if entry.path not in unsent]


def _misdated(scan: SpaceScan, entry: Entry) -> PageResult:
    """The refusal of a blog post that stands below another day than its own."""
    stamp = entry.document.stamp if entry.document else None
    place = scan.outer(paths.place_of_day(stamp.posted or "" if stamp else ""))
    why = f"a blog post stays below its day, {place}/: blog posts do not move"
    hint = "'confsync pull' puts it back"
    return replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED)


def changed_files(
    mirror: Mirror,
    scan: SpaceScan,
    selection: Selection,
    gone: frozenset[str],
    pages: list[PageResult],
    *,
    delete: bool,
    newest: Mapping[str, Mapping[str, Attached]] = MappingProxyType({}),
) -> dict[str, Beside]:
    """What stands beside the documents whose attachments were changed here, by document.

    `gone` are the attachments that git knows to be deleted, `newest` their newest stamps. A file
    that cannot be read is told of with its document, and nothing of that is sent.
    """
    found: dict[str, Beside] = {}
    if not mirror.config.attachments:
        return found
    for entry in scan.entries:
        if entry.document is None or not selection.has(entry.path):
            continue
        try:
            beside = attaching.beside(mirror, entry.path, entry.document, gone, newest)
        except FileError as error:
            pages.append(failed(local_result(entry), error))
            continue
        if beside.misnamed:
            why = f"{scope.few(beside.misnamed)}: {MISNAMED}"
            hint = "rename the file, and what the page shows"
            pages.append(replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED))
        elif beside.stand_ins:
            why, hint = attaching.told_of_stand_ins(beside)
            pages.append(replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED))
        elif beside.changed(delete=delete) or beside.put_back():
            found[entry.path] = beside
    return found


def deleted_documents(
    mirror: Mirror, scans: tuple[SpaceScan, ...], delete: Deleting | None
) -> dict[str, Entry]:
    """The documents that were deleted here on purpose, where it matters."""
    if delete is None and not any(scan.has_orphans for scan in scans):
        return {}
    present = ids_of(scans, {})
    since = delete.since if delete else "HEAD"
    here = paths_of(scans)
    found = deleted_entries(mirror.root, mirror.config.spaces, since, here=here)
    return {page_id: entry for page_id, entry in found.items() if page_id not in present}


def ids_of(scans: tuple[SpaceScan, ...], deleted: Mapping[str, Entry]) -> set[str]:
    here = {entry.claimed_id for scan in scans for entry in scan.entries if entry.claimed_id}
    return here | set(deleted)


def not_found(asked: Deleting, pages: list[PageResult]) -> Iterator[Problem]:
    """Says which pages named for deletion no space of the mirror has."""
    told = {page.id for page in pages}
    for page_id in asked.named:
        if page_id not in told:
            why = f"page {page_id} is not in a space of this mirror, or you may not see it"
            yield Problem("not-visible", why, exit=Exit.REFUSED)


def refuse_emptying(
    scan: SpaceScan, doomed: list[Doomed], files: Mapping[str, Beside], *, allow: bool
) -> None:
    """Raise MassChangeError for more deletions than anybody means without saying so."""
    gone = [f"{path}: {name}" for path, one in files.items() for name in sorted(one.deleted)]
    for what, named in (("pages", [one.path for one in doomed]), ("attachments", gone)):
        if len(named) <= MASS or allow:
            continue
        some = ", ".join(named[:3])
        raise MassChangeError(
            f"{scan.config.key}: this push would delete {len(named)} {what} (such as {some})",
            hint="'confsync push --delete --dry-run --allow-mass-delete' lists them; "
            "without --dry-run it lets that happen",
        )


def refuse_replacing(
    mirror: Mirror, remote: Remote, scan: SpaceScan, files: Mapping[str, Beside], *, allow: bool
) -> None:
    """Raise MassChangeError for many uploads that replace attachments with poorer files.

    Poorer is a file of less than half the size, or certainly of another kind than the listing says.
    The server is asked only where so many are replaced at all.
    """
    stamps = [entry.document.stamp for entry in scan.entries if entry.document]
    total = sum(len(stamp.attachments) for stamp in stamps if stamp)
    replaced = {path: names for path, one in files.items() if (names := one.replacing)}
    if allow or not too_many(sum(map(len, replaced.values())), total):
        return
    poorer: list[str] = []
    for entry in scan.entries:
        if entry.path in replaced and entry.page_id:
            infos = _attachments_of(remote, entry.page_id)
            infos = [info for info in infos if info.name in replaced[entry.path]]
            poorer += _poorer(mirror, files[entry.path], infos)
    if not too_many(len(poorer), total):
        return
    raise MassChangeError(
        f"{scan.config.key}: this push would replace {len(poorer)} of the {total} attachments with "
        f"smaller files or files of another kind (such as {', '.join(poorer[:3])})",
        hint="'confsync push --dry-run --allow-mass-upload' lists their pages; "
        "without --dry-run it lets that happen",
    )


def _attachments_of(remote: Remote, page_id: str) -> list[AttachmentInfo]:
    try:
        return list(remote.attachments(page_id))
    except NotVisibleError:
        return []  # its own refusal is told when its turn comes


def _poorer(mirror: Mirror, beside: Beside, infos: list[AttachmentInfo]) -> Iterator[str]:
    """Yield the paths of the files that are poorer than the attachments that they replace."""
    for info in infos:
        file = beside.files[info.name]
        smaller = file.size * 2 < info.size
        if smaller or differs(info.media_type, head(mirror.root / file.path, file.path)):
            yield file.path


def refuse_turning_over(
    scan: SpaceScan, space: Space, waiting: list[Entry], *, allow: bool
) -> None:
    """Raise MassChangeError for a push that would move a good part of a space, or all its top."""
    home = scan.config.root or space.home
    if scan.tree.home and home and scan.tree.home != home:
        raise MassChangeError(
            f"{scan.outer(paths.HOME + paths.SUFFIX)} is page {scan.tree.home}, "
            f"but the home page of {space.key} is {home}",
            hint="'confsync pull' puts the home page in its place",
        )
    moved = [entry.path for entry in waiting if scan.moves(entry)]
    total = len([entry for entry in scan.entries if entry.page_id])
    if too_many(len(moved), total) and not allow:
        raise MassChangeError(
            f"{space.key}: this push would move {len(moved)} of the {total} pages "
            f"(such as {', '.join(moved[:3])})",
            hint="'confsync status' lists them; --allow-mass-move lets it happen",
        )
