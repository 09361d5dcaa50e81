"""The parts of a request besides its path, for each operation of the sandbox."""

from __future__ import annotations

from typing import Any

from confsync.sandbox import PageRow
from confsync.sandbox.operations import Operation

from .world import World

STORAGE = {"representation": "storage", "value": "<p>new</p>"}
FILE = {"X-Atlassian-Token": "no-check"}


def update_of(row: PageRow, **more: Any) -> dict[str, Any]:
    number = {"number": row.version + 1}
    return {"id": row.id, "status": "current", "title": row.title, "version": number, **more}


def page_number(page: PageRow) -> int:
    """Return a number that no other world has."""
    return int(page.id)


def sent(operation: Operation, made: World) -> dict[str, Any]:
    """Return the parts of a request of the operation besides its path."""
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
    note = {"type": "ac:app:note", "title": title, "body": STORAGE}
    template = {"name": "T", "templateType": "page", "body": {"storage": STORAGE}}
    bodies: dict[str, Any] = {
        "POST /custom-content": {**note, "pageId": page.id},
        "PUT /custom-content/{id}": {
            **note,
            "id": made.ids["custom-content"],
            "status": "current",
            "version": {"number": 2},
        },
        "POST /rest/api/audit": {"remoteAddress": "127.0.0.1", "summary": "x"},
        "PUT /rest/api/audit/retention": {"number": page_number(page), "units": "DAYS"},
        "PUT /rest/api/content/{id}/state": {"id": 1},
        "POST /rest/api/template": template,
        "PUT /rest/api/template": {**template, "templateId": made.ids["template"]},
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
    if name.endswith("/custom-content"):
        return {"params": {"type": "ac:app:note"}}
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
        "GET /rest/api/space/{spaceKey}/state/content": {"state-id": 1},
        "GET /rest/api/label": {"name": "ops"},
        "GET /rest/api/user/bulk": {"accountId": me.account_id},
        "GET /rest/api/user/email": {"accountId": me.account_id},
        "GET /rest/api/user/email/bulk": {"accountId": me.account_id},
        "POST /rest/api/content/{id}/child/attachment/{attachmentId}/move": {"newName": "c.txt"},
        "GET /rest/api/group/by-id": {"id": "confluence-users"},
        "GET /rest/api/group/picker": {"query": "users"},
        "DELETE /rest/api/content/{id}/label": {"name": "ops"},
        "DELETE /rest/api/space/{spaceKey}/label": {"name": "ops", "prefix": "team"},
        "GET /rest/api/contentbody/convert/async/bulk/tasks": {"ids": "done"},
        "GET /rest/api/content": {"type": "page", "expand": "version,body.storage", "limit": 3},
    }
    return {"params": queries.get(name, {})}
