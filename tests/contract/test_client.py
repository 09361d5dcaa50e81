"""Requests: secrets stay secret, redirects are not followed, and a pause holds for everybody."""

from __future__ import annotations

import io
import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import responses

from confsync import connect
from confsync.errors import (
    APIAccessError,
    ConfsyncError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    WriteRefusedError,
)
from confsync.remote import Credentials, open_remote, rate_limit
from confsync.remote import client as client_module
from confsync.remote.client import Client
from confsync.remote.connect import gateway_of
from confsync.remote.rate_limit import Pace
from confsync.sandbox import Sandbox
from confsync.workers import Workers

SITE = "https://acme.atlassian.net"
URL = f"{SITE}/wiki"
SECRET = "s3cret-token"


def v2(status: int, title: str) -> dict[str, object]:
    return {"errors": [{"status": status, "code": "X", "title": title, "detail": None}]}


JAVA = "com.atlassian.confluence.api.service.exceptions."
ANSWERS = [
    (401, {"code": 401, "message": "Unauthorized; scope does not match"}, CredentialsError,
     "scope"),
    (403, {"message": "Current user not permitted to use Confluence"}, CredentialsError, "creden"),
    (403, {"message": "Could not update Content of type : page"}, PermissionDeniedError, "Could"),
    (404, v2(404, "Not Found"), CredentialsError, "are not accepted"),
    (404, v2(404, "Cannot find a page with id [9]"), NotVisibleError, r"id \[9\]"),
    (404, {"message": f"{JAVA}NotFoundException: No space found with key : X"}, NotVisibleError,
     "^No space found"),
    (400, v2(400, "A page with this title already exists: A page"), WriteRefusedError, "title"),
    (400, {"message": f"{JAVA}BadRequestException: Error parsing xhtml: x"}, WriteRefusedError,
     "^Error parsing"),
    (413, {}, WriteRefusedError, "413"),
    (409, {"message": "Attempted to update stale data. Try again."}, ServerError, "stale data"),
    (500, {"message": "javax.persistence.OptimisticLockException: Batch update"}, ServerError,
     "^Batch"),
    (501, {"message": "Unable to save changes to unreconciled page"}, ServerError, "unreconciled"),
    (410, {}, ServerError, "410"),
]  # fmt: skip


@responses.activate
@pytest.mark.parametrize(("status", "body", "kind", "said"), ANSWERS)
def test_every_answer_has_its_error(
    status: int, body: dict[str, object], kind: type[APIAccessError], said: str
) -> None:
    responses.put(f"{URL}/api/v2/pages/9", json=body, status=status)
    with pytest.raises(kind, match=said) as caught:
        Client(URL, Credentials(SECRET, "me")).put("api/v2/pages/9", {})
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("method", ["get", "put"])
def test_a_redirect_is_not_followed_and_takes_no_credential_along(method: str) -> None:
    elsewhere = responses.add(method.upper(), "https://evil.example/x", json={})
    responses.add(
        method.upper(), f"{URL}/api/x", status=302, headers={"Location": "https://evil.example/x"}
    )
    client = Client(URL, Credentials(SECRET, "me"))
    with pytest.raises(ServerError, match=r"redirects to evil\.example"):
        client.get("api/x") if method == "get" else client.put("api/x", {})
    assert elsewhere.call_count == 0


@responses.activate
def test_a_next_link_to_another_host_is_not_followed() -> None:
    page = {"results": [], "_links": {"next": "https://evil.example/wiki/api/v2/x?cursor=abc"}}
    responses.get(f"{URL}/api/v2/spaces/1/pages", json=page)
    responses.get(f"{URL}/api/v2/spaces/1/pages", json={"results": [], "_links": {}})
    remote = open_remote(URL, Credentials(SECRET, "me"))
    from confsync.model.page import Space

    assert list(remote.listing(Space("1", "ENG", "", None))) == []
    assert [call.request.url.split("/wiki")[0] for call in responses.calls] == [SITE, SITE]
    assert "cursor=abc" in str(responses.calls[1].request.url)


