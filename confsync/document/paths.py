"""The places of pages: what a path means, and how a title becomes a file name.

Paths are relative to the space's directory, with ``/``. No title, however hostile, leads out of the
directory: names have only letters, digits, marks and ``-``. The page id identifies a page; its name
is only a place. A page that has a name keeps it.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from confsync.model.filenames import BLOG as BLOG
from confsync.model.filenames import FOLDER_FILE as FOLDER_FILE
from confsync.model.filenames import SUFFIX as SUFFIX

HOME = "index"

Owner = TypeVar("Owner")


MAX_CHARACTERS = 80

# Most file systems allow 255 bytes a name. The rest is for '-<id>' and suffixes.
MAX_BYTES = 180


WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{n}" for device in ("com", "lpt") for n in "0123456789¹²³"]
)

_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"

_DAY_PLACE = r"([0-9]{4})/([0-9]{2})/([0-9]{2})"


class Tree(NamedTuple):
    """The tree that a scan found: the owners of directories, the home page and all page ids.

    `owners` maps a directory to the id of its page or folder. For a page that does not exist yet,
    the value is an `unborn` key. For an unreadable document, it is None.
    """

    owners: Mapping[str, str | None]
    home: str | None
    ids: frozenset[str]


class Destination(NamedTuple):
    """The mirror path that a document will have after a plan's moves.

    A `str` is a path of the mirror as it is now, where another document may stand. The type lets
    mypy refuse one for the other. Only code that runs after the moves uses `path`.
    """

    path: str


_UNBORN = "file "


def unborn(path: str) -> str:
    """Return a key for the page of a new document, which has no id yet. No id looks like it."""
    return f"{_UNBORN}{path}"


def is_unborn(key: str | None) -> bool:
    """Return whether a key stands for a page without an id."""
    return key is not None and key.startswith(_UNBORN)


def path_of_unborn(key: str) -> str:
    """Return the path of the new document that a key stands for."""
    return key.removeprefix(_UNBORN)


def wanted_parent(path: str, base: str | None, tree: Tree, *, top: bool = False) -> str | None:
    """Return the parent that the place of a stamped document means; `base` is the stamp's parent.

    Below a new document, the parent is an `unborn` key. For the home page, and in a directory
    without an owner, the parent is `base`. At the top it is `base` if that page is not in the
    mirror: such a document has no other place. It is also `base` if confsync put the document there
    (`top`).
    """
    directory, _, name = path.rpartition("/")
    if directory:
        return tree.owners.get(directory) or base
    if name == HOME + SUFFIX or base is None or base not in tree.ids:
        return base
    return base if top else tree.home or base


def new_parent(path: str, tree: Tree, home: str | None) -> str | None:
    """Return the parent for the new page of a document; `home` is the space's home page.

    Return None if the directory has no owner, or if its owner is not on the server yet.
    """
    directory = path.rpartition("/")[0]
    owner = tree.owners.get(directory) if directory else tree.home or home
    return None if is_unborn(owner) else owner


def is_day(text: str) -> bool:
    """Return whether a text is a valid day, written `YYYY-MM-DD`."""
    found = re.fullmatch(_DAY, text)
    if found is None:
        return False
    try:
        datetime.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def place_of_day(day: str) -> str:
    """Return the directory of a day's blog posts, relative to the blog's directory."""
    return day.replace("-", "/")


def day_of(path: str) -> str | None:
    """Return the day that the place of a blog post means, or None.

    `path` is relative to the blog's directory.
    """
    found = re.fullmatch(_DAY_PLACE, path.rpartition("/")[0])
    day = "-".join(found.groups()) if found else ""
    return day if is_day(day) else None


def folded(name: str) -> str:
    """Return the form in which names compare: without case and without Unicode form.

    It applies both case tables of Unicode, because file systems use different ones.
    """
    upper = unicodedata.normalize("NFKC", name).upper()
    return unicodedata.normalize("NFKC", upper.casefold())


def alike(owners: Mapping[str, Owner], directories: Iterable[str]) -> dict[str, Owner]:
    """Return the owners of directories whose names differ from the owner's place only in case.

    Names compare without case on every file system: the directory `guide` belongs to `Guide.xhtml`.
    If two owners differ only in case, neither owns the directory.
    """
    missing = {directory for directory in directories if directory and directory not in owners}
    if not missing:
        return {}
    names = Counter(map(folded, owners))
    single = {name: owner for place, owner in owners.items() if names[name := folded(place)] == 1}
    return {one: single[name] for one in missing if (name := folded(one)) in single}


def slug(title: str) -> str:
    """Return a title as a file name without suffix; empty if no character of it is allowed."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", title.lower()):
        if _in_name(character, after_letter=bool(kept) and kept[-1] != "-"):
            kept.append(character)
        elif kept and kept[-1] != "-":
            kept.append("-")
    return _cut("".join(kept)).strip("-")


def named_after(name: str, title: str, page_id: str) -> bool:
    """Return whether a file name (without suffix) is the one that confsync gives this title."""
    own = slug(title) or f"page-{page_id}"
    return folded(name) in (folded(own), folded(f"{own}-{page_id}"))


def _in_name(character: str, *, after_letter: bool) -> bool:
    """Return whether a character may stand in a name: letters, digits and combining marks."""
    category = unicodedata.category(character)
    if category in ("Mn", "Mc"):
        return after_letter and "VARIATION SELECTOR" not in unicodedata.name(character, "")
    return category[0] == "L" or category in ("Nd", "Nl", "No")


def _cut(name: str) -> str:
    name = name[:MAX_CHARACTERS]
    return name.encode()[:MAX_BYTES].decode(errors="ignore")
