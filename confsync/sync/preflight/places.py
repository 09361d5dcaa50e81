"""The documents that a push refuses for their place, their name or their title.

The mirror alone tells these reasons. `check`, `push`, its dry run and `new` take them from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from confsync.document import paths
from confsync.document.document import Document
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, tree_of
from confsync.mirror.selection import Selection
from confsync.model.config import FILE_NAME
from confsync.model.filenames import BLOG
from confsync.model.hint import TRASH, marked, mentioned
from confsync.model.shell import quoted
from confsync.sync.preflight.text import Flaw

# Characters that Confluence accepts in a title.
TITLE_LIMIT = 255
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')


def refused_in(
    mirror: Mirror, scans: Sequence[SpaceScan], selection: Selection, last: str = ""
) -> dict[str, Flaw]:
    """Return the reason of each selected document that a push would refuse, by path.

    The result may also have unmodified documents. A push sends none of them. Of several
    documents that want one title, `last` is never the first.
    """
    found: dict[str, Flaw] = {}
    for scan in scans:
        entries = [one for one in scan.entries if one.document and selection.has(one.path)]
        excluded = _excluded_in(scan) if entries else set()
        for entry in entries:
            flaw = _own_flaw(scan, entry)
            if flaw is None and entry.path in excluded:
                flaw = _excluded(entry)
            if flaw is not None:
                found[entry.path] = flaw
    return {**_title_flaws(mirror, scans, selection, last), **found}


def refused_new(mirror: Mirror, scans: Sequence[SpaceScan], new: Entry) -> Flaw | None:
    """Return why a push would refuse a document that is not written yet, or None."""
    there = [_with_entry(scan, new) if scan.config.holds(new.path) else scan for scan in scans]
    return refused_in(mirror, there, Selection(), new.path).get(new.path)


def is_edited(mirror: Mirror, scan: SpaceScan, entry: Entry) -> bool:
    """Return whether a document is new, or its text, place, labels or settings were changed."""
    found = entry.document
    if found is None or found.stamp is None or found.modified or scan.moves(entry):
        return True
    if mirror.config.settings and found.settings:
        from confsync.document.settings.values import changed  # most mirrors have no settings

        if changed(found.settings, found.stamp, mirror.config.settings):
            return True
    if not mirror.config.labels:
        return False
    from confsync.sync import labels  # most mirrors have no labels

    return labels.changed(found)


def unfit_name(path: str) -> str:
    """Return why Windows cannot have the name of a document's file, or an empty text."""
    name = path.rpartition("/")[2].removesuffix(paths.SUFFIX)
    if name.partition(".")[0].rstrip().lower() in paths.WINDOWS:
        return f"'{name}' is the name of a device on Windows"
    character = _NOT_ON_WINDOWS.search(name)
    if character:
        return f"Windows allows no {character[0]!r} at this place of a file name"
    return ""


def _with_entry(scan: SpaceScan, new: Entry) -> SpaceScan:
    entries = (*scan.entries, new)
    return replace(scan, entries=entries, tree=tree_of(scan.config, entries, scan.folders))


# -- one document ----------------------------------------------------------------------------------


def _own_flaw(scan: SpaceScan, entry: Entry) -> Flaw | None:
    """Return the flaw of a document's title, name or place, without a look at the others."""
    found = entry.document
    if found is None:
        return None
    if len(found.title) > TITLE_LIMIT and found.modified:
        why = f"the title has {len(found.title)} characters; Confluence accepts {TITLE_LIMIT}"
        return Flaw(_title_line(found), 1, "title", why, hint="shorten the title in {path}")
    if scan.misdated(entry):
        return _misdated(scan, entry)
    if found.stamp is not None:
        return None
    if why := unfit_name(entry.path):
        fit = _free_beside(scan, entry, re.sub(r"[^\w-]+", "-", _stem(entry)).strip("-") + "-page")
        return Flaw(
            1, 1, "name", why, hint=f"'mv {{path}} {marked(fit)}' gives it another name", fit=fit
        )
    if not scan.config.posts and scan.new_parent(entry, "home") is None:
        return _without_parent(scan, entry)
    return None


def _misdated(scan: SpaceScan, entry: Entry) -> Flaw:
    """Return the flaw of a blog post below another day than its own."""
    stamp = entry.document.stamp if entry.document else None
    place = scan.outer(paths.place_of_day(stamp.posted or "" if stamp else ""))
    why = f"a blog post stays below its day, {mentioned(place)}/: blog posts do not move"
    return Flaw(1, 1, "place", why, hint="'confsync pull' puts it back")


def _without_parent(scan: SpaceScan, entry: Entry) -> Flaw | None:
    """Return the flaw of a new document in a directory that belongs to no page."""
    inner = scan.inner(entry.path)
    directory = inner.rpartition("/")[0]
    if paths.is_unborn(scan.tree.owners.get(directory)):
        return None  # the same push may create the parent
    ours = _owned_above(scan, directory)
    free = _free_beside(scan, replace(entry, path=scan.outer(f"{ours}x")), _stem(entry))
    below = (
        f"below {mentioned(scan.outer(ours.rstrip('/')))}" if ours else "at the top of the space"
    )
    move = f"'mv {{path}} {marked(free)}' makes it a page {below}"
    if inner.startswith(f"{BLOG}/") and BLOG not in scan.tree.owners:
        key = scan.config.key
        why = f"a blog post needs 'blog: true' for {key} in {FILE_NAME}"
        return Flaw(1, 1, "place", why, hint=move, fit=free)
    top = f"{ours}{directory.removeprefix(ours).partition('/')[0]}"
    title = top.rpartition("/")[2]
    new = f"'confsync new {marked(scan.outer(top) + paths.SUFFIX)} --title {quoted(title)}'"
    why = f"its directory {mentioned(scan.outer(directory))}/ belongs to no page"
    hint = f"{move}; {new} makes a page of the directory"
    return Flaw(1, 1, "place", why, hint=hint, fit=free)


