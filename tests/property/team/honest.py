"""A look at stamps after git merged, by a reader that shares no code with confsync.

A stamp that says more than its text would let a push remove what colleagues wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from confsync.sandbox.store.rows import VersionRow
from tests import independent
from tests.property.team.lines import comments_in, marks
from tests.property.team.site import Site


def no_stamp_says_more(documents: Iterable[Path], site: Site) -> None:
    """Check that each document has the lines of its stamp's version that no person removed."""
    for path in documents:
        raw = path.read_text("utf-8")
        if "\nconfluence:\n" not in raw or "<<<<<<< " in raw:
            continue
        front, body = independent.front_of(path)
        stamp = front["confluence"]
        at = stamp["version"], stamp["digest"]
        texts = [old.body for old in site.store.versions(stamp["id"]) if at == _known(old)]
        for text in texts[:1]:  # no version of a server that was restored has it
            lacks = _lines(text) - _lines(body) - site.journal.of[stamp["id"]].left
            assert not lacks, f"{path.name}: v{stamp['version']} has {lacks}, and the text does not"


def _known(old: VersionRow) -> tuple[str, str]:
    digest = hashlib.sha256(f"{old.title}\0{old.body}".encode()).hexdigest()[:32]
    return str(old.number), digest


def _lines(text: str) -> set[str]:
    return marks(text) - comments_in(text)
