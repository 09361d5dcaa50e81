"""Confluence Data Center over v1, its only API."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import quote

from confsync.errors import (
    EVERYBODYS,
    APIAccessError,
    CredentialsError,
    NotVisibleError,
    ServerError,
)
from confsync.model.page import (
    AttachmentHints,
    AttachmentInfo,
    Comment,
    Folder,
    NewVersion,
    Other,
    Page,
    PageInfo,
    PastVersion,
    Space,
    User,
    Version,
)
from confsync.remote import rows, transfers, v1_rows
from confsync.remote.base import ANONYMOUS, same_title
from confsync.remote.client import Client
from confsync.remote.datacenter import comments, kinds, nested, versions
from confsync.remote.datacenter.by_ids import ByIds
from confsync.remote.datacenter.pagination import by_offset, listed
from confsync.remote.datacenter.restrictions import WithRestrictions
from confsync.remote.failures import version_conflict_of
from confsync.remote.protocol import Sink
from confsync.remote.rows import Row
from confsync.workers import Workers, batches

# The server's upper limits. It silently lowers a higher limit, and its answer names the limit that
# it used. confsync goes by the answer.
INFOS = 200
BODIES = 50
# More answers with bodies at a time would only cost memory.
BODIES_AT_ONCE = 3
_API = "rest/api"
_CONTENT = f"{_API}/content"


class DataCenter(WithRestrictions):
    """Implements `Remote`. A space's id is its key. Authors are display names already.

    With `pages` it is the blog posts of that server.
    """

    flavor = "datacenter"

    def __init__(
        self, client: Client, workers: Workers, *, pages: DataCenter | None = None
    ) -> None:
        super().__init__(client, workers)
        # The requests that a listing with bodies takes, by space.
        self._listings: dict[str, int] = {}
        self._posts = pages is not None
        self._kind = kinds.POSTS if pages else kinds.PAGES
        self.threads = comments.DataCenterThreads(client, self._kind.type)
        self._versions = versions.Versions(client, self._kind)
        self._by_ids: ByIds = pages._by_ids if pages else ByIds(client)
        if pages:
            self._spaces = pages._spaces
        self.posts: DataCenter = self if pages else DataCenter(client, workers, pages=self)

    def may_write(self, page_id: str) -> bool:
        answer = self._client.get(f"{_API}/content/{page_id}", {"expand": "operations"})
        return rows.allows_update(answer.get("operations"))

    def whoami(self) -> User:
        row = self._client.get(f"{_API}/user/current")
        if row.get("type") == "anonymous":
            raise self._client.refused(CredentialsError(ANONYMOUS))
        name = str(row.get("username") or row.get("userKey") or "")
        return User(name, str(row.get("displayName") or name))

    def space(self, key: str) -> Space:
        return self._asked(key, self._space, again=not self._posts)

    def _space(self, key: str) -> Space:
        try:
            row = self._client.get(f"{_API}/space/{key}", {"expand": "homepage"})
        except NotVisibleError:
            raise self._no_space(key) from None
        home = rows.part_of(row, "homepage")
        found = rows.text_of(row, "key")
        return Space(found, found, rows.text_of(row, "name"), rows.id_of(home) if home else None)

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        def parse(row: Row) -> PageInfo:
            return self._labelled(self._kind.info(row, space.key), row, labels=labels)

        answers = self._answers(space, self._kind.more, INFOS, labels=labels, archived=archived)
        for row in chain.from_iterable(answers):
            yield rows.told(row, parse)

    def contents(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[list[tuple[PageInfo, Page | None]]]:
        """Use one listing for both: one with bodies has everything that one without bodies has."""
        for some in self._answers(space, self._kind.body, BODIES, labels=labels, archived=archived):
            yield [self._with_page(row, space, labels=labels) for row in some]

    def _answers(
        self, space: Space, expand: str, limit: int, *, labels: bool, archived: bool
    ) -> Iterator[list[Row]]:
        """Yield the rows of a listing. The next rows are on their way while these are read."""
        expand += ",metadata.labels" if labels else ""
        count = 0
        current = self._all(space, expand=expand, limit=limit)
        for some in self.workers.early(batches(current, limit), by=2):
            count += len(some)
            yield some
        self._listings[space.key] = _requests(count)
        if archived:
            more = self._all(space, expand=expand, limit=limit, status="archived")
            yield from batches(more, limit)

    def _with_page(self, row: Row, space: Space, *, labels: bool) -> tuple[PageInfo, Page | None]:
        page = self._kind.page_among(row, space.key)

        def parse(row: Row) -> PageInfo:
            info = page.info if page else self._kind.info(row, space.key)
            return self._labelled(info, row, labels=labels)

        info = rows.told(row, parse)
        return info, None if info.flaw else page

    def _labelled(self, info: PageInfo, row: Row, *, labels: bool) -> PageInfo:
        return info._replace(labels=self._labels_in(row)) if labels else info

    def _labels_in(self, row: Row) -> tuple[str, ...]:
        """Return the labels of a listing's row. Ask for the rest if the row has too few."""
        part = rows.part_of(rows.part_of(row, "metadata"), "labels")
        found = rows.results_of(part, "metadata.labels")
        if len(found) >= rows.limit_of(part):
            return self.labels(rows.id_of(row))
        return tuple(sorted(rows.text_of(r, "name") for r in found if r.get("prefix") == "global"))

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        return {page.info.id: page for some in self.bodies(space, page_ids) for page in some}

    def bodies(self, space: Space, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        """Read in bulk, and then alone what the bulk answers lack."""
        wanted = set(page_ids)
        for found in self._in_bulk(space, wanted):
            wanted -= {page.info.id for page in found}
            yield found
        alone = self.workers.ahead(self._current, sorted(wanted), at_most=self.workers.jobs)
        yield from batches((page for page in alone if page is not None), BODIES)

    def _in_bulk(self, space: Space, wanted: set[str]) -> Iterator[list[Page]]:
        """Read by ids if the server can. Else read few pages alone, and many by the listing.

        The caller takes the pages that it got out of `wanted`.
        """
        listing = self._listings.get(space.key, sys.maxsize)
        if _requests(len(wanted)) < listing:
            some = batches(sorted(wanted), BODIES)
            yield from self.workers.ahead(self._with_ids, some, at_most=BODIES_AT_ONCE)
            if self._by_ids.honoured:
                return
        if len(wanted) > listing:
            meant = frozenset(wanted)
            pages = (
                page
                for row in self._all(space, expand=self._kind.body, limit=BODIES)
                if str(row.get("id")) in meant and (page := self._kind.page_among(row, space.key))
            )
            yield from self.workers.early(batches(pages, BODIES))

    def _with_ids(self, page_ids: list[str]) -> list[Page]:
        found = self._by_ids.rows(page_ids, self._kind)
        return [page for row in found if (page := self._kind.page_among(row, ""))]

    def trash(self, space: Space) -> Iterator[PageInfo]:
        for row in self._all(space, expand=self._kind.more, limit=INFOS, status="trashed"):
            yield rows.told(row, lambda one: self._kind.info(one, space.key))

    def page(self, page_id: str) -> Page:
        try:
            return self._one(page_id, {"expand": self._kind.body})
        except NotVisibleError:  # without a status the server answers current pages only
            try:
                return self._one(page_id, {"expand": self._kind.body, "status": "archived"})
            except NotVisibleError:
                return self._one(page_id, {"expand": self._kind.body, "status": "trashed"})

    def old_page(self, page_id: str, version: int) -> Page:
        params = {"expand": self._kind.body, "status": "historical", "version": version}
        try:
            return self._one(page_id, params)
        except NotVisibleError:
            # Some servers do not call the newest version historical.
            page = self._one(page_id, {"expand": self._kind.body})
            if page.info.version.number != version:
                raise
            return page

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        return versions.versions_after(self._client, page_id, version)

    def history(self, page_id: str, after: Version | None = None) -> Iterator[PastVersion]:
        return self._versions.history(page_id, after)

    def newest(self, space: Space, page_ids: Iterable[str]) -> Iterator[dict[str, PastVersion]]:
        return self.workers.ahead(self._versions.newest_by_id, page_ids, at_most=self.workers.jobs)

    def others(self, space: Space) -> tuple[Other, ...]:
        return ()

    def folder(self, folder_id: str) -> Folder | None:
        return None

    def put(self, page_id: str, new: NewVersion, *, base: int) -> PageInfo:
        # Only these fields: metadata would reset the page's width. Without a status, an
        # unreconciled draft would block the write.
        content: dict[str, Any] = {
            "id": page_id,
            "type": self._kind.type,
            "status": "current",
            "title": new.title,
            "version": {"number": base + 1, "message": new.message, "minorEdit": new.minor},
            "body": {"storage": {"value": new.body, "representation": "storage"}},
        }
        if new.parent is not None:
            content["ancestors"] = [{"id": new.parent}]
        try:
            return self._kind.written(self._client.put(f"{_API}/content/{page_id}", content), "")
        except ServerError as error:
            raise version_conflict_of(error, page_id, base) or error from None

    def create(
        self, space: Space, *, title: str, body: str, message: str, parent: str | None
    ) -> PageInfo:
        content: dict[str, Any] = {
            "type": self._kind.type,
            "status": "current",
            "title": title,
            "space": {"key": space.key},
            "version": {"number": 1, "message": message},
            "body": {"storage": {"value": body, "representation": "storage"}},
        }
        if parent is not None:
            content["ancestors"] = [{"id": parent}]
        return self._kind.written(self._client.post(f"{_API}/content", content), space.key)

    def children(self, page_id: str) -> tuple[str, ...]:
        if self._posts:
            return ()
        found = self._rows(f"{_API}/content/{page_id}/child/page", {"limit": INFOS})
        return tuple(rows.id_of(row) for row in found)

    def delete(self, page_id: str) -> None:
        self._client.delete(f"{_API}/content/{page_id}")

    def titled(self, space: Space, title: str) -> tuple[PageInfo, ...]:
        found: list[PageInfo] = []
        for status in ("current",) if self._posts else ("current", "archived"):
            params = {
                "spaceKey": space.key,
                "title": title,
                "type": self._kind.type,
                "status": status,
                "expand": f"{self._kind.more},space",
            }
            infos = (self._kind.info(row, space.key) for row in self._rows(_CONTENT, params))
            found += [info for info in infos if same_title(info, title)]
            if found:
                break
        return tuple(found)

    def space_key(self, space_id: str) -> str:
        return space_id

    def labels(self, page_id: str) -> tuple[str, ...]:
        found = self._rows(f"{_API}/content/{page_id}/label", {"prefix": "global"})
        return tuple(sorted(rows.text_of(row, "name") for row in found))

    def attachments(self, page_id: str) -> tuple[AttachmentInfo, ...]:
        path = f"{_API}/content/{page_id}/child/attachment"
        return tuple(map(v1_rows.attachment, self._rows(path, {"expand": "version"})))

    def attachment_hints(self, space: Space) -> AttachmentHints | None:
        return nested.attachments_in(self._expanded(space, nested.NESTED))

    def _expanded(self, space: Space, expand: str) -> Iterator[Row]:
        return self._all(space, expand=expand, limit=INFOS)

    def newest_comments(self, keys: Iterable[str]) -> Iterator[Iterator[list[Comment]]]:
        yield comments.newest(self._client, keys)

    def download(self, page_id: str, info: AttachmentInfo, into: Sink) -> None:
        path = f"download/attachments/{page_id}/{quote(info.name, safe='')}"
        path += f"?version={info.version.number}"
        transfers.download(self._client, path, info.size, into)

    def delete_attachment(self, page_id: str, attachment_id: str) -> None:
        self._client.delete(f"{_API}/content/{page_id}/child/attachment/{attachment_id}")

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        return {name: User(name, name) for name in account_ids if name}

    def _current(self, page_id: str) -> Page | None:
        try:
            return self._one(page_id, {"expand": self._kind.body})
        except EVERYBODYS:
            raise
        except APIAccessError:
            return None  # if the caller needs the reason, it asks for this page alone

    def _one(self, page_id: str, params: Mapping[str, Any]) -> Page:
        row = self._client.get(f"{_API}/content/{page_id}", params)
        page = self._kind.page(self._kind.checked(row, page_id), "")
        if page is None:
            raise ServerError(f"page {page_id}: the answer has no storage body")
        return page

    def _all(
        self, space: Space, *, expand: str, limit: int, status: str = "current"
    ) -> Iterator[Row]:
        """Yield every page of a space in a status: by cursor if the server can, else by offset."""
        params = {"spaceKey": space.key, "type": self._kind.type, "expand": expand, "limit": limit}
        if status != "current":
            params["status"] = status
        return listed(self._client, _CONTENT, params)

    def _rows(self, path: str, params: Mapping[str, Any]) -> Iterator[Row]:
        """Yield every row of a listing that has no cursor."""
        return by_offset(self._client, path, params)


def _requests(count: int) -> int:
    """Return how many answers with bodies hold so many pages."""
    return -(-count // BODIES)
