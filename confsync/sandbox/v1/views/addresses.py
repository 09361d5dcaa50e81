"""The addresses of pages, files and people that a body refers to, in the form of real views."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from ...bodies.html import to_html
from ...site import CLOUD, base, site, store
from ...store import queries
from ...store.queries import Selection
from ...store.rows import POST, WRITTEN, user_key, username
from ..shapes import webui

WEB = ("https://", "http://")
Attributes = dict[str, str]


class Addresses:
    """Returns the attributes of a link, of what the body of one page refers to."""

    def __init__(self, page_id: str, space_key: str) -> None:
        self._page_id, self._space_key = page_id, space_key
        self._kinds: dict[str, Callable[[str, str], Attributes]] = {
            "ri:page": self._page,
            "ri:blog-post": self._page,
            "ri:attachment": self._file,
            "ri:user": self._person,
            "ri:url": lambda url, _: {"href": url} if url.startswith(WEB) else {},
            "ri:space": lambda key, _: {"href": f"{site().context}/display/{key}"},
        }

    def __call__(self, element: str, named: str, space_key: str) -> Attributes:
        """Return no attributes if there is no such thing."""
        find = self._kinds.get(element)
        return find(named, space_key or self._space_key) if find and named else {}

    def _page(self, title: str, space_key: str) -> Attributes:
        keys = {space.key: space.id for space in store().spaces()}
        if space_key not in keys:
            return {}
        select = Selection(space_ids=(keys[space_key],), title=title, types=WRITTEN)
        for row in queries.pages(store().database, select):
            kind = "blogpost" if row.type == POST else "page"
            return {"href": site().context + webui(row), **_linked(row.id, row.version, kind)}
        return {}

    def _file(self, name: str, _: str) -> Attributes:
        for row in store().attachments(self._page_id, name):
            where = f"/download/attachments/{row.page_id}/{quote(row.title, safe='')}"
            return {
                "href": f"{base()}{where}?version={row.version}&api=v2",
                **_linked(row.id.removeprefix("att"), row.version, "attachment"),
                "data-linked-resource-default-alias": row.title,
                "data-linked-resource-content-type": row.media_type,
                "data-linked-resource-container-id": row.page_id,
                "data-base-url": base(),
            }
        return {}

    def _person(self, known: str, _: str) -> Attributes:
        for row in store().users():
            if known in (row.account_id, user_key(row.name), username(row.name)):
                kind = {"class": "confluence-userlink user-mention"}
                if site().flavor == CLOUD:
                    href = f"{site().context}/people/{row.account_id}"
                    return {**kind, "data-account-id": row.account_id, "href": href}
                href = f"{site().context}/display/~{username(row.name)}"
                return {**kind, "data-username": username(row.name), "href": href}
        return {}


def _linked(content_id: str, version: int, kind: str) -> Attributes:
    return {
        "data-linked-resource-id": content_id,
        "data-linked-resource-version": str(version),
        "data-linked-resource-type": kind,
    }


def names() -> dict[str, str]:
    """Return the names of all users by each id with which a body can mention them."""
    return {
        known: row.name
        for row in store().users()
        for known in (row.account_id, user_key(row.name), username(row.name))
    }


def shown(value: str, page_id: str, space_key: str) -> str:
    """Return the body of a page, or of something on it, as HTML for a reader."""
    return to_html(value, names(), Addresses(page_id, space_key))
