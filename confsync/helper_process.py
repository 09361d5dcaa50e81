"""A second process of confsync's, for pure work on much, so that two processors share it.

It is asked for nothing but what a function of ours makes of a value. Should it not start, end
early or answer nonsense, the function is called here: it can cost time, and nothing else. It ends
when nobody can ask it any more, however that came about.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

# Beginning takes a twentieth of a second of a processor, which laying out so many pages takes, too.
WORTH = 250
# Its modules are found where ours were: never below the directory that somebody works in.
_CODE = "import sys; sys.path[:] = {path!r}; from confsync.helper_process import serve; serve()"
_LENGTH = struct.Struct(">Q")


class _Line:
    """A connection on which values go as a whole.

    Neither side takes part in a transfer more than once: between two pieces another thread
    would have its turn, of 5 ms each.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, value: Any) -> None:
        self.send_packed(_packed(value))

    def send_packed(self, data: bytes) -> None:
        self._connection.sendall(_LENGTH.pack(len(data)))
        self._connection.sendall(data)

    def receive(self) -> Any:
        """The next value. Raises EOFError when nobody sends any more."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return pickle.loads(self._exactly(length))  # noqa: S301 - of our own process

    def close(self) -> None:
        self._connection.close()

    def _exactly(self, length: int) -> memoryview:
        found = memoryview(bytearray(length))
        have = 0
        while have < length:  # nearly always once: only a stopped process has less at first
            came = self._connection.recv_into(found[have:], 0, socket.MSG_WAITALL)
            if not came:
                raise EOFError
            have += came
        return found


class Helper:
    """Calls functions in a second process, one at a time; without one, in this.

    While it makes one thing, the next may be asked for by another thread: it is to have no gaps.
    """

    def __init__(self, process: subprocess.Popen[bytes] | None, line: _Line | None) -> None:
        self._process = process
        self._line = line
        # Answers come in the order of what was asked: whoever has asked is the next to be answered.
        self._asking = threading.Lock()
        self._answering = threading.Lock()

    @property
    def is_there(self) -> bool:
        """Whether there is a second process, as far as is known."""
        return self._line is not None

    def call(self, function: Callable[[Given], Made], given: Given) -> Made:
        """What a function of a module makes of a value. It must depend on nothing else."""
        if self._line:
            is_made, made = self._asked(self._line, (function, given))
            if is_made:
                found: Made = made
                return found
        return function(given)

    def _asked(self, line: _Line, question: Any) -> tuple[bool, Any]:
        """Whether there is an answer, and what it is."""
        with self._asking:
            try:
                line.send(question)
            except Exception:
                self.end()
                return False, None
            self._answering.acquire()
        try:
            is_made, made = line.receive()
        except Exception:  # whatever an answer that is none does to who reads it
            self.end()  # before anybody takes what may be left of it for his own
            return False, None
        finally:
            self._answering.release()
        return is_made, made

    def end(self) -> None:
        """Let it go; what it is doing is not wanted any more."""
        line, process = self._line, self._process
        self._line = self._process = None
        if process:
            process.kill()  # first: whoever waits for an answer is woken by that
            process.wait()
        if line:
            line.close()


@contextlib.contextmanager
def started(count: int) -> Iterator[Helper]:
    """A second process for as many things to do, if there is a processor for it."""
    helper = _start() if count >= WORTH and _processors() > 1 else Helper(None, None)
    try:
        yield helper
    finally:
        helper.end()


def serve() -> None:
    """Be the second process: answer until nobody asks any more.

    An answer goes out while the next is made: whoever takes it may have other things to do first.
    """
    line = _Line(socket.socket(fileno=0))
    answers: queue.Queue[bytes] = queue.Queue(1)

    def answering() -> None:
        with contextlib.suppress(OSError):
            while True:
                line.send_packed(answers.get())
        os._exit(0)

    threading.Thread(target=answering, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, given = line.receive()
            try:
                answer = _packed((True, function(given)))
            except Exception:  # to be raised where it is understood
                answer = _packed((False, None))
            answers.put(answer)
    os._exit(0)  # nothing here has to be put in order


def _packed(value: Any) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _start() -> Helper:
    # In a frozen program, the executable is confsync and no Python.
    if getattr(sys, "frozen", False) or not hasattr(socket, "AF_UNIX"):
        return Helper(None, None)
    ours, its = socket.socketpair()
    try:
        process = subprocess.Popen(  # noqa: S603 - this Python, and the code above
            [sys.executable, "-I", "-c", _CODE.format(path=sys.path)],
            stdin=its.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if not k.startswith("CONFSYNC_")},
            start_new_session=True,  # ^C is for whoever asks
        )
    except OSError:
        ours.close()
        return Helper(None, None)
    finally:
        its.close()
    return Helper(process, _Line(ours))


def _processors() -> int:
    """How many processors this process may use."""
    with contextlib.suppress(AttributeError):  # of systems that do not say
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
