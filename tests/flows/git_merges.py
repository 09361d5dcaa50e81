"""A mirror in git whose branches merge, with the merge driver or without it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.mirror.git import merge_driver
from tests.flows.scene import Scene


@dataclass
class Branches(Scene):
    """A mirror whose git uses the merge driver, on the branch `main` with the page at version 1.

    With `forgets`, the cache is gone before a merge.
    """

    driver: bool = True
    forgets: bool = False
    commits: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        merge_driver.write_attribute(self.root)
        self.commit()
        if self.driver:
            merge_driver.configure(self.root)

    def commit(self) -> None:
        """Commit everything, under a message of its own: equal commits are one commit."""
        self.commits += 1
        self.git("add", "-A")
        self.git("commit", "-qm", f"commit {self.commits}", "--allow-empty")

    def branch(self, name: str, at: str = "main") -> None:
        self.git("checkout", "-q", "-b", name, at)

    def edited(self, old: str, new: str) -> None:
        """Edit the page's document, and commit it."""
        self.edit(old, new)
        self.commit()

    def pulled(self) -> None:
        """Pull, and commit it."""
        self.pull()
        self.commit()

    def asked(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type a command of git that may end with a conflict."""
        if self.forgets:
            shutil.rmtree(self.root / ".confsync", ignore_errors=True)
        done = subprocess.run(
            ["git", *words], cwd=self.root, check=False, capture_output=True, encoding="utf-8"
        )
        assert "Traceback" not in done.stderr
        return done

    @property
    def document(self) -> Document:
        return document.parse((self.root / self.path).read_bytes(), self.path)

    @property
    def told(self) -> str:  # type: ignore[override]
        """The version of the page's document, and the words of its text."""
        found = self.document
        assert found.stamp
        words = found.body.replace("<p>", "").replace("</p>", " ").split()
        return " ".join((f"v{found.stamp.version}", *words))

    @property
    def unmerged(self) -> list[str]:
        """The files that wait for a person."""
        return sorted(
            {line.split("\t")[1] for line in self.asked("ls-files", "-u").stdout.splitlines()}
        )


def conflicts_in_stamp(text: str) -> bool:
    """Return whether a document has conflict markers in its stamp."""
    return "<<<<<<< " in text.partition("\n---\n")[0]


def script(path: Path, text: str) -> Path:
    """Write a program into a directory. Return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
