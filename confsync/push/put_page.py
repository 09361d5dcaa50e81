"""The write of one page, and the search for its result.

Version N + 1 is written only over a stamp with version N. One routine finds out whether a write
landed: after a good answer, a refusal, or a lost answer. Success and recovery are the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from confsync.errors import (
    APIAccessError,
    NetworkError,
    ServerError,
    UnsettledError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.page import NewVersion
from confsync.model.stamp import message_with_token, token
from confsync.remote.failures import refusal_of
from confsync.sync.compare import Content, Parent, Present
from confsync.sync.fetch import Case, Reader


@dataclass(frozen=True, slots=True)
class Landed:
    """The version to settle the document with, and the parent for its stamp."""

    version: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class NoVersion:
    """The server accepted the write and made no version, because the page is the same."""


def writable(case: Case) -> bool:
    """Return whether the decisions allow to write this document."""
    if case.decisions.content is Content.AHEAD:
        return case.decisions.parent is not Parent.DIVERGED
    return case.decisions.content is Content.UP_TO_DATE and case.decisions.parent is Parent.MOVE


def settled(case: Case) -> Landed | None:
    """Return how to settle a document that the server already has, else None."""
    if not isinstance(case.remote, Present):
        return None
    current = case.remote.page.info.version.number
    landed = case.landed
    done = landed is not None or case.decisions.parent is Parent.DONE
    # The token covers the wanted parent, so the version carried it.
    parent = case.local.wanted if done else case.stamp.parent
    match case.decisions.content:
        case Content.LANDED:
            return Landed(landed or current, parent)
        case Content.EQUAL if done or case.decisions.parent is not Parent.DIVERGED:
            return Landed(current, parent)
        case Content.UP_TO_DATE if done:
            return Landed(current, parent)
        case _:
            return None


def write(
    reader: Reader, case: Case, message: str, *, again: bool = True
) -> Landed | NoVersion | Case:
    """PUT version S + 1. Return how to settle it, or the new case if it must not be sent.

    `again` allows one more try, if the server still has exactly the base. Raise UnsettledError if
    the server cannot be asked whether the write landed. Raise another APIAccessError, which
    concerns only this page, if the write surely did not land.
    """
    moves = case.decisions.parent is Parent.MOVE
    new = NewVersion(
        case.local.title,
        case.local.body,
        message_with_token(token(case.stamp, case.local), message),
        case.local.wanted if moves else None,
    )
    try:
        answer = reader.remote.put(case.stamp.id, new, base=case.stamp.version)
    except (VersionConflictError, NetworkError, ServerError) as error:
        return _look(reader, case, message, error, again)
    if answer.version.number > case.stamp.version:
        return Landed(answer.version.number, case.local.wanted if moves else case.stamp.parent)
    now = _decided_anew(reader, case, case.stamp.version)
    # The answer still names S: the server saw no change, or a replica answered.
    return NoVersion() if now is None or writable(now) else settled(now) or now


def _look(
    reader: Reader, case: Case, message: str, error: APIAccessError, again: bool
) -> Landed | NoVersion | Case:
    """Read the page and decide again, after an answer that does not prove the write."""
    known = error.current_version if isinstance(error, VersionConflictError) else None
    try:
        now = _decided_anew(reader, case, known or case.stamp.version)
    except APIAccessError as failure:
        raise UnsettledError(f"page {case.stamp.id}", failure) from None
    if now is None:
        raise ServerError(
            f"the server has v{known} of page {case.stamp.id}, but does not show it yet",
            hint="'confsync push' tries again",
        )
    if not writable(now):
        return settled(now) or now
    if not (again and may_pass(error)):
        raise of_this_page(error) from None
    return write(reader, now, message, again=False)


def may_pass(error: APIAccessError) -> bool:
    """Return whether a second try of a failed write may succeed."""
    if isinstance(error, ServerError):
        return refusal_of(error) is None
    return not isinstance(error, WriteRefusedError)


def of_this_page(error: APIAccessError, what: str = "page") -> APIAccessError:
    """Return the error of a write whose page could be read afterwards.

    The server can be reached, so the error concerns only this page, and the other pages continue.
    `what` was sent: a page, or an attachment of it.
    """
    if isinstance(error, NetworkError):
        return ServerError(
            f"{error.message} each time this {what} was sent; other requests succeed",
            hint="'confsync push' tries again; a proxy may refuse its size or content",
        )
    return (refusal_of(error, what) if isinstance(error, ServerError) else None) or error


def _decided_anew(reader: Reader, case: Case, least: int) -> Case | None:
    """Compare the document with its page again, or return None if the server's answer is stale."""
    now = reader.again(case, least)
    return None if now.page and now.page.info.version.number < least else now
