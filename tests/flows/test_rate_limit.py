"""A rate limit, as a person sees it: a line while confsync waits, a sentence when it gives up."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

LINE = "waiting 42 s: the server's rate limit\n"


def limited(wiki: Sandbox, times: int) -> None:
    """Answer so many requests with 429."""
    left = [429] * times
    wiki.faults.retry_after = 42
    wiki.faults.refuse = lambda method, path: left.pop() if left else None


@pytest.mark.parametrize(
    ("options", "terminal", "told"),
    [
        ([], False, True),
        (["-v"], False, True),
        ([], True, True),
        (["-q"], True, False),
        (["-q", "-v"], True, False),
        (["-q"], False, False),
        (["--json"], True, False),
        (["--json", "-v"], False, True),
        (["-vv"], False, True),
    ],
)
def test_a_wait_is_told_with_and_without_a_terminal(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    terminal: bool,
    told: bool,
) -> None:
    desk = desk_at()
    page = wiki.store.create_page("ENG", "Guide", "<p>text</p>")
    limited(wiki, 1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    run = desk("pull", *options)
    assert run.err.count(LINE) == told
    assert page.title not in run.err
    assert "<p>text</p>" in desk.text("ENG/guide.xhtml")
    assert LINE not in run.out


def test_beyond_patience_the_command_ends_and_says_when_to_try_again(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    limited(wiki, 1000)
    wiki.faults.retry_after = 3600
    wiki.clear_requests()
    run = desk("pull", exit=3)
    assert "the server asks to wait 3600 s; confsync waits 300 s at most" in run.err
    assert "hint: try again after 20" in run.err
    assert len(wiki.requests) == 1
