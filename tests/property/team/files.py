"""The files of a mirror as the person who works there sees them."""

from __future__ import annotations

import re
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.errors import DocumentError
from confsync.mirror.mirror import STATE
from tests.property.team.site import SPACE


class Files:
    """The documents of a mirror, what stands beside them, and the trash."""

    def __init__(self, root: Path) -> None:
        self.root = root

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

    def files(self) -> dict[str, bytes]:
        paths = [*self.documents(), *self.attachments(), *self.folder_files()]
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in paths}


def retitle(path: Path, title: str) -> None:
    """Write another title into a document, if it is there."""
    if path.exists():
        text = path.read_text()
        path.write_text(re.sub(r"^title: .*$", f"title: {title}", text, count=1, flags=re.M))


def read(path: Path) -> Document | None:
    """A document, None for one that cannot be read, or that is not there."""
    try:
        return document.parse(path.read_bytes(), path.name)
    except (DocumentError, FileNotFoundError):
        return None
