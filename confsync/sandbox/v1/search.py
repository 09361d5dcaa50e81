"""v1's searches by CQL: of content, and of everything with excerpts.

Data Center pages by `start`, and Cloud by a cursor; it ignores `start`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid
from ..site import CLOUD, site, store
from ..store import bulk, queries
from ..store.queries import Selection
from ..store.rows import WRITTEN, SpaceRow, UserRow, account_id, user_key, username
from ..store.search.cql import Query, Reader, parse
from ..store.search.hits import ATTACHMENT, COMMENT, Hit, hits
from ..store.talk.comments import comments_of
from .blueprint import both
from .contents import attachments, comments, contents, space
from .lists import again, expand, limit, outer_links
from .shapes import Expand, person

CURRENT = ("current",)
EXCERPT = 200
_TAG = re.compile(r"<[^>]*>")
_TYPE = re.compile(r"\btype\s*(?:=|in)\s*\(?\s*[\"']?(space|user)\b", re.IGNORECASE)
_TERM = re.compile(r"(?:~|=)\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s()]+))")


def _query() -> Query:
    people = {
        key: user.name
        for user in store().users()
        for key in (account_id(user.name), user_key(user.name), username(user.name), user.name)
    }
    reader = Reader(flask.g.user.name, store().clock(), people)
    return parse(flask.request.args.get("cql", ""), reader)


def _statuses() -> tuple[str, ...]:
    """Return the statuses of the answer. A search on Cloud sees current content only."""
    try:
        context = json.loads(flask.request.args.get("cqlcontext") or "{}")
        wanted = tuple(str(one) for one in context.get("contentStatuses", CURRENT))
    except (ValueError, AttributeError, TypeError):
        raise Invalid("Could not parse cqlcontext") from None
    return CURRENT if site().flavor == CLOUD else wanted


def _found() -> tuple[Hit, ...]:
    found = hits(store().database, _query(), _statuses())
    hidden = site().faults.search_hides
    return found if hidden is None else tuple(one for one in found if not hidden(_id(one)))


def _id(hit: Hit) -> str:
    return f"{bulk.PREFIX}{hit.id}" if hit.kind == ATTACHMENT else str(hit.id)


def search_content() -> dict[str, Any]:
    asked = expand()
    found = _found()
    answer = _paged(found, lambda rows: list(_shown(rows, asked).values()), asked)
    return {**answer, "totalSize": len(found), **_about()}


def _about() -> dict[str, Any]:
    return {"cqlQuery": flask.request.args.get("cql", ""), "searchDuration": 1}


def _shown(found: Sequence[Hit], asked: Expand) -> dict[Hit, dict[str, Any]]:
    """Return the content of some hits, in their order."""
    ids: dict[str, list[str]] = {}
    for hit in found:
        ids.setdefault("written" if hit.kind in WRITTEN else hit.kind, []).append(_id(hit))
    database = store().database
    rows: dict[str, dict[str, Any]] = {}
    if "written" in ids:
        some = tuple(ids["written"])
        selection = Selection(ids=some, statuses=(), types=WRITTEN, bodies=asked.bodies)
        rows |= {one["id"]: one for one in contents(queries.pages(database, selection), asked)}
    if ATTACHMENT in ids:
        files = bulk.attachments(database, tuple(ids[ATTACHMENT]))
        rows |= {one["id"]: one for one in attachments(files, asked)}
    if COMMENT in ids:
        said = comments_of(database, ids=tuple(ids[COMMENT]))
        rows |= {one["id"]: one for one in comments(said, asked)}
    return {hit: rows[_id(hit)] for hit in found if _id(hit) in rows}


def _cursor() -> int:
    """Return the number of the first row: of the cursor on Cloud, else `start`."""
    if site().flavor != CLOUD:
        return parameters.integer("start") or 0
    given = flask.request.args.get("cursor")
    if given is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(given.encode()).decode().removeprefix("_f_"))
    except (ValueError, binascii.Error):
        raise Invalid("The provided cursor is not valid.") from None


def _paged(found: Sequence[Any], show: Any, asked: Expand) -> dict[str, Any]:
    """Return one page of a search's rows."""
    size, start = limit(asked), _cursor()
    some = found[start : start + size]
    links: dict[str, Any] = outer_links()
    if size and start + size < len(found):
        more: dict[str, object] = {"limit": size, "start": start + size}
        if site().flavor == CLOUD:
            cursor = base64.urlsafe_b64encode(f"_f_{start + size}".encode()).decode()
            more = {"next": "true", "cursor": cursor, **more}
        links["next"] = again(**more)
    shown = show(some)
    return {
        "results": shown,
        "start": start,
        "limit": size,
        "size": len(shown),
        "_links": links,
    }


