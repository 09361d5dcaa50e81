"""The command `log`: a page's history on the server or, with `--local`, the audit trail."""

from __future__ import annotations

from confsync.mirror.mirror import Mirror
from confsync.model.result import Result
from confsync.remote import Remote
from confsync.sync.people import names_of
from confsync.sync.target import Target


def log(mirror: Mirror, remote: Remote, target: Target, count: int | None = None) -> Result:
    """Return the versions of a page, newest first, with the names of the people.

    With `count`, return only so many.
    """
    versions = target.asked(remote, lambda one: one.versions_after(target.page_id, 0))[:count]
    names = names_of(mirror, remote, {version.author for version in versions})
    named = (v._replace(author=names.get(v.author, v.author)) for v in versions)
    return Result("log", history=tuple(named), base=target.base)


def local_log(mirror: Mirror, target: Target | None, count: int | None = None) -> Result:
    """Return the mirror's audit trail, of one page or whole, newest last. Ask no server.

    With `count`, return only the newest events.
    """
    wanted = target.page_id if target else None
    events = (event for event in mirror.audit.read() if wanted in (None, event.page))
    return Result("log", events=tuple(events)[-count if count else 0 :])
