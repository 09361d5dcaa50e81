"""The colleague's edits on the server while a page of the manual is typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from confsync.sandbox import PageRow, Store

SPACE = "OPS"
Act = Callable[[Store, re.Match[str]], object]


def _page(store: Store, title: str) -> PageRow:
    """Return the page or blog post of a title."""
    (page,) = (page for page in (*store.pages(SPACE), *store.posts(SPACE)) if page.title == title)
    return page


def _edit(store: Store, found: re.Match[str]) -> None:
    page = _page(store, found["page"])
    assert page.body.count(found["old"]) == 1, f"{found['old']!r} stands there not once"
    body = page.body.replace(found["old"], found["new"])
    store.edit(page.id, body, author=found["who"], message=found["why"])


def _retitle(store: Store, found: re.Match[str]) -> None:
    store.edit(_page(store, found["page"]).id, title=found["new"], author=found["who"])


def _move(store: Store, found: re.Match[str]) -> None:
    below = _page(store, found["parent"]).id
    store.edit(_page(store, found["page"]).id, parent=below, author=found["who"])


def _comment(store: Store, found: re.Match[str]) -> None:
    store.comment(_page(store, found["page"]).id, found["old"], found["who"])


def _write_below(store: Store, found: re.Match[str]) -> None:
    store.add_comment(_page(store, found["page"]).id, found["new"], found["who"])


def _create(store: Store, found: re.Match[str]) -> None:
    below = _page(store, found["parent"]).id
    store.create_page(SPACE, found["page"], found["new"], below, author=found["who"])


def _post(store: Store, found: re.Match[str]) -> None:
    store.create_post(SPACE, found["page"], found["new"], author=found["who"])


def _label(store: Store, found: re.Match[str]) -> None:
    store.add_labels(_page(store, found["page"]).id, [found["new"]])


def _set(store: Store, found: re.Match[str]) -> None:
    page, key, value = _page(store, found["page"]).id, found["key"], json.loads(found["new"])
    if held := store.properties(page, key):
        store.set_property(page, key, value, held[0].version + 1, found["who"])
    else:
        store.add_property(page, key, value, found["who"])


def _place(store: Store, found: re.Match[str]) -> None:
    store.move(_page(store, found["page"]).id, found["where"], _page(store, found["new"]).id)


def _attach(store: Store, found: re.Match[str]) -> None:
    page = _page(store, found["page"]).id
    store.attach(page, found["name"], found["new"].encode(), found["who"])


def _replace(store: Store, found: re.Match[str]) -> None:
    (file,) = store.attachments(_page(store, found["page"]).id, found["name"])
    store.replace_attachment(file.id, found["new"].encode(), found["who"])


def _trash(store: Store, found: re.Match[str]) -> None:
    store.trash(_page(store, found["page"]).id)


def _restore(store: Store, found: re.Match[str]) -> None:
    rows = store.pages(SPACE, ("archived", "trashed"))
    store.restore(next(row.id for row in rows if row.title == found["page"]))


def _other_space(store: Store, found: re.Match[str]) -> None:
    store.create_space(found["key"], found["page"], found["page"])


_PERSON = r"(?P<who>[A-Z]\w+ [A-Z]\w+)"
_ACTS: tuple[tuple[str, Act], ...] = (
    (r'edits (?P<page>.+?): (?P<old>.+) -> (?P<new>.+), "(?P<why>.*)"', _edit),
    (r'renames (?P<page>.+) to "(?P<new>.+)"', _retitle),
    (r"moves (?P<page>.+) below (?P<parent>.+)", _move),
    (r'comments on "(?P<old>.+)" of (?P<page>.+)', _comment),
    (r"writes below (?P<page>.+?): (?P<new>.+)", _write_below),
    (r"creates (?P<page>.+) below (?P<parent>.+): (?P<new>.+)", _create),
    (r"writes the blog post (?P<page>.+?): (?P<new>.+)", _post),
    (r"adds the label (?P<new>\S+) to (?P<page>.+)", _label),
    (r"sets (?P<key>\S+) of (?P<page>.+?) to (?P<new>.+)", _set),
    (r"places (?P<page>.+?) (?P<where>before|after) (?P<new>.+)", _place),
    (r"attaches (?P<name>\S+) to (?P<page>.+?): (?P<new>.+)", _attach),
    (r"replaces (?P<name>\S+) of (?P<page>.+?): (?P<new>.+)", _replace),
    (r"deletes (?P<page>.+)", _trash),
    (r"restores (?P<page>.+)", _restore),
    (r"creates the space (?P<key>[A-Z]+), (?P<page>.+)", _other_space),
)


def act(store: Store, words: str) -> None:
    """Do what the words say. Raises ValueError if a colleague cannot do that."""
    for pattern, do in _ACTS:
        if found := re.fullmatch(f"{_PERSON} {pattern}", words):
            do(store, found)
            return
    raise ValueError(f"no such event: {words!r}")