def _owned_above(scan: SpaceScan, directory: str) -> str:
    """Return the nearest directory above that belongs to a page, with a slash, or an empty text."""
    while directory := directory.rpartition("/")[0]:
        if scan.tree.owners.get(directory) is not None:
            return f"{directory}/"
    return ""


def _free_beside(scan: SpaceScan, entry: Entry, stem: str) -> str:
    """Return a path for a new name in a document's directory at which no document stands."""
    directory = entry.path.rpartition("/")[0]
    taken = {paths.folded(one.path) for one in scan.entries}
    name, number = stem, 1
    while paths.folded(f"{directory}/{name}{paths.SUFFIX}") in taken:
        number += 1
        name = f"{stem}-{number}"
    return f"{directory}/{name}{paths.SUFFIX}"


def _excluded_in(scan: SpaceScan) -> set[str]:
    if not (scan.config.include or scan.config.exclude):
        return set()
    from confsync.sync import scope  # most mirrors have no rules

    return {one.path for one in scope.excluded(scan)}


def _excluded(entry: Entry) -> Flaw:
    why = f"excluded by {FILE_NAME}; not pushed"
    ways = f"'confsync pull --theirs {{path}}' removes the file, with a copy in {TRASH}"
    if entry.page_id is None:
        ways = "'mv {path} {path}.txt' takes the file out of the mirror"
    hint = f"{ways}; to push it, change 'include' or 'exclude' in {FILE_NAME}"
    return Flaw(1, 1, "excluded", why, hint=hint)


def _stem(entry: Entry) -> str:
    return entry.path.rpartition("/")[2].removesuffix(paths.SUFFIX)


def _title_line(found: Document) -> int:
    span = found.spans.get("title")
    return found.text.count("\n", 0, span.start) + 1 if span else 1


# -- titles ----------------------------------------------------------------------------------------


class _Title(NamedTuple):
    """The title of one document: the wanted one, and the page's, or None if it is not known.

    A title is unique in a `room`: the pages of a space, or the blog posts of a day.
    """

    entry: Entry
    wanted: str
    held: str | None
    room: str

    @property
    def keeps(self) -> bool:
        return self.held is not None and self.held.casefold() == self.wanted.casefold()


def _title_flaws(
    mirror: Mirror, scans: Sequence[SpaceScan], selection: Selection, last: str
) -> dict[str, Flaw]:
    """Return the selected documents whose title another document's page has or gets.

    Of several new documents with one title, the first by depth and path gets it.
    """

    def order(one: _Title) -> tuple[bool, int, str]:
        path = one.entry.path
        return path == last, path.count("/"), path

    known = [one for scan in scans for one in _titles_of(mirror, scan)]
    taking = [one for one in known if selection.has(one.entry.path) and not one.keeps]
    if not taking:
        return {}
    takers = {one.entry.path for one in taking}
    holders = {
        (one.room, one.held.casefold()): one
        for one in known
        if one.held is not None and one.entry.path not in takers
    }
    found: dict[str, Flaw] = {}
    for one in sorted(taking, key=order):
        key = (one.room, one.wanted.casefold())
        holder = holders.setdefault(key, one)
        if holder is not one:
            found[one.entry.path] = _taken(one, holder)
    return found


def _titles_of(mirror: Mirror, scan: SpaceScan) -> Iterator[_Title]:
    """Yield the titles of a space's documents. Documents of other spaces are left out."""
    space = f"{scan.config.key.casefold()}/{BLOG if scan.config.posts else ''}"
    for entry in scan.entries:
        found = entry.document
        if found is None or entry.path in scan.foreign:
            continue
        if found.stamp is None:
            yield _Title(entry, found.title, None, space)
            continue
        held = mirror.bases.title(found.stamp) if found.modified else found.title
        yield _Title(entry, found.title, held, f"{space}{found.stamp.posted or ''}")


def _taken(one: _Title, holder: _Title) -> Flaw:
    other, found = holder.entry.path, one.entry.document
    line = _title_line(found) if found else 1
    why = f"{mentioned(other)} has the title '{one.wanted}' already"
    hint = f"change the title in {{path}}; 'confsync show {holder.entry.page_id}' shows the other"
    if holder.entry.page_id is None:
        why = f"{mentioned(other)}, which is new too, has the title '{one.wanted}'"
        hint = (
            "change the title in {path}; or 'mv {path} {path}.txt' takes the file out of the mirror"
        )
    elif not holder.keeps:
        why = f"{mentioned(other)} has the title '{one.wanted}' until it is pushed"
        hint = f"'confsync push {marked(other)}' must come first"
    return Flaw(line, 1, "title", why, hint=hint)


def in_words(flaw: Flaw, path: str) -> str:
    """Return a flaw with its hint, as `check` and `new` tell it."""
    return (
        f"{flaw.message}: {flaw.hint.replace('{path}', marked(path))}"
        if flaw.hint
        else flaw.message
    )
