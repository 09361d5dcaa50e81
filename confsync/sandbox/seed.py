"""Filling a store from a directory: `space.json` and the XHTML files that it names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .store.rows import SpaceRow
from .store.store import ME, Store


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    contents: tuple[bytes, ...]  # oldest first
    comment: str


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    parent: str | None
    bodies: tuple[str, ...]  # oldest first
    labels: tuple[str, ...]
    author: str
    message: str
    files: tuple[_File, ...]
    at: str | None

    @property
    def first_message(self) -> str:
        return self.message if len(self.bodies) == 1 else ""


def demo_space() -> Path:
    """Return the directory of the space that comes with confsync."""
    return Path(__file__).parent / "demo_space"


def seed(store: Store, directory: Path) -> SpaceRow:
    """Load a space and return it. Bodies are in stored form already, so they are not changed.

    `space.json` holds `key`, `name`, `users` (names), `pages` and maybe `posts`. Each page has
    `title`, `file` and `parent` (a title; null only for the home page). It may have `labels`,
    `author`, `message`, `attachments` and `versions` (the files of earlier versions, oldest first).
    An attachment has `name` and `file`, and may have `comment` and `versions`. A post is like a
    page without a parent, and may have `at`, its time.

    Raise ValueError and load nothing unless there is exactly one home page and every parent exists.
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
        _add_versions(store, space.homepage_id, home)
        ids = _create_children(store, space, [page for page in pages if page is not home], home)
        for page in pages:  # after all pages, so that their ids do not depend on files
            _attach(store, ids[page.title], page)
        for given_post in given.get("posts", ()):
            _create_post(store, space, _page(directory, given_post))
    return space


def _page(directory: Path, given: dict[str, Any]) -> _Page:
    return _Page(
        title=given["title"],
        parent=given.get("parent"),
        bodies=tuple(data.decode("utf-8") for data in _contents(directory, given)),
        labels=tuple(given.get("labels", ())),
        author=given.get("author", ME),
        message=given.get("message", ""),
        files=tuple(
            _File(one["name"], _contents(directory, one), one.get("comment", ""))
            for one in given.get("attachments", ())
        ),
        at=given.get("at"),
    )


def _contents(directory: Path, given: dict[str, Any]) -> tuple[bytes, ...]:
    """Return the bytes of all versions of a page or an attachment, oldest first."""
    names = (*given.get("versions", ()), given["file"])
    return tuple((directory / name).read_bytes() for name in names)


def _create_children(
    store: Store, space: SpaceRow, left: list[_Page], home: _Page
) -> dict[str, str]:
    """Create the pages in rounds, since a parent may stand after its children.

    Return the ids of all pages by title.
    """
    ids = {home.title: space.homepage_id}
    while left:
        ready = [page for page in left if page.parent in ids]
        if not ready:
            raise ValueError(f"space.json: no parent for {', '.join(one.title for one in left)}")
        for page in ready:
            row = store.create_page(
                space.key,
                page.title,
                page.bodies[0],
                ids[page.parent or home.title],
                author=page.author,
                message=page.first_message,
                labels=page.labels,
                raw=True,
            )
            ids[page.title] = row.id
            _add_versions(store, row.id, page)
        left = [page for page in left if page not in ready]
    return ids


def _create_post(store: Store, space: SpaceRow, post: _Page) -> None:
    row = store.create_post(
        space.key,
        post.title,
        post.bodies[0],
        author=post.author,
        message=post.first_message,
        labels=post.labels,
        at=post.at,
        raw=True,
    )
    _add_versions(store, row.id, post)
    _attach(store, row.id, post)


def _attach(store: Store, page_id: str, page: _Page) -> None:
    """Attach the files of a page. A comment belongs to the last version of a file."""
    for file in page.files:
        first, *later = file.contents
        comment = "" if later else file.comment
        row = store.attach(page_id, file.name, first, author=page.author, comment=comment)
        for number, data in enumerate(later, 2):
            comment = file.comment if number == len(file.contents) else ""
            store.replace_attachment(row.id, data, page.author, comment)


def _add_versions(store: Store, page_id: str, page: _Page) -> None:
    """Add the versions after the first one. The page's message belongs to the last version."""
    for number, body in enumerate(page.bodies[1:], 2):
        message = page.message if number == len(page.bodies) else ""
        store.edit(page_id, body, author=page.author, message=message, raw=True)
