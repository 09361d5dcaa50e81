"""Custom content of Cloud: places, versions, the trash, and who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api

PATH = "/api/v2/custom-content"
NOTE: dict[str, Any] = {
    "type": "ac:app:note",
    "title": "Note",
    "body": {"representation": "storage", "value": "<p>one</p>"},
}


def listed(api: Api, path: str = PATH, **more: Any) -> list[str]:
    found = api.get(path, type="ac:app:note", **more)["results"]
    return [one["title"] for one in found]


@pytest.fixture
def note(api: Api, page: PageRow) -> dict[str, Any]:
    answer = api("POST", PATH, json={**NOTE, "pageId": page.id})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_it_is_found_in_its_place(
    api: Api, store: Store, page: PageRow, note: dict[str, Any]
) -> None:
    assert (note["pageId"], note["spaceId"]) == (page.id, page.space_id)
    assert listed(api) == listed(api, f"/api/v2/pages/{page.id}/custom-content") == ["Note"]
    assert listed(api, f"/api/v2/spaces/{page.space_id}/custom-content") == ["Note"]
    below = api("POST", PATH, json={**NOTE, "customContentId": note["id"], "title": "Reply"}).json()
    assert below["customContentId"] == note["id"]
    assert [one["title"] for one in api.get(f"{PATH}/{note['id']}/children")["results"]] == [
        "Reply"
    ]
    post = store.create_post("ENG", "News", "<p>x</p>")
    api("POST", PATH, json={**NOTE, "blogPostId": post.id, "title": "On a post"})
    assert listed(api, f"/api/v2/blogposts/{post.id}/custom-content") == ["On a post"]
    api("POST", PATH, json={**NOTE, "spaceId": page.space_id, "title": "In a space"})
    assert listed(api) == ["Note", "Reply", "On a post", "In a space"]
    assert listed(api, id=note["id"]) == ["Note"]
    assert api.get(PATH, type="ac:app:other")["results"] == []
    assert api("GET", PATH).status_code == 400  # a type must be given


def test_versions_are_compared_and_kept(api: Api, note: dict[str, Any]) -> None:
    one = f"{PATH}/{note['id']}"
    raw = {"representation": "raw", "value": "{not <xml"}
    given = {**NOTE, "id": note["id"], "status": "current", "title": "Newer", "body": raw}
    assert api("PUT", one, json={**given, "version": {"number": 3}}).status_code == 409
    made = api("PUT", one, json={**given, "version": {"number": 2, "message": "why"}}).json()
    assert (made["version"]["number"], made["version"]["message"]) == (2, "why")
    assert made["body"]["raw"]["value"] == "{not <xml"
    shown = api.get(one, **{"body-format": "raw"})
    assert (shown["title"], shown["body"]["raw"]["value"]) == ("Newer", "{not <xml")
    assert api.get(one, version=1)["title"] == "Note"
    numbers = [found["number"] for found in api.get(f"{one}/versions")["results"]]
    assert numbers == [2, 1]
    assert api.get(f"{one}/versions/1")["nextVersion"] == 2
    assert api("GET", f"{one}/versions/3").status_code == 404


def test_it_is_trashed_and_purged(api: Api, store: Store, note: dict[str, Any]) -> None:
    one = f"{PATH}/{note['id']}"
    assert api("DELETE", f"{one}?purge=true").status_code == 400
    assert api("DELETE", one).status_code == 204
    assert (listed(api), api.get(one)["status"]) == ([], "trashed")
    assert api("DELETE", one).status_code == 404
    assert api("DELETE", f"{one}?purge=true").status_code == 204
    assert api("GET", one).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"type": None},
        {"body": None},
        {"body": {"representation": "storage", "value": "<p>"}},
        {"body": {"representation": "atlas_doc_format", "value": "{}"}},
        {"status": "draft"},
        {"pageId": None},
        {"pageId": "1"},
    ],
)
def test_impossible_content_is_refused(
    api: Api, store: Store, page: PageRow, wrong: dict[str, Any]
) -> None:
    answer = api("POST", PATH, json={**NOTE, "pageId": page.id, **wrong})
    assert answer.status_code in (400, 404)
    assert store.custom_contents() == ()


def test_it_has_the_rights_of_its_place(
    sandbox: Sandbox, api: Api, store: Store, page: PageRow, note: dict[str, Any]
) -> None:
    one = f"{PATH}/{note['id']}"
    given = {**NOTE, "id": note["id"], "status": "current", "version": {"number": 2}}
    store.read_only_page(page.id)
    assert api("PUT", one, json=given).status_code == 404
    assert [row["operation"] for row in api.get(f"{one}/operations")["operations"]] == ["read"]
    store.read_only_page(page.id, on=False)
    store.restrict(page.id)
    assert api("GET", one).status_code == 404
    assert listed(api) == []
    assert api("GET", f"{one}/properties").status_code == 404
    store.unrestrict(page.id)
    sandbox.add_login("Bo", "bo-token")
    store.set_right("Bo", "ENG", "none")
    api.session.auth = ("bo@example.com", "bo-token")
    assert api("GET", one).status_code == 404
    assert listed(api) == []
    store.purge(page.id)
    api.session.auth = (sandbox.user, sandbox.token)
    assert listed(api) == []
