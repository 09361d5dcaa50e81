"""Links between pages. Storage format links by title. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from confsync.document.markup import Kind, tags

_PAGE = "ri:page"
_POST = "ri:blog-post"


class Link(NamedTuple):
    """A link by title to a page, or to a blog post if `post` is set.

    `space` is None for a link within the same space. `offset` is in the text.
    """

    title: str
    space: str | None
    offset: int
    post: bool = False


def links(text: str, start: int = 0) -> Iterator[Link]:
    """Yield the links of a body, or of a document whose body starts at `start`."""
    for tag in tags(text, start, named="ri:"):
        if tag.kind is Kind.CLOSE or tag.name not in (_PAGE, _POST):
            continue
        title = tag.get("ri:content-title")
        if title is not None:
            yield Link(title, tag.get("ri:space-key"), tag.start, tag.name == _POST)
