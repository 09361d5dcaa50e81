"""The JSON of every command: its keys and their kinds, and that errors speak it, too.

Programs rest on this. A key may come; none may go, or change its meaning, without a new number in
`confsync`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
import jsonschema
import pytest

from confsync.cli import cli, main
from confsync.errors import Exit
from confsync.model.left_out import Reason
from confsync.model.lint import Severity
from confsync.model.outcome import Outcome
from confsync.sandbox import Sandbox
from tests.flows import conftest as flows
from tests.flows.conftest import Desk, Run

wiki, guide, desk_at, desk = flows.wiki, flows.guide, flows.desk_at, flows.desk

GUIDE = "ENG/guide.xhtml"
TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
NUMBER = {"type": "integer"}
MAYBE_NUMBER = {"type": ["integer", "null"]}


def an(**keys: Any) -> dict[str, Any]:
    """Return an object with exactly these keys."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAGE = an(
    path=TEXT,
    old_path=MAYBE,
    id=MAYBE,
    title=TEXT,
    decision=TEXT,
    outcome={"enum": [outcome.value for outcome in Outcome]},
    base=MAYBE_NUMBER,
    remote=MAYBE_NUMBER,
    error=MAYBE,
    note=MAYBE,
)
ERROR = an(code=TEXT, message=TEXT, hint=MAYBE)
VERSION = an(version=NUMBER, time=TEXT, author=TEXT, message=TEXT, confsync={"type": "boolean"})
EVENT = an(
    time=TEXT,
    what=TEXT,
    page=TEXT,
    path=TEXT,
    base=MAYBE_NUMBER,
    version=MAYBE_NUMBER,
    before=MAYBE,
    after=MAYBE,
    user=TEXT,
    run=TEXT,
    minor={"type": "boolean"},
)
WRITTEN = an(
    page=TEXT, path=TEXT, what=TEXT, base=MAYBE_NUMBER, version=MAYBE_NUMBER, attachments=many(TEXT)
)
RUN = an(run=TEXT, at=TEXT, pages=many(WRITTEN))
FINDING = an(
    path=TEXT,
    line=NUMBER,
    column=NUMBER,
    severity={"enum": [severity.value for severity in Severity]},
    code=TEXT,
    message=TEXT,
)
CHECK = an(name=TEXT, ok={"type": "boolean"}, message=TEXT, hint=MAYBE)
CHANGE = an(path=TEXT, id=MAYBE, insertions=NUMBER, deletions=NUMBER, fields=many(TEXT))
LINE = an(version=MAYBE_NUMBER, author=TEXT, time=TEXT, text=TEXT)
MATCH = an(path=TEXT, line=NUMBER, column=NUMBER, text=TEXT, found=TEXT)
REPLACED = an(path=TEXT, places=NUMBER, left=NUMBER)
LEFT_OUT = an(path=TEXT, reason={"enum": [reason.value for reason in Reason]})
COMMENT = an(
    path=TEXT,
    page=TEXT,
    id=TEXT,
    kind={"enum": ["inline", "footer"]},
    author=TEXT,
    time=TEXT,
)
SAID: dict[str, Any] = {"id": TEXT, "author": TEXT, "time": TEXT, "text": TEXT}
THREAD = an(
    **SAID,
    kind={"enum": ["inline", "footer"]},
    state={"enum": ["open", "reopened", "resolved", "dangling", None]},
    words=TEXT,
    replies=many(an(**SAID)),
)
MORE: dict[str, dict[str, Any]] = {
    "check": {"findings": many(FINDING)},
    "comment": {"threads": many(THREAD), "text": TEXT},
    "diff": {"changes": many(CHANGE), "text": TEXT},
    "doctor": {"checks": many(CHECK)},
    "grep": {"matches": many(MATCH)},
    "help": {"text": TEXT},
    "log": {
        "history": many(VERSION),
        "events": many(EVENT),
        "lines": many(LINE),
        "runs": many(RUN),
    },
    "open": {"text": TEXT},
    "pull": {"comments": many(COMMENT)},
    "push": {"left_out": many(LEFT_OUT)},
    "replace": {"replaced": many(REPLACED), "text": TEXT},
    "show": {"history": many(VERSION), "threads": many(THREAD), "text": TEXT},
    "status": {"left_out": many(LEFT_OUT), "comments": many(COMMENT)},
}
# What each is called with, and fails with, when that is all that it gets.
ARGUMENTS = {
    "check": (),
    "clone": ("https://acme.atlassian.net/wiki/spaces/ENG", "there"),
    "comment": (GUIDE,),
    "demo": (),
    "diff": (),
    "doctor": (),
    "grep": ("--text", "8080"),
    "help": (),
    "history": (),
    "init": ("there", "--url", "https://acme.atlassian.net/wiki", "--space", "ENG"),
    "log": (GUIDE,),
    "login": (),
    "logout": (),
    "merge-driver": ("O", "A", "B", "P"),
    "new": ("ENG/new.xhtml", "--title", "New"),
    "open": (GUIDE,),
    "pull": (),
    "push": (),
    "replace": ("--text", "8080", "8081"),
    "restore": ("7",),
    "revert": (GUIDE,),
    "sandbox": (),
    "show": ("7",),
    "status": (),
}


