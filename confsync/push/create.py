"""The creation of the new documents of a space, parents before children."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from confsync.document import paths
from confsync.document.document import Document, update
from confsync.document.paths import Destination
from confsync.errors import (
    APIAccessError,
    ChangedMeanwhileError,
    ConfsyncError,
    CredentialsError,
    Exit,
    FileError,
    UnsettledError,
)
from confsync.mirror import moves
from confsync.mirror.committed.former_pages import former_in
from confsync.mirror.entry import Entry
from confsync.mirror.scan import new_in
from confsync.mirror.state import in_doubt
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.in_doubt import Doubt
from confsync.model.event import Event
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Page, PageInfo, Status
from confsync.model.stamp import Local, Stamp, token, token_in
from confsync.push.options import SpacePush
from confsync.push.write_page import Taken, create, find_titled, post
from confsync.sync.refusals import failed, local_result, lost_stamp, title_taken


def _document(entry: Entry) -> Document:
    """Return the document of an entry that was read. Raise ValueError for any other."""
    if entry.document is None:
        raise ValueError(f"{entry.path} cannot be read")
    return entry.document


class Creations:
    """The new documents of one space. `made` maps their paths to the ids of the created pages."""

    def __init__(self, space: SpacePush) -> None:
        self._mirror = space.run.mirror
        self._report = space.run.report
        self._reader = space.reader
        self._scan = scan = space.scan
        self._message = space.options.message
        self._dry_run = space.options.dry_run
        self._extras = space.extras
        self._known = frozenset(e.claimed_id for e in scan.entries if e.claimed_id)
        self._state = self._mirror.root / STATE
        self._doubts = in_doubt.creations(self._state, new_in(scan.entries))
        self.made: dict[str, str] = {}

    def create(self, entries: list[Entry]) -> None:
        """Create the pages, parents before children; settle each page before the next."""
        entries = list(self._without_former_page(entries))
        if self._scan.config.posts:
            for entry in entries:
                self._report.add(self._result(entry, None))
            return
        new = {entry.path for entry in self._scan.entries if entry.document and not entry.page_id}
        for entry in sorted(entries, key=lambda entry: entry.path.count("/")):
            above = self._above(entry)
            home = self._scan.config.root or self._reader.space.home
            parent = self.made.get(above) or self._scan.new_parent(entry, home)
            waits = above in new
            foretold = self._dry_run and waits and above in self._report.written()
            if foretold or parent is not None:
                self._report.add(self._result(entry, parent))
            elif waits:
                why = f"its parent {above} is not on the server yet"
                result = replace(local_result(entry), outcome=Outcome.SKIPPED, error=why)
                self._report.add(replace(result, exit=Exit.REFUSED))
            else:
                self._report.add(self._without_parent(entry))

    def _result(self, entry: Entry, parent: str | None) -> PageResult:
        """Return the result of one document. Only its own creation holds its text."""
        try:
            whole = self._mirror.whole(entry)
        except ChangedMeanwhileError as error:
            return failed(local_result(entry), error)
        if refused := self._refusal(whole):
            return refused
        return self._foretold(whole) if self._dry_run else self._one(whole, parent)

    def _refusal(self, entry: Entry) -> PageResult | None:
        """Return why no page must be created, because of a document's settings."""
        chosen, posts = self._mirror.config.settings, self._scan.config.posts
        if not chosen:
            return None
        from confsync.push.settings.new_page import flaw_of  # most mirrors have no settings

        told = replace(local_result(entry), decision="untracked", exit=Exit.REFUSED)
        try:
            flaw = flaw_of(self._reader.remote, _document(entry), chosen, is_post=posts)
        except CredentialsError:
            raise
        except APIAccessError as error:
            return failed(told, error)
        hint = "correct the line in {path}, then 'confsync push {path}'"
        return replace(told, error=flaw, hint=hint) if flaw else None

    def _without_former_page(self, entries: list[Entry]) -> Iterator[Entry]:
        """Yield the documents without a former page in git. Report the others.

        The former page still exists on the server, and no other document here has it.
        """
        directories = self._mirror.config.directories
        former = former_in(self._mirror.root, directories, [self._scan])
        ids = {i for found in former.values() for i in found} - self._known
        pages = self._reader.current(dict.fromkeys(ids, 1)) if ids else {}
        for entry in entries:
            found = (pages.get(page_id) for page_id in sorted(former.get(entry.path, ())))
            page = next((one for one in found if isinstance(one, Page)), None)
            if page is None:
                yield entry
                continue
            result = lost_stamp(replace(local_result(entry), id=page.info.id), page.info)
            self._report.add(replace(result, decision="untracked", exit=Exit.REFUSED))

    def _foretold(self, entry: Entry) -> PageResult:
        """Return the result of a dry run. The server tells who has the title already."""
        result = replace(local_result(entry), decision="untracked", outcome=Outcome.CREATED)
        if entry.path in self._doubts:
            return result  # the page may be there already
        try:
            found = find_titled(self._reader, _document(entry).local(None), self._known)
        except CredentialsError:
            raise
        except APIAccessError as error:
            return failed(result, error)
        if isinstance(found, Taken):
            return title_taken(result, found.info, earlier=found.earlier)
        return result

    def _without_parent(self, entry: Entry) -> PageResult:
        """Return the refusal of a document at the top of a space without a home page."""
        why = f"the space {self._reader.space.key} has no home page that could be its parent"
        hint = "move the file below the document of a page"
        return replace(local_result(entry), error=why, hint=hint, exit=Exit.REFUSED)

    def _above(self, entry: Entry) -> str:
        return f"{entry.path.rpartition('/')[0]}{paths.SUFFIX}"

    def _one(self, entry: Entry, parent: str | None) -> PageResult:
        found = _document(entry)
        result = replace(local_result(entry), decision="untracked")
        # If two documents have the same content, each gets its own page.
        known = self._known.union(self.made.values())
        local = found.local(parent)
        try:
            if told := self._earlier(entry, local, result, known):
                return told
            made = self._make(entry, local, known)
        except CredentialsError:
            raise
        except UnsettledError as error:
            self._report.add(failed(result, error))
            raise error.failure from None
        except APIAccessError as error:
            return failed(result, error)
        if isinstance(made, Taken):
            return title_taken(result, made.info, earlier=made.earlier)
        self.made[entry.path] = made.id
        self._note(entry, made, found.digest)
        return self._settled(entry, made, parent, replace(result, id=made.id))

    def _make(self, entry: Entry, local: Local, known: frozenset[str]) -> PageInfo | Taken:
        """Create the page of a document; its creation is in doubt until the document has a stamp.

        Raise APIAccessError.
        """
        make = post if self._scan.config.posts else create
        doubt = in_doubt.creation(entry.path, local)
        in_doubt.note(self._state, doubt)
        try:
            made = make(self._reader, local, self._message, known)
        except UnsettledError:
            raise
        except APIAccessError:
            in_doubt.forget(self._state, [doubt])
            raise
        if isinstance(made, Taken):
            in_doubt.forget(self._state, [doubt])
        return made

    def _earlier(
        self, entry: Entry, local: Local, result: PageResult, known: frozenset[str]
    ) -> PageResult | None:
        """Return the result of an earlier push of a document, or None if a creation decides.

        Raise APIAccessError.
        """
        doubt = self._doubts.get(entry.path)
        for info in self._reader.remote.titled(self._reader.space, doubt.title) if doubt else ():
            if doubt is None or info.id in known or info.status is not Status.CURRENT:
                continue
            first = self._reader.first_version(info)
            same = info.version.number == 1 and token(None, local) == doubt.mark
            if token_in(first.message) == doubt.mark:
                return None if same else self._recovered(entry, local, result, (doubt, info))
            if not first.message and first.author in self._reader.me():
                return None if same else title_taken(result, info, earlier=True)
        return None

    def _recovered(
        self, entry: Entry, local: Local, result: PageResult, earlier: tuple[Doubt, PageInfo]
    ) -> PageResult:
        """Stamp a document with its page's first version. Keep the changes made here since.

        Raise APIAccessError.
        """
        doubt, info = earlier
        page = self._reader.remote.old_page(info.id, 1)
        stamp = Stamp(info.id, 1, page.digest, doubt.parent, posted=info.posted)
        self._note(entry, page.info, doubt.digest)
        result = replace(result, id=info.id, outcome=Outcome.CREATED, remote=1)
        try:
            if local.digest == doubt.digest:
                self._mirror.settle(entry, stamp, page)
            else:
                self._mirror.bases.put(stamp, page.info.title, page.body)
                self._mirror.write(entry.path, update(_document(entry), stamp), expected=entry.raw)
        except ConfsyncError as error:
            why = f"created as page {info.id}, but: {error.message}"
            return replace(result, error=why, exit=error.exit)
        self.made[entry.path] = info.id
        self._forget_doubts(entry.path)
        if token(None, local) == doubt.mark and not self._extras.any(entry):
            return result
        why = f"an earlier push of this file created page {info.id}; your changes since are kept"
        hint = "'confsync push {path}' sends them"
        return replace(result, error=why, hint=hint, exit=Exit.REFUSED)

    def _note(self, entry: Entry, made: PageInfo, content: str) -> None:
        version, who = made.version.number, self._reader.remote.who
        event = Event("created", made.id, entry.path, None, version, None, content, who)
        self._mirror.audit.add(event)

    def _forget_doubts(self, path: str) -> None:
        """Forget the creations of the document that was at a path and has its stamp now."""
        earlier = self._doubts.pop(path, None)
        creations = (one for one in in_doubt.read(self._state) if not one.page)
        in_doubt.forget(self._state, [o for o in creations if o.path == path or o == earlier])

    def _settled(
        self, entry: Entry, made: PageInfo, parent: str | None, result: PageResult
    ) -> PageResult:
        """Write the server's text and the stamp to the file."""
        path = entry.path
        result = replace(result, outcome=Outcome.CREATED, remote=made.version.number)
        try:
            page = self._reader.current({made.id: made.version.number})[made.id]
            if not isinstance(page, Page):
                why = f"created as page {made.id}, but the server does not show it yet"
                hint = "'confsync push' updates the file later"
                return replace(result, error=why, hint=hint, exit=Exit.REMOTE)
            if told := self._extras.upload_new(entry, made.id, self._message):
                return replace(told, error=f"created as page {made.id}, but: {told.error}")
            labels = self._extras.finish_new(entry, made.id, _document(entry).local(None))
            stamp = Stamp(made.id, page.info.version.number, page.digest, parent, labels)
            stamp = replace(stamp, attachments=self._extras.attached(entry, stamp))
            stamp = replace(stamp, properties=self._extras.properties(entry, stamp))
            stamp = replace(stamp, posted=page.info.posted)
            entry, words = self._shelved(entry, stamp.posted)
            unlabelled = _document(entry).labels is None
            self._mirror.settle(entry, stamp, page, labels if unlabelled else None)
            self._forget_doubts(path)
            if left := self._extras.unfinished.get(result.path):
                return replace(result, error=left.why, hint=left.hint, exit=left.exit)
            return replace(result, note=words)
        except ChangedMeanwhileError:
            why = f"created as page {made.id}; the file was edited meanwhile and stays unchanged"
            return replace(result, error=why, exit=Exit.LOCAL)
        except ConfsyncError as error:
            why = f"created as page {made.id}, but: {error.message}"
            return replace(result, error=why, exit=error.exit)

    def _shelved(self, entry: Entry, day: str | None) -> tuple[Entry, str]:
        """Move a new post's document below the day of its creation. Return it with a note.

        The file moves before it has its stamp. If the run is killed in between, it is still the
        document of a new post, which may be anywhere. Raise FileError.
        """
        name = entry.path.rpartition("/")[2]
        new = self._scan.outer(f"{paths.place_of_day(day or '')}/{name}")
        if day is None or new == entry.path:
            return entry, ""
        if os.path.lexists(self._mirror.root / new):
            return entry, f"posted on {day}: 'confsync pull' puts it below that day"
        stuck = moves.move(self._mirror, self._scan.config, {entry.path: Destination(new)}, {})
        if stuck:
            raise FileError("; ".join(stuck.values()))
        return replace(entry, path=new), f"posted on {day}: the file is {new} now"
