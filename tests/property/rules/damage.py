"""Files that are not what they should be for a moment, and are put back by their person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
from hypothesis.stateful import rule

from tests.property.rules.base import Base, pick, who
from tests.property.team.desk import Desk

# How a document can be: truncated, cut off in its front matter, saved as UTF-16, or unmerged.
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "cut off": lambda raw: raw[:18],
    "utf-16": lambda raw: raw.decode().encode("utf-16"),
    "unmerged": lambda raw: b"<<<<<<< HEAD\n" + raw + b"=======\n>>>>>>> topic\n",
}
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


class Damage(Base):
    """Breaks files; confsync neither changes nor sends them until they are put back."""

    @rule(d=who, n=pick, how=st.sampled_from(sorted(BROKEN)))
    def break_a_document(self, d: int, n: int, how: str) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.damage(path, BROKEN[how](path.read_bytes()))

    @rule(d=who, n=pick)
    def leave_a_pointer(self, d: int, n: int) -> None:
        """Check files out without Git LFS."""
        desk = self.desk(d)
        if paths := desk.attachments():
            desk.damage(paths[n % len(paths)], POINTER)

    @rule(d=who)
    def repair(self, d: int) -> None:
        self.desk(d).repair()

    def breaking(self, desk: Desk, n: int) -> Callable[[], None]:
        """Return what empties a document while a command runs."""
        path = self.path(desk, n)

        def empty() -> None:
            if path and path.exists() and path not in desk.damaged:
                desk.damage(path, b"")

        return empty

    @staticmethod
    def is_pointer(path: Path) -> bool:
        return path.read_bytes() == POINTER
