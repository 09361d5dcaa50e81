"""The index: no change is overlooked, and one with anything wrong is as if there were none."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.commands.pages.status.status import status
from confsync.document import document
from confsync.mirror import entry, scan, snapshot, walk
from confsync.mirror.config_file import load
from confsync.mirror.index import index
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import disk
from confsync.mirror.state.base_cache import STATE
from confsync.model.outcome import Outcome
from confsync.model.result import Result
from confsync.model.stamp import Stamp, digest

LONG_AGO = 1_600_000_000_000_000_000


def make(root: Path, count: int = 3) -> Mirror:
    """Return a mirror of some clean pages that were written long ago, and a state directory."""
    root.mkdir(parents=True, exist_ok=True)
    (root / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    (root / "ENG").mkdir()
    (root / STATE).mkdir()
    for number in range(count):
        write(root, number)
    return Mirror(root, load(root))


def write(root: Path, number: int, text: str = "one") -> Path:
    title, body = f"Page {number}", f"<p>{text}</p>"
    stamp = Stamp(str(100 + number), 1, digest(title, body))
    path = root / f"ENG/page-{number}.xhtml"
    path.write_bytes(document.render(title, body, stamp))
    return path


def edit(path: Path, old: str = "one", new: str = "two") -> None:
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))


def look(mirror: Mirror) -> Result:
    count = snapshot.clean(mirror.root)
    found = status(mirror, None)
    assert count is None or (found.clean, found.pages) == (count, ())
    return found


def states(result: Result) -> tuple[int, dict[str, Outcome]]:
    return result.clean, {page.path: page.outcome for page in result.pages}


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Three clean pages, all of them in the index."""
    made = make(tmp_path / "mirror")
    settled(monkeypatch)
    assert states(look(made)) == (3, {})
    assert (made.root / STATE / index.NAME).exists()
    return made


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if everything that is read were an hour old already."""
    moment = index.Index.moment

    def later(self: index.Index) -> int | None:
        found = moment(self)
        return found + 3_600_000_000_000 if found else None

    monkeypatch.setattr(index.Index, "moment", later)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the documents that are read."""
    found: list[str] = []
    read = entry.read

    def noted(root: Path, name: str) -> object:
        found.append(name)
        return read(root, name)

    for module in (entry, scan):
        monkeypatch.setattr(module, "read", noted)
    return found


def test_what_is_as_it_was_is_not_read_again(mirror: Mirror, reads: list[str]) -> None:
    assert states(look(mirror)) == (3, {})
    assert reads == []


def test_what_was_edited_is_read_and_nothing_else(mirror: Mirror, reads: list[str]) -> None:
    edit(mirror.root / "ENG/page-1.xhtml")
    for _ in range(2):
        assert states(look(mirror)) == (2, {"ENG/page-1.xhtml": Outcome.MODIFIED})
    assert reads == ["ENG/page-1.xhtml"] * 2


def test_a_document_that_went_or_came_is_noticed(mirror: Mirror) -> None:
    (mirror.root / "ENG/page-1.xhtml").unlink()
    assert states(look(mirror)) == (2, {})
    (mirror.root / "ENG/new.xhtml").write_text("---\ntitle: New\n---\n<p>new</p>\n")
    assert states(look(mirror)) == (2, {"ENG/new.xhtml": Outcome.UNTRACKED})


