"""Blog posts on both flavours: what pages can do, by day, and apart from the pages."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from confsync.sandbox import Invalid, Missing, PageRow, Sandbox, SpaceRow, Store

from .conftest import Api, title_of
from .dc_api import Dc

DAY = "2026-03-07"
AT = f"{DAY}T09:30:00.000Z"


@pytest.fixture
def post(store: Store, space: SpaceRow) -> PageRow:
    """Return a blog post on Cloud."""
    return store.create_post("ENG", "News", "<p>one</p>", message="first", at=AT)


@pytest.fixture
def dc_post(server: Sandbox) -> PageRow:
    """Return a blog post on Data Center."""
    return server.store.create_post("ENG", "News", "<p>one</p>", message="first", at=AT)


def put(api: Api, post: PageRow, **changed: Any) -> requests.Response:
    given = {
        "id": post.id,
        "status": "current",
        "title": post.title,
        "body": {"representation": "storage", "value": "<p>two</p>"},
        "version": {"number": post.version + 1, "message": "why"},
        **changed,
    }
    return api("PUT", f"/api/v2/blogposts/{post.id}", json=given)


# -- the store -------------------------------------------------------------------------------------


def test_a_title_belongs_to_one_post_a_day_and_never_to_a_page(
    store: Store, post: PageRow, page: PageRow
) -> None:
    store.create_post("ENG", page.title, "<p>x</p>", at=AT)
    store.create_page("ENG", "News", "<p>x</p>")
    store.create_post("ENG", "News", "<p>x</p>", at="2026-03-08T00:00:00.000Z")
    with pytest.raises(Invalid, match="same day"):
        store.create_post("ENG", "NEWS", "<p>x</p>", at=f"{DAY}T23:59:59.999Z")
    store.trash(post.id)
    store.create_post("ENG", "NEWS", "<p>x</p>", at=AT)
    with pytest.raises(Invalid, match="same day"):
        store.restore(post.id)


def test_a_post_is_edited_trashed_restored_and_moved_to_another_space(
    store: Store, post: PageRow
) -> None:
    assert store.edit(post.id, "<p>two</p>", title="Old news").version == 2
    store.trash(post.id)
    assert store.posts("ENG") == ()
    store.restore(post.id)
    with pytest.raises(Missing):
        store.create_page("ENG", "Below", "<p />", parent=post.id)
    store.create_space("OPS")
    store.move_to_space(post.id, "OPS")
    (now,) = store.posts("OPS")
    assert (now.id, now.parent_id, now.title, now.created_at) == (post.id, None, "Old news", AT)
    with pytest.raises(Invalid, match="no parent"):
        store.edit(post.id, parent=store.space("OPS").homepage_id)


# -- Cloud -----------------------------------------------------------------------------------------


def test_posts_and_pages_do_not_know_one_another(api: Api, post: PageRow, page: PageRow) -> None:
    space = post.space_id
    listed = {row["id"] for row in api.walk(f"/api/v2/spaces/{space}/pages")}
    assert post.id not in listed
    assert [row["id"] for row in api.walk(f"/api/v2/spaces/{space}/blogposts")] == [post.id]
    both = f"{post.id},{page.id}"
    assert [row["id"] for row in api.walk("/api/v2/pages", id=both)] == [page.id]
    assert [row["id"] for row in api.walk("/api/v2/blogposts", id=both)] == [post.id]
    for kind, other, said in (("pages", post, "page"), ("blogposts", page, "blog post")):
        for method, path in (("GET", ""), ("GET", "/versions"), ("GET", "/labels"), ("DELETE", "")):
            answer = api(method, f"/api/v2/{kind}/{other.id}{path}")
            assert answer.status_code == 404
            assert title_of(answer) == f"Cannot find a {said} with id [{other.id}]"


def test_a_post_is_shown_with_its_date_and_without_a_place(api: Api, post: PageRow) -> None:
    found = api.get(f"/api/v2/blogposts/{post.id}", **{"body-format": "storage"})
    assert (found["createdAt"], found["body"]["storage"]["value"]) == (AT, "<p>one</p>")
    assert not {"parentId", "parentType", "position"} & set(found)
    assert found["_links"]["webui"].startswith("/spaces/ENG/blog/2026/03/07/")


def test_a_listing_of_posts_goes_on_by_cursor(api: Api, store: Store, post: PageRow) -> None:
    wanted = [post.id, *(store.create_post("ENG", f"P {n}", "<p>x</p>").id for n in range(60))]
    path = f"/api/v2/spaces/{post.space_id}/blogposts"
    assert [row["id"] for row in api.walk(path, limit=25)] == wanted
    assert [row["id"] for row in api.walk(path, title="p 7")] == [wanted[8]]
    assert api("GET", path, params={"status": "archived"}).status_code == 400


def test_a_post_is_written_over_exactly_its_version(api: Api, store: Store, post: PageRow) -> None:
    for number in (1, 3):
        answer = put(api, post, version={"number": number})
        assert answer.status_code == 409
        assert "Current Version: [1]" in title_of(answer)
    assert put(api, post, title="Old news").json()["version"]["number"] == 2
    assert put(api, post, version={"number": 2}).status_code == 409
    now = store.page(post.id)
    assert (now.title, now.body, now.message, now.created_at) == (
        "Old news",
        "<p>two</p>",
        "why",
        AT,
    )
    old = api.get(f"/api/v2/blogposts/{post.id}", version=1, **{"body-format": "storage"})
    assert (old["title"], old["body"]["storage"]["value"]) == ("News", "<p>one</p>")
    listed = api.walk(f"/api/v2/blogposts/{post.id}/versions")
    assert [(one["number"], one["blogpost"]["id"]) for one in listed] == [
        (2, post.id),
        (1, post.id),
    ]
    assert api.get(f"/api/v2/blogposts/{post.id}/versions/1")["nextVersion"] == 2


def test_a_post_is_created_trashed_and_restored(api: Api, store: Store, space: SpaceRow) -> None:
    body = {"representation": "storage", "value": "<p>new</p>"}
    given = {"spaceId": space.id, "status": "current", "title": "New", "body": body}
    made = api("POST", "/api/v2/blogposts", json=given).json()
    assert [row.id for row in store.posts("ENG")] == [made["id"]]
    answer = api("POST", "/api/v2/blogposts", json=given)
    assert answer.status_code == 400
    assert "same day" in title_of(answer)
    assert api("DELETE", f"/api/v2/blogposts/{made['id']}").status_code == 204
    assert api("DELETE", f"/api/v2/blogposts/{made['id']}").status_code == 404
    assert api.get(f"/api/v2/blogposts/{made['id']}")["status"] == "trashed"
    assert put(api, store.page(made["id"])).json()["status"] == "current"
    assert store.page(made["id"]).body == "<p>new</p>"


def test_a_post_has_labels_attachments_and_properties(
    api: Api, store: Store, post: PageRow
) -> None:
    store.add_labels(post.id, ["ops"])
    store.attach(post.id, "a.txt", b"x")
    path = f"/api/v2/blogposts/{post.id}"
    (label,) = api.walk(f"{path}/labels")
    assert [row["id"] for row in api.walk(f"/api/v2/labels/{label['id']}/blogposts")] == [post.id]
    assert api.walk(f"/api/v2/labels/{label['id']}/pages") == []
    (file,) = api.walk(f"{path}/attachments")
    assert (file["title"], file["blogPostId"]) == ("a.txt", post.id)
    api("POST", f"{path}/properties", json={"key": "k", "value": 1})
    assert [row["key"] for row in api.walk(f"{path}/properties")] == ["k"]
    allowed = {row["operation"] for row in api.get(f"{path}/operations")["operations"]}
    assert "update" in allowed
    store.read_only_page(post.id)
    assert put(api, post).status_code == 404


# -- Data Center -----------------------------------------------------------------------------------


def test_a_listing_has_the_type_that_is_asked_for(
    dc: Dc, server: Sandbox, dc_post: PageRow
) -> None:
    later = server.store.create_post("ENG", "News", "<p>x</p>", at="2026-04-01T00:00:00.000Z")
    for path in ("/rest/api/content", "/rest/api/content/scan"):
        asked = {"spaceKey": "ENG", "expand": "version,history"}
        found = dc.walk(path, type="blogpost", **asked)
        assert [(r["id"], r["type"], r["history"]["createdDate"]) for r in found] == [
            (dc_post.id, "blogpost", AT),
            (later.id, "blogpost", later.created_at),
        ]
        assert {r["type"] for r in dc.walk(path, type="page", **asked)} == {"page"}
    by_day = dc.walk("/rest/api/content", type="blogpost", title="news", postingDay=DAY)
    assert [r["id"] for r in by_day] == [dc_post.id]
    in_space = dc.walk("/rest/api/space/ENG/content/blogpost")
    assert [r["id"] for r in in_space] == [dc_post.id, later.id]


def test_a_post_is_content_like_any_other(dc: Dc, server: Sandbox, dc_post: PageRow) -> None:
    found = dc.page(dc_post.id)
    assert (found["type"], found["ancestors"]) == ("blogpost", [])
    assert found["_links"]["webui"] == "/display/ENG/2026/03/07/News"
    assert dc.put(dc_post, value="<p>two</p>").status_code == 400  # it is no page
    answer = dc.put(dc_post, type="blogpost", value="<p>two</p>", title="Old news")
    assert answer.json()["version"]["number"] == 2
    assert dc.put(dc_post, type="blogpost", value="<p>late</p>").status_code == 409
    now = server.store.page(dc_post.id)
    assert (now.title, now.body, now.created_at) == ("Old news", "<p>two</p>", AT)


def test_a_post_is_created_trashed_and_restored_there(dc: Dc, server: Sandbox) -> None:
    body = {"storage": {"value": "<p>new</p>", "representation": "storage"}}
    made = dc.create("New", type="blogpost", body=body).json()
    assert [row.id for row in server.store.posts("ENG")] == [made["id"]]
    assert dc.create("NEW", type="blogpost").status_code == 400
    assert dc.create("Below", "1", type="blogpost").status_code == 400
    assert dc.create("What", type="whiteboard").status_code == 400
    path = f"/rest/api/content/{made['id']}"
    assert dc("DELETE", path).status_code == 204
    assert dc("GET", path).status_code == 404
    row = server.store.page(made["id"])
    assert dc.put(row, type="blogpost", body=None).json()["status"] == "current"


# -- the browser -----------------------------------------------------------------------------------


def test_the_browser_shows_a_post_and_edits_it(sandbox: Sandbox, post: PageRow) -> None:
    space = requests.get(f"{sandbox.url}/spaces/ENG", timeout=10).text
    assert f"/pages/{post.id}/News" in space
    page = requests.get(f"{sandbox.url}/spaces/ENG/pages/{post.id}", timeout=10)
    assert page.status_code == 200
    assert "one" in page.text


def test_a_new_post_can_be_dated(api: Api, space: SpaceRow) -> None:
    given = {"spaceId": space.id, "status": "current", "title": "Old", "body": {}}
    given["body"] = {"representation": "storage", "value": "<p>x</p>"}
    made = api("POST", "/api/v2/blogposts", json={**given, "createdAt": "2024-02-29T10:00:00Z"})
    assert made.json()["createdAt"] == "2024-02-29T10:00:00.000Z"
    assert api("POST", "/api/v2/blogposts", json={**given, "createdAt": "x"}).status_code == 400
