"""The words about a page whose document is missing here, and what deletes it all the same."""

from __future__ import annotations

from confsync.mirror.committed.whereabouts import Trace
from confsync.mirror.entry import Entry
from confsync.model.hint import mentioned


def outside_of(path: str) -> str:
    """Return the message for a document that was moved outside every space's directory."""
    where = f"stands at {mentioned(path)} now, outside every space's directory"
    return f"{where}; its page stays where it is"


# What brings a document to its place that git has, and the work tree has not.
TAKE_ALL = "'git sparse-checkout disable' brings it back"
FINISH = "'git status' shows the merge: finish it first"


def deletion_refusal(trace: Trace, entry: Entry, *, outside: bool) -> tuple[str, str]:
    """Return why a page is not deleted and the hint, if its document may have been moved.

    `entry` is the document as in git. `outside` means that the new place is in no space's
    directory.
    """
    if not trace.certain:
        why = f"{mentioned(trace.path)} cannot be read and may be the page's document"
        return (
            why,
            f"repair {mentioned(trace.path)}, or remove it and push again; {delete_by_id(entry)}",
        )
    if trace.left_out:
        place = mentioned(trace.path)
        why = f"git has its document at {place}, which this sparse checkout leaves out"
        return why, f"{TAKE_ALL}; {delete_by_id(entry)}"
    if trace.unmerged:
        why = f"its document is in a merge that is not finished, at {mentioned(trace.path)}"
        return why, f"{FINISH}; {delete_by_id(entry)}"
    if trace.path == entry.path:
        return "its document is here again", "run the command again"
    why = (
        outside_of(trace.path) if outside else f"its document stands at {mentioned(trace.path)} now"
    )
    return why, f"move it back, or delete it there and push --delete again; {delete_by_id(entry)}"


def delete_by_id(entry: Entry) -> str:
    """Return the command that deletes a page by its id, at the version that git has."""
    stamp = entry.document.stamp if entry.document else None
    named = f"{entry.page_id}@{stamp.version}" if stamp else entry.page_id
    return f"'confsync push --delete {named}' deletes the page anyway"
