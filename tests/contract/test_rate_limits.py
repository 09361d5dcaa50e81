"""Rate limits at the client: every pause is bounded, and no write is repeated after a 503."""

from __future__ import annotations

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import responses

from confsync.errors import APIAccessError, RateLimitError, ServerError
from confsync.mirror import attachment_files as files
from confsync.model.page import AttachmentInfo, Version
from confsync.remote import Credentials, open_remote, rate_limit
from confsync.remote.client import Client
from confsync.remote.rate_limit import Pace
from tests.security.test_media import media, sent_on_to
from tests.security.test_servers import stub

URL = "https://acme.atlassian.net/wiki"
PAST = "Wed, 21 Oct 2015 07:28:00 GMT"


class Slow:
    """A client whose clock only sleeping moves."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        self.told: list[str] = []
        pace = Pace(self.sleep, lambda: self.time, self.told.append)
        self.client = Client(URL, Credentials("t"), pace=pace)

    def sleep(self, seconds: float) -> None:
        assert seconds < 1e6  # as `time.sleep`, which raises OverflowError
        self.slept.append(seconds)
        self.time += seconds


@responses.activate
@pytest.mark.parametrize("after", ["0", "0.0", PAST])
def test_a_pause_of_nothing_is_no_invitation(after: str) -> None:
    responses.put(f"{URL}/api/x", status=429, headers={"Retry-After": after})
    slow = Slow()
    with pytest.raises(RateLimitError, match="the server's rate limit") as caught:
        slow.client.put("api/x", {})
    assert len(responses.calls) <= rate_limit.TRIES
    assert 100 < slow.time <= rate_limit.PATIENCE
    assert slow.slept[0] <= 0.5
    assert caught.value.exit == 3
    assert caught.value.hint.startswith(f"try again after {datetime.now(UTC):%Y-}")


@responses.activate
def test_a_503_that_asks_for_a_pause_gets_it() -> None:
    responses.get(f"{URL}/api/x", status=503, headers={"Retry-After": "42"})
    responses.get(f"{URL}/api/x", json={"done": True})
    slow = Slow()
    assert slow.client.get("api/x") == {"done": True}
    assert slow.slept == [42.0]
    assert slow.told == ["waiting 42 s: the server is busy (503)"]


@responses.activate
@pytest.mark.parametrize("method", ["put", "post"])
def test_a_write_is_not_repeated_after_a_503(method: str) -> None:
    responses.add(method.upper(), f"{URL}/api/x", status=503, headers={"Retry-After": "4"})
    slow = Slow()
    with pytest.raises(ServerError):
        getattr(slow.client, method)("api/x", {})
    assert len(responses.calls) == 1
    assert slow.slept == []


@responses.activate
def test_a_503_beyond_patience_is_told() -> None:
    responses.get(f"{URL}/api/x", status=503, headers={"Retry-After": "3600"})
    slow = Slow()
    with pytest.raises(ServerError, match="asks to wait 3600 s") as caught:
        slow.client.get("api/x")
    assert (caught.value.status, caught.value.retry_after, int(caught.value.exit)) == (503, 3600, 3)
    assert len(responses.calls) == 1
    assert slow.slept == []


@responses.activate
@pytest.mark.parametrize("interval", ["3600", "9" * 30, "9" * 400])
def test_no_interval_is_waited_for_beyond_patience(interval: str) -> None:
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": interval}
    responses.get(f"{URL}/api/x", json={}, headers=left)
    slow = Slow()
    for _ in range(3):
        assert slow.client.get("api/x") == {}
    assert slow.time <= rate_limit.PATIENCE


@responses.activate
@pytest.mark.parametrize("interval", ["1", "40", "150", "300"])
def test_pauses_of_good_answers_together_keep_within_patience(interval: str) -> None:
    left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": interval}
    responses.get(f"{URL}/api/x", json={}, headers=left)
    slow = Slow()
    for _ in range(400):
        assert slow.client.get("api/x") == {}
    assert 0 < slow.time <= rate_limit.PATIENCE


@responses.activate
@pytest.mark.parametrize("after", ["0", "1", "100"])
def test_refusals_and_intervals_together_keep_within_patience(after: str) -> None:
    said = {"X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "250"}
    responses.get(f"{URL}/api/x", status=429, headers={**said, "Retry-After": after})
    slow = Slow()
    with pytest.raises(RateLimitError):
        slow.client.get("api/x")
    assert slow.time <= rate_limit.PATIENCE


@responses.activate
def test_a_wait_is_told_when_a_request_waits() -> None:
    responses.put(f"{URL}/api/x", status=429, headers={"Retry-After": "42"})
    responses.put(f"{URL}/api/x", json={})
    slow = Slow()
    slow.client.put("api/x", {})
    assert slow.told == ["waiting 42 s: the server's rate limit"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_media_host_that_is_busy_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    paused: list[float] = []
    monkeypatch.setattr(Pace, "pause", lambda _, seconds: paused.append(seconds))
    answers = [status]

    def busy(handler: BaseHTTPRequestHandler) -> None:
        if not answers:
            media(handler)
            return
        handler.send_response(answers.pop())
        handler.send_header("Retry-After", "9")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    info = AttachmentInfo("att1", "a.bin", Version(1), 9)
    with stub(busy) as (elsewhere, seen), sent_on_to(f"{elsewhere}/file") as url:
        remote = open_remote(url, Credentials("secret", "me"), flavor="cloud")
        with files.downloading(tmp_path, info) as download:
            remote.download("7", info, download)
        remote.close()
    assert 9.0 in paused
    assert len(seen) == 2


def test_an_error_tells_a_program_how_long() -> None:
    assert APIAccessError("no").retry_after is None
    assert RateLimitError("no", retry_after=7.0).retry_after == 7.0
