"""The report file of a diff, for a browser: the pages side by side.

confsync replaces only an earlier report. A mistyped name destroys no other file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from confsync.diff import html_page
from confsync.diff.difference import Difference
from confsync.errors import FileError
from confsync.mirror.state import disk
from confsync.model.hint import marked, mentioned
from confsync.model.result import Change


def write(
    path: Path, found: Sequence[tuple[Difference, Change, str]], *, against_server: bool
) -> None:
    """Write the report of differences, each with its counts and its text as a plain diff.

    Raise FileError if the file exists and is not a report.
    """
    _refuse_other(path)
    title = "What the server changed" if against_server else "What changes in Confluence"
    data = html_page.page(found, title=title).encode("utf-8", "replace")
    try:
        disk.replace(path, data, lambda: _refuse_other(path), durable=False)
    except OSError as error:
        raise _failure(path, f"cannot be written: {error.strerror or error}") from None


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
