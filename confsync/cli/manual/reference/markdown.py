"""Pieces of Markdown, of which the pages of the reference are put together."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from confsync.cli.manual.topics import SUFFIX

_WIDTH = 100
_COMMAND = r"'(?P<command>(?:confsync|git|pip|python) [^']*)'"
_CODE = re.compile(rf"{_COMMAND}|(?<![\w`'-])(?P<option>--?[a-z][a-z-]*)\b")
_MADE = "<!-- Made by `python -m confsync.cli.manual reference`. Do not edit. -->"


def page(title: str, first: str, blocks: Iterable[str]) -> str:
    """Return a page: its title, its first paragraph, and its other blocks."""
    return "\n\n".join([f"# {title}", _MADE, paragraph(first), *blocks]) + "\n"


def paragraph(text: str) -> str:
    """Return a paragraph in lines of a width that diffs can show."""
    return _filled(text, "", "")


def items(texts: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(_filled(text, "- ", "  ") for text in texts)


def _filled(text: str, first: str, later: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def code(text: str, language: str = "") -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"


def with_code_marked(text: str) -> str:
    """Return a help text in which quoted commands and the names of options are code."""
    return _CODE.sub(lambda found: f"`{found['command'] or found['option']}`", text)


def link(place: str, above: str = "../") -> str:
    """Return a link to a page, by its place below the manual; `above` leads from here to there."""
    name = place.rpartition("/")[2]
    return f"[{name}]({above}{place}{SUFFIX})"


def heading(text: str, level: int = 2) -> str:
    """Return a heading."""
    return f"{'#' * level} {text}"
