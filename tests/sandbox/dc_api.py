"""A client of Data Center's v1 for tests: HTTP, and each answer held against the document."""

from __future__ import annotations

from typing import Any

import requests

from confsync.sandbox import PageRow, Sandbox

from .specs import UNDOCUMENTED, Spec

LIMITS = ("Limit", "Remaining", "FillRate", "Interval-Seconds")


class Dc:
    def __init__(
        self, sandbox: Sandbox, spec: Spec | None, requests_spec: Spec | None = None
    ) -> None:
        self.base = sandbox.url
        self.session = requests.Session()
        self.session.auth = (sandbox.user, sandbox.token)
        self.spec = spec
        self.requests_spec = requests_spec

    def __call__(self, method: str, path: str, **given: Any) -> requests.Response:
        answer = self.session.request(method, self.base + path, timeout=10, **given)
        assert all(f"X-RateLimit-{name}" in answer.headers for name in LIMITS)
        where = path.partition("?")[0]
        json = "application/json" in answer.headers.get("Content-Type", "")
        held = where.startswith("/rest/") and (json or not answer.content)
        if self.spec and held and answer.status_code != 429:
            known = not any(one in where for one in UNDOCUMENTED)
            if known or answer.status_code >= 400:
                found = answer.json() if answer.content else None
                self.spec.check(method, where, answer.status_code, found)
            sent = isinstance(given.get("json"), dict) and answer.ok
            if known and sent and self.requests_spec:
                self.requests_spec.check_request(method, where, given["json"])
        return answer

    def get(self, path: str, **params: Any) -> Any:
        answer = self("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, page_id: str, expand: str = "body.storage,version,ancestors") -> Any:
        return self.get(f"/rest/api/content/{page_id}", expand=expand)

    def put(self, page: PageRow, **changed: Any) -> requests.Response:
        """Update `page` to the next version; `changed` replaces fields, None drops them."""
        number, value = changed.pop("number", page.version + 1), changed.pop("value", page.body)
        given = {
            "id": page.id,
            "type": "page",
            "status": "current",
            "title": page.title,
            "version": {"number": number, "message": changed.pop("message", "")},
            "body": {"storage": {"value": value, "representation": "storage"}},
            **changed,
        }
        sent = {name: value for name, value in given.items() if value is not None}
        return self("PUT", f"/rest/api/content/{page.id}", json=sent)

    def create(self, title: str, parent: str | None = None, **more: Any) -> requests.Response:
        above = {} if parent is None else {"ancestors": [{"id": parent}]}
        given = {"type": "page", "title": title, "space": {"key": "ENG"}, **above, **more}
        return self("POST", "/rest/api/content", json=given)

    def walk(self, path: str, **params: Any) -> list[Any]:
        """All results of a listing, following `_links.next`."""
        answer = self.get(path, **params)
        found = list(answer["results"])
        while "next" in answer["_links"]:
            assert answer["_links"]["next"].startswith("/rest/api/")
            answer = self.get(answer["_links"]["next"])
            found += answer["results"]
        return found


def envelope(status: int, message: str, reason: str, *, allowed: bool = True) -> dict[str, Any]:
    """Return the message of a refusal of Data Center."""
    data = {
        "authorized": False,
        "valid": True,
        "allowedInReadOnlyMode": allowed,
        "errors": [],
        "successful": False,
    }
    return {"statusCode": status, "data": data, "message": message, "reason": reason}
