"""The files of a mirror as the person who works there sees them."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.document.settings.values import digest
from confsync.errors import DocumentError
from confsync.mirror.mirror import STATE
from tests.property.team.journal import NEW, Seen, Sight
from tests.property.team.lines import marks
from tests.property.team.site import SPACE

_TITLE = re.compile(r"^title: .*$", re.MULTILINE)


class Files:
    """The documents of a mirror, what stands beside them, and the trash.

    `damaged` are files that are broken for a moment, as their person remembers them. A command that
    runs meanwhile may have decided before to move such a file, as it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.damaged: dict[Path, bytes] = {}
        self._broken: dict[Path, bytes] = {}
        self._just_now: dict[Path, int] = {}  # broken since the last check, by inode

    def damage(self, path: Path, data: bytes) -> None:
        """Break a file for a moment."""
        self._just_now[path] = path.stat().st_ino
        self.damaged[path] = path.read_bytes()
        self._broken[path] = data
        path.write_bytes(data)

    def repair(self) -> None:
        """Put back what was broken. Nothing else may have touched it."""
        self.check_damage()
        for path, data in self.damaged.items():
            path.write_bytes(data)
        self.damaged.clear()

    def check_damage(self) -> None:
        """Check that broken files are as they were broken."""
        for path, inode in self._just_now.items():
            moved = [one for one in self._all("*") if one.is_file() and one.stat().st_ino == inode]
            if moved and path in self.damaged and not path.exists():
                self.damaged[moved[0]] = self.damaged.pop(path)
                self._broken[moved[0]] = self._broken.pop(path)
        self._just_now.clear()
        for path in self.damaged:
            assert path.exists(), f"{path}: was broken, and is gone"
            assert path.read_bytes() == self._broken[path], f"{path}: was broken, and is changed"

    def sight(self, before: Sight) -> Sight:
        """Return what stands here, by page id; a file that cannot be read is as it was `before`."""
        found: dict[str, Seen] = {}
        known = {seen.path: (page_id, seen) for page_id, seen in before.items()}
        for path in self._all("*.xhtml"):
            name = self.name_of(path)
            data = self.bytes_of(path)
            entry = parsed(data, path.name)
            if entry is None and name in known:
                page_id, seen = known[name]
            else:
                page_id = entry.stamp.id if entry and entry.stamp else NEW
                seen = self._seen(path, name, entry)
            found[page_id] = seen.beside(found.get(page_id))
        return found

    def bytes_of(self, path: Path) -> bytes:
        """Return a file's bytes, of a broken one those that it had."""
        return self.damaged[path] if path in self.damaged else path.read_bytes()

    def _all(self, pattern: str) -> list[Path]:
        return sorted((self.root / SPACE).rglob(pattern))

    def _seen(self, path: Path, name: str, entry: Document | None) -> Seen:
        files = path.with_suffix(".attachments").glob("*")
        text = self.bytes_of(path).decode(errors="replace")
        return Seen(
            name,
            entry.stamp if entry else None,
            frozenset([entry.title] if entry else []),
            frozenset(entry.labels or () if entry else ()),
            frozenset(marks(_TITLE.sub("", text))),
            {file.name: frozenset(marks(self.bytes_of(file).decode())) for file in files},
            frozenset((name, digest(name, v)) for name, v in entry.settings.items())
            if entry
            else frozenset(),
        )

    def documents(self) -> list[Path]:
        """Return the documents that are not broken."""
        return [path for path in self._all("*.xhtml") if path not in self.damaged]

    def attachments(self) -> list[Path]:
        """Return the files beside documents that are not broken."""
        return [path for path in self._all("*.attachments/*") if path not in self.damaged]

    def folder_files(self) -> list[Path]:
        return sorted((self.root / SPACE).rglob(".folder.yaml"))

    def text_of_all(self) -> str:
        trash = self.root / STATE / "trash"
        kept = (p for p in trash.rglob("*") if p.is_file())
        paths = [*self.documents(), *self.attachments(), *kept]
        whole = [path.read_bytes() for path in paths] + list(self.damaged.values())
        return b"\n".join(whole).decode()

    def name_of(self, path: Path) -> str:
        """Return a path as git and confsync name it."""
        return path.relative_to(self.root).as_posix()

    def files(self) -> dict[str, bytes]:
        paths = [*self._all("*.xhtml"), *self._all("*.attachments/*"), *self.folder_files()]
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in paths}


def retitle(path: Path, title: str) -> None:
    """Write another title into a document, if it is there."""
    if path.exists():
        text = path.read_text()
        path.write_text(_TITLE.sub(f"title: {title}", text, count=1))


def read(path: Path) -> Document | None:
    """Return a document, None for one that cannot be read, or that is not there."""
    try:
        return parsed(path.read_bytes(), path.name)
    except FileNotFoundError:
        return None


@functools.lru_cache(maxsize=1024)
def parsed(data: bytes, name: str) -> Document | None:
    """Return a document, None for one that cannot be read."""
    try:
        return document.parse(data, name)
    except DocumentError:
        return None
