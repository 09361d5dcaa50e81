"""The files that runs of several spaces share: one process after the other changes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.errors import FileError, LockedError
from confsync.mirror.git import removals
from confsync.mirror.state import audit, in_doubt, lock, mutex, unchanged
from confsync.mirror.state.audit import AuditLog
from confsync.mirror.state.base_cache import make_state
from confsync.mirror.state.in_doubt import Doubt
from confsync.model.event import Event
from confsync.model.filenames import REMOVED, STATE
from confsync.model.stamp import Stamp

ONE, TWO = Stamp("1", 1, "a" * 32, None), Stamp("2", 1, "b" * 32, None)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    make_state(tmp_path / STATE)
    return tmp_path / STATE


def meanwhile(state: Path, work: Callable[[], object], other: Callable[[], None]) -> None:
    """Let work begin while another process holds the mutex, and what that writes come first."""
    with mutex.held(state):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.3)
        waits = thread.is_alive()
        other()
    thread.join(60)
    assert waits, "it did not wait"


def test_a_write_in_doubt_is_noted_beside_that_of_another_process(state: Path) -> None:
    ours, theirs = Doubt("ENG/a.xhtml", "1", "d"), Doubt("OPS/b.xhtml", "2", "d")
    meanwhile(state, lambda: in_doubt.note(state, ours), lambda: in_doubt._keep(state, [theirs]))
    assert set(in_doubt.read(state)) == {ours, theirs}
    meanwhile(state, lambda: in_doubt.forget(state, [ours]), lambda: None)
    assert in_doubt.read(state) == (theirs,)


def test_a_write_that_changed_nothing_is_noted_after_another_process(state: Path) -> None:
    meanwhile(state, lambda: unchanged.note(state, "t1"), lambda: None)
    assert unchanged.read(state) == ("t1",)


def test_a_removal_is_noted_beside_that_of_another_process(state: Path) -> None:
    root = state.parent
    removals.note(root, [TWO])
    both = (root / REMOVED).read_bytes()

    def theirs() -> None:
        (root / REMOVED).write_bytes(both + b"3 v1 " + b"c" * 32 + b"\n")

    meanwhile(state, lambda: removals.note(root, [ONE]), theirs)
    assert removals.read(root).versions == {"1": 1, "2": 1, "3": 1}
    meanwhile(state, lambda: removals.forget(root, ["2"]), lambda: None)
    assert removals.read(root).versions == {"1": 1, "3": 1}


def test_the_audit_trail_is_written_and_rotated_by_one_process_at_a_time(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MAX_BYTES", 10)
    path = state / "audit.jsonl"
    event = Event("updated", "1", "ENG/a.xhtml", 1, 2, "a" * 32, "b" * 32, "Me")
    AuditLog(path).add(event)
    meanwhile(state, lambda: AuditLog(path).add(event), lambda: None)
    assert len(list(AuditLog(path).read())) == 2


def test_a_lock_is_taken_while_no_other_process_takes_one(state: Path) -> None:
    def work() -> None:
        with lock.locked(state, ["ENG"]):
            pass

    meanwhile(state, work, lambda: None)


def test_each_space_has_one_lock_whatever_the_case_of_its_key(state: Path) -> None:
    with lock.locked(state, ["ENG", "OPS"]), lock.locked(state, ["HR"]):
        for keys in (["eng"], ["HR"], ["IT", "OPS"], []):
            with pytest.raises(LockedError), lock.locked(state, keys):
                pytest.fail("two at a time")
        with lock.locked(state, ["IT"]):  # what was refused holds nothing
            pass
    with lock.locked(state), pytest.raises(LockedError), lock.locked(state, ["ENG"]):
        pytest.fail("two at a time")
    with lock.locked(state):
        pass


@pytest.mark.parametrize("name", [lock.SPACES, mutex.SHARED])
def test_no_lock_is_a_link(state: Path, tmp_path: Path, name: str) -> None:
    (state / name).unlink(missing_ok=True)
    (state / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="link"), lock.locked(state, ["ENG"]):
        pytest.fail("through a link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_process_that_never_releases_the_mutex_is_told(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mutex._PATIENCE, mutex.SHARED, 0.0)
    doubt = Doubt("ENG/a.xhtml", "1", "d")
    with mutex.held(state):
        with pytest.raises(LockedError), lock.locked(state):
            pytest.fail("no turn")
        with pytest.raises(FileError, match=r"\.confsync\.removed"):
            removals.note(state.parent, [ONE])
        in_doubt.note(state, doubt)  # is noted all the same
    assert in_doubt.read(state) == (doubt,)
