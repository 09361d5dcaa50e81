"""Code in a page of the manual: a terminal of 80 columns shows each line whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from confsync.cli.manual import tokens
from confsync.cli.manual.terminal import render
from confsync.cli.manual.topics import Topic, find, topics
from tests.manual.story import blocks

WIDTH = 80
ROOM = WIDTH - len("  ")
# Languages of blocks that a reader copies into a terminal or a file.
COPIED = ("sh", "yaml", "crontab", "python", "text")
COLOR = re.compile(r"\x1b\[[0-9;]*m")
every_page = pytest.mark.parametrize("page", topics(), ids=lambda page: page.name)


def lines_of_blocks(page: Topic) -> Iterator[str]:
    """Yield each line of the blocks of code of a page."""
    for token in tokens.parse(page, page.text):
        if token.type in ("fence", "code_block"):
            yield from token.content.rstrip("\n").split("\n")


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
    assert [line for line in lines_of_blocks(page) if line.strip() not in lines] == []
    mark = "" if color else "`"
    assert [code for code in codes_in_lines(page) if f"{mark}{code}{mark}" not in text] == []


@every_page
def test_only_code_is_wider_than_the_terminal(page: Topic) -> None:
    wide = [line.strip() for line in shown(page, color=False).split("\n") if cell_len(line) > WIDTH]
    code = {*map(str.strip, lines_of_blocks(page)), *(f"`{code}`" for code in codes_in_lines(page))}
    assert [line for line in wide if line not in code] == []


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
