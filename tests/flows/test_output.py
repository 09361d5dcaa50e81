"""Outputs in each encoding and to each kind of file, never with lines of a server's making."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from confsync.cli import main
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
# No cp1252, no ASCII; a right-to-left override, an emoji.
STRANGE = "\u0141\u00f3d\u017a \u202e \U0001f600"
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "PYTHONIOENCODING", "PYTHONUTF8"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def strange(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a mirror in a repository; most encodings lack each word of its page."""
    wiki.store.edit(guide, title=STRANGE, author="Ana")
    desk("pull")
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    wiki.store.edit(guide, f"<p>{STRANGE}</p>", author="Ana", message=STRANGE)
    wiki.store.create_page("ENG", f"New {STRANGE}", "<p>x</p>")
    return desk


def document(desk: Desk, guide: str) -> Path:
    return next(
        p for p in desk.path("ENG").rglob("*.xhtml") if f'"{guide}"' in p.read_text("utf-8")
    )


def run(
    desk: Desk, *arguments: str, stdout: int | str = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "confsync", *arguments]
    with open(stdout, "wb") if isinstance(stdout, str) else open(os.devnull, "wb") as to:
        return subprocess.run(
            command,
            cwd=desk.root,
            env={**os.environ, **environment},
            stdout=to if isinstance(stdout, str) else stdout,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )


ENCODINGS = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONUTF8": "0", "LANG": "C"},
    {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"},
]


@pytest.mark.parametrize(
    ("environment", "more"),
    [*((one, ()) for one in ENCODINGS), (ENCODINGS[0], ("--json",))],
    ids=lambda one: " ".join(map("=".join, one.items())) if isinstance(one, dict) else None,
)
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_no_command_fails_for_what_an_encoding_lacks(
    strange: Desk, guide: str, environment: dict[str, str], more: tuple[str, ...]
) -> None:
    name = document(strange, guide).relative_to(strange.root).as_posix()
    story = [
        (("status",), 0),
        (("status", "--remote"), 0),
        (("diff", "--remote"), 0),
        (("show", guide), 0),
        (("log", guide), 0),
        (("pull", "--commit", "-v"), 0),
        (("check",), 0),
        (("new", "ENG/more.xhtml", "--title", "More"), 0),
        (("push", "--commit", "-m", STRANGE), 0),
        (("doctor",), 0),
        (("log", "--local"), 0),
        (("log", f"ENG/{STRANGE}.xhtml"), 2),
        (("pull", "--ours", name, "--at", "77"), None),
        (("restore", "404404"), None),
        (("nothing",), 2),
        (("--help",), 0),
    ]
    for arguments, code in story:
        done = run(strange, *arguments, *more, **environment)
        told = done.stdout + done.stderr
        assert b"should not happen" not in told and b"Traceback" not in told, (arguments, told)
        assert code is None or done.returncode == code, (arguments, told)
        if more and arguments != ("--help",):
            assert done.stdout.isascii()
            json.loads(done.stdout)
    assert strange.git("log", "-1", "--format=%s").startswith("confsync push: 1 page")


