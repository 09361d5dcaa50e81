"""Links between pages, which storage format makes by title. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# What stands in a CDATA section or a comment links to nothing.
_PAGE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?P<tag><ri:(?:page|(?P<post>blog-post))\b[^<>]*>)",
    re.DOTALL,
)
_TITLE = r'\bri:content-title="([^"]*)"'
_SPACE = r'\bri:space-key="([^"]*)"'


class Link(NamedTuple):
    """A link to a page, or blog `post`, by its title; `space` is None for its own.

    `offset` is in the text.
    """

    title: str
    space: str | None
    offset: int
    post: bool = False


def links(text: str, start: int = 0) -> Iterator[Link]:
    """The links of a body, or of a document whose body starts at `start`."""
    from html import unescape

    for found in _PAGE.finditer(text, start):
        tag = found["tag"] or ""
        title, key = re.search(_TITLE, tag), re.search(_SPACE, tag)
        if title:
            space = unescape(key[1]) if key else None
            yield Link(unescape(title[1]), space, found.start(), bool(found["post"]))
