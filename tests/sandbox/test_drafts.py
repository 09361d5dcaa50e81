"""Drafts of pages and blog posts: hidden, changed, published and discarded."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, SpaceRow, Store

from .conftest import Api, title_of

TEXT = {"representation": "storage", "value": "<p>draft</p>"}


@pytest.fixture(params=["pages", "blogposts"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def draft(api: Api, space: SpaceRow, kind: str) -> dict[str, Any]:
    given = {"spaceId": space.id, "status": "draft", "title": "New", "body": TEXT}
    answer = api("POST", f"/api/v2/{kind}", json=given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def change(api: Api, kind: str, draft: dict[str, Any], **more: Any) -> Any:
    given = {
        "id": draft["id"],
        "status": "draft",
        "title": "Newer",
        "body": {**TEXT, "value": "<p>changed</p>"},
        "version": {"number": 1},
        **more,
    }
    return api("PUT", f"/api/v2/{kind}/{draft['id']}", json=given)


def test_a_draft_is_in_no_listing(api: Api, store: Store, kind: str, draft: dict[str, Any]) -> None:
    assert (draft["status"], draft["version"]["number"]) == ("draft", 1)
    assert draft["id"] not in [one["id"] for one in api.walk(f"/api/v2/{kind}")]
    found = api.get("/rest/api/content/search", cql="title = New")
    assert found["totalSize"] == 0
    path = f"/api/v2/{kind}/{draft['id']}"
    assert api("GET", path).status_code == 404
    shown = api.get(path, **{"get-draft": "true", "body-format": "storage"})
    assert shown["body"]["storage"]["value"] == "<p>draft</p>"
    assert api.get(path, status="draft")["title"] == "New"


def test_a_draft_is_changed_and_published(
    api: Api, store: Store, kind: str, draft: dict[str, Any]
) -> None:
    changed = change(api, kind, draft).json()
    assert (changed["status"], changed["title"]) == ("draft", "Newer")
    made = change(api, kind, draft, status="current", title="Newest").json()
    assert (made["status"], made["title"], made["version"]["number"]) == ("current", "Newest", 1)
    (version,) = store.versions(draft["id"])
    assert (version.title, version.body) == ("Newest", "<p>changed</p>")
    assert draft["id"] in [one["id"] for one in api.walk(f"/api/v2/{kind}")]
    again = change(api, kind, draft, status="current", version={"number": 2}, title="Next").json()
    assert again["version"]["number"] == 2


def test_a_draft_has_version_one(api: Api, kind: str, draft: dict[str, Any]) -> None:
    for status in ("draft", "current"):
        answer = change(api, kind, draft, status=status, version={"number": 2})
        assert answer.status_code == 409


def test_a_draft_is_discarded_for_good(
    api: Api, store: Store, kind: str, draft: dict[str, Any]
) -> None:
    path = f"/api/v2/{kind}/{draft['id']}"
    assert api("DELETE", path).status_code == 404
    assert api("DELETE", path, params={"draft": "true"}).status_code == 204
    assert api("GET", path, params={"get-draft": "true"}).status_code == 404


def test_a_title_is_checked_when_a_draft_is_published(
    api: Api, store: Store, space: SpaceRow
) -> None:
    given = {"spaceId": space.id, "status": "draft", "title": "New", "body": TEXT}
    draft = api("POST", "/api/v2/pages", json=given).json()
    other = store.create_page("ENG", "New", "<p>x</p>")
    answer = change(api, "pages", draft, status="current", title="New")
    assert answer.status_code == 400
    assert "already exists" in title_of(answer)
    made = change(api, "pages", draft, status="current", parentId=other.id).json()
    assert (made["title"], made["parentId"]) == ("Newer", other.id)


def test_a_draft_needs_no_title(api: Api, space: SpaceRow) -> None:
    answer = api("POST", "/api/v2/pages", json={"spaceId": space.id, "status": "draft"})
    assert (answer.status_code, answer.json()["title"]) == (200, "")


@pytest.fixture
def public(store: Store, space: SpaceRow, kind: str) -> PageRow:
    """Return a published page or blog post."""
    make = store.create_page if kind == "pages" else store.create_post
    return make("ENG", "Old", "<p>one</p>")


def test_a_published_page_gets_a_draft_beside_it(
    api: Api, store: Store, kind: str, public: PageRow
) -> None:
    path, one = f"/api/v2/{kind}/{public.id}", {"id": public.id}
    assert change(api, kind, one, version={"number": 2}).status_code == 409
    made = change(api, kind, one).json()
    assert (made["status"], made["title"], made["version"]["number"]) == ("draft", "Newer", 1)
    now = store.page(public.id)
    assert (now.title, now.body, now.version) == ("Old", "<p>one</p>", 1)
    for query in ({"get-draft": "true"}, {"status": "draft"}):
        shown = api.get(path, **query, **{"body-format": "storage"})
        assert (shown["status"], shown["body"]["storage"]["value"]) == ("draft", "<p>changed</p>")
    assert api.get(path)["title"] == "Old"
    change(api, kind, one, title="Newest")
    assert api.get(path, status="draft")["title"] == "Newest"
    assert len(store.versions(public.id)) == 1


def test_a_new_version_takes_the_place_of_a_draft(
    api: Api, store: Store, kind: str, public: PageRow
) -> None:
    path, one = f"/api/v2/{kind}/{public.id}", {"id": public.id}
    change(api, kind, one)
    made = change(api, kind, one, status="current", version={"number": 2}, title="Next").json()
    assert (made["status"], made["title"], made["version"]["number"]) == ("current", "Next", 2)
    assert api("GET", path, params={"status": "draft"}).status_code == 404
    assert api.get(path, **{"get-draft": "true"})["title"] == "Next"


def test_a_draft_of_a_published_page_is_discarded(
    api: Api, store: Store, kind: str, public: PageRow
) -> None:
    path, query = f"/api/v2/{kind}/{public.id}", {"draft": "true"}
    assert api("DELETE", path, params=query).status_code == 404
    change(api, kind, {"id": public.id})
    assert api("DELETE", path, params=query).status_code == 204
    assert store.draft_of(public.id) is None
    assert store.page(public.id).status == "current"


def test_an_impossible_draft_of_a_published_page_is_refused(
    api: Api, store: Store, page: PageRow
) -> None:
    assert change(api, "pages", {"id": page.id}, title="Home").status_code == 400  # taken
    body = {**TEXT, "value": "<p>"}
    assert change(api, "pages", {"id": page.id}, body=body).status_code == 400
    store.trash(page.id)
    assert change(api, "pages", {"id": page.id}).status_code == 400
    assert store.draft_of(page.id) is None


def test_a_read_only_space_takes_no_draft(api: Api, store: Store, space: SpaceRow) -> None:
    store.read_only_space("ENG")
    given = {"spaceId": space.id, "status": "draft", "title": "New"}
    assert api("POST", "/api/v2/pages", json=given).status_code == 404
    assert store.pages("ENG", ("draft",)) == ()
