"""The people who alone may read or change a page, as both servers' v1 shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..site import base
from ..store.permissions import Permissions


def restrictions(
    store: Permissions, page_id: str, person: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    """Return the named users and groups by operation. No names mean that everyone may."""
    return {name: _operation(store, page_id, name, person) for name in ("read", "update")}


def _operation(
    store: Permissions, page_id: str, name: str, person: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    path = f"/rest/api/content/{page_id}/restriction/byOperation/{name}"
    users = [person(user) for user in store.allowed(page_id, name, "user")]
    groups = [
        {"type": "group", "name": group, "_links": {}}
        for group in store.allowed(page_id, name, "group")
    ]
    return {
        "operation": name,
        "restrictions": {"user": _listed(users), "group": _listed(groups)},
        "_links": {"self": f"{base()}{path}"},
        "_expandable": {"content": f"/rest/api/content/{page_id}"},
    }


def _listed(results: list[dict[str, Any]]) -> dict[str, Any]:
    return {"results": results, "start": 0, "limit": 200, "size": len(results)}
