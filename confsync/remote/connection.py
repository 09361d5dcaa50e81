"""What both servers' implementations of `Remote` have in common."""

from __future__ import annotations

from collections.abc import Mapping

from confsync.errors import SpaceNotFoundError
from confsync.model import PageInfo
from confsync.remote.client import Client
from confsync.work import Workers


class Connection:
    """A client, and how many requests it may have under way."""

    def __init__(self, client: Client, workers: Workers) -> None:
        self._client = client
        self.workers = workers
        self.who = client.who

    @property
    def url(self) -> str:
        return self._client.url

    @property
    def seen(self) -> Mapping[str, str]:
        return self._client.seen

    def close(self) -> None:
        self._client.close()


def no_space(key: str) -> SpaceNotFoundError:
    """The error for a space that is not there, or not to be seen."""
    return SpaceNotFoundError(
        f"there is no space '{key}', or you may not see it",
        hint="check 'spaces' in .confsync.yaml, and open the space in the browser",
    )


def same_title(info: PageInfo, title: str) -> bool:
    """Whether a page has a title; servers compare titles without case."""
    return info.title.casefold() == title.casefold()
