"""The report file of a diff, for a browser: the pages side by side.

confsync replaces only an earlier report. A mistyped name destroys no other file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from confsync.diff import html_page
from confsync.diff.difference import Difference
from confsync.errors import FileError
from confsync.mirror.state import disk
from confsync.model.hint import marked, mentioned
from confsync.model.result import Change

# Characters of a report that are copied at a time.
_PART = 1 << 20


def write(
    path: Path, found: Iterable[tuple[Difference, Change, str]], *, against_server: bool
) -> None:
    """Write the report of differences, each with its counts and its text as a plain diff.

    The list of the pages stands before their sections. Until it is complete, the sections are in a
    temporary file and not in memory. Raise FileError if the file exists and is not a report.
    """
    _refuse_other(path)
    title = "What the server changed" if against_server else "What changes in Confluence"
    listed: list[str] = []
    try:
        with _temporary() as waiting:
            for number, (difference, change, text) in enumerate(found, 1):
                listed.append(html_page.item(number, difference, change))
                waiting.write(html_page.section(number, difference, change, text))
            waiting.seek(0)
            parts = html_page.page(listed, _parts(waiting), title=title)
            data = (part.encode("utf-8", "replace") for part in parts)
            disk.replace(path, data, lambda: _refuse_other(path), durable=False)
    except OSError as error:
        raise _failure(path, f"cannot be written: {error.strerror or error}") from None


def _temporary() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace", newline="")


def _parts(file: IO[str]) -> Iterator[str]:
    while part := file.read(_PART):
        yield part


def _refuse_other(path: Path) -> None:
    mark = html_page.MARK.encode()
    if path.exists() and not path.is_file():
        raise _failure(path, "cannot be written: it is not a regular file")
    try:
        with path.open("rb") as file:
            known = file.read(len(mark)) == mark
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failure(path, f"cannot be read: {error.strerror or error}") from None
    if not known:
        other = path.with_stem(f"{path.stem}-diff")
        why = "exists and is not a confsync report; confsync did not change it"
        raise FileError(
            f"{mentioned(str(path))} {why}",
            hint=f"'confsync diff --html {marked(str(other))}' writes another file",
        )


def _failure(path: Path, why: str) -> FileError:
    return FileError(f"{mentioned(str(path))}: {why}")