@responses.activate
def test_a_scoped_token_finds_the_gateway_by_itself_and_stays_there() -> None:
    gateway = "https://api.atlassian.com/ex/confluence/11-22/wiki"
    responses.get(f"{URL}/api/v2/spaces", status=401, body="<html>Unauthorized</html>")
    tenant = responses.get(f"{SITE}/_edge/tenant_info", json={"cloudId": "11-22"})
    space = {"id": "1", "key": "ENG", "name": "E", "homepageId": "2"}
    responses.get(f"{gateway}/api/v2/spaces", json={"results": [space]})
    first = {"results": [], "_links": {"next": "/wiki/api/v2/spaces/1/pages?cursor=abc"}}
    responses.get(f"{gateway}/api/v2/spaces/1/pages", json=first)
    responses.get(f"{gateway}/api/v2/spaces/1/pages", json={"results": [], "_links": {}})
    remote = open_remote(URL, Credentials(SECRET, "me"))
    assert list(remote.listing(remote.space("ENG"))) == []
    assert remote.url == gateway
    assert "Authorization" not in tenant.calls[0].request.headers


@responses.activate
def test_the_gateway_is_for_atlassians_own_sites_alone() -> None:
    assert gateway_of("https://wiki.acme.com/confluence") is None
    assert gateway_of("https://acme.atlassian.net.evil.example/wiki") is None
    assert len(responses.calls) == 0


@responses.activate
def test_recorded_flavors_are_told_apart() -> None:
    responses.get("https://c.acme.com/api/v2/spaces", json={"results": []})
    responses.get("https://d.acme.com/x/api/v2/spaces", status=404, body="<html>Not here</html>")
    responses.get("https://l.acme.com/api/v2/spaces", status=302, headers={"Location": "/login"})
    responses.get("https://s.acme.com/api/v2/spaces", status=200, body="<html>Log in</html>")
    for host in ("d.acme.com/x", "l.acme.com", "s.acme.com"):
        responses.get(f"https://{host}/rest/api/user/current", json={"type": "known"})
    found = [
        open_remote(f"https://{host}", Credentials("t")).flavor
        for host in ("c.acme.com", "d.acme.com/x", "l.acme.com", "s.acme.com")
    ]
    assert found == ["cloud", "datacenter", "datacenter", "datacenter"]


@responses.activate
def test_no_secret_is_in_logs_errors_or_reprs() -> None:
    responses.get(f"{URL}/api/x", status=401, json={"message": "no"})
    responses.put(f"{URL}/api/x", status=500, json={"message": "no"})
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        credentials = Credentials(SECRET, "me")
        client = Client(URL, credentials, elsewhere=lambda: None)
        for call in (lambda: client.get("api/x"), lambda: client.put("api/x", {"body": "text"})):
            with pytest.raises(APIAccessError) as caught:
                call()
            said.write(repr(caught.value) + str(caught.value) + caught.value.hint)
        said.write(repr(credentials) + repr(client))
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(logging.WARNING)
    assert "GET api/x: 401" in said.getvalue()
    assert SECRET not in said.getvalue()
    assert "Authorization" not in said.getvalue()


def test_one_pause_holds_for_all_workers() -> None:
    slept: list[float] = []
    clock = [100.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    pace = Pace(sleep, now=lambda: clock[0])
    pace.pause(5)
    pace.pause(2)
    pace.wait()
    pace.wait()
    assert slept == [5.0]


@responses.activate
@pytest.mark.parametrize("seconds", [rate_limit.PATIENCE, rate_limit.PATIENCE + 1])
def test_a_long_pause_is_kept_and_a_longer_one_is_told(seconds: float) -> None:
    headers = {"Retry-After": f"{seconds:.0f}"}
    responses.put(f"{URL}/api/x", status=429, headers=headers)
    responses.put(f"{URL}/api/x", json={"done": True})
    slept: list[float] = []
    clock = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    client = Client(URL, Credentials("t"), pace=Pace(sleep, now=lambda: clock[0]))
    if seconds > rate_limit.PATIENCE:
        with pytest.raises(RateLimitError, match="the server asks to wait 301 s"):
            client.put("api/x", {})
        assert slept == []
    else:
        assert client.put("api/x", {}) == {"done": True}
        assert slept == [seconds]


def test_a_token_is_not_sent_unencrypted_to_another_machine_nor_to_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfsyncError, match="unencrypted"):
        open_remote("http://wiki.example.com", Credentials(SECRET), flavor="datacenter")
    with pytest.raises(ConfsyncError, match="unencrypted"):
        connect("http://wiki.example.com", token=SECRET)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        here = f"http://127.0.0.1:{listening.getsockname()[1]}/wiki"
        session = Client(here, Credentials(SECRET, "me"))._api()._session
        found = session.merge_environment_settings(here, dict(session.proxies), None, None, None)
    assert "http" not in found["proxies"]


