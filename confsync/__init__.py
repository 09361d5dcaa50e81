"""confsync: git for Confluence pages.

As a library::

    from confsync import connect, VersionConflictError

    wiki = connect("https://acme.atlassian.net/wiki", user="me@acme.com", token=...)
    page = wiki.fetch_page("123456")
    wiki.update_page(page_id=page.page_id, title=page.title, content=changed, version=page.version)
"""

from typing import TYPE_CHECKING, Any

from confsync.errors import (
    APIAccessError,
    ConfsyncError,
    CredentialsError,
    DroppedCommentError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnsettledError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.version import __version__ as __version__

if TYPE_CHECKING:
    from confsync.api import Wiki, WikiPage, connect


__all__ = [
    "APIAccessError",
    "ConfsyncError",
    "CredentialsError",
    "DroppedCommentError",
    "NetworkError",
    "NotVisibleError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "UnsettledError",
    "VersionConflictError",
    "Wiki",
    "WikiPage",
    "WriteRefusedError",
    "connect",
]


def __getattr__(name: str) -> Any:
    """Load the library when a program first uses it: `atlassian` costs a command 0.2 s."""
    if name in ("Wiki", "WikiPage", "connect"):
        from confsync import api as wiki

        return getattr(wiki, name)
    raise AttributeError(f"module 'confsync' has no attribute {name!r}")
