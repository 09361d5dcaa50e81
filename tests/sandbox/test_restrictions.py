"""The people who alone may read or update a page: shown, set, added, removed, and no lock-out."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Store
from confsync.sandbox.store.rows import account_id

from .conftest import Api
from .dc_api import Dc

ME = {"type": "known", "accountId": account_id("Me")}
ANA = {"type": "known", "accountId": account_id("Ana")}


def named(answer: Any, operation: str, kind: str = "user") -> list[str]:
    (row,) = [one for one in answer["results"] if one["operation"] == operation]
    found = row["restrictions"][kind]["results"]
    return sorted(one.get("displayName") or one["name"] for one in found)


def given(operation: str, **kinds: Any) -> dict[str, Any]:
    return {"operation": operation, "restrictions": kinds}


@pytest.fixture
def path(store: Store, page: PageRow) -> str:
    store.add_user("Ana")
    return f"/rest/api/content/{page.id}/restriction"


def test_a_put_replaces_all_restrictions(api: Api, path: str) -> None:
    first = api("PUT", path, json=[given("read", user=[ME, ANA]), given("update", user=[ME])])
    assert named(first.json(), "read") == ["Ana", "Me"]
    second = api("PUT", path, json={"results": [given("update", user=[ME])]}).json()
    assert (named(second, "read"), named(second, "update")) == ([], ["Me"])
    assert second["restrictionsHash"] != first.json()["restrictionsHash"]
    assert api.get(path) | {"_links": None} == second | {"_links": None}


def test_a_post_adds_and_a_delete_takes_all_away(api: Api, path: str) -> None:
    api("POST", path, json=[given("read", user=[ME])])
    groups = [{"type": "group", "name": "confluence-users"}]
    found = api("POST", path, json=[given("read", user=[ANA], group=groups)]).json()
    assert named(found, "read") == ["Ana", "Me"]
    assert named(found, "read", "group") == ["confluence-users"]
    assert named(api("DELETE", path).json(), "read") == []


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_user_is_not_locked_out_by_the_own_request(api: Api, path: str, method: str) -> None:
    answer = api(method, path, json=[given("update", user=[ANA])])
    assert answer.status_code == 400
    assert "revoke your own access" in answer.json()["message"]
    assert named(api.get(path), "update") == []


def test_one_user_and_one_group(api: Api, path: str) -> None:
    api("PUT", path, json=[given("read", user=[ME])])
    one, query = f"{path}/byOperation/read/user", {"accountId": account_id("Ana")}
    assert api("GET", one, params=query).status_code == 404
    assert api("PUT", one, params=query).status_code == 200
    assert api("GET", one, params=query).status_code == 200
    assert named(api.get(path), "read") == ["Ana", "Me"]
    assert api("DELETE", one, params=query).status_code == 200
    assert named(api.get(path), "read") == ["Me"]
    last = api("DELETE", one, params={"accountId": account_id("Me")})
    assert last.status_code == 200
    group = f"{path}/byOperation/update/byGroupId/confluence-users"
    assert api("PUT", group).status_code == 200
    assert named(api.get(path), "update", "group") == ["confluence-users"]
    assert api("DELETE", group).status_code == 200
    assert api("DELETE", group).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "x",
        [1],
        [{"operation": "read"}],
        [given("export", user=[ME])],
        [given("read", user="me")],
        [given("read", user=[{"type": "known"}])],
    ],
)
def test_a_wrong_request_changes_nothing(api: Api, path: str, wrong: Any) -> None:
    api("PUT", path, json=[given("read", user=[ME])])
    assert api("PUT", path, json=wrong).status_code == 400
    assert named(api.get(path), "read") == ["Me"]


def test_a_permission_is_checked(api: Api, store: Store, page: PageRow, path: str) -> None:
    def may(operation: str, kind: str, identifier: str) -> bool:
        subject = {"type": kind, "identifier": identifier}
        asked = {"subject": subject, "operation": operation}
        where = path.replace("restriction", "permission/check")
        return bool(api("POST", where, json=asked).json()["hasPermission"])

    ana = account_id("Ana")
    assert may("update", "user", ana)
    api("PUT", path, json=[given("update", user=[ME])])
    assert may("read", "user", ana)
    assert not may("update", "user", ana)
    assert not may("delete", "group", "confluence-users")
    store.read_only_page(page.id)
    assert not may("update", "user", account_id("Me"))


def test_a_data_center_changes_what_is_named_only(dc: Dc, guide: PageRow) -> None:
    path = f"/rest/api/content/{guide.id}/restriction"
    me = {"type": "known", "username": "me"}
    ana = {"type": "known", "username": "ana"}
    both = [given("read", user=[me, ana]), given("update", user=[me])]
    answer = dc.session.put(f"{dc.base}{path}", json=both, timeout=10)
    assert (answer.status_code, named(answer.json(), "read")) == (200, ["Ana", "Me"])
    answer = dc("PUT", path, json=[given("update", user=[])])
    assert named(answer.json(), "read") == ["Ana", "Me"]
    assert named(answer.json(), "update") == []
    one = dc.get(f"{path}/byOperation/read")
    assert one["restrictions"]["user"]["size"] == 2
    assert dc("PUT", path, json=[given("read", user=[ana])]).status_code == 400
