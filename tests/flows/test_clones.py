"""A copy of a clone, as most flows begin with one, is what `clone` writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.state import disk, mark
from confsync.mirror.state.base_cache import STATE
from confsync.sandbox import Sandbox
from tests.flows import clones
from tests.flows.conftest import Desk

# The inode and the time of a mark, the times of documents, and the time of the lock.
OWN = {f"{STATE}/mark", f"{STATE}/index", f"{STATE}/holder"}


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return mode and bytes of everything in a mirror, with one mark for all mirrors."""
    word = mark.known(root / STATE)
    found = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix().replace(word, "mark")
        data = b"" if path.is_dir() else path.read_bytes().replace(word.encode(), b"mark")
        found[name] = path.stat().st_mode, data if name not in OWN else b""
    return found


def index(root: Path) -> tuple[str, list[list[str]]]:
    """Return what an index is about, and its rows. Each has the key of its document."""
    _, about, *lines = (root / STATE / "index").read_text().split("\n")
    rows = [line.split("\t") for line in lines]
    for path, key, *_ in rows:
        assert tuple(map(int, key.split())) == disk.key(root / json.loads(path))
    word = mark.known(root / STATE)
    return about.replace(word, "mark"), [[path, *rest] for path, _, *rest in rows]


def _never(arguments: list[str]) -> int:
    raise AssertionError(f"not copied, but made by {arguments}")


@pytest.fixture
def both(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> tuple[Desk, Desk]:
    """Return a clone, and a copy of it."""
    wiki.store.create_page("ENG", "Ports", "<p>below</p>", parent=guide)
    monkeypatch.setattr(clones, "_KEPT", {})
    clone = desk_at("clone")
    monkeypatch.setattr(clones, "main", _never)
    return clone, desk_at("copy")


def test_a_copy_is_what_clone_writes(both: tuple[Desk, Desk]) -> None:
    clone, copy = both
    assert files(copy.root) == files(clone.root)
    assert index(copy.root) == index(clone.root)
    assert mark.known(copy.root / STATE) != mark.known(clone.root / STATE)


def test_a_copy_for_another_server_names_that_one(
    wiki: Sandbox, both: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(flavor=wiki.flavor) as other:
        other.store.create_space("ENG", "Engineering", "Engineering")
        for title, body in (("Guide", wiki.store.pages("ENG")[1].body), ("Ports", "<p>below</p>")):
            parent = other.store.pages("ENG")[-1].id
            other.store.create_page("ENG", title, body, author="Ana", raw=True, parent=parent)
        clones.put(other, tmp_path / "other")
        text = (tmp_path / "other/.confsync.yaml").read_text()
        assert text == both[0].text(".confsync.yaml").replace(wiki.url, other.url)


@pytest.mark.usefixtures("both")
def test_what_a_clone_depends_on_is_never_copied_over(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match="not copied"):
        desk_at("fresh", copied=False)
    (tmp_path / "repo/.git").mkdir(parents=True)
    with pytest.raises(AssertionError, match="not copied"):
        desk_at("repo/docs")
    wiki.faults.short_pages = True
    with pytest.raises(AssertionError, match="not copied"):
        desk_at("faults")
    wiki.faults.short_pages = False
    wiki.store.edit(guide, "<p>another text</p>", author="Ana")
    with pytest.raises(AssertionError, match="not copied"):
        desk_at("text")
