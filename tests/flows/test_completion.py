"""The documents that a shell offers first: each kind of edit counts, without the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.cli.shell.candidates import candidates
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
CONFIG = "labels: true\nattachments: true\nsettings: [width]\n"
IMAGE = "ENG/guide.attachments/diagram.png"


@pytest.fixture
def managed(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone with labels, attachments and settings."""
    wiki.store.attach(guide, "diagram.png", b"first", author="Ana")
    wiki.store.add_property(guide, "content-appearance-published", "full-width", "Ana")
    wiki.store.add_labels(guide, ("old",))
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}{CONFIG}")
    desk("pull")
    wiki.clear_requests()
    return desk


def offered(desk: Desk) -> list[str]:
    """Return the first documents that a shell offers, before the directory."""
    found = candidates(desk.root, "")
    assert found is not None
    return [path for path in found if path.endswith(".xhtml")]


@pytest.mark.parametrize("seen", [False, True], ids=["at once", "after a status"])
@pytest.mark.parametrize("kind", ["text", "labels", "settings", "attachment", "new file"])
def test_a_document_is_offered_for_each_kind_of_edit(
    wiki: Sandbox, managed: Desk, kind: str, seen: bool
) -> None:
    assert offered(managed) == []
    if kind == "text":
        managed.edit(GUIDE, "8080", "8081")
    elif kind == "labels":
        managed.edit(GUIDE, "\nlabels: [old]\n", "\nlabels: [new]\n")
    elif kind == "settings":
        managed.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    elif kind == "attachment":
        managed.path(IMAGE).write_bytes(b"other")
    else:
        managed.path("ENG/guide.attachments/notes.txt").write_text("notes")
        listed = "title: Guide\nattachments: [notes.txt]\n"
        managed.edit(GUIDE, "title: Guide\n", listed)
    if seen:
        assert managed.json("status").outcomes == {GUIDE: "modified"}
    assert offered(managed) == [GUIDE]
    assert wiki.requests == []
