"""The memory for each of thousands of pages: of a row of the index, and of a place in the tree."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confsync.document.tree import Node, place
from confsync.mirror.index import Index
from confsync.mirror.state import disk
from confsync.mirror.state.base_cache import STATE
from confsync.remote.cloud.v2_rows import content
from tests.unit.mirror.test_index import make

MANY = 2000


@contextmanager
def measured(most: float) -> Iterator[None]:
    """Fail if the peak of the memory that is taken is more than so many bytes."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def test_the_index_takes_little_more_memory_than_its_file(tmp_path: Path) -> None:
    mirror = make(tmp_path / "mirror", MANY)
    made = Index(mirror.root)
    for path in (mirror.root / "ENG").iterdir():
        made.record(mirror.root, f"ENG/{path.name}")
    with measured(0.7 * MANY * 300):
        made.save()
    stored = mirror.root / STATE / "index"
    key = disk.key(stored)
    assert key is not None
    with measured(3 * key[0]):  # the file, and its rows
        assert len(Index(mirror.root).missing()) == 0
    known = Index(mirror.root)
    names = [f"ENG/page-{number}.xhtml" for number in range(MANY)]
    assert all(known.known(mirror.root, name) for name in names)


def test_a_page_without_children_takes_no_names_below_it() -> None:
    nodes = [Node(str(number), f"Page {number}", "1") for number in range(2, MANY)]
    with measured(600 * MANY):
        assert len(place([Node("1", "Home", None), *nodes], "1")) == MANY - 1


def test_equal_words_of_a_listing_are_kept_once() -> None:
    def row(number: int) -> dict[str, object]:
        made = {"number": 1, "message": "", "authorId": "a" * 40, "createdAt": "2026-01-01"}
        of_page = {"id": str(number), "title": "One", "spaceId": "7" * 10, "parentId": "8" * 10}
        common = {"status": "current", "parentType": "page", "position": 1, "version": made}
        return {key: "".join(v) if isinstance(v, str) else v for key, v in of_page.items()} | common

    one, other = content(row(1)), content(row(2))
    assert one.space is other.space
    assert one.parent is other.parent
    assert one.version.author is other.version.author
