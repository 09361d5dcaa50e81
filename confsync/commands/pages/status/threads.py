"""The open comments of documents, from the files of comments. Asks no server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import Thread
from confsync.sync import merge_base
from confsync.sync.threads import dropped

# So many comments are named, and the rest is counted.
_LISTED = 10


def gather_bases(mirror: Mirror, entries: Iterable[Entry]) -> None:
    """Look up, in one pass, the bases that tell which comments the edits drop."""
    edited = ((entry.path, entry.document) for entry in entries if entry.document)
    needed = (found for path, found in edited if dropped.needs_base(mirror, path, found))
    merge_base.gather(mirror, (found.stamp for found in needed if found.stamp))


def with_dropped(mirror: Mirror, entry: Entry, page: PageResult) -> PageResult:
    """Return the state of an edited document, with the open comments that its edit drops."""
    if page.outcome is not Outcome.MODIFIED or page.error or entry.document is None:
        return page
    if not (found := dropped.dropped_here(mirror, entry.path, entry.document)):
        return page
    why = dropped.refusal((one.said.author, one.words) for one in found)
    return replace(page, error=why, hint=dropped.HINT)


def notes(mirror: Mirror, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the open comments of documents that a person named."""
    every = [
        (entry.path, thread)
        for entry in entries
        if entry.page_id
        for thread in dropped.open_beside(mirror, entry.path, entry.page_id)
    ]
    yield from (_note(path, thread) for path, thread in islice(every, _LISTED))
    if (more := len(every) - _LISTED) > 0:
        yield f"… and {more} more open comment{'' if more == 1 else 's'}"


def _note(path: str, thread: Thread) -> str:
    return f"open comment {thread.said.id} on {mentioned(path)}: {dropped.named(thread)}"
