from __future__ import annotations

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api


def request(sandbox: Sandbox, path: str, header: str | None) -> requests.Response:
    headers = {} if header is None else {"Authorization": header}
    return requests.get(sandbox.url + path, headers=headers, timeout=10)


WRONG = [None, "", "Basic", "Basic !", "Basic bWU6eA==", "Bearer wrong", "Bearer", "Digest x"]


@pytest.mark.parametrize("header", WRONG)
def test_v2_hides_behind_a_404(sandbox: Sandbox, page: PageRow, header: str | None) -> None:
    for path in (f"/api/v2/pages/{page.id}", "/api/v2/spaces", "/api/v2/no/such/route"):
        answer = request(sandbox, path, header)
        assert answer.status_code == 404
        error = {"status": 404, "code": "NOT_FOUND", "title": "Not Found", "detail": None}
        assert answer.json() == {"errors": [error]}


@pytest.mark.parametrize("header", WRONG)
def test_v1_says_403(sandbox: Sandbox, header: str | None) -> None:
    for path in ("/rest/api/user/current", "/rest/api/content/1"):
        answer = request(sandbox, path, header)
        assert answer.status_code == 403
        assert answer.json() == {
            "message": "Current user not permitted to use Confluence",
            "statusCode": 403,
        }


def test_a_token_is_accepted_as_basic_and_as_bearer(sandbox: Sandbox, api: Api) -> None:
    assert api("GET", "/rest/api/user/current").status_code == 200
    assert request(sandbox, "/api/v2/spaces", f"Bearer {sandbox.token}").status_code == 200
    auth = ("other@example.com", sandbox.token)
    answer = requests.get(f"{sandbox.url}/api/v2/spaces", auth=auth, timeout=10)
    assert answer.status_code == 404


def test_a_second_user_with_a_token(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    store.add_user("Zoë", "zoe@example.com", "töken")
    answer = requests.put(
        f"{sandbox.url}/api/v2/pages/{page.id}",
        json={
            "id": page.id,
            "status": "current",
            "title": page.title,
            "body": {"representation": "storage", "value": "<p>zoë</p>"},
            "version": {"number": 2},
        },
        auth=("zoe@example.com", "töken".encode()),
        timeout=10,
    )
    assert answer.status_code == 200
    assert store.page(page.id).author == "Zoë"


def test_another_host_name_is_refused(sandbox: Sandbox) -> None:
    headers = {"Host": "evil.example:80"}
    assert requests.get(sandbox.url, headers=headers, timeout=10).status_code == 421


def test_the_tenant_needs_no_credentials(sandbox: Sandbox) -> None:
    url = sandbox.url.removesuffix("/wiki") + "/_edge/tenant_info"
    assert len(requests.get(url, timeout=10).json()["cloudId"]) == 36
