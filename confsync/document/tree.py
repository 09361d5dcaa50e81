"""The places of all pages of a space, computed from nodes. Pure.

`paths` says what a place means.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confsync.document.paths import HOME, WINDOWS, folded, place_of_day, slug
from confsync.model.filenames import BLOG

# No page can have this name. Documents below it keep the parent of their stamp.
CIRCLE = "circle~"
_RESERVED = WINDOWS | {HOME, BLOG}


@dataclass(frozen=True, slots=True)
class Node:
    """An item with a place: a page, a folder, or a file without an id.

    `key` is the id or another unique text. `held` is the name without suffix that the item already
    has and keeps. `own` is a name that a person chose: in a new directory, the item has it again
    if it is free.
    """

    key: str
    title: str
    parent: str | None
    held: str | None = None
    own: str | None = None


def place(nodes: Iterable[Node], home: str | None, fixed: Iterable[str] = ()) -> dict[str, str]:
    """Return the path of every node by key: ``a/b`` for ``a/b.xhtml`` and its directory alike.

    The home page is ``index``. Three kinds of nodes stand at the top: children of the home page,
    nodes without a parent, and nodes whose parent is not given. `fixed` are paths that stay taken.
    The result is deterministic: nodes with a name come first, then the others by id.
    """
    by_key = {node.key: node for node in nodes}
    children: dict[str | None, list[Node]] = defaultdict(list)
    for node in by_key.values():
        if node.key != home:
            parent = node.parent if node.parent in by_key and node.parent != home else None
            children[parent].append(node)
    placed: dict[str, str] = {home: HOME} if home in by_key and home is not None else {}
    names = _Names(fixed, placed.values())
    _place_below(None, "", children, names, placed)
    for node in sorted((node for key, node in by_key.items() if key not in placed), key=_order):
        # Nodes are left only if the server's parents make a circle. The node with the lowest id
        # breaks it.
        if node.key not in placed:
            children[node.parent].remove(node)
            children[None] = [node]
            _place_below(None, CIRCLE, children, names, placed)
    return placed


@dataclass(frozen=True, slots=True)
class Post:
    """A blog post of a day `YYYY-MM-DD`. The other fields are as in `Node`."""

    key: str
    title: str
    day: str
    held: str | None = None


def place_posts(posts: Iterable[Post], fixed: Iterable[str] = ()) -> dict[str, str]:
    """Return the path of every blog post by key, such as ``2026/03/07/news``; see `place`."""
    given = tuple(posts)
    # A day is a node whose name has slashes.
    days = [Node(day, "", None, place_of_day(day)) for day in {post.day for post in given}]
    nodes = [Node(post.key, post.title, post.day, post.held) for post in given]
    placed = place([*days, *nodes], None, fixed)
    return {post.key: placed[post.key] for post in given}


def _place_below(
    top: str | None,
    directory: str,
    children: Mapping[str | None, list[Node]],
    names: _Names,
    placed: dict[str, str],
) -> None:
    waiting = [(top, directory)]
    while waiting:
        parent, directory = waiting.pop()
        for node, name in names.give(directory, children.get(parent, [])):
            placed[node.key] = f"{directory}/{name}" if directory else name
            if node.key in children:  # most nodes have none, and need no names below
                waiting.append((node.key, placed[node.key]))


class _Names:
    """The names that are taken in each directory."""

    def __init__(self, fixed: Iterable[str], held: Iterable[str]) -> None:
        self._held: dict[str, set[str]] = defaultdict(set, {"": set(held)})
        self._taken: dict[str, set[str]] = defaultdict(set)
        for path in fixed:
            parts = path.split("/")
            for depth, part in enumerate(parts):
                self._taken["/".join(parts[:depth])].add(folded(part))

    def give(self, directory: str, nodes: list[Node]) -> Iterable[tuple[Node, str]]:
        """Yield each node with its name: nodes keep the names they hold, others get free names."""
        held, taken = self._held[directory], self._taken[directory]
        newcomers: list[Node] = []
        for node in sorted(nodes, key=_order):
            if node.held and folded(node.held) not in held:
                held.add(folded(node.held))
                yield node, node.held
            else:
                newcomers.append(node)
        for node in newcomers:
            name = node.own or slug(node.title) or f"page-{_suffix(node)}"
            while folded(name) in held | taken | _RESERVED:
                name = f"{name}-{_suffix(node)}"
            taken.add(folded(name))
            yield node, name
        if directory not in ("", CIRCLE):  # all others get their names in one go
            del self._held[directory], self._taken[directory]


def _suffix(node: Node) -> str:
    """Return the suffix that makes a name unique: the id, or a short hash if there is no id."""
    if node.key.isascii() and node.key.isdecimal():
        return node.key
    return hashlib.sha256(node.key.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _order(node: Node) -> tuple[int, str]:
    """Return the sort key: numbers by value ('9' before '10'), other keys after all numbers."""
    return (int(node.key) if node.key.isdecimal() else 1 << 70, node.key)
