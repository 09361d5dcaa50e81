"""Each wrong input causes one clear message, the documented exit code, no traceback, no change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from confsync.cli import main
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
COMMANDS = (("pull",), ("push",), ("status",), ("status", "--remote"))


def one_message(err: str) -> str:
    found = re.findall(r"^error: (.*)$", err, re.MULTILINE)
    assert len(found) == 1, err
    return str(found[0])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_cannot_be_read_is_told_with_its_line_and_stays(
    wiki: Sandbox, desk: Desk, guide: str, command: tuple[str, ...]
) -> None:
    desk.edit(GUIDE, "  version: 1\n", "  version: one\n")
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    files = desk.files()
    run = desk(*command, exit=4)
    told = run.out + run.err
    assert "'one' is not a valid version" in told
    assert re.search(r"guide\.xhtml:5:|guide\.xhtml   line 5:", told)
    assert desk.files() == files
    assert writes(wiki) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_not_utf8_is_told_and_stays(
    wiki: Sandbox, desk: Desk, command: tuple[str, ...]
) -> None:
    path = desk.path(GUIDE)
    path.write_bytes(path.read_bytes().replace(b"8080", b"\xff\xfe"))
    files = desk.files()
    run = desk(*command, exit=4)
    assert "not UTF-8" in run.out + run.err
    assert desk.files() == files


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_id_twice_names_both_and_touches_neither(
    wiki: Sandbox, desk: Desk, guide: str, command: tuple[str, ...]
) -> None:
    desk.path("ENG/copy.xhtml").write_bytes(desk.path(GUIDE).read_bytes() + b"<p>mine</p>")
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    files = desk.files()
    run = desk(*command, exit=4)
    assert "has the same page id" in run.out + run.err
    assert "guide.xhtml" in run.out + run.err
    assert "copy.xhtml" in run.out + run.err
    assert desk.files() == files
    assert writes(wiki) == []


def test_a_document_without_front_matter_is_told(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/new.xhtml").write_text("<p>new</p>")
    files = desk.files()
    for command in COMMANDS:
        run = desk(*command, exit=4)
        assert "no front matter" in run.out + run.err
    assert desk.files() == files


@pytest.mark.parametrize("command", [("pull",), ("push",), ("status", "--remote")])
def test_no_network(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace(wiki.url, "http://127.0.0.1:9/wiki"))
    files = desk.files()
    run = desk(*command, exit=3)
    assert one_message(run.err) == "127.0.0.1:9: cannot be reached: the connection was refused"
    assert "clean" not in run.out
    assert desk.files() == files


@pytest.mark.parametrize("token", ["wrong", ""])
@pytest.mark.parametrize("command", [("pull",), ("push",), ("status", "--remote")])
def test_a_wrong_token(
    wiki: Sandbox,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    token: str,
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    monkeypatch.setenv("CONFSYNC_TOKEN", token)
    files = desk.files()
    run = desk(*command, exit=5)
    said = one_message(run.err)
    if token:
        assert f"the credentials are not accepted ({wiki.user}, from the environment)" in said
    else:
        assert said == "no credentials: CONFSYNC_TOKEN, the keyring and ~/.netrc have none"
    assert "CONFSYNC_TOKEN" in run.err
    assert desk.files() == files


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_a_token_that_is_revoked_half_way_ends_the_run_and_settles_what_landed(
    wiki: Sandbox, desk_at: Callable[..., Desk], jobs: str
) -> None:
    ids = [wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>").id for n in range(4)]
    desk = desk_at()
    for n in range(4):
        desk.edit(f"ENG/page-{n}.xhtml", f"text {n}", f"mine {n}")
    puts: list[str] = []

    def revoke(method: str, path: str) -> int | None:
        puts.extend([path] if method == "PUT" else [])
        return 401 if len(puts) > 2 and method == "PUT" else None

    wiki.faults.refuse = revoke
    told = desk.json("push", "--jobs", jobs, exit=5).data["summary"]
    # Whether the fourth was under way when the third was refused is the workers' luck.
    assert told["updated"] == 2
    assert told["failed"] + told.get("skipped", 0) == 2
    assert jobs != "1" or told["failed"] == 1
    wiki.faults.refuse = None
    assert desk.json("push").data["summary"] == {"updated": 2}
    assert [wiki.store.page(i).version for i in ids] == [2, 2, 2, 2]


def test_a_space_that_is_not_there(wiki: Sandbox, desk: Desk) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("key: ENG", "key: NOPE"))
    files = desk.files()
    run = desk("pull", exit=4)
    assert one_message(run.err) == "there is no space 'NOPE', or you may not see it"
    assert desk.files() == files


def test_a_clone_that_cannot_be_leaves_nothing_behind(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at(clone=None)
    for url, code in (
        (f"{wiki.url}/spaces/NOPE", 4),
        (f"{wiki.url.removesuffix(wiki.context)}/spaces/ENG", 3),
        ("http://example.com/wiki/spaces/ENG", 2),
        ("ftp://127.0.0.1/spaces/ENG", 2),
        ("nonsense", 2),
    ):
        run = desk("clone", url, "here", exit=code)
        assert one_message(run.err)
        assert list(desk.root.iterdir()) == []


def test_a_mirror_is_not_made_one_again(wiki: Sandbox, desk: Desk) -> None:
    files = desk.files()
    desk("init", "--url", wiki.url, "--space", "ENG", exit=4)
    assert desk.files() == files


def test_a_root_goes_with_one_space(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(clone=None)
    run = desk("init", "--url", wiki.url, *("--space", "A", "--space", "B", "--root", "7"), exit=2)
    assert one_message(run.err) == "--root goes with one space"


def test_no_configuration(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(clone=None)
    for command in COMMANDS:
        run = desk(*command, exit=4)
        assert "no .confsync.yaml" in one_message(run.err)
    assert list(desk.root.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("url: http://127.0.0.1/wiki\nspaces:\n- key: ENG\n  pth: x\n", ":4: unknown key 'pth'"),
        ("url: http://wiki.acme.com\nspaces:\n- key: ENG\n", ":1: url: 'http://wiki.acme.com'"),
        ("url: [\n", ".confsync.yaml:"),
        ("", "is empty"),
    ],
)
def test_a_wrong_configuration_is_told_with_its_line(
    wiki: Sandbox, desk: Desk, text: str, said: str
) -> None:
    desk.path(".confsync.yaml").write_text(text)
    run = desk("status", exit=4)
    assert said in one_message(run.err)


def test_a_locked_mirror(wiki: Sandbox, desk: Desk) -> None:
    import filelock

    with filelock.FileLock(desk.path(".confsync/lock")):
        run = desk("pull", exit=4)
    assert "another confsync" in one_message(run.err)
    desk("pull")


def test_errors_speak_json_when_asked(
    wiki: Sandbox, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"confsync", "command", "exit", "pages", "errors", "summary"}
    desk.path(".confsync.yaml").write_text("nonsense")
    for arguments, code in ((("pull",), 4), (("pull", "--nope"), 2), (("psuh",), 2)):
        run = desk.json(*arguments, exit=code)
        assert set(run.data) == keys | ({"comments"} if "pull" in arguments else set())
        assert run.data["exit"] == code
        assert run.data["errors"][0]["message"]
        assert set(run.data["errors"][0]) == {"code", "message", "hint"}
    assert main(["pull", "--json", "-C", str(desk.root / "nowhere")]) == 2
    assert json.loads(capsys.readouterr().out)["errors"]


def test_the_json_of_a_page_has_these_keys_and_stdout_nothing_else(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    keys = ["path", "old_path", "id", "title", "decision", "outcome", "base", "remote", "error"]
    keys.append("note")
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    for arguments in (("status", "--remote"), ("pull",), ("push",), ("push", "--dry-run")):
        run = desk.json(*arguments, exit=None)
        (page,) = run.data["pages"]
        assert list(page) == keys
        assert (page["path"], page["id"], page["base"], page["remote"]) == (GUIDE, guide, 1, 2)
        assert page["decision"] == "diverged"
        assert run.data["exit"] == run.exit
        assert run.data["summary"] == {page["outcome"]: 1} | (
            {"clean": 1} if arguments[0] == "status" else {}
        )


def test_interrupting_says_so(wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from confsync.mirror.mirror import Mirror

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Mirror, "scan", interrupt)
    run = desk("pull", exit=130)
    assert one_message(run.err) == "interrupted"


def test_a_hostile_title_cannot_steer_the_terminal_or_leave_the_mirror(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.create_page("ENG", "../../../etc/passwd", "<p>x</p>", raw=True)
    wiki.store.edit(guide, "<p>x</p>", title="Red \x1b[31m alert", author="Ana \x1b]0;x\x07")
    desk.edit(GUIDE, "8080", "8081")
    run = desk("pull", exit=1)
    assert "\x1b" not in run.out + run.err
    assert desk.path("ENG/etc-passwd.xhtml").exists()
