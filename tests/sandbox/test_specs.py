"""The validator itself: it must fail on wrong answers, or it proves nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from confsync.sandbox import PageRow

from .conftest import Api
from .dc_api import Dc
from .specs import Spec, SpecError


@pytest.fixture
def spec(specs: dict[str, Spec]) -> Spec:
    if not specs:
        pytest.skip("CONFSYNC_SPECS does not say where the specifications are")
    return specs["/wiki"]


@pytest.fixture
def answer(api: Api, page: PageRow) -> Any:
    return api.page(page.id)


@pytest.mark.parametrize("field", ["id", "status", "title", "spaceId", "version"])
def test_a_page_without_a_field_is_wrong(spec: Spec, answer: Any, field: str) -> None:
    del answer[field]
    with pytest.raises(SpecError, match=field):
        spec.check("GET", "/wiki/api/v2/pages/1", 200, answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 7),
        ("status", "gone"),
        ("title", None),
        ("parentType", "blog"),
        ("createdAt", "yesterday"),
        ("position", "first"),
        ("version", {"number": "3"}),
        ("version", {"message": "no number"}),
        ("body", {"storage": {"value": 1}}),
    ],
)
def test_a_page_with_a_wrong_value_is_wrong(
    spec: Spec, answer: Any, field: str, value: object
) -> None:
    wrong = copy.deepcopy(answer) | {field: value}
    with pytest.raises(SpecError):
        spec.check("GET", "/wiki/api/v2/pages/1", 200, wrong)


def test_null_is_allowed_where_servers_answer_it(spec: Spec, answer: Any) -> None:
    answer.update(parentId=None, parentType=None, ownerId=None)
    answer["version"]["message"] = None
    spec.check("GET", "/wiki/api/v2/pages/1", 200, answer)


def test_an_unknown_path_status_or_envelope_is_wrong(spec: Spec, answer: Any) -> None:
    with pytest.raises(SpecError, match="not in the spec"):
        spec.check("GET", "/wiki/api/v2/spaces/1/folders", 200, {})
    with pytest.raises(SpecError, match="not in the spec"):
        spec.check("PATCH", "/wiki/api/v2/pages/1", 200, answer)
    with pytest.raises(SpecError, match="cannot answer"):
        spec.check("GET", "/wiki/api/v2/pages/1", 202, answer)
    with pytest.raises(SpecError, match="errors"):
        spec.check("GET", "/wiki/api/v2/pages/1", 404, {"message": "no"})


def test_a_listing_without_results_is_wrong(spec: Spec, answer: Any) -> None:
    with pytest.raises(SpecError, match="results"):
        spec.check("GET", "/wiki/api/v2/pages", 200, answer)
    listing = {"results": [{**answer, "id": 1}], "_links": {"base": ""}}
    with pytest.raises(SpecError, match=r"\$.results\[0\].id"):
        spec.check("GET", "/wiki/api/v2/pages", 200, listing)


def test_a_wrong_request_is_wrong(spec: Spec) -> None:
    with pytest.raises(SpecError, match="version"):
        spec.check_request("PUT", "/wiki/api/v2/pages/1", {"id": "1", "title": ""})


def test_data_centers_document_is_strict_too(dc: Dc, guide: PageRow) -> None:
    if dc.spec is None:
        pytest.skip("CONFSYNC_SPECS does not say where the specifications are")
    path = f"/rest/api/content/{guide.id}"
    answer = dc.page(guide.id)
    dc.spec.check("GET", path, 200, answer)
    for field, value in (("id", 7), ("title", None), ("version", {}), ("ancestors", [{"id": "1"}])):
        with pytest.raises(SpecError):
            dc.spec.check("GET", path, 200, {**answer, field: value})
    with pytest.raises(SpecError, match="message"):
        dc.spec.check("GET", path, 404, {"statusCode": 404})
    with pytest.raises(SpecError, match="not in the spec"):
        dc.spec.check("GET", "/rest/api/no/such/route", 200, answer)
