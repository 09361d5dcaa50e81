"""Commands, options, files and settings that the tutorial and the guides show untyped."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from confsync.cli import cli
from tests.manual.story import MANUAL, PAGES, blocks

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "examples"
GUIDES = {
    *(
        "attachments",
        "blog-posts",
        "bulk-edits",
        "ci",
        "cloning",
        "comments",
        "conflicts",
        "deleting-and-restoring",
    ),
    *("existing-repository", "git-history", "labels", "moving-and-renaming", "nightly-mirror"),
    *("a-thousand-spaces", "other-tools", "pre-commit", "settings", "several-spaces"),
}
_CODE = re.compile(r"`(confsync [^`]+)`")


def commands_of(page: str) -> Iterator[str]:
    """Yield each command of confsync that a page names and does not type."""
    for block in blocks(page, "sh"):
        yield from (line for line in block.splitlines() if line.startswith("confsync "))
    prose = re.sub(r"^ *```.*?^ *```$", "", page, flags=re.MULTILINE | re.DOTALL)
    yield from _CODE.findall(prose.replace("\n", " "))


def fault_of(command: str) -> str:
    """Return what is wrong with a command's name or options; empty if nothing is."""
    words = shlex.split(command, comments=True)[1:]
    name, *given = words[2:] if words[0] == "-C" else words
    context = click.Context(cli, info_name="confsync", **cli.context_settings)
    found = cli.get_command(context, name)
    if found is None:
        return f"{command}: no such command"
    known = {option for parameter in found.get_params(context) for option in parameter.opts}
    unknown = [word for word in given if word.startswith("-") and word not in known]
    return f"{command}: no such option: {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("name", PAGES)
def test_each_command_that_a_page_names_exists(name: str) -> None:
    page = (MANUAL / name).read_text(encoding="utf-8")
    assert [fault for command in commands_of(page) if (fault := fault_of(command))] == []


@pytest.mark.parametrize("name", PAGES)
def test_each_setting_that_a_page_shows_is_one_of_an_example(name: str) -> None:
    page = (MANUAL / name).read_text(encoding="utf-8")
    shown = [*blocks(page, "yaml"), *blocks(page, "crontab")]
    files = [path.read_text(encoding="utf-8") for path in EXAMPLES.rglob("*") if path.is_file()]
    assert [block for block in shown if not any(block in text for text in files)] == []


@pytest.mark.parametrize("name", PAGES)
def test_each_example_that_a_page_names_exists(name: str) -> None:
    page = (MANUAL / name).read_text(encoding="utf-8")
    named = re.findall(r"(?:\.\./confsync/)?(examples/[\w./-]+)", page)
    assert [path for path in named if not (PROJECT / path.rstrip("./")).exists()] == []


def test_each_guide_stands_there() -> None:
    assert {page.stem for page in MANUAL.glob("guides/*.md")} == GUIDES


def test_each_page_says_first_what_its_reader_can_do() -> None:
    for name in PAGES:
        _, _, text = (MANUAL / name).read_text(encoding="utf-8").split("\n", 2)
        assert text.startswith("After this page "), name


@pytest.mark.parametrize(
    ("command", "is_wrong"),
    [
        ("confsync -C docs push --dry-run -m 'a message' ENG", False),
        ("confsync pull --ours PATH --at 4", False),
        ("confsync puhs", True),
        ("confsync push --force", True),
        ("confsync --force push", True),
    ],
)
def test_a_wrong_command_is_found(command: str, is_wrong: bool) -> None:
    assert bool(fault_of(command)) is is_wrong


def test_commands_are_found_in_blocks_and_in_prose() -> None:
    page = "Type `confsync\npull`, or\n\n```sh\ncd docs\nconfsync push\n```\n```console\n$ x\n```\n"
    assert list(commands_of(page)) == ["confsync push", "confsync pull"]
