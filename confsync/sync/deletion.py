"""The words about a page whose document is missing here, and what deletes it all the same."""

from __future__ import annotations

from enum import Enum

from confsync.mirror.committed.whereabouts import Trace
from confsync.mirror.entry import Entry
from confsync.model.hint import mentioned
from confsync.model.outcome import Outcome
from confsync.model.page import Page, Status
from confsync.sync.compare import Absent
from confsync.sync.fetch import Found


class Disposal(Enum):
    """The place of a page that a push takes away: the server's trash, or its archive."""

    TRASH = "delete"
    ARCHIVE = "archive"

    @property
    def options(self) -> str:
        """Return the options of `push` that ask for it."""
        return "--delete" if self is Disposal.TRASH else "--delete --archive"

    @property
    def place(self) -> str:
        """Return where the page is then, as the end of a sentence."""
        return "in the trash" if self is Disposal.TRASH else "archived"

    @property
    def outcome(self) -> Outcome:
        """Return the outcome of a page that is there."""
        return Outcome.DELETED if self is Disposal.TRASH else Outcome.ARCHIVED

    def has(self, found: Found) -> bool:
        """Return whether a page is there already, by the server's answer."""
        if self is Disposal.TRASH:
            return found is Absent.TRASHED
        return is_archived(found)


def is_archived(found: Found) -> bool:
    """Return whether the server says that a page is archived, in any mirror."""
    shown = isinstance(found, Page) and found.info.status is Status.ARCHIVED
    return shown or found is Absent.ARCHIVED


def from_archive(page_id: str) -> str:
    """Return the way back of an archived page. No API of a server has one."""
    return f"'confsync open {page_id}' shows the page in the browser: restore it there"


def outside_of(path: str) -> str:
    """Return the message for a document that was moved outside every space's directory."""
    where = f"stands at {mentioned(path)} now, outside every space's directory"
    return f"{where}; its page stays where it is"


# What brings a document to its place that git has, and the work tree has not.
TAKE_ALL = "'git sparse-checkout disable' brings it back"
FINISH = "'git status' shows the merge: finish it first"


def deletion_refusal(
    trace: Trace, entry: Entry, *, outside: bool, disposal: Disposal = Disposal.TRASH
) -> tuple[str, str]:
    """Return why a page is not deleted and the hint, if its document may have been moved.

    `entry` is the document as in git. `outside` means that the new place is in no space's
    directory.
    """
    anyway = by_id(entry, disposal)
    if not trace.certain:
        why = f"{mentioned(trace.path)} cannot be read and may be the page's document"
        return why, f"repair {mentioned(trace.path)}, or remove it and push again; {anyway}"
    if trace.left_out:
        place = mentioned(trace.path)
        why = f"git has its document at {place}, which this sparse checkout leaves out"
        return why, f"{TAKE_ALL}; {anyway}"
    if trace.unmerged:
        why = f"its document is in a merge that is not finished, at {mentioned(trace.path)}"
        return why, f"{FINISH}; {anyway}"
    if trace.path == entry.path:
        return "its document is here again", "run the command again"
    why = (
        outside_of(trace.path) if outside else f"its document stands at {mentioned(trace.path)} now"
    )
    return why, f"move it back, or delete it there and push {disposal.options} again; {anyway}"


def by_id(entry: Entry, disposal: Disposal) -> str:
    """Return the command that takes a page away by its id, at the version that git has."""
    stamp = entry.document.stamp if entry.document else None
    named = f"{entry.page_id}@{stamp.version}" if stamp else entry.page_id
    return f"'confsync push {disposal.options} {named}' {disposal.value}s the page anyway"
