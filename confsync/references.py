"""Pages that have another title now, and who still links to the old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confsync.links import links
from confsync.scan import SpaceScan


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
