"""The parts that a query includes in an answer of Cloud v2, and the keys of a list of spaces."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api
from .dc_api import Dc
from .world import world

EVERY = ("labels", "properties", "operations", "likes", "versions")


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("pages", EVERY),
        ("blogposts", EVERY),
        ("attachments", ("labels", "properties", "operations", "versions")),
        ("custom-content", ("labels", "properties", "operations", "versions")),
        ("footer-comments", ("operations", "likes", "versions")),
        ("inline-comments", ("operations", "likes", "versions")),
        ("folders", ("properties", "operations")),
        ("whiteboards", ("properties", "operations")),
        ("spaces", ("labels", "properties", "operations", "permissions")),
    ],
)
def test_each_part_is_what_its_own_address_lists(
    api: Api, store: Store, kind: str, parts: tuple[str, ...]
) -> None:
    store.create_space("ENG", "Engineering", "Home")
    path = f"/api/v2/{kind}/{world(store, 1).ids[kind]}"
    asked = {f"include-{part}": "true" for part in parts}
    found = api.get(path, **asked)
    for part in parts:
        alone = api.get(f"{path}/likes/users" if part == "likes" else f"{path}/{part}")
        assert found[part]["results"] == alone.get("results", alone.get("operations")), part
        assert found[part]["meta"] == {"hasMore": False}
    plain: dict[str, Any] = api.get(path, **{f"include-{part}": "false" for part in parts})
    assert not {*parts} & {*plain}
    if "versions" in parts:
        assert "version" in plain
        url = f"{api.base}{path}?include-version=false"
        assert "version" not in api.session.get(url, timeout=10).json()


def test_fifty_are_included_and_the_rest_is_told(api: Api, store: Store, page: PageRow) -> None:
    store.add_labels(page.id, [f"l{number:03}" for number in range(51)])
    included = api.page(page.id, **{"include-labels": "true"})["labels"]
    assert (len(included["results"]), included["meta"]) == (50, {"hasMore": True})
    assert included["_links"]["self"] == f"/wiki/api/v2/pages/{page.id}/labels"
    assert len(api.get(f"/api/v2/pages/{page.id}/labels")["results"]) == 25


def test_lists_and_missing_content_include_nothing(api: Api, page: PageRow) -> None:
    assert "labels" not in api.get("/api/v2/pages", **{"include-labels": "true"})["results"][0]
    assert api("GET", "/api/v2/pages/1?include-labels=true").status_code == 404


@pytest.mark.parametrize("name", ["spaceKey", "spaceKeys", "spaceKeySingle"])
def test_spaces_are_found_by_their_keys(dc: Dc, server: Sandbox, name: str) -> None:
    row = server.store.create_space("OPS", "Operations", "Start")
    assert [one["key"] for one in dc.get("/rest/api/space", **{name: "ops"})["results"]] == ["OPS"]
    assert len(dc.get("/rest/api/space", spaceIds=row.id)["results"]) == 1
    assert len(dc.get("/rest/api/space")["results"]) == 2
