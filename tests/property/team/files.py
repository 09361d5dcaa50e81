"""The files of a mirror as the person who works there sees them."""

from __future__ import annotations

import re
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.errors import DocumentError
from confsync.mirror.mirror import STATE
from tests.property.team.journal import NEW, Seen, Sight
from tests.property.team.lines import marks
from tests.property.team.site import SPACE

_TITLE = re.compile(r"^title: .*$", re.MULTILINE)


class Files:
    """The documents of a mirror, what stands beside them, and the trash."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sight(self, before: Sight) -> Sight:
        """Return what stands here, by page id; a file that cannot be read is as it was `before`."""
        found: dict[str, Seen] = {}
        known = {seen.path: (page_id, seen) for page_id, seen in before.items()}
        for path in self.documents():
            name = path.relative_to(self.root).as_posix()
            entry = read(path)
            if entry is None and name in known:
                page_id, seen = known[name]
            else:
                page_id = entry.stamp.id if entry and entry.stamp else NEW
                seen = _seen(path, name, entry)
            found[page_id] = seen.beside(found.get(page_id))
        return found

    def documents(self) -> list[Path]:
        return sorted((self.root / SPACE).rglob("*.xhtml"))

    def attachments(self) -> list[Path]:
        return sorted(self.root.glob(f"{SPACE}/**/*.attachments/*"))

    def folder_files(self) -> list[Path]:
        return sorted((self.root / SPACE).rglob(".folder.yaml"))

    def text_of_all(self) -> str:
        trash = self.root / STATE / "trash"
        kept = (p for p in trash.rglob("*") if p.is_file())
        paths = [*self.documents(), *self.attachments(), *kept]
        return "\n".join(path.read_text() for path in paths)

    def name_of(self, path: Path) -> str:
        """Return a path as git and confsync name it."""
        return path.relative_to(self.root).as_posix()

    def files(self) -> dict[str, bytes]:
        paths = [*self.documents(), *self.attachments(), *self.folder_files()]
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in paths}


def _seen(path: Path, name: str, entry: Document | None) -> Seen:
    files = path.with_suffix(".attachments").glob("*")
    return Seen(
        name,
        entry.stamp if entry else None,
        frozenset([entry.title] if entry else []),
        frozenset(entry.labels or () if entry else ()),
        frozenset(marks(_TITLE.sub("", path.read_bytes().decode(errors="replace")))),
        {file.name: frozenset(marks(file.read_text())) for file in files},
    )


def retitle(path: Path, title: str) -> None:
    """Write another title into a document, if it is there."""
    if path.exists():
        text = path.read_text()
        path.write_text(_TITLE.sub(f"title: {title}", text, count=1))


def read(path: Path) -> Document | None:
    """A document, None for one that cannot be read, or that is not there."""
    try:
        return document.parse(path.read_bytes(), path.name)
    except (DocumentError, FileNotFoundError):
        return None
