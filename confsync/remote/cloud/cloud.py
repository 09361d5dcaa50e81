"""Confluence Cloud over its v2 API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from confsync.errors import CredentialsError, NotVisibleError, RowError, ServerError
from confsync.model.page import (
    AttachmentHints,
    AttachmentInfo,
    Comment,
    Folder,
    NewVersion,
    Other,
    Page,
    PageInfo,
    ParentKind,
    PastVersion,
    Space,
    Status,
    Task,
    User,
    Version,
)
from confsync.remote import rows, transfers
from confsync.remote.base import ANONYMOUS, as_past, same_title
from confsync.remote.client import MANY_BODIES, ONE_ANSWER, Client
from confsync.remote.cloud import archive, both_ends, comments, people, search, v2_rows, versions
from confsync.remote.cloud.both_ends import Lot
from confsync.remote.cloud.labels import labels_by_page
from confsync.remote.cloud.pagination import answers_by_cursor, by_cursor
from confsync.remote.cloud.restrictions import WithRestrictions
from confsync.remote.failures import version_conflict_of
from confsync.remote.protocol import Sink
from confsync.remote.rows import Row
from confsync.workers import Workers, batches

BULK = 250
# A bulk answer holds up to 250 bodies. More of these at a time would only cost memory.
BULK_AT_ONCE = 3
# A search answers at most so many rows with their versions.
FOUND = 200
_API = "api/v2"
_SEARCH = "rest/api/content/search"
# The space of a page if the answer to its write does not name it. No code reads this space.
_UNSAID = "1"
_GLOBAL = {"prefix": "global", "limit": BULK}


class Cloud(WithRestrictions):
    """Implements `Remote`.

    Takes only the cursor of `_links.next`, so that no link leads to another host.

    With `pages` it is the blog posts of that server.
    """

    flavor = "cloud"

    def __init__(self, client: Client, workers: Workers, *, pages: Cloud | None = None) -> None:
        super().__init__(client, workers)
        self._keys: dict[str, str] = {}
        self._posts = pages is not None
        self._kind = "blogposts" if pages else "pages"
        self.threads = comments.CloudThreads(client, self._kind)
        if pages:
            self._spaces, self._keys = pages._spaces, pages._keys
        self.posts: Cloud = self if pages else Cloud(client, workers, pages=self)

    def may_write(self, page_id: str) -> bool:
        answer = self._client.get(f"{_API}/{self._kind}/{page_id}/operations")
        return rows.allows_update(answer.get("operations"))

    def whoami(self) -> User:
        row = self._client.get("rest/api/user/current")
        if row.get("type") == "anonymous" or not row.get("accountId"):
            raise self._client.refused(CredentialsError(ANONYMOUS))
        return User(str(row["accountId"]), str(row.get("displayName") or ""))

    def space(self, key: str) -> Space:
        return self._asked(key, self._space, again=not self._posts)

    def _space(self, key: str) -> Space:
        path = f"{_API}/spaces"
        for row in rows.results_of(self._client.get(path, {"keys": key}), path):
            if str(row.get("key", "")).casefold() == key.casefold():
                home = row.get("homepageId")
                return Space(
                    rows.id_of(row),
                    rows.text_of(row, "key"),
                    rows.text_of(row, "name"),
                    str(home) if home else None,
                )
        raise self._no_space(key)

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        return both_ends.ascending(self._listed(space, labels=labels))

    def _listed(self, space: Space, *, labels: bool) -> Iterator[Lot[PageInfo]]:
        """Yield the pages of a space as they are answered."""
        known: Mapping[str, list[str]] | None = None
        try:
            if labels:
                given = self._client, self.workers, space.id, self._kind
                known = labels_by_page(*given, limit=BULK)
        except RowError as error:  # the labels' pages are unknown, so that no page's labels change
            yield Lot([rows.flawed({"title": "labels"}, error)])

        def info_of(row: Row) -> PageInfo:
            info = rows.told(row, self._info)
            if known is None or info.flaw:
                return info
            return info._replace(labels=tuple(sorted(known.get(info.id, ()))))

        path = f"{_API}/spaces/{space.id}/{self._kind}"
        lots = both_ends.listed(self._client, self.workers, path, {"limit": BULK})
        # The next answers are on their way while these answers are read.
        for lot in self.workers.early(lots, by=2):
            yield Lot([info_of(row) for row in lot.rows], lot.backward)

    def contents(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[list[tuple[PageInfo, Page | None]]]:
        """Ask for bodies while pages are still listed.

        An answer with bodies takes a server longer, so several requests for bodies run at a time.
        """
        listed: dict[str, PageInfo] = {}
        flawed: list[tuple[PageInfo, Page | None]] = []

        def ids() -> Iterator[str]:
            for info in chain.from_iterable(lot.rows for lot in self._listed(space, labels=labels)):
                if info.flaw:
                    flawed.append((info, None))
                    continue
                listed[info.id] = info
                if archived or info.status is Status.CURRENT:
                    yield info.id

        for some in self.bodies(space, ids()):
            yield [
                (info, page)
                for page in some
                if (info := listed.pop(page.info.id, None)) is not None
            ]
        yield [*((info, None) for info in listed.values()), *flawed]

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        answers = self.bodies(space, page_ids)
        return {page.info.id: page for answer in answers for page in answer}

    def bodies(self, space: Space, page_ids: Iterable[str]) -> Iterator[list[Page]]:
        def bulk(batch: list[str]) -> list[Page]:
            params = {"id": ",".join(batch), "limit": BULK, "body-format": "storage"}
            found = self._all(f"{_API}/{self._kind}", params, limit=MANY_BODIES)
            return [page for row in found if (page := self._page_among(row))]

        return self.workers.ahead(bulk, batches(page_ids, BULK), at_most=BULK_AT_ONCE)

    def trash(self, space: Space) -> Iterator[PageInfo]:
        params = {"status": "trashed", "limit": BULK}
        for row in self._all(f"{_API}/spaces/{space.id}/{self._kind}", params):
            yield rows.told(row, self._info)

    def page(self, page_id: str) -> Page:
        return self._one(page_id, {"body-format": "storage"})

    def old_page(self, page_id: str, version: int) -> Page:
        return self._one(page_id, {"body-format": "storage", "version": version})

    def versions_after(self, page_id: str, version: int) -> tuple[Version, ...]:
        found: list[Version] = []
        params = {"limit": BULK, "sort": "-modified-date"}
        for row in self._all(f"{_API}/{self._kind}/{page_id}/versions", params):
            entry = v2_rows.version(row)
            if entry.number <= version:
                break
            found.append(entry)
        return tuple(found)

    def history(self, page_id: str, after: Version | None = None) -> Iterator[PastVersion]:
        path = f"{_API}/{self._kind}/{page_id}"
        return versions.history(self._client, path, partial(self.old_page, page_id), after)

    def newest(self, space: Space, page_ids: Iterable[str]) -> Iterator[dict[str, PastVersion]]:
        for some in self.bodies(space, page_ids):
            yield {page.info.id: as_past(page) for page in some}

    def others(self, space: Space) -> tuple[Other, ...]:
        if space.home is None or self._posts:
            return ()
        path = f"{_API}/pages/{space.home}/direct-children"
        return tuple(
            Other(rows.id_of(row), str(row.get("type")), rows.text_of(row, "title"))
            for row in self._all(path, {"limit": BULK})
            if row.get("type") not in ("page", "folder")
        )

    def folder(self, folder_id: str) -> Folder | None:
        try:
            row = self._client.get(f"{_API}/folders/{folder_id}")
        except NotVisibleError:
            return None
        return v2_rows.folder(row)

    def put(self, page_id: str, new: NewVersion, *, base: int) -> PageInfo:
        content: dict[str, Any] = {
            "id": page_id,
            "status": "current",
            "title": new.title,
            "body": {"representation": "storage", "value": new.body},
            "version": {"number": base + 1, "message": new.message},
        }
        if new.minor:  # not in the server's document, but its answers tell whether it was taken
            content["version"]["minorEdit"] = True
        if new.parent is not None:
            content["parentId"] = new.parent
        if new.owner is not None:
            content["ownerId"] = new.owner
        try:
            return self._written(self._client.put(f"{_API}/{self._kind}/{page_id}", content))
        except ServerError as error:
            raise version_conflict_of(error, page_id, base) or error from None

    def create(
        self, space: Space, *, title: str, body: str, message: str, parent: str | None
    ) -> PageInfo:
        content: dict[str, Any] = {
            "spaceId": space.id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": body},
            "version": {"number": 1, "message": message},
        }
        if self._posts:
            return self._written(self._client.post(f"{_API}/{self._kind}", content))
        if parent is None:
            return self._written(self._client.post(f"{_API}/pages?root-level=true", content))
        return self._written(self._client.post(f"{_API}/pages", {**content, "parentId": parent}))

    def children(self, page_id: str) -> tuple[str, ...]:
        if self._posts:
            return ()
        found = self._all(f"{_API}/pages/{page_id}/direct-children", {"limit": BULK})
        return tuple(rows.id_of(row) for row in found)

    def delete(self, page_id: str) -> None:
        self._client.delete(f"{_API}/{self._kind}/{page_id}")

    @property
    def archives(self) -> bool:
        return not self._posts

    def archive(self, page_id: str) -> str:
        return archive.begin(self._client, page_id)

    def task(self, task_id: str) -> Task:
        return archive.task(self._client, task_id)

    def titled(self, space: Space, title: str) -> tuple[PageInfo, ...]:
        # Blog posts are never archived, and the server rejects that status for them.
        status = {} if self._posts else {"status": "current,archived"}
        params = {"title": title, **status, "limit": BULK}
        found = map(self._info, self._all(f"{_API}/spaces/{space.id}/{self._kind}", params))
        return tuple(info for info in found if same_title(info, title))

    def space_key(self, space_id: str) -> str:
        if space_id not in self._keys:
            row = self._client.get(f"{_API}/spaces/{space_id}")
            self._keys[space_id] = rows.text_of(row, "key")
        return self._keys[space_id]

    def labels(self, page_id: str) -> tuple[str, ...]:
        found = self._all(f"{_API}/{self._kind}/{page_id}/labels", _GLOBAL)
        return tuple(sorted(rows.text_of(row, "name") for row in found))

    def attachments(self, page_id: str) -> tuple[AttachmentInfo, ...]:
        found = self._all(f"{_API}/{self._kind}/{page_id}/attachments", {"limit": BULK})
        return tuple(v2_rows.attachment(row) for row in found)

    def attachment_hints(self, space: Space) -> AttachmentHints | None:
        return search.searched(self._search(space, "attachment", "version,container"))

    def label_hints(self, space: Space) -> Mapping[str, tuple[str, ...]] | None:
        kind = self._kind.removesuffix("s")
        return search.labels_in(self._search(space, kind, "metadata.labels"))

    def _search(self, space: Space, kind: str, expand: str) -> Iterator[Row]:
        cql = f'space = "{space.key}" and type = {kind} order by created'
        params = {"cql": cql, "expand": expand, "limit": FOUND}
        return answers_by_cursor(self._client, _SEARCH, params)

    def newest_comments(self, keys: Iterable[str]) -> Iterator[Iterator[list[Comment]]]:
        return comments.newest(self._client)

    def download(self, page_id: str, info: AttachmentInfo, into: Sink) -> None:
        path = f"rest/api/content/{page_id}/child/attachment/{info.id}/download"
        path += f"?version={info.version.number}"
        transfers.download(self._client, path, info.size, into)

    def delete_attachment(self, page_id: str, attachment_id: str) -> None:
        self._client.delete(f"{_API}/attachments/{attachment_id.removeprefix('att')}")

    def people(self, account_ids: Iterable[str]) -> Mapping[str, User]:
        return people.by_account(self._client, account_ids)

    def _page_among(self, row: Row) -> Page | None:
        """Return the page of a bulk answer, or None if its row is unusable.

        The caller reads it alone.
        """
        try:
            return self._page(row)
        except RowError:
            return None

    def _page(self, row: Row) -> Page | None:
        body = rows.body_of(row)
        return Page(self._info(row), body) if body is not None else None

    def _info(self, row: Row) -> PageInfo:
        info = v2_rows.content(row)
        if not self._posts:
            return info
        posted = rows.day_of(row.get("createdAt"))
        return info._replace(posted=posted, parent=None, parent_kind=ParentKind.NONE)

    def _written(self, row: Row) -> PageInfo:
        """Return the answer to a write, which may be short. Only its version must be there."""
        given = {key: value for key, value in row.items() if value is not None}
        info = v2_rows.content({"status": "current", "spaceId": _UNSAID, **given})
        return info._replace(posted="") if self._posts else info

    def _one(self, page_id: str, params: Mapping[str, Any]) -> Page:
        page = self._page(self._client.get(f"{_API}/{self._kind}/{page_id}", params))
        if page is None:
            raise ServerError(f"page {page_id}: the answer has no storage body")
        return page

    def _all(
        self, path: str, params: Mapping[str, Any], *, limit: int = ONE_ANSWER
    ) -> Iterator[Row]:
        """Yield every row of a listing."""
        return chain.from_iterable(by_cursor(self._client, path, params, limit=limit))
