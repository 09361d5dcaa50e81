"""Targets of the fuzzing: each takes any bytes, and raises if a rule is broken.

`test_fuzz.py` runs them over hypothesis' bytes and over every input that ever failed
(`found/`). With atheris installed, `python -m tests.property.targets NAME` looks
for more; what follows the name are libFuzzer's options.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from unittest import mock

import yaml

from confsync.document import document, frontmatter, layout, markup, paths, storage_format
from confsync.document.attachments import names as attachments
from confsync.document.document import Fields
from confsync.document.tree import Node, place
from confsync.errors import APIAccessError, DocumentError, NotUnicodeError
from confsync.model.stamp import Stamp
from confsync.remote import rows, v1_rows
from confsync.remote.cloud import v2_rows
from confsync.sync import compare
from tests.unit.document.test_paths import check_portable

STAMP = Stamp("77", 3, "0" * 32, "5", ("a",))
BODY = "<p>a</p><p>b</p>"


def front_matter(data: bytes) -> None:
    """Check that each readable document can be written and read back, with each YAML parser."""
    for loader in {frontmatter.loader(), yaml.SafeLoader}:
        with mock.patch.object(frontmatter, "loader", lambda loader=loader: loader):
            _update(data if data.startswith(b"---") else b"---\n" + data)


def _update(raw: bytes) -> None:
    try:
        read = document.parse(raw, "x")
        new = document.update(read, STAMP, Fields("New: title", BODY, ("x", "y z")))
    except (DocumentError, NotUnicodeError):
        return
    again = document.parse(new, "x")
    assert (again.stamp, again.title, again.body) == (STAMP, "New: title", BODY)
    assert again.labels == ("x", "y z")
    if read.stamp:
        same = document.parse(document.update(read, read.stamp), "x")
        assert (same.title, same.body, same.stamp) == (read.title, read.body, read.stamp)
        assert same.labels == read.labels


def lines(data: bytes) -> None:
    """Check that the layout is a bijection on each body."""
    text = data.decode("utf-8", "surrogateescape")
    assert layout.unlay(layout.lay(text)) == text
    assert layout.lay_surely(text) == layout.lay(text)


def bodies(data: bytes) -> None:
    """Check that the checks of each body come to an end."""
    text = data.decode("utf-8", "ignore")
    storage_format.check(text)
    found = list(markup.lexemes(text))
    assert "".join(text[token.start : token.end] for token in found) == text
    assert [one for one in found if one.name] == list(markup.tags(text))
    assert storage_format.equivalent(text, text)
    compare.without_new_markers(text, compare.marker_refs(text[:50]))


def names(data: bytes) -> None:
    """Any titles have distinct, portable places inside the mirror."""
    titles = data.decode("utf-8", "surrogateescape").split("\n")
    nodes = [Node(str(n), title, None) for n, title in enumerate(titles)]
    check_portable(place(nodes, None))


def files(data: bytes) -> None:
    """Any attachments have distinct, safe files beside their document; who has one keeps it."""
    wanted = data.decode("utf-8", "surrogateescape").split("\n")
    given = attachments.file_names(wanted, {})
    assert all(attachments.is_safe(file) and "/" not in file for file in given.values())
    assert len({paths.folded(file) for file in given.values()}) == len(set(wanted))
    held = dict(list(given.items())[::2])
    assert attachments.file_names(wanted, held).items() >= held.items()


def answers(data: bytes) -> None:
    """Assert that an answer is a page, or an error of the server's; never one of the program's."""
    try:
        row = json.loads(data)
    except ValueError:
        return
    if not isinstance(row, dict):
        return
    for read in (v2_rows.content, partial(v1_rows.content, space="ENG"), rows.id_of, rows.body_of):
        try:
            read(row)
        except APIAccessError:
            continue


TARGETS: dict[str, Callable[[bytes], None]] = {
    "front-matter": front_matter,
    "lines": lines,
    "bodies": bodies,
    "names": names,
    "files": files,
    "answers": answers,
}


if __name__ == "__main__":
    import atheris  # type: ignore[import-not-found]

    atheris.instrument_all()
    chosen = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, chosen)
    atheris.Fuzz()
