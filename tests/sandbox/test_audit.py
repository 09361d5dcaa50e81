"""The audit log of a Cloud site: records are sent, found, exported, and only for administrators."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox, Store

from .conftest import Api

PATH = "/rest/api/audit"
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def records(api: Api, store: Store) -> list[str]:
    """Send a record of now and one of two days ago. Return their summaries."""
    now = int(store.clock().timestamp() * 1000)
    for summary, at in (("Space deleted", now), ("User added", now - 2 * DAY)):
        given = {"remoteAddress": "10.0.0.1", "summary": summary, "creationDate": at}
        made = api("POST", PATH, json=given).json()
        assert (made["summary"], made["creationDate"]) == (summary, at)
    return ["Space deleted", "User added"]


def found(api: Api, path: str = PATH, **more: object) -> list[str]:
    return [one["summary"] for one in api.get(path, **more)["results"]]


def test_records_are_found_by_time_and_by_words(api: Api, store: Store, records: list[str]) -> None:
    assert found(api) == records
    yesterday = int(store.clock().timestamp() * 1000) - DAY
    assert found(api, startDate=yesterday) == records[:1]
    assert found(api, endDate=yesterday) == records[1:]
    assert found(api, startDate="2999-01-01") == []
    assert found(api, searchString="USER") == ["User added"]
    assert found(api, f"{PATH}/since", number=1, units="DAYS") == records[:1]
    assert found(api, f"{PATH}/since") == records
    assert api("GET", f"{PATH}?startDate=soon").status_code == 400
    text = api.session.get(f"{api.base}{PATH}/export", timeout=10).text
    assert [line.split(",")[2] for line in text.splitlines()] == ["summary", *records]


def test_the_retention_is_noted(api: Api) -> None:
    assert api.get(f"{PATH}/retention") == {"number": 3, "units": "YEARS"}
    given = {"number": 6, "units": "MONTHS"}
    assert api("PUT", f"{PATH}/retention", json=given).json() == given
    assert api.get(f"{PATH}/retention") == given
    assert api("PUT", f"{PATH}/retention", json={"number": True}).status_code == 400


def test_only_administrators_read_and_write_it(
    sandbox: Sandbox, api: Api, store: Store, records: list[str]
) -> None:
    sandbox.add_login("Bo", "bo-token")
    store.set_right("Bo", "*", "read")
    api.session.auth = ("bo@example.com", "bo-token")
    for path in (PATH, f"{PATH}/since", f"{PATH}/export", f"{PATH}/retention"):
        assert api("GET", path).status_code == 403
    assert api("POST", PATH, json={"remoteAddress": "10.0.0.1"}).status_code == 403
    api.session.auth = (sandbox.user, sandbox.token)
    assert found(api) == records
    assert api("POST", PATH, json={"summary": "no address"}).status_code == 400
