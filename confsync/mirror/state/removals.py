"""What a pull removed, so that nobody takes it for deleted on purpose.

A document that git's HEAD has and the work tree lacks was deleted by whoever works here, or by a
pull that found its page in the trash. The page may come back; then its document must, too, and no
`push --delete` may mean it. Losing this note only means to be asked again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from confsync.mirror.state import disk

NAME = "removed"


def read(state: Path) -> frozenset[str]:
    """The ids of the pages whose documents pulls removed and did not write again."""
    try:
        return frozenset((state / NAME).read_text(encoding="ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def note(state: Path, page_id: str) -> None:
    """Remember a page whose document is about to be removed. Raises OSError."""
    _write(state, read(state) | {page_id})


def forget(state: Path, page_id: str) -> None:
    """A page's document stands here again."""
    known = read(state)
    if page_id in known:
        with contextlib.suppress(OSError):
            _write(state, known - {page_id})


def _write(state: Path, page_ids: frozenset[str]) -> None:
    text = "".join(f"{page_id}\n" for page_id in sorted(page_ids))
    disk.replace(state / NAME, text.encode(), lambda: None)
