"""A pull that finds nothing new knows by the listing alone; with any difference it reads it all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync import scan
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that are read."""
    found: list[str] = []
    read = scan.read

    def noted(root: Path, name: str) -> scan.Entry:
        found.append(name)
        return read(root, name)

    monkeypatch.setattr(scan, "read", noted)
    return found


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """A mirror in which a pull has found nothing new."""
    time.sleep(0.02)  # some ticks of the file system: what was changed just now is not trusted
    assert desk.json("pull").data["pages"] == []
    return desk


def test_nothing_is_read_where_nothing_changed(
    wiki: Sandbox, settled: Desk, reads: list[str]
) -> None:
    wiki.clear_requests()
    for _ in range(2):
        assert settled.json("pull").data["pages"] == []
    assert reads == []
    listings = [r for r in wiki.requests if "body" not in r.query]
    assert len(listings) == len(wiki.requests)
    assert settled("status").out == "clean: 2 pages\n"
    assert reads == []


def _edited(wiki: Sandbox, guide: str) -> None:
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")


def _retitled(wiki: Sandbox, guide: str) -> None:
    wiki.store.edit(guide, title="Handbook", author="Ana")


def _created(wiki: Sandbox, guide: str) -> None:
    wiki.store.create_page("ENG", "New", "<p>new</p>", parent=guide)


def _trashed(wiki: Sandbox, guide: str) -> None:
    wiki.store.trash(guide)


@pytest.mark.parametrize("change", [_edited, _retitled, _created, _trashed])
def test_whatever_the_server_changed_comes(
    wiki: Sandbox,
    settled: Desk,
    guide: str,
    desk_at: Callable[..., Desk],
    change: Callable[[Sandbox, str], None],
) -> None:
    change(wiki, guide)
    assert len(settled.json("pull").data["pages"]) == 1
    named = {name: raw for name, raw in settled.files().items() if name.startswith("ENG/")}
    fresh = desk_at("fresh").files()
    assert named == {name: raw for name, raw in fresh.items() if name.startswith("ENG/")}


def test_what_was_edited_here_is_told(wiki: Sandbox, settled: Desk) -> None:
    settled.edit(GUIDE, "8080", "8081")
    assert settled.json("pull").outcomes == {GUIDE: "kept"}
    settled.edit(GUIDE, "8081", "8080")
    assert settled.json("pull").data["pages"] == []


def test_a_document_that_is_gone_is_written_again(settled: Desk) -> None:
    settled.path(GUIDE).unlink()
    assert settled.json("pull").outcomes == {GUIDE: "created"}


def test_a_document_that_was_deleted_with_git_is_told(settled: Desk) -> None:
    settled.git("init", "-q")
    settled.git("add", "-A")
    settled.git("commit", "-qm", "x")
    assert settled.json("pull").data["pages"] == []
    settled.path(GUIDE).unlink()
    assert settled.json("pull").outcomes == {GUIDE: "skipped"}


def test_an_edit_with_the_old_time_is_seen(wiki: Sandbox, settled: Desk) -> None:
    before = settled.path(GUIDE).stat()
    settled.edit(GUIDE, "8080", "8081")
    os.utime(settled.path(GUIDE), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert settled.json("pull").outcomes == {GUIDE: "kept"}


def test_a_server_that_is_away_is_told_once(wiki: Sandbox, settled: Desk) -> None:
    wiki.faults.refuse = lambda method, path: 503
    told = settled.json("pull", exit=3)
    assert len(told.data["errors"]) == 1
    wiki.faults.refuse = lambda method, path: None
    assert settled.json("pull").data["pages"] == []
