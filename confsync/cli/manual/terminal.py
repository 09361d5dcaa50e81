"""A page of the manual as text for a terminal, by rich."""

from __future__ import annotations

import io
import re
import textwrap
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.text import Text
from rich.theme import Theme

from confsync.cli.manual import tokens
from confsync.cli.manual.topics import Topic

_INDENT = " " * 4
_LINES = {"h1": "=", "h2": "-"}
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
    """A block of code, indented. What a reader types has a colour, what a program prints none."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = str(self.text).rstrip().split("\n")
        session = any(line.startswith("$ ") for line in lines)
        for line in lines:
            style = "" if session and not line.startswith("$ ") else "cyan"
            yield Text(_folded(line, options.max_width), style=style)


def _folded(line: str, width: int) -> str:
    """Return a line of code, indented, and further on its next lines if it has no room in one."""
    return textwrap.fill(
        line,
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        replace_whitespace=False,
        drop_whitespace=len(line) + len(_INDENT) > width,
        break_on_hyphens=False,
    )


class _Page(Markdown):
    """A page of the manual. Without colour, code in a line keeps its marks."""

    elements: ClassVar = {
        **Markdown.elements,
        "heading_open": _Underlined,
        "fence": _Indented,
        "code_block": _Indented,
    }

    def __init__(self, page: Topic, *, color: bool) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = tokens.parse(page, page.text)
        for token in self.parsed:
            for child in token.children or ():
                if child.type == "code_inline" and not color:
                    child.content = f"`{child.content}`"


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
    with console.capture() as captured:
        console.print(_Page(page, color=color))
    return _BLANK.sub("\n\n", _TRAILING.sub("", captured.get()))
