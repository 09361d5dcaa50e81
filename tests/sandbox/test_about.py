"""Cloud's content states, templates and counts of views."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api

STORAGE = {"storage": {"value": "<p>Who came?</p>", "representation": "storage"}}


def names(api: Api, path: str) -> list[str]:
    return [one["name"] for one in api("GET", path).json()]


def test_a_state_makes_a_version_and_changes_no_text(api: Api, store: Store, page: PageRow) -> None:
    path = f"/rest/api/content/{page.id}/state"
    assert api.get(path)["contentState"] is None
    answer = api("PUT", f"{path}?status=current", json={"id": 1})
    assert answer.json()["contentState"] == {"id": 1, "name": "In progress", "color": "#2684ff"}
    now = store.page(page.id)
    assert (now.version, now.body, now.author) == (2, page.body, "Me")
    assert api("DELETE", path).json()["contentState"] is None
    assert store.page(page.id).version == 3


def test_a_state_of_ones_own_is_made_once_and_offered(
    api: Api, page: PageRow, store: Store
) -> None:
    path = f"/rest/api/content/{page.id}/state"
    given = {"name": "Frozen", "color": "#8777D9"}
    first = api("PUT", path, json=given).json()["contentState"]
    assert api("PUT", path, json=given).json()["contentState"] == first
    offered = api.get(f"{path}/available")
    assert offered["customContentStates"] == [first]
    suggested = ["Rough draft", "In progress", "Ready for review"]
    assert [one["name"] for one in offered["spaceContentStates"]] == suggested
    assert names(api, "/rest/api/content-states") == ["Frozen"]
    assert names(api, "/rest/api/space/ENG/state") == suggested
    where = "/rest/api/space/ENG/state/content"
    found = api.get(where, **{"state-id": first["id"]})
    assert [one["title"] for one in found["results"]] == ["Guide"]
    assert api.get(where, **{"state-id": 0})["results"] == []
    store.purge(page.id)
    assert api.get(where, **{"state-id": first["id"]})["results"] == []


@pytest.mark.parametrize(
    "given",
    [{}, {"id": 7}, {"name": "x" * 21, "color": "#ffffff"}, {"name": "x", "color": "red"}],
)
def test_an_impossible_state_is_refused(api: Api, page: PageRow, given: dict[str, Any]) -> None:
    assert api("PUT", f"/rest/api/content/{page.id}/state", json=given).status_code == 400
    assert api.get(f"/rest/api/content/{page.id}/state")["contentState"] is None


def test_a_template_of_a_space_is_made_changed_and_deleted(api: Api, page: PageRow) -> None:
    given = {"name": "Minutes", "templateType": "page", "body": STORAGE, "space": {"key": "ENG"}}
    made = api("POST", "/rest/api/template", json=given).json()
    assert (made["space"]["key"], made["body"]["storage"]["value"]) == ("ENG", "<p>Who came?</p>")
    path = "/rest/api/template/page"
    (listed,) = api.get(path, spaceKey="ENG", expand="body")["results"]
    assert listed["body"]["storage"]["value"] == "<p>Who came?</p>"
    assert "body" not in api.get(path, spaceKey="ENG")["results"][0]
    assert api.get(path)["results"] == []  # those of the site
    changed = {**given, "templateId": made["templateId"], "name": "Notes", "description": "short"}
    assert api("PUT", "/rest/api/template", json=changed).json()["name"] == "Notes"
    one = f"/rest/api/template/{made['templateId']}"
    assert api.get(one)["description"] == "short"
    assert api("DELETE", one).status_code == 204
    assert api("GET", one).status_code == 403  # not 404, by the document
    assert api("PUT", "/rest/api/template", json=changed).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"templateType": "blog"}, {"body": None}, {"space": {"key": "NOT"}}],
)
def test_an_impossible_template_is_refused(
    api: Api, page: PageRow, wrong: dict[str, object]
) -> None:
    given = {"name": "Minutes", "templateType": "page", "body": STORAGE, **wrong}
    assert api("POST", "/rest/api/template", json=given).status_code in (400, 404)
    assert api.get("/rest/api/template/page")["results"] == []


def test_templates_follow_the_rights_in_their_space(
    sandbox: Sandbox, api: Api, store: Store, page: PageRow
) -> None:
    given = {"name": "Minutes", "templateType": "page", "body": STORAGE, "space": {"key": "ENG"}}
    made = api("POST", "/rest/api/template", json=given).json()
    one = f"/rest/api/template/{made['templateId']}"
    store.read_only_space("ENG")
    assert api("POST", "/rest/api/template", json=given).status_code >= 400
    assert api("DELETE", one).status_code >= 400
    store.read_only_space("ENG", on=False)
    sandbox.add_login("Bo", "bo-token")
    store.set_right("Bo", "ENG", "none")
    api.session.auth = ("bo@example.com", "bo-token")
    assert api("GET", one).status_code == 403
    api.session.auth = (sandbox.user, sandbox.token)
    store.remove_space("ENG")
    assert api("GET", one).status_code == 403


def test_views_are_not_counted(api: Api, page: PageRow) -> None:
    for what in ("views", "viewers"):
        found = api.get(f"/rest/api/analytics/content/{page.id}/{what}")
        assert found == {"id": int(page.id), "count": 0}
    assert api("GET", "/rest/api/analytics/content/1/views").status_code == 404