def held(run: Run, command: str) -> dict[str, Any]:
    """Return the envelope, after it was found to be what the contract says."""
    envelope = run.data
    schema = an(
        confsync={"const": 1},
        command={"const": command},
        exit={"const": run.exit},
        pages=many(PAGE),
        errors=many(ERROR),
        summary={"type": "object", "additionalProperties": NUMBER},
        **MORE.get(command, {}),
    )
    jsonschema.validate(envelope, schema)
    assert run.out.count("\n") == 1
    counted = sum(n for outcome, n in envelope["summary"].items() if outcome != "clean")
    assert counted == len(envelope["pages"])
    return envelope


def test_the_table_knows_every_command() -> None:
    assert set(ARGUMENTS) == set(cli.list_commands(click.Context(cli)))


def test_what_works(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], capsys: pytest.CaptureFixture[str]
) -> None:
    start = desk_at("start", clone=None)
    cloned = held(start.json("clone", f"{wiki.url}/spaces/ENG", "docs"), "clone")
    assert cloned["summary"] == {"created": 2}
    held(start.json("init", "other", "--url", wiki.url, "--space", "ENG"), "init")
    desk = Desk(start.root / "docs", capsys)
    assert held(desk.json("status"), "status")["summary"] == {"clean": 2}
    desk.edit(GUIDE, "8080", "8081")
    for arguments in (("status",), ("status", "--remote")):
        assert held(desk.json(*arguments), "status")["pages"][0]["outcome"] == "modified"
    (match,) = held(desk.json("grep", "--text", "8081"), "grep")["matches"]
    assert (match["path"], match["found"]) == (GUIDE, "8081")
    for old, new in (("8081", "8082"), ("8082", "8081")):
        (replaced,) = held(desk.json("replace", "--text", old, new), "replace")["replaced"]
        assert replaced == {"path": GUIDE, "places": 1, "left": 0}
    (change,) = held(desk.json("diff"), "diff")["changes"]
    assert change == {
        "path": GUIDE,
        "id": guide,
        "insertions": 1,
        "deletions": 1,
        "fields": ["body"],
    }
    assert "8081" in held(desk.json("diff", "--stat"), "diff")["text"]
    held(desk.json("diff", "--remote"), "diff")
    held(desk.json("push", "--dry-run"), "push")
    held(desk.json("push", "--plan", "plan.json"), "push")
    assert held(desk.json("push", "-m", "ports"), "push")["pages"][0]["remote"] == 2
    held(desk.json("push", "--apply", "plan.json"), "push")
    held(desk.json("revert", GUIDE), "revert")
    held(desk.json("pull", "--theirs", GUIDE), "pull")
    held(desk.json("new", "ENG/new.xhtml", "--title", "New"), "new")
    desk.json("push")
    held(desk.json("pull", "--refresh"), "pull")
    (first, *_) = held(desk.json("log", GUIDE), "log")["history"]
    assert (first["version"], first["message"], first["confsync"]) == (2, "ports", True)
    assert len(held(desk.json("log", "--local"), "log")["events"]) == 2
    assert held(desk.json("log", "--blame", GUIDE), "log")["lines"][0]["version"] == 1
    shown = held(desk.json("show", f"{guide}@1"), "show")
    assert "8080" in shown["text"]
    assert shown["history"][0]["author"] == "Ana"
    wiki.store.trash(guide)
    assert held(desk.json("pull"), "pull")["summary"] == {"deleted": 1}
    held(desk.json("restore", guide), "restore")
    said = wiki.store.add_comment(guide, "<p>Is it?</p>").id
    listed = held(desk.json("comment", guide), "comment")
    assert said in listed["text"]
    assert [(one["id"], one["kind"], one["state"]) for one in listed["threads"]] == [
        (said, "footer", None)
    ]
    (page,) = held(desk.json("comment", guide, "--reply", said, "-m", "Yes."), "comment")["pages"]
    assert page["outcome"] == "answered"
    assert held(desk.json("doctor"), "doctor")["checks"][0]["ok"] is True
    assert held(desk.json("help", "json"), "help")["text"].startswith("# JSON")


