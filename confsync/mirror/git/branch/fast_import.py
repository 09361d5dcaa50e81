"""The stream to `git fast-import`: objects in any order, and one reference at the end.

git moves the reference only after the whole stream, and only forward. Whatever ends the stream
before, the reference stays. The objects that git has then are garbage, which `git gc` removes.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from confsync import failpoints
from confsync.errors import FileError
from confsync.mirror.git import repository as gitrepo

if TYPE_CHECKING:
    from git import Git

# The largest pipe that Linux gives to every user.
_PIPE_BYTES = 1 << 20


class Entry(NamedTuple):
    """A commit of a stream. `files` maps paths from the repository's top to ids, or to None."""

    author: str
    seconds: int
    message: str
    files: Mapping[str, str | None]


class Importer:
    """Sends blobs and commits to git. Several threads may send blobs.

    git starts with the first of them. Use it as a context: an exception inside stops git, and the
    reference stays.
    """

    def __init__(self, command: Git, reference: str, tip: str, id_length: int) -> None:
        self.command = command
        self._reference = reference
        self.tip = tip
        self._length = id_length
        self._lock = threading.Lock()
        self._process: Any = None
        self.count = 0

    def __enter__(self) -> Importer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._process is not None:
            self._stop()

    def blob(self, raw: bytes) -> str:
        """Send a file's content. Return git's id of it."""
        return self.blobs([raw])[0]

    def blobs(self, raws: Sequence[bytes]) -> list[str]:
        """Send the contents of files. Return git's ids of them.

        git stores each as its difference from the one before it in the stream.
        """
        with self._lock:
            for raw in raws:
                failpoints.before(f"blob of {len(raw)} bytes")
                self._send(b"blob\ndata %d\n" % len(raw), raw, b"\n")
        return [gitrepo.blob_id(raw, self._length) for raw in raws]

    def commit(self, entry: Entry) -> None:
        """Send a commit on top of the one before."""
        failpoints.before(f"commit {self.count + 1} for {self._reference}")
        who = _person(entry.author).encode()
        when = b"%s <%s> %d +0000\n" % (who, who, entry.seconds)
        message = entry.message.encode("utf-8", "replace")
        lines = [b"commit %s\n" % self._reference.encode(), b"author ", when, b"committer ", when]
        lines += [b"data %d\n" % len(message), message, b"\n"]
        if self.tip and not self.count:
            lines.append(b"from %s\n" % self.tip.encode())
        # A file may take the place of one that goes.
        for path, content in sorted(entry.files.items(), key=lambda one: one[1] is not None):
            name = _quoted(path)
            lines.append(
                b"D %s\n" % name
                if content is None
                else b"M 100644 %s %s\n" % (content.encode(), name)
            )
        with self._lock:
            self._send(*lines, b"\n")
        self.count += 1

    def finish(self) -> str:
        """End the stream, so that git moves the reference. Return the new tip."""
        failpoints.before(f"move {self._reference}")
        self._send(b"done\n")
        with self._refused_named():
            self._process.stdin.close()
        said = self._process.stderr.read().decode("utf-8", "replace").strip()
        status = self._process.proc.wait()
        self._close()
        if status:
            raise _refused(said)
        return commit_at(self.command, self._reference)

    def _send(self, *parts: bytes) -> None:
        with self._refused_named():
            if self._process is None:
                self._process = _started(self.command)
            self._process.stdin.write(b"".join(parts))

    @contextlib.contextmanager
    def _refused_named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:  # git ended; what it says is the reason
            said = self._process.stderr.read() if self._process is not None else b""
            raise _refused(said.decode("utf-8", "replace").strip() or str(error)) from None

    def _stop(self) -> None:
        self._process.proc.kill()
        self._process.proc.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                stream.close()
        self._process = None


def _started(command: Git) -> Any:
    process = command(c="pack.compression=1").fast_import(
        *("--quiet", "--done", "--date-format=raw"), istream=subprocess.PIPE, as_process=True
    )
    _widen(process.stdin)
    return process


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold the versions of a large page, if the system can do that.

    A pipe of Linux holds 64 kB. Waiting for git to empty it takes a twentieth of a first history.
    """
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _refused(said: str) -> FileError:
    lines = [line for line in said.split("\n") if line]
    return FileError("git could not take the history:", said="\n".join(lines[:5]))


@cache
def _person(account: str) -> str:
    """Return an account's id as git can write it."""
    kept = "".join(c for c in account if c.isprintable() and c not in "<>").strip()
    return kept or "unknown"


def _quoted(path: str) -> bytes:
    plain = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'.encode("utf-8", "surrogateescape")


def commit_at(command: Git, reference: str) -> str:
    """Return the commit of a reference, or an empty text if there is none."""
    status, out, _ = command.rev_parse(
        *("--verify", "--quiet", f"{reference}^{{commit}}"),
        with_extended_output=True,
        with_exceptions=False,
    )
    return str(out).strip() if status == 0 else ""


def is_checked_out(command: Git, reference: str) -> bool:
    """Return whether a work tree of the repository is on a branch."""
    listed = command.worktree("list", "--porcelain", "-z").split("\0")
    return f"branch {reference}" in listed


def branch_name(key: str) -> str:
    """Return the branch of a space's history. git refuses some characters of personal spaces."""
    safe = "".join(c if c.isalnum() or c in "_-" else f"%{ord(c):02X}" for c in key)
    return f"confluence/{safe}"


def id_length(command: Git) -> int:
    """Return the length of an object's id in the repository: 40, or 64 with SHA-256."""
    status, out, _ = command.rev_parse(
        "--show-object-format", with_extended_output=True, with_exceptions=False
    )
    return 64 if status == 0 and str(out).strip() == "sha256" else 40
