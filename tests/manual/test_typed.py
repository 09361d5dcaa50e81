"""Type each console block of the README and the manual, and compare what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.manual.__main__ import shortened
from tests.manual.story import MANUAL, README, TYPED, Command, Event, matches, steps
from tests.manual.terminal import Terminal

CONFLICT = MANUAL / "concepts" / "decision-table.md"
# How a command says that it failed: confsync, confsync's status, git, and git at a conflict.
FAILED = re.compile(r"\berror: |^ ! invalid |\bfatal: |^CONFLICT ", re.MULTILINE)


# What "Deployment guide" has on the server after a page was typed.
WRITTEN = {
    README: ("to 17:00 UTC", "<p>8081</p>", "about two minutes"),
    CONFLICT: ("09:00 to 17:00 UTC",),
}


@pytest.mark.parametrize(
    ("page", "flavor"),
    [*((page, "cloud") for page in TYPED), (CONFLICT, "datacenter")],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_a_page_shows_what_its_commands_print(page: Path, flavor: str, tmp_path: Path) -> None:
    with Terminal(tmp_path, flavor) as terminal:
        typed = type_page(page, terminal)
        assert len(typed) >= TYPED[page], f"{page.name} has become short"
        for text in WRITTEN.get(page, ()):
            assert text in terminal.body("Deployment guide")


def test_each_page_that_says_where_its_commands_are_typed_is_typed() -> None:
    pages = [page for page in MANUAL.rglob("*.md") if "<!-- typed in: " in page.read_text("utf-8")]
    assert {*pages, README} == set(TYPED)


def test_each_page_with_a_session_of_a_terminal_is_typed() -> None:
    pages = [page for page in MANUAL.rglob("*.md") if "```console" in page.read_text("utf-8")]
    assert set(pages) - set(TYPED) == set()


def test_a_conflict_is_shown_from_first_sight_to_last() -> None:
    typed = [step.text for step in steps(CONFLICT.read_text("utf-8")) if isinstance(step, Command)]
    verbs = [line.removeprefix("confsync ").removeprefix("git ").split()[0] for line in typed]
    last = ["status", "diff", "pull", "grep", "check", "mergetool", "check", "push"]
    assert verbs[-len(last) :] == last


def type_page(page: Path, terminal: Terminal) -> list[str]:
    """Type all commands of a page, and compare what comes out. Return the commands."""
    text = page.read_text(encoding="utf-8")
    typed = []
    terminal.begin(text)
    for step in steps(text):
        code, printed = terminal.take(step)
        if isinstance(step, Command):
            told = f"{page.name}:{step.first}: $ {step.text}\n{printed}"
            assert matches(step.shown, printed), told
            assert (code != 0) == bool(FAILED.search(printed)), f"exit {code}: {told}"
            typed.append(step.text)
    return typed


def test_a_page_is_read_as_commands_and_events() -> None:
    page = (
        "```console\n$ no\n```\n<!-- command 1 -->\n<!-- typed in: a committed clone -->\n"
        "```console\n$ cat > a <<X\n> b\n> X\n$ two\nout\n\nmore\n```\n"
        "<!-- Ana Lima deletes Guide -->\n```console\n$ three\n```\n"
    )
    assert list(steps(page)) == [
        Command("cat > a <<X\nb\nX", "", 9, 9),
        Command("two", "out\n\nmore", 10, 13),
        Event("Ana Lima deletes Guide", 14),
        Command("three", "", 17, 17),
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
