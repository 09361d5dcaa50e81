"""Links between pages, which storage format makes by title: who still links to an old one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confsync.scan import SpaceScan

# What stands in a CDATA section or a comment links to nothing.
_PAGE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?P<tag><ri:(?:page|(?P<post>blog-post))\b[^<>]*>)",
    re.DOTALL,
)
_TITLE = re.compile(r'\bri:content-title="([^"]*)"')
_SPACE = re.compile(r'\bri:space-key="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page, or blog `post`, by its title; `space` is None for its own.

    `offset` is in the text.
    """

    title: str
    space: str | None
    offset: int
    post: bool = False


@dataclass(frozen=True, slots=True)
class Renamed:
    """A page, or blog `post`, of a space that has another title now."""

    space: str
    old: str
    new: str
    post: bool = False

    def of(self, title: str) -> tuple[str, str, bool]:
        """What links to it, where it has this title."""
        return self.space, title, self.post


def links(text: str, start: int = 0) -> Iterator[Link]:
    """The links of a body, or of a document whose body starts at `start`."""
    for found in _PAGE.finditer(text, start):
        tag = found["tag"] or ""
        title, key = _TITLE.search(tag), _SPACE.search(tag)
        if title:
            space = html.unescape(key[1]) if key else None
            yield Link(html.unescape(title[1]), space, found.start(), bool(found["post"]))


def notes(scans: Iterable[SpaceScan], renamed: Iterable[Renamed]) -> Iterator[str]:
    """A line for each page whose old title other documents still link to."""
    changed = [page for page in renamed if page.old != page.new]
    if not changed:
        return
    linking: dict[tuple[str, str, bool], list[str]] = {}
    for scan in scans:
        for entry in scan.entries:
            found = links(entry.document.body) if entry.document else ()
            key = scan.config.key
            for target in {(link.space or key, link.title, link.post) for link in found}:
                linking.setdefault(target, []).append(entry.path)
    taken = {page.of(page.new) for page in changed}
    for page in changed:
        paths = linking.get(page.of(page.old), [])
        if paths and page.of(page.old) not in taken:
            named = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
            yield f"'{page.old}' is called '{page.new}' now; links to the old title: {named}"
