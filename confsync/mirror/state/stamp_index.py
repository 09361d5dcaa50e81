"""Which stamps the documents of a history have, and in which blobs: `.confsync/stamps`.

A cache of what git has, under the commit of which it holds. What is corrupt, foreign or of another
version is ignored: without it, git is asked once more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from confsync.mirror.state import disk
from confsync.model.filenames import STATE
from confsync.model.stamp import Attached, Stamp
from confsync.version import __version__

NAME = "stamps"
FORMAT = 1
# A stamp's version, digest and parent, what else it says (empty for most), and its blobs. As JSON
# has it: of thousands of stamps, few are ever made values.
Row = list[Any]
_VERSION, _DIGEST, _PARENT, _MORE, _BLOBS = range(5)
_PLAIN: Row = [None, False, [], False, None]


class Scene(NamedTuple):
    """What of a repository an index holds for; with another scene, git is asked.

    `mark` is HEAD's, as `head.mark_of_head` has it, and `commit` HEAD's commit. `place` is the
    mirror's path in the work tree, `directories` are the spaces' and `shallow` the commits where
    the clone is cut off. `lacks_since` says when objects came last to a clone that lacks blobs; 0
    for another clone. `others` are directories that had a configuration of their own at some time,
    each with whether it has one now.
    """

    mark: str = ""
    commit: str = ""
    place: str = ""
    directories: tuple[str, ...] = ()
    shallow: str = ""
    lacks_since: int = 0
    others: tuple[tuple[str, bool], ...] = ()


class StampIndex:
    """Every stamp that documents of a history have, by page id and newest first."""

    def __init__(self, scene: Scene, pages: dict[str, list[Row]] | None = None) -> None:
        self.scene = scene
        self.pages = {} if pages is None else pages

    def __iter__(self) -> Iterator[str]:
        return iter(self.pages)

    def __contains__(self, page_id: object) -> bool:
        return page_id in self.pages

    def __len__(self) -> int:
        return len(self.pages)

    def stamps_of(self, page_id: str) -> tuple[Stamp, ...]:
        """Return the stamps of a page, the newest first."""
        return tuple(_stamp(page_id, row) for row in self.pages.get(page_id, ()))

    def newest_of(self, page_id: str) -> Stamp:
        """Return the newest stamp of a page. Raises KeyError for an unknown page."""
        return _stamp(page_id, self.pages[page_id][0])

    def attached(self) -> dict[str, dict[str, tuple[Attached, ...]]]:
        """Return the stamps of attachments by page id and name, the newest first."""
        found: dict[str, dict[str, set[Attached]]] = {}
        for page_id, rows in self.pages.items():
            for row in rows:
                for one in row[_MORE][2] if row[_MORE] else ():
                    names = found.setdefault(page_id, {})
                    names.setdefault(one[0], set()).add(Attached(*one))
        return {
            page_id: {name: tuple(sorted(ones, key=_age, reverse=True)) for name, ones in n.items()}
            for page_id, n in found.items()
        }

    def blobs_of(self, page_id: str, digest: str) -> list[str]:
        """Return the blobs whose documents have a page's stamp with a digest."""
        rows = self.pages.get(page_id, ())
        return [blob for row in rows if row[_DIGEST] == digest for blob in row[_BLOBS]]

    def by_blob(self) -> dict[str, tuple[str, Row]]:
        """Return the page id and the row of each blob."""
        return {
            blob: (page_id, row)
            for page_id, rows in self.pages.items()
            for row in rows
            for blob in row[_BLOBS]
        }

    def add(self, stamp: Stamp, blob: str) -> None:
        """Add what a blob says that the index does not have yet."""
        labels = None if stamp.labels is None else list(stamp.labels)
        files = [[one.name, one.version, one.digest, one.file] for one in stamp.attachments]
        more = [labels, stamp.top, files, stamp.renamed, stamp.posted]
        row = [stamp.version, stamp.digest, stamp.parent, [] if more == _PLAIN else more, []]
        self.add_row(stamp.id, row, blob)

    def add_row(self, page_id: str, row: Row, blob: str) -> None:
        """Add what such a blob says, as a row of another index has it."""
        rows = self.pages.setdefault(page_id, [])
        for known in rows:
            if known[:_BLOBS] == row[:_BLOBS]:
                known[_BLOBS].append(blob)
                return
        rows.append([*row[:_BLOBS], [blob]])
        rows.sort(key=_order, reverse=True)

    def save(self, root: Path) -> None:
        """Keep the index, where the mirror has a state directory of its own."""
        state = root / STATE
        if state.is_symlink() or not state.is_dir():
            return
        rest = _ABOUT + json.dumps([self.scene, self.pages], separators=(",", ":")).encode()
        checked = hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest
        with contextlib.suppress(OSError):
            disk.replace(state / NAME, checked, lambda: None, durable=False)


def load(root: Path) -> StampIndex | None:
    """Return the index that was kept; None where there is none that can be trusted."""
    state = root / STATE
    if state.is_symlink():
        return None
    # Also for what has the right digest, since anything can be committed.
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
        told, _, rest = _read(state / NAME).partition(b"\n")
        if told == hashlib.sha256(rest).hexdigest().encode() and rest.startswith(_ABOUT):
            about, pages = json.loads(rest[len(_ABOUT) :])
            mark, commit, place, directories, shallow, lacks_since, others = about
            pairs = tuple((other, is_one) for other, is_one in others)
            scene = Scene(mark, commit, place, tuple(directories), shallow, lacks_since, pairs)
            if all(_is_row(row) for rows in pages.values() for row in rows) and all(pages.values()):
                return StampIndex(scene, pages)
    return None


def _is_row(row: object) -> bool:
    match row:
        case [int(), str(), str() | None, [], [str(), *_]]:
            return True
        case [
            int(),
            str(),
            str() | None,
            [list() | None, bool(), [*files], bool(), _],
            [str(), *_],
        ]:
            return all(isinstance(one, list) and len(one) == 4 for one in files)
    return False


_ABOUT = f"confsync {__version__} {NAME} {FORMAT}\n".encode()


def _read(path: Path) -> bytes:
    """Return what a file says. Raises OSError, also for a link and for what is no file."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return file.read()


def _stamp(page_id: str, row: Row) -> Stamp:
    version, digest, parent, more, _ = row
    if not more:
        return Stamp(page_id, version, digest, parent)
    labels, top, attachments, renamed, posted = more
    return Stamp(
        page_id,
        version,
        digest,
        parent,
        None if labels is None else tuple(labels),
        top,
        tuple(Attached(*one) for one in attachments),
        renamed,
        posted,
    )


def _order(row: Row) -> tuple[int, str, str, str]:
    """By version; of the same one in an order that no other thing than the stamps decides."""
    return row[_VERSION], row[_DIGEST], repr(row[_MORE]), row[_PARENT] or ""


def _age(one: Attached) -> tuple[int, str, str]:
    return one.version, one.digest, one.file
