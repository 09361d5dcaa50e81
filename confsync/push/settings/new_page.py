"""The settings of a new document, before its page is created. No page is left half done for them.

What only the server can tell of a page that exists is left to `changes`.
"""

from __future__ import annotations

from collections.abc import Sequence

from confsync.document.document import Document
from confsync.document.settings.names import ORDER, RESTRICTIONS, key_of
from confsync.push.settings import restrictions
from confsync.push.settings.changes import NO_ORDER
from confsync.remote import Remote
from confsync.sync.settings.beside import sides_of


def flaw_of(remote: Remote, found: Document, chosen: Sequence[str], *, is_post: bool) -> str:
    """Return why a document's settings can never be sent; empty if they can.

    Raise APIAccessError.
    """
    for sides in sides_of(found, chosen, ()):
        key = key_of(sides.name)
        if key == ORDER and sides.line is not None and not is_post and remote.places is None:
            return NO_ORDER
        if key == RESTRICTIONS and (why := restrictions.lockout(remote, sides)):
            return f"{sides.name}: {why}"
    return ""
