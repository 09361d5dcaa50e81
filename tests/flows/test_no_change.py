"""A pull that finds nothing new knows by the listing alone; with any difference it reads it all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.commands.pages.pull import pull
from confsync.errors import LockedError
from confsync.mirror import config_file as config
from confsync.mirror import entry, mirror, scan
from confsync.model.filenames import TEMPORARY
from confsync.model.page import PageInfo, Space
from confsync.pull import run as flow
from confsync.pull.options import PullOptions
from confsync.remote.cloud import cloud
from confsync.sandbox import Sandbox
from confsync.workers import Workers
from tests.flows.conftest import Desk
from tests.modules import existing, own
from tests.store_remote import StoreRemote

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the documents that are read."""
    found: list[str] = []
    read = entry.read

    def noted(root: Path, name: str) -> entry.Entry:
        found.append(name)
        return read(root, name)

    for module in (entry, scan, mirror):
        monkeypatch.setattr(module, "read", noted)
    return found


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """Return a mirror in which a pull has found nothing new."""
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


def test_nothing_is_read_whether_one_end_is_listed_or_both(
    wiki: Sandbox, settled: Desk, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud, "BULK", 3)
    for n in range(20):
        wiki.store.create_page("ENG", f"Page {n}", "<p>x</p>")
    settled("pull")
    time.sleep(0.02)
    settled("pull")
    reads.clear()
    for jobs in ("8", "1", "2"):
        assert settled.json("pull", "--jobs", jobs).data["pages"] == []
    assert reads == []


# Of a pull with nothing to do: all that reads documents, decides and writes is for one with more.
NOT_FOR_NOTHING = (
    *("pull.run", "pull.context", "pull.plan", "pull.planner", "pull.apply", "pull.prefetch"),
    *("pull.step_details", "pull.resolve.git_conflicts", "pull.resolve.merge", "document.tree"),
    *("sync.space_view", "sync.fetch", "sync.compare", "sync.scope", "sync.attachments.beside"),
    *("sync.commit", "sync.refusals", "sync.renames", "sync.report", "mirror.index"),
    *("mirror.moves", "mirror.committed", "mirror.bulk_write", "mirror.git.repository"),
    *("model.outcome", "diff.difference", "diff.text", "document.links"),
)
LOADED = """
import sys
from confsync.cli import main
code = main(["pull"])
print(code, *sys.modules, file=sys.stderr)
"""


def test_where_nothing_changed_nothing_that_reads_or_writes_is_loaded(settled: Desk) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=settled.root,
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = run.stderr.split()
    assert (code, run.stdout) == ("0", "pull: nothing to do\n")
    assert not own(NOT_FOR_NOTHING) & set(loaded)
    others = ("git", "rich", "difflib", "requests_toolbelt", "atlassian.confluence")
    assert not existing(others) & set(loaded)


@pytest.mark.parametrize("where", ["ENG", "ENG/guide"])
@pytest.mark.parametrize("directory", [False, True])
def test_what_a_killed_run_left_is_swept_away_also_where_nothing_changed(
    settled: Desk, reads: list[str], where: str, directory: bool
) -> None:
    settled.path(where).mkdir(exist_ok=True)
    left = settled.path(f"{where}/{TEMPORARY}1-0")
    inside = left / f"{TEMPORARY}1-1" if directory else left
    inside.parent.mkdir(exist_ok=True)
    inside.write_text("---\ntitle: New\n")
    assert settled("status").out == "clean: 2 pages\n"  # which takes no lock, and notes nothing
    assert left.exists()
    assert settled.json("pull").data["pages"] == []
    assert not left.exists()
    settled.json("pull")
    reads.clear()
    assert settled.json("pull").data["pages"] == []
    assert reads == []


MANY = 5000


class Endless(StoreRemote):
    """A server that takes its time to list a page over and over."""

    listed = 0

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        info = next(super().listing(space, labels=labels, archived=archived))
        for self.listed in range(1, MANY + 1):
            yield info
            time.sleep(0.001)


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_who_cannot_have_the_lock_waits_for_no_listing(wiki: Sandbox, settled: Desk) -> None:
    """The space was fetched meanwhile, and a command that ends releases it."""
    remote = Endless(wiki.store)
    remote.workers = Workers(2)
    found = mirror.Mirror(settled.root, config.load(settled.root))
    with found.lock(), pytest.raises(LockedError):
        pull(found, remote, PullOptions())
    assert 0 < remote.listed < MANY


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
    fresh = desk_at("fresh", copied=False).files()
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


@pytest.mark.parametrize("command", ["pull", "push", "status"])
def test_of_two_documents_that_need_not_be_read_the_line_of_the_id_is_told(
    settled: Desk, command: str
) -> None:
    """Each is as it was, and known by title and stamp; together they are an error in both."""
    copy = "ENG/copy.xhtml"
    settled.path(copy).write_bytes(settled.path(GUIDE).read_bytes())
    time.sleep(0.02)
    assert settled.text(GUIDE).split("\n")[3].startswith("  id:")
    for _ in range(2):
        run = settled(command, exit=4)
        for name, other in ((GUIDE, copy), (copy, GUIDE)):
            told = rf"{name}(:| +line )4: has the same page id \d+ as {other}"
            assert re.search(told, run.out + run.err)
    settled.path(copy).unlink()
    settled(command)


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


