"""Conversions of bodies between formats, at once on Data Center and as tasks on Cloud."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Api
from .dc_api import Dc

MACRO = '<p>a<br/>b</p><ac:structured-macro ac:name="toc" />'


def given(value: str, representation: str = "storage") -> dict[str, Any]:
    return {"value": value, "representation": representation}


def test_storage_becomes_a_view(dc: Dc) -> None:
    found = dc("POST", "/rest/api/contentbody/convert/view", json=given(MACRO)).json()
    assert found["representation"] == "view"
    assert "<p>a<br>b</p>" in found["value"].replace("<br/>", "<br>").replace("<br />", "<br>")
    assert "ac:structured-macro" not in found["value"]


def test_the_editors_format_goes_both_ways(dc: Dc) -> None:
    path = "/rest/api/contentbody/convert"
    editor = dc("POST", f"{path}/editor", json=given("<p>a<br/>b</p>")).json()
    back = dc("POST", f"{path}/storage", json=given(editor["value"], "editor")).json()
    assert back["value"] == "<p>a<br />b</p>"


@pytest.mark.parametrize(
    ("source", "target"), [("view", "storage"), ("storage", "wiki"), ("storage", "storage")]
)
def test_an_impossible_conversion_is_named(dc: Dc, source: str, target: str) -> None:
    answer = dc("POST", f"/rest/api/contentbody/convert/{target}", json=given("<p>a</p>", source))
    assert answer.status_code == 400
    assert f"from '{source}' to '{target}'" in answer.json()["message"]


def test_a_body_that_is_not_well_formed_is_refused(dc: Dc) -> None:
    answer = dc("POST", "/rest/api/contentbody/convert/view", json=given("<p>a"))
    assert answer.status_code == 400
    assert "Error parsing xhtml" in answer.json()["message"]


def test_cloud_converts_as_a_task(api: Api) -> None:
    path = "/rest/api/contentbody/convert/async"
    task = api("POST", f"{path}/export_view", json=given("<p>a</p>")).json()["asyncId"]
    found = api.get(f"{path}/{task}")
    assert (found["status"], found["representation"]) == ("COMPLETED", "export_view")
    assert found["value"] == "<p>a</p>"
    assert api("GET", f"{path}/none").status_code == 404


def test_cloud_converts_several_bodies(api: Api) -> None:
    path = "/rest/api/contentbody/convert/async/bulk/tasks"
    inputs = [{"to": "view", "body": given(f"<p>{one}</p>")} for one in "ab"]
    tasks = [one["asyncId"] for one in api("POST", path, json={"conversionInputs": inputs}).json()]
    found = api.get(path, ids=",".join(tasks))
    assert [one["value"] for one in found] == ["<p>a</p>", "<p>b</p>"]
    assert api("POST", path, json={"conversionInputs": [{"to": "view"}]}).status_code == 400


@pytest.mark.parametrize(
    ("source", "to"), [("atlas_doc_format", "storage"), ("storage", "atlas_doc_format")]
)
def test_cloud_names_the_format_that_the_sandbox_lacks(api: Api, source: str, to: str) -> None:
    answer = api("POST", f"/rest/api/contentbody/convert/async/{to}", json=given("{}", source))
    assert answer.status_code == 400
    assert "'atlas_doc_format'" in answer.json()["message"]