def test_what_an_encoding_lacks_is_printed_all_the_same(
    strange: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run in this process, as a program calls the command line."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "cp1252", "strict") for _ in range(2))
    with monkeypatch.context() as patch, contextlib.chdir(strange.root):
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        assert main(["pull", "-v"]) == 0
        assert main(["show", "404404"]) == 1
    out.seek(0)
    err.seek(0)
    assert "pulled" in out.read()
    assert "should not happen" not in err.read()


VERBS = [
    *(("status",), ("status", "--remote"), ("diff", "--remote"), ("check",), ("pull",), ("push",)),
    *(("log", "--local"), ("doctor",), ("--help",), ("--version",), ("push", "--help"), ()),
    ("new", "ENG/other.xhtml", "--title", "Other"),
]


@full
@pytest.mark.parametrize("arguments", VERBS, ids=lambda a: " ".join(a) or "nothing")
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_full_disk_behind_stdout_is_told_by_every_command(
    strange: Desk, arguments: tuple[str, ...]
) -> None:
    done = run(strange, *arguments, stdout="/dev/full")
    told = done.stderr.decode()
    assert done.returncode in ((2, 4) if arguments == () else (4,)), told
    assert told.endswith("error: the output cannot be written: No space left on device\n")
    assert "should not happen" not in told and "Traceback" not in told


@full
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_what_became_of_the_pages_is_told_on_stderr_when_stdout_is_full(
    wiki: Sandbox, strange: Desk, more: tuple[str, ...]
) -> None:
    done = run(strange, "pull", *more, stdout="/dev/full")
    assert done.returncode == 4
    first = done.stderr.decode().split("\n")[0]
    if more:
        assert {page["outcome"] for page in json.loads(first)["pages"]} == {"created", "pulled"}
    else:
        assert "pulled" in first or "created" in first
    assert run(strange, "pull").returncode == 0


# -- lines ----------------------------------------------------------------------------------------

EVIL = "x\n::error::no\r::add-mask::e\u2028::warning::no\x85##[add-mask]e"


def commands_in(text: str) -> list[str]:
    """Return the lines that GitHub's runner obeys."""
    return [
        line
        for line in text.replace("\r", "\n").splitlines()
        if line.lstrip().startswith("::") or "##[" in line
    ]


@pytest.mark.parametrize("ci", [None, "true"])
def test_no_text_of_a_server_makes_a_line_of_its_own(
    wiki: Sandbox, desk: Desk, guide: str, ci: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ci:
        monkeypatch.setenv("CI", ci)
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana\n::error::torn", message=EVIL)
    desk.edit(GUIDE, "8080", "8081")
    for arguments in (
        *(("push",), ("log", guide), ("status", "--remote"), ("push", "--dry-run", "-v")),
        *(("pull",), ("pull", "--theirs", GUIDE), ("show", f"{guide}@2"), ("doctor",)),
    ):
        for more in ((), ("--json",), ("-q",), ("-vv",)):
            told = desk(*arguments, *more, exit=None)
            assert commands_in(told.out + told.err) == [], (arguments, more)
            lines = (told.out + told.err).splitlines()
            torn = [line for line in lines if "torn" in line and "Ana" not in line]
            assert torn == [], (arguments, more)


def test_no_name_of_a_file_makes_a_line_of_its_own(desk: Desk) -> None:
    """A file that anybody commits, and that a check names first of all."""
    for name in ("::error file=a,line=1::x.xhtml", "a\n::error::x.xhtml", "a##[add-mask]e.xhtml"):
        try:
            desk.path(f"ENG/{name}").write_text("<p>no front matter</p>")
        except OSError:
            pytest.skip("such a name cannot be")
    inside = Desk(desk.path("ENG"), desk._capsys)
    for arguments in (("status",), ("check",), ("push",), ("diff",), ("check", "--json")):
        told = inside(*arguments, exit=None)
        assert commands_in(told.out + told.err) == [], arguments
    annotations = inside("check", "--format", "github", exit=1).out.splitlines()
    assert len(annotations) == 3
    assert all(line.startswith("::error file=") for line in annotations)


def test_in_ci_no_line_of_a_page_is_a_command(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A diff and a page have lines on purpose; a context line begins with white space."""
    body = "<p>one\n::error::no</p>\n<pre>a\n  ::add-mask::e\n##[add-mask]e</pre>\n<p>two</p>"
    wiki.store.edit(guide, body, author="Ana", raw=True)
    desk("pull")
    desk.edit(GUIDE, "two", "three")
    assert len(commands_in(desk("show", guide).out)) == 3
    monkeypatch.setenv("CI", "true")
    for arguments in (("show", guide), ("diff",), ("diff", "--json"), ("show", guide, "--json")):
        told = desk(*arguments, exit=None)
        assert "add-mask" in told.out
        assert commands_in(told.out) == [], arguments
    with open(desk.root / "page", "wb") as file:  # a file is no log
        command = [sys.executable, "-m", "confsync", "show", guide]
        subprocess.run(command, cwd=desk.root, stdout=file, check=True)
    assert len(commands_in(desk.text("page"))) == 3


def test_no_text_of_a_server_makes_a_trailer_of_a_commit(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    smuggled = "Ana\n\nCo-authored-by: Eve <eve@example.com>\n\x1b[2J"
    wiki.store.edit(guide, "<p>x</p>", author=smuggled, message=f"why\n\n{smuggled}")
    desk("pull", "--commit")
    message = desk.git("log", "-1", "--format=%B")
    assert "\x1b" not in message
    trailers = desk.git("log", "-1", "--format=%(trailers)")
    assert "<eve@example.com>" not in trailers
    assert len([line for line in message.splitlines() if line.startswith("Co-authored-by:")]) == 1
