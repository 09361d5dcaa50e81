"""Servers as they are: they drop messages, answer late or not at all, and repeat themselves."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
# The server writes this differently, so that only token or answer can tell whose version it is.
MACRO = '<ac:structured-macro ac:name="toc"/>'


def converges(wiki: Sandbox, desk: Desk, page: str, version: int) -> None:
    """After quiet, another push and pull do nothing, and the server has exactly one new version."""
    wiki.clear_requests()
    for command in ("push", "pull", "push"):
        desk(command)
    assert writes(wiki) == []
    assert desk("status").out.startswith("clean")
    assert wiki.store.page(page).version == version


def test_a_server_that_drops_the_message_makes_no_false_conflict(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.drop_message = True
    desk.edit(GUIDE, "8080", f"8081</p>{MACRO}<p>")
    desk("push")
    assert wiki.store.page(guide).message == ""
    converges(wiki, desk, guide, 2)


def test_a_server_that_makes_no_version_says_unchanged(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>a<br />b</p>")
    desk("pull")
    wiki.clear_requests()
    wiki.faults.no_version_for_identical = True
    desk.edit(GUIDE, "<br />", "<br/>")
    files = desk.files()
    run = desk.json("push", exit=1)
    assert run.outcomes == {GUIDE: "unchanged"}
    assert desk.files() == files
    assert wiki.store.page(guide).version == 2
    assert writes(wiki) == [("PUT", 200)]


def test_a_normalised_edit_that_makes_a_version_settles(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>a<br />b</p>")
    desk("pull")
    desk.edit(GUIDE, "<br />", "<br/>")
    desk("push")
    assert "<br />" in desk.text(GUIDE)
    converges(wiki, desk, guide, 3)


@pytest.mark.parametrize("reads", [1, 2, 3])
def test_stale_reads_after_a_push_make_no_false_conflict(
    wiki: Sandbox, desk: Desk, guide: str, reads: int
) -> None:
    wiki.faults.stale_reads_count = reads
    desk.edit(GUIDE, "8080", f"8081</p>{MACRO}<p>")
    desk("push")
    assert writes(wiki) == [("PUT", 200)]
    assert 'ac:macro-id="' in desk.text(GUIDE)
    converges(wiki, desk, guide, 2)


def test_a_server_that_stays_stale_is_settled_by_the_next_push(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.stale_reads_count = 1000
    desk.edit(GUIDE, "8080", f"8081</p>{MACRO}<p>")
    run = desk.json("push", exit=3)
    assert run.outcomes == {GUIDE: "updated"}
    assert "does not show it yet" in run.data["pages"][0]["error"]
    wiki.faults.stale_reads_count = 0
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    assert writes(wiki) == [("PUT", 200)]
    converges(wiki, desk, guide, 2)


def test_a_pull_right_after_a_push_believes_no_older_state(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    files = desk.files()
    # The next write makes the three reads after it stale by one version: the one just pushed.
    wiki.faults.stale_reads_count = 3
    other = wiki.store.create_page("ENG", "Other", "<p>x</p>").id
    desk("pull")
    assert desk.text(GUIDE) == files[GUIDE].decode()
    wiki.faults.stale_reads_count = 0
    desk("pull")
    assert wiki.store.page(other).title == "Other"
    assert desk.text(GUIDE) == files[GUIDE].decode()


@pytest.mark.parametrize("drop_message", [False, True])
def test_a_lost_answer_doubles_nothing(
    wiki: Sandbox, desk: Desk, guide: str, drop_message: bool
) -> None:
    wiki.faults.drop_message = drop_message
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert len(writes(wiki)) == 1
    wiki.faults.lose_response = None
    converges(wiki, desk, guide, 2)


def test_a_lost_answer_with_a_rewritten_body_is_known_by_its_token(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    desk.edit(GUIDE, "8080", f"8081</p>{MACRO}<p>")
    desk("push")
    wiki.faults.lose_response = None
    converges(wiki, desk, guide, 2)


def test_a_lost_answer_then_a_colleague_then_the_next_push_settles_and_says_behind(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    cut: list[str] = []

    def lose_everything_from_the_put_on(method: str, path: str) -> bool:
        if method == "PUT":
            cut.append(path)
        return bool(cut)

    wiki.faults.lose_response = lose_everything_from_the_put_on
    desk.edit(GUIDE, "8080", f"8081</p>{MACRO}<p>")
    run = desk("push", exit=3)
    assert "the next push finds out" in run.out
    wiki.faults.lose_response = None
    mine = wiki.store.page(guide)
    wiki.store.edit(guide, mine.body + "<p>theirs</p>", author="Ana")
    run = desk.json("push")
    assert run.outcomes == {GUIDE: "updated"}
    desk("pull")
    assert "theirs" in desk.text(GUIDE)
    assert "8081" in desk.text(GUIDE)
    converges(wiki, desk, guide, 3)


@pytest.mark.parametrize("status", [409, 500, 501, 502, 503, 504])
def test_a_write_that_failed_is_sent_once_more_and_never_again(
    wiki: Sandbox, desk: Desk, guide: str, status: int
) -> None:
    wiki.faults.refuse = lambda method, path: status if method == "PUT" else None
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    desk("push", exit=None)
    assert writes(wiki) == [("PUT", status), ("PUT", status)]
    assert desk.files() == files
    wiki.faults.refuse = None
    desk("push")
    converges(wiki, desk, guide, 2)


def test_a_race_in_the_database_is_sent_once_more(wiki: Sandbox, desk: Desk, guide: str) -> None:
    failed: list[str] = []

    def once(method: str, path: str) -> int | None:
        if method == "PUT" and not failed:
            failed.append(path)
            return 500
        return None

    wiki.faults.refuse = once
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert writes(wiki) == [("PUT", 500), ("PUT", 200)]
    converges(wiki, desk, guide, 2)


def test_429_is_waited_out_for_writes_too(wiki: Sandbox, desk: Desk, guide: str) -> None:
    seen: list[str] = []

    def limited(method: str, path: str) -> int | None:
        seen.append(method)
        return 429 if len(seen) % 2 else None

    wiki.faults.refuse = limited
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    wiki.faults.refuse = None
    converges(wiki, desk, guide, 2)


def test_a_truncated_answer_to_a_read_is_read_again(wiki: Sandbox, desk: Desk, guide: str) -> None:
    cut: list[str] = []

    def half(method: str, path: str) -> bool:
        cut.append(path)
        return len(cut) % 3 == 0

    wiki.faults.truncate = half
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    wiki.faults.truncate = None
    converges(wiki, desk, guide, 2)


def test_a_content_state_is_a_new_version_without_a_conflict(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.set_state(guide, "Ana")
    desk.edit(GUIDE, "8080", "8081")
    run = desk("push", exit=1)
    assert "with the same content" in run.out
    assert "'confsync pull'" in run.err
    desk("pull")
    assert "8081" in desk.text(GUIDE)
    desk("push")
    converges(wiki, desk, guide, 3)


def test_a_deleted_old_version_renumbers_and_loses_nothing(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    for n in range(3):
        wiki.store.edit(guide, f"<p>v{n}</p>", author="Ana")
    desk("pull")
    wiki.store.delete_version(guide, 2)
    desk("pull")
    desk.edit(GUIDE, "v2", "mine")
    desk("push")
    assert wiki.store.page(guide).body == "<p>mine</p>"
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    wiki.store.delete_version(guide, 1)
    wiki.store.delete_version(guide, 1)
    desk.edit(GUIDE, "mine", "mine again")
    desk("push", exit=1)
    assert wiki.store.page(guide).body == "<p>theirs</p>"
