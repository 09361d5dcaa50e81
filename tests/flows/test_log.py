"""log, show and the audit trail: who wrote what, and what this mirror did."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from confsync.mirror.state import audit, people
from confsync.mirror.state.audit import AuditLog
from confsync.model.event import Event
from confsync.model.stamp import digest
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


def test_a_write_and_a_conflict_are_a_line_each(wiki: Sandbox, desk: Desk, guide: str) -> None:
    before = digest("Guide", wiki.store.page(guide).body)
    desk.edit(GUIDE, "8080", "8081")
    desk("push", "-m", "secret words")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "8081", "8082")
    desk("push", exit=1)
    lines = desk.text(".confsync/audit.jsonl").splitlines()
    wrote, conflict = map(json.loads, lines)
    assert wrote.pop("mark") == conflict.pop("mark")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", wrote.pop("time"))
    assert re.fullmatch("[0-9a-f]{12}", wrote.pop("run"))
    mine = wrote.pop("after")
    assert wrote == {
        "what": "updated",
        "page": guide,
        "path": GUIDE,
        "base": 1,
        "version": 2,
        "before": before,
        "user": wiki.user,
    }
    assert conflict["what"] == "conflict: diverged"
    assert (conflict["base"], conflict["version"], conflict["before"]) == (2, 3, mine)
    assert conflict["after"] == digest("Guide", wiki.store.page(guide).body)
    for text in ("8081", "hers", "secret words", wiki.token):
        assert text not in "".join(lines)


def test_a_refused_pull_and_a_creation_are_noted_and_a_dry_run_is_not(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    desk("pull", "--dry-run", exit=1)
    desk("push", "--dry-run", exit=1)
    assert not desk.path(".confsync/audit.jsonl").exists()
    desk("pull", exit=1)
    desk("new", "ENG/ports.xhtml", "--title", "Ports")
    desk("push", "ENG/ports.xhtml")
    told = desk.json("log", "--local").data["events"]
    assert [event["what"] for event in told] == ["conflict: diverged", "created"]
    assert desk.json("log", GUIDE, "--local").data["events"] == told[:1]
    assert f"{GUIDE} (page {guide}) v1 -> v2" in desk("log", "--local").out


def test_a_write_whose_answer_was_lost_is_noted_when_it_is_found(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    wiki.faults.refuse = lambda method, path: 503 if _written(wiki) and method == "GET" else None
    desk("push", exit=3)
    wiki.faults.lose_response = wiki.faults.refuse = None
    desk("push")
    assert [e["what"] for e in desk.json("log", "--local").data["events"]] == ["landed earlier"]


def _written(wiki: Sandbox) -> bool:
    return any(request.method == "PUT" for request in wiki.requests)


def test_an_audit_trail_that_cannot_be_written_stops_nothing(wiki: Sandbox, desk: Desk) -> None:
    desk.path(".confsync/audit.jsonl").mkdir()
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert "the log is empty" in desk("log", "--local").out


EVENT = Event("updated", "7", GUIDE, 1, 2, "a" * 32, "b" * 32, "me")


def test_a_torn_line_costs_itself_alone(desk: Desk) -> None:
    path = desk.path(".confsync/audit.jsonl")

    def clock() -> str:
        return "2026-01-01T00:00:00Z"

    AuditLog(path, clock).add(EVENT)
    path.write_bytes(path.read_bytes() + b'{"time": "2026-01-0')  # and killed
    trail = AuditLog(path, clock)
    trail.add(EVENT)
    assert [event.time for event in trail.read()] == ["2026-01-01T00:00:00Z"] * 2


def test_a_line_that_did_not_fit_costs_itself_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = AuditLog(desk.path(".confsync/audit.jsonl"))
    trail.add(EVENT)
    write, left = os.write, [9]

    def full(handle: int, data: bytes) -> int:
        if not left:
            raise OSError(28, "No space left on device")
        return write(handle, data[: left.pop()])

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        trail.add(EVENT)
    trail.add(EVENT)
    trail.add(EVENT)
    assert [event.path for event in trail.read()] == [GUIDE] * 3


@pytest.mark.parametrize("runs", [1, 100])
def test_the_trail_is_rotated_and_the_oldest_is_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, runs: int
) -> None:
    monkeypatch.setattr(audit, "MAX_BYTES", 1000)
    path = desk.path(".confsync/audit.jsonl")
    numbers = itertools.count()
    for _ in range(runs):
        trail = AuditLog(path, clock=lambda: f"{next(numbers)}")
        for _ in range(100 // runs):
            trail.add(EVENT)
    names = sorted(file.name for file in path.parent.glob("audit*"))
    assert names == [*(f"audit.{n}.jsonl" for n in range(1, 5)), "audit.jsonl"]
    assert all(file.stat().st_size < 1400 for file in path.parent.glob("audit*"))
    times = [int(event.time) for event in AuditLog(path).read()]
    assert times == list(range(times[0], 100))


def test_the_history_names_people_times_and_messages(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>a</p>", author="Ana", message="new \x1b[31mports")
    desk("pull")
    desk.edit(GUIDE, "<p>a</p>", "<p>b</p>")
    desk("push", "-m", "mine")
    wiki.store.edit(guide, "<p>c</p>", author="Ben")
    lines = desk("log", GUIDE).out.splitlines()
    assert [line[:4].strip() for line in lines] == ["v4", "* v3", "v2", "v1"]
    assert re.match(r"  v4    \d{4}-\d\d-\d\d \d\d:\d\d  Ben", lines[0])
    assert lines[1].endswith("Me   mine")
    assert "Ana  new \\x1b[31mports" in lines[2]
    history = desk.json("log", guide).data["history"]
    assert [row["confsync"] for row in history] == [False, True, False, False]
    assert [row["author"] for row in history] == ["Ben", "Me", "Ana", "Ana"]


def test_show_prints_a_version_as_a_document(wiki: Sandbox, desk: Desk, guide: str) -> None:
    first = desk.text(GUIDE)
    wiki.store.edit(guide, "<p>a</p>", author="Ana")
    assert desk("show", f"{guide}@1").out == first
    assert desk("show", f"{GUIDE}@1").out == first
    desk("pull")
    assert desk("show", guide).out == desk.text(GUIDE)
    assert desk.json("show", guide).data["text"] == desk.text(GUIDE)


@pytest.mark.parametrize(
    ("arguments", "exit", "said"),
    [
        (("show", "ENG/missing.xhtml"), 2, "no document there"),
        (("show", "999999"), 1, "999999"),
        (("log",), 2, "log needs a page"),
        (("log", "../elsewhere.xhtml"), 2, "not in the mirror"),
    ],
)
def test_a_page_that_is_not_there_is_told(
    wiki: Sandbox, desk: Desk, arguments: tuple[str, ...], exit: int, said: str
) -> None:
    assert said in desk(*arguments, exit=exit).err


def test_a_version_that_is_not_there_is_told(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    assert "error:" in desk_at()("show", f"{guide}@77", exit=1).err


def test_show_names_who_alone_may_do_what(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.allow_only(guide, "update", users=["Ana", "Ben\nor so"], groups=["ops"])
    lines = desk("show", guide).out.split("\n")
    assert lines[1] == "# may edit it: Ana, Ben or so, group ops"
    assert "\n".join([lines[0], *lines[2:]]) == desk.text(GUIDE)
    wiki.faults.refuse = lambda method, path: 403 if "restriction" in path else None
    assert desk("show", guide).out == desk.text(GUIDE)


def people_asked(wiki: Sandbox) -> int:
    return sum(request.path.endswith("users-bulk") for request in wiki.requests)


def test_names_are_asked_for_in_bulk_once_and_remembered(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    for number in range(20):
        wiki.store.edit(guide, f"<p>{number}</p>", author=f"Person {number % 7}")
    once = 1 if wiki.flavor == "cloud" else 0
    wiki.clear_requests()
    first = desk("log", GUIDE).out
    assert "Person 6" in first
    assert people_asked(wiki) == once
    wiki.clear_requests()
    assert desk("log", GUIDE).out == first
    assert "Person 4" in desk("show", f"{guide}@20").err
    assert people_asked(wiki) == 0
    wiki.store.edit(guide, "<p>new</p>", author="A new one")
    assert "A new one" in desk("log", GUIDE).out
    assert people_asked(wiki) == once


def test_the_names_that_are_remembered_can_be_lost_torn_or_old(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk("log", GUIDE).out
    path = desk.path(".confsync/people.json")
    assert path.exists() is (wiki.flavor == "cloud")
    for content in (b"", b"[]", b'{"a": 1, "b": ["x"], "c": [1, 2]}', b'{"tor', b"\xff"):
        path.write_bytes(content)
        assert desk("log", GUIDE).out == first
    path.unlink(missing_ok=True)
    path.mkdir()
    assert desk("log", GUIDE).out == first
    path.rmdir()
    desk("log", GUIDE)
    wiki.clear_requests()
    monkeypatch.setattr(people, "KEPT", timedelta(days=-1))
    assert desk("log", GUIDE).out == first
    assert people_asked(wiki) == (1 if wiki.flavor == "cloud" else 0)


def test_who_may_not_read_names_sees_what_the_server_has(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.refuse = lambda method, path: 403 if path.endswith("users-bulk") else None
    lines = desk("log", GUIDE).out.splitlines()
    assert lines[0].startswith("* v1")
    assert len(lines) == 1
    assert not desk.path(".confsync/people.json").exists()


def test_show_says_beside_the_document_who_made_it_and_when(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>a</p>", author="Ana Lima", message="new \x1b[31mports")
    told = desk("show", f"{guide}@2").err
    assert re.fullmatch(
        r"note: v2, Ana Lima, \d{4}-\d\d-\d\d \d\d:\d\d UTC: \"new \\x1b\[31mports\"\n", told
    )
    assert desk("show", f"{guide}@1").err.endswith("(your document is based on it)\n")
    assert desk("log", "7", exit=1).err.startswith("error:")
