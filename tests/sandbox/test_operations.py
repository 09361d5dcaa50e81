"""Each operation that the sandbox claims is asked for, by its name, and held against its document.

The table is confsync/sandbox/operations.tsv; the manual's page is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from werkzeug.exceptions import HTTPException

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store
from confsync.sandbox.app import application
from confsync.sandbox.operations import OPERATIONS, Operation
from confsync.sandbox.store.rows import user_key

from .conftest import Spec

DOCUMENTS = {"cloud-v2": "/wiki/api/v2", "cloud-v1": "/wiki", "datacenter": ""}
TASK = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>Do</ac:task-body></ac:task></ac:task-list>"
)
STORAGE = {"representation": "storage", "value": "<p>new</p>"}
CLAIMED = [one for one in OPERATIONS if one.known != "no"]
NO_ANSWER = ("POST /rest/api/content/{id}/property/{key}",)  # the document names none
FIXED = {"{type}": "page", "{to}": "view", "{labelName}": "ops", "{versionNumber}": "1"}
NONSENSE = (None, 1, [], {}, "x", "\ud800", [None])
FILE = {"X-Atlassian-Token": "no-check"}


@dataclass(frozen=True)
class World:
    """New content for one operation, in a store that all share."""

    store: Store
    page: PageRow
    other: PageRow
    post: PageRow
    space: SpaceRow
    ids: dict[str, str]


def world(store: Store, number: int) -> World:
    page = store.create_page("ENG", f"Guide {number}", f"<p>one</p>{TASK}", labels=["ops"])
    other = store.create_page("ENG", f"Other {number}", "<p>x</p>", page.id)
    post = store.create_post("ENG", f"News {number}", "<p>one</p>")
    folder = store.create_folder("ENG", f"Folder {number}")
    places = {
        f"{kind}s": store.create_other(kind, "ENG", f"{kind} {number}", None, "Me").id
        for kind in ("database", "embed")
    }
    store.allow_only(page.id, "read", users=["Me"], groups=["confluence-users"])
    store.label_space("ENG", "ops", "team")
    store.conversions["done"] = ("view", "<p>x</p>")
    board = store.create_whiteboard("ENG", f"Board {number}")
    page = store.edit(page.id, f"<p>one two</p>{TASK}")
    file = store.attach(page.id, "a.txt", b"data")
    said, marked = store.add_comment(page.id, "<p>hm</p>"), store.comment(page.id, "one")
    (inline,) = [row for row in store.comments(page.id) if row.ref == marked]
    (task,) = [row for row in store.tasks() if row.page.id == page.id]
    ids = {
        **places,
        "pages": page.id,
        "blogposts": post.id,
        "folders": folder.id,
        "whiteboards": board.id,
        "attachments": file.id,
        "attachment": file.id,
        "footer-comments": said.id,
        "comments": said.id,
        "inline-comments": inline.id,
        "tasks": task.id,
        "labels": store.labels(page.id)[0].id,
        "spaces": page.space_id,
        "space": "ENG",
        "content": page.id,
        "label": "ops",
        "move": "append",
        "append": store.space("ENG").homepage_id,
        "versions": "1",
        "property": "k",
        "longtask": store.finish("job").id,
        "group": "confluence-users",
        "user": user_key(store.add_user("Bo").name),
        "byOperation": "read",
        "byGroupId": "confluence-users",
        "category": "ops",
        "async": "done",
        "version": "1",
    }
    return World(store, page, other, post, store.create_space(f"S{number}"), ids)


def changes_a_space(operation: Operation) -> bool:
    return operation.path.endswith("{spaceKey}") and operation.method != "GET"


def path_of(operation: Operation, made: World) -> str:
    """The operation's path with the ids of the world in it."""
    parts: list[str] = []
    ids = made.ids
    if "/space" in operation.path and (changes_a_space(operation) or "/propert" in operation.path):
        ids = {**ids, "spaces": made.space.id, "space": made.space.key}
    for part in operation.path.strip("/").split("/"):
        if not part.startswith("{"):
            parts.append(part)
        elif part in FIXED:
            parts.append(FIXED[part])
        elif parts[-1] == "properties":
            owner = made.store.add_property(parts[1], "k", 1, "Me")
            parts.append(owner.id)
        else:
            parts.append(ids[parts[-1]])
    found = "/" + "/".join(parts)
    if operation.document == "datacenter" and "/property" in found:
        owner_id = made.space.id if "/space/" in found else made.page.id
        made.store.add_property(owner_id, "k", 1, "Me")
    return found.replace("/property/k", "/property/n") if operation.method == "POST" else found


