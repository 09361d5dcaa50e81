"""A subprocess of confsync for large pure computations, so that two processors share them.

The subprocess only calls functions of confsync with a given value. If it fails to start, ends early
or sends a corrupt answer, this process calls the function. A failure therefore costs time and
nothing else. The subprocess ends when its connection closes.
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

# Starting the subprocess takes 0.05 s of a processor, as much as laying out this many pages.
WORTH = 250
# It imports from the same places as this process, and never from the current directory.
_CODE = "import sys; sys.path[:] = {path!r}; from confsync.helper_process import serve; serve()"
_LENGTH = struct.Struct(">Q")


class _Line:
    """A connection that transfers whole values.

    Each side handles a value at once. Between two pieces another thread would run for 5 ms.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, value: Any) -> None:
        self.send_packed(_packed(value))

    def send_packed(self, data: bytes) -> None:
        self._connection.sendall(_LENGTH.pack(len(data)))
        self._connection.sendall(data)

    def receive(self) -> Any:
        """Return the next value. Raise EOFError if the other side closed the connection."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return pickle.loads(self._exactly(length))  # noqa: S301 - sent by our own process

    def close(self) -> None:
        self._connection.close()

    def _exactly(self, length: int) -> memoryview:
        found = memoryview(bytearray(length))
        have = 0
        while have < length:  # nearly always once; a stopped sender causes a second turn
            came = self._connection.recv_into(found[have:], 0, socket.MSG_WAITALL)
            if not came:
                raise EOFError
            have += came
        return found


class Helper:
    """Calls functions in a subprocess, one at a time. Without a subprocess it calls them here.

    Another thread may send the next question during a call, so that the subprocess never idles.
    """

    def __init__(self, process: subprocess.Popen[bytes] | None, line: _Line | None) -> None:
        self._process = process
        self._line = line
        # Answers come in the order of the questions, so a thread that sent one waits for the next
        # answer.
        self._asking = threading.Lock()
        self._answering = threading.Lock()

    @property
    def is_there(self) -> bool:
        """Return whether the subprocess still runs, as far as confsync knows."""
        return self._line is not None

    def call(self, function: Callable[[Given], Made], given: Given) -> Made:
        """Call a function of a module with a value. It must depend on nothing else."""
        if self._line:
            is_made, made = self._asked(self._line, (function, given))
            if is_made:
                found: Made = made
                return found
        return function(given)

    def _asked(self, line: _Line, question: Any) -> tuple[bool, Any]:
        """Ask the subprocess. Return whether it answered, and the answer."""
        with self._asking:
            try:
                line.send(question)
            except Exception:
                self.end()
                return False, None
            self._answering.acquire()
        try:
            is_made, made = line.receive()
        except Exception:  # a corrupt answer can raise anything
            self.end()  # before another thread reads the rest of this answer
            return False, None
        finally:
            self._answering.release()
        return is_made, made

    def end(self) -> None:
        """End the subprocess and drop its work."""
        line, process = self._line, self._process
        self._line = self._process = None
        if process:
            process.kill()  # first: this wakes a thread that waits for an answer
            process.wait()
        if line:
            line.close()


@contextlib.contextmanager
def started(count: int) -> Iterator[Helper]:
    """Start a subprocess if `count` items are worth it and a second processor is free to use."""
    helper = _start() if count >= WORTH and _processors() > 1 else Helper(None, None)
    try:
        yield helper
    finally:
        helper.end()


def serve() -> None:
    """Be the subprocess: answer questions until the connection closes.

    An answer is sent while the next one is computed, because the reader may be slow.
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
            except Exception:  # the caller computes it again and raises there
                answer = _packed((False, None))
            answers.put(answer)
    os._exit(0)  # nothing here needs cleaning up


def _packed(value: Any) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _start() -> Helper:
    # In a frozen program, `sys.executable` is confsync and not Python.
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
            start_new_session=True,  # ^C reaches the parent only
        )
    except OSError:
        ours.close()
        return Helper(None, None)
    finally:
        its.close()
    return Helper(process, _Line(ours))


def _processors() -> int:
    """Return how many processors this process may use."""
    with contextlib.suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
