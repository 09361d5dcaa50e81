"""Where pages stand: what a path means, and how a title is written as a name.

Paths are relative to the space's directory, with ``/``. No title, however hostile, leaves it:
every component is made here, of letters, digits, marks and ``-`` alone. Identity is the page id;
a name is only a place, and whoever holds one keeps it.
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

# Most file systems hold 255 bytes a name; what is left over goes to '-<id>' and suffixes.
MAX_BYTES = 180


WINDOWS = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{n}" for device in ("com", "lpt") for n in "0123456789¹²³"]
)

_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"

_DAY_PLACE = r"([0-9]{4})/([0-9]{2})/([0-9]{2})"


class Tree(NamedTuple):
    """What a scan knows of the tree: who owns which directory, who is home, who is there.

    `owners` maps a directory to the id of its page or folder: to what stands for it (`unborn`)
    where there is no page yet, to None where the document cannot be read.
    """

    owners: Mapping[str, str | None]
    home: str | None
    ids: frozenset[str]


class Destination(NamedTuple):
    """The mirror path that a document will have once a plan's moves are done.

    A `str` is a path of the mirror as it stands now, and there another document may stand. mypy
    refuses to take one for the other; only code that runs after the moves asks for `path`.
    """

    path: str


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
    found = re.fullmatch(_DAY, text)
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
    found = re.fullmatch(_DAY_PLACE, path.rpartition("/")[0])
    day = "-".join(found.groups()) if found else ""
    return day if is_day(day) else None


def folded(name: str) -> str:
    """The form in which names compare: without case, by whichever table, without Unicode form."""
    upper = unicodedata.normalize("NFKC", name).upper()
    return unicodedata.normalize("NFKC", upper.casefold())


def alike(owners: Mapping[str, Owner], directories: Iterable[str]) -> dict[str, Owner]:
    """The owners of directories that are called as an owner's place is, but for the case.

    Names compare without case, whatever the file system does: the directory `guide` is that of
    `Guide.xhtml`. None of two owners that only differ in case has it.
    """
    missing = {directory for directory in directories if directory and directory not in owners}
    if not missing:
        return {}
    names = Counter(map(folded, owners))
    single = {name: owner for place, owner in owners.items() if names[name := folded(place)] == 1}
    return {one: single[name] for one in missing if (name := folded(one)) in single}


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
