"""The second process gives the same answers, also if it dies, and leaves no trace."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from confsync import helper_process
from confsync.document import document
from confsync.helper_process import WORTH, Helper
from confsync.model.stamp import Layout

TEXTS = [("One", "<p>1</p><p>2</p>", Layout.LINES), ("Two", "<p>\n</p>", Layout.RAW)]
MUCH = [(str(number), "<p>x</p>" * 50_000, Layout.LINES) for number in range(20)]


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    with helper_process.started(WORTH) as found:
        assert found.is_there
        yield found


def process_of(second: Helper) -> subprocess.Popen[bytes]:
    assert second._process
    return second._process


def is_alive(process: int) -> bool:
    """Return whether a process runs. An ended process without a waiter does not run."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_makes_what_would_be_made_here(second: Helper) -> None:
    for _ in range(2):
        assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)


def test_it_is_another_process(second: Helper) -> None:
    assert second.call(getpid, None) == process_of(second).pid != os.getpid()


def getpid(_: None) -> int:
    return os.getpid()


def test_values_larger_than_any_buffer_go_through(second: Helper) -> None:
    assert second.call(document.lay_all, MUCH) == document.lay_all(MUCH)
    assert second.is_there


def double(text: str) -> str:
    return text + text


def asked_by_many(second: Helper) -> None:
    """Three ask at once, each again and again, for answers larger than any buffer."""
    texts = [str(number) * 300_000 for number in range(10)] * 6
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(partial(second.call, double), texts))
    assert answers == [double(text) for text in texts]


def test_each_of_those_who_ask_at_once_gets_his_own_answer(second: Helper) -> None:
    asked_by_many(second)
    assert second.is_there


def test_when_it_is_killed_all_who_ask_have_their_work_done_here(second: Helper) -> None:
    killing = threading.Timer(0.02, process_of(second).kill)
    killing.start()
    asked_by_many(second)
    killing.join()
    asked_by_many(second)
    assert not second.is_there


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_when_it_is_killed_the_work_is_done_here(second: Helper, stop: signal.Signals) -> None:
    process_of(second).send_signal(stop)
    process_of(second).wait()
    assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)
    assert not second.is_there
    assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)


def fails(text: str) -> None:
    raise KeyError(text)


def test_what_a_function_raises_is_raised_here(second: Helper) -> None:
    with pytest.raises(KeyError, match="why"):
        second.call(fails, "why")
    assert second.is_there
    assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)


class _InPieces:
    """A connection that gives less at a time than was asked for, as after a stop."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def recv_into(self, into: memoryview, _: int, flags: int) -> int:
        piece = self._data[: min(3, len(into))]
        into[: len(piece)] = piece
        self._data = self._data[len(piece) :]
        return len(piece)


def test_a_value_that_comes_in_pieces_is_whole() -> None:
    data = pickle.dumps("a longer text")
    line = helper_process._Line(_InPieces(struct.pack(">Q", len(data)) + data))  # type: ignore[arg-type]
    assert line.receive() == "a longer text"
    with pytest.raises(EOFError):
        line.receive()


ANSWERS = {
    "nothing": b"",
    "half": b"\0\0\0\0\0\0\0\x09half",
    "no pickle": b"\0\0\0\0\0\0\0\x04junk",
    "more than there is memory": b"\xff" * 20,
    "no pair": b"\0\0\0\0\0\0\0\x04" + b"\x80\x04N.",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_is_not_used(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    code = "import os, time; os.read(0, 9999); os.write(0, {0!r}); time.sleep({1})"
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    monkeypatch.setattr(helper_process, "_CODE", code.format(answer, 0.1))
    with helper_process.started(WORTH) as second:
        assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)
        assert not second.is_there


def test_without_a_python_to_start_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with helper_process.started(WORTH) as second:
        assert not second.is_there
        assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)


def test_for_little_and_on_one_processor_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    with helper_process.started(WORTH - 1) as second:
        assert not second.is_there
    monkeypatch.setattr(helper_process, "_processors", lambda: 1)
    with helper_process.started(WORTH) as second:
        assert not second.is_there


def test_it_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    with contextlib.suppress(KeyboardInterrupt), helper_process.started(WORTH) as second:
        process = process_of(second)
        raise KeyboardInterrupt
    assert not second.is_there
    assert process.returncode is not None  # over, and waited for: also where there is no /proc


def test_an_interrupt_from_the_keyboard_is_not_for_it(second: Helper) -> None:
    assert os.getpgid(process_of(second).pid) != os.getpgid(0)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux to look")
@pytest.mark.parametrize("busy", [False, True])
def test_the_helper_process_ends_when_its_parent_is_killed(busy: bool) -> None:
    code = (
        "import sys, time\nfrom confsync.document import document\n"
        "from confsync import helper_process\n"
        "helper_process._processors = lambda: 2\n"
        "from tests.unit.test_helper_process import MUCH, process_of\n"
        "with helper_process.started(helper_process.WORTH) as second:\n"
        "    second.call(document.lay_all, MUCH[:1])\n"
        "    print(process_of(second).pid, flush=True)\n"
        f"    while {busy}:\n"
        "        second.call(document.lay_all, MUCH)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as asks:
        assert asks.stdout
        process = int(asks.stdout.readline())
        assert is_alive(process)
        time.sleep(0.3 if busy else 0)
        asks.kill()
    until = time.monotonic() + 20
    while is_alive(process) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(process)


def test_nothing_is_loaded_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pickle", "struct", "yaml", "confsync"):
        (tmp_path / f"{name}.py").write_text("open('loaded', 'w')\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    with helper_process.started(WORTH) as second:
        assert second.call(document.lay_all, TEXTS) == document.lay_all(TEXTS)
        assert second.is_there
    assert not (tmp_path / "loaded").exists()