def test_what_is_refused(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana", raw=True)
    for command in ("push", "pull"):
        (page,) = held(desk.json(command, exit=1), command)["pages"]
        assert page["outcome"] == "rejected"
        assert page["error"] == "local is based on v1, the server has v2"
    assert held(desk.json("status", "--fresh", exit=1), "status")["errors"][0]["code"] == "stale"
    held(desk.json("pull", "--merge", GUIDE, exit=1), "pull")
    (finding,) = held(desk.json("check", exit=1), "check")["findings"]
    assert finding["code"] == "conflict-marker"
    desk.path(GUIDE).write_text("no front matter")
    for command in ("status", "diff", "push", "pull", "check"):
        run = desk.json(command, exit=None)
        assert run.exit in (1, 4)
        held(run, command)


@pytest.mark.parametrize("command", sorted(ARGUMENTS))
def test_a_usage_error_speaks_json(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (
        [command, "--nope", "--json"],
        ["--json", command, "--nope"],
        ["-q", "--json", command, "--color", "pink"],
        ["--json", command, "-C"],
    ):
        code = main(arguments)
        envelope = held(Run(code, *capsys.readouterr()), command)
        assert code == Exit.USAGE
        assert [error["code"] for error in envelope["errors"]] == ["usage"]
        hint = f"'confsync {command} --help' shows options and examples"
        assert envelope["errors"][0]["hint"] == hint


@pytest.mark.parametrize("arguments", [["--json"], ["stauts", "--json"], ["--nope", "--json"]])
def test_a_usage_error_without_a_command_speaks_json(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(arguments)
    envelope = held(Run(code, *capsys.readouterr()), "")
    assert (code, envelope["errors"][0]["code"]) == (2, "usage")


def test_a_format_that_is_json_speaks_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    for form in (["--format", "json"], ["--format=json"]):
        code = main(["check", *form, "--nope"])
        held(Run(code, *capsys.readouterr()), "check")
    code = main(["check", "--format", "text", "--nope"])
    assert capsys.readouterr().out == ""


NEED_NONE = {"clone", "demo", "help", "init", "merge-driver", "sandbox"}
NEED_A_MIRROR = sorted(set(ARGUMENTS) - NEED_NONE)


@pytest.mark.parametrize("command", NEED_A_MIRROR)
def test_without_a_mirror_that_is_said_in_json(
    command: str, desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    desk = desk_at("empty", clone=None)
    envelope = held(desk.json(command, *ARGUMENTS[command], exit=4), command)
    (error,) = envelope["errors"]
    assert error["code"] == "config"
    assert "'confsync clone URL'" in error["hint"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("pull",),
        ("push",),
        ("status", "--remote"),
        ("diff", "--remote"),
        ("log", GUIDE),
        ("show", GUIDE),
        ("restore", "7"),
        ("comment", GUIDE),
        ("doctor",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(("status", "exit"), [(503, 3), (401, 5)])
def test_a_server_in_trouble_is_told_in_json(
    wiki: Sandbox, desk: Desk, arguments: tuple[str, ...], status: int, exit: int
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.faults.refuse = lambda method, path: status
    envelope = held(desk.json(*arguments, exit=exit), arguments[0])
    if arguments[0] == "doctor":
        assert not all(check["ok"] for check in envelope["checks"])
    else:
        assert envelope["errors"] or envelope["pages"][0]["error"]


def test_the_demo_prints_its_story_beside_the_json(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("the demo's own sandbox is a Cloud")
    run = desk_at("empty", clone=None).json("demo", "story")
    held(run, "demo")
    assert "Nothing was lost." in run.err


def test_a_port_that_is_taken_is_told_in_json(wiki: Sandbox, desk: Desk) -> None:
    port = wiki.url.split(":")[2].partition("/")[0]
    (error,) = held(desk.json("sandbox", "--port", port, exit=2), "sandbox")["errors"]
    assert port in error["message"]


def test_what_should_not_happen_speaks_json_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confsync.commands.pages.status import status

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(status, "status", broken)
    (error,) = held(desk.json("status", exit=4), "status")["errors"]
    assert error["code"] == "internal"
    monkeypatch.setattr(status, "status", _interrupted)
    (error,) = held(desk.json("status", exit=130), "status")["errors"]
    assert error["code"] == "interrupted"


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_json_is_one_line_of_what_can_be_parsed_anywhere(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081 \u2028 caf\u00e9")
    out = desk.json("diff").out
    assert json.loads(out)["text"].count("\u2028") == 1
