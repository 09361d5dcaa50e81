"""The mirror on disk: entirely old or entirely new, inside, one at a time, nothing overwritten."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from confsync import failpoints
from confsync.document.document import render
from confsync.document.paths import Destination
from confsync.errors import ChangedMeanwhileError, FileError, LockedError
from confsync.mirror.folder_files import drop_folder, write_folder
from confsync.mirror.mirror import Mirror, write_new
from confsync.mirror.moves import move
from confsync.model.config import Config, SpaceConfig
from confsync.model.filenames import MOVING, TEMPORARY
from confsync.model.hint import MIRROR, typed
from confsync.model.page import Folder
from confsync.model.stamp import Stamp, digest

ENG = SpaceConfig("ENG", "ENG")
posix = pytest.mark.skipif(os.name == "nt", reason="links and modes as POSIX has them")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    root = tmp_path / "mirror"
    (root / "ENG").mkdir(parents=True)
    return Mirror(root, Config("https://a.example", (ENG,)))


def to(moves: dict[str, str]) -> dict[str, Destination]:
    """Return moves as a plan has them."""
    return {old: Destination(new) for old, new in moves.items()}


def files(directory: Path) -> dict[str, bytes]:
    """Every file below, hidden ones too."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


# -- writing ---------------------------------------------------------------------------------------


def test_a_new_file_is_written_with_its_directories(mirror: Mirror) -> None:
    mirror.write("ENG/a/b/c.xhtml", b"new", expected=None)
    assert files(mirror.root) == {"ENG/a/b/c.xhtml": b"new"}


def test_a_file_that_is_what_was_read_is_replaced(mirror: Mirror) -> None:
    (mirror.root / "ENG/a.xhtml").write_bytes(b"old")
    mirror.write("ENG/a.xhtml", b"new\r\n", expected=b"old")
    assert files(mirror.root) == {"ENG/a.xhtml": b"new\r\n"}


@pytest.mark.parametrize("expected", [b"older", b"", None])
def test_a_file_that_is_not_what_was_read_is_left_alone(
    mirror: Mirror, expected: bytes | None
) -> None:
    (mirror.root / "ENG/a.xhtml").write_bytes(b"edited")
    with pytest.raises(ChangedMeanwhileError, match=r"ENG/a\.xhtml"):
        mirror.write("ENG/a.xhtml", b"new", expected=expected)
    assert files(mirror.root) == {"ENG/a.xhtml": b"edited"}


def test_a_file_that_was_deleted_meanwhile_is_not_written_again(mirror: Mirror) -> None:
    with pytest.raises(ChangedMeanwhileError):
        mirror.write("ENG/a.xhtml", b"new", expected=b"old")
    assert files(mirror.root) == {}


