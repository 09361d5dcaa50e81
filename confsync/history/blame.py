"""The version behind each line of a page: from the branch of its space, or from the server."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from confsync.document import document
from confsync.document.frontmatter import FENCE
from confsync.history.commits import edits_of, in_order, message_of
from confsync.history.recorded import document_of
from confsync.history.space_tree import Item
from confsync.mirror.git import repository
from confsync.mirror.git.branch import blame, fast_import
from confsync.mirror.git.branch.fast_import import Entry, Importer
from confsync.mirror.git.branch.trailers import NUMBER, trailers
from confsync.mirror.mirror import Mirror
from confsync.model.moment import written
from confsync.model.page import PastVersion
from confsync.model.result import BlamedLine
from confsync.model.stamp import Layout, Stamp, digest

if TYPE_CHECKING:
    from git import Git

_FILE = "page.xhtml"
_REFERENCE = "refs/heads/page"


def from_branch(mirror: Mirror, page_id: str) -> list[BlamedLine] | None:
    """Return the lines of a page by the branch of its space; None if no branch has the page."""
    command = repository.at(mirror.root)
    if command is None:
        return None
    for key in dict.fromkeys(space.key for space in mirror.config.spaces):
        tip = fast_import.commit_at(command, f"refs/heads/{fast_import.branch_name(key)}")
        own = [space.path for space in mirror.config.spaces if space.key == key]
        kept = document_of(command, tip, own, page_id) if tip else None
        if kept is not None:
            return list(_lines(command, tip, kept.path))
    return None


def from_versions(
    mirror: Mirror, page_id: str, each: Callable[[Callable[[PastVersion], None]], None]
) -> tuple[list[BlamedLine], Sequence[PastVersion]]:
    """Return the lines of a page, and its versions without bodies, newest first.

    `each` calls a function with every version of the page, newest first. git compares them in a
    temporary repository. Raise FileError without git.
    """
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        command = repository.begun(directory)
        length = fast_import.id_length(command)
        past: list[tuple[PastVersion, Item]] = []
        with Importer(command, _REFERENCE, "", length) as importer:

            def send(one: PastVersion) -> None:
                content = importer.blob(_text(page_id, one, mirror.config.layout))
                past.append((one._replace(body=""), Item(page_id, one.title, None, content)))

            each(send)
            before: Item | None = None
            for edit in in_order(edits_of(0, past, None)):
                message = message_of(edit, before)
                seconds = int(edit.time.timestamp())
                files = {_FILE: edit.item.content}
                importer.commit(Entry(edit.author.id or "unknown", seconds, message, files))
                before = edit.item
            if not past:
                return [], ()
            tip = importer.finish()
        return list(_lines(command, tip, _FILE)), [one for one, _ in past]


def _text(page_id: str, past: PastVersion, layout: Layout) -> bytes:
    stamp = Stamp(page_id, past.version.number, digest(past.title, past.body))
    return document.render(past.title, past.body, stamp, how=layout)


def _lines(command: Git, commit: str, path: str) -> Iterator[BlamedLine]:
    """Yield the lines of a document's body, with the version of each."""
    found = blame.blame(command, commit, path)
    fences = [number for number, line in enumerate(found) if line.text == FENCE]
    body = found[fences[1] + 1 :] if len(fences) > 1 else found
    commits = dict.fromkeys(line.commit for line in body)
    numbers = dict(trailers(command, (NUMBER,), "--no-walk", *commits)) if commits else {}
    for line in body:
        number = numbers.get(line.commit, "")
        time = written(datetime.fromtimestamp(line.seconds, UTC))
        version = int(number) if number.isdecimal() else None
        yield BlamedLine(version, line.author, time, line.text)
