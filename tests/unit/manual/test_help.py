"""`confsync help`: every page is found, and reads well on 80 columns, with and without colour."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from confsync.cli import cli, main
from confsync.cli.manual.terminal import render
from confsync.cli.manual.topics import MANUAL, Topic, find, topics
from tests.modules import existing
from tests.unit.manual.conftest import CHAPTER

COLOR = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = sorted(cli.list_commands(click.Context(cli)))
MODULES = """
import sys
from confsync.cli import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


def too_wide(text: str, columns: int = 80) -> list[str]:
    return [line for line in text.split("\n") if cell_len(COLOR.sub("", line)) > columns]


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(["help", *arguments]) == code
    out, err = capsys.readouterr()
    return out if code == 0 else err


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: topic.name)
def test_help_finds_each_page_and_shows_it(
    topic: Topic, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, colored = (shown(capsys, topic.name, "--color", when) for when in ("never", "always"))
    assert plain.startswith(topic.title)
    assert "\x1b" not in plain
    assert "\x1b[1m" in colored
    assert "<!--" not in plain


def test_no_two_pages_have_one_name() -> None:
    names = [topic.name for topic in topics()]
    assert sorted(set(names)) == sorted(names)
    assert len(names) == len([*MANUAL.rglob("*.md")])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_with_a_command_shows_its_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, name).startswith(f"confsync {name}\n")


def test_the_list_has_each_page_in_its_group(
    manual: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys)
    groups = [line for line in text.split("\n") if line.endswith(":")]
    assert groups == ["Start here:", "Guides:", "Concepts:", "Commands:"]
    listed = [line.split()[0] for line in text.split("\n") if line.startswith("  ")]
    assert listed == ["index", "tutorial", "safety", "ci", "conflicts", "stamp", "push"]
    assert "  stamp  The stamp\n" in text
    assert "  push  Send edited pages back" in text


def test_the_list_of_the_whole_manual_is_not_too_wide(capsys: pytest.CaptureFixture[str]) -> None:
    assert too_wide(shown(capsys)) == []


def test_a_chapter_as_a_terminal_shows_it(manual: Path) -> None:
    text = render(find("conflicts"), color=False, width=80)
    assert text.startswith("Conflicts\n=========\n\nAfter this page you can settle a conflict.")
    assert "\nBoth sides changed the `title`\n------------------------------\n" in text
    assert "the stamp (confsync help stamp)" in " ".join(text.split())
    assert "the forge (https://forge.example/x)" in " ".join(text.split())
    assert "an example." in " ".join(text.split())
    assert "Use `pull --merge`, or wait." in text
    assert "\n  $ confsync status --remote\n   ! diverged    ENG/guide.xhtml" in text
    assert re.search(r"\n  \$ confsync pull --merge ENG/a-directory/\S+name\.xhtml\n", text)
    assert "\n  .plain {\n    color: red;\n  }\n" in text
    assert "\n\n\n" not in text
    assert "comment" not in text


def test_a_chapter_in_colour_says_the_same(manual: Path) -> None:
    page = find("conflicts")
    colored = COLOR.sub("", render(page, color=True, width=80))
    plain = render(page, color=False, width=80)
    words = [re.sub(r"\W+", "", text) for text in (colored, plain)]
    assert words[0] == words[1]


def test_what_is_typed_has_a_colour_and_what_is_printed_has_none(manual: Path) -> None:
    lines = render(find("conflicts"), color=True, width=80).split("\n")
    typed = [line for line in lines if "confsync status --remote" in line]
    printed = [line for line in lines if "diverged" in line]
    assert [bool(COLOR.search(line)) for line in (*typed, *printed)] == [True, False]


def test_a_narrow_terminal_gets_narrow_lines(manual: Path) -> None:
    assert too_wide(render(find("ci"), color=False, width=40), 40) == []


@pytest.mark.parametrize(
    ("word", "near", "hint"),
    [
        ("conflict", "conflicts", "'confsync help conflicts' shows the nearest topic"),
        ("confilcts", "conflicts", "'confsync help conflicts' shows the nearest topic"),
        ("psuh", "push", "'confsync help push' shows the nearest topic"),
        ("xyzzy", "", "'confsync help' lists the topics"),
    ],
)
def test_an_unknown_topic_is_an_error_with_the_nearest_names(
    manual: Path, word: str, near: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, word, code=2)
    told = f"; similar topics: {near}" if near else ""
    assert text == f"error: there is no topic '{word}'{told}\nhint: {hint}\n"
    command = hint.split("'")[1]
    assert main(command.split()[1:]) == 0


@pytest.mark.parametrize("word", ["Conflicts", "conflicts.md"])
def test_a_topic_is_found_by_its_file_and_in_capitals(manual: Path, word: str) -> None:
    assert find(word).place == "guides/conflicts"


def test_json_has_the_page_as_it_is_written(
    manual: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(shown(capsys, "conflicts", "--json"))["text"] == CHAPTER
    assert "  conflicts  Conflicts\n" in json.loads(shown(capsys, "--json"))["text"]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_of_a_command_fits_and_leads_to_the_manual(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main([*name.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert too_wide(text) == []
    assert "..." not in re.sub(r"^Usage: .*$", "", text, flags=re.MULTILINE)
    own, _, common = text.partition("\nCommon options:\n")
    for option in ("-C DIR", "--json", "--quiet", "--verbose", "--jobs", "--color", "--help"):
        assert option in common
        assert f"  {option}" not in own
    command = f"confsync help {name}".strip()
    assert f"\n'{command}' " in text
    assert main(command.split()[1:]) == 0


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (("--version",), set()),
        (("check",), set()),
        (("status",), set()),
        (("diff", "--help"), {"confsync.cli.manual", "confsync.cli.manual.command_help"}),
    ],
    ids=lambda one: " ".join(sorted(one) if isinstance(one, set) else one),
)
def test_no_other_command_loads_the_manual(
    tmp_path: Path, arguments: tuple[str, ...], loaded: set[str]
) -> None:
    (tmp_path / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    code, *modules = run(tmp_path, *arguments)
    assert code == "0"
    libraries = existing(["rich", "markdown_it", "confsync.registry"])
    assert not libraries & set(modules)
    assert {name for name in modules if name.startswith("confsync.cli.manual")} == loaded


def test_the_list_of_topics_loads_no_library_that_renders(tmp_path: Path) -> None:
    code, *modules = run(tmp_path, "help")
    assert code == "0"
    assert not existing(["rich", "markdown_it", "requests", "git", "yaml"]) & set(modules)


def run(place: Path, *arguments: str) -> list[str]:
    """Run a command in a process of its own; return its exit code and the modules it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.split()


def test_a_shell_completes_topics(manual: Path) -> None:
    from confsync.cli.manual.verb import help_

    context = click.Context(help_)
    (topic,) = help_.params[:1]
    found = topic.shell_complete(context, "c")
    assert [item.value for item in found] == ["ci", "conflicts"]


@pytest.mark.skipif(not shutil.which("script"), reason="no terminal can be made here")
def test_a_terminal_gets_colour_without_being_asked(tmp_path: Path) -> None:
    command = f"{sys.executable} -m confsync help outcomes"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        cwd=tmp_path,
        env={"GIT_PAGER": "cat", "TERM": "xterm", "PATH": "/usr/bin:/bin", "PYTHONPATH": _root()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b[1mOutcomes" in done.stdout


def _root() -> str:
    return str(MANUAL.parents[1])