def update_of(row: PageRow, **more: Any) -> dict[str, Any]:
    number = {"number": row.version + 1}
    return {"id": row.id, "status": "current", "title": row.title, "version": number, **more}


def sent(operation: Operation, made: World) -> dict[str, Any]:
    """The parts of a request of the operation besides its path."""
    page, post, cloud = made.page, made.post, operation.document != "datacenter"
    title = f"New {operation.document} {page.id}"
    content = {"type": "page", "title": title, "space": {"key": "ENG"}}
    said = {"version": {"number": 2}, "body": STORAGE}
    name = f"{operation.method} {operation.path}"
    me = made.store.users()[0]
    mine = {"type": "known", "accountId": me.account_id, "username": "me"}
    allowed = [{"operationKey": "create", "targetType": "page"}]
    rights = [{"operation": "update", "restrictions": {"user": [mine]}}]
    tasks = {"conversionInputs": [{"to": "view", "body": STORAGE}]}
    restored = {"versionNumber": 1, "message": "back"}
    key = f"N{made.page.id}"
    place = {"destination": {"type": "parent_page", "value": page.id}, "pageTitle": title}
    bodies: dict[str, Any] = {
        "POST /pages": {"spaceId": page.space_id, "title": title, "body": STORAGE},
        "POST /blogposts": {"spaceId": page.space_id, "title": title, "body": STORAGE},
        "PUT /pages/{id}": update_of(page, body=STORAGE),
        "PUT /blogposts/{id}": update_of(post, body=STORAGE),
        "PUT /pages/{id}/title": {"status": "current", "title": title},
        "POST /folders": {"spaceId": page.space_id, "title": title},
        "POST /whiteboards": {"spaceId": page.space_id, "title": title},
        "POST /databases": {"spaceId": page.space_id, "title": title},
        "POST /embeds": {"spaceId": page.space_id, "title": title},
        "POST /spaces": {"name": title},
        "POST /rest/api/space": {"key": key, "name": title},
        "PUT /rest/api/space/{spaceKey}": {"name": title},
        "POST /rest/api/space/{spaceKey}/label": [{"prefix": "team", "name": "new"}],
        "POST /rest/api/space/{spaceKey}/property": {"key": "n", "value": {"a": 1}},
        "POST /rest/api/space/{spaceKey}/property/{key}": {"key": "n", "value": {"a": 1}},
        "PUT /rest/api/space/{spaceKey}/property/{key}": {
            "key": "k",
            "value": {"a": 2},
            "version": {"number": 2},
        },
        "PUT /rest/api/content/{id}/restriction": rights,
        "POST /rest/api/content/{id}/restriction": rights,
        "POST /rest/api/content/{id}/permission/check": {
            "subject": {"type": "user", "identifier": me.account_id},
            "operation": "update",
        },
        "POST /rest/api/content/{id}/version": {"operationKey": "restore", "params": restored},
        "PUT /rest/api/space/{spaceKey}/permissions/user/{userKey}/grant": allowed,
        "PUT /rest/api/space/{spaceKey}/permissions/user/{userKey}/revoke": allowed,
        "POST /rest/api/contentbody/convert/{to}": STORAGE,
        "POST /rest/api/contentbody/convert/async/{to}": STORAGE,
        "POST /rest/api/contentbody/convert/async/bulk/tasks": tasks,
        "POST /footer-comments": {"pageId": page.id, "body": STORAGE},
        "PUT /footer-comments/{comment-id}": said,
        "PUT /inline-comments/{comment-id}": {**said, "resolved": True},
        "POST /inline-comments": {
            "pageId": page.id,
            "body": STORAGE,
            "inlineCommentProperties": {"textSelection": "Do", "textSelectionMatchCount": 1},
        },
        "POST /content/convert-ids-to-types": {"contentIds": [page.id]},
        "POST /users-bulk": {"accountIds": [made.store.users()[0].account_id]},
        "PUT /tasks/{id}": {"status": "complete"},
        "POST /rest/api/content/archive": {"pages": [{"id": int(made.other.id)}]},
        "POST /rest/api/content/{id}/copy": place,
        "POST /rest/api/content/{id}/pagehierarchy/copy": {
            "destinationPageId": page.id,
            "titleOptions": {"prefix": "Copy of "},
        },
        "POST /rest/api/content/{id}/label": [{"prefix": "global", "name": "new"}],
        "POST /rest/api/content": {**content, "body": {"storage": STORAGE}},
        "PUT /rest/api/content/{contentId}": {**update_of(page), "type": "page"},
        "POST /rest/api/content/{id}/property": {"key": "n", "value": 1},
        "POST /rest/api/content/{id}/property/{key}": {"key": "n", "value": 1},
        "PUT /rest/api/content/{id}/property/{key}": {
            "key": "k",
            "value": 2,
            "version": {"number": 2},
        },
        "PUT /rest/api/content/{id}/child/attachment/{attachmentId}": {
            "id": made.ids["attachment"],
            "type": "attachment",
            "title": "b.txt",
            "version": {"number": 1},
        },
    }
    if name in bodies:
        return {"json": bodies[name]}
    if "/properties" in name and operation.method in ("POST", "PUT"):
        given = {"key": "k", "value": 2, "version": {"number": 2}}
        return {"json": given if operation.method == "PUT" else {"key": "new", "value": 1}}
    if "attachment" in name and operation.method in ("POST", "PUT") and "/rest/" in name:
        title = "b.txt" if name.endswith("child/attachment") else "a.txt"
        return {"files": {"file": (title, b"more", "text/plain")}, "headers": FILE}
    if "watch" in name:
        return {"headers": {**FILE, "Content-Type": "application/json"}}
    me = made.store.users()[0]
    if name.endswith("/user"):
        return {"params": {"accountId": me.account_id}}
    queries: dict[str, Any] = {
        "GET /rest/api/content/search": {"cql": "type=page", "limit": 5},
        "GET /rest/api/search": {"cql": "siteSearch ~ guide", "limit": 5},
        "GET /rest/api/search/user": {"cql": "type=user"},
        "GET /rest/api/user": {"accountId": me.account_id} if cloud else {"username": "me"},
        "GET /rest/api/user/memberof": (
            {"accountId": me.account_id} if cloud else {"username": "me"}
        ),
        "GET /rest/api/group/by-id": {"id": "confluence-users"},
        "GET /rest/api/group/picker": {"query": "users"},
        "DELETE /rest/api/content/{id}/label": {"name": "ops"},
        "DELETE /rest/api/space/{spaceKey}/label": {"name": "ops", "prefix": "team"},
        "GET /rest/api/contentbody/convert/async/bulk/tasks": {"ids": "done"},
        "GET /rest/api/content": {"type": "page", "expand": "version,body.storage", "limit": 3},
    }
    return {"params": queries.get(name, {})}


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Sandbox]]:
    with Sandbox() as cloud, Sandbox(flavor="datacenter") as datacenter:
        for one in (cloud, datacenter):
            one.store.create_space("ENG", "Engineering", "Home")
        yield {"cloud": cloud, "datacenter": datacenter}


