"""File names from an earlier title of a page, which the next pull changes.

After a local title change, the next push sends the title, and the next pull renames the file. Until
then the stamp records the outdated name. A name that a person chose stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confsync.document import paths
from confsync.document.links import links
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan
from confsync.model.stamp import Stamp


def outdated(mirror: Mirror, path: str, stamp: Stamp, title: str, old: str | None = None) -> bool:
    """Return whether a document's file is still named after the title of its base.

    `old` is the base's title, if known. A base that is not in the cache renames nothing: a search
    in git's history for hundreds of pages would take minutes.
    """
    name = path.rpartition("/")[2].removesuffix(paths.SUFFIX)
    if stamp.renamed or paths.named_after(name, title, stamp.id):
        return stamp.renamed
    if old is None:
        found = mirror.bases.get(stamp)
        old = found[0] if found else title
    return paths.named_after(name, old, stamp.id)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A page, or a blog post if `post` is set, that has a new title."""

    space: str
    old: str
    new: str
    post: bool = False

    def of(self, title: str) -> tuple[str, str, bool]:
        """Return the key of links to the page under the given title."""
        return self.space, title, self.post


def notes(scans: Iterable[SpaceScan], renamed: Iterable[Renamed]) -> Iterator[str]:
    """Yield a line for each page whose old title other documents still link to."""
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
