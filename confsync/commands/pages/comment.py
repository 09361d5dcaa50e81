"""The command `comment`: list the comments of a page, answer one, or resolve one.

A comment is only added to. Before a reply is sent, confsync looks for the same reply of the same
user. So the command can be repeated, whatever became of the answer to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from typing import NamedTuple

from confsync.document.comments.text import text_of
from confsync.errors import (
    APIAccessError,
    Exit,
    NetworkError,
    ServerError,
    UnsettledError,
    UsageError,
)
from confsync.mirror.mirror import Mirror
from confsync.model import moment
from confsync.model.config import Comments
from confsync.model.event import Event
from confsync.model.hint import marked
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import PageComment, Resolution, Said, Thread
from confsync.model.result import Result
from confsync.remote import Remote
from confsync.sync.people import names_of
from confsync.sync.target import Target
from confsync.sync.threads.bodies import threads_of


class Asked(NamedTuple):
    """A comment to answer, the text of the answer, and a comment to resolve; each may be empty."""

    reply: str = ""
    text: str = ""
    resolve: str = ""


def comment(mirror: Mirror, remote: Remote, target: Target, asked: Asked) -> Result:
    """Answer and resolve comments, or list them. Raise UsageError, APIAccessError."""
    page = target.asked(
        remote, lambda one: _Page(mirror, one, target, one.threads.of(target.page_id))
    )
    if not (asked.reply or asked.resolve):
        threads = page.threads()
        text = "".join(_lines(threads))
        return Result("comment", text=text, threads=threads, notes=page.notes())
    for known in filter(None, (asked.reply, asked.resolve)):
        page.check(known)
    done = []
    if asked.reply:
        done.append(page.reply(asked.reply, asked.text))
    if asked.resolve and not any(one.exit for one in done):
        done.append(page.resolve(asked.resolve))
    files = mirror.config.comments is Comments.FILES
    notes = _notes(target, {one.outcome for one in done}) if files and target.path else ()
    return Result("comment", tuple(done), notes=tuple(notes))


def _notes(target: Target, outcomes: set[Outcome]) -> Iterator[str]:
    """Yield how the file of comments follows. A pull does not notice a resolution by itself."""
    if Outcome.RESOLVED in outcomes:
        path = marked(target.path or "")
        yield f"'confsync pull --refresh {path}' brings it to the file of comments"
    elif Outcome.ANSWERED in outcomes:
        yield "'confsync pull' brings it to the file of comments"


class _Page:
    """A page and its comments, as the server listed them last."""

    def __init__(
        self, mirror: Mirror, remote: Remote, target: Target, comments: tuple[PageComment, ...]
    ) -> None:
        self._mirror = mirror
        self._remote = remote
        self._target = target
        self._comments = {comment.id: comment for comment in comments}
        self._path = target.path or f"page {target.page_id}"

    def threads(self) -> tuple[Thread, ...]:
        """Return the comments with the names of their authors."""
        every = self._comments.values()
        names = names_of(self._mirror, self._remote, (one.version.author for one in every))
        return threads_of(every, names)

    def notes(self) -> tuple[str, ...]:
        """Return a note for a page without comments."""
        return () if self._comments else ("the page has no comments",)

    def check(self, comment_id: str) -> None:
        """Raise UsageError if the page has no such comment."""
        if comment_id not in self._comments:
            raise UsageError(
                f"{self._path}: there is no comment {comment_id}, or you may not see it",
                hint=f"'confsync comment {self._named()}' lists the comments",
            )

    def reply(self, comment_id: str, text: str) -> PageResult:
        """Answer a comment once, whatever becomes of the server's answer."""
        body = _storage(text)
        result = self._result(Outcome.ANSWERED, comment_id)
        me = self._remote.whoami().id
        if self._said(comment_id, body, me):
            return _already(result, "you have given this answer already")
        self._write(
            f"the answer to comment {comment_id}",
            lambda: self._remote.threads.reply(
                self._target.page_id, self._comments[comment_id], body
            ),
            lambda: self._said(comment_id, body, me),
        )
        self._note(result)
        return result

    def resolve(self, comment_id: str) -> PageResult:
        """Resolve a comment, whatever becomes of the server's answer."""
        asked, result = self._comments[comment_id], self._result(Outcome.RESOLVED, comment_id)
        if asked.below or not asked.inline:
            why = "only an inline comment can be resolved, and no reply"
            return replace(result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)
        if asked.state is Resolution.RESOLVED:
            return _already(result, "the comment is resolved already")
        if asked.state is Resolution.DANGLING:
            why = "the comment has lost its words on the page; no server resolves it"
            return replace(result, outcome=Outcome.REJECTED, error=why, exit=Exit.REFUSED)
        self._write(
            f"the resolution of comment {comment_id}",
            lambda: self._remote.threads.resolve(self._target.page_id, asked),
            lambda: self._comments[comment_id].state is Resolution.RESOLVED,
        )
        self._note(result)
        return result

    def _write(self, what: str, send: Callable[[], object], landed: Callable[[], bool]) -> None:
        """Send once, and look afterwards. Raise the error of a write that did not land."""
        error: APIAccessError = ServerError(
            f"the server took {what}, but does not show it", hint="run the command again"
        )
        try:
            send()
        except (NetworkError, ServerError) as failure:
            error = failure
        try:
            self._look()
        except APIAccessError as failure:
            raise UnsettledError(what, failure) from None
        if not landed():
            raise error

    def _look(self) -> None:
        found = self._remote.threads.of(self._target.page_id)
        self._comments |= {comment.id: comment for comment in found}

    def _said(self, comment_id: str, body: str, author: str) -> bool:
        """Return whether an author has answered a comment with this text."""
        wanted = text_of(body, {})
        return any(
            one.below == comment_id and one.by == author and text_of(one.body, {}) == wanted
            for one in self._comments.values()
        )

    def _result(self, outcome: Outcome, comment_id: str) -> PageResult:
        asked = self._comments[comment_id]
        about = f" on '{asked.words}'" if asked.words else ""
        page_id, note = self._target.page_id, f"comment {comment_id}{about}"
        return PageResult(self._path, outcome, page_id, base=self._target.base, note=note)

    def _note(self, result: PageResult) -> None:
        """Record a write in the audit trail."""
        what, who = result.outcome.value, self._remote.who
        about = result.id or "", self._target.path or "", result.base, None, None, None
        with self._mirror.lock():
            self._mirror.audit.add(Event(what, *about, who))

    def _named(self) -> str:
        return marked(self._target.path) if self._target.path else self._target.page_id


def _already(result: PageResult, why: str) -> PageResult:
    return replace(result, outcome=Outcome.UNCHANGED, note=f"{why}; {result.note}")


def _storage(text: str) -> str:
    """Return a text as storage format: a paragraph for each part between empty lines."""
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n")]
    lines = (escape(part, quote=False).replace("\n", "<br />") for part in parts if part.strip())
    return "".join(f"<p>{line}</p>" for line in lines)


def _lines(threads: tuple[Thread, ...]) -> Iterator[str]:
    """Yield the comments for people: each with its id, and its replies below it."""
    for thread in threads:
        about = f" on '{thread.words}'" if thread.words else ""
        state = f", {thread.state.value}" if thread.state else ""
        yield from _said(thread.said, f"{about}{state}", "")
        for reply in thread.replies:
            yield from _said(reply, "", "  ")


def _said(said: Said, more: str, margin: str) -> Iterator[str]:
    when = moment.shown(said.time)
    yield f"{margin}comment {said.id}{more}: {said.author or 'unknown user'}, {when}\n"
    for line in said.text.split("\n"):
        yield f"{margin}  {line}\n"
