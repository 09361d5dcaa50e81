"""The network. Only this package imports `atlassian`, and only when something is asked."""

from __future__ import annotations

from confsync.remote.client import Client, Credentials
from confsync.remote.cloud import Cloud
from confsync.remote.protocol import Remote

__all__ = ["Credentials", "Remote", "open_remote"]


def open_remote(url: str, credentials: Credentials | None) -> Remote:
    """A connection to the Confluence at a base URL; nothing is asked yet."""
    return Cloud(Client(url, credentials))
