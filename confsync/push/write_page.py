"""The write of one page, and the search for its result.

Version N + 1 is written only over a stamp with version N. One routine finds out whether a write
landed: after a good answer, a refusal, or a lost answer. Success and recovery are the same code.

A creation has no version to compare. Instead, the title is unique in a space. If the answer to a
creation was lost, confsync finds the page by its title. confsync adopts the page only if this push
surely made it. Several blog posts may share a title, so a server may accept a second one. Therefore
confsync searches for a post before it creates one, and never repeats a creation in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from confsync.errors import (
    APIAccessError,
    NetworkError,
    ServerError,
    UnsettledError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.event import Event
from confsync.model.page import NewVersion, PageInfo, Status
from confsync.model.stamp import Local, message_with_token, token
from confsync.remote.failures import refusal_of
from confsync.sync.compare import Content, Parent, Present
from confsync.sync.fetch import Case, Reader, is_creation


class Remark(NamedTuple):
    """The other parts of a version: its message, whether it is minor, and the page's new owner."""

    message: str = ""
    minor: bool = False
    owner: str | None = None


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


def _may_send(case: Case, remark: Remark) -> bool:
    """Return whether a version may be written: of an edited document, or with a new owner alone."""
    if writable(case):
        return True
    same = case.decisions.content is Content.UP_TO_DATE and settled(case) is None
    return same and remark.owner is not None


def settled(case: Case) -> Landed | None:
    """Return how to settle a document that the server already has, else None."""
    if not isinstance(case.remote, Present):
        return None
    current = case.remote.page.info.version.number
    landed = case.landed
    # The token covers the wanted parent, so the version carried it. The server may ignore it.
    sent = landed is not None and not case.move_ignored
    done = sent or case.decisions.parent is Parent.DONE
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
    reader: Reader, case: Case, remark: Remark, *, again: bool = True
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
        message_with_token(token(case.stamp, case.local), remark.message),
        case.local.wanted if moves else None,
        remark.minor,
        remark.owner,
    )
    try:
        answer = reader.remote.put(case.stamp.id, new, base=case.stamp.version)
    except (VersionConflictError, NetworkError, ServerError) as error:
        return _look(reader, case, remark, error, again)
    if answer.version.number > case.stamp.version:
        return Landed(answer.version.number, case.local.wanted if moves else case.stamp.parent)
    now = _decided_anew(reader, case, case.stamp.version)
    # The answer still names S: the server saw no change, or a replica answered.
    return NoVersion() if now is None or _may_send(now, remark) else settled(now) or now


def _look(
    reader: Reader, case: Case, remark: Remark, error: APIAccessError, again: bool
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
    if not _may_send(now, remark):
        return settled(now) or now
    if not (again and may_pass(error)):
        raise of_this_page(error) from None
    return write(reader, now, remark, again=False)


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


def events_of(case: Case, made: Landed, path: str) -> Iterator[Event]:
    """Yield the audit events of a version that a document's text and place made."""
    stamp = case.stamp
    event = Event(
        what="updated" if writable(case) else "landed earlier",
        page=stamp.id,
        path=path,
        base=stamp.version,
        version=made.version,
        before=stamp.digest,
        after=case.local.digest,
        user="",
    )
    yield event
    if made.parent != stamp.parent:
        yield event._replace(what="moved", before=stamp.parent or "", after=made.parent or "")


@dataclass(frozen=True, slots=True)
class Taken:
    """The title belongs to another page.

    `earlier` means that the same user created that page, perhaps by an earlier push of this file.
    """

    info: PageInfo
    earlier: bool = False


def create(
    reader: Reader, local: Local, message: str, known: frozenset[str], *, again: bool = True
) -> PageInfo | Taken:
    """Create the page of a document. Its place means the parent `local.wanted`.

    `known` are the ids of pages that have documents already. `again` allows one more try if the
    first left no page. Raise APIAccessError.
    """
    remote, space = reader.remote, reader.space
    try:
        return remote.create(
            space,
            title=local.title,
            body=local.body,
            message=message_with_token(token(None, local), message),
            parent=local.wanted,
        )
    except (NetworkError, ServerError, WriteRefusedError) as error:
        try:
            found = remote.titled(space, local.title)
        except APIAccessError as failure:
            if isinstance(error, WriteRefusedError):
                raise error from None
            raise UnsettledError(f"'{local.title}'", failure) from None
        for info in found:
            return _found(reader, local, info, known)
        if isinstance(error, WriteRefusedError):
            raise
        if not (again and may_pass(error)):
            raise of_this_page(error) from None
        return create(reader, local, message, known, again=False)


def post(reader: Reader, local: Local, message: str, known: frozenset[str]) -> PageInfo | Taken:
    """Create a blog post, or find the post of an earlier try of exactly this creation.

    A post of the same title without a document here may come from an earlier try, edited since.
    `known` is as for `create`. Raise APIAccessError.
    """
    remote, space = reader.remote, reader.space
    if (made := find_titled(reader, local, known)) is not None:
        return made
    marked = message_with_token(token(None, local), message)
    try:
        return remote.create(space, title=local.title, body=local.body, message=marked, parent=None)
    except (NetworkError, ServerError) as error:
        try:
            made = find_titled(reader, local, known)
        except APIAccessError as failure:
            raise UnsettledError(f"'{local.title}'", failure) from None
        if made is None:
            raise of_this_page(error) from None
        return made


def find_titled(reader: Reader, local: Local, known: frozenset[str]) -> PageInfo | Taken | None:
    """Return the page that an earlier try of a creation made, or another page of its title.

    Pages that have documents here do not count: `known` are their ids. Raise APIAccessError.
    """
    found = reader.remote.titled(reader.space, local.title)
    answers = [_found(reader, local, info, known) for info in found if info.id not in known]
    ours = (one for one in answers if isinstance(one, PageInfo))
    return next(ours, None) or next(iter(answers), None)


def _found(reader: Reader, local: Local, info: PageInfo, known: frozenset[str]) -> PageInfo | Taken:
    """Return the page if an earlier try of this creation made it, else a `Taken`."""
    if is_creation(reader, local, info, known):
        return info
    unseen = info.id not in known and info.status is Status.CURRENT and info.version.number == 1
    same_place = info.parent == local.wanted or info.posted is not None
    return Taken(info, unseen and same_place and info.version.author in reader.me())
