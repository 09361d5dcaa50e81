"""Data Center's v1: reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from confsync.sandbox import ROOT, PageRow, Sandbox

from .conftest import rows_read
from .dc_api import Dc, envelope

# What is made once for all tests of the module is made in one process.
pytestmark = pytest.mark.xdist_group("dc reading")

CONTENT = "/rest/api/content"


@pytest.fixture(scope="module")
def many() -> Iterator[Sandbox]:
    """10,001 pages, for reading only."""
    with Sandbox(flavor="datacenter") as server:
        server.store.create_space("ENG", "Engineering", "Home")
        with server.store.batch():
            for number in range(10_000):
                server.store.create_page("ENG", f"P{number}", "<p>x</p>", raw=True)
        yield server


@pytest.fixture
def crowd(many: Sandbox) -> Iterator[Dc]:
    many.clear_requests()
    client = Dc(many, None)
    yield client
    client.session.close()


@pytest.mark.parametrize("context", ["", "/confluence", "/wiki"])
def test_everything_is_below_the_context_path(context: str) -> None:
    with Sandbox(flavor="datacenter", context=context) as server:
        server.store.create_space("ENG")
        server.store.create_page("ENG", "A page", "")
        dc = Dc(server, None)
        assert server.url.endswith(f":{server.url.rpartition(':')[2].partition('/')[0]}{context}")
        answer = dc.get(CONTENT, limit=1)
        assert answer["_links"]["base"] == server.url
        assert answer["_links"]["context"] == context
        assert answer["_links"]["next"] == f"{CONTENT}?start=1&limit=1"
        page = dc.get(answer["_links"]["next"])["results"][0]
        for link in ("webui", "tinyui", "edit"):
            shown = dc("GET", page["_links"][link])
            assert (shown.status_code, "A page" in shown.text) == (200, True)
        assert server.requests[0].path == f"{context}{CONTENT}"
        if context:
            root = server.url.removesuffix(context)
            assert requests.get(root + CONTENT, timeout=10).status_code == 404
        dc.session.close()


@pytest.mark.parametrize("path", ["/api/v2/pages", "/wiki/api/v2/pages", "/wiki/rest/api/space"])
def test_what_only_cloud_has_is_a_page_of_the_servlet_container(dc: Dc, path: str) -> None:
    answer = dc("GET", path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "HTTP Status 404" in answer.text


@pytest.mark.parametrize(
    ("expand", "most"),
    [("body.storage", 50), ("version,body.view", 50), ("version", 200), ("ancestors", 200)],
)
def test_the_limit_is_lowered_without_a_word(crowd: Dc, expand: str, most: int) -> None:
    answer = crowd.get(CONTENT, spaceKey="ENG", expand=expand, limit=5000)
    assert (answer["limit"], answer["size"], len(answer["results"])) == (most, most, most)
    assert answer["start"] == 0
    assert f"start={most}&limit={most}" in answer["_links"]["next"]


def test_without_expansions_a_thousand(crowd: Dc) -> None:
    answer = crowd.get(CONTENT, spaceKey="ENG", limit=5000)
    assert (answer["limit"], answer["size"]) == (1000, 1000)
    last = crowd.get(CONTENT, spaceKey="ENG", limit=5000, start=10_000)
    assert (last["start"], last["size"], "next" in last["_links"]) == (10_000, 1, False)
    assert "start=9000" in last["_links"]["prev"]
    assert crowd.get(CONTENT)["limit"] == 25


@pytest.mark.parametrize("path", [CONTENT, f"{CONTENT}/scan"])
def test_ten_thousand_pages_are_listed_by_few_queries(
    many: Sandbox, crowd: Dc, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = rows_read(monkeypatch, many.store)
    expand = "version,ancestors,metadata.labels"
    found = crowd.walk(path, spaceKey="ENG", type="page", limit=5000, expand=expand)
    assert len({one["id"] for one in found}) == len(found) == 10_001
    assert found[1]["ancestors"][-1]["id"] == found[0]["id"]
    assert len(many.requests) == 51
    # In each request: the users, the space, the pages, their ancestors, their labels.
    assert len(asked) == 51 * 5
    assert not any("SELECT body" in sql for sql, _ in asked)
    # Two users and one space each time, each page once and one more to know that there is one, the
    # one ancestor of 10,000 pages.
    assert sum(rows for _, rows in asked) == 51 * 3 + 10_001 + 50 + 10_000


def test_a_page_with_what_is_expanded(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.add_labels(guide.id, ["ops"])
    child = server.store.create_page("ENG", "Child", "<p>c</p>", parent=guide.id)
    expand = "body.storage,version,ancestors,space.homepage,history.lastUpdated,metadata.labels"
    found = dc.page(child.id, expand)
    assert found["body"]["storage"]["value"] == "<p>c</p>"
    assert [one["title"] for one in found["ancestors"]] == ["Home", "Guide"]
    assert found["space"]["key"] == "ENG"
    assert found["space"]["homepage"]["title"] == "Home"
    assert found["version"]["number"] == 1
    assert found["version"]["by"]["username"] == "ana"
    assert len(found["version"]["by"]["userKey"]) == 32
    assert "accountId" not in found["version"]["by"]
    assert found["history"]["lastUpdated"]["number"] == 1
    assert found["metadata"]["labels"]["results"] == []
    labels = dc.page(guide.id, "metadata.labels")["metadata"]["labels"]
    assert [one["name"] for one in labels["results"]] == ["ops"]
    bare = dc.get(f"{CONTENT}/{guide.id}")
    assert {"history", "space", "version"} <= set(bare)
    assert not {"body", "ancestors", "metadata"} & set(bare)
    assert "<p>one</p>" in dc.page(guide.id, "body.view")["body"]["view"]["value"]


def test_a_filter_by_title_status_and_ids(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    trashed = server.store.create_page("ENG", "Gone", "")
    server.store.trash(trashed.id)

    def ids(**params: Any) -> list[str]:
        return [one["id"] for one in dc.get(CONTENT, **params)["results"]]

    assert ids(title="guide", spaceKey="eng") == [guide.id]
    assert ids(title="Gone") == []
    assert ids(title="Gone", status="trashed") == [trashed.id]
    assert len(ids(status="any")) == 3
    assert ids(type="blogpost") == []


def test_a_list_of_ids_in_any_combination(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    store = server.store
    store.create_space("OPS", "Operations", "Operations")
    other = store.create_page("OPS", "Other", "<p>x</p>").id
    trashed, archived = (store.create_page("ENG", f"P{n}", "").id for n in range(2))
    store.trash(trashed)
    store.archive(archived)
    post = store.create_post("ENG", "News", "").id
    every = ",".join((guide.id, other, trashed, archived, post, "999999", "none"))

    def found(**params: Any) -> list[str]:
        return [one["id"] for one in dc.get(CONTENT, ids=every, **params)["results"]]

    assert found() == [guide.id, other, post]
    assert (found(type="page"), found(type="blogpost")) == ([guide.id, other], [post])
    assert (found(spaceKey="OPS"), found(title="guide")) == ([other], [guide.id])
    assert found(status="trashed") == [trashed]
    assert found(status="current,trashed") == [guide.id, other, trashed, post]
    assert found(status="current", type="page", spaceKey="ENG") == [guide.id]
    assert (found(limit=2), found(limit=2, start=2)) == ([guide.id, other], [post])
    some = dc.get(CONTENT, ids=every, type="page", expand="body.storage,space", limit=1)
    assert (some["size"], some["limit"], "next" in some["_links"]) == (1, 1, True)
    (row,) = some["results"]
    assert (row["body"]["storage"]["value"], row["space"]["key"]) == ("<p>one</p>", "ENG")
    (row,) = dc.get(some["_links"]["next"])["results"]
    assert (row["body"]["storage"]["value"], row["space"]["key"]) == ("<p>x</p>", "OPS")
    server.faults.ignore_ids = True
    assert found() == [
        store.space("ENG").homepage_id,
        guide.id,
        store.space("OPS").homepage_id,
        other,
    ]


def test_what_is_not_there(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    assert dc("GET", f"{CONTENT}?spaceKey=x").json() == envelope(
        404, "No space with key : x", "Not Found"
    )
    missing = dc("GET", f"{CONTENT}/999")
    text = "No content found with id: ContentId{id=999}"
    assert missing.json() == envelope(404, text, "Not Found")
    assert dc("GET", "/rest/api/space/x").status_code == 404
    assert dc("GET", f"{CONTENT}?limit=x").status_code == 400
    assert dc("GET", f"{CONTENT}/scan?cursor=x").status_code == 400
    server.store.restrict(guide.id)
    assert dc("GET", f"{CONTENT}/{guide.id}").status_code == 404
    assert dc("PUT", f"{CONTENT}/{guide.id}", json={}).status_code == 404
    assert [one["title"] for one in dc.get(CONTENT)["results"]] == ["Home"]


def test_statuses_of_one_page(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.edit(guide.id, "<p>two</p>", "Guide 2")
    path = f"{CONTENT}/{guide.id}"
    old = dc.get(path, status="historical", version=1, expand="body.storage,version")
    assert (old["status"], old["title"], old["version"]["number"]) == ("historical", "Guide", 1)
    assert old["body"]["storage"]["value"] == "<p>one</p>"
    assert dc("GET", f"{path}?version=1").status_code == 404
    assert dc("GET", f"{path}?version=7&status=historical").status_code == 404
    server.store.trash(guide.id)
    assert dc("GET", path).status_code == 404
    for status in ("trashed", "any"):
        assert dc.get(path, status=status)["status"] == "trashed"


def test_versions_and_history(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.edit(guide.id, "<p>two</p>", message="why")
    for where in ("api", "experimental"):
        path = f"/rest/{where}/content/{guide.id}/version"
        found = dc.get(path)["results"]
        assert [(one["number"], one["message"]) for one in found] == [(2, "why"), (1, "first")]
        one = dc.get(f"{path}/1", expand="content.body.storage")
        assert one["content"]["body"]["storage"]["value"] == "<p>one</p>"
        assert dc("GET", f"{path}/3").status_code == 404
    history = dc.get(f"{CONTENT}/{guide.id}/history")
    assert (history["lastUpdated"]["number"], history["previousVersion"]["number"]) == (2, 1)
    assert history["createdBy"]["displayName"] == "Ana"


def test_older_servers_have_less() -> None:
    for version, scan, versions, by_ids in (
        ("7.17.5", 404, 404, 2),
        ("7.18.0", 200, 404, 2),
        ("9.3.1", 200, 200, 1),
    ):
        with Sandbox(flavor="datacenter", version=version) as server:
            server.store.create_space("ENG")
            page = server.store.create_page("ENG", "A page", "")
            dc = Dc(server, None)
            assert dc.get(CONTENT, ids=page.id)["size"] == by_ids
            assert dc("GET", f"{CONTENT}/scan").status_code == scan
            assert dc("GET", f"{CONTENT}/{page.id}/version").status_code == versions
            old = f"/rest/experimental/content/{page.id}/version"
            assert dc("GET", old).status_code == 200
            dc.session.close()


def test_children_and_descendants(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    child = server.store.create_page("ENG", "Child", "", parent=guide.id)
    inner = server.store.create_page("ENG", "Inner", "", parent=child.id)
    top = server.store.create_page("ENG", "Top", "", parent=ROOT)
    path = f"{CONTENT}/{guide.id}"
    assert [one["id"] for one in dc.walk(f"{path}/child/page", limit=1)] == [child.id]
    assert [one["id"] for one in dc.walk(f"{path}/descendant/page")] == [child.id, inner.id]
    assert dc.get(f"{path}/child", expand="page")["page"]["size"] == 1
    assert dc.get(f"{path}/child/comment")["results"] == []
    home = server.store.space("ENG").homepage_id
    pages = dc.get("/rest/api/space/ENG/content/page", depth="root")["results"]
    assert [one["id"] for one in pages] == [home, top.id]
    content = dc.get("/rest/api/space/ENG/content")
    assert (content["page"]["size"], content["blogpost"]["size"]) == (5, 0)


@pytest.mark.parametrize(
    ("cql", "titles"),
    [
        ("space=ENG and type=page", ["Home", "Guide", "Child"]),
        ('space = "ENG" and title = "guide"', ["Guide"]),
        ('space="ENG" and type=page and title~"gui*"', ["Guide"]),
        ("ancestor = {guide}", ["Child"]),
        ("parent = {guide} or id = {guide}", ["Guide", "Child"]),
        ("id in ({guide}, 7) order by title desc", ["Guide"]),
        ("not (title = Home or title = Guide) and space.key = eng", ["Child"]),
        ("id not in ({guide}) and title != 'Home'", ["Child"]),
        ("label = ops", ["Child"]),
        ("space = OTHER", []),
    ],
)
def test_a_query(server: Sandbox, dc: Dc, guide: PageRow, cql: str, titles: list[str]) -> None:
    server.store.create_page("ENG", "Child", "", parent=guide.id, labels=["ops"])
    answer = dc.get(f"{CONTENT}/search", cql=cql.format(guide=guide.id))
    assert [one["title"] for one in answer["results"]] == titles
    assert answer["totalSize"] == len(titles)


@pytest.mark.parametrize(
    "cql", ["", "space", "space=", "nobody = me", "(id=1", "id=1 id=2", "id<1"]
)
def test_a_query_that_is_none(dc: Dc, cql: str) -> None:
    answer = dc("GET", f"{CONTENT}/search", params={"cql": cql})
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Could not parse cql : {cql}"
