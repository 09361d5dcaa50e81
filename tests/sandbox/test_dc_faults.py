"""Data Center: who is let in, and all that can go wrong; and the faults that Cloud has as well."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox

from .dc_api import Dc, envelope

CONTENT = "/rest/api/content"


@pytest.fixture(params=["cloud", "datacenter"])
def either(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as sandbox:
        yield sandbox


def test_basic_takes_the_username_and_bearer_the_token(server: Sandbox) -> None:
    url = f"{server.url}/rest/api/user/current"
    assert requests.get(url, auth=("me", server.token), timeout=10).status_code == 200
    bearer = {"Authorization": f"Bearer {server.token}"}
    assert requests.get(url, headers=bearer, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic bWU6eA==", "Bearer wrong", "Bearer", "Digest x"]
)
def test_wrong_credentials_get_a_page(server: Sandbox, header: str) -> None:
    for path in (CONTENT, "/rest/api/no/such/route", "/rest/experimental/content/1/version"):
        answer = requests.get(server.url + path, headers={"Authorization": header}, timeout=10)
        assert answer.status_code == 401
        assert "HTTP Status 401" in answer.text
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
        assert "X-RateLimit-Limit" in answer.headers


def test_an_anonymous_request_is_refused(server: Sandbox) -> None:
    answer = requests.get(server.url + CONTENT, timeout=10)
    text = "Current user not permitted to use Confluence"
    assert (answer.status_code, answer.json()) == (403, envelope(403, text, "Forbidden"))
    assert server.user == "me"
    auth = ("me@example.com", server.token)
    assert requests.get(server.url + CONTENT, auth=auth, timeout=10).status_code == 401


def test_read_only_mode(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.faults.read_only = True
    for answer in (dc.put(guide), dc.create("New"), dc("DELETE", f"{CONTENT}/{guide.id}")):
        assert answer.status_code == 405
        assert answer.json()["data"]["allowedInReadOnlyMode"] is False
        assert "Read-only mode" in answer.json()["message"]
    assert dc.page(guide.id)["version"]["number"] == 1
    assert dc.get("/rest/api/accessmode") == "READ_ONLY"
    server.faults.read_only = False
    assert dc.put(guide).status_code == 200


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "Bad Request"),
        (403, "Could not update Content of type : class com.atlassian.confluence.pages.Page with "),
        (404, "No content found with id: ContentId{id="),
        (405, "com.atlassian.confluence.api.service.exceptions.ReadOnlyException"),
        (409, "Attempted to update stale data. Try again."),
        (429, "Rate limit exceeded."),
        (500, "OptimisticLockException"),
        (501, "Unable to save changes to unreconciled page ContentId{id="),
        (503, "Service Unavailable"),
    ],
)
def test_refusals_read_like_the_real_ones(
    server: Sandbox, dc: Dc, guide: PageRow, status: int, text: str
) -> None:
    server.faults.refuse = lambda method, path: status
    answer = dc.put(guide, value="<p>no</p>")
    assert answer.status_code == status
    assert text in answer.json()["message"]
    assert ("Retry-After" in answer.headers) is (status == 429)
    assert (answer.headers["X-RateLimit-Remaining"] == "0") is (status == 429)
    assert server.store.page(guide.id) == guide


@pytest.mark.parametrize("status", [401, 502])
def test_some_refusals_are_pages(server: Sandbox, dc: Dc, status: int) -> None:
    server.faults.refuse = lambda method, path: status
    answer = dc("GET", CONTENT)
    assert (answer.status_code, f"HTTP Status {status}" in answer.text) == (status, True)


@pytest.mark.parametrize(("status", "title"), [(200, "Log in"), (502, "502 Bad Gateway")])
def test_a_page_instead_of_an_answer(either: Sandbox, status: int, title: str) -> None:
    either.faults.html = lambda method, path: status if path.endswith("/current") else None
    auth = (either.user, either.token)
    url = f"{either.url}/rest/api/user/current"
    answer = requests.get(url, auth=auth, timeout=10)
    assert (answer.status_code, f"<title>{title}</title>" in answer.text) == (status, True)
    assert answer.headers["Content-Type"].startswith("text/html")
    either.faults.html = None
    assert requests.get(url, auth=auth, timeout=10).json()["displayName"] == "Me"


def test_a_slow_answer_comes_after_the_fact(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.faults.slow = lambda method, path: 30 if method == "PUT" else 0
    url, auth = f"{server.url}{CONTENT}/{guide.id}", (server.user, server.token)
    given = {"type": "page", "title": "Guide", "version": {"number": 2}}
    with pytest.raises(requests.ReadTimeout):
        requests.put(url, json=given, auth=auth, timeout=0.3)
    assert server.store.page(guide.id).version == 2
    assert dc.page(guide.id)["version"]["number"] == 2
    started = time.perf_counter()
    server.close()
    assert time.perf_counter() - started < 3


def test_the_rate_limit_empties_and_fills(either: Sandbox) -> None:
    now = 0.0
    either.faults.rate_limit, either.faults.rate_fill, either.faults.rate_interval = 2, 1, 10
    either._gate._bucket.monotonic = lambda: now
    url = f"{either.url}/rest/api/user/current"

    def ask() -> tuple[int, str | None]:
        answer = requests.get(url, auth=(either.user, either.token), timeout=10)
        left = answer.headers.get("X-RateLimit-Remaining")
        assert ("Retry-After" in answer.headers) is (answer.status_code == 429)
        return answer.status_code, left

    server = either.flavor == "datacenter"
    assert [ask() for _ in range(3)] == [
        (200, "1" if server else None),
        (200, "0" if server else None),
        (429, "0" if server else None),
    ]
    now = 10.0
    assert [ask()[0] for _ in range(2)] == [200, 429]
    now = 100.0
    assert [ask()[0] for _ in range(3)] == [200, 200, 429]
    either.faults.rate_limit = 0
    assert ask()[0] == 200


def test_a_lost_response_a_stale_read_and_a_cut(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.faults.lose_response = lambda method, path: method == "PUT"
    with pytest.raises(requests.ConnectionError):
        dc.put(guide, value="<p>landed</p>")
    server.faults.lose_response = None
    assert server.store.page(guide.id).body == "<p>landed</p>"
    server.faults.stale_reads_count = 1
    server.store.edit(guide.id, "<p>three</p>")
    assert [dc.page(guide.id)["version"]["number"] for _ in range(2)] == [2, 3]
    server.faults.truncate = lambda method, path: True
    answer = dc.session.get(f"{server.url}{CONTENT}/{guide.id}", timeout=10)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_more_faults_of_updates_and_listings(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.faults.short_pages = True
    answer = dc.get(CONTENT, limit=2)
    assert (answer["limit"], answer["size"], "next" in answer["_links"]) == (1, 1, True)
    assert len(dc.walk(CONTENT, limit=2)) == 2
    server.faults.no_version_for_identical = True
    assert dc.put(guide).json()["version"]["number"] == 1
    server.faults.drop_message = True
    assert dc.put(guide, value="<p>x</p>", message="why").json()["version"]["message"] == ""
