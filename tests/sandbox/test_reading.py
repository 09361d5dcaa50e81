"""Spaces, pages, listings and the rest of v2, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from confsync.sandbox import ROOT, PageRow, Sandbox, SpaceRow, Store

from .conftest import Api, rows_read, title_of


def ids(results: list[Any]) -> list[str]:
    return [one["id"] for one in results]


def test_a_space_is_found_by_its_key(api: Api, space: SpaceRow, store: Store) -> None:
    other = store.create_space("OPS")
    (found,) = api.get("/api/v2/spaces", keys="ENG")["results"]
    assert (found["id"], found["name"]) == (space.id, "Engineering")
    assert found["homepageId"] == space.homepage_id
    assert ids(api.get("/api/v2/spaces?keys=ENG,OPS")["results"]) == [space.id, other.id]
    assert ids(api.get("/api/v2/spaces?keys=ENG&keys=OPS")["results"]) == [space.id, other.id]
    assert ids(api.get("/api/v2/spaces", sort="-key")["results"]) == [other.id, space.id]
    assert api.get("/api/v2/spaces", keys="NONE")["results"] == []
    assert api.get(f"/api/v2/spaces/{space.id}")["key"] == "ENG"
    answer = api("GET", "/api/v2/spaces/1")
    assert (answer.status_code, title_of(answer)) == (404, "Cannot find a space with id [1]")


def test_a_page(api: Api, sandbox: Sandbox, page: PageRow, space: SpaceRow) -> None:
    found = api.get(f"/api/v2/pages/{page.id}")
    assert found["body"] == {}
    assert found["parentId"] == space.homepage_id
    assert found["parentType"] == "page"
    assert found["version"]["message"] == "first"
    assert found["_links"]["base"] == sandbox.url
    assert found["_links"]["webui"] == f"/spaces/ENG/pages/{page.id}/Guide"
    assert api.page(page.id)["body"]["storage"]["value"] == "<p>one</p>"
    home = api.page(space.homepage_id)
    assert (home["parentId"], home["parentType"]) == (None, None)


@pytest.mark.parametrize("page_id", ["999999999999", "0", "x", "1" * 30])
def test_a_page_that_is_not_there(api: Api, space: SpaceRow, page_id: str) -> None:
    answer = api("GET", f"/api/v2/pages/{page_id}")
    assert answer.status_code == 404
    assert title_of(answer) == f"Cannot find a page with id [{page_id}]"


def test_what_can_be_included(api: Api, page: PageRow, store: Store) -> None:
    store.add_labels(page.id, ["ops", "Runbook"])
    store.edit(page.id, "<p>two</p>")
    url = f"{api.base}/api/v2/pages/{page.id}?include-version=false"
    assert "version" not in api.session.get(url, timeout=10).json()
    labels = api.page(page.id, **{"include-labels": "true"})["labels"]["results"]
    assert [one["name"] for one in labels] == ["ops", "runbook"]
    versions = api.page(page.id, **{"include-versions": "true"})["versions"]["results"]
    assert [one["number"] for one in versions] == [2, 1]


def test_old_versions(api: Api, page: PageRow, store: Store) -> None:
    store.edit(page.id, "<p>two</p>", title="Renamed", author="Ben", message="second")
    old = api.page(page.id, version=1)
    assert (old["title"], old["version"]["number"], old["status"]) == ("Guide", 1, "historical")
    assert old["body"]["storage"]["value"] == "<p>one</p>"
    assert api.page(page.id, version=2)["status"] == "current"
    assert api("GET", f"/api/v2/pages/{page.id}?version=3").status_code == 404
    listed = api.get(f"/api/v2/pages/{page.id}/versions", **{"body-format": "storage"})["results"]
    assert [one["number"] for one in listed] == [2, 1]
    assert [one["page"]["body"]["storage"]["value"] for one in listed] == [
        "<p>two</p>",
        "<p>one</p>",
    ]
    assert [one["message"] for one in listed] == ["second", "first"]
    upwards = api.walk(f"/api/v2/pages/{page.id}/versions", sort="modified-date", limit=1)
    assert [one["number"] for one in upwards] == [1, 2]
    assert "body" not in upwards[0]["page"]
    detail = api.get(f"/api/v2/pages/{page.id}/versions/1")
    assert (detail["number"], detail["nextVersion"]) == (1, 2)


def test_trashed_pages_answer_200(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    store.trash(page.id)
    found = api.page(page.id)
    assert (found["status"], found["parentId"]) == ("trashed", None)
    assert api("GET", f"/api/v2/pages/{page.id}?status=current").status_code == 404
    listing = f"/api/v2/spaces/{space.id}/pages"
    assert page.id not in ids(api.walk(listing))
    assert ids(api.walk(listing, status="trashed")) == [page.id]
    assert page.id in ids(api.walk(f"{listing}?status=current&status=trashed"))


def test_archived_pages_are_listed_by_default(
    api: Api, page: PageRow, store: Store, space: SpaceRow
) -> None:
    store.archive(page.id)
    listing = f"/api/v2/spaces/{space.id}/pages"
    assert ids(api.walk(listing)) == [space.homepage_id, page.id]
    assert ids(api.walk(listing, status="current")) == [space.homepage_id]
    assert ids(api.walk(listing, status="archived")) == [page.id]
    assert api.page(page.id)["status"] == "archived"


def test_a_restricted_page_is_absent_but_its_children_are_not(
    api: Api, page: PageRow, store: Store, space: SpaceRow
) -> None:
    child = store.create_page("ENG", "Child", "", parent=page.id)
    store.restrict(page.id)
    answer = api("GET", f"/api/v2/pages/{page.id}")
    assert (answer.status_code, title_of(answer)) == (
        404,
        f"Cannot find a page with id [{page.id}]",
    )
    assert ids(api.walk(f"/api/v2/spaces/{space.id}/pages")) == [space.homepage_id, child.id]
    assert api.walk("/api/v2/pages", id=page.id) == []
    assert api.page(child.id)["parentId"] == page.id
    assert api("GET", f"/api/v2/pages/{page.id}/versions").status_code == 404
    store.unrestrict(page.id)
    assert api.page(page.id)["id"] == page.id


def test_pages_by_id(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    other = store.create_page("ENG", "Other", "<p>o</p>")
    wanted = [page.id, other.id]
    assert ids(api.walk("/api/v2/pages", id=",".join(wanted))) == wanted
    assert ids(api.walk("/api/v2/pages", id=wanted)) == wanted
    found = api.walk("/api/v2/pages", id=wanted, **{"body-format": "storage"})
    assert [one["body"]["storage"]["value"] for one in found] == ["<p>one</p>", "<p>o</p>"]
    assert [one["body"] for one in api.walk("/api/v2/pages", id=wanted)] == [{}, {}]
    assert api.walk("/api/v2/pages", id="999999") == []
    many = [str(number) for number in range(1, 251)]
    assert api.walk("/api/v2/pages", id=",".join(many)) == []
    assert api("GET", "/api/v2/pages", params={"id": ",".join([*many, "251"])}).status_code == 400


def test_filters(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    live = store.create_page("ENG", "Live", "", subtype="live")
    root = store.create_page("ENG", "Root", "", parent=ROOT)
    listing = f"/api/v2/spaces/{space.id}/pages"
    assert ids(api.walk(listing, title="guide")) == [page.id]
    assert ids(api.walk(listing, depth="root")) == [space.homepage_id, root.id]
    assert ids(api.walk("/api/v2/pages", subtype="live")) == [live.id]
    assert live.id not in ids(api.walk("/api/v2/pages", subtype="page"))
    assert api.walk("/api/v2/pages", **{"space-id": "1"}) == []
    assert api.page(live.id)["subtype"] == "live"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=251",
        "limit=x",
        "limit=-1",
        "status=draft",
        "status=nonsense",
        "sort=size",
        "id=x",
        "body-format=nonsense",
        "body-format=",
        "cursor=nonsense",
        "cursor=e30=",
        "cursor=%C3%A4",
    ],
)
def test_parameters_that_make_no_sense(api: Api, space: SpaceRow, query: str) -> None:
    assert api("GET", f"/api/v2/pages?{query}").status_code == 400


@pytest.mark.parametrize("sort", ["id", "created-date", "modified-date", "title"])
@pytest.mark.parametrize("way", ["", "-"])
def test_sorted_listings_in_pages(
    api: Api, store: Store, space: SpaceRow, sort: str, way: str
) -> None:
    made = [store.create_page("ENG", f"{'bac'[n % 3]}{n}", "") for n in range(7)]
    store.edit(made[2].id, "<p>later</p>")
    keys = {
        "id": lambda row: int(row.id),
        "created-date": lambda row: (row.created_at, int(row.id)),
        "modified-date": lambda row: (row.modified_at, int(row.id)),
        "title": lambda row: (row.title.lower(), int(row.id)),
    }
    expected = sorted(store.pages("ENG"), key=keys[sort], reverse=way == "-")
    found = api.walk(f"/api/v2/spaces/{space.id}/pages", sort=way + sort, limit=3)
    assert ids(found) == [row.id for row in expected]


def test_the_default_limit_and_the_end(api: Api, store: Store, space: SpaceRow) -> None:
    for number in range(49):
        store.create_page("ENG", f"Page {number}", "", raw=True)
    path = f"/api/v2/spaces/{space.id}/pages"
    first = api("GET", path)
    assert len(first.json()["results"]) == 25
    following = first.json()["_links"]["next"]
    assert following.startswith(f"/wiki{path}?")
    assert first.headers["Link"] == f'<{following}>; rel="next"'
    second = api("GET", following.removeprefix("/wiki"))
    assert len(second.json()["results"]) == 25
    assert "next" not in second.json()["_links"]
    assert "Link" not in second.headers
    assert len(api.get(path, limit=250)["results"]) == 50


def test_a_listing_goes_on_where_it_was_whatever_happens_meanwhile(
    api: Api, store: Store, space: SpaceRow
) -> None:
    made = [store.create_page("ENG", f"Page {number}", "") for number in range(6)]
    first = api.get(f"/api/v2/spaces/{space.id}/pages", limit=3)
    store.purge(made[0].id)
    rest = api.walk(first["_links"]["next"].removeprefix("/wiki"))
    assert ids(rest) == [row.id for row in made[2:]]


def test_short_pages_go_on_to_the_end(
    sandbox: Sandbox, api: Api, store: Store, space: SpaceRow
) -> None:
    for number in range(9):
        store.create_page("ENG", f"Page {number}", "")
    sandbox.faults.short_pages = True
    first = api.get(f"/api/v2/spaces/{space.id}/pages", limit=6)
    assert len(first["results"]) == 3
    assert "next" in first["_links"]
    assert len(api.walk(f"/api/v2/spaces/{space.id}/pages", limit=6)) == 10


def test_ten_thousand_pages_are_listed_by_few_queries(
    api: Api,
    sandbox: Sandbox,
    store: Store,
    space: SpaceRow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with store.batch():
        for number in range(10_000):
            store.create_page("ENG", f"Page {number}", "<p>body</p>", raw=True)
    api.specs = {}  # validating 10,000 pages would take longer than listing them
    sandbox.clear_requests()
    asked = rows_read(monkeypatch, store)
    path = f"/api/v2/spaces/{space.id}/pages"
    assert len(api.walk(path, limit=250, sort="-modified-date")) == 10_001
    assert len(sandbox.requests) == 41
    # In each request: the users, the space, the pages.
    assert len(asked) == 41 * 3
    # Two users and one space each time, each page once and one more to know that there is one.
    assert sum(rows for _, rows in asked) == 41 * 3 + 10_001 + 40


def test_creating(api: Api, sandbox: Sandbox, store: Store, space: SpaceRow) -> None:
    body = {"representation": "storage", "value": "<p>new</p>"}
    given: dict[str, Any] = {"spaceId": space.id, "title": "New", "body": body, "status": "current"}
    found = api("POST", "/api/v2/pages", json={**given, "version": {"message": "why"}}).json()
    assert (found["parentId"], found["version"]["number"]) == (space.homepage_id, 1)
    assert found["body"]["storage"]["value"] == "<p>new</p>"
    row = store.page(found["id"])
    assert (row.author, row.message, row.body) == ("Me", "why", "<p>new</p>")
    folder = store.create_folder("ENG", "Folder")
    inside = api(
        "POST", "/api/v2/pages", json={**given, "title": "In", "parentId": folder.id}
    ).json()
    assert (inside["parentId"], inside["parentType"]) == (folder.id, "folder")
    top = api("POST", "/api/v2/pages?root-level=true", json={**given, "title": "Top"}).json()
    assert (top["parentId"], top["parentType"]) == (None, None)
    live = {"spaceId": space.id, "title": "Live", "subtype": "live"}
    assert api("POST", "/api/v2/pages", json=live).json()["subtype"] == "live"


def test_creations_that_are_refused(api: Api, store: Store, page: PageRow, space: SpaceRow) -> None:
    body = {"representation": "storage", "value": "<p>new</p>"}
    good: dict[str, Any] = {"spaceId": space.id, "title": "New", "body": body}
    store.create_space("OPS")
    elsewhere = store.create_page("OPS", "Elsewhere", "")
    for changed, status in [
        ({"title": "GUIDE"}, 400),
        ({"title": None}, 400),
        ({"title": "x" * 256}, 400),
        ({"spaceId": None}, 400),
        ({"spaceId": "1"}, 404),
        ({"parentId": "1"}, 404),
        ({"parentId": elsewhere.id}, 400),
        ({"status": "archived"}, 400),
        ({"body": {"representation": "storage", "value": "<p>"}}, 400),
        ({"body": {"representation": "storage", "value": "x" * 5_300_000}}, 413),
        ({"subtype": "page"}, 400),
    ]:
        assert api("POST", "/api/v2/pages", json=good | changed).status_code == status, changed
    answer = api("POST", "/api/v2/pages?root-level=true", json={**good, "parentId": page.id})
    assert answer.status_code == 400
    store.restrict(page.id)
    assert api("POST", "/api/v2/pages", json={**good, "parentId": page.id}).status_code == 404
    assert len(store.pages("ENG")) == 2


def test_deleting(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    child = store.create_page("ENG", "Child", "", parent=page.id)
    path = f"/api/v2/pages/{page.id}"
    assert api("DELETE", f"{path}?purge=true").status_code == 400
    assert api("DELETE", path).status_code == 204
    assert store.page(page.id).status == "trashed"
    assert store.page(child.id).parent_id == space.homepage_id
    assert api("DELETE", path).status_code == 404
    assert api("DELETE", f"{path}?purge=true").status_code == 204
    assert api("GET", path).status_code == 404


def test_labels(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    path = f"/rest/api/content/{page.id}/label"
    given = [{"prefix": "global", "name": "ops"}, {"prefix": "global", "name": "Run-Book"}]
    added = api("POST", path, json=given).json()
    assert [one["name"] for one in added["results"]] == ["ops", "run-book"]
    assert store.page(page.id).labels == ("ops", "run-book")
    assert store.page(page.id).version == 1
    listed = api.walk(f"/api/v2/pages/{page.id}/labels", limit=1)
    assert [(one["name"], one["prefix"]) for one in listed] == [
        ("ops", "global"),
        ("run-book", "global"),
    ]
    assert ids(api.walk(f"/api/v2/labels/{listed[0]['id']}/pages")) == [page.id]
    in_space = api.walk(f"/api/v2/spaces/{space.id}/content/labels")
    assert [one["name"] for one in in_space] == ["ops", "run-book"]
    assert api.walk("/api/v2/labels") == in_space
    assert api.walk(f"/api/v2/spaces/{space.id}/labels") == []
    assert api("DELETE", path, params={"name": "ops"}).status_code == 204
    assert api("DELETE", f"{path}/run-book").status_code == 204
    assert store.page(page.id).labels == ()
    assert api("POST", path, json={"prefix": "global", "name": "one"}).status_code == 200
    for wrong in ([], {}, [{"prefix": "global"}], "x", [{"prefix": "global", "name": "a b"}]):
        assert api("POST", path, json=wrong).status_code == 400
    missing = api("POST", "/rest/api/content/1/label", json=given)
    assert missing.status_code == 404
    assert missing.json()["statusCode"] == 404
    assert store.page(page.id).labels == ("one",)


def test_the_tree(api: Api, page: PageRow, store: Store, space: SpaceRow) -> None:
    folder = store.create_folder("ENG", "Folder", parent=page.id)
    board = store.create_whiteboard("ENG", "Board", parent=page.id)
    child = store.create_page("ENG", "Child", "", parent=page.id)
    inside = store.create_page("ENG", "Inside", "", parent=folder.id)
    drawn = store.create_page("ENG", "Drawn", "", parent=board.id)
    found = api.get(f"/api/v2/folders/{folder.id}")
    assert (found["title"], found["parentId"], found["type"]) == ("Folder", page.id, "folder")
    assert api.get(f"/api/v2/whiteboards/{board.id}")["title"] == "Board"
    assert api("GET", f"/api/v2/folders/{board.id}").status_code == 404
    assert api("GET", f"/api/v2/folders/{page.id}").status_code == 404
    assert api("GET", f"/api/v2/pages/{folder.id}").status_code == 404
    assert ids(api.walk(f"/api/v2/pages/{page.id}/children")) == [child.id]
    direct = api.walk(f"/api/v2/pages/{page.id}/direct-children", limit=2)
    assert [one["type"] for one in direct] == ["folder", "whiteboard", "page"]
    assert ids(api.walk(f"/api/v2/folders/{folder.id}/direct-children")) == [inside.id]
    assert ids(api.walk(f"/api/v2/whiteboards/{board.id}/direct-children")) == [drawn.id]
    above = api.get(f"/api/v2/pages/{inside.id}/ancestors")["results"]
    assert ids(above) == [space.homepage_id, page.id, folder.id]
    assert api.page(drawn.id)["parentType"] == "whiteboard"
    listed = api.walk(f"/api/v2/spaces/{space.id}/pages")
    assert folder.id not in ids(listed)
    made = api("POST", "/api/v2/folders", json={"spaceId": space.id, "title": "Second"}).json()
    assert made["parentId"] == space.homepage_id
    assert api.walk(f"/api/v2/pages/{page.id}/attachments") == []


def test_users(api: Api, page: PageRow) -> None:
    me = api.get("/rest/api/user/current")
    assert me["displayName"] == "Me"
    ana = api.page(page.id)["version"]["authorId"]
    given = {"accountIds": [me["accountId"], ana, "unknown"]}
    found = api("POST", "/api/v2/users-bulk", json=given).json()["results"]
    assert {one["accountId"]: one["displayName"] for one in found} == {
        me["accountId"]: "Me",
        ana: "Ana",
    }
    assert api("POST", "/api/v2/users-bulk", json={"accountIds": []}).status_code == 400


def test_v1_has_lost_its_pages_behind_the_gateway(
    sandbox: Sandbox, api: Api, page: PageRow
) -> None:
    one = f"content/{page.id}"
    asked = [("GET", "content"), ("POST", "content"), ("GET", "space")]
    for method, path in [*asked, ("GET", one), ("PUT", one), ("DELETE", one)]:
        url = f"{sandbox.gateway_url}/rest/api/{path}"
        assert api.session.request(method, url, timeout=10).status_code == 410, (method, path)


def test_a_site_can_lack_v1s_pages_too() -> None:
    with Sandbox(classic_v1=False) as gone:
        url, who = f"{gone.url}/rest/api", (gone.user, gone.token)
        assert requests.get(f"{url}/content", auth=who, timeout=10).status_code == 410
        assert requests.get(f"{url}/user/current", auth=who, timeout=10).status_code == 200


def test_a_site_still_has_v1s_pages_and_spaces(api: Api, store: Store, page: PageRow) -> None:
    base, ask = f"{api.base}/rest/api", api.session
    found = ask.get(f"{base}/content/{page.id}?expand=body.storage,version", timeout=10).json()
    assert found["body"]["storage"]["value"] == "<p>one</p>"
    assert found["version"]["by"]["accountId"].startswith("712020:")
    assert found["_links"]["webui"] == f"/spaces/ENG/pages/{page.id}/Guide"
    (space,) = ask.get(f"{base}/space", timeout=10).json()["results"]
    assert space["key"] == "ENG"
    given = {"type": "page", "title": "New", "space": {"key": "ENG"}}
    body = {"storage": {"value": "<p>x</p>", "representation": "storage"}}
    made = ask.post(f"{base}/content", json={**given, "body": body}, timeout=10).json()
    change = {"type": "page", "title": "Newer", "version": {"number": 2}}
    done = ask.put(f"{base}/content/{made['id']}", json=change, timeout=10).json()
    assert (done["title"], done["version"]["number"]) == ("Newer", 2)
    stale = ask.put(f"{base}/content/{made['id']}", json=change, timeout=10)
    assert stale.status_code == 409
    assert ask.delete(f"{base}/content/{made['id']}", timeout=10).status_code == 204
    assert store.page(made["id"]).status == "trashed"


def test_what_the_sandbox_cannot_do_says_so(api: Api, space: SpaceRow) -> None:
    answer = api("GET", f"/api/v2/spaces/{space.id}/folders")
    assert answer.status_code == 404  # a client takes a 5xx for a server in trouble
    assert "sandbox" in title_of(answer)
    answer = api("GET", "/rest/api/no/such/thing")
    assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)
    answer = api("GET", "/api/v2/pages?body-format=atlas_doc_format")
    assert answer.status_code == 400
    assert "storage" in title_of(answer)


def test_a_slash_at_the_end_changes_nothing(api: Api, page: PageRow) -> None:
    for path in (f"/api/v2/pages/{page.id}", "/api/v2/spaces", "/rest/api/user/current"):
        answer = api.session.get(f"{api.base}{path}/", timeout=10)
        assert answer.json() == api.get(path), path
    assert api.session.get(f"{api.base}/api/v2/", timeout=10).status_code == 404


def test_behind_the_gateway(sandbox: Sandbox, api: Api, page: PageRow, space: SpaceRow) -> None:
    url = f"{sandbox.gateway_url}/api/v2/spaces/{space.id}/pages"
    found = api.session.get(url, params={"limit": 1}, timeout=10).json()
    assert found["_links"]["next"].startswith("/wiki/api/v2/")
    assert found["_links"]["base"] == sandbox.url
    assert sandbox.requests[-1].path.startswith("/ex/confluence/")
    assert api.session.get(f"{sandbox.gateway_url}/rest/api/content", timeout=10).status_code == 410
