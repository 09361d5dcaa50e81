"""A site and its desks as they stood once, so that many histories begin with copies of them.

Setting them up anew took a third of the time of a history.
"""

from __future__ import annotations

import atexit
import copy
import shutil
from pathlib import Path

from confsync.mirror.state import mark
from confsync.sandbox import Store
from tests.property.team.desk import Desk
from tests.property.team.site import Site
from tests.store_backup import Backup

# What a copy does not share with its original, and does not copy.
_OWN = {"store", "site", "root", "remote", "audit_of_writes"}


class Beginning:
    """Keeps the directories of the desks until the process ends, and the content of the store."""

    def __init__(self, site: Site, desks: list[Desk], base: Path) -> None:
        self._site = site
        self._desks = desks
        self._backup = Backup(site.store, counter=True)
        for desk in desks:
            desk.git("gc", "-q")
        atexit.register(shutil.rmtree, base, ignore_errors=True)

    def again(self, base: Path) -> tuple[Site, list[Desk]]:
        """Return a copy of the site, and of the desks in the directory `base`."""
        site = Site(Store())
        self._backup.restore(site.store)
        _copy_books(self._site, site)
        return site, [_copied(desk, site, base / desk.root.name) for desk in self._desks]


def _copied(desk: Desk, site: Site, root: Path) -> Desk:
    shutil.copytree(desk.root, root, symlinks=True)
    for bases in (root / ".confsync" / "bases").iterdir():
        bases.rename(bases.with_name(mark.made(root / ".confsync")))
    again = Desk(site, root, desk.remote.who)
    _copy_books(desk, again)
    return again


def _copy_books(one: Site | Desk, other: Site | Desk) -> None:
    books = {name: book for name, book in vars(one).items() if name not in _OWN}
    vars(other).update(copy.deepcopy(books))