def search_all() -> dict[str, Any]:
    """Return content with titles, excerpts and places; or spaces, or users, if only they count."""
    asked = expand()
    only = _TYPE.search(flask.request.args.get("cql", ""))
    kind = only[1].lower() if only else ""
    if kind == "space":
        rows: Sequence[Any] = [row for row in store().spaces() if _named(row.key, row.name)]
        answer = _paged(rows, lambda some: [_space(row) for row in some], asked)
    elif kind == "user":
        return search_users()
    else:
        rows = _found()
        inner = asked.inside("content")
        # an excerpt needs the text, and a place needs the space
        parts = Expand.of(*inner.names, "body.storage", "space", "version", "history", "container")
        answer = _paged(
            rows,
            lambda some: [_result(one, inner) for one in _shown(some, parts).values()],
            asked,
        )
    return {**answer, "totalSize": len(rows), **_about(), "archivedResultCount": 0}


def _named(*names: str) -> bool:
    """Return whether one of the names fits the query, or the query names none."""
    terms = [a or b for a, b in _TERM.findall(flask.request.args.get("cql", ""))]
    wanted = [one.strip("*").lower() for one in terms if one.lower() not in ("space", "user")]
    return not wanted or any(one in name.lower() for one in wanted for name in names)


def search_users() -> dict[str, Any]:
    rows = [
        user
        for user in store().users()
        if _named(user.name, username(user.name), user.account_id, user_key(user.name))
    ]
    answer = _paged(rows, lambda some: [_user(row) for row in some], expand())
    return {**answer, "totalSize": len(rows), **_about()}


def _excerpt(body: str) -> str:
    if flask.request.args.get("excerpt") == "none":
        return ""
    return " ".join(unescape(_TAG.sub(" ", body)).split())[:EXCERPT]


def _entry(title: str, url: str, kind: str, at: str) -> dict[str, Any]:
    """Return the parts that all results have."""
    return {
        "title": title,
        "excerpt": "",
        "url": url,
        "breadcrumbs": [],
        "entityType": kind,
        "iconCssClass": f"aui-icon content-type-{kind}",
        "lastModified": at,
        "friendlyLastModified": at[:10],
        "score": 1.0,
    }


def _place(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": shown.get("name") or shown.get("title") or "",
        "displayUrl": shown["_links"]["webui"],
    }


def _result(found: dict[str, Any], asked: Expand) -> dict[str, Any]:
    body = found.get("body", {}).get("storage", {}).get("value", "")
    at = found["version"]["when"]
    entry = _entry(found["title"], found["_links"]["webui"], "content", at)
    container = found.get("container") or {}
    more: dict[str, Any] = {"resultGlobalContainer": _place(found["space"])}
    if found["type"] in (ATTACHMENT, COMMENT) and container:
        more["resultParentContainer"] = _place(container)
    optional = ("body", "space", "version", "history", "container")
    content = {k: v for k, v in found.items() if k not in optional or k in asked}
    unseen = {one: _path_of(found, one) for one in optional if one in found and one not in asked}
    content["_expandable"] = {**found["_expandable"], **unseen}
    # iconCssClass names the kind of content
    entry["iconCssClass"] = f"aui-icon content-type-{found['type']}"
    return {"content": content, **entry, "excerpt": _excerpt(body), **more}


def _path_of(found: Mapping[str, Any], part: str) -> str:
    """Return the address of a part of content, which is empty for most parts."""
    return f"/rest/api/space/{found['space']['key']}" if part == "space" else ""


def _space(row: SpaceRow) -> dict[str, Any]:
    shown = space(row, Expand.of())
    return {"space": shown, **_entry(row.name, shown["_links"]["webui"], "space", row.created_at)}


def _user(row: UserRow) -> dict[str, Any]:
    shown = person(row.name)
    url = (
        f"/people/{row.account_id}" if site().flavor == CLOUD else f"/display/~{username(row.name)}"
    )
    return {"user": shown, **_entry(row.name, url, "user", "1970-01-01T00:00:00.000Z")}


for _path, _view in (
    ("/content/search", search_content),
    ("/search", search_all),
    ("/search/user", search_users),
):
    both.add_url_rule(_path, view_func=_view, methods=["GET"])
