"""The commit of a run: one commit of exactly the files that the run wrote."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from confsync.document.attachments.names import document_of
from confsync.errors import APIAccessError, ConfsyncError, Exit, FileError
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.committed.runs import ARCHIVED, RUN
from confsync.mirror.committed.uncommitted import Owed, ignored, owed
from confsync.mirror.entry import parsed
from confsync.mirror.git import removals, worktree
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.mirror.state import mutex
from confsync.model.filenames import REMOVED, STATE
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import User
from confsync.model.result import Problem, Result
from confsync.model.stamp import message_without_token
from confsync.remote import Remote
from confsync.sync.people import people_of
from confsync.sync.scope import few

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_WROTE = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.DELETED,
    Outcome.ARCHIVED,
    Outcome.MOVED,
    Outcome.RENAMED,
    Outcome.PULLED,
    Outcome.REFRESHED,
    Outcome.RESTAMPED,
    Outcome.MERGED,
)


class CommitMessage(NamedTuple):
    """The message of a push's versions, and the id of the push."""

    said: str = ""
    run: str = ""


NO_MESSAGE = CommitMessage()


class Commit:
    """The commit of one run. Create it before the run, so that earlier changes stay uncommitted.

    `of` makes the commit after the run. `theirs` means that the run brings other people's edits;
    the commit names these people as co-authors. `message` stands in the commit's first line, and
    the run in a trailer. The commit includes selected documents that an
    earlier run wrote and could not commit. Raise FileError if there is no repository.
    """

    def __init__(
        self,
        mirror: Mirror,
        remote: Remote,
        selection: Selection,
        message: CommitMessage = NO_MESSAGE,
        *,
        theirs: bool,
    ) -> None:
        self._mirror = mirror
        self._remote = remote
        self._selection = selection
        self._theirs = theirs
        self._said = _line(message.said)
        self._run = message.run
        with self._alone():
            self._dirty = self._own_dirty()

    def of(self, result: Result) -> Result:
        """Commit what the run wrote. Return the result with a note about the commit."""
        try:
            with self._alone():
                return self._of(result)
        except ConfsyncError as error:
            problem = Problem.of(error)._replace(message=f"not committed: {error.message}")
            return replace(result, errors=(*result.errors, problem))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let no process that works on another space change git's index. Raise FileError."""
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(mutex.held(self._mirror.root / STATE, mutex.GIT))
            except OSError as error:
                raise FileError(f"another confsync does not finish its commit: {error}") from None
            yield

    def _of(self, result: Result) -> Result:
        """Commit what the run wrote, as `of` does. Raise ConfsyncError."""
        written = self._mirror.written
        if not self._theirs:
            self._note_moved(result)
        owed = self._owed()
        left = self._left(result, owed)
        unknown = ignored(self._mirror)
        meant = frozenset(written.union(*(one.names for one in owed)) - left)
        names = _without(meant, unknown)
        with self._moves_settled(names) as along:
            made = worktree.commit(
                self._mirror.root, names | along, lambda named: self._told(result, owed, named)
            )
        notes = [f"committed as {made}"] if made else []
        if meant and not made:
            notes.append("nothing to commit: git ignores what was written, or has it already")
        errors = [_uncommitted(left)] if left else []
        errors += [_ignored(unknown)] if unknown else []
        return replace(result, notes=(*result.notes, *notes), errors=(*result.errors, *errors))

    @contextlib.contextmanager
    def _moves_settled(self, names: frozenset[str]) -> Iterator[frozenset[str]]:
        """Remove the notes about moves that a commit of `names` completes, if git makes the commit.

        Yield the files to commit with them.
        """
        moves = removals.read(self._mirror.root).moves
        settled = {i: move for i, move in moves.items() if move.path in names}
        self._mirror.forget_removals((), settled)
        try:
            yield frozenset({REMOVED} if settled else ())
        except ConfsyncError:
            self._mirror.note_moves(settled.values())
            raise

    def _own_dirty(self) -> frozenset[str]:
        """Return the files that differ from HEAD, without those of spaces that the run leaves."""
        left = [one for one in self._mirror.config.all_spaces if one not in self._mirror.own]
        dirty = worktree.dirty(self._mirror.root)
        return frozenset(name for name in dirty if not any(one.holds(name) for one in left))

    def _owed(self) -> tuple[Owed, ...]:
        """Return what earlier runs left uncommitted, with this run's part of it."""
        inside = tuple(f"{directory}/" for directory in self._mirror.config.directories)
        if not any(name.startswith(inside) for name in self._dirty):
            return ()
        dirty = self._own_dirty()
        found = owed(self._mirror, dirty, own_files=not self._theirs)
        written = self._mirror.written
        return tuple(one for one in found if self._is_meant(one) or one.names & written)

    def _is_meant(self, one: Owed) -> bool:
        return any(self._selection.has(document_of(name) or name) for name in one.names)

    def _left(self, result: Result, owed: Iterable[Owed]) -> frozenset[str]:
        """Return the written files that must not be committed: a person changed them too."""
        root, written = self._mirror.root, frozenset(self._mirror.written)
        left = {page.path for page in result.pages if page.outcome is Outcome.CONFLICTED}
        # The staged text of a document that was deleted since exists nowhere else.
        left |= worktree.staged_and_gone(root, written)
        good = {name for one in owed if not one.mixed for name in one.names}
        for one in owed:
            # A push sends a document as a person made it. A pull brings only the server's text.
            if one.mixed and (self._theirs or not one.names & written):
                left |= one.names
        if self._theirs:
            left |= (self._dirty & written) - good
        left |= left.union(*(one.names for one in self._staged(owed, written)))
        # A removal and its note belong in one commit, even if the note's file was edited before.
        return frozenset(left - {REMOVED})

    def _staged(self, owed: Iterable[Owed], written: frozenset[str]) -> Iterator[Owed]:
        """Yield the documents of which a person has staged another text.

        A push commits the document that it sent, in spite of an older staged text.
        """
        earlier = [one for one in owed if self._theirs or not one.names & written]
        staged = worktree.staged_otherwise(self._mirror.root) if earlier else {}
        for one in earlier:
            found = [name for name in one.names if name in staged]
            if found and (self._theirs or _version_of(one, staged) == one.after):
                yield one

    def _told(self, result: Result, owed: Iterable[Owed], names: frozenset[str]) -> str:
        """Return the message of a commit that changes these files."""
        pages = [page for page in result.pages if page.outcome in _WROTE and page.path in names]
        known = {page.path for page in pages}
        pages += [
            _of_earlier(one)
            for one in owed
            if one.page_id and one.path in names and one.path not in known
        ]
        return self._message(result.command, pages)

    def _note_moved(self, result: Result) -> None:
        """Note the old place of each moved document.

        Otherwise git would have two documents of the page.
        """
        sent = {page.id for page in result.pages if page.id and page.outcome in _WROTE}
        if sent:
            gone = deleted_pages(self._mirror.root, self._mirror.config.spaces, frozenset())
            for page_id in sent & gone.keys():
                self._mirror.note_gone(gone[page_id])

    def _message(self, command: str, pages: list[PageResult]) -> str:
        count = f"{len(pages)} page{'' if len(pages) == 1 else 's'}"
        people = people_of(self._remote, self._authors(pages)) if self._theirs else {}
        lines = [": ".join(filter(None, (f"confsync {command}", count, self._said))), ""]
        for page in pages:
            version = f"v{page.base} -> v{page.remote}" if page.base else f"v{page.remote}"
            if page.remote is None or page.base == page.remote:
                version = page.outcome.value
            lines.append(_line(f"{page.path} {version}{self._who(page, people)}"))
        host = urlsplit(self._mirror.config.url).hostname
        trailers = [*_trailers(people.values(), host or "confluence")]
        trailers += [f"{RUN}: {self._run}"] if self._run else []
        archived = [page.id for page in pages if page.outcome is Outcome.ARCHIVED and page.id]
        trailers += [f"{ARCHIVED}: {' '.join(archived)}"] if archived else []
        return "\n".join([*lines, "", *trailers] if trailers else lines)

    def _authors(self, pages: Iterable[PageResult]) -> set[str]:
        """Return the accounts that made the new versions, or the last version of a new page."""

        def of(page: PageResult) -> set[str]:
            found = set(page.editors)
            if page.version and page.remote != page.base:
                found.add(page.version.author)
            first = page.base + 1 if page.base and page.version else page.base
            if page.id and page.base and first and page.remote and page.remote > first:
                with contextlib.suppress(APIAccessError):
                    between = self._remote.versions_after(page.id, page.base)
                    found |= {one.author for one in between if one.number <= page.remote}
            return found

        return {author for some in self._remote.workers.each(of, pages) for author in some} - {""}

    def _who(self, page: PageResult, people: Mapping[str, User]) -> str:
        """Return who changed a page and why, in parentheses, or who changed its attachments."""
        if not self._theirs or page.version is None:
            return ""
        news = page.remote != page.base
        accounts = [page.version.author] if news else sorted(page.editors)
        names = ", ".join(people[one].name for one in accounts if one in people)
        said = " ".join(message_without_token(page.version.message).split()) if news else ""
        told = ": ".join(part for part in (names, said) if part)
        return f" ({told})" if told else ""


