"""Markdown as tokens, with the links that a reader can follow where no browser is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from confsync.cli.manual.topics import Topic, page_of_link

_HTML = ("html_block", "html_inline")


def parse(page: Topic, text: str) -> list[Token]:
    """Return the tokens of a page, without HTML comments.

    A link to a page of the manual leads to the command that shows the page. Of a link to another
    file only the text stays.
    """
    tokens = MarkdownIt().enable("strikethrough").enable("table").parse(text)
    for token in tokens:
        if token.children:
            token.children = list(_followable(page, token.children))
    return [token for token in tokens if token.type not in _HTML]


def _followable(page: Topic, tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a line of text with other links."""
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = _target(page, str(token.attrs.get("href", "")))
            dropped = not target
            token.attrs["href"] = target
        if token.type in _HTML or (dropped and token.type in ("link_open", "link_close")):
            continue
        yield token


def _target(page: Topic, href: str) -> str:
    """Return what to print for a link's target, empty for nothing."""
    if href.startswith(("https:", "http:", "mailto:")):
        return href
    name = page_of_link(page, href)
    return f"confsync help {name}" if name else ""
