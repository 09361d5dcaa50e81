"""Measure processor time and memory of two spaces of small pages, one ten times as large."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from . import mirror, space
from .growth import EDITS, exponent
from .measurements import JOBS, Bench
from .mirror import Mirror
from .runner import CLOSELY, Machine, Spent
from .server import Server

TIMES = 10
# Bytes of a body on average.
SMALL = 1000


@dataclass(frozen=True, slots=True)
class Growth:
    """The cost of a command at both sizes: (pages, seconds of processor, megabytes, requests).

    `grows` is the exponent of the processor time.
    """

    what: str
    points: tuple[tuple[int, float, float, int], ...]
    grows: float


def large(bench: Bench) -> list[Growth]:
    """Measure each command once at each size. Other work on the machine changes little."""
    bench = dataclasses.replace(bench, machine=Machine(bench.machine.work, pause=CLOSELY))
    found: dict[str, list[tuple[int, float, float, int]]] = {}
    for pages in (bench.pages, TIMES * bench.pages):
        for what, spent in _at(bench, pages):
            asked = spent.asked.count if spent.asked else 0
            found.setdefault(what, []).append((pages, spent.processor, spent.megabytes, asked))
            told = f"{spent.processor:.2f} s, {spent.megabytes:.0f} MB, {asked} requests"
            bench.tell(f"{what}, {pages} pages: {told}")
    return [
        Growth(what, tuple(points), exponent([(pages, time) for pages, time, *_ in points]))
        for what, points in found.items()
    ]


def _at(bench: Bench, pages: int) -> Iterator[tuple[str, Spent]]:
    data = bench.data(pages, big_body=False, average=SMALL)
    with Server(space.copied(data, bench.new("data"))) as server:
        root = bench.new("mirror")
        yield "first pull", mirror.clone(bench.machine, server, root)
        here = Mirror(bench.machine, root)
        yield "second pull", here.run("pull", server=server)
        yield "pull, nothing new", here.run("pull", server=server)
        yield "status", here.run("status", server=server)
        documents = here.documents()
        here.edit(documents[1 :: len(documents) // EDITS][:EDITS])
        yield f"status of {EDITS} edits", here.run("status", server=server)
        yield f"push of {EDITS} edits", here.run("push", "--jobs", str(JOBS), server=server)
        yield "check", here.run("check", server=server)
