"""The compare-and-swap, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from confsync.sandbox import ROOT, PageRow, Sandbox, SpaceRow, Store

from .conftest import Api, title_of


def test_an_update_makes_the_next_version(api: Api, page: PageRow, store: Store) -> None:
    answer = api.put(page, value="<p>two</p><br/>", title="Guide 2", message="why")
    assert answer.status_code == 200
    found = answer.json()
    assert found["version"]["number"] == 2
    assert found["version"]["message"] == "why"
    assert found["body"]["storage"]["value"] == "<p>two</p><br />"
    now = store.page(page.id)
    assert (now.version, now.title, now.body) == (2, "Guide 2", "<p>two</p><br />")
    assert (now.author, now.creator, now.message) == ("Me", "Ana", "why")
    assert [(v.number, v.body, v.author) for v in store.versions(page.id)] == [
        (1, "<p>one</p>", "Ana"),
        (2, "<p>two</p><br />", "Me"),
    ]


@pytest.mark.parametrize("number", [0, 1, 3, 7])
def test_any_other_number_is_a_conflict(api: Api, page: PageRow, store: Store, number: int) -> None:
    before = store.page(page.id)
    answer = api.put(page, value="<p>mine</p>", number=number)
    assert answer.status_code == 409
    assert answer.json() == {
        "errors": [
            {
                "status": "409",
                "code": "CONFLICT",
                "title": "Version must be incremented when updating a page. "
                f"Current Version: [1]. Provided version: [{number}]",
                "detail": None,
            }
        ]
    }
    assert store.page(page.id) == before


def test_of_twenty_writers_of_the_same_version_one_wins(
    sandbox: Sandbox, page: PageRow, store: Store
) -> None:
    def write(writer: int) -> int:
        given = {
            "id": page.id,
            "status": "current",
            "title": page.title,
            "body": {"representation": "storage", "value": f"<p>{writer}</p>"},
            "version": {"number": 2},
        }
        url = f"{sandbox.url}/api/v2/pages/{page.id}"
        auth = (sandbox.user, sandbox.token)
        return requests.put(url, json=given, auth=auth, timeout=10).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(write, range(20)))
    assert sorted(statuses) == [200] + [409] * 19
    winner = statuses.index(200)
    assert store.page(page.id).body == f"<p>{winner}</p>"
    assert len(store.versions(page.id)) == 2


@pytest.mark.parametrize("field", ["id", "status", "title", "body", "version"])
def test_each_required_field_is_required(api: Api, page: PageRow, field: str) -> None:
    answer = api.put(page, **{field: None})
    assert answer.status_code == 400
    assert field in title_of(answer)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "999999"},
        {"status": "archived"},
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 256},
        {"title": 7},
        {"version": {"number": "2"}},
        {"version": {"number": True}},
        {"version": {"message": "no number"}},
        {"version": 2},
        {"body": {"representation": "wiki", "value": "h1. x"}},
        {"body": {"representation": "storage"}},
        {"body": "<p/>"},
        {"spaceId": "1"},
    ],
)
def test_requests_that_make_no_sense(
    api: Api, page: PageRow, store: Store, changed: dict[str, object]
) -> None:
    assert api.put(page, **changed).status_code == 400
    assert store.page(page.id) == page


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff"])
def test_a_request_that_is_no_json_object(api: Api, page: PageRow, data: bytes) -> None:
    assert api("PUT", f"/api/v2/pages/{page.id}", data=data).status_code == 400


def test_a_nested_body_is_taken(api: Api, page: PageRow) -> None:
    body = {"storage": {"representation": "storage", "value": "<p>nested</p>"}}
    assert api.put(page, body=body).json()["body"]["storage"]["value"] == "<p>nested</p>"


def test_a_malformed_body(api: Api, page: PageRow) -> None:
    answer = api.put(page, value="<p>one\ntwo</b></p>")
    assert answer.status_code == 400
    assert title_of(answer) == (
        "Error parsing xhtml: Unexpected close tag </b>; expected </p>.\n"
        " at [row,col {unknown-source}]: [2,4]"
    )


def test_a_lone_surrogate(api: Api, page: PageRow) -> None:
    assert api.put(page, value="\ud800").status_code == 400
    assert api.put(page, title="\ud800").status_code == 400


def test_a_request_over_five_megabytes(api: Api, page: PageRow, store: Store) -> None:
    assert api.put(page, value="x" * (5 * 1024 * 1024)).status_code == 413
    assert api.put(page, value="x" * (5 * 1024 * 1024 - 1000)).status_code == 200


def test_titles_are_unique_in_a_space_whatever_their_case(
    api: Api, page: PageRow, store: Store
) -> None:
    other = store.create_page("ENG", "Other", "")
    taken = "A page with this title already exists: "
    taken += "A page already exists with the same TITLE in this space"
    for title in ("Other", "oTHER"):
        answer = api.put(page, title=title)
        assert (answer.status_code, title_of(answer)) == (400, taken)
    store.archive(other.id)
    assert api.put(page, title="other").status_code == 400
    store.restore(other.id)
    store.trash(other.id)
    assert api.put(page, title="other").status_code == 200


def test_a_page_may_change_the_case_of_its_own_title(api: Api, page: PageRow) -> None:
    assert api.put(page, title="GUIDE").json()["title"] == "GUIDE"


def test_the_same_title_in_another_space_is_free(api: Api, page: PageRow, store: Store) -> None:
    store.create_space("OPS")
    store.create_page("OPS", "Elsewhere", "")
    assert api.put(page, title="Elsewhere").status_code == 200


def test_a_move_is_part_of_the_versioned_write(api: Api, page: PageRow, store: Store) -> None:
    target = store.create_page("ENG", "Target", "")
    folder = store.create_folder("ENG", "Folder")
    assert api.put(page, number=9, parentId=target.id).status_code == 409
    assert store.page(page.id).parent_id == page.parent_id
    moved = api.put(page, parentId=target.id).json()
    assert (moved["parentId"], moved["parentType"]) == (target.id, "page")
    moved = api.put(store.page(page.id), parentId=folder.id).json()
    assert (moved["parentId"], moved["parentType"]) == (folder.id, "folder")
    assert api.put(store.page(page.id)).json()["parentId"] == folder.id


def test_moves_that_are_refused(api: Api, page: PageRow, store: Store) -> None:
    child = store.create_page("ENG", "Child", "", parent=page.id)
    grandchild = store.create_page("ENG", "Grandchild", "", parent=child.id)
    store.create_space("OPS")
    elsewhere = store.create_page("OPS", "Elsewhere", "", parent=ROOT)
    for parent in (page.id, child.id, grandchild.id, elsewhere.id):
        assert api.put(page, parentId=parent).status_code == 400
    store.trash(grandchild.id)
    for parent in ("999999", grandchild.id):
        assert api.put(page, parentId=parent).status_code == 404
    assert store.page(page.id) == page


def test_an_identical_update_makes_a_version_by_default(api: Api, page: PageRow) -> None:
    assert api.put(page).json()["version"]["number"] == 2


def test_an_identical_update_makes_no_version_with_the_fault(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store
) -> None:
    sandbox.faults.no_version_for_identical = True
    answer = api.put(page, message="again")
    assert (answer.status_code, answer.json()["version"]["number"]) == (200, 1)
    assert store.page(page.id) == page
    assert api.put(page, number=1).status_code == 409
    target = store.create_page("ENG", "Target", "")
    assert api.put(page, parentId=target.id).json()["version"]["number"] == 2
    changed = api.put(store.page(page.id), value="<p>x</p>").json()
    assert changed["version"]["number"] == 3


def test_an_update_of_a_trashed_page_restores_its_old_content(
    api: Api, page: PageRow, store: Store, space: SpaceRow
) -> None:
    store.trash(page.id)
    assert api.put(page, number=1).status_code == 409
    found = api.put(page, value="<p>ignored</p>").json()
    assert (found["status"], found["version"]["number"]) == ("current", 2)
    assert found["parentId"] == space.homepage_id
    assert found["body"]["storage"]["value"] == "<p>one</p>"


def test_a_trashed_page_whose_title_was_taken_meanwhile(
    api: Api, page: PageRow, store: Store
) -> None:
    store.trash(page.id)
    store.create_page("ENG", "guide", "")
    assert api.put(page).status_code == 400
    assert store.page(page.id).status == "trashed"


def test_an_archived_page_cannot_be_updated(api: Api, page: PageRow, store: Store) -> None:
    store.archive(page.id)
    assert api.put(page).status_code == 400


def test_a_page_that_is_not_there_or_not_to_be_seen(api: Api, page: PageRow, store: Store) -> None:
    store.restrict(page.id)
    answer = api.put(page, value="<p>open")
    assert (answer.status_code, title_of(answer)) == (
        404,
        f"Cannot find a page with id [{page.id}]",
    )
    store.unrestrict(page.id)
    store.purge(page.id)
    assert api.put(page).status_code == 404


@pytest.mark.parametrize("ignored", [False, True])
def test_a_minor_edit_is_kept_unless_the_server_does_not_know_the_field(
    sandbox: Sandbox, api: Api, page: PageRow, ignored: bool
) -> None:
    sandbox.faults.ignore_minor = ignored
    content = {
        "id": page.id,
        "status": "current",
        "title": page.title,
        "body": {"representation": "storage", "value": "<p>two</p>"},
        "version": {"number": 2, "minorEdit": True},
    }
    path = f"/api/v2/pages/{page.id}"
    made = api("PUT", path, json=content).json()
    assert made["version"]["minorEdit"] is not ignored
    api.put(sandbox.store.page(page.id), value="<p>three</p>")
    assert [one["minorEdit"] for one in api.walk(f"{path}/versions")] == [
        False,
        not ignored,
        False,
    ]
    assert api.get(path, version=2)["version"]["minorEdit"] is not ignored
    assert api.get(f"{path}/versions/2")["minorEdit"] is not ignored
