"""The mirror that the measurements work on, as confsync clones it, and edits to it."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .runner import Machine, Spent
from .server import Server
from .space import KEY

OLD, NEW = " says ", " said "  # stands in the first paragraph of every page
_ID = re.compile(rb'^  id: "(\d+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A clone of the space in `root`."""

    machine: Machine
    root: Path

    def run(self, *arguments: str, server: Server | None = None) -> Spent:
        return self.machine.confsync(*arguments, at=self.root, server=server)

    def point_to(self, server: Server) -> None:
        """Work with another server that has the same space."""
        config = self.root / ".confsync.yaml"
        text = config.read_text(encoding="utf-8")
        config.write_text(re.sub(r"(?m)^url: .*$", f"url: {server.url}", text), encoding="utf-8")

    def documents(self) -> list[Path]:
        return sorted((self.root / KEY).rglob("*.xhtml"))

    def small(self) -> list[Path]:
        """Return the documents below 1 MB, without the home page."""
        found = (path for path in self.documents() if path.stem != "index")
        return [path for path in found if path.stat().st_size < 1_000_000]

    def by_id(self) -> dict[str, Path]:
        """Return the document of each page."""
        found = {}
        for path in self.documents():
            with path.open("rb") as file:
                match = _ID.search(file.read(4096))
            assert match, path
            found[match[1].decode()] = path
        return found

    def edit(self, documents: Iterable[Path]) -> None:
        for path in documents:
            data = path.read_bytes()
            edited = data.replace(OLD.encode(), NEW.encode(), 1)
            assert edited != data, path
            path.write_bytes(edited)

    def status(self) -> Spent:
        """Return the cost of a status, after confsync knows which documents did not change."""
        for _ in range(2):
            self.run("status")
        return self.run("status")

    def committed(self) -> None:
        """Into git, as most mirrors are, and packed, as git does by itself with so many files."""
        git = ("git", "-c", "core.autocrlf=false", "-c", "gc.auto=0")
        pack = ["repack", "-adq"]
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"], pack):
            self.machine.run(*git, *arguments, at=self.root)


def clone(machine: Machine, server: Server, root: Path, jobs: int = 8) -> Spent:
    """Pull for the first time, into a directory that is not there yet."""
    url = (
        f"{server.url}/spaces/{KEY}" if server.flavor == "cloud" else f"{server.url}/display/{KEY}"
    )
    return machine.confsync("clone", url, str(root), "--jobs", str(jobs), server=server)


def pages_of(data: Path, *, smaller_than: int) -> list[str]:
    """Return the ids of the pages of a data file, without the home page and very large pages."""
    sql = (
        "SELECT c.id FROM content c JOIN versions v"
        " ON v.content_id = c.id AND v.number = c.version"
        " WHERE c.parent_id IS NOT NULL AND length(v.body) < ? ORDER BY c.id"
    )
    with contextlib.closing(sqlite3.connect(data)) as connection:
        return [str(row[0]) for row in connection.execute(sql, (smaller_than,))]


def edited(body: str) -> str:
    """Return a body as `Mirror.edit` changes it."""
    return body.replace(OLD, NEW, 1)


def write_edits(
    data: Path,
    page_ids: Sequence[str],
    to: Path,
    change: Callable[[str], str] = edited,
    **more: str,
) -> Path:
    """Write edits for a loop of requests: a line of JSON for each. `more` is in every line."""
    sql = (
        "SELECT c.title, c.version, v.body FROM content c JOIN versions v"
        " ON v.content_id = c.id AND v.number = c.version WHERE c.id = ?"
    )
    with (
        contextlib.closing(sqlite3.connect(data)) as connection,
        to.open("w", encoding="utf-8") as file,
    ):
        for page_id in page_ids:
            title, version, body = connection.execute(sql, (int(page_id),)).fetchone()
            page = {"id": page_id, "title": title, "version": version, "body": change(body), **more}
            file.write(json.dumps(page) + "\n")
    return to
