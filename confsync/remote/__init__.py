"""Everything on the server, Cloud or Data Center, behind one protocol: `Remote`.

Only this package imports `atlassian`, and only for the first request. The import costs 0.2 s, which
`status` and `check` need not pay. Nothing here knows a mirror.
"""

from __future__ import annotations

from collections.abc import Callable

from confsync.remote.credentials import Credentials, Source
from confsync.remote.protocol import Remote, about

__all__ = ["FLAVORS", "Credentials", "Remote", "Source", "about", "open_remote"]

FLAVORS = ("cloud", "datacenter")


def open_remote(
    url: str,
    credentials: Credentials | None,
    *,
    flavor: str | None = None,
    jobs: int = 1,
    tell: Callable[[str], None] | None = None,
) -> Remote:
    """Return a connection to the Confluence at a base URL, with at most `jobs` requests at a time.

    `flavor` is "cloud" or "datacenter". None asks the server, which costs a request unless the host
    is Atlassian's. `tell` gets a line for the user when confsync waits for the server's rate limit;
    without `tell` the line goes to the log.

    Raise APIAccessError if the server does not tell its flavour. Raise UsageError for an
    invalid URL, or one that would send credentials unencrypted.
    """
    from confsync.remote import connect

    return connect.open_remote(url, credentials, flavor=flavor, jobs=jobs, tell=tell)
