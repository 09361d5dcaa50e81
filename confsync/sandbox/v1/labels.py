"""v1: the labels of pages, blog posts and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask

from ..errors import Invalid
from ..site import store
from ..store.rows import LabelRow


def given_names() -> list[str]:
    """Return the names of a request's labels, given as one object or as a list of objects."""
    given = flask.request.get_json(silent=True)
    labels: list[Any] = given if isinstance(given, list) else [given]
    names = [str(one["name"]) for one in labels if isinstance(one, dict) and one.get("name")]
    if not names or len(names) != len(labels):
        raise Invalid("Labels must be given as objects with a prefix and a name.")
    return names


def changed(content_id: str) -> str:
    """Return the id of a page, a post or a file that the API may change."""
    if content_id.startswith("att"):
        row = store().attachment(content_id)
        store().editable(row.page_id)
        return row.id
    return store().editable(content_id).id


def change(content_id: str, names: Iterable[str], *, on: bool) -> tuple[LabelRow, ...]:
    """Add labels, or remove them. Return all labels of the content."""
    with store().batch():
        found = changed(content_id)
        for name in names:
            if found.startswith("att"):
                store().label_file(found, name, on)
            elif on:
                store().add_labels(found, [name])
            else:
                store().remove_label(found, name)
    return store().labels(found)
