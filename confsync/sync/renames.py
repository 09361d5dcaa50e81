"""File names from an earlier title of a page, which the next pull changes.

After a local title change, the next push sends the title, and the next pull renames the file. Until
then the stamp records the outdated name. A name that a person chose stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from confsync.document import paths
from confsync.document.links import links
from confsync.mirror.entry import Entry, read
from confsync.mirror.index import outlines
from confsync.mirror.mirror import Mirror
from confsync.model.hint import mentioned
from confsync.model.stamp import Stamp
from confsync.sync.compare import Parent
from confsync.sync.fetch import Case


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


def own_names(
    mirror: Mirror, entries: Mapping[str, Entry], cases: Mapping[str, Case]
) -> frozenset[str]:
    """Return the ids of pages that get another title or parent, and whose name a person chose.

    The names of the other pages stay in any case.
    """
    return frozenset(
        page_id
        for page_id, case in cases.items()
        if case.page is not None and _may_rename(case, case.page.info.title)
        if _is_own(mirror, entries[page_id].path, case, case.page.info.title)
    )


def _may_rename(case: Case, title: str) -> bool:
    return case.decisions.parent is Parent.FOLLOW or title != case.local.title


def _is_own(mirror: Mirror, path: str, case: Case, title: str) -> bool:
    """Return whether confsync gives a file's name for no title of the page: here, there, before."""
    name, stamp = path.rpartition("/")[2].removesuffix(paths.SUFFIX), case.stamp
    base = mirror.bases.get(stamp)
    titles = (case.local.title, title, *([base[0]] if base else ()))
    return not (stamp.renamed or any(paths.named_after(name, one, stamp.id) for one in titles))


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


def notes(mirror: Mirror, renamed: Iterable[Renamed]) -> Iterator[str]:
    """Yield a line for each page whose old title other documents still link to."""
    changed = [page for page in renamed if page.old != page.new]
    if not changed:
        return
    linking: dict[tuple[str, str, bool], list[str]] = {}
    for scan in mirror.scan(outlines(mirror.root)):
        for outline in scan.entries:
            entry = read(mirror.root, outline.path) if outline.document else outline
            found = links(entry.document.body) if entry.document else ()
            key = scan.config.key
            for target in {(link.space or key, link.title, link.post) for link in found}:
                linking.setdefault(target, []).append(mentioned(entry.path))
    taken = {page.of(page.new) for page in changed}
    for page in changed:
        paths = linking.get(page.of(page.old), [])
        if paths and page.of(page.old) not in taken:
            named = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
            yield f"'{page.old}' is called '{page.new}' now; links to the old title: {named}"
