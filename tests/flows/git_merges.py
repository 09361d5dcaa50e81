"""A mirror in git whose branches merge, with the merge driver or without it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from confsync.document import document
from confsync.document.document import Document
from confsync.mirror.git import merge_driver
from tests import independent
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
        removed = self._removed()
        done = self._git(*words)
        assert "Traceback" not in done.stderr
        if words[0] != "revert":  # which removes what it was told to remove
            self._check_the_stamp(removed)
        return done

    def _git(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words], cwd=self.root, check=False, capture_output=True, encoding="utf-8"
        )

    def _removed(self) -> set[str]:
        """Return the lines of the document that commits removed so far."""
        log = self._git("log", "--all", "-p", "--format=", "--", self.path)
        return {line[1:] for line in log.stdout.splitlines() if line.startswith("-")}

    def _check_the_stamp(self, removed: set[str]) -> None:
        """Assert that the stamp says no more than the text, without any of confsync's code.

        The stamp is that of a version. Each line that the versions up to it brought is in the
        text, unless a commit removed it.
        """
        path = self.root / self.path
        raw = path.read_text("utf-8") if path.exists() else ""
        if re.search(r"^<{7,} ", raw, re.MULTILINE) or "confluence:" not in raw:
            return
        front, body = independent.front_of(path)
        stamp = front["confluence"]
        if stamp["id"] != self.guide:
            return
        first, page = (self.remote.old_page(self.guide, n) for n in (1, int(stamp["version"])))
        digest = hashlib.sha256(f"{page.info.title}\0{page.body}".encode()).hexdigest()[:32]
        assert stamp["digest"] == digest, "the stamp is that of no version"
        brought = _lines(page.body) - _lines(first.body) - removed
        assert brought <= _lines(body), "the stamp says more than the text"

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


def _lines(body: str) -> set[str]:
    return set(body.replace("><", ">\n<").split("\n"))


def conflicts_in_stamp(text: str) -> bool:
    """Return whether a document has conflict markers in its stamp."""
    return "<<<<<<< " in text.partition("\n---\n")[0]


def script(path: Path, text: str) -> Path:
    """Write a program into a directory. Return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
