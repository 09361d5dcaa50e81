"""The stamps of a history's documents, with their blobs: `.confsync/stamps`.

The file is a cache of git's data for one commit. A corrupt, foreign or incompatible file is
ignored; git is asked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from confsync.mirror.state import mark
from confsync.model.filenames import STATE
from confsync.model.stamp import Attached, Property, Stamp, says_the_same
from confsync.version import __version__

NAME = "stamps"
FORMAT = 3
_PLAIN: list[Any] = [None, False, [], False, None, []]
_ROW = r"[0-9]{1,9} [0-9a-f]{32} (?:-|[0-9]{1,20}) [0-9a-f]+(?:,[0-9a-f]+)*(?: \[.*\])?"
_PAGE = re.compile(rf"{_ROW}(?:\n{_ROW})*")
# Part of a line with attachments or properties.
_FILES = ', [["'


class Row(NamedTuple):
    """A stamp and the blobs that have it. `more` has the rare fields, as JSON values."""

    version: int
    digest: str
    parent: str | None
    blobs: list[str]
    more: list[Any]


class Scene(NamedTuple):
    """The state of the repository for which an index is valid.

    `mark` is HEAD's, as in `head.mark_of_head`, and `commit` HEAD's commit. `place` is the mirror's
    path in the work tree, and `directories` are the spaces'. `shallow` has the commits where the
    clone is cut. `lacks_since` tells when objects last came to a clone that lacks blobs; it is 0
    for other clones. `others` are directories that had their own configuration at some time, each
    with whether it has one now. `encoded` means that a document's blob is not text.
    """

    mark: str = ""
    commit: str = ""
    place: str = ""
    directories: tuple[str, ...] = ()
    shallow: str = ""
    lacks_since: int = 0
    others: tuple[tuple[str, bool], ...] = ()
    encoded: bool = False


class StampIndex:
    """The stamps of all documents of a history, by page id and newest first.

    Few of thousands of pages are looked at. So a page's stamps stay stored lines until they are
    needed.
    """

    def __init__(self, scene: Scene, lines: dict[str, str] | None = None) -> None:
        self.scene = scene
        self._lines = {} if lines is None else lines
        self._rows: dict[str, list[Row]] = {}

    def copy(self) -> StampIndex:
        """Return an independent copy of the index."""
        made = StampIndex(self.scene, dict(self._lines))
        for page_id, rows in self._rows.items():
            made._rows[page_id] = [row._replace(blobs=list(row.blobs)) for row in rows]
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __contains__(self, page_id: object) -> bool:
        return page_id in self._lines

    def __len__(self) -> int:
        return len(self._lines)

    def stamps_of(self, page_id: str) -> tuple[Stamp, ...]:
        """Return the stamps of a page, the newest first."""
        return tuple(_stamp(page_id, row) for row in self._rows_of(page_id))

    def newest_of(self, page_id: str) -> Stamp:
        """Return the newest stamp of a page. Raise KeyError for an unknown page."""
        rows = self._rows.get(page_id)
        return _stamp(page_id, rows[0] if rows else _row(self._lines[page_id].partition("\n")[0]))

    def version_of(self, page_id: str) -> int:
        """Return the version of the newest stamp of a page. Raise KeyError for an unknown page."""
        rows = self._rows.get(page_id)
        return rows[0].version if rows else int(self._lines[page_id].partition(" ")[0])

    def attached_of(self, page_id: str) -> dict[str, tuple[Attached, ...]]:
        """Return the stamps of a page's attachments by name, the newest first."""
        found: dict[str, set[Attached]] = {}
        for row in self._with_more(page_id):
            for one in row.more[2]:
                found.setdefault(one[0], set()).add(Attached(*one))
        return {n: tuple(sorted(ones, key=_age, reverse=True)) for n, ones in found.items()}

    def may_have_newer(self, page_id: str, attached: Iterable[Attached]) -> bool:
        """Return False if surely no stamp of an attachment is newer than one of these.

        Most pages have one stamp in git. Its text is compared, and nothing is decoded.
        """
        lines = "" if page_id in self._rows else self._lines.get(page_id, "")
        told = (f'["{one.name}", {one.version}, "{one.digest}", ' for one in attached)
        return "\n" in lines or not all(one in lines for one in told)

    def properties_of(self, page_id: str) -> dict[str, Property]:
        """Return the newest stamp of each content property of a page, by key."""
        found: dict[str, Property] = {}
        for one in (one for row in self._with_more(page_id) for one in _properties(row)):
            found[one.key] = max(one, found.get(one.key, one), key=_version_of)
        return found

    def _with_more(self, page_id: str) -> Iterator[Row]:
        """Yield the rows of a page that may have attachments or properties, and keep none."""
        rows, lines = self._rows.get(page_id), self._lines.get(page_id, "")
        if rows is None:
            rows = [_row(line) for line in lines.split("\n") if _FILES in line]
        yield from (row for row in rows if row.more)

    def blobs_of(self, page_id: str, digest: str) -> list[str]:
        """Return the blobs whose documents have a page's stamp with a digest."""
        rows = self._rows_of(page_id)
        return [blob for row in rows if row.digest == digest for blob in row.blobs]

    def blobs_with(self, stamp: Stamp) -> list[str]:
        """Return the blobs whose documents have an equal stamp."""
        rows = self._rows_of(stamp.id) if stamp.id in self else []
        return [b for row in rows if says_the_same(_stamp(stamp.id, row), stamp) for b in row.blobs]

    def blobs_holding(self, page_id: str, key: str, held: Property | None) -> list[str]:
        """Return the blobs whose documents have a page's stamp with a setting, or without it."""
        return [
            blob
            for row in (self._rows_of(page_id) if page_id in self else ())
            if next((one for one in _properties(row) if one.key == key), None) == held
            for blob in row.blobs
        ]

    def by_blob(self) -> dict[str, tuple[str, Row]]:
        """Return the page id and the row of each blob."""
        return {
            blob: (page_id, row)
            for page_id in self
            for row in self._rows_of(page_id)
            for blob in row.blobs
        }

    def add(self, stamp: Stamp, blob: str) -> None:
        """Add the stamp of a blob."""
        labels = None if stamp.labels is None else list(stamp.labels)
        files = [*map(_listed, stamp.attachments)]
        held = [[one.key, one.version, one.digest] for one in stamp.properties]
        more = [labels, stamp.top, files, stamp.renamed, stamp.posted, held]
        said = [] if more == _PLAIN else more
        self.add_row(stamp.id, Row(stamp.version, stamp.digest, stamp.parent, [], said), blob)

    def add_row(self, page_id: str, row: Row, blob: str) -> None:
        """Add a blob with a row of another index."""
        rows = self._rows_of(page_id)
        for known in rows:
            if known[:3] == row[:3] and known.more == row.more:
                known.blobs.append(blob)
                return
        rows.append(row._replace(blobs=[blob]))
        rows.sort(key=_order, reverse=True)
        self._lines.setdefault(page_id, "")

    def _rows_of(self, page_id: str) -> list[Row]:
        rows = self._rows.get(page_id)
        if rows is None:
            lines = self._lines.get(page_id)
            rows = self._rows[page_id] = [_row(line) for line in lines.split("\n")] if lines else []
        return rows

    def save(self, root: Path) -> None:
        """Store the index, if the mirror has its own state directory."""
        state = root / STATE
        if state.is_symlink() or not state.is_dir():
            return
        lines = self._lines | {
            page_id: "\n".join(map(_line, rows)) for page_id, rows in self._rows.items() if rows
        }
        rest = _ABOUT + json.dumps([self.scene, lines], separators=(",", ":")).encode()
        checked = hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest
        with contextlib.suppress(OSError):
            mark.keep(state, NAME, checked)


