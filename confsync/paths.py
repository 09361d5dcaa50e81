"""Where pages stand: from titles and parents to paths, and from a path to the wanted parent.

Paths are relative to the space's directory, with ``/``. No title, however hostile, leaves it:
every component is made here, of letters, digits, marks and ``-`` alone. Identity is the page id;
a name is only a place, and whoever holds one keeps it.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SUFFIX = ".xhtml"
HOME = "index"
# No page can have this name, so what stands below wants the parent that its stamp says.
CIRCLE = "circle~"
FOLDER_FILE = ".folder.yaml"

MAX_CHARACTERS = 80
# Most file systems hold 255 bytes a name; what is left over goes to '-<id>' and suffixes.
MAX_BYTES = 180

WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{n}" for device in ("com", "lpt") for n in "0123456789¹²³"]
)
# Where a space's blog posts stand, below the day on which they were posted: blog/2026/03/07/
BLOG = "blog"
_RESERVED = WINDOWS | {HOME, BLOG}
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_DAY_PLACE = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})")


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


@dataclass(frozen=True, slots=True)
class Tree:
    """What a scan knows of the tree: who owns which directory, who is home, who is there.

    `owners` maps a directory to the id of its page or folder: to what stands for it (`unborn`)
    where there is no page yet, to None where the document cannot be read.
    """

    owners: Mapping[str, str | None]
    home: str | None
    ids: frozenset[str]


_UNBORN = "file "


def unborn(path: str) -> str:
    """Stands for the id that the page of a new document will have; no id looks like it."""
    return f"{_UNBORN}{path}"


def is_unborn(key: str | None) -> bool:
    """Whether something stands for an id that is yet to be given out."""
    return key is not None and key.startswith(_UNBORN)


def path_of_unborn(key: str) -> str:
    """The new document that something stands for."""
    return key.removeprefix(_UNBORN)


def wanted_parent(path: str, base: str | None, tree: Tree, *, top: bool = False) -> str | None:
    """The parent that a stamped document's place means; `base` is the stamp's parent.

    What stands below a new document wants what is `unborn` yet.

    The home page, and any document in a directory that belongs to nobody, wants what its stamp
    says. So does one at the top whose parent is not in the mirror: it could stand nowhere else,
    and one that confsync itself put there for that reason (`top`).
    """
    directory, _, name = path.rpartition("/")
    if directory:
        return tree.owners.get(directory) or base
    if name == HOME + SUFFIX or base is None or base not in tree.ids:
        return base
    return base if top else tree.home or base


def new_parent(path: str, tree: Tree, home: str | None) -> str | None:
    """The parent under which a document without a stamp is to be created; `home` is the space's.

    None in a directory that belongs to nobody, or to a page that is itself not on the server yet.
    """
    directory = path.rpartition("/")[0]
    owner = tree.owners.get(directory) if directory else tree.home or home
    return None if is_unborn(owner) else owner


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as `YYYY-MM-DD` and in no other way."""
    found = _DAY.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def place_of_day(day: str) -> str:
    """The directory of a day's blog posts, below that of the blog."""
    return day.replace("-", "/")


def day_of(path: str) -> str | None:
    """The day that the place of a blog post's document means; None where it means none.

    `path` is relative to the blog's directory.
    """
    found = _DAY_PLACE.fullmatch(path.rpartition("/")[0])
    day = "-".join(found.groups()) if found else ""
    return day if is_day(day) else None


def folded(name: str) -> str:
    """The form in which names compare: without case, by whichever table, without Unicode form."""
    upper = unicodedata.normalize("NFKC", name).upper()
    return unicodedata.normalize("NFKC", upper.casefold())


def slug(title: str) -> str:
    """A title as a file name without suffix; empty when nothing of it can stand in one."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", title.lower()):
        if _in_name(character, after_letter=bool(kept) and kept[-1] != "-"):
            kept.append(character)
        elif kept and kept[-1] != "-":
            kept.append("-")
    return _cut("".join(kept)).strip("-")


def named_after(name: str, title: str, page_id: str) -> bool:
    """Whether a file has the name, without suffix, that a page of this title is given."""
    own = slug(title) or f"page-{page_id}"
    return folded(name) in (folded(own), folded(f"{own}-{page_id}"))


def _in_name(character: str, *, after_letter: bool) -> bool:
    """Letters, digits, and the marks that many scripts write vowels with."""
    category = unicodedata.category(character)
    if category in ("Mn", "Mc"):
        return after_letter and "VARIATION SELECTOR" not in unicodedata.name(character, "")
    return category[0] == "L" or category in ("Nd", "Nl", "No")


def _cut(name: str) -> str:
    name = name[:MAX_CHARACTERS]
    return name.encode()[:MAX_BYTES].decode(errors="ignore")


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
