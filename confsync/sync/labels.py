"""Labels: how a document's labels differ from its page's, and how they are sent.

Labels make no version. Adding and removing are set operations, so a repeat changes nothing.
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

# Seconds between the checks of labels that were sent and do not appear yet.
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
    """Return whether the server's managed labels differ from the base's.

    A document that lost its `labels` line ignores the server's labels.
    """
    unwanted = local.labels is None and stamp.labels is not None
    return theirs is not None and not unwanted and not same(theirs, stamp.labels)


class Sent(NamedTuple):
    """The labels that were sent: the decision, and the labels that the server ignored."""

    decided: Labels
    ignored: tuple[str, ...] = ()

    @property
    def base(self) -> tuple[str, ...] | None:
        """Return the labels for the stamp, so that ignored labels are sent again.

        Labels that another person changes at this moment do not count: the next pull brings them.
        """
        if self.decided.result is None:
            return None
        return tuple(sorted({*self.decided.result} ^ {*self.ignored}))


def send(remote: Remote, page_id: str, stamp: Stamp | None, local: Local) -> Sent:
    """Add the new labels to a page, and remove the deleted ones.

    The function first reads the current labels, so that other people's changes stay. It reads them
    again afterwards, because a server may answer 200 and store nothing. Raise APIAccessError;
    labels that were already sent are recognised next time.
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
