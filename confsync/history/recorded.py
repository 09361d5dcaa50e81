"""The history that a branch has already: its files, and the newest version of each page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from confsync.document import document, frontmatter_fast
from confsync.errors import DocumentError
from confsync.mirror.git import blobs, repository
from confsync.mirror.git.branch.trailers import NUMBER, PAGE, TIME, trailers
from confsync.mirror.git.head import is_document
from confsync.model.filenames import FOLDER_FILE
from confsync.model.page import Version
from confsync.model.stamp import Stamp

if TYPE_CHECKING:
    from git import Git


class Kept(NamedTuple):
    """A page's document in the newest commit; `content` is git's id of its text."""

    path: str
    title: str
    stamp: Stamp
    content: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A branch. Without commits, `tip` is empty.

    `files` are the documents of pages and the folder files: mirror path to git's id. `last` has the
    newest version of every page that the branch ever had.
    """

    tip: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, Kept] = field(default_factory=dict)
    last: Mapping[str, Version] = field(default_factory=dict)


def recorded(command: Git, tip: str, directories: Sequence[str]) -> Recorded:
    """Return what a commit and its past have; `directories` are those of the space's documents."""
    if not tip:
        return Recorded()
    listed = repository.listed_at(command, tip, directories)
    kept = {one.path: one for one in _documents(command, listed)}
    folders = {name: i for name, i in listed.items() if name.rpartition("/")[2] == FOLDER_FILE}
    files = {path: one.content for path, one in kept.items()} | folders
    pages = {one.stamp.id: one for one in kept.values()}
    return Recorded(tip, files, pages, _last(command, tip))


def document_of(command: Git, tip: str, directories: Sequence[str], page_id: str) -> Kept | None:
    """Return a page's document in a commit, or None if the commit lacks the page."""
    listed = repository.listed_at(command, tip, directories)
    return next((one for one in _documents(command, listed) if one.stamp.id == page_id), None)


def _documents(command: Git, listed: Mapping[str, str]) -> Iterable[Kept]:
    """Yield the documents that have a stamp. What a person committed there is not ours."""
    paths: dict[str, list[str]] = {}
    for path, content in listed.items():
        if is_document(path):
            paths.setdefault(content, []).append(path)
    # git would keep 96 MB of what it has read, but the documents of one commit share little.
    for content, raw in blobs.contents(command(c="core.deltaBaseCacheLimit=16m"), paths):
        found = _front(raw or b"")
        if found is not None:
            yield from (Kept(path, *found, content) for path in paths[content])


def _front(raw: bytes) -> tuple[str, Stamp] | None:
    """Return title and stamp of a document, or None if it has no valid stamp."""
    try:
        found = frontmatter_fast.front_matter(raw.decode()) or document.parse(raw, "")
    except (UnicodeDecodeError, DocumentError):
        return None
    return (found.title, found.stamp) if found.stamp else None


def _last(command: Git, tip: str) -> dict[str, Version]:
    """Return the newest recorded version of each page: the first that `git log` names."""
    found: dict[str, Version] = {}
    for _, page_id, number, time in trailers(command, (PAGE, NUMBER, TIME), tip, "--"):
        if page_id and number.isdecimal():
            found.setdefault(page_id, Version(int(number), created_at=time))
    return found