@pytest.mark.parametrize("operation", CLAIMED, ids=str)
def test_operation(
    sites: dict[str, Sandbox],
    specs: dict[str, Spec],
    dc_specs: tuple[Spec | None, Spec | None],
    operation: Operation,
) -> None:
    site = sites[operation.document.partition("-")[0]]
    made = world(site.store, CLAIMED.index(operation))
    path, prefix = path_of(operation, made), DOCUMENTS[operation.document]
    answer = requests.request(
        operation.method,
        f"{site.url}{prefix.removeprefix('/wiki')}{path}",
        auth=(site.user, site.token),
        timeout=30,
        allow_redirects=False,
        **sent(operation, made),
    )
    assert answer.status_code < 400, answer.text
    every = {"cloud-v2": specs.get("/wiki"), "cloud-v1": specs.get("/wiki/rest")}
    spec = every.get(operation.document, dc_specs[0])
    silent = f"{operation.method} {operation.path}" in NO_ANSWER
    if spec is not None and answer.status_code != 302 and not silent:
        found = answer.json() if "json" in answer.headers.get("Content-Type", "") else None
        spec.check(operation.method, f"{prefix}{path}", answer.status_code, found)


def test_the_table_has_each_operation_of_the_documents_once(
    specs: dict[str, Spec], dc_specs: tuple[Spec | None, Spec | None]
) -> None:
    if not specs or dc_specs[0] is None:
        pytest.skip("CONFSYNC_SPECS does not say where the specifications are")
    every = {"cloud-v2": specs["/wiki"], "cloud-v1": specs["/wiki/rest"], "datacenter": dc_specs[0]}
    wanted = {
        (name, method.upper(), path.removeprefix("/wiki"))
        for name, spec in every.items()
        for path, methods in spec.document["paths"].items()
        for method in methods
        if method in ("get", "put", "post", "delete")
    }
    found = [(one.document, one.method, one.path) for one in OPERATIONS]
    assert (set(found), len(found)) == (wanted, len(wanted))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_table_says_no_where_there_is_no_route(document: str) -> None:
    flavor, context = ("cloud", "/wiki") if document != "datacenter" else ("datacenter", "")
    urls = application(flavor, context).url_map.bind("localhost")
    for one in OPERATIONS:
        if one.document == document and one.known != "no":
            path = one.path.replace("{position}", "before").replace("{type}", "page")
            path = re.sub(r"\{[^}]+\}", "7", path)
            try:
                endpoint, _ = urls.match(DOCUMENTS[document] + path, method=one.method)
            except HTTPException:
                pytest.fail(f"no route for {one}")
            assert not endpoint.rpartition(".")[2].startswith("missing"), one


def junk(given: Any) -> Iterator[Any]:
    """Bodies in which one part is nonsense, or all of it."""
    yield from NONSENSE
    if isinstance(given, dict):
        for name, value in given.items():
            yield from ({**given, name: wrong} for wrong in junk(value))
    elif isinstance(given, list) and given:
        yield from ([wrong] for wrong in junk(given[0]))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nonsense_in_a_body_is_no_error_of_the_server(
    sites: dict[str, Sandbox], document: str
) -> None:
    site = sites[document.partition("-")[0]]
    failed = []
    with requests.Session() as session:
        session.auth = (site.user, site.token)
        for number, operation in enumerate(CLAIMED, 1000 * len(document)):
            if operation.document != document or operation.method == "GET":
                continue
            made = world(site.store, number)
            path, given = path_of(operation, made), sent(operation, made)
            url = f"{site.url}{DOCUMENTS[document].removeprefix('/wiki')}{path}"
            for wrong in junk(given["json"]) if "json" in given else ():
                answer = session.request(operation.method, url, json=wrong, timeout=30)
                failed += [(str(operation), wrong)] if answer.status_code >= 500 else []
    assert failed == []
