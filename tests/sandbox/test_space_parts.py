"""Spaces: properties with versions, labels with prefixes, and their creation and end."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import SpaceRow, Store

from .conftest import Api
from .dc_api import Dc


def labels(answer: Any) -> list[tuple[str, str]]:
    return [(one["prefix"], one["name"]) for one in answer["results"]]


def test_a_property_of_a_space_has_versions(api: Api, space: SpaceRow) -> None:
    path = f"/api/v2/spaces/{space.id}/properties"
    made = api("POST", path, json={"key": "k", "value": {"a": 1}})
    assert (made.status_code, made.json()["version"]["number"]) == (201, 1)
    one, change = f"{path}/{made.json()['id']}", {"key": "k", "value": {"a": 2}}
    assert api("PUT", one, json={**change, "version": {"number": 2}}).json()["value"] == {"a": 2}
    assert api("PUT", one, json={**change, "version": {"number": 2}}).status_code == 409
    assert api("POST", path, json={"key": "k", "value": 1}).status_code == 400
    assert [row["key"] for row in api.walk(path, key="k")] == ["k"]
    assert api.walk(path, key="other") == []
    assert api("DELETE", one).status_code == 204
    assert api.walk(path) == []


def test_labels_of_a_space_are_not_those_of_its_pages(
    api: Api, store: Store, space: SpaceRow
) -> None:
    page = store.create_page("ENG", "Guide", "<p>x</p>", labels=["ops"])
    path = "/rest/api/space/ENG/label"
    given = [{"prefix": "team", "name": "ops"}, {"prefix": "global", "name": "docs"}]
    answer = api("POST", path, json=given)
    assert labels(answer.json()) == [("global", "docs"), ("team", "ops")]
    assert labels(api.get(path, prefix="team")) == [("team", "ops")]
    assert labels(api.get(f"/api/v2/spaces/{space.id}/labels", prefix="team")) == [("team", "ops")]
    assert labels(api.get(f"/api/v2/spaces/{space.id}/content/labels")) == [("global", "ops")]
    assert labels(api.get("/api/v2/labels")) == [("global", "ops")]
    assert api("DELETE", path, params={"name": "ops", "prefix": "team"}).status_code == 204
    assert labels(api.get(path)) == [("global", "docs")]
    assert store.page(page.id).labels == ("ops",)


def test_a_name_can_have_two_prefixes(api: Api, space: SpaceRow) -> None:
    path = f"/rest/api/space/{space.key}/label"
    for prefix in ("global", "team"):
        answer = api("POST", path, json=[{"prefix": prefix, "name": "ops"}])
    assert labels(answer.json()) == [("global", "ops"), ("team", "ops")]


@pytest.mark.parametrize("wrong", [{"prefix": "x", "name": "a"}, {"prefix": "my", "name": "a b"}])
def test_an_impossible_label_is_refused(api: Api, space: SpaceRow, wrong: Any) -> None:
    answer = api("POST", f"/rest/api/space/{space.key}/label", json=[wrong])
    assert answer.status_code == 400
    assert labels(api.get(f"/rest/api/space/{space.key}/label")) == []


def test_a_space_is_created_renamed_and_deleted(api: Api, store: Store) -> None:
    made = api("POST", "/api/v2/spaces", json={"name": "Road map 2"}).json()
    assert (made["key"], made["name"]) == ("ROADMAP2", "Road map 2")
    assert store.page(made["homepageId"]).title == "Road map 2"
    store.create_page("ROADMAP2", "Guide", "<p>x</p>", labels=["ops"])
    store.create_folder("ROADMAP2", "Things")
    again = api("PUT", "/rest/api/space/ROADMAP2", json={"name": "Plans"}).json()
    assert (again["key"], again["name"]) == ("ROADMAP2", "Plans")
    job = api("DELETE", "/rest/api/space/ROADMAP2")
    assert job.status_code == 202
    assert api.get(f"/rest/api/longtask/{job.json()['id']}")["successful"]
    assert [row.key for row in store.spaces()] == []
    assert api.walk("/api/v2/pages") == []
    assert store.database.all("SELECT id FROM content") == []


def test_a_taken_key_and_an_impossible_one_are_refused(api: Api, space: SpaceRow) -> None:
    for key in (space.key, "a/b", ""):
        answer = api("POST", "/rest/api/space", json={"key": key, "name": "x"})
        assert answer.status_code == 400, key


def test_a_read_only_space_keeps_its_parts(api: Api, store: Store, space: SpaceRow) -> None:
    store.read_only_space("ENG")
    path = f"/api/v2/spaces/{space.id}/properties"
    assert api("POST", path, json={"key": "k", "value": 1}).status_code == 404
    given = [{"prefix": "team", "name": "ops"}]
    assert api("POST", "/rest/api/space/ENG/label", json=given).status_code == 403
    assert api("DELETE", "/rest/api/space/ENG").status_code == 403
    assert (store.properties(space.id), store.space_labels("ENG")) == ((), ())


def test_a_data_center_has_properties_by_key(dc: Dc) -> None:
    path = "/rest/api/space/ENG/property"
    assert dc("POST", path, json={"key": "k", "value": {"a": 1}}).status_code == 200
    change = {"key": "k", "value": {"a": 2}, "version": {"number": 2}}
    assert dc("PUT", f"{path}/k", json=change).json()["value"] == {"a": 2}
    assert dc("PUT", f"{path}/k", json=change).status_code == 409
    assert dc.get(f"{path}/k")["version"]["number"] == 2
    new = dc("PUT", f"{path}/new", json={"value": 1, "version": {"number": 1}})
    assert new.status_code == 200
    assert [row["key"] for row in dc.walk(path)] == ["k", "new"]
    assert dc("DELETE", f"{path}/k").status_code == 204
    assert dc("GET", f"{path}/k").status_code == 404


def test_a_data_center_has_categories_and_counts_labels(dc: Dc, server: Any) -> None:
    store: Store = server.store
    for title, names in (("A", ["ops", "db"]), ("B", ["ops"]), ("C", ["api", "ops", "db"])):
        store.create_page("ENG", title, "<p>x</p>", labels=names)
    assert dc("POST", "/rest/api/space/ENG/category/tools").status_code == 204
    space = dc.get("/rest/api/space/ENG", expand="metadata.labels")
    assert labels(space["metadata"]["labels"]) == [("team", "tools")]
    path = "/rest/api/space/ENG/labels"
    assert [name for _, name in labels(dc.get(path))] == ["api", "db", "ops"]
    assert [name for _, name in labels(dc.get(f"{path}/popular"))] == ["ops", "db", "api"]
    assert labels(dc.get(f"{path}/recent"))[0] == ("global", "api")
    assert [name for _, name in labels(dc.get(f"{path}/db/related"))] == ["ops", "api"]
    assert labels(dc.get("/rest/api/label/popular")) == labels(dc.get(f"{path}/popular"))
    assert dc("DELETE", "/rest/api/space/ENG/category/tools").status_code == 204
    assert store.space_labels("ENG") == ()


def test_a_site_without_roles_says_so(api: Api, space: SpaceRow) -> None:
    assert api.get("/api/v2/space-role-mode") == {"mode": "PRE_ROLES"}
    assert api.get("/api/v2/space-roles")["results"] == []
    assert api.get(f"/api/v2/spaces/{space.id}/role-assignments")["results"] == []
    assert api("GET", "/api/v2/spaces/1/role-assignments").status_code == 404
    ids = [one["id"] for one in api.walk("/api/v2/space-permissions", limit=2)]
    given = api.walk(f"/api/v2/spaces/{space.id}/permissions")
    assert {"{key}/{targetType}".format(**one["operation"]) for one in given} == {*ids}