def _of_earlier(one: Owed) -> PageResult:
    """Return the result of a document that an earlier run wrote or removed."""
    outcome = Outcome.DELETED if one.after is None else Outcome.PULLED
    return PageResult(one.path, outcome, one.page_id, one.title, base=one.before, remote=one.after)


def _without(names: Iterable[str], unknown: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return the names without ignored documents and without the files that HEAD has of them."""
    kept = frozenset(unknown).union(*unknown.values())
    return frozenset(name for name in names if name not in kept and document_of(name) not in kept)


def _ignored(unknown: Iterable[str]) -> Problem:
    """Return the warning about documents that git ignores."""
    paths = sorted(unknown)
    return Problem(
        "uncommitted",
        f"not committed, because git ignores them: {few([*map(mentioned, paths)])}",
        f"'git add -f {marked(paths[0])}' adds the file",
        Exit.DONE,
    )


def _version_of(one: Owed, staged: Mapping[str, bytes]) -> int | None:
    """Return the version in the staged text of a document, or None."""
    found = parsed(one.path, staged[one.path]).document if one.path in staged else None
    return found.stamp.version if found and found.stamp else None


def _uncommitted(left: frozenset[str]) -> Problem:
    """Return the warning about written files that a person must commit."""
    named = few([mentioned(path) for path in sorted(left)])
    return Problem(
        "uncommitted",
        f"not committed, because you had changed them before this run: {named}",
        "'git diff HEAD' shows both changes; 'git commit -a' commits them",
        Exit.DONE,
    )


def _trailers(people: Iterable[User], host: str) -> list[str]:
    """Return a trailer line for each author, with the server's mail address or an unused address.

    RFC 2606 reserves ``.invalid``, so that mail to such an address goes nowhere.
    """
    told = (
        (_plain(one.name), _plain(one.email) or _unused_address(one.id, host)) for one in people
    )
    return sorted(f"Co-authored-by: {name or 'unknown'} <{address}>" for name, address in told)


def _unused_address(account: str, host: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', account)}@noreply.{host}.invalid"


def _plain(text: str) -> str:
    return _line(re.sub("[<>]", " ", text))


def _line(text: str) -> str:
    """Return the text as one line without control characters.

    git shows messages unchanged, and reads the last lines of a message as trailers.
    """
    return " ".join(_CONTROL.sub(" ", text).split())
