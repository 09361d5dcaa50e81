"""Two programs of other people that download a space, beside confsync, on the same Data Center.

Each is installed in a virtual environment of its own. They are not floors: what they bring is not
the same, and `brings` says what it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import mirror
from .measurements import Bench
from .runner import Spent, median
from .server import Server
from .space import KEY

BIN = "bin"
EXPORTER = "confluence-markdown-exporter"
LIBRARY = "atlassian-python-api"
LOOP = """
import pathlib, sys
from atlassian import Confluence

url, user, token, key, directory = sys.argv[1:]
wiki = Confluence(url, username=user, password=token, cloud=False)
into = pathlib.Path(directory)
into.mkdir()
for row in wiki.get_all_pages_from_space(key, limit=200):
    page = wiki.get_page_by_id(row["id"], expand="body.storage,version")
    (into / row["id"]).write_text(page["body"]["storage"]["value"], encoding="utf-8")
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """The cost of downloading the space with one program, and the files that it wrote."""

    program: str
    brings: str
    pages: int
    seconds: float
    requests: int
    megabytes: float
    files: int
    written: float  # megabytes


def peers(bench: Bench) -> list[Peer]:
    """Each of them and confsync alternately."""
    homes = {name: _installed(bench, name) for name in (EXPORTER, LIBRARY)}
    # At the root: the library loses a context path behind the first answer of a listing.
    with Server(bench.data(big_body=False), "datacenter", context="") as server:
        programs: tuple[tuple[str, str, Callable[[Path], Spent]], ...] = (
            (
                "confsync clone",
                "storage format, byte for byte, with stamps; durable",
                lambda to: mirror.clone(bench.machine, server, to),
            ),
            (
                f"{EXPORTER} {_version(homes[EXPORTER], EXPORTER)}",
                "rendered HTML and storage format, turned into Markdown",
                lambda to: _export(bench, homes[EXPORTER], server, to),
            ),
            (
                f"{LIBRARY} {_version(homes[LIBRARY], LIBRARY)}, a loop of get_page_by_id",
                "storage format, no stamps; not durable",
                lambda to: _loop(bench, homes[LIBRARY], server, to),
            ),
        )
        found: dict[str, list[tuple[Spent, int, float]]] = {}
        for _ in range(bench.repeat):
            for name, _, program in programs:
                to = bench.new("peer")
                spent = program(to)
                found.setdefault(name, []).append((spent, *_written(to)))
                bench.tell(f"{name}: {spent.seconds:.1f} s")
    return [_peer(bench, name, brings, found[name]) for name, brings, _ in programs]


def _peer(bench: Bench, name: str, brings: str, runs: list[tuple[Spent, int, float]]) -> Peer:
    spent, files, written = runs[-1]
    return Peer(
        name,
        brings,
        bench.pages,
        median([one for one, _, _ in runs]),
        spent.asked.count if spent.asked else 0,
        max(one.megabytes for one, _, _ in runs),
        files,
        written,
    )


def _installed(bench: Bench, requirement: str) -> Path:
    where = bench.new("venv")
    subprocess.run([sys.executable, "-m", "venv", where], check=True)
    pip = [where / BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, requirement], check=True)
    return where


def _version(home: Path, name: str) -> str:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    python = [home / BIN / "python", "-c", code]
    return subprocess.run(python, check=True, capture_output=True, text=True).stdout.strip()


def _export(bench: Bench, home: Path, server: Server, to: Path) -> Spent:
    """Its own command, with its own number of workers (20)."""
    to.mkdir()
    known = {server.url: {"username": server.user, "api_token": server.token}}
    settings = {"auth": {"confluence": known}, "export": {"output_path": str(to)}}
    config = bench.new("cme.json")
    config.write_text(json.dumps(settings), encoding="utf-8")
    return bench.machine.run(
        home / BIN / "cme",
        "spaces",
        f"{server.url}/display/{KEY}",
        server=server,
        more={"CME_CONFIG_PATH": str(config), "CI": "true"},
    )


def _loop(bench: Bench, home: Path, server: Server, to: Path) -> Spent:
    given = (server.url, server.user, server.token, KEY, str(to))
    return bench.machine.run(home / BIN / "python", "-c", LOOP, *given, server=server)


def _written(directory: Path) -> tuple[int, float]:
    """Return the count of files without caches, and their megabytes."""
    sizes = [
        path.stat().st_size
        for path in directory.rglob("*")
        if path.is_file() and ".confsync" not in path.relative_to(directory).parts
    ]
    return len(sizes), sum(sizes) / 1e6
