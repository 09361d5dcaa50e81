"""The two sides of each page for a diff: base and file, or base and server.

confsync asks the server only for data that is not in the mirror. `opened` opens the connection and
is called only if needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from confsync.diff.difference import Difference, Side
from confsync.document import paths
from confsync.document.document import Document
from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError
from confsync.mirror.committed.deleted import deleted_entries
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.committed.staged import Staged
from confsync.mirror.entry import Entry
from confsync.mirror.index import Index
from confsync.mirror.left_out.named import check_named
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, claimed_elsewhere, knowing, paths_of
from confsync.mirror.selection import Selection
from confsync.model.hint import marked
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page
from confsync.model.result import Problem
from confsync.model.stamp import Stamp
from confsync.progress import Progress, silent
from confsync.remote import Remote, about
from confsync.sync import labels, scope
from confsync.sync import merge_base as bases
from confsync.sync.attachments import beside as attachments
from confsync.sync.compare import Absent
from confsync.sync.fetch import Found
from confsync.sync.report import Report, or_own_error
from confsync.sync.settings import beside as settings
from confsync.sync.settings.hints import Properties, properties_of_some
from confsync.sync.space_view import Attachments, ViewOptions, reader_of, view
from confsync.workers import batches

# Documents whose bases are looked up in git at a time.
_TOGETHER = 1000
_ABSENT = {
    Absent.TRASHED: "the page is in the server's trash",
    Absent.ARCHIVED: "the page is archived on the server",
    Absent.NOT_VISIBLE: "the page is not visible: deleted, restricted, or no permission",
    Absent.MOVED_OUT: "the page is in another space now",
}


class _There(NamedTuple):
    """A page on the server, and what else of it is managed; the rest is None."""

    page: Found
    files: Attachments | None = None
    properties: Properties | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The state of one diff. The report collects the pages that cannot be shown.

    One bad page stops no other page. With `staged`, documents are as they are staged. `away` holds
    the errors of an unreachable server.
    """

    mirror: Mirror
    opened: Callable[[], Remote]
    selection: Selection
    report: Report
    progress: Progress = silent
    staged: Staged | None = None
    away: list[APIAccessError] = field(default_factory=list)

    def with_files(self) -> Iterator[Difference]:
        """Yield base and file of every changed document, new and deleted ones included."""
        mirror = self.mirror
        scans = mirror.scan(self._reading())
        gone = deleted_entries(mirror.root, mirror.config.spaces, here=paths_of(scans))
        scans = knowing(scans, gone)
        gone = scope.not_excluded(scans, gone)
        self._check(scans, gone.values())
        files = attachments.deleted_here(mirror)
        for scan in scans:
            with self.report.step():
                for entry in self._with_bases(scan):
                    if self.selection.has(entry.path):
                        yield from self._guarded(
                            entry.path, partial(self._file, scans, scan, entry, files)
                        )
        present = {entry.claimed_id for scan in scans for entry in scan.entries}
        for page_id, entry in gone.items():
            if page_id not in present and self.selection.has(entry.path) and entry.document:
                yield Difference(entry.path, page_id, _side("base", entry.document), None)

    def with_server(self) -> Iterator[Difference]:
        """Yield base and newest version of every page for which they differ."""
        scans = self.mirror.scan(self._reading())
        self._check(scans, ())
        for scan in scans:
            meant = {e.page_id: e for e in scan.entries if e.page_id and self.selection.has(e.path)}
            if not meant:
                continue
            self.progress(f"asking about {scan.config.key}", 0, None)
            with self.report.step():
                found = self._current(scans, scan, meant)
                self._gather_bases(meant, {i: there.page for i, there in found.items()})
                for page_id, entry in meant.items():
                    if page_id in found:
                        there = found[page_id]
                        yield from self._guarded(
                            entry.path, partial(self._page, scans, scan, entry, there)
                        )

    def _check(self, scans: Iterable[SpaceScan], gone: Iterable[Entry]) -> None:
        known = [entry.path for scan in scans for entry in scan.entries]
        known += [entry.path for entry in gone]
        check_named(self.mirror, self.selection, known)

    def _guarded(self, path: str, call: Callable[[], Difference | None]) -> Iterator[Difference]:
        """Yield the result of `call`, or add its error to the report."""
        try:
            found = call()
        except EVERYBODYS as error:
            # Pages whose base is here can still be shown, without another request.
            if error not in self.away:
                self.report.refuse(Problem.of(error))
            self.away.append(error)
            why = "not shown: its base is not in the cache"
            self.report.add(PageResult(path, Outcome.SKIPPED, error=why))
            return
        except ConfsyncError as error:
            self.report.refuse(Problem.of(error))
            return
        if found is not None and found.fields:
            yield found

    # -- the file here -----------------------------------------------------------------------------

    def _reading(self) -> Callable[[Path, str], Entry]:
        """Return how to read documents without their texts."""
        index = Index(self.mirror.root, files=bool(self.mirror.config.attachments))
        self.mirror.index = index  # it knows the files of attachments, too
        return self.staged.instead(index.outline) if self.staged else index.outline

    def _whole(self, entry: Entry) -> Document:
        """Return a document with its text. Raise ChangedMeanwhileError."""
        found = self.mirror.whole(entry).document
        if found is None:
            raise ValueError(f"{entry.path} cannot be read")
        return found

    def _with_bases(self, scan: SpaceScan) -> Iterator[Entry]:
        """Yield the selected documents. Look up the bases of so many at a time."""
        selected = [entry for entry in scan.entries if self.selection.has(entry.path)]
        for some in batches(selected, _TOGETHER):
            modified = (e.document for e in some if e.document and e.document.modified)
            bases.gather(self.mirror, [found.stamp for found in modified if found.stamp])
            yield from some
            self.mirror.committed.clear()

    def _file(
        self, scans: tuple[SpaceScan, ...], scan: SpaceScan, entry: Entry, gone: DeletedFiles
    ) -> Difference | None:
        local = entry.document
        if local is None:
            if entry.error:
                self.report.refuse(Problem.of(entry.error))
            return None
        name = "staged" if self.staged else "local"
        if local.stamp is None:
            return Difference(entry.path, None, None, _side(f"{name}, new", self._whole(entry)))
        if self._is_clean(scan, entry, local):
            return None
        stamp = local.stamp
        old, new = _base_side(stamp, local.title, local.body), _side(name, local)
        if local.modified:
            title, body = self._base(scan, entry, stamp)
            old, new = replace(old, title=title, body=body), _side(name, self._whole(entry))
        if self.mirror.config.labels and labels.changed(local):
            old = replace(old, labels=stamp.labels or ())
            new = replace(new, labels=local.labels)
        wanted = scan.wanted(entry)
        if wanted != stamp.parent:
            old = replace(old, parent=_called(scans, stamp.parent))
            new = replace(new, parent=_called(scans, wanted))
        if self.mirror.config.attachments:
            attached = attachments.beside(self.mirror, entry.path, local, gone)
            before, after = attachments.changed_here(attached)
            old, new = replace(old, attachments=before), replace(new, attachments=after)
        before, after = settings.changed_here(local, self.mirror.config.settings)
        old, new = replace(old, settings=before), replace(new, settings=after)
        found = Difference(entry.path, stamp.id, old, new)
        if not local.modified and found.fields:
            body = self._whole(entry).body
            found = replace(found, old=replace(old, body=body), new=replace(new, body=body))
        return found

    def _is_clean(self, scan: SpaceScan, entry: Entry, local: Document) -> bool:
        """Return whether surely nothing of a document differs. Nearly all documents are so."""
        config = self.mirror.config
        if local.modified or scan.moves(entry) or (config.labels and labels.changed(local)):
            return False
        if settings.changed(local, config.settings):
            return False
        return not config.attachments or attachments.are_known_as_stamped(
            self.mirror, entry.path, local, None
        )

    def _base(self, scan: SpaceScan, entry: Entry, stamp: Stamp) -> tuple[str, str]:
        found = bases.find_here(self.mirror, stamp)
        if found is None and self.away:
            raise self.away[0]
        if found is not None:
            return found
        remote = about(self.opened(), scan.config)
        path, body = marked(entry.path), self._whole(entry).body
        hint = f"'confsync pull --theirs {path}' takes the server's text, and keeps a copy"
        return bases.find(self.mirror, remote, stamp, body, f"{hint} of yours")

    # -- the page there ----------------------------------------------------------------------------

    def _gather_bases(self, meant: Mapping[str, Entry], found: Mapping[str, Found]) -> None:
        """Look up the bases of all pages that changed on the server in one pass."""
        stamps = (entry.document.stamp for entry in meant.values() if entry.document)
        changed = [
            s
            for s in stamps
            if s and isinstance(page := found.get(s.id), Page) and page.digest != s.digest
        ]
        bases.gather(self.mirror, changed)

    def _current(
        self, scans: tuple[SpaceScan, ...], scan: SpaceScan, meant: Mapping[str, Entry]
    ) -> dict[str, _There]:
        """Return the server's pages by id, with what else of them is managed."""
        remote, config = about(self.opened(), scan.config), self.mirror.config
        reader = reader_of(remote, scan)
        if not self.selection.everything:
            stamps = {i: e.document.stamp for i, e in meant.items() if e.document}
            found = reader.current({i: stamp.version for i, stamp in stamps.items() if stamp})
            files = {i: or_own_error(remote.attachments, i) for i in meant if config.attachments}
            held = properties_of_some(remote, meant, config.settings) if config.settings else {}
            pages = {i: self._labelled(remote, page) for i, page in found.items()}
            return {i: _There(one, files.get(i), held.get(i)) for i, one in pages.items()}
        wanted = ViewOptions(
            self.selection,
            elsewhere=lambda: claimed_elsewhere(scans, scan),
            labels=config.labels,
            attachments=bool(config.attachments),
            whole=self.mirror.whole,
            settings=config.settings,
        )
        seen = view(reader, scan, wanted)
        self.report.refuse(*map(Problem.of, seen.failed.values()))
        remotes = {i: case.remote for i, case in seen.cases.items()}
        pages = {i: r if isinstance(r, Absent) else r.page for i, r in remotes.items()}
        return {
            i: _There(one, seen.attachments.get(i), seen.properties.get(i))
            for i, one in pages.items()
        }

    def _labelled(self, remote: Remote, page: Found) -> Found:
        """Return a page with its labels; an answer with a body has no labels."""
        if not self.mirror.config.labels or not isinstance(page, Page):
            return page
        return replace(page, info=page.info._replace(labels=remote.labels(page.info.id)))

    def _page(
        self, scans: tuple[SpaceScan, ...], scan: SpaceScan, entry: Entry, there: _There
    ) -> Difference | None:
        local, found = entry.document, there.page
        if local is None or local.stamp is None:
            return None
        stamp = local.stamp
        if isinstance(found, APIAccessError):
            raise found
        if not isinstance(found, Page):
            self.report.add(_absent(entry.path, local.title, stamp, found))
            return None
        self._keep_base(stamp, found)
        info, number = found.info, found.info.version.number
        old = _base_side(stamp, info.title, found.body)
        new = Side(f"server, v{number}", info.title, found.body, version=number)
        if found.digest != stamp.digest:
            title, body = self._base(scan, entry, stamp)
            old = replace(old, title=title, body=body)
        if labels_differ(stamp.labels, info.labels):
            old, new = replace(old, labels=stamp.labels), replace(new, labels=info.labels)
        if info.parent != stamp.parent:
            old = replace(old, parent=_called(scans, stamp.parent))
            new = replace(new, parent=_called(scans, info.parent))
        for failed in (there.files, there.properties):
            if isinstance(failed, APIAccessError):
                self.report.refuse(Problem.of(failed))
        if isinstance(there.files, tuple):
            attached = attachments.beside(self.mirror, entry.path, local, DeletedFiles())
            before, after = attachments.changed_there(attached, there.files)
            old, new = replace(old, attachments=before), replace(new, attachments=after)
        if isinstance(there.properties, tuple):
            chosen = self.mirror.config.settings
            before, after = settings.changed_there(local, chosen, there.properties)
            old, new = replace(old, settings=before), replace(new, settings=after)
        return Difference(entry.path, stamp.id, old, new)

    def _keep_base(self, stamp: Stamp, page: Page) -> None:
        """Store the page as a base, so that `pull --ours --at` can name its version later."""
        seen = replace(stamp, version=page.info.version.number, digest=page.digest)
        if seen != stamp:
            self.mirror.bases.put(seen, page.info.title, page.body)


