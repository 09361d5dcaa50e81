"""The names of the pages in one directory, one page after the other.

Most pages have titles of their own: each then has the name that it would have alone. Only in a
directory where two of these names are the same, all pages are named together.
"""

from __future__ import annotations

from collections import Counter

from confsync.document.paths import folded
from confsync.document.tree import Node, place


class Names:
    """The names of some pages by key, the same as `tree.place` gives to all of them at once."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._alone: dict[str, str] = {}
        self._uses: Counter[str] = Counter()
        self._clashes = 0
        self._given: dict[str, str] = {}
        self._waiting: set[str] = set()

    def __len__(self) -> int:
        return len(self._titles)

    def add(self, key: str, title: str) -> None:
        """Add a page, or give it another title."""
        self.remove(key)
        name = place([Node(key, title, None)], None)[key]
        self._titles[key], self._alone[key] = title, name
        self._uses[folded(name)] += 1
        self._clashes += self._uses[folded(name)] == 2
        self._waiting.add(key)

    def remove(self, key: str) -> None:
        """Remove a page, if it is there."""
        if self._titles.pop(key, None) is None:
            return
        name = folded(self._alone.pop(key))
        self._uses[name] -= 1
        if self._uses[name] == 1:
            self._clashes -= 1
            self._waiting.update(self._titles)  # a name may have been kept from others, too
        if not self._uses[name]:
            del self._uses[name]
        self._given.pop(key, None)
        self._waiting.discard(key)

    def renamed(self) -> dict[str, str]:
        """Return the new names since the last call."""
        if self._clashes:
            wanted = place((Node(k, t, None) for k, t in self._titles.items()), None)
        else:
            wanted = {key: self._alone[key] for key in self._waiting}
        new = {key: name for key, name in wanted.items() if self._given.get(key) != name}
        self._given |= new
        self._waiting = set()
        return new
