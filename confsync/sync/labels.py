"""Labels: what a document's differ from its page's by, and sending that.

Labels make no version. Adding and removing are set arithmetic, so either may be done twice.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from confsync.document.document import Document
from confsync.model.stamp import Local, Stamp
from confsync.sync import compare
from confsync.sync.compare import Labels

if TYPE_CHECKING:
    from confsync.remote import Remote

# Seconds between the looks at labels that were sent and are not shown.
PAUSES = (0.2, 0.5, 1.0)


def changed(document: Document) -> bool:
    """Return whether labels were added to or removed from a document since its base."""
    if document.labels is None:
        return False
    base = document.stamp.labels if document.stamp else None
    return _folded(document.labels) != _folded(base or ())


def same(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> bool:
    """Return whether two sides have the same labels. Unmanaged labels differ from none."""
    if one is None or other is None:
        return one is other
    return _folded(one) == _folded(other)


def is_news(stamp: Stamp, local: Local, theirs: tuple[str, ...] | None) -> bool:
    """Return whether managed labels of the server differ from those of the base.

    A document without its line of labels ignores the server's labels.
    """
    unwanted = local.labels is None and stamp.labels is not None
    return theirs is not None and not unwanted and not same(theirs, stamp.labels)


class Sent(NamedTuple):
    """The labels that were sent: what was decided, and what of that the server did not do."""

    decided: Labels
    ignored: tuple[str, ...] = ()

    @property
    def base(self) -> tuple[str, ...] | None:
        """The labels for the stamp: what the server ignored is still to be sent.

        Labels that somebody else changes at this moment play no part: the next pull brings those.
        """
        if self.decided.result is None:
            return None
        return tuple(sorted({*self.decided.result} ^ {*self.ignored}))


def send(remote: Remote, page_id: str, stamp: Stamp | None, local: Local) -> Sent:
    """Give a page the labels that were added here, and take those that were removed.

    Looks first at what it has now, so that what somebody else did meanwhile stays; and looks again
    after, since a server may answer 200 and keep nothing. Raises APIAccessError; what was sent by
    then is sent, and is found to be so the next time.
    """
    base = stamp.labels if stamp else None
    decided = compare.labels(base, local.labels, remote.labels(page_id))
    if decided.add:
        remote.add_labels(page_id, decided.add)
    for name in decided.remove:
        remote.remove_label(page_id, name)
    if not (decided.add or decided.remove):
        return Sent(decided)
    for pause in (*PAUSES, None):
        now = _folded(remote.labels(page_id))
        lost, stay = {*decided.add} - now, {*decided.remove} & now
        if not (lost or stay) or pause is None:
            break
        time.sleep(pause)  # a server may answer from a replica
    return Sent(decided, tuple(sorted(lost | stay)))


def _folded(labels: tuple[str, ...]) -> set[str]:
    return {label.lower() for label in labels}
