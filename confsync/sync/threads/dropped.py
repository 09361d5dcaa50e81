"""The inline comments that a document drops: what a push refuses, and what `check` can know of it.

The server keeps a comment's marker in the text of the page. A text without that marker detaches the
comment from its words. An open comment is lost that way; a resolved one may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from confsync.document.comments import markers
from confsync.mirror.comments import files
from confsync.model.config import Comments
from confsync.model.lint import Finding, Severity

if TYPE_CHECKING:
    from confsync.document.document import Document
    from confsync.mirror.mirror import Mirror
    from confsync.model.page import Page, PageComment, Thread
    from confsync.remote import Remote

# So many comments are named.
_NAMED = 3
_WORDS = 60

HINT = (
    "put the words back with their marker, as 'confsync diff {path}' shows them; "
    "'confsync push --drop-comments {path}' lets the comment go"
)


def open_there(remote: Remote, page: Page, body: str) -> tuple[tuple[PageComment, str], ...]:
    """Return the open comments that a text for a page drops, each with its words.

    Ask the server only if the text drops a marker. Raise APIAccessError.
    """
    gone = markers.dropped(page.body, body)
    if not gone:
        return ()
    every = remote.threads.of(page.info.id)
    found = (one for one in every if one.marker in gone and one.state.is_open)
    return tuple((one, one.words or gone[one.marker]) for one in found)


def open_beside(mirror: Mirror, path: str, page_id: str) -> tuple[Thread, ...]:
    """Return the open inline comments in the file beside a document, the oldest first."""
    if mirror.config.comments is not Comments.FILES:
        return ()
    return tuple(one for one in _inline(mirror, path, page_id).values() if one.is_open)


def dropped_here(mirror: Mirror, path: str, found: Document) -> tuple[Thread, ...]:
    """Return the open comments that an edit drops, as far as the base and the file tell."""
    stamp = found.stamp
    if stamp is None or not found.modified:
        return ()
    known = {one.marker: one for one in open_beside(mirror, path, stamp.id)}
    missing = _missing(known, found)
    gone = _gone(mirror, found) if missing else {}
    return tuple(one for ref, one in missing.items() if ref in gone)


def named(thread: Thread) -> str:
    """Return who wrote a comment, and on which words."""
    return _named(thread.said.author, thread.words)


def refusal(named: Iterable[tuple[str, str]]) -> str:
    """Return why a text is not sent; `named` has author and words of each open comment."""
    every = [_named(*one) for one in named]
    more = len(every) - _NAMED
    some = ", ".join(every[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    what = "an open comment" if len(every) == 1 else f"{len(every)} open comments"
    return f"the text drops {what}: {some}"


def _named(author: str, words: str) -> str:
    short = words if len(words) <= _WORDS else f"{words[:_WORDS]}…"
    return f"{author or 'unknown user'} on '{short}'"


def needs_base(mirror: Mirror, path: str, found: Document) -> bool:
    """Return whether the base of a document must be looked for, to know what it drops."""
    if found.stamp is None or not found.modified:
        return False
    return bool(_missing(_inline(mirror, path, found.stamp.id), found))


def _inline(mirror: Mirror, path: str, page_id: str) -> dict[str, Thread]:
    """Return the inline comments in the file beside a document, by marker."""
    beside = files.read(mirror.root, path, page_id)
    return {one.marker: one for one in beside.threads if one.marker} if beside else {}


def _missing(inline: dict[str, Thread], found: Document) -> dict[str, Thread]:
    """Return the comments for whose words a document has no marker."""
    here = markers.words_of(found.body) if inline else {}
    return {ref: thread for ref, thread in inline.items() if not here.get(ref)}


def _gone(mirror: Mirror, found: Document) -> Mapping[str, str]:
    """Return the markers that an edit drops, with their words; empty if the base is unknown."""
    stamp = found.stamp
    if stamp is None:
        return {}
    base = mirror.bases.get(stamp) or mirror.committed.get((stamp.id, stamp.digest))
    return markers.dropped(base[1], found.body) if base else {}


def findings(mirror: Mirror, path: str, found: Document) -> Iterator[Finding]:
    """Yield a finding for each comment that a push of the document would or might drop.

    The base says which markers there were. The file of comments, if there is one, says which of the
    comments are open. Without the base, nothing is known.
    """
    stamp = found.stamp
    if stamp is None or not found.modified:
        return
    gone = _gone(mirror, found)
    if not gone:
        return
    known = _inline(mirror, path, stamp.id)
    missing = _missing(known, found)
    for ref, words in gone.items():
        if ref in missing and missing[ref].is_open:
            thread = missing[ref]
            said = refusal([(thread.said.author, thread.words or words)])
            yield Finding(path, 1, 1, Severity.ERROR, "comment-dropped", said)
        elif ref not in known:
            said = f"the text drops the comment on '{words}'; a push refuses that if it is open"
            yield Finding(path, 1, 1, Severity.WARNING, "marker-dropped", said)
