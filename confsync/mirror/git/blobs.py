"""The contents of git objects, read by one `git cat-file --batch` for all of them.

Git itself reads them: every format of objects and of references that it knows is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from git import Git


def contents(command: Git, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield each object's name and content, in the order of the names; None for a missing object.

    A name is whatever `git cat-file` takes: an object id, or ``COMMIT:PATH`` with the path from the
    top of the repository. `command` says whether a partial clone may fetch the objects that it
    lacks. If it must not, those are missing, and ids alone are found behind the first of them.
    """
    waiting = list(names)
    told = 0
    for name, content in _batch(command, waiting):
        told += 1
        yield name, content
    if told == len(waiting):
        return
    # Git ends at the first object that it may not fetch. What is here is asked for once more.
    here = _local(command)
    left = [name for name in waiting[told:] if name in here]
    found = dict(_batch(command, left))
    for name in waiting[told:]:
        yield name, found.get(name)


def _batch(command: Git, names: list[str]) -> Iterator[tuple[str, bytes | None]]:
    """Objects as git answers them, up to the first that it fails at."""
    import tempfile  # not for a status that has nothing to ask git

    with tempfile.TemporaryFile() as asked:
        # A name with a line end in it is two names to git: ask for one that nothing has.
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
    """The content that follows a header of ``ID TYPE SIZE``; None if git says that it has none."""
    size = header.split()[-1]
    if not size.isdigit():
        return None
    content = stream.read(int(size))
    stream.read(1)
    return content


def _local(command: Git) -> frozenset[str]:
    """The ids of all objects that stand in this repository."""
    listed = command.cat_file("--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
    return frozenset(listed.split())
