"""Measure confsync beside its floors, and say it as a table: `python -m tests.benchmarks`.

Everything runs on this machine, against sandboxes on the loopback, in a temporary directory.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import commands, growth, large, measurements, peers, plot, report, rich
from .measurements import Bench
from .runner import SELDOM, Machine

SECTION_OF = {"rich": rich.rich, "commands": commands.commands}
SECTIONS = (
    *("pull", "again", "push", "history", "status", "start", "bulk", "rich", "commands"),
    *("memory", "growth", "peers"),
)


def main() -> None:
    given = _arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    found = _known(given.out)
    work = Path(tempfile.mkdtemp(prefix="confsync-bench-", dir=given.work))
    try:
        bench = Bench(Machine(work, pause=SELDOM), given.pages, given.repeat, _tell)
        for section in given.only:
            found[section] = [dataclasses.asdict(one) for one in _measured(section, bench, given)]
            found["machine"] = _machine()
            text = json.dumps(found, indent=1) + "\n"
            (given.out / "results.json").write_text(text, encoding="utf-8")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if found.get("growth"):
        (given.out / "growth.svg").write_text(plot.svg(found["growth"]), encoding="utf-8")
    said = report.markdown(found)
    print(said)
    if given.page:
        text = given.page.read_text(encoding="utf-8")
        given.page.write_text(report.put_between(text, said), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--pages", type=int, default=10000, help="of the space (default 10000)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument(
        "--only",
        nargs="*",
        choices=(*SECTIONS, "large"),
        default=SECTIONS,
        help="what to measure (default: all; the peers are installed from PyPI); nothing: only"
        " print again what is known",
    )
    parser.add_argument("--peer-pages", type=int, default=1000, help="what the peers download")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).parent / "measured",
        help="where results.json and growth.svg go; what was measured before stays in them",
    )
    parser.add_argument("--page", type=Path, help="a file to put the tables in, at their marks")
    parser.add_argument("--work", type=Path, help="where the temporary directory is made")
    return parser.parse_args()


def _measured(section: str, bench: Bench, given: argparse.Namespace) -> list[Any]:
    if section == "growth":
        return growth.growth(bench)
    if section == "large":  # not by itself: it takes minutes
        return large.large(bench)
    if section == "peers":
        return peers.peers(dataclasses.replace(bench, pages=given.peer_pages))
    measure = SECTION_OF.get(section) or getattr(measurements, section)
    found: list[Any] = [dataclasses.replace(row, section=section) for row in measure(bench)]
    return found


def _known(out: Path) -> dict[str, Any]:
    path = out / "results.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _machine() -> str:
    cores = os.cpu_count()
    return f"{cores} cores, {platform.system()}, Python {platform.python_version()}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
