"""Searches by CQL, on both flavours."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api
from .dc_api import Dc


@pytest.fixture(autouse=True)
def ticking(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each write be a little later than the one before, the space's and the page's too."""
    clock, ticks = store.clock, itertools.count(1)
    monkeypatch.setattr(store, "clock", lambda: clock() + timedelta(milliseconds=next(ticks)))


@pytest.fixture
def tree(store: Store, page: PageRow) -> PageRow:
    """Return a page Guide with a page below it, a post, files and labels, each a little later."""
    store.create_page(
        "ENG", "Deployment guide", "<p>Roll out &amp; watch</p>", page.id, author="Bo"
    )
    store.create_post("ENG", "News", "<p>one two</p>")
    store.attach(page.id, "plan.txt", b"data")
    store.add_labels(page.id, ["ops", "docs"])
    return page


def titles(api: Api, cql: str, **more: Any) -> list[str]:
    found = api.get("/rest/api/content/search", cql=cql, **more)
    return [one["title"] for one in found["results"]]


@pytest.mark.parametrize(
    ("cql", "wanted"),
    [
        ("type = page", ["Home", "Guide", "Deployment guide"]),
        ("type in (page, blogpost) and space = eng", ["Home", "Guide", "Deployment guide", "News"]),
        ("type = attachment", ["plan.txt"]),
        ("space = ENG and type=page order by title desc", ["Home", "Guide", "Deployment guide"]),
        ("type = page order by created desc", ["Deployment guide", "Guide", "Home"]),
        ("type = page order by lastmodified, title", ["Home", "Guide", "Deployment guide"]),
        ('text ~ "roll watch"', ["Deployment guide"]),
        ('text ~ "rol"', []),
        ('text ~ "rol*"', ["Deployment guide"]),
        ('siteSearch ~ "guide" and type = page', ["Guide", "Deployment guide"]),
        ('title ~ "deployment"', ["Deployment guide"]),
        ('title = "guide"', ["Guide"]),
        ("label in (docs, other)", ["Guide"]),
        ("label not in (docs) and type = page", ["Home", "Deployment guide"]),
        ("label = ops and label = docs", ["Guide"]),
        ('contributor = "Bo"', ["Deployment guide"]),
        ("creator = currentUser()", ["Home"]),
        ('created >= "2000-01-01" and type = blogpost', ["News"]),
        ('lastmodified > now("-1d") and type = blogpost', ["News"]),
        ("lastModified < startOfYear() and type = page", []),
        ('created < "2000/01/01 10:30"', []),
        ("(type = blogpost or title = Guide) and not label = ops", ["News"]),
        ("order by created", ["Home", "Guide", "Deployment guide", "News", "plan.txt"]),
    ],
)
def test_a_query_finds(api: Api, tree: PageRow, cql: str, wanted: list[str]) -> None:
    assert titles(api, cql) == wanted


def test_a_query_finds_what_is_below_a_page(api: Api, tree: PageRow) -> None:
    assert titles(api, f"ancestor = {tree.id}") == ["Deployment guide"]
    assert titles(api, f"parent = {tree.id}") == ["Deployment guide"]
    assert titles(api, f"container = {tree.id}") == ["plan.txt"]
    assert titles(api, f"id in ({tree.id})") == ["Guide"]


@pytest.mark.parametrize(
    "cql",
    [
        "",
        "space ~",
        "colour = red",
        "type = page order by colour",
        "created > yesterday",
        "created > now(soon)",
        "title in ()",
        "(type = page",
        "text = word",
        "type = page page",
    ],
)
def test_a_wrong_query_is_refused(api: Api, tree: PageRow, cql: str) -> None:
    answer = api("GET", "/rest/api/content/search", params={"cql": cql})
    assert answer.status_code == 400
    assert "Could not parse cql" in answer.json()["message"]


def walk(api: Api, path: str, **params: Any) -> list[Any]:
    answer = api.get(path, **params)
    found = list(answer["results"])
    while "next" in answer["_links"]:
        answer = api.get(answer["_links"]["next"])
        found += answer["results"]
    return found


def test_a_search_goes_on_by_its_cursor(api: Api, tree: PageRow) -> None:
    rows = walk(api, "/rest/api/content/search", cql="type=page order by created", limit=1)
    assert [one["title"] for one in rows] == ["Home", "Guide", "Deployment guide"]
    assert titles(api, "type=page", start=2) == ["Home", "Guide", "Deployment guide"]
    answer = api("GET", "/rest/api/content/search", params={"cql": "type=page", "cursor": "x"})
    assert answer.status_code == 400


def test_a_search_shows_labels_versions_and_containers(api: Api, tree: PageRow) -> None:
    found = api.get("/rest/api/content/search", cql="title=guide", expand="metadata.labels,space")
    (row,) = found["results"]
    assert [one["name"] for one in row["metadata"]["labels"]["results"]] == ["docs", "ops"]
    assert (row["space"]["key"], found["totalSize"]) == ("ENG", 1)
    assert row["_links"]["webui"] == f"/spaces/ENG/pages/{tree.id}/Guide"
    found = api.get("/rest/api/content/search", cql="type=attachment", expand="version,container")
    (row,) = found["results"]
    assert row["id"].startswith("att")
    assert (row["version"]["number"], row["container"]["id"]) == (1, tree.id)