def test_an_edit_of_the_same_size_in_the_same_tick_is_seen(tmp_path: Path) -> None:
    """The times and the size are as they were when it was read: git calls that racy."""
    mirror = make(tmp_path / "mirror", count=1)
    path = mirror.root / "ENG/page-0.xhtml"
    ticks = SimpleNamespace(now=LONG_AGO)
    lstat = os.lstat

    def frozen(name: str | Path) -> object:
        found = lstat(name)
        if str(name) != str(path):
            return found
        return SimpleNamespace(
            st_size=found.st_size,
            st_mtime_ns=ticks.now,
            st_ctime_ns=ticks.now,
            st_ino=found.st_ino,
            st_mode=found.st_mode,
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(walk, "_BY_HANDLE", False)
        patched.setattr(os, "lstat", frozen)
        patched.setattr(index.Index, "moment", lambda self: LONG_AGO)
        assert states(look(mirror)) == (1, {})
        edit(path)
        assert states(look(mirror)) == (0, {"ENG/page-0.xhtml": Outcome.MODIFIED})


def test_a_file_that_was_changed_in_the_tick_of_the_look_is_read_again(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = make(tmp_path / "mirror", count=1)
    path = mirror.root / "ENG/page-0.xhtml"
    keep = disk.keep

    def same_tick(name: Path, data: bytes) -> None:
        keep(name, data)
        os.utime(name, ns=(path.stat().st_mtime_ns,) * 2)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "keep", same_tick)
        look(mirror)
        look(mirror)
    assert reads == ["ENG/page-0.xhtml"] * 2


@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
def test_a_replaced_file_with_its_old_time_is_seen(mirror: Mirror) -> None:
    path = mirror.root / "ENG/page-1.xhtml"
    before = path.stat()
    other = path.with_suffix(".new")
    shutil.copy(path, other)
    edit(other)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(other, path)
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert states(look(mirror)) == (2, {"ENG/page-1.xhtml": Outcome.MODIFIED})


@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
def test_a_file_that_was_written_over_with_its_old_time_is_seen(mirror: Mirror) -> None:
    path = mirror.root / "ENG/page-1.xhtml"
    before = path.stat()
    edit(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_ino == before.st_ino
    assert states(look(mirror)) == (2, {"ENG/page-1.xhtml": Outcome.MODIFIED})


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flipped(raw: bytes) -> bytes:
    return raw.replace(b"page-1", b"page-9")


def _foreign(raw: bytes) -> bytes:
    return b"DIRC" + raw


@pytest.mark.parametrize("harm", [_cut, _flipped, _foreign, lambda raw: b""])
def test_a_broken_index_is_none(
    mirror: Mirror, reads: list[str], harm: Callable[[bytes], bytes]
) -> None:
    path = mirror.root / STATE / index.NAME
    path.write_bytes(harm(path.read_bytes()))
    assert states(look(mirror)) == (3, {})
    assert len(reads) == 3
    assert states(look(mirror)) == (3, {})
    assert len(reads) == 3


def test_an_index_of_another_version_is_none(
    mirror: Mirror, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (snapshot, index):
        monkeypatch.setattr(module, "__version__", "99")
    assert states(look(mirror)) == (3, {})
    assert len(reads) == 3


def test_an_index_of_another_configuration_is_none(mirror: Mirror, reads: list[str]) -> None:
    path = mirror.root / ".confsync.yaml"
    path.write_text(f"{path.read_text()}labels: true\n")
    assert states(look(Mirror(mirror.root, load(mirror.root)))) == (3, {})
    assert len(reads) == 3


def test_a_deleted_index_is_made_again_and_a_deleted_directory_is_not(mirror: Mirror) -> None:
    (mirror.root / STATE / index.NAME).unlink()
    assert states(look(mirror)) == (3, {})
    assert (mirror.root / STATE / index.NAME).exists()
    shutil.rmtree(mirror.root / STATE)
    assert states(look(mirror)) == (3, {})
    assert not (mirror.root / STATE).exists()


def test_a_command_that_writes_reads_the_file_itself(mirror: Mirror, reads: list[str]) -> None:
    (scan,) = mirror.scan()
    assert all(entry.raw and entry.document and entry.document.body for entry in scan.entries)


operations = st.lists(
    st.tuples(
        st.sampled_from(["edit", "undo", "remove", "rename", "touch", "same", "look", "new"]),
        st.integers(0, 4),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(operations)
def test_with_an_index_status_says_what_it_says_without(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[str, int]]
) -> None:
    root = tmp_path_factory.mktemp("index") / "mirror"
    mirror = make(root, count=4)
    for what, number in wanted:
        _do(mirror, what, root / f"ENG/page-{number}.xhtml", number)
        time.sleep(0.005)  # a tick of the file system, so that the index has what was changed
        first, second = look(mirror), look(mirror)
        shutil.move(root / STATE, root / "away")
        without = look(mirror)
        shutil.move(root / "away", root / STATE)
        assert states(first) == states(second) == states(without)


def _do(mirror: Mirror, what: str, path: Path, number: int) -> None:
    there = path.exists()
    match what:
        case "edit" if there:
            edit(path, "one", "two")
        case "undo" if there:
            edit(path, "two", "one")
        case "remove" if there:
            path.unlink()
        case "rename" if there:
            path.rename(path.with_name(f"other-{number}.xhtml"))
        case "touch" if there:
            os.utime(path, ns=(LONG_AGO, LONG_AGO))
        case "same" if there:
            before = path.stat()
            edit(path, "one", "two")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "new":
            write(mirror.root, number, "two")
        case _:
            look(mirror)


def test_a_page_whose_document_was_copied_is_not_called_deleted(mirror: Mirror) -> None:
    """Two documents of one id are refused, and the id is here all the same: also without bytes."""
    root = mirror.root
    shutil.copy(root / "ENG/page-1.xhtml", root / "ENG/copy.xhtml")
    with_index = mirror.scan(index.Index(root).read)[0].entries
    assert [e.claimed_id for e in with_index] == [e.claimed_id for e in mirror.scan()[0].entries]
    assert [e.claimed_id for e in with_index] == ["101", "100", "101", "102"]


def test_a_folder_file_that_changes_while_documents_are_looked_at_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index says which parents documents want, so none is read."""
    mirror = make(tmp_path)
    folder = tmp_path / "ENG/folder/.folder.yaml"
    folder.parent.mkdir()
    folder.write_text("id: '7'\ntitle: F\n")
    title, body = "Inside", "<p>a</p>"
    stamp = Stamp("200", 1, digest(title, body), parent="7")
    path = tmp_path / "ENG/folder/inside.xhtml"
    path.write_bytes(document.render(title, body, stamp))
    time.sleep(0.03)
    assert states(look(mirror)) == (4, {})
    (tmp_path / STATE / snapshot.NAME).unlink()
    read = index.Index.read

    def changed(known: index.Index, root: Path, name: str) -> entry.Entry:
        found = read(known, root, name)
        if name.endswith("page-0.xhtml"):
            folder.write_text("id: '8'\ntitle: F\n")
            time.sleep(0.03)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(index.Index, "read", changed)
        status(mirror, None)
    assert states(look(mirror)) == (3, {"ENG/folder/inside.xhtml": Outcome.MOVED})


def test_two_that_note_at_once_leave_the_note_of_one(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull that had nothing to do with the documents of before, a status that finds others."""
    root, config = mirror.root, mirror.config
    before = list(walk.look(str(root), config.directories))
    write(root, 1, "other")
    now = list(walk.look(str(root), config.directories))
    assert now != before
    later = time.time_ns() + 3_600_000_000_000

    def pull_meanwhile(*given: object, **named: object) -> object:
        with monkeypatch.context() as patched:
            patched.setattr(disk, "open", open)
            patched.setattr(walk, "look", lambda *_, **__: before)
            snapshot.Snapshot(root).note(config, walk.keys(before), later, "0123456789abcdef")
        return open(*given, **named)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(disk, "open", pull_meanwhile, raising=False)
        snapshot.Snapshot(root).note(config, walk.keys(now), later)
    found = snapshot.Snapshot(root)
    assert found.unchanged()
    assert not found.pulled
