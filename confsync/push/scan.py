"""The first step of a push: read the mirror and ask git. It does not ask the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from confsync.mirror.committed import newest_stamps
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.committed.whereabouts import Whereabouts
from confsync.mirror.entry import Entry
from confsync.mirror.git import worktree
from confsync.mirror.git.head import is_document
from confsync.mirror.index import Index
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, ids_in, knowing, stamps_in
from confsync.mirror.selection import Selection
from confsync.mirror.state import in_doubt
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.stamp_index import NewestFiles
from confsync.model.stamp import Property
from confsync.push.deletion.absences import Missing, deleted_documents, truly_deleted
from confsync.push.options import DeleteOptions, PushOptions, PushRun
from confsync.sync import merge_base, scope
from confsync.sync.attachments.beside import deleted_here
from confsync.sync.fetch import Newest
from confsync.sync.preflight.places import refused_in
from confsync.sync.preflight.text import Flaw
from confsync.sync.refusals import unreadable_directories
from confsync.sync.space_view import put_back


@dataclass(frozen=True, slots=True)
class MirrorScan:
    """The state of the mirror and of git at the start of a push.

    `selection` is the person's selection, narrowed by git. `unstaged` are paths of documents that
    differ from git's index but must not. `restored` are paths of documents that git seems to have
    put back. `deleted` are documents that a person deleted, by page id, and `whereabouts` searches
    for them. `deleted_files` are deleted attachments. `newest` are the newest stamps in git,
    `newest_files` those of attachments, and `newest_properties` those of content properties.
    `refused` has the flaws that the places and titles of selected documents tell. `index` records
    which documents changed.
    """

    scans: tuple[SpaceScan, ...]
    selection: Selection
    unstaged: frozenset[str]
    restored: frozenset[str]
    deleted: Mapping[str, Entry]
    whereabouts: Whereabouts
    deleted_files: DeletedFiles
    newest: Newest
    newest_files: NewestFiles
    newest_properties: Mapping[str, Mapping[str, Property]]
    refused: Mapping[str, Flaw]
    index: Index | None

    @property
    def page_ids(self) -> frozenset[str]:
        """Return the ids of pages with a document here, or with one that a person deleted."""
        return ids_in(self.scans) | self.deleted.keys()

    def save_index(self, mirror: Mirror) -> None:
        """Record the state of the documents that were read or written."""
        if self.index:
            self.index.wrote(mirror.fresh)
            self.index.made(filter(is_document, mirror.written))
            self.index.keep(self.index.missing())
            self.index.save()


def narrowed(mirror: Mirror, options: PushOptions) -> tuple[Selection, frozenset[str]]:
    """Return the selection as git narrows it, and its paths that differ from git's index."""
    directories = mirror.config.directories
    among, differing = options.selection.among, frozenset[str]()
    if options.since is not None:
        changed = worktree.changed_documents(mirror.root, directories, options.since)
        among = changed if among is None else among & changed
    if options.staged:
        changed, differing = worktree.staged_documents(mirror.root, directories)
        among = changed if among is None else among & changed
    return replace(options.selection, among=among), differing


def scan_mirror(
    run: PushRun, options: PushOptions, selection: Selection, unstaged: frozenset[str]
) -> MirrorScan:
    """Read every document once, keep no texts, and ask git. Report unreadable documents.

    Raise UsageError for a selected name that does not exist, FileError.
    """
    mirror, delete = run.mirror, options.delete
    index = _index_for(mirror, delete)
    scans = mirror.scan(index.outline if index else None)
    run.report.refuse(*unreadable_directories(mirror.root, scans, selection))
    deleted = deleted_documents(mirror, scans, delete)
    scans = knowing(scans, deleted)
    if not options.dry_run:
        in_doubt.tidy(mirror.root / STATE, stamps_in(scans))
    git = newest_stamps.collect(mirror.root, mirror.config.directories, options.since)
    newest = merge_base.newest_of(mirror, git)
    restored = _restored_in(scans, newest)
    deleted = scope.not_excluded(scans, deleted)
    known = [entry for scan in scans for entry in scan.entries] + [*deleted.values()] * bool(delete)
    check_named(mirror, selection, (entry.path for entry in known))
    gone = deleted if delete else {}
    missing = Missing(mirror, scans, gone, delete or DeleteOptions(), selection)
    whereabouts = missing.whereabouts()
    deleted = truly_deleted(missing, whereabouts, run.report) if delete else deleted
    return MirrorScan(
        scans,
        selection,
        unstaged,
        restored,
        deleted,
        whereabouts,
        deleted_here(mirror),
        newest,
        in_doubt.with_files(mirror.root / STATE, git.attachments),
        git.properties,
        refused_in(mirror, scans, selection),
        index,
    )


def _index_for(mirror: Mirror, delete: DeleteOptions | None) -> Index | None:
    """Return the index, with which only title and stamp of unchanged documents are read.

    confsync replaces only bytes that it read. So a document without its bytes is never overwritten.
    """
    if delete is not None:
        return None
    mirror.index = Index(mirror.root, files=bool(mirror.config.attachments))
    return mirror.index


def _restored_in(scans: tuple[SpaceScan, ...], newest: Newest) -> frozenset[str]:
    """Return the paths of documents that may be restored or whose last push is in doubt.

    The server decides about them.
    """
    return frozenset(
        entry.path
        for scan in scans
        for entry in scan.entries
        if put_back(scan, entry, newest.likely) or _in_doubt(entry, newest)
    )


def _in_doubt(entry: Entry, newest: Newest) -> bool:
    stamp = entry.document.stamp if entry.document else None
    return stamp is not None and bool(newest.sent(stamp))
