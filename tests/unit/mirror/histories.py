"""Repositories of documents, for tests of what git knows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confsync.document.document import render
from confsync.mirror.committed.newest_stamps import NewestStamps, collect
from confsync.model.stamp import Attached, Stamp, digest

CONFIG = "url: https://a.example/wiki\nspaces:\n  - key: ENG\n"


def stamp(page_id: str, version: int, **said: object) -> Stamp:
    """Return the stamp of a page whose text is that of `text`."""
    return Stamp(page_id, version, digest("T", text(page_id, version)), **said)  # type: ignore[arg-type]


def text(page_id: str, version: int) -> str:
    return f"<p>page {page_id}, version {version}</p>"


def page(page_id: str, version: int, **said: object) -> bytes:
    """Return an unmodified document."""
    return render("T", text(page_id, version), stamp(page_id, version, **said))


def attached(name: str, version: int) -> Attached:
    return Attached(name, version, digest(name, str(version)), name)


class History:
    """A mirror in a repository: `root` is the mirror, which may be below the repository's top."""

    def __init__(self, top: Path, below: str = "", form: str = "sha1") -> None:
        self.top = top
        self.root = top / below
        self.root.mkdir(parents=True, exist_ok=True)
        if not (top / ".git").exists():
            self.git("init", "-q", "-b", "main", f"--object-format={form}")
        (self.root / ".confsync").mkdir(exist_ok=True)
        (self.root / ".confsync/.gitignore").write_text("*\n")
        (self.root / ".confsync.yaml").write_text(CONFIG)

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.top, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def put(self, name: str, raw: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    def commit(self, **documents: bytes | None) -> str:
        """Commit documents of ENG by name; None deletes one. Returns the commit's id."""
        for name, raw in documents.items():
            path = f"ENG/{name}.xhtml"
            if raw is None:
                (self.root / path).unlink()
            else:
                self.put(path, raw)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")

    def read(self, since: str | None = None, root: Path | None = None) -> NewestStamps:
        return collect(root or self.root, ["ENG"], since)

    def versions(self, since: str | None = None) -> dict[str, int]:
        return versions(self.read(since))


def versions(found: NewestStamps) -> dict[str, int]:
    """Page id to the version of its newest stamp."""
    return {page_id: newest.version for page_id, newest in found.stamps.items()}


@contextmanager
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the git commands that are started meanwhile."""
    started: list[str] = []
    popen = subprocess.Popen

    class Noted(popen):  # type: ignore[type-arg, misc]
        def __init__(self, words: list[str], *rest: object, **more: object) -> None:
            verbs = iter(words[1:])
            for word in verbs:
                if word == "-c":
                    next(verbs)
                elif not word.startswith("-"):
                    started.append(word)
                    break
            super().__init__(words, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", Noted)
        yield started


def can(form: str) -> bool:
    """Return whether the installed git has a kind of repository: `sha256`, or `reftable`."""
    option = "--ref-format=reftable" if form == "reftable" else f"--object-format={form}"
    done = subprocess.run(
        ["git", "init", "-q", option, os.devnull], capture_output=True, text=True, check=False
    )
    return "unknown" not in done.stderr
