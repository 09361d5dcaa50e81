"""Each console block of the tutorial and the guides, typed; what comes out is what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.manual.__main__ import shortened
from tests.manual.story import MANUAL, PAGES, Command, Event, matches, steps
from tests.manual.terminal import Terminal

# How a command says that it failed: confsync, confsync's status, git, and git at a conflict.
FAILED = re.compile(r"\berror: |^ ! invalid |\bfatal: |^CONFLICT ", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_its_commands_print(name: str, tmp_path: Path) -> None:
    page = (MANUAL / name).read_text(encoding="utf-8")
    typed = 0
    with Terminal(tmp_path) as terminal:
        terminal.begin(page)
        for step in steps(page):
            code, printed = terminal.take(step)
            if isinstance(step, Command):
                told = f"{name}:{step.first}: $ {step.text}\n{printed}"
                assert matches(step.shown, printed), told
                assert (code != 0) == bool(FAILED.search(printed)), f"exit {code}: {told}"
                typed += 1
    assert typed > 0, "the page types nothing"


def test_a_page_is_read_as_commands_and_events() -> None:
    page = (
        "```sh\n$ no\n```\n<!-- typed in: a committed clone -->\n"
        "```console\n$ cat > a <<X\n> b\n> X\n$ two\nout\n\nmore\n```\n"
        "<!-- Ana Lima deletes Guide -->\n```console\n$ three\n```\n"
    )
    assert list(steps(page)) == [
        Command("cat > a <<X\nb\nX", "", 8, 8),
        Command("two", "out\n\nmore", 9, 12),
        Event("Ana Lima deletes Guide", 13),
        Command("three", "", 16, 16),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("", "", True),
        ("", "something\n", False),
        ("one\n...\nthree", "one\ntwo\ntwo\nthree\n", True),
        ("one\n...\nthree", "one\nthree\n", True),
        ("one\n...", "two\n", False),
        ("a ... c", "a b c\n", True),
        ("a ... c", "a b d\n", False),
        ("2 hours ago", "just now\n", True),
        ("[main 1234567] why", "[main abcdef0] why\n", True),
        ("one", "one\ntwo\n", False),
    ],
)
def test_dots_stand_for_what_was_left_out(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


@pytest.mark.parametrize(
    ("shown", "printed", "written"),
    [
        ("a\n...\nold", "a\nb\nc\nnew\n", "a\nb\nc\nnew"),  # where the dots ended is not known
        ("old\na\n...\nd", "new\na\nb\nc\nd\n", "new\na\n...\nd"),
        ("...\nd\nold", "a\nb\nd\nnew\n", "...\nd\nnew"),
        ("old\na\n...", "new\na\nb\nc\n", "new\na\n..."),
        ("git ...; a\nold", "git 2; a\nnew\n", "git ...; a\nnew"),
        ("old", "", ""),
    ],
)
def test_an_output_that_is_written_anew_stays_short(shown: str, printed: str, written: str) -> None:
    assert "\n".join(shortened(shown, printed)) == written
