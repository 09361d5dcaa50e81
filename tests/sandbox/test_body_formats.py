"""Bodies in Cloud's other format are refused by its name, wherever bodies come or go."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from confsync.sandbox import Sandbox, Store
from confsync.sandbox.operations import OPERATIONS, Operation

from .conftest import Api, Spec
from .dc_api import Dc
from .sent import sent
from .test_operations import DOCUMENTS
from .world import World, path_of, world

ADF = "atlas_doc_format"
TEXT = '{"version": 1, "type": "doc", "content": []}'
READ = (
    "/attachments/{id}/footer-comments",
    "/blogposts",
    "/blogposts/{id}",
    "/blogposts/{id}/footer-comments",
    "/blogposts/{id}/inline-comments",
    "/blogposts/{id}/versions",
    "/footer-comments",
    "/footer-comments/{comment-id}",
    "/footer-comments/{id}/children",
    "/footer-comments/{id}/versions",
    "/inline-comments",
    "/inline-comments/{comment-id}",
    "/inline-comments/{id}/children",
    "/inline-comments/{id}/versions",
    "/labels/{id}/blogposts",
    "/labels/{id}/pages",
    "/pages",
    "/pages/{id}",
    "/pages/{id}/footer-comments",
    "/pages/{id}/inline-comments",
    "/pages/{id}/versions",
    "/spaces/{id}/blogposts",
    "/spaces/{id}/pages",
    "/tasks",
    "/tasks/{id}",
)
WRITTEN = (
    "POST /pages",
    "PUT /pages/{id}",
    "POST /blogposts",
    "PUT /blogposts/{id}",
    "POST /footer-comments",
    "PUT /footer-comments/{comment-id}",
    "POST /inline-comments",
    "PUT /inline-comments/{comment-id}",
    "POST /rest/api/content",
    "PUT /rest/api/content/{contentId}",
    "POST /rest/api/content/{id}/copy",
)
EXPANDED = (
    "/rest/api/content?expand=body.{}",
    "/rest/api/content/{{id}}?expand=version,body.{}",
    "/rest/api/content/scan?expand=body.{}",
    "/rest/api/content/search?cql=type=page&expand=body.{}",
    "/rest/api/search?cql=type=page&expand=content.body.{}",
    "/rest/api/content/{{id}}/child?expand=page.body.{}",
    "/rest/api/content/{{id}}/child/page?expand=body.{}",
    "/rest/api/content/{{id}}/child/comment?expand=body.{}",
    "/rest/api/content/{{id}}/descendant/page?expand=body.{}",
    "/rest/api/content/{{id}}/version/1?expand=content.body.{}",
    "/rest/api/space/ENG/content?expand=body.{}",
    "/rest/api/space/ENG/content/page?expand=body.{}",
    "/rest/api/space?expand=homepage.body.{}",
)
BODIES = {
    "flat": {"representation": ADF, "value": TEXT},
    "nested": {ADF: {"representation": ADF, "value": TEXT}},
    "bare": {ADF: {"value": TEXT}},
    "mislabelled": {"storage": {"representation": ADF, "value": TEXT}},
}


@pytest.fixture
def made(store: Store) -> World:
    store.create_space("ENG", "Engineering", "Home")
    return world(store, 1)


def operation(name: str) -> Operation:
    wanted = [one for one in OPERATIONS if f"{one.method} {one.path}" == name]
    return next((one for one in wanted if one.document != "datacenter"), wanted[0])


def refused(answer: requests.Response, instead: str) -> None:
    """Assert a 400 in the API's envelope that names the format, and what to use instead."""
    assert answer.status_code == 400, answer.text
    said = answer.json()
    text = said["errors"][0]["title"] if "errors" in said else said["message"]
    assert f"'{ADF}'" in text
    assert instead in text


@pytest.mark.parametrize("path", READ[1:])
def test_a_read_of_v2(api: Api, made: World, path: str) -> None:
    where = f"/api/v2{path_of(operation(f'GET {path}'), made)}"
    refused(api("GET", where, params={"body-format": ADF}), "body-format=storage")
    assert api("GET", where, params={"body-format": "storage"}).status_code == 200


def test_the_reads_are_those_of_the_document(specs: dict[str, Spec]) -> None:
    if not specs:
        pytest.skip("CONFSYNC_SPECS does not say where the specifications are")
    with_bodies = {
        path
        for path, methods in specs["/wiki"].document["paths"].items()
        for one in methods.get("get", {}).get("parameters", ())
        if one.get("name") == "body-format" and "custom-content" not in path
    }
    assert with_bodies == set(READ)


@pytest.mark.parametrize("form", BODIES)
@pytest.mark.parametrize("name", WRITTEN)
def test_a_write(api: Api, made: World, name: str, form: str) -> None:
    found = operation(name)
    prefix = DOCUMENTS[found.document].removeprefix("/wiki")
    given: Any = sent(found, made)["json"] | {"body": BODIES[form]}
    state = made.store.database.state()
    refused(api(found.method, f"{prefix}{path_of(found, made)}", json=given), "'storage'")
    assert made.store.database.state() == state


def test_a_comment_of_v1(api: Api, made: World) -> None:
    on = {"type": "comment", "container": {"id": made.page.id}, "body": BODIES["nested"]}
    refused(api("POST", "/rest/api/content", json=on), "'storage'")
    change = {"type": "comment", "version": {"number": 2}, "body": BODIES["nested"]}
    path = f"/rest/api/content/{made.ids['comments']}"
    refused(api("PUT", path, json=change), "'storage'")


@pytest.mark.parametrize("path", EXPANDED)
def test_a_read_of_v1(api: Api, made: World, path: str) -> None:
    refused(api("GET", path.format(ADF).format(id=made.page.id)), "expand=body.storage")
    # the document of what is left of v1 does not have most of these
    taken = api.base + path.format("storage").format(id=made.page.id)
    assert api.session.get(taken, timeout=10).status_code == 200


def test_what_v1_has_lost_stays_lost_behind_the_gateway(sandbox: Sandbox, api: Api) -> None:
    path = f"{sandbox.gateway_url}/rest/api/content?expand=body.{ADF}"
    assert api.session.get(path, timeout=10).status_code == 410


def test_a_data_center_has_no_such_format_to_ask_for(dc: Dc) -> None:
    path = "/rest/api/content"
    assert dc("GET", path, params={"expand": f"body.{ADF}"}).status_code == 200
    refused(dc.create("New", body=BODIES["nested"]), "'storage'")


def test_other_formats_are_named_too(api: Api, made: World) -> None:
    for path, name in ((f"/api/v2/pages/{made.page.id}", "editor"), ("/api/v2/pages", "view")):
        answer = api("GET", path, params={"body-format": name})
        assert f"'{name}'" in answer.json()["errors"][0]["title"]
    wiki = {"representation": "wiki", "value": "h1. Hello"}
    given = {"spaceId": made.page.space_id, "title": "New", "body": wiki}
    answer = api("POST", "/api/v2/pages", json=given)
    assert (answer.status_code, "'wiki'" in answer.text) == (400, True)


def test_a_copy_takes_a_body_of_its_own(api: Api, made: World) -> None:
    given = {
        "destination": {"type": "parent_page", "value": made.page.id},
        "pageTitle": "Other text",
        "body": {"storage": {"representation": "storage", "value": "<p>mine</p>"}},
    }
    answer = api("POST", f"/rest/api/content/{made.page.id}/copy", json=given)
    assert answer.json()["body"]["storage"]["value"] == "<p>mine</p>"