def test_an_edit_while_the_new_text_is_written_is_seen(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mirror.root / "ENG/a.xhtml"
    path.write_bytes(b"old")
    fsync = os.fsync

    def edit(handle: int) -> None:
        fsync(handle)
        path.write_bytes(b"edited")

    monkeypatch.setattr(os, "fsync", edit)
    with pytest.raises(ChangedMeanwhileError):
        mirror.write("ENG/a.xhtml", b"new", expected=b"old")
    assert files(mirror.root) == {"ENG/a.xhtml": b"edited"}


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_write_that_fails_at_any_step_leaves_the_old_file_and_nothing_else(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (mirror.root / "ENG/a.xhtml").write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileError, match="No space left"):
        mirror.write("ENG/a.xhtml", b"new", expected=b"old")
    monkeypatch.undo()
    assert files(mirror.root) == {"ENG/a.xhtml": b"old"}


def test_a_write_is_atomic_the_new_text_is_durable_before_it_has_the_name(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mirror.root / "ENG/a.xhtml"
    path.write_bytes(b"old")
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        is_directory = stat.S_ISDIR(os.fstat(handle).st_mode)
        steps.append("fsync directory" if is_directory else "fsync file")
        fsync(handle)

    def noted_replace(source: str, target: Path) -> None:
        assert path.read_bytes() == b"old"
        assert Path(source).parent == target.parent
        assert Path(source).read_bytes() == b"new"
        steps.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    mirror.write("ENG/a.xhtml", b"new", expected=b"old")
    assert steps == ["fsync file", "replace"] + ["fsync directory"] * (os.name != "nt")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_a_file_keeps_its_permissions(mirror: Mirror, mode: int) -> None:
    path = mirror.root / "ENG/a.xhtml"
    path.write_bytes(b"old")
    path.chmod(mode)
    mirror.write("ENG/a.xhtml", b"new", expected=b"old")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_permissions_of_any_new_file(mirror: Mirror) -> None:
    mirror.write("ENG/a.xhtml", b"new", expected=None)
    (mirror.root / "ENG/b").write_bytes(b"")
    a, b = mirror.root / "ENG/a.xhtml", mirror.root / "ENG/b"
    assert a.stat().st_mode == b.stat().st_mode


ESCAPES = [
    *("../outside.xhtml", "ENG/../../outside.xhtml", "ENG/../a.xhtml", "ENG/x/../../../o.xhtml"),
]


@pytest.mark.parametrize("name", ESCAPES)
def test_no_name_leads_out_of_the_mirror(mirror: Mirror, name: str) -> None:
    (mirror.root.parent / "outside.xhtml").write_bytes(b"theirs")
    before = files(mirror.root.parent)
    for act in (
        lambda: mirror.write(name, b"new", expected=None),
        lambda: mirror.write(name, b"new", expected=b"theirs"),
        lambda: mirror.remove(name, expected=b"theirs"),
        lambda: move(mirror, ENG, {name: Destination("ENG/a.xhtml")}, {}),
    ):
        with pytest.raises(FileError, match="outside the mirror"):
            act()
    assert files(mirror.root.parent) == before


def test_no_absolute_name_leads_out_of_the_mirror(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="outside the mirror"):
        mirror.write(str(tmp_path / "outside.xhtml"), b"new", expected=None)
    assert files(tmp_path) == {}


@posix
def test_no_link_leads_out_of_the_mirror(mirror: Mirror, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.xhtml").write_bytes(b"theirs")
    (mirror.root / "ENG/link").symlink_to(outside)
    for name, expected in (("a.xhtml", b"theirs"), ("b.xhtml", None), ("c/d.xhtml", None)):
        with pytest.raises(FileError, match="ENG/link is a link"):
            mirror.write(f"ENG/link/{name}", b"new", expected=expected)
    with pytest.raises(FileError, match="ENG/link is a link"):
        mirror.remove("ENG/link/a.xhtml", expected=b"theirs")
    assert files(outside) == {"a.xhtml": b"theirs"}


@posix
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_never_written_through_nor_replaced(
    mirror: Mirror, tmp_path: Path, exists: bool
) -> None:
    target = tmp_path / "target"
    if exists:
        target.write_bytes(b"old")
    link = mirror.root / "ENG/a.xhtml"
    link.symlink_to(target)
    for expected in (b"old", None):
        with pytest.raises(FileError):
            mirror.write("ENG/a.xhtml", b"new", expected=expected)
    with pytest.raises(FileError):
        mirror.remove("ENG/a.xhtml", expected=b"old")
    assert link.is_symlink()
    assert target.exists() == exists


def test_a_directory_in_the_way_is_an_error_of_that_file(mirror: Mirror) -> None:
    (mirror.root / "ENG/a.xhtml").mkdir()
    (mirror.root / "ENG/file").write_bytes(b"")
    with pytest.raises(FileError):
        mirror.write("ENG/a.xhtml", b"new", expected=None)
    with pytest.raises(FileError):
        mirror.remove("ENG/a.xhtml", expected=b"old")
    with pytest.raises(FileError):
        mirror.write("ENG/file/b.xhtml", b"new", expected=None)
    with pytest.raises(FileError):
        write_folder(mirror, "ENG/file", Folder("7", "F", None))
    assert files(mirror.root) == {"ENG/file": b""}


def test_a_file_that_must_be_new_is_never_overwritten(tmp_path: Path) -> None:
    write_new(tmp_path / "a", "one\r\n")
    with pytest.raises(FileError, match="exists already"):
        write_new(tmp_path / "a", "two")
    assert files(tmp_path) == {"a": b"one\r\n"}


# -- removing --------------------------------------------------------------------------------------


def test_what_is_removed_goes_to_the_trash_and_takes_empty_directories_along(
    mirror: Mirror,
) -> None:
    for n in range(3):
        mirror.write("ENG/a/b.xhtml", b"%d" % n, expected=None)
        mirror.remove("ENG/a/b.xhtml", expected=b"%d" % n)
    trash = ".confsync/trash/ENG/a/b.xhtml"
    assert files(mirror.root) == {trash: b"0", f"{trash}.1": b"1", f"{trash}.2": b"2"}
    assert not (mirror.root / "ENG").exists()


def test_what_was_edited_is_not_removed(mirror: Mirror) -> None:
    (mirror.root / "ENG/a.xhtml").write_bytes(b"edited")
    with pytest.raises(ChangedMeanwhileError):
        mirror.remove("ENG/a.xhtml", expected=b"old")
    assert files(mirror.root) == {"ENG/a.xhtml": b"edited"}


def test_an_edit_while_the_trash_is_written_is_seen(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mirror.root / "ENG/a.xhtml"
    path.write_bytes(b"old")
    replace = os.replace

    def edit(source: str, target: Path) -> None:
        replace(source, target)
        path.write_bytes(b"edited")

    monkeypatch.setattr(os, "replace", edit)
    with pytest.raises(ChangedMeanwhileError):
        mirror.remove("ENG/a.xhtml", expected=b"old")
    assert path.read_bytes() == b"edited"


def test_an_edit_at_any_moment_of_a_removal_is_seen(mirror: Mirror) -> None:
    """Found by the state machine: the note of the removal was written after the last look."""
    path, number = mirror.root / "ENG/a.xhtml", 1
    while True:
        path.write_bytes(b"old")

        def edit(step: int, what: str, at: int = number) -> None:
            if step == at and not what.startswith("remove "):
                path.write_bytes(b"edited")

        try:
            with failpoints.watched(edit):
                mirror.remove("ENG/a.xhtml", expected=b"old")
        except ChangedMeanwhileError:
            assert path.read_bytes() == b"edited"
            number += 1
        else:
            break
    assert number > 2, "the copy to the trash is a step, too"
    assert not path.exists()


def test_what_cannot_go_to_the_trash_is_not_removed(mirror: Mirror) -> None:
    (mirror.root / "ENG/a.xhtml").write_bytes(b"old")
    (mirror.root / ".confsync").write_bytes(b"a file where the state should be")
    with pytest.raises(FileError):
        mirror.remove("ENG/a.xhtml", expected=b"old")
    assert (mirror.root / "ENG/a.xhtml").read_bytes() == b"old"


# -- moving ----------------------------------------------------------------------------------------


def put(mirror: Mirror, **contents: str) -> None:
    for name, content in contents.items():
        path = mirror.root / f"ENG/{name.replace('__', '/')}.xhtml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


def test_two_files_swap_their_names(mirror: Mirror) -> None:
    put(mirror, a="A", b="B")
    move(mirror, ENG, to({"ENG/a.xhtml": "ENG/b.xhtml", "ENG/b.xhtml": "ENG/a.xhtml"}), {})
    assert files(mirror.root) == {"ENG/a.xhtml": b"B", "ENG/b.xhtml": b"A"}
    assert not (mirror.root / "ENG" / MOVING).exists()


def test_names_go_round_in_a_ring_and_down_a_directory(mirror: Mirror) -> None:
    put(mirror, a="A", a__x="X", b="B", c="C")
    ring = {"a": "b/a", "b": "c", "c": "a", "a/x": "b/x"}
    move(mirror, ENG, to({f"ENG/{old}.xhtml": f"ENG/{new}.xhtml" for old, new in ring.items()}), {})
    assert files(mirror.root) == {
        "ENG/a.xhtml": b"C",
        "ENG/b/a.xhtml": b"A",
        "ENG/b/x.xhtml": b"X",
        "ENG/c.xhtml": b"B",
    }
    assert not (mirror.root / "ENG/a").exists()


def test_a_name_changes_its_case_alone(mirror: Mirror) -> None:
    put(mirror, guide="A")
    move(mirror, ENG, to({"ENG/guide.xhtml": "ENG/Guide.xhtml"}), {})
    assert files(mirror.root) == {"ENG/Guide.xhtml": b"A"}


def test_a_file_in_the_way_is_not_overwritten_and_the_others_go_on(mirror: Mirror) -> None:
    put(mirror, a="A", b="B", z="Z")
    failed = move(mirror, ENG, to({"ENG/a.xhtml": "ENG/b.xhtml", "ENG/z.xhtml": "ENG/y.xhtml"}), {})
    ((place, why),) = failed.items()
    assert place == Destination("ENG/b.xhtml")
    assert "another file is at its new place; the document waits as ENG/moving~/" in typed(
        why, MIRROR
    )
    found = files(mirror.root)
    assert sorted(found.values()) == [b"A", b"B", b"Z"]
    assert (found["ENG/b.xhtml"], found["ENG/y.xhtml"]) == (b"B", b"Z")
    (waiting,) = (name for name in found if MOVING in name)
    assert waiting.endswith("/b.xhtml")


def test_what_an_earlier_run_left_half_way_is_never_overwritten(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(mirror, a="A", b="B", c="C")
    # In a container every run may have the same process id.
    monkeypatch.setattr(os, "getpid", lambda: 7)
    rename = os.rename
    calls: list[object] = []

    def die(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 3:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr(os, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        move(mirror, ENG, to({f"ENG/{n}.xhtml": f"ENG/x/{n}.xhtml" for n in "abc"}), {})
    monkeypatch.setattr(os, "rename", rename)
    halfway = [name for name in files(mirror.root) if MOVING in name]
    assert [Path(name).name for name in sorted(halfway, key=os.path.basename)] == (
        ["a.xhtml", "b.xhtml"]
    )
    rest = {name: f"ENG/x/{Path(name).name}" for name in files(mirror.root)}
    move(mirror, ENG, to(rest), {})
    assert files(mirror.root) == {f"ENG/x/{n}.xhtml": n.upper().encode() for n in "abc"}


def test_whenever_a_move_is_killed_no_page_stands_below_a_wrong_parent(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pages with a child each swap names; at each rename, each child is below its page."""

    def stamped(page_id: str, parent: str) -> str:
        stamp = Stamp(page_id, 1, digest(page_id, "<p/>"), parent)
        return render(page_id, "<p/>", stamp).decode()

    put(mirror, a=stamped("1", "9"), b=stamped("2", "9"))
    put(mirror, a__x=stamped("11", "1"), b__x=stamped("22", "2"))
    parents = {"1": "9", "2": "9", "11": "1", "22": "2"}
    seen = 0
    rename = os.rename

    def look(source: Path, target: Path) -> None:
        nonlocal seen
        rename(source, target)
        seen += 1
        (scan,) = mirror.scan()
        assert {entry.page_id: scan.wanted(entry) for entry in scan.entries} == parents

    monkeypatch.setattr(os, "rename", look)
    swap = {"a": "b", "b": "a", "a/x": "b/x", "b/x": "a/x"}
    move(mirror, ENG, to({f"ENG/{old}.xhtml": f"ENG/{new}.xhtml" for old, new in swap.items()}), {})
    assert seen == 8
    (scan,) = mirror.scan()
    assert {e.page_id: e.path for e in scan.entries} == (
        {"2": "ENG/a.xhtml", "22": "ENG/a/x.xhtml", "1": "ENG/b.xhtml", "11": "ENG/b/x.xhtml"}
    )


def test_a_document_that_waits_half_way_wants_what_it_wanted_also_below_a_new_parent(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user has moved a page from 1 to 2, not pushed yet, and 2 gets another name."""
    for name, page_id in (("index", "9"), ("two", "2")):
        stamp = Stamp(page_id, 1, digest("T", "<p/>"), "9" if page_id == "2" else None)
        put(mirror, **{name: render("T", "<p/>", stamp).decode()})
    put(mirror, two__x=render("T", "<p/>", Stamp("11", 1, digest("T", "<p/>"), "1")).decode())
    rename = os.rename
    seen: list[str | None] = []

    def look(source: Path, target: Path) -> None:
        rename(source, target)
        (scan,) = mirror.scan()
        seen.extend(scan.wanted(entry) for entry in scan.entries if entry.page_id == "11")

    (scan,) = mirror.scan()
    moves = {"ENG/two.xhtml": "ENG/zwei.xhtml", "ENG/two/x.xhtml": "ENG/zwei/x.xhtml"}
    wanted = {entry.path: scan.wanted(entry) for entry in scan.entries}
    assert wanted["ENG/two/x.xhtml"] == "2"
    monkeypatch.setattr(os, "rename", look)
    move(mirror, ENG, to(moves), wanted)
    (scan,) = mirror.scan()
    assert [e.path for e in scan.entries if scan.wanted(e) == "2"] == ["ENG/zwei/x.xhtml"]
    # In between its own parent's file may be on the way too: then it wants what its stamp says.
    assert set(seen) <= {"2", "1"}
    assert seen[-1] == "2"


def test_a_file_that_is_gone_when_it_is_to_move_loses_nothing_else(mirror: Mirror) -> None:
    put(mirror, a="A", c="C")
    failed = move(mirror, ENG, to({f"ENG/{n}.xhtml": f"ENG/x/{n}.xhtml" for n in "abc"}), {})
    assert list(failed) == [Destination("ENG/x/b.xhtml")]
    assert files(mirror.root) == {"ENG/x/a.xhtml": b"A", "ENG/x/c.xhtml": b"C"}


# -- folders ---------------------------------------------------------------------------------------


def test_a_folder_is_noted_once_and_forgotten_with_its_directory(mirror: Mirror) -> None:
    folder = Folder("7", "Prüfung: 1", None)
    write_folder(mirror, "ENG/f", folder)
    path = mirror.root / "ENG/f/.folder.yaml"
    before = path.stat().st_mtime_ns, path.read_bytes()
    (scan,) = mirror.scan()
    assert scan.folders == {"f": folder}
    write_folder(mirror, "ENG/f", folder)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    drop_folder(mirror, "ENG/f")
    assert not path.parent.exists()
    drop_folder(mirror, "ENG/f")


# -- the lock --------------------------------------------------------------------------------------


def test_the_state_directory_ignores_itself_in_git(mirror: Mirror) -> None:
    with mirror.lock():
        assert (mirror.root / ".confsync/.gitignore").read_text() == "*\n"


def test_a_second_confsync_is_refused_while_the_first_works_and_let_in_after(
    mirror: Mirror,
) -> None:
    second = Mirror(mirror.root, mirror.config)
    with mirror.lock(), pytest.raises(LockedError, match="another confsync"), second.lock():
        pytest.fail("two at a time")
    with second.lock():
        pass


def test_the_lock_is_given_back_when_a_command_fails(mirror: Mirror) -> None:
    with pytest.raises(ValueError, match="boom"), mirror.lock():
        raise ValueError("boom")
    with mirror.lock():
        pass


HOLDER = """
import sys, time
from pathlib import Path
from confsync.model.config import Config; from confsync.model.config import SpaceConfig
from confsync.mirror.mirror import Mirror

with Mirror(Path(sys.argv[1]), Config("https://a.example", (SpaceConfig("ENG", "ENG"),))).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_another_process_is_refused_and_a_dead_one_blocks_no_process(mirror: Mirror) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(mirror.root)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(LockedError), mirror.lock():
                pytest.fail("two at a time")
        finally:
            holder.send_signal(signal.SIGKILL)
    assert holder.returncode == -signal.SIGKILL
    with mirror.lock():
        assert (mirror.root / ".confsync/lock").exists()


def test_what_a_killed_run_left_is_swept_and_nothing_else(mirror: Mirror) -> None:
    put(mirror, a="A", deep__er__b="B")
    for name in ("ENG", "ENG/deep", "ENG/deep/er"):
        (mirror.root / name / f"{TEMPORARY}x1").write_bytes(b"half")
    (mirror.root / "ENG/new-x1").write_bytes(b"the user's")
    (mirror.root / f"{TEMPORARY}x1").write_bytes(b"half a '.confsync.removed'")
    (mirror.root / "elsewhere").mkdir()
    (mirror.root / "elsewhere" / f"{TEMPORARY}x1").write_bytes(b"in no space")
    with mirror.lock():
        pass
    kept = {name for name in files(mirror.root) if not name.startswith(".confsync/")}
    assert kept == {"ENG/a.xhtml", "ENG/deep/er/b.xhtml", "ENG/new-x1", f"elsewhere/{TEMPORARY}x1"}


def test_a_state_directory_that_cannot_be_made_is_told(mirror: Mirror) -> None:
    (mirror.root / ".confsync").write_bytes(b"")
    with pytest.raises(FileError, match=r"\.confsync"), mirror.lock():
        pytest.fail("no lock without a state directory")


def test_temporary_files_are_no_documents(mirror: Mirror) -> None:
    (mirror.root / f"ENG/{TEMPORARY}a.xhtml").write_bytes(b"half")
    assert TEMPORARY.startswith(".")
    assert [entry.path for scan in mirror.scan() for entry in scan.entries] == []
