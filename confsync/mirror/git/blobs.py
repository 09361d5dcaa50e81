"""The contents of git objects, read by one `git cat-file --batch` for all of them.

git itself reads the objects, so every format of objects and references works.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from git import Git


def contents(command: Git, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield each object's name and content in the order of the names; None for a missing object.

    A name is any argument of `git cat-file`: an object id, or ``COMMIT:PATH`` with the path from
    the top of the repository. `command` decides whether a partial clone may fetch missing objects.
    If it may not, they count as missing, and after the first of them only ids are found.
    """
    waiting = list(names)
    if not waiting:
        return
    told = 0
    for name, content in _batch(command, waiting):
        told += 1
        yield name, content
    if told == len(waiting):
        return
    # git stops at the first object that it may not fetch. The local objects are asked for again.
    here = _local(command)
    left = [name for name in waiting[told:] if name in here]
    found = dict(_batch(command, left))
    for name in waiting[told:]:
        yield name, found.get(name)


def _batch(command: Git, names: list[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield objects as git answers, up to the first failure."""
    import tempfile  # rarely needed

    with tempfile.TemporaryFile() as asked:
        # A name with a line end would be two names to git. Ask for a name that no object has.
        lines = (name if "\n" not in name else "" for name in names)
        asked.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
        asked.seek(0)
        process = command.cat_file("--batch", istream=asked, as_process=True)
        try:
            for name in names:
                header = process.stdout.readline()
                if not header.endswith(b"\n"):
                    return
                yield name, _content(process.stdout, header)
        finally:
            with suppress(OSError):
                process.stdout.close()
                process.stderr.close()
            process.proc.kill()
            process.proc.wait()


def _content(stream: IO[bytes], header: bytes) -> bytes | None:
    """Return the content after a header of ``ID TYPE SIZE``, or None for a missing object."""
    size = header.split()[-1]
    if not size.isdigit():
        return None
    content = stream.read(int(size))
    stream.read(1)
    return content


def _local(command: Git) -> frozenset[str]:
    """Return the ids of all objects in this repository."""
    listed = command.cat_file("--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
    return frozenset(listed.split())
