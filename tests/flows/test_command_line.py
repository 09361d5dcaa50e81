"""The command line as people type it: help, typing errors, completion, colours, the bar."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from rich.console import Console

from confsync.cli import cli, connection, main
from confsync.cli import progress_bar as bar
from confsync.cli.options import Settings
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run

GUIDE = "ENG/guide.xhtml"


def examples(command: click.Command) -> list[list[str]]:
    """Return the lines of a help that are commands, as words."""
    lines = (line.strip() for line in (command.help or "").split("\n"))
    return [shlex.split(line) for line in lines if line.startswith("confsync ")]


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_every_help_has_examples_that_can_be_typed(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = cli.commands[name]
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    found = examples(command)
    assert found
    for words in found:
        assert name in words
        assert shlex.join(words[:2]) in shown
        before, after = words[1 : words.index(name)], words[words.index(name) + 1 :]
        with cli.make_context("confsync", [*before, name, *after], obj=Settings()) as context:
            command.make_context(name, list(after), parent=context).close()


def test_the_help_of_the_whole_has_examples_too() -> None:
    names = [words[1] for words in examples(cli)]
    assert names == ["clone", "status", "diff", "push"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stauts", "Did you mean 'status'?"),
        ("psuh", "Did you mean 'push'?"),
        ("st", "Did you mean 'status'?"),
        (
            "frobnicate",
            "No such command 'frobnicate'.\nhint: 'confsync --help' lists the commands\n",
        ),
        ("status --remot", "--remote"),
        ("diff --wrod-diff", "--word-diff"),
        ("--jsn status", "--json"),
        ("pull --color pink", "'pink' is not one of"),
    ],
)
def test_what_was_mistyped_is_guessed(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed.split()) == 2
    out, err = capsys.readouterr()
    assert meant in err
    assert "--help" in err
    assert out == ""


def completed(shell: str, words: str, cwd: Path, **environment: str) -> str:
    """Return confsync's completions for a shell, or its completion script."""
    done = subprocess.run(
        [sys.executable, "-m", "confsync"],
        cwd=cwd,
        env={**os.environ, "_CONFSYNC_COMPLETE": shell, "COMP_WORDS": words, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    if shell == "bash" and not shutil.which("bash"):
        pytest.skip("no bash, whose version click asks for")
    script = completed(f"{shell}_source", "", tmp_path)
    assert f"_CONFSYNC_COMPLETE={shell}_complete" in script
    assert "confsync" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, encoding="utf-8", check=True)


def test_commands_options_ids_and_paths_are_completed_without_the_server(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    def words(text: str, number: int) -> list[str]:
        answer = completed("zsh_complete", text, desk.root, COMP_CWORD=str(number))
        return answer.split("\n")

    assert words("confsync sta", 1)[:2] == ["plain", "status"]
    assert "--word-diff" in words("confsync diff --w", 2)
    assert words("confsync --color a", 2)[1::3] == ["auto", "always"]
    for verb in ("diff", "show", "open"):
        assert words(f"confsync {verb} EN", 2)[:2] == ["plain", "ENG/"]
    for verb in ("show", "log", "restore"):
        assert words(f"confsync {verb} {guide[:3]}", 2)[1::3] == sorted(
            [guide, wiki.store.space("ENG").homepage_id]
        )
        assert words(f"confsync {verb} {guide}", 2)[:3] == ["plain", guide, "Guide"]
    assert words(f"confsync -C {desk.root} show {guide}", 4)[1] == guide
    assert wiki.requests == []


def test_where_there_is_no_mirror_nothing_is_completed_and_nothing_fails(tmp_path: Path) -> None:
    assert completed("zsh_complete", "confsync show 98", tmp_path, COMP_CWORD="2") == "\n"


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_really_completes(desk: Desk, guide: str, tmp_path: Path) -> None:
    program = tmp_path / "confsync"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m confsync "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(_CONFSYNC_COMPLETE=bash_source confsync)"\n'
        f"COMP_WORDS=(confsync show {guide[:-1]}); COMP_CWORD=2\n"
        '_confsync_completion confsync; echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc"],
        input=script,
        cwd=desk.root,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert guide in done.stdout.split(), done.stderr


def test_colours_are_asked_for_refused_or_left_to_the_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    for verb in ("status", "diff"):
        assert "\x1b[" not in desk(verb).out
        assert "\x1b[3" in desk(verb, "--color", "always").out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in desk(verb).out
        assert "\x1b[3" in desk(verb, "--color", "always").out
        monkeypatch.delenv("NO_COLOR")
        assert "\x1b[" not in desk("--json", verb, "--color", "always").out


def test_what_a_hint_names_can_be_typed_whatever_the_name(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    odd = "ENG/a $b & 'c'.xhtml"
    desk.path(GUIDE).rename(desk.path(odd))
    desk.edit(odd, "8080", "8081")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    root = desk.root.rename(desk.root.with_name("my mirror"))
    desk.root = root.parent
    hint = desk("-C", "my mirror", "status", "--remote").err
    found = re.search(r"'(confsync -C .*?)' shows them", hint)
    assert found
    told = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {found[1]}"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    words = told.stdout.splitlines()
    assert words == ["confsync", "-C", "my mirror", "diff", "--remote", odd]
    assert "hers" in desk(*words[1:]).out


def test_quiet_prints_what_failed_and_very_verbose_the_requests(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    assert desk("push", "-q").out == ""
    assert desk("show", guide, "-q") == Run(0, "", "")
    assert "GET" in desk("pull", "-vv").err
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "8081", "8082")
    run = desk("push", "-q", exit=1)
    assert run.out == ""
    assert f" ! [rejected]  {GUIDE}   local is based on v2, the server has v3" in run.err
    assert "error: 1 page was rejected" in run.err


def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Make stderr a terminal of 80 columns; answer what was drawn, state by state."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stderr", stream)
    return lambda: re.split(r"\x1b\[2K", written.getvalue().decode())


def console() -> Console:
    return Console(stderr=True, force_terminal=True, width=80, color_system=None)


def test_the_bar_says_what_how_far_and_how_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = terminal(monkeypatch)
    with bar.shown(console()) as show:
        show("asking about DEPLOYMENTS", 0, None)
        for number in range(1, 6):
            time.sleep(0.02)
            show("writing DEPLOYMENTS", number * 1000, 12_345)
    columns = r"^writing DEPLOYMENTS [━╸ ]+ 5000/12345 [\d,.]+/s \d:\d\d:\d\d \d:\d\d:\d\d left\s"
    assert any(re.search(columns, one) for one in drawn()), drawn()
    lines = re.sub(r"\x1b\[[?\d]*[a-zA-Z]", "", "\n".join(drawn())).splitlines()
    assert all(len(line) <= 80 and "…" not in line for line in lines), lines


def test_an_unknown_total_shows_how_many_are_done_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = terminal(monkeypatch)
    with bar.shown(console()) as show:
        show("asking about ENG", 0, None)
        time.sleep(0.3)
        assert any(re.search(r"^asking about ENG ━+ +\d:\d\d:\d\d\s*$", one) for one in drawn())
        show("asking about ENG", 250, None)
        time.sleep(0.3)
    told = "".join(drawn())
    assert re.search("asking about ENG ━+ 250 ", told)
    assert "/?" not in told
    assert "left" not in told


def test_a_wait_is_told_above_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line takes the bar's place, and the bar is drawn again below it."""
    drawn = terminal(monkeypatch)
    tell = connection.teller(Settings())
    assert tell is not None
    with bar.shown(console()) as show:
        show("writing ENG", 1, 2)
        tell("waiting 42 s: the server's rate limit")
    (line,) = (one for one in drawn() if "waiting" in one)
    assert re.match(r"waiting 42 s: the server's rate limit\nwriting ENG .*\d/2", line)


def test_the_bar_and_its_library_are_loaded_only_where_something_takes_long(
    desk_at: Callable[..., Desk], desk: Desk
) -> None:
    code = (
        "import sys; from confsync.cli import main; code = main(['status']); "
        "print(sorted({'rich', 'atlassian', 'flask'} & set(sys.modules)), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk.root, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[] 0\n")


@pytest.mark.parametrize(
    ("arguments", "code"), [("status", 0), ("status --nope", 2), ("show 1", 1), ("check x", 2)]
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "| :"])
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_who_listens_no_more_gets_no_traceback_and_the_exit_code_stays(
    desk: Desk, arguments: str, code: int, closed: str
) -> None:
    command = f"{sys.executable} -m confsync {arguments} --json"
    # The process waits until who should listen has ended.
    script = f"( sleep 0.2; exec {command} ) {closed}; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=desk.root, capture_output=True, encoding="utf-8", check=True
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "should not happen" not in done.stderr
    assert int(done.stdout.split()[-1]) == code
