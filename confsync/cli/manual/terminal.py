"""A page of the manual as text for a terminal, by rich.

No command and no line of code is broken, so that a reader can copy it. If it is wider than the
terminal, it stands there whole. What a command printed is broken between words.
"""

from __future__ import annotations

import io
import re
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.text import Text
from rich.theme import Theme

from confsync.cli.manual import tokens
from confsync.cli.manual.printed import broken
from confsync.cli.manual.table import Table
from confsync.cli.manual.topics import Topic
from confsync.cli.manual.unbroken import Unbroken

_INDENT = " " * 2
_TYPED, _PRINTED = "$ "
_LINES = {"h1": "=", "h2": "-", "h3": "~"}
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK = re.compile(r"\n{3,}")
_THEME = Theme(
    {
        **{f"markdown.h{level}": "bold" for level in range(1, 7)},
        "markdown.code": "cyan",
        "markdown.link": "default",
        "markdown.link_url": "cyan",
    }
)


class _Underlined(Heading):
    """A heading at the left margin, with a line below it that needs no colour."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = self.text.copy()
        text.justify = "left"
        yield text
        if self.tag in _LINES:
            yield Text(_LINES[self.tag] * min(text.cell_len, options.max_width), style="dim")


class _Indented(CodeBlock):
    """A block of code, indented. The first character of a line says whether a reader types it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in str(self.text).rstrip("\n").split("\n"):
            yield Text(f"{_INDENT}{line[1:]}", style="cyan" if line[0] == _TYPED else "")


class _Page(Markdown):
    """A page of the manual. Without colour, code in a line keeps its marks."""

    elements: ClassVar = {
        **Markdown.elements,
        "heading_open": _Underlined,
        "fence": _Indented,
        "code_block": _Indented,
        "table_open": Table,
    }

    def __init__(self, page: Topic, unbroken: Unbroken, *, color: bool, width: int) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = tokens.parse(page, page.text)
        for token in self.parsed:
            if token.type in ("fence", "code_block"):
                token.content = _kept(token.content, unbroken, width - len(_INDENT))
            for child in token.children or ():
                if child.type == "code_inline":
                    code = child.content if color else f"`{child.content}`"
                    fits = len(code) <= width
                    child.content = unbroken.words(code) if fits else unbroken.line(code)


def _kept(block: str, unbroken: Unbroken, room: int) -> str:
    """Return a block with two characters for each line: who wrote it, and the line itself."""
    lines = block.rstrip("\n").split("\n")
    session = any(line.startswith("$ ") for line in lines)
    kept = []
    for line in lines:
        typed = not session or line.startswith(("$ ", "> "))
        mark, pieces = (_TYPED, [line]) if typed else (_PRINTED, broken(line, room))
        kept += [f"{mark}{unbroken.line(piece)}" for piece in pieces]
    return "\n".join(kept)


def render(page: Topic, *, color: bool, width: int) -> str:
    """Return a page as lines of a terminal that is so many columns wide."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
        theme=_THEME,
        _environ={},
    )
    unbroken = Unbroken()
    with console.capture() as captured:
        console.print(_Page(page, unbroken, color=color, width=width))
    text = unbroken.restored(captured.get())
    return _BLANK.sub("\n\n", _TRAILING.sub("", text))
