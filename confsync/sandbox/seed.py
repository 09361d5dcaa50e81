"""Filling a store from a directory: `space.json` and the XHTML files that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .store.rows import SpaceRow
from .store.store import ME, Store


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    parent: str | None
    bodies: tuple[str, ...]  # oldest first
    labels: tuple[str, ...]
    author: str
    message: str

    @property
    def first_message(self) -> str:
        return self.message if len(self.bodies) == 1 else ""


def demo_space() -> Path:
    """Return the directory of the space that comes with confsync."""
    return Path(__file__).parent / "demo_space"


def seed(store: Store, directory: Path) -> SpaceRow:
    """Load a space and return it. Bodies are in stored form already, so they are not changed.

    `space.json` holds `key`, `name`, `users` (names) and `pages`. Each page has `title`, `file` and
    `parent` (a title; null only for the home page). It may have `labels`, `author`, `message` and
    `versions` (the files of earlier versions, oldest first). Raise ValueError and load nothing
    unless there is exactly one home page and every parent exists.
    """
    given = json.loads((directory / "space.json").read_text(encoding="utf-8"))
    pages = [_page(directory, one) for one in given["pages"]]
    homes = [page for page in pages if page.parent is None]
    if len(homes) != 1:
        raise ValueError(f"space.json has {len(homes)} pages without a parent instead of one")
    (home,) = homes
    with store.batch():
        for name in given.get("users", ()):
            store.add_user(name)
        space = store.create_space(
            given["key"],
            given.get("name"),
            home.title,
            home_body=home.bodies[0],
            author=home.author,
            message=home.first_message,
            raw=True,
        )
        store.add_labels(space.homepage_id, home.labels)
        _finish(store, space.homepage_id, home)
        _children(store, space, [page for page in pages if page is not home], home.title)
    return space


def _page(directory: Path, given: dict[str, Any]) -> _Page:
    files = [*given.get("versions", ()), given["file"]]
    return _Page(
        title=given["title"],
        parent=given.get("parent"),
        bodies=tuple((directory / name).read_bytes().decode("utf-8") for name in files),
        labels=tuple(given.get("labels", ())),
        author=given.get("author", ME),
        message=given.get("message", ""),
    )


def _children(store: Store, space: SpaceRow, left: list[_Page], home: str) -> None:
    """Create the pages in rounds, since a parent may stand after its children."""
    ids = {home: space.homepage_id}
    while left:
        ready = [page for page in left if page.parent in ids]
        if not ready:
            raise ValueError(f"space.json: no parent for {', '.join(one.title for one in left)}")
        for page in ready:
            row = store.create_page(
                space.key,
                page.title,
                page.bodies[0],
                ids[page.parent or home],
                author=page.author,
                message=page.first_message,
                labels=page.labels,
                raw=True,
            )
            ids[page.title] = row.id
            _finish(store, row.id, page)
        left = [page for page in left if page not in ready]


def _finish(store: Store, page_id: str, page: _Page) -> None:
    """Add the versions after the first one. The page's message belongs to the last version."""
    for number, body in enumerate(page.bodies[1:], 2):
        message = page.message if number == len(page.bodies) else ""
        store.edit(page_id, body, author=page.author, message=message, raw=True)
