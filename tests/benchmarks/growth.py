"""Measure time and requests at three sizes of a space, and fit their growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from . import mirror, space
from .measurements import JOBS, Bench
from .mirror import Mirror
from .runner import Spent, median
from .server import Server

SIZES = (1000, 3000, 10000)
EDITS = 100


@dataclass(frozen=True, slots=True)
class Curve:
    """The cost of a command at each size: (pages, seconds, requests), and fitted exponents."""

    what: str
    points: tuple[tuple[int, float, int], ...]
    seconds: float
    requests: float


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the b of the best a·n^b, by least squares of the logarithms; 0 if all values are 0."""
    if any(y <= 0 for _, y in points) or len({x for x, _ in points}) < 2:
        return 0.0
    logs = [(math.log(x), math.log(y)) for x, y in points]
    middle_x = sum(x for x, _ in logs) / len(logs)
    middle_y = sum(y for _, y in logs) / len(logs)
    above = sum((x - middle_x) * (y - middle_y) for x, y in logs)
    return above / sum((x - middle_x) ** 2 for x, _ in logs)


def growth(bench: Bench) -> list[Curve]:
    """Each thing at each size up to the wanted one."""
    sizes = [size for size in SIZES if size < bench.pages] + [bench.pages]
    found: dict[str, list[tuple[int, float, int]]] = {}
    for pages in sizes:
        for what, spent in _at(bench, pages).items():
            asked = spent[-1].asked
            point = (pages, median(spent), asked.count if asked else 0)
            found.setdefault(what, []).append(point)
            bench.tell(f"{what}, {pages} pages: {point[1]:.2f} s, {point[2]} requests")
    return [
        Curve(
            what,
            tuple(points),
            exponent([(pages, seconds) for pages, seconds, _ in points]),
            exponent([(pages, requests) for pages, _, requests in points]),
        )
        for what, points in found.items()
    ]


def _at(bench: Bench, pages: int) -> dict[str, list[Spent]]:
    data = space.copied(bench.data(pages), bench.new("data"))
    found: dict[str, list[Spent]] = {}
    roots = [bench.new("mirror") for _ in range(bench.repeat)]
    with Server(data) as server:
        found["first pull"] = [mirror.clone(bench.machine, server, root) for root in roots]
        here = Mirror(bench.machine, roots[-1])
        here.run("pull", server=server)
        found["pull, nothing new"] = [here.run("pull", server=server) for _ in range(bench.repeat)]
        found["status"] = [here.run("status", server=server) for _ in range(bench.repeat)]
        documents = here.documents()
        chosen = [path for path in documents if path.stat().st_size < 1_000_000]
        step = len(chosen) // EDITS
        found[f"push of {EDITS} edits"] = pushes = []
        for turn in range(min(bench.repeat, step)):
            here.edit(chosen[turn::step][:EDITS])
            pushes.append(here.run("push", "--jobs", str(JOBS), server=server))
    return found