@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
def test_a_check_of_one_document_reads_no_other_that_is_as_it_was(
    settled: Desk, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confsync.commands.pages.check.read", entry.read)
    before = settled.files()
    settled("check", GUIDE)
    assert reads == [GUIDE]
    assert settled.files() == before  # a check writes nothing, in .confsync neither
    settled.path("ENG/copy.xhtml").write_bytes(settled.path(GUIDE).read_bytes())
    reads.clear()
    assert "ENG/copy.xhtml" in settled("check", GUIDE, exit=1).out
    assert sorted(reads) == ["ENG/copy.xhtml", GUIDE]


@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
@pytest.mark.usefixtures("a_tick_later")
def test_what_a_run_has_written_is_not_read_again(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], reads: list[str]
) -> None:
    desk = desk_at("fresh", copied=False)
    assert desk("status").out == "clean: 2 pages\n"
    desk.json("pull")
    assert reads == []
    desk.edit(GUIDE, "8080", "8081")
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    assert {*reads} == {GUIDE}  # a push holds no text: it reads it for each of its steps
    reads.clear()
    assert desk("status").out == "clean: 2 pages\n"
    assert desk.json("pull").outcomes == {}
    assert reads == []
    assert "8081" in wiki.store.page(guide).body


@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
@pytest.mark.usefixtures("a_tick_later")
def test_what_could_be_written_and_not_be_read_is_an_error_of_its_page(
    wiki: Sandbox, guide: str, desk: Desk
) -> None:
    """A title that is not one line of text: none of Confluence's own, but some server's."""
    odd = wiki.store.create_page("ENG", "A", "<p>odd</p>", parent=guide).id
    wiki.store.edit(odd, title="A\nB")
    wiki.store.edit(guide, "<p>news</p>")
    told = desk("pull", exit=3).out
    assert f"page {odd}" in told and "the title is empty or has more than one line" in told
    assert "news" in desk.text(GUIDE)
    assert desk("status").out.startswith("clean")


@pytest.mark.parametrize("change", [_edited, _retitled, _trashed])
def test_a_pull_reads_the_documents_that_it_has_to_do_with(
    wiki: Sandbox,
    settled: Desk,
    guide: str,
    reads: list[str],
    change: Callable[[Sandbox, str], None],
) -> None:
    """And no other, unless links to an old title are looked for."""
    change(wiki, guide)
    before = settled.path(GUIDE).read_bytes()
    assert len(settled.json("pull").data["pages"]) == 1
    assert set(reads) == {GUIDE} or change is _retitled
    gone = [path.read_bytes() for path in settled.path(".confsync/trash").glob(GUIDE)]
    assert gone == ([before] if change is _trashed else [])
    left = "1 page" if change is _trashed else "2 pages"
    assert settled("status").out == f"clean: {left}\n"


def test_who_interrupts_a_pull_does_not_wait_for_links_to_be_looked_for(
    wiki: Sandbox,
    settled: Desk,
    guide: str,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every document is read for that."""
    wiki.store.edit(guide, title="Handbook", author="Ana")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(flow, "apply_plan", interrupted)
        settled.json("pull", exit=130)
    assert reads == [GUIDE]
    assert list(settled.json("pull").outcomes.values()) == ["pulled"]


def test_a_document_that_moves_on_the_server_is_read_before_its_stamp_is_written(
    wiki: Sandbox, settled: Desk, guide: str, reads: list[str]
) -> None:
    """Its text does not change, and stays: the stamp says another parent."""
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    settled.json("pull")
    time.sleep(0.02)
    settled.json("pull")
    reads.clear()
    body = settled.text(GUIDE).partition("\n---\n")[2]
    wiki.store.edit(guide, parent=other, author="Ana")
    settled.json("pull")
    moved = settled.text("ENG/other/guide.xhtml")
    assert moved.partition("\n---\n")[2] == body
    assert f'parent: "{other}"' in moved
    assert settled.json("pull").outcomes == {}


def test_an_edit_between_the_look_and_the_reading_is_left_alone(
    wiki: Sandbox, settled: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided about was the clean document; the one that stands there now is another."""
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    read = mirror.read

    def edited(root: Path, name: str) -> entry.Entry:
        path = root / name
        path.write_bytes(path.read_bytes().replace(b"</p>", b" mine</p>", 1))
        return read(root, name)

    with monkeypatch.context() as patched:
        patched.setattr(mirror, "read", edited)
        run = settled.json("pull", exit=4)
    assert run.outcomes == {GUIDE: "failed"}
    assert "changed while confsync ran" in run.out
    assert " mine</p>" in settled.text(GUIDE)
    assert settled.json("pull", exit=1).outcomes == {GUIDE: "rejected"}
