"""The files of one space's directory, as they change from commit to commit.

`tree.place` names all pages of a space at once. Here the same names come page by page: a change
costs what its directory costs, not what the space costs. Names depend only on the pages that are
there, as in a fresh clone, so that any way to the same pages gives the same files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from confsync.document.paths import FOLDER_FILE, HOME, SUFFIX, place_of_day
from confsync.document.tree import CIRCLE
from confsync.history.names import Names
from confsync.model.page import Folder

# A file's content as git's id of it; None for a file that is not there.
Changes = dict[str, str | None]


class Item(NamedTuple):
    """A page with its document. `posted` is the day of a blog post, which has no parent.

    `content` is git's id of the document's text.
    """

    key: str
    title: str
    parent: str | None
    content: str
    posted: str | None = None


class Frame(NamedTuple):
    """The constants of a run's commits: a directory, its home, its folders, and its circles.

    `folders` are by id, and `texts` are git's ids of their files. `circles` are the pages that
    stand below `CIRCLE`, because the server's parents make a circle.
    """

    directory: str
    home: str | None
    folders: Mapping[str, Folder]
    texts: Mapping[str, str]
    circles: frozenset[str] = frozenset()


class SpaceTree:
    """The pages of one space with their paths. A folder is there while a page is below it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._items: dict[str, Item] = {}
        self._children: dict[str | None, set[str]] = defaultdict(set)  # by the parent they want
        self._groups: dict[str | None, set[str]] = defaultdict(set)  # by the parent they have
        self._given: dict[str | None, Names] = defaultdict(Names)
        self._group: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._dirty: set[str | None] = set()
        self._moved: set[str] = set()
        self._rewritten: set[str] = set()
        self._gone: list[str] = []
        if frame.home in frame.folders:
            self._add_folder(str(frame.home))

    def item(self, key: str) -> Item | None:
        """Return a page, or None if it is not there."""
        return self._items.get(key)

    def put(self, item: Item) -> None:
        """Add a page, or replace it."""
        before = self._items.get(item.key)
        self._items[item.key] = item
        if before is None or before.parent != item.parent:
            if before is not None:
                self._leave(before)
            self._children[item.parent].add(item.key)
            self._need_folder(item.parent)
        self._rewritten.add(item.key)
        if before is None:
            for child in self._children.get(item.key, ()):
                self._regroup(child)
        self._regroup(item.key)
        if before is not None and before.title != item.title and item.key != self._frame.home:
            self._given[self._group[item.key]].add(item.key, item.title)
            self._dirty.add(self._group[item.key])

    def remove(self, key: str) -> None:
        """Remove a page. The pages below it go to the top."""
        item = self._items.pop(key, None)
        if item is None:
            return
        self._leave(item)
        self._forget(key)
        for child in self._children.get(key, ()):
            self._regroup(child)

    def changes(self) -> Changes:
        """Return the files that changed since the last call, with paths in the mirror."""
        for group in self._dirty:
            self._name(group)
        affected = {key for top in self._moved if top in self._items for key in self._below(top)}
        changed: Changes = dict.fromkeys(self._gone, None)
        before = {key: self._paths.pop(key) for key in affected if key in self._paths}
        changed |= dict.fromkeys(before.values(), None)
        for key in affected:
            self._paths[key] = self._path(key)
        for key in affected | (self._rewritten & self._items.keys()):
            path = self._paths[key]
            if before.get(key) == path and key not in self._rewritten:
                changed.pop(path, None)
            else:
                changed[path] = self._items[key].content
        self._dirty, self._moved, self._rewritten, self._gone = set(), set(), set(), []
        return changed

    # -- parents -----------------------------------------------------------------------------------

    def _wanted_group(self, item: Item) -> str | None:
        """Return the parent in whose directory a page stands; None is the top."""
        if item.key in self._frame.circles:
            return CIRCLE
        if item.posted is not None:
            return item.posted
        parent = item.parent
        return parent if parent in self._items and parent != self._frame.home else None

    def _regroup(self, key: str) -> None:
        item = self._items[key]
        group = self._wanted_group(item)
        if key in self._group and self._group[key] == group:
            return
        self._ungroup(key)
        self._group[key] = group
        self._groups[group].add(key)
        self._moved.add(key)
        if key != self._frame.home:
            self._given[group].add(key, item.title)
            self._dirty.add(group)

    def _ungroup(self, key: str) -> None:
        if key in self._group:
            old = self._group.pop(key)
            self._groups[old].discard(key)
            self._given[old].remove(key)
            self._dirty.add(old)

    def _forget(self, key: str) -> None:
        """Remove what is known of a page that is gone."""
        self._ungroup(key)
        self._names.pop(key, None)
        if key in self._paths:
            self._gone.append(self._paths.pop(key))

    def _leave(self, item: Item) -> None:
        """Take a page from its parent, with a folder that has no page then."""
        self._children[item.parent].discard(item.key)
        folder = item.parent
        is_empty = folder in self._frame.folders and not self._children[folder]
        if folder is not None and is_empty and folder != self._frame.home:
            self.remove(folder)

    def _need_folder(self, folder_id: str | None) -> None:
        if folder_id in self._frame.folders and folder_id not in self._items:
            self._add_folder(str(folder_id))

    def _add_folder(self, folder_id: str) -> None:
        folder = self._frame.folders[folder_id]
        text = self._frame.texts[folder_id]
        self.put(Item(folder_id, folder.title, folder.parent, text))

    # -- names and paths ---------------------------------------------------------------------------

    def _name(self, group: str | None) -> None:
        """Give the pages of one directory their new names."""
        renamed = self._given[group].renamed()
        self._names |= renamed
        self._moved |= renamed.keys()

    def _below(self, top: str) -> Iterator[str]:
        """Yield a page and all pages below it."""
        waiting = [top]
        while waiting:
            key = waiting.pop()
            yield key
            if key != self._frame.home:
                waiting += self._groups.get(key, ())

    def _path(self, key: str) -> str:
        """Return the path of a page's document or a folder's file in the mirror."""
        place_, folder = self._place(key), key in self._frame.folders
        ending = f"/{FOLDER_FILE}" if folder else SUFFIX
        return f"{self._frame.directory}{'/' if place_ else ''}{place_}{ending}"

    def _place(self, key: str) -> str:
        """Return the place of a page below the space's directory, without suffix."""
        if key == self._frame.home:
            return "" if key in self._frame.folders else HOME
        parts = [self._names[key]]
        group = self._group[key]
        while group is not None and group in self._items:
            parts.append(self._names[group])
            group = self._group[group]
        if group is not None:
            parts.append(CIRCLE if group == CIRCLE else place_of_day(group))
        return "/".join(reversed(parts))


def circles_of(parents: Mapping[str, str | None], home: str | None) -> frozenset[str]:
    """Return the pages below no top, one for each circle of parents, as `tree.place` takes them."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for key, parent in parents.items():
        if key != home:
            children[parent if parent in parents and parent != home else None].append(key)
    reached = {home}
    found: set[str] = set()
    for top in (None, *sorted(parents, key=lambda key: (len(key), key))):
        if top is not None and top in reached:
            continue
        waiting: list[str | None] = [top]
        found |= {top} if top is not None else set()
        while waiting:
            page = waiting.pop()
            reached.add(page)
            waiting += [child for child in children.get(page, ()) if child not in reached]
    return frozenset(found)
