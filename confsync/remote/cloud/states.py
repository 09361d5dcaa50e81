"""The content states of pages, such as "In progress", over v1. They are only read.

A change of a state publishes a new version of its page, and no server compares a version then. So
confsync changes none.
"""

from __future__ import annotations

from typing import Protocol

from confsync.errors import RowError
from confsync.remote import rows
from confsync.remote.client import Client


class States(Protocol):
    """The content states of pages and blog posts. The method raises APIAccessError."""

    def state(self, page_id: str) -> str:
        """Return the name of a page's state, empty without one.

        It is the state of the published page. It changes only with the page's
        version.
        """


class CloudStates:
    """Implements `States`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def state(self, page_id: str) -> str:
        answer = self._client.get(f"rest/api/content/{page_id}/state")
        # The key is null, or absent, if the page has no state. An answer without it is no page's.
        if answer.get("contentState") is None:
            if "contentState" not in answer and "lastUpdated" not in answer:
                raise RowError("an answer about a page's state names no state and no time")
            return ""
        return rows.text_of(rows.part_of(answer, "contentState"), "name")
