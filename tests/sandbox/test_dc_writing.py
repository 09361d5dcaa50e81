"""Data Center's v1: writing, above all the compare-and-swap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox

from .dc_api import Dc, envelope

CONTENT = "/rest/api/content"


def message(answer: requests.Response) -> str:
    return str(answer.json()["message"])


def test_an_update_makes_the_next_version(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    answer = dc.put(guide, value='<p>"two"</p><br/>', title="Guide 2", message="why")
    assert answer.status_code == 200
    found = answer.json()
    stored = "<p>&quot;two&quot;</p><br />"
    assert found["version"]["number"] == 2
    assert found["version"]["message"] == "why"
    assert found["version"]["by"]["username"] == server.user
    assert found["body"]["storage"]["value"] == stored
    now = server.store.page(guide.id)
    assert (now.version, now.title, now.body, now.author) == (2, "Guide 2", stored, "Me")
    assert server.store.width_resets == []


@pytest.mark.parametrize("number", [0, 1, 3, 7])
def test_any_other_number_is_a_conflict(
    server: Sandbox, dc: Dc, guide: PageRow, number: int
) -> None:
    answer = dc.put(guide, value="<p>mine</p>", number=number)
    text = "Version must be incremented on update. Current version is: 1"
    assert (answer.status_code, answer.json()) == (409, envelope(409, text, "Conflict"))
    assert server.store.page(guide.id) == guide


@pytest.mark.parametrize("version", [None, {}, {"message": "x"}, {"number": "2"}])
def test_without_a_number_nothing_happens(
    server: Sandbox, dc: Dc, guide: PageRow, version: Any
) -> None:
    answer = dc.put(guide, version=version)
    text = "Must supply an incremented version when updating Content. No version supplied."
    assert (answer.status_code, answer.json()) == (400, envelope(400, text, "Bad Request"))
    assert server.store.page(guide.id) == guide


def test_of_twenty_writers_of_the_same_version_one_wins(server: Sandbox, guide: PageRow) -> None:
    def write(writer: int) -> int:
        dc = Dc(server, None)
        status = dc.put(guide, value=f"<p>{writer}</p>").status_code
        dc.session.close()
        return status

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(write, range(20)))
    assert sorted(statuses) == [200] + [409] * 19
    assert server.store.page(guide.id).body == f"<p>{statuses.index(200)}</p>"
    assert len(server.store.versions(guide.id)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"type": None},
        {"type": "blogpost"},
        {"title": None},
        {"title": " "},
        {"title": "x" * 256},
        {"status": "draft"},
        {"id": "7"},
        {"space": {"key": "OTHER"}},
        {"ancestors": [{"title": "no id"}]},
        {"body": {"storage": {"value": 7, "representation": "storage"}}},
        {"body": {"wiki": {"value": "h1. x", "representation": "wiki"}}},
    ],
)
def test_what_makes_no_sense_is_refused(
    server: Sandbox, dc: Dc, guide: PageRow, changed: dict[str, Any]
) -> None:
    assert dc.put(guide, **changed).status_code == 400
    assert server.store.page(guide.id) == guide


def test_a_taken_title_is_named_with_its_space(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    text = (
        "A page with this title already exists: "
        "A page already exists with the title home in the space with key ENG"
    )
    for answer in (dc.put(guide, title="home"), dc.create("home")):
        assert (answer.status_code, answer.json()) == (400, envelope(400, text, "Bad Request"))
    assert server.store.page(guide.id) == guide


def test_a_malformed_body_says_where(dc: Dc, guide: PageRow) -> None:
    answer = dc.put(guide, value="<p>x</br></p>")
    assert (answer.status_code, message(answer)) == (
        400,
        "Error parsing xhtml: Unexpected close tag </br>; expected </p>.\n"
        " at [row,col {unknown-source}]: [1,5]",
    )


def test_too_much_or_not_json(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    assert dc.put(guide, value="x" * (5 * 1024 * 1024)).status_code == 413
    assert dc("PUT", f"{CONTENT}/{guide.id}", data="{}").status_code == 415
    headers = {"Content-Type": "application/json"}
    for data in ("{", "[]"):
        answer = dc("PUT", f"{CONTENT}/{guide.id}", data=data, headers=headers)
        assert answer.status_code == 400
    assert server.store.page(guide.id) == guide


def test_a_page_that_may_be_seen_and_not_changed(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.read_only_page(guide.id)
    assert dc.page(guide.id)["title"] == "Guide"
    text = (
        "Could not update Content of type : class com.atlassian.confluence.pages.Page "
        f"with id {guide.id}"
    )
    path = f"{CONTENT}/{guide.id}"
    label = [{"prefix": "global", "name": "x"}]
    for answer in (
        dc.put(guide, value="<p>no</p>"),
        dc("DELETE", path),
        dc("POST", f"{path}/label", json=label),
        dc("POST", f"{path}/property", json={"key": "k", "value": 1}),
    ):
        assert (answer.status_code, answer.json()) == (403, envelope(403, text, "Forbidden"))
    assert server.store.page(guide.id).version == 1
    server.store.read_only_page(guide.id, on=False)
    assert dc.put(guide).status_code == 200


def test_a_space_that_may_be_seen_and_not_changed(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.read_only_space("eng")
    assert dc.create("New").status_code == 403
    assert dc.put(guide).status_code == 403
    assert dc.get("/rest/api/space/ENG")["name"] == "Engineering"
    server.store.read_only_space("ENG", on=False)
    assert dc.create("New").status_code == 200


def test_cloud_hides_what_may_not_be_changed() -> None:
    with Sandbox() as cloud:
        cloud.store.create_space("ENG")
        page = cloud.store.create_page("ENG", "Guide", "")
        cloud.store.read_only_page(page.id)
        url, auth = f"{cloud.url}/api/v2/pages/{page.id}", (cloud.user, cloud.token)
        assert requests.get(url, auth=auth, timeout=10).status_code == 200
        given = {
            "id": page.id,
            "status": "current",
            "title": "Guide",
            "body": {"representation": "storage", "value": ""},
            "version": {"number": 2},
        }
        answer = requests.put(url, json=given, auth=auth, timeout=10)
        title = f"Cannot find a page with id [{page.id}]"
        assert (answer.status_code, answer.json()["errors"][0]["title"]) == (404, title)
        assert cloud.store.page(page.id).version == 1


def test_the_parent_is_the_last_of_the_ancestors(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    store = server.store
    home = store.space("ENG").homepage_id
    place = store.create_page("ENG", "Place", "")
    moved = dc.put(guide, ancestors=[{"id": home}, {"id": place.id}])
    assert [one["id"] for one in moved.json()["ancestors"]] == [home, place.id]
    assert store.page(guide.id).parent_id == place.id
    now = store.page(guide.id)
    assert dc.put(now, ancestors=[]).status_code == 200
    now = store.page(guide.id)
    assert now.parent_id == place.id
    under_itself = dc.put(now, ancestors=[{"id": guide.id}])
    assert under_itself.status_code == 400
    nowhere = dc.put(now, ancestors=[{"id": "999"}])
    text = "No parent or not permitted to view content with id : ContentId{id=999}"
    assert (nowhere.status_code, message(nowhere)) == (404, text)
    assert store.page(guide.id) == now


def test_a_put_without_a_body_keeps_it(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    assert dc.put(guide, body=None, title="Renamed", status=None).status_code == 200
    now = server.store.page(guide.id)
    assert (now.body, now.title, now.version) == ("<p>one</p>", "Renamed", 2)


def test_a_minor_edit_is_kept(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    answer = dc.put(guide, version={"number": 2, "minorEdit": True})
    assert answer.json()["version"]["minorEdit"] is True
    versions = dc.get(f"{CONTENT}/{guide.id}/version")["results"]
    assert [one["minorEdit"] for one in versions] == [True, False]


def test_metadata_properties_reset_the_width(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    width = "content-appearance-published"
    path = f"{CONTENT}/{guide.id}/property/{width}"
    dc("POST", f"{CONTENT}/{guide.id}/property", json={"key": width, "value": "full-width"})
    assert dc.put(guide).status_code == 200
    assert dc.get(path)["value"] == "full-width"
    now = server.store.page(guide.id)
    assert dc.put(now, metadata={"properties": {}}).status_code == 200
    assert dc.get(path)["value"] == "fixed-width"
    assert server.store.width_resets == [guide.id]


def test_labels_in_metadata_replace(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.add_labels(guide.id, ["old"])
    labels = [{"prefix": "global", "name": "new"}]
    assert dc.put(guide, metadata={"labels": labels}).status_code == 200
    assert server.store.page(guide.id).labels == ("new",)
    assert server.store.width_resets == []


def test_creating(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    body = {"storage": {"value": "<p>new</p>", "representation": "storage"}}
    answer = dc.create("New", guide.id, body=body, version={"number": 1, "message": "why"})
    assert answer.status_code == 200
    row = server.store.page(answer.json()["id"])
    assert (row.title, row.body, row.parent_id) == ("New", "<p>new</p>", guide.id)
    assert (row.version, row.message, row.author) == (1, "why", "Me")
    assert dc.create("At the root").json()["ancestors"] == []
    server.faults.drop_message_on_create = True
    assert dc.create("Silent", version={"message": "x"}).json()["version"]["message"] == ""
    assert dc.create("Lost", "999").status_code == 404
    assert dc.create("No space", space=None).status_code == 400
    assert dc.create("Other", space={"key": "x"}).status_code == 404


def test_into_the_trash_back_and_out_for_good(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    path = f"{CONTENT}/{guide.id}"
    early = dc("DELETE", f"{path}?status=trashed")
    text = f"Unable to purge content with id: ContentId{{id={guide.id}}}"
    assert (early.status_code, message(early)) == (400, text)
    assert dc("DELETE", path).status_code == 204
    assert server.store.page(guide.id).status == "trashed"
    assert dc("DELETE", path).status_code == 404
    assert dc("PUT", path, json={"type": "page", "version": {"number": 2}}).status_code == 404
    back = dc("PUT", path, json={"id": guide.id, "status": "current", "version": {"number": 2}})
    assert (back.status_code, back.json()["version"]["number"]) == (200, 2)
    row = server.store.page(guide.id)
    assert (row.status, row.body, row.title) == ("current", "<p>one</p>", "Guide")
    assert dc("DELETE", path).status_code == 204
    assert dc("DELETE", f"{path}?status=trashed").status_code == 204
    assert dc("GET", f"{path}?status=any").status_code == 404
