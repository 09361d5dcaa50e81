"""Committing what a run wrote: one commit, those files alone, with the pages in its message."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from confsync.errors import APIAccessError, ConfsyncError
from confsync.mirror.deleted import deleted_pages
from confsync.mirror.git import worktree
from confsync.mirror.mirror import Mirror
from confsync.model.filenames import REMOVED
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import User
from confsync.model.result import Problem, Result
from confsync.model.stamp import message_without_token
from confsync.remote import Remote
from confsync.sync.people import people_of

_WROTE = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.DELETED,
    Outcome.MOVED,
    Outcome.PULLED,
    Outcome.REFRESHED,
    Outcome.RESTAMPED,
    Outcome.MERGED,
)


class Commit:
    """Made before a run, so that what was uncommitted then stays so; `of` commits afterwards.

    `theirs` says that the run brings other people's edits, who are then named as its authors.
    Raises FileError without a repository.
    """

    def __init__(self, mirror: Mirror, remote: Remote, *, theirs: bool) -> None:
        self._mirror = mirror
        self._remote = remote
        self._theirs = theirs
        self._dirty = worktree.dirty(mirror.root)

    def of(self, result: Result) -> Result:
        """The result, with what became of the commit."""
        written = self._mirror.written
        conflicted = {page.path for page in result.pages if page.outcome is Outcome.CONFLICTED}
        root = self._mirror.root

        def message(names: frozenset[str]) -> str:
            wrote = (page for page in result.pages if page.outcome in _WROTE)
            return self._message(result.command, [page for page in wrote if page.path in names])

        try:
            if not self._theirs:
                self._note_moved(result)
            # What is staged of a document that was deleted since stands nowhere else.
            left = self._dirty if self._theirs else worktree.staged_and_gone(root, written)
            # A removal and the note about it belong together, however the file was edited before.
            left = left & written - {REMOVED}
            names = written - left - conflicted
            made = worktree.commit(root, names, message)
        except ConfsyncError as error:
            problem = Problem(error.code, f"not committed: {error.message}", error.hint, error.exit)
            return replace(result, errors=(*result.errors, problem))
        notes = [f"committed as {made}"] if made else []
        if names and not made:
            notes.append("nothing to commit: git ignores what was written, or has it already")
        if left or conflicted:
            some = ", ".join(sorted(left | conflicted)[:3])
            notes.append(f"not committed, because they were changed here before: {some}")
        return replace(result, notes=(*result.notes, *notes))

    def _note_moved(self, result: Result) -> None:
        """What was sent from a new place leaves its old one, or git has two documents of it."""
        sent = {page.id for page in result.pages if page.id and page.outcome in _WROTE}
        if sent:
            gone = deleted_pages(self._mirror.root, self._mirror.config.spaces, frozenset())
            for page_id in sent & gone.keys():
                self._mirror.note_gone(gone[page_id])

    def _message(self, command: str, pages: list[PageResult]) -> str:
        count = f"{len(pages)} page{'' if len(pages) == 1 else 's'}"
        people = people_of(self._remote, self._authors(pages)) if self._theirs else {}
        lines = [f"confsync {command}: {count}", ""]
        for page in pages:
            version = f"v{page.base} -> v{page.remote}" if page.base else f"v{page.remote}"
            if page.remote is None or page.base == page.remote:
                version = page.outcome.value
            lines.append(f"{page.path} {version}{self._who(page, people)}")
        if people:
            host = urlsplit(self._mirror.config.url).hostname
            lines += ["", *_trailers(people.values(), host or "confluence")]
        return "\n".join(lines)

    def _authors(self, pages: Iterable[PageResult]) -> set[str]:
        """The accounts of everybody who made a version that came; of a new page, the last one."""

        def of(page: PageResult) -> set[str]:
            found = set(page.editors)
            if page.version and page.remote != page.base:
                found.add(page.version.author)
            if page.id and page.base and page.remote and page.remote > page.base + 1:
                with contextlib.suppress(APIAccessError):
                    between = self._remote.versions_after(page.id, page.base)
                    found |= {one.author for one in between if one.number <= page.remote}
            return found

        return {author for some in self._remote.workers.each(of, pages) for author in some} - {""}

    def _who(self, page: PageResult, people: Mapping[str, User]) -> str:
        """Who made the new version of a page and why, or who changed its attachments."""
        if not self._theirs or page.version is None:
            return ""
        news = page.remote != page.base
        accounts = [page.version.author] if news else sorted(page.editors)
        names = ", ".join(people[one].name for one in accounts if one in people)
        said = " ".join(message_without_token(page.version.message).split()) if news else ""
        told = ": ".join(part for part in (names, said) if part)
        return f" ({told})" if told else ""


def _trailers(people: Iterable[User], host: str) -> list[str]:
    """A line for each author, with the address that the server tells, else one that is nobody's.

    RFC 2606 keeps ``.invalid`` for names that lead nowhere, so that no mail is ever sent there.
    """
    told = ((_plain(one.name), _plain(one.email) or _nobodys(one.id, host)) for one in people)
    return sorted(f"Co-authored-by: {name or 'somebody'} <{address}>" for name, address in told)


def _nobodys(account: str, host: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', account)}@noreply.{host}.invalid"


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[<>\x00-\x1f\x7f-\x9f]", " ", text).split())
