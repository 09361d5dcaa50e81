"""Copies of clones, for tests that begin with a clone and do not test `clone`.

The first test with some content on its server clones it. The next one with the same content gets a
copy, in a twentieth of the time, with its own server's address, its own mark, and an index of its
own files. `test_clones.py` compares a copy with a clone.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass
from pathlib import Path

from confsync.cli import main
from confsync.mirror import entry
from confsync.mirror.index import NAME as INDEX
from confsync.mirror.index import Index
from confsync.mirror.state import disk, mark
from confsync.mirror.state.base_cache import STATE
from confsync.model.config import FILE_NAME
from confsync.sandbox import Faults, Sandbox
from confsync.sandbox.store.rows import PAGE
from tests.files import contents_below
from tests.store_backup import content

# A copy of more would be kept for the few tests with as much.
_PAGES = 30


@dataclass(frozen=True)
class _Kept:
    """A mirror as `clone` left it: its address, its mark and its files."""

    url: str
    word: str
    files: dict[str, bytes]


_KEPT: dict[Hashable, _Kept] = {}


def put(wiki: Sandbox, root: Path, *, copied: bool = True) -> None:
    """Put a clone of ENG there, or a copy of one that has the same content."""
    found = _content(wiki) if copied and _is_plain(wiki, root) else None
    if found is not None and found in _KEPT:
        _copy(_KEPT[found], wiki.url, root)
        return
    assert main(["clone", f"{wiki.url}/spaces/ENG", str(root)]) == 0
    if found is not None:
        _KEPT[found] = _kept(wiki.url, root)


def _is_plain(wiki: Sandbox, root: Path) -> bool:
    """Return whether a clone depends on nothing but what the server holds."""
    above = [up / name for up in root.parents for name in (".git", FILE_NAME)]
    return (
        not root.exists()
        and not any(path.exists() for path in above)
        and asdict(wiki.faults) == asdict(Faults())
    )


def _content(wiki: Sandbox) -> Hashable | None:
    """Return what a server holds, but for times, or None if it is much, or more than pages.

    No file of a mirror of pages has a time.
    """
    database = wiki.store.database
    others = database.all(f"SELECT id FROM content WHERE type != '{PAGE}'")
    files = database.all("SELECT id FROM attachments")
    if others or files or len(wiki.store.pages("ENG")) > _PAGES:
        return None
    return (wiki.flavor, wiki.context, content(wiki.store))


def _kept(url: str, root: Path) -> _Kept:
    state = root / STATE
    own = {state / mark.NAME, state / INDEX}
    files = {name: data for name, data in contents_below(root).items() if root / name not in own}
    return _Kept(url, mark.known(state), files)


def _copy(kept: _Kept, url: str, root: Path) -> None:
    for name, data in kept.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        own = data.replace(kept.url.encode(), url.encode()) if name == FILE_NAME else data
        path.write_bytes(own)
    bases = root / STATE / "bases"
    (bases / kept.word).rename(bases / mark.made(root / STATE))
    _remember_documents(root)


def _remember_documents(root: Path) -> None:
    """Give a copy the index that `clone` writes."""
    written = {}
    for path in root.rglob("*.xhtml"):
        name = path.relative_to(root).as_posix()
        key, found = disk.key(path), entry.read(root, name).document
        assert key is not None
        assert found is not None
        written[name] = (key, found)
    index = Index(root)
    index.wrote(written)
    index.save()
