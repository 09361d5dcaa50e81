"""The comments of pages as the bytes of their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from confsync.model import moment
from confsync.model.page import PageComment, Said, Thread
from confsync.sync.people import names_for_files

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.remote import Remote


def files_of(
    mirror: Mirror, remote: Remote, comments: Mapping[str, tuple[PageComment, ...]]
) -> dict[str, bytes | None]:
    """Return the file of each page's comments, with the names of people. None: no comments.

    Raise APIAccessError if the server fails to tell the names.
    """
    from confsync.document.comments import file

    names = _names(mirror, remote, [one for found in comments.values() for one in found])
    return {
        page_id: file.as_bytes(file.Written(page_id, threads_of(found, names))) if found else None
        for page_id, found in comments.items()
    }


def threads_of(comments: Iterable[PageComment], names: Mapping[str, str]) -> tuple[Thread, ...]:
    """Return comments with their replies, the oldest first; `names` are those of people, by id.

    A reply whose comment is missing is a thread of its own.
    """
    every = {comment.id: comment for comment in comments}
    replies: dict[str, list[Said]] = {}
    for comment in every.values():
        if (first := _first(comment, every)) is not comment:
            replies.setdefault(first.id, []).append(_said(comment, names))
    return tuple(
        Thread(
            _said(comment, names),
            tuple(replies.get(comment.id, ())),
            comment.state if comment.inline else None,
            comment.words,
            comment.marker,
        )
        for comment in every.values()
        if _first(comment, every) is comment
    )


def _first(comment: PageComment, every: Mapping[str, PageComment]) -> PageComment:
    """Return the comment at the beginning of a thread."""
    seen: set[str] = set()
    while comment.below in every and comment.id not in seen:
        seen.add(comment.id)
        comment = every[comment.below]
    return comment


def _said(comment: PageComment, names: Mapping[str, str]) -> Said:
    from confsync.document.comments.text import text_of

    made = comment.version
    then = moment.moment(made.created_at)
    time = moment.written(then) if then else made.created_at
    return Said(comment.id, names.get(made.author, ""), time, text_of(comment.body, names))


def _names(mirror: Mirror, remote: Remote, comments: Iterable[PageComment]) -> Mapping[str, str]:
    """Return the names of the authors, and of the people whom the comments name."""
    from confsync.document.comments.text import people_in

    listed = tuple(comments)
    authors = {comment.version.author for comment in listed}
    people = people_in(one.body for one in listed)
    return names_for_files(mirror, remote, authors | people)
