"""Code in a page of the manual: a terminal of 80 columns shows what a reader copies whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from confsync.cli.manual import tokens
from confsync.cli.manual.printed import broken
from confsync.cli.manual.terminal import render
from confsync.cli.manual.topics import Topic, find, topics
from tests.manual.story import blocks

WIDTH = 80
ROOM = WIDTH - len("  ")
# Languages of blocks that a reader copies into a terminal or a file.
COPIED = ("sh", "yaml", "crontab", "python", "text")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
every_page = pytest.mark.parametrize("page", topics(), ids=lambda page: page.name)


def blocks_of(page: Topic) -> Iterator[list[str]]:
    """Yield the lines of each block of code of a page."""
    for token in tokens.parse(page, page.text):
        if token.type in ("fence", "code_block"):
            yield token.content.rstrip("\n").split("\n")


def whole_lines(page: Topic) -> Iterator[str]:
    """Yield each line of code that no terminal breaks: all but the output of commands."""
    for lines in blocks_of(page):
        session = any(line.startswith("$ ") for line in lines)
        yield from (line for line in lines if not session or line.startswith(("$ ", "> ")))


def codes_in_lines(page: Topic) -> Iterator[str]:
    """Yield each code that stands in a line of text or in a table."""
    for token in tokens.parse(page, page.text):
        yield from (child.content for child in token.children or () if child.type == "code_inline")


def copied_lines(text: str) -> Iterator[str]:
    """Yield each line of a page that a reader types or copies."""
    for block in blocks(text, "console"):
        yield from (line for line in block.split("\n") if line.startswith(("$ ", "> ")))
    for language in COPIED:
        yield from (line for block in blocks(text, language) for line in block.split("\n"))


@cache
def shown(page: Topic, *, color: bool) -> str:
    return COLOR.sub("", render(page, color=color, width=WIDTH))


@every_page
@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
def test_each_line_of_code_is_shown_whole(page: Topic, color: bool) -> None:
    text = shown(page, color=color)
    lines = {line.strip() for line in text.split("\n")}
    assert [line for line in whole_lines(page) if line.strip() not in lines] == []
    words = " ".join(text.split())
    printed = (" ".join(line.split()) for block in blocks_of(page) for line in block)
    assert [line for line in printed if line not in words] == []
    mark = "" if color else "`"
    assert [code for code in codes_in_lines(page) if f"{mark}{code}{mark}" not in text] == []


@every_page
def test_only_a_single_word_is_wider_than_the_terminal(page: Topic) -> None:
    wide = [line.strip() for line in shown(page, color=False).split("\n") if cell_len(line) > WIDTH]
    code = {f"`{code}`" for code in codes_in_lines(page)}
    assert [line for line in wide if " " in line and line not in code] == []


@pytest.mark.parametrize("width", [80, 60])
@every_page
def test_no_command_in_an_output_is_broken(page: Topic, width: int) -> None:
    text = render(page, color=False, width=width)
    printed = "\n".join(line for lines in blocks_of(page) for line in lines)
    commands = set(re.findall(r"(?<!\S)'(?:confsync|git|cp|rm|mv) [^'\n]*'", printed))
    assert [command for command in commands if command not in text] == []


@pytest.mark.parametrize(
    ("line", "room", "pieces"),
    [
        ("  M a.xhtml   v1 -> v2", 30, ["  M a.xhtml   v1 -> v2"]),
        ("  M a.xhtml   so and so on", 20, ["  M a.xhtml   so and", "      so on"]),
        ("'confsync restore 98310' brings", 24, ["'confsync restore 98310'", "    brings"]),
        ("the page's text and the server's", 24, ["the page's text and the", "    server's"]),
        ("障" * 14 + " 害" * 2, 30, ["障" * 14, "    害 害"]),
        ("x" * 40, 30, ["x" * 40]),
        (
            "hint: 'git add a' adds the file; 'git rm a' removes it",
            40,
            ["hint: 'git add a' adds the file;", "      'git rm a' removes it"],
        ),
        ("hint: 'git add a' and 'git rm a'", 24, ["hint: 'git add a' and", "    'git rm a'"]),
    ],
)
def test_a_printed_line_is_broken_between_words(line: str, room: int, pieces: list[str]) -> None:
    assert broken(line, room) == pieces


@every_page
def test_what_a_reader_copies_is_not_wider_than_the_terminal(page: Topic) -> None:
    assert [line for line in copied_lines(page.text) if cell_len(line) > ROOM] == []


def test_a_table_without_room_for_its_columns_has_an_entry_for_each_row(manual: Path) -> None:
    page = manual / "guides" / "ci.md"
    page.write_text(
        f"# CI\n\n| job | runs | at |\n| --- | --- | --- |\n| push | `confsync {'x' * 70}` | |\n"
    )
    text = render(find("ci"), color=False, width=WIDTH)
    assert text == f"CI\n==\n\npush\n    runs: `confsync {'x' * 70}`\n"


def test_a_command_in_a_table_is_not_broken_for_a_long_cell_beside_it(manual: Path) -> None:
    command = "`confsync pull --ours ENG/guide.xhtml --at 9`"
    page = manual / "guides" / "ci.md"
    page.write_text(f"# CI\n\n| you want | type |\n| --- | --- |\n| {'word ' * 30}| {command} |\n")
    text = render(find("ci"), color=False, width=WIDTH)
    assert command in text
    assert "type:" not in text
