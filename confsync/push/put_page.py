"""Writing one page, and finding out what became of it.

Version N + 1 is written only over a stamp that says N. Whether a write landed is found out by one
routine, whether its answer came, was lost, or said no: success and recovery are the same code.
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
    """The version that the document is settled with, and the parent that its stamp shall say."""

    version: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class NoVersion:
    """The server took the write and made no version: to it the page is the same."""


def writable(case: Case) -> bool:
    """Return whether the decisions let this document be written."""
    if case.decisions.content is Content.AHEAD:
        return case.decisions.parent is not Parent.DIVERGED
    return case.decisions.content is Content.UP_TO_DATE and case.decisions.parent is Parent.MOVE


def settled(case: Case) -> Landed | None:
    """Return what a document is settled with if the server has it already, else None."""
    if not isinstance(case.remote, Present):
        return None
    current = case.remote.page.info.version.number
    landed = case.landed
    done = landed is not None or case.decisions.parent is Parent.DONE
    # The token covers the wanted parent: the version carried it.
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
    """PUT S + 1. Answers what it is settled with, or the case anew where it must not be sent.

    `again` allows one more try, never two, and only when the server has exactly the base still.
    Raises UnsettledError if the server cannot be asked whether the write landed. Raises another
    APIAccessError, which is about this page alone, if the write certainly did not land.
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
    # An answer that still names S: the server saw no change, or answers of the past.
    return NoVersion() if now is None or writable(now) else settled(now) or now


def _look(
    reader: Reader, case: Case, message: str, error: APIAccessError, again: bool
) -> Landed | NoVersion | Case:
    """Read the page again, and decide anew, after an answer that does not prove the write."""
    known = error.current_version if isinstance(error, VersionConflictError) else None
    try:
        now = _decided_anew(reader, case, known or case.stamp.version)
    except APIAccessError as failure:
        raise UnsettledError(f"page {case.stamp.id}", failure) from None
    if now is None:
        raise ServerError(
            f"the server has v{known} of page {case.stamp.id}, but does not show it yet",
            hint="push again in a moment",
        )
    if not writable(now):
        return settled(now) or now
    if not (again and may_pass(error)):
        raise of_this_page(error) from None
    return write(reader, now, message, again=False)


def may_pass(error: APIAccessError) -> bool:
    """Return whether a second try of a failed write may fare better."""
    if isinstance(error, ServerError):
        return refusal_of(error) is None
    return not isinstance(error, WriteRefusedError)


def of_this_page(error: APIAccessError, what: str = "page") -> APIAccessError:
    """Return what a failed write means for its page if the server answered a read after it.

    `what` was sent: a page, or an attachment of it.

    Then the server can be reached: the failure is this page's, and the other pages go on.
    """
    if isinstance(error, NetworkError):
        return ServerError(
            f"{error.message} each time this {what} was sent; the server answers all else",
            hint=f"'confsync push' tries again; a proxy may refuse size or content of this {what}",
        )
    return (refusal_of(error, what) if isinstance(error, ServerError) else None) or error


def _decided_anew(reader: Reader, case: Case, least: int) -> Case | None:
    """Compare the document with its page again; return None while the server's answer is stale."""
    now = reader.again(case, least)
    return None if now.page and now.page.info.version.number < least else now