def _absent(path: str, title: str, stamp: Stamp, why: Absent) -> PageResult:
    """Return the result for a page whose text the server does not show."""
    outcome = Outcome.GONE if why in (Absent.TRASHED, Absent.ARCHIVED) else Outcome.NOT_VISIBLE
    return PageResult(path, outcome, stamp.id, title, base=stamp.version, error=_ABSENT[why])


def _side(name: str, found: Document) -> Side:
    return Side(name, found.title, found.body)


def _base_side(stamp: Stamp, title: str, body: str) -> Side:
    return Side(f"base, v{stamp.version}", title, body, version=stamp.version)


def _called(scans: Iterable[SpaceScan], key: str | None) -> str:
    """Return the readable name of a parent: its document's path, else its id."""
    if key is None:
        return "none"
    if paths.is_unborn(key):
        return paths.path_of_unborn(key)
    for scan in scans:
        for entry in scan.entries:
            if entry.page_id == key:
                return entry.path
        for inner, folder in scan.folders.items():
            if folder.id == key:
                return f"{scan.outer(inner)}/"
    return f"page {key}"


def labels_differ(base: tuple[str, ...] | None, other: tuple[str, ...] | None) -> bool:
    """Return whether labels were added or removed; False if labels are not managed."""
    return base is not None and other is not None and not labels.same(base, other)