@pytest.mark.parametrize(
    ("token", "certificate", "said"),
    [("…", None, "has an invalid character"), ("t", "/nowhere/me.pem", "/nowhere/me.pem")],
)
def test_trouble_on_this_machine_is_told_as_such(
    token: str, certificate: str | None, said: str
) -> None:
    client = Client("https://127.0.0.1:9/wiki", Credentials(token, "me", certificate))
    with pytest.raises(APIAccessError, match=said) as caught:
        client.get("api/x")
    assert caught.value.exit in (4, 5)
    client.close()


@responses.activate
def test_every_thread_finds_the_gateway() -> None:
    gateway = "https://api.atlassian.com/ex/confluence/1/wiki"
    responses.get(f"{URL}/api/x", status=401)
    responses.get(f"{gateway}/api/x", json={"ok": True})
    client = Client(URL, Credentials(SECRET, "me"), elsewhere=lambda: gateway)
    done = list(Workers(6).each(lambda _: client.get("api/x"), range(12)))
    assert done == [{"ok": True}] * 12


@responses.activate
def test_a_proxy_in_front_of_nothing_is_no_confluence() -> None:
    answer = {"message": "no Route matched with those values"}
    for path in ("api/v2/spaces", "rest/api/user/current"):
        responses.get(f"https://n.acme.com/{path}", status=404, json=answer)
    with pytest.raises(ServerError, match="no Confluence API at this URL"):
        open_remote("https://n.acme.com", Credentials("t"))


@responses.activate
@pytest.mark.parametrize("kind", ["seconds", "date", "none"])
def test_retry_after_is_heeded(kind: str) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=7), usegmt=True)
    headers = {"seconds": {"Retry-After": "7"}, "date": {"Retry-After": when}, "none": {}}[kind]
    responses.put(f"{URL}/api/x", status=429, headers=headers)
    responses.put(f"{URL}/api/x", json={"done": True})
    slept: list[float] = []
    clock = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    client = Client(URL, Credentials("t"), pace=Pace(sleep, now=lambda: clock[0]))
    assert client.put("api/x", {}) == {"done": True}
    assert len(slept) == 1
    assert (5.9 <= slept[0] <= 7.0) if kind != "none" else (0 < slept[0] <= 1)


@responses.activate
def test_a_rate_that_stays_limited_is_told() -> None:
    responses.get(f"{URL}/api/x", status=429, headers={"Retry-After": "1"})
    client = Client(URL, Credentials("t"), pace=Pace(lambda _: None, now=time.monotonic))
    client._pace.pause = lambda _: None  # type: ignore[method-assign]
    with pytest.raises(RateLimitError):
        client.get("api/x")
    assert len(responses.calls) == rate_limit.TRIES


@responses.activate
def test_nothing_left_of_the_rate_makes_everybody_wait() -> None:
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "3"}
    responses.get(f"{URL}/api/x", json={}, headers=left)
    slept: list[float] = []
    clock = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    client = Client(URL, Credentials("t"), pace=Pace(sleep, now=lambda: clock[0]))
    client.get("api/x")
    assert slept == []
    client.get("api/x")
    assert slept == [3.0]


def test_timeouts_are_network_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "READ_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        client = Client(f"http://127.0.0.1:{deaf.getsockname()[1]}", Credentials("t", "me"))
        with pytest.raises(NetworkError, match="no answer in time"):
            client.put("api/x", {})
        client.close()


def test_a_client_certificate_and_the_environments_proxies_go_to_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    client = Client(URL, Credentials("t", "me", "/etc/me.pem"))
    api = client._api()
    assert api.cert == "/etc/me.pem"
    found = api._session.merge_environment_settings(URL, {}, None, None, None)
    assert found["proxies"]["https"] == "http://proxy.example:3128"
    client.close()


def test_threads_that_come_and_go_leave_no_connections_behind() -> None:
    with Sandbox() as sandbox:
        client = Client(sandbox.url, Credentials(sandbox.token, sandbox.user))
        for _ in range(5):
            threads = [threading.Thread(target=client.get, args=["api/v2/spaces"]) for _ in "ab"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(client._open) <= 2
        client.close()
        assert client._open == client._idle == []


def test_connections_of_all_threads_are_closed() -> None:
    client = Client(URL, Credentials("t"))
    threads = [threading.Thread(target=client._api) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()
    assert len(client._open) == 3
    client.close()
    assert client._open == []
