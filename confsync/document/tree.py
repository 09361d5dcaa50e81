"""Nodes: what has a place in a space, and which; `paths` says what a place means. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confsync.document.paths import HOME, WINDOWS, folded, place_of_day, slug
from confsync.model.filenames import BLOG

# No page can have this name, so what stands below wants the parent that its stamp says.
CIRCLE = "circle~"
_RESERVED = WINDOWS | {HOME, BLOG}


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has a place: a page, a folder, or a file without an id yet.

    `key` is the id, or whatever else is unique. `held` is the name (without suffix) that it has
    already and keeps.
    """

    key: str
    title: str
    parent: str | None
    held: str | None = None


def place(nodes: Iterable[Node], home: str | None, fixed: Iterable[str] = ()) -> dict[str, str]:
    """A place for every node: key to path, ``a/b`` for ``a/b.xhtml`` and its directory alike.

    The home page's is ``index``. Children of the home page, of nobody, and of pages that are not
    among the nodes stand at the top. `fixed` are paths that stay, whoever comes. Deterministic:
    holders first, then newcomers by id.
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
    for node in sorted(by_key.values(), key=_order):
        # Only a server that answers a circle leaves anybody over: the lowest id is cut loose.
        if node.key not in placed:
            children[node.parent].remove(node)
            children[None] = [node]
            _place_below(None, CIRCLE, children, names, placed)
    return placed


@dataclass(frozen=True, slots=True)
class Post:
    """A blog post, of a day `YYYY-MM-DD`; the rest is as for a `Node`."""

    key: str
    title: str
    day: str
    held: str | None = None


def place_posts(posts: Iterable[Post], fixed: Iterable[str] = ()) -> dict[str, str]:
    """A place for every post, such as ``2026/03/07/news``; in all else as `place` does it."""
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
            waiting.append((node.key, placed[node.key]))


class _Names:
    """The names taken in each directory."""

    def __init__(self, fixed: Iterable[str], held: Iterable[str]) -> None:
        self._held: dict[str, set[str]] = defaultdict(set, {"": set(held)})
        self._taken: dict[str, set[str]] = defaultdict(set)
        for path in fixed:
            parts = path.split("/")
            for depth, part in enumerate(parts):
                self._taken["/".join(parts[:depth])].add(folded(part))

    def give(self, directory: str, nodes: list[Node]) -> Iterable[tuple[Node, str]]:
        """A name for each of the nodes: holders keep theirs, newcomers take what is free."""
        held, taken = self._held[directory], self._taken[directory]
        newcomers: list[Node] = []
        for node in sorted(nodes, key=_order):
            if node.held and folded(node.held) not in held:
                held.add(folded(node.held))
                yield node, node.held
            else:
                newcomers.append(node)
        for node in newcomers:
            name = slug(node.title) or f"page-{_suffix(node)}"
            while folded(name) in held | taken | _RESERVED:
                name = f"{name}-{_suffix(node)}"
            taken.add(folded(name))
            yield node, name


def _suffix(node: Node) -> str:
    """What tells a name from another: the id, or something as short where there is none."""
    if node.key.isascii() and node.key.isdecimal():
        return node.key
    return hashlib.sha256(node.key.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _order(node: Node) -> tuple[int, str]:
    """By number, so that '9' comes before '10'; anything else after all numbers."""
    return (int(node.key) if node.key.isdecimal() else 1 << 70, node.key)
