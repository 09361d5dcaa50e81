"""The row of one document in the index: four parts, of which each is decoded when it is needed.

The parts are the document's key, its page (title, labels, stamp, the rest of the front matter, and
the attachments that its body shows), the keys of the files beside it, and these files. The keys are
compared as they are written. As lists, all rows would take four times the memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from confsync.document import document
from confsync.document.attachments import names
from confsync.mirror.entry import Entry
from confsync.model.stamp import Attached, Property, Stamp

if TYPE_CHECKING:
    from confsync.mirror.attachment_files import Here
    from confsync.mirror.state.disk import Key

# What a row has of a page. A new field of a stamp makes older rows invalid.
FIELDS = " ".join(field.name for field in fields(Stamp))
_BETWEEN = b"\t"
# The page of a row ends with this if its body was not searched for attachments.
_NOT_KNOWN = b" null]"
# The files of a row begin with this if they are exactly the stamp's.
_AS_STAMPED = b"="


class Row(NamedTuple):
    """The parts of a row, as bytes of the index. An empty part is not known."""

    key: bytes
    page: bytes
    beside: bytes = b""
    files: bytes = b""

    @property
    def raw(self) -> bytes:
        """Return the row as the index stores it."""
        return _BETWEEN.join(self)

    @property
    def knows_shown(self) -> bool:
        """Return whether the row tells the attachments that the body shows."""
        return not self.page.endswith(_NOT_KNOWN)

    @property
    def is_as_stamped(self) -> bool:
        """Return whether the files beside the document are exactly those of its stamp."""
        return self.files.startswith(_AS_STAMPED)

    def numbers(self) -> Key:
        """Return the document's key, as `disk.key` returns it."""
        size, changed, renamed, inode = map(int, self.key.split())
        return size, changed, renamed, inode

    def page_id(self) -> str:
        """Return the id of the page."""
        return str(json.loads(self.page)[2][0])

    def entry(self, path: str) -> Entry:
        """Return the document without its text."""
        title, labels, values, listed, settings, shown = json.loads(self.page.decode())
        page_id, version, digest, parent, base, top, files, renamed, posted, held = values
        stamp = Stamp(
            intern(page_id),
            version,
            digest,
            parent and intern(parent),
            _tupled(base),
            top,
            tuple(Attached(*one) for one in files),
            renamed,
            posted,
            tuple(Property(*one) for one in held),
        )
        known = None if shown is None else frozenset(shown)
        found = document.outline(title, stamp, _tupled(labels), tuple(listed), known)
        return Entry(intern(path), b"", found._replace(settings=settings) if settings else found)

    def here(self, directory: str) -> Here:
        """Return the files beside the document, in its attachments directory."""
        from confsync.mirror import attachment_files

        known, unfit = json.loads(self.files.removeprefix(_AS_STAMPED))
        return attachment_files.known_here(directory, known, unfit)

    def with_files(self, beside: bytes, found: Here, attached: Iterable[Attached]) -> Row:
        """Return the row with the files beside the document; `beside` has the `keys_of` them."""
        files = [[name, f.file_name, f.size, f.digest] for name, f in found.files.items()]
        digests = {name: file.digest for name, file in found.files.items()}
        same = not found.unfit and digests == {one.name: one.digest for one in attached}
        told = _encoded([files, sorted(found.unfit)])
        return self._replace(beside=beside, files=_AS_STAMPED + told if same else told)


def row_in(raw: bytes) -> Row:
    """Return the row that the index stores as `raw`."""
    return Row(*raw.split(_BETWEEN))


def row_of(entry: Entry, key: Key, *, files: bool) -> Row:
    """Return the row of a document. With `files`, its body is here and is searched."""
    found = entry.document
    if found is None or found.stamp is None:
        raise ValueError(f"{entry.path} has no stamp")
    stamp = [_plain(getattr(found.stamp, name)) for name in FIELDS.split()]
    page = [found.title, _plain(found.labels), stamp, list(found.listed), dict(found.settings)]
    shown = sorted(names.shown(found.body)) if files else None
    return Row(key_of(key), _encoded([*page, shown]))


def key_of(key: Key) -> bytes:
    """Return a document's key as a row has it."""
    return b"%d %d %d %d" % key


def keys_of(keys: Mapping[str, Key]) -> bytes:
    """Return the keys of files by name as a row has them: equal bytes for equal keys.

    They are only compared. As JSON, they would take three times the time.
    """
    return ascii(sorted((name, *key) for name, key in keys.items())).encode()


def _encoded(value: Any) -> bytes:
    """Return a value as JSON, in which no tab and no end of a line can stand."""
    return json.dumps(value).encode()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, so that rows compare equal after a round trip."""
    if isinstance(value, Attached | Property):
        return [getattr(value, field.name) for field in fields(value)]
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
