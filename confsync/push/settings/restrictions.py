"""The restrictions of a page in a push: it locks its own user not out, and is not left half done.

On Cloud each name comes or goes by a request of its own. After a lost answer, confsync looks, and
goes on from what the server has.
"""

from __future__ import annotations

from confsync.document.settings.names import RESTRICTIONS
from confsync.document.settings.restrictions import changes, locked, named, states, value_of
from confsync.errors import APIAccessError, NetworkError, NotVisibleError, ServerError
from confsync.model.page import PropertyInfo, Version
from confsync.remote import Remote
from confsync.sync.settings.compare import Decision, Sides, decide


def lockout(remote: Remote, sides: Sides) -> str:
    """Return why a change would lock this user out; empty if it would not.

    The server showed the page, so the restrictions of the pages above let this user in.
    """
    if decide(sides) is not Decision.SEND:
        return ""
    mine = remote.my_names()
    lost = locked(named(sides.line), mine)
    if not lost:
        return ""
    me = min(mine, key=lambda name: (not name.startswith("user:"), name))
    return f"you could not {' and '.join(lost)} the page any more: add {me}, or a group of yours"


def send(remote: Remote, page_id: str, sides: Sides) -> None:
    """Send the changes of a page's restrictions. Raise APIAccessError if they are not all there.

    No request is sent twice unless the server shows that it did not arrive, and an earlier one did.
    """
    before, after = named(sides.remote.value if sides.remote else None), named(sides.line)
    way = [value_of(names) for names in states(before, changes(before, after, remote.my_names()))]
    now, reached = value_of(before), -1
    while True:
        try:
            _put(remote, page_id, now, value_of(after))
            return
        except (NetworkError, ServerError, NotVisibleError) as error:
            now = _seen(remote, page_id, error)
            step = way.index(now) if now in way else -1
            if step <= reached:
                raise
            if step == len(way) - 1:
                return
            reached = step


def _put(remote: Remote, page_id: str, now: str | None, value: str | None) -> None:
    base = PropertyInfo(page_id, RESTRICTIONS, Version(0), now) if now else None
    if value is not None:
        remote.put_property(page_id, RESTRICTIONS, value, base=base)
    elif base is not None:
        remote.remove_property(page_id, base)


def _seen(remote: Remote, page_id: str, error: APIAccessError) -> str | None:
    """Return the server's restrictions after an error. Raise the error if it does not tell them."""
    try:
        infos = remote.properties(page_id, (RESTRICTIONS,))
    except APIAccessError:
        raise error from None
    return infos[0].value if infos else None
