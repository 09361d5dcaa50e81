"""Links between pages, which storage format makes by title: who still links to an old one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confsync.scan import SpaceScan

_PAGE = re.compile(r"<ri:page\b[^<>]*>")
_TITLE = re.compile(r'\bri:content-title="([^"]*)"')
_SPACE = re.compile(r'\bri:space-key="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Renamed:
    """A page of a space that has another title now."""

    space: str
    old: str
    new: str


def linked(body: str, space: str) -> set[tuple[str, str]]:
    """The pages that a body links to, as space key and title; `space` is its own."""
    found = set()
    for tag in _PAGE.findall(body):
        title, key = _TITLE.search(tag), _SPACE.search(tag)
        if title:
            found.add((html.unescape(key[1]) if key else space, html.unescape(title[1])))
    return found


def notes(scans: Iterable[SpaceScan], renamed: Iterable[Renamed]) -> Iterator[str]:
    """A line for each page whose old title other documents still link to."""
    changed = [page for page in renamed if page.old != page.new]
    if not changed:
        return
    links: dict[tuple[str, str], list[str]] = {}
    for scan in scans:
        for entry in scan.entries:
            for link in linked(entry.document.body, scan.config.key) if entry.document else ():
                links.setdefault(link, []).append(entry.path)
    taken = {(page.space, page.new) for page in changed}
    for page in changed:
        paths = links.get((page.space, page.old), [])
        if paths and (page.space, page.old) not in taken:
            named = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
            yield f"'{page.old}' is called '{page.new}' now; links to the old title: {named}"
