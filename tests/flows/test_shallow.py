"""Clones that lack the base of an edited document: their conflict markers and their text."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes
from tests.unit.mirror.histories import processes

MANUAL = "ENG/manual.xhtml"
RULE = "<p>Titles are underlined:</p><pre>Title\n=======\nText</pre><p>So they are.</p>"
CONFLICT = "<<<<<<< mine\na\n=======\nb\n>>>>>>> theirs\n"
CODE = "<ac:plain-text-body><![CDATA[\n{}]]></ac:plain-text-body>"
WHOLE = CODE.format(CONFLICT) + "<p>So they are.</p>"
MARKER = "conflict marker"


def made(wiki: Sandbox, desk_at: Callable[..., Desk], body: str) -> Desk:
    """Return a repository: the first commit has a page's base, the second an edit of it."""
    wiki.store.create_page("ENG", "Manual", body, raw=True)
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("config", "uploadpack.allowFilter", "true")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    desk.edit(MANUAL, "So they are.", "So they were.")
    desk.git("commit", "-qam", "edited")
    return desk


@pytest.fixture(params=[(), ("--depth=1",), ("--filter=blob:none",)], ids=["whole", "1", "partial"])
def options(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the options of the clone. A whole clone has lost its base, too."""
    found: tuple[str, ...] = request.param
    return found


@pytest.fixture
def cloned(desk_at: Callable[..., Desk], wiki: Sandbox, tmp_path: Path) -> Callable[..., Desk]:
    """Return a function that makes clones as `options` say."""

    def clone(body: str, options: tuple[str, ...]) -> Desk:
        desk = made(wiki, desk_at, body)
        if not options:
            desk.git("checkout", "-q", "--orphan", "squashed")
            desk.git("commit", "-qm", "squashed")
            options = ("--single-branch",)
        words = ["git", "clone", "-q", *options, desk.root.as_uri(), str(tmp_path / "clone")]
        subprocess.run(words, check=True)
        desk.root = tmp_path / "clone"
        wiki.clear_requests()
        return desk

    return clone


def findings(desk: Desk, exit: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.json("check", exit=exit).data["findings"]
    return found


def command_in(message: str) -> str:
    """Return the command that a message names."""
    return message.split("'")[1]


def run(desk: Desk, command: str) -> None:
    """Do what a hint says, as it stands there."""
    if command.startswith("confsync "):
        desk(*command.split()[1:])
    else:
        subprocess.run(command, shell=True, cwd=desk.root, check=True, capture_output=True)


def test_without_the_base_a_line_of_the_page_is_no_conflict(
    wiki: Sandbox, cloned: Callable[..., Desk], options: tuple[str, ...]
) -> None:
    desk = cloned(RULE, options)
    (found,) = findings(desk)
    assert (found["severity"], found["code"]) == ("warning", "base-missing")
    assert "confsync needs the base v1, which is not here" in found["message"]
    status = desk("status").out
    assert "looks like a conflict marker" in status
    assert "modified" in status
    assert "conflicted" not in status
    assert desk.json("push", "--dry-run").outcomes == {MANUAL: "updated"}
    assert "base-missing" not in desk("check").out
    command = command_in(found["message"])
    wanted = {"--depth=1": "git fetch --unshallow", "--filter=blob:none": "git fetch --refetch"}
    assert command.startswith(wanted[options[0]] if options else "confsync diff")
    run(desk, command)
    assert findings(desk) == []
    assert MARKER not in desk("status").out
    assert desk.json("push").outcomes == {MANUAL: "updated"}


@pytest.mark.parametrize("inside", [CONFLICT, CODE.format(CONFLICT)], ids=["markup", "code"])
def test_a_conflict_is_told_of_and_never_sent(
    wiki: Sandbox, cloned: Callable[..., Desk], options: tuple[str, ...], inside: str
) -> None:
    desk = cloned(RULE, options)
    desk.edit(MANUAL, "<p>So", f"{inside}<p>So")
    found = findings(desk, exit=int(inside == CONFLICT))
    assert [one["code"] for one in found] == ["base-missing", "malformed"][: len(found)]
    assert len(found) == 1 + (inside == CONFLICT)
    assert MARKER in desk("push", exit=1).out
    assert writes(wiki) == []
    run(desk, command_in(found[0]["message"]))
    assert [one["message"] for one in findings(desk, exit=1)] == [MARKER]
    assert "conflicted" in desk("status").out


def test_a_page_about_git_is_cleared_by_its_base(
    wiki: Sandbox, cloned: Callable[..., Desk], options: tuple[str, ...]
) -> None:
    desk = cloned(WHOLE, options)
    (found,) = findings(desk)
    assert found["code"] == "base-missing"
    run(desk, command_in(found["message"]))
    assert findings(desk) == []
    assert desk.json("push", "--dry-run").outcomes == {MANUAL: "updated"}


def test_what_is_malformed_is_told_beside_the_doubt(
    wiki: Sandbox, cloned: Callable[..., Desk]
) -> None:
    desk = cloned(RULE, ("--depth=1",))
    desk.edit(MANUAL, "<p>So", "<p><b>So")
    assert [one["code"] for one in findings(desk, exit=1)] == ["base-missing", "malformed"]


def test_where_the_base_is_nowhere_a_push_sends_nothing(
    wiki: Sandbox, cloned: Callable[..., Desk]
) -> None:
    desk = cloned(RULE, ())
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Manual")
    wiki.store.edit(page.id, "<p>other</p>", raw=True)
    wiki.store.delete_version(page.id, 1)
    wiki.clear_requests()
    told = desk("push", exit=1)
    assert "neither here nor on the server" in told.out
    assert writes(wiki) == []
    hint = next(line for line in told.err.splitlines() if line.startswith("hint:"))
    run(desk, command_in(hint))
    assert "nothing to do" in desk("push").out


# -- one pass for all ------------------------------------------------------------------------------


@pytest.fixture
def many(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a repository with twelve pages that were edited; the cache of their bases is gone."""
    for number in range(12):
        wiki.store.create_page("ENG", f"P {number}", RULE, raw=True)
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    shutil.rmtree(desk.path(".confsync/bases"))
    for number in range(12):
        desk.edit(f"ENG/p-{number}.xhtml", "So they are.", "So they were. <ac:blink>x</ac:blink>")
    wiki.clear_requests()
    return desk


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    "command",
    [("diff",), ("check",), ("status",), ("push", "--dry-run")],
    ids=lambda command: command[0],
)
def test_the_bases_of_all_documents_are_found_in_one_go(
    wiki: Sandbox,
    many: Desk,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    kept: bool,
) -> None:
    if kept:
        many("check")
    with processes(monkeypatch) as started:
        many(*command)
    assert started.count("log") == (not kept)
    assert started.count("cat-file") == 1 + (not kept)
    assert not [r for r in wiki.requests if "version" in r.path]


@pytest.mark.parametrize("command", [("diff", "--remote"), ("pull", "--merge")], ids="-".join)
def test_the_bases_of_all_pages_that_the_server_changed_are_found_in_one_go(
    wiki: Sandbox, many: Desk, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    for page in wiki.store.pages("ENG"):
        if page.title.startswith("P "):
            wiki.store.edit(page.id, RULE.replace("underlined", "bold"), raw=True)
    with processes(monkeypatch) as started:
        many(*command)
    assert started.count("log") == 1
    assert started.count("cat-file") == 2