class NewestFiles(Mapping[str, Mapping[str, Attached]]):
    """The newest stamps of attachments in an index by page id and name, made when asked for.

    `sent` replaces those of some pages.
    """

    def __init__(
        self, index: StampIndex, sent: Mapping[str, Mapping[str, Attached]] = MappingProxyType({})
    ) -> None:
        self._index = index
        self._sent = sent

    def with_sent(self, sent: Mapping[str, Mapping[str, Attached]]) -> NewestFiles:
        """Return the same with the stamps of some pages replaced."""
        return NewestFiles(self._index, sent)

    def has_newer(self, page_id: str, attached: Iterable[Attached]) -> bool:
        """Return whether an attachment of a page has a newer stamp than one of these."""
        if page_id not in self._sent and not self._index.may_have_newer(page_id, attached):
            return False
        newest = self.get(page_id, {})
        pairs = ((one, newest.get(one.name)) for one in attached)
        return any(newer and newer.version > one.version for one, newer in pairs)

    def __getitem__(self, page_id: str) -> Mapping[str, Attached]:
        if page_id in self._sent:
            return self._sent[page_id]
        if page_id not in self._index:
            raise KeyError(page_id)
        return {name: ones[0] for name, ones in self._index.attached_of(page_id).items()}

    def __iter__(self) -> Iterator[str]:
        yield from self._index
        yield from (page_id for page_id in self._sent if page_id not in self._index)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def load(root: Path) -> StampIndex | None:
    """Return the stored index, or None if it cannot be trusted."""
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        told, _, rest = mark.read(root / STATE, NAME).partition(b"\n")
        if told == hashlib.sha256(rest).hexdigest().encode() and rest.startswith(_ABOUT):
            about, pages = json.loads(rest[len(_ABOUT) :])
            head, commit, place, directories, shallow, lacks_since, others, encoded = about
            pairs = tuple((other, is_one) for other, is_one in others)
            cut = (shallow, lacks_since)
            scene = Scene(head, commit, place, tuple(directories), *cut, pairs, encoded)
            if all(map(_PAGE.fullmatch, pages.values())):
                return StampIndex(scene, pages)
    return None


_ABOUT = f"confsync {__version__} {NAME} {FORMAT}\n".encode()


def _listed(one: Attached) -> list[Any]:
    return [one.name, one.version, one.digest, one.file, one.id]


def _row(line: str) -> Row:
    version, digest, parent, blobs, *more = line.split(" ", 4)
    known = None if parent == "-" else parent
    said = json.loads(more[0]) if more else []
    return Row(int(version), digest, known, blobs.split(","), said)


def _line(row: Row) -> str:
    version, digest, parent, blobs, more = row
    told = f"{version} {digest} {parent or '-'} {','.join(blobs)}"
    return f"{told} {json.dumps(more)}" if more else told


def _stamp(page_id: str, row: Row) -> Stamp:
    version, digest, parent, _, more = row
    if not more:
        return Stamp(page_id, version, digest, parent)
    labels, top, attachments, renamed, posted, held = more
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
        tuple(map(_property, held)),
    )


def _order(row: Row) -> tuple[int, str, str, str]:
    """Return a deterministic sort key: the version, then the other fields."""
    return row.version, row.digest, repr(row.more), row.parent or ""


def _properties(row: Row) -> tuple[Property, ...]:
    return tuple(map(_property, row.more[5] if row.more else ()))


def _property(values: list[Any]) -> Property:
    key, version, digest = values
    return Property(key, version, digest)


def _version_of(one: Property) -> tuple[int, str]:
    return one.version, one.digest


def _age(one: Attached) -> tuple[int, str, str, str]:
    return one.version, one.digest, one.file, one.id