def test_a_search_sees_neither_archived_nor_hidden_content(
    api: Api, store: Store, tree: PageRow
) -> None:
    store.archive(store.create_page("ENG", "Old", "").id)
    store.restrict(store.create_page("ENG", "Secret", "").id)
    every = ["Home", "Guide", "Deployment guide"]
    assert titles(api, "type=page") == every
    context = '{"contentStatuses": ["archived"]}'
    assert titles(api, "type=page", cqlcontext=context) == every
    store.trash(tree.id)
    assert titles(api, "type=attachment") == []


def test_a_search_of_everything_has_excerpts_and_places(api: Api, tree: PageRow) -> None:
    found = api.get("/rest/api/search", cql='text ~ "watch"', expand="content.version")
    (row,) = found["results"]
    assert (row["title"], row["excerpt"]) == ("Deployment guide", "Roll out & watch")
    assert row["content"]["version"]["number"] == 1
    assert "body" not in row["content"]
    assert row["resultGlobalContainer"] == {"title": "Engineering", "displayUrl": "/spaces/ENG"}
    (file,) = api.get("/rest/api/search", cql="type=attachment")["results"]
    assert file["resultParentContainer"]["title"] == "Guide"
    (space,) = api.get("/rest/api/search", cql='type=space and title ~ "engin*"')["results"]
    assert (space["space"]["key"], space["entityType"]) == ("ENG", "space")
    (user,) = api.get("/rest/api/search/user", cql='user.fullname ~ "Bo"')["results"]
    assert user["user"]["displayName"] == "Bo"


def test_a_search_lags_by_a_number_of_searches(
    sandbox: Sandbox, api: Api, store: Store, tree: PageRow
) -> None:
    sandbox.faults.search_lag_count = 2
    store.create_page("ENG", "New", "")
    assert [("New" in titles(api, "type=page")) for _ in range(4)] == [False, False, True, True]
    assert any(one["title"] == "New" for one in api.walk("/api/v2/pages"))
    store.add_labels(tree.id, ["fresh"])
    labelled = [titles(api, "label=fresh", expand="metadata.labels") for _ in range(3)]
    assert labelled == [[], [], ["Guide"]]


def test_a_search_lags_by_seconds(sandbox: Sandbox, api: Api, store: Store, tree: PageRow) -> None:
    now = store.database.monotonic()
    store.database.monotonic = lambda: now
    sandbox.faults.search_lag = 30
    store.create_page("ENG", "New", "")
    now += 29
    assert "New" not in titles(api, "type=page")
    now += 2
    assert "New" in titles(api, "type=page")


def test_a_search_can_miss_content(sandbox: Sandbox, api: Api, tree: PageRow) -> None:
    sandbox.faults.search_hides = lambda content: content == tree.id
    assert titles(api, "type=page") == ["Home", "Deployment guide"]


def test_hits_are_remembered_until_a_write(
    api: Api, store: Store, tree: PageRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = store.database.all

    def noted(sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        asked.append(sql)
        return ask(sql, values)

    monkeypatch.setattr(store.database, "all", noted)
    rows = walk(api, "/rest/api/content/search", cql="type=page", limit=1)
    assert (len(rows), sum("UNION ALL" in one for one in asked)) == (3, 1)
    store.create_page("ENG", "New", "")
    assert "New" in titles(api, "type=page")


def test_data_center_pages_by_start(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    server.store.attach(guide.id, "plan.txt", b"data")
    path = "/rest/api/content/search"
    found = dc.walk(path, cql="space=ENG order by title", limit=1)
    assert [one["title"] for one in found] == ["Guide", "Home", "plan.txt"]
    (row,) = dc.get("/rest/api/search", cql="title=guide")["results"]
    assert row["url"] == "/display/ENG/Guide"
    by = datetime.now(UTC).strftime("%Y-%m-%d")
    assert len(dc.get(path, cql=f'created = "{by}" and type = page')["results"]) == 2


def test_data_center_nests_files_and_cuts_the_list(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    for count in range(26):
        server.store.attach(guide.id, f"{count:02}.txt", b"x")
    expand = "metadata.labels,children.attachment.version"
    rows = dc.get("/rest/api/content", spaceKey="ENG", expand=expand)["results"]
    home, shown = (one["children"]["attachment"] for one in rows)
    assert (home["results"], home["size"], home["limit"]) == ([], 0, 25)
    assert (len(shown["results"]), shown["size"]) == (25, 25)
    assert shown["results"][0]["version"]["number"] == 1
    assert "next" in shown["_links"]
    assert "next" not in home["_links"]


def test_what_was_made_in_the_same_moment_goes_by_age(
    api: Api, store: Store, page: PageRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = store.clock()
    monkeypatch.setattr(store, "clock", lambda: now)
    for title in ("First", "Second"):
        store.create_page("ENG", title, "<p>same</p>")
    assert titles(api, "text ~ same order by created") == ["First", "Second"]
    assert titles(api, "text ~ same order by created desc") == ["Second", "First"]
