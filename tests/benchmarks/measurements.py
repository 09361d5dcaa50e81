"""The measurements, each beside its floor in the same run: floor, confsync, and so on.

Nothing that a run wrote is removed before the end: for minutes after files were deleted, a file
system such as ext4 takes several times as long to make new ones.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import mirror, space
from .mirror import Mirror
from .runner import Machine, Pair, Spent, alternating, median
from .server import Server
from .space import Shape

LATENCY = 0.05
JOBS = 8
EDITS = 1000
HISTORY = 500
ONE_PAGE = """---
title: One page
---
<h1>One</h1>
<p>A page with <strong>some</strong> text &hellip;</p>
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `goal` is the ratio to keep, 0 for none."""

    what: str
    floor_is: str
    pages: int
    floor: float
    confsync: float
    ratio: float
    goal: float = 0.0
    requests: int | None = None
    floor_requests: int | None = None
    server: float = 0.0  # the sandbox's own seconds of processor in a run of confsync
    megabytes: float | None = None
    processor: tuple[float, float] = (0.0, 0.0)  # seconds of the floor, and of confsync
    section: str = ""
    runs: tuple[tuple[float, float], ...] = ()


@dataclass(slots=True)
class Bench:
    """A run: where it works, how large the space is, and how many times each thing is measured."""

    machine: Machine
    pages: int
    repeat: int = 3
    tell: Callable[[str], None] = print
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def flavors(self) -> tuple[str, ...]:
        return ("cloud", "datacenter")

    def data(self, pages: int = 0, **more: object) -> Path:
        shape = Shape(pages or self.pages, **more)  # type: ignore[arg-type]
        return space.made(self.machine.work / "spaces", shape)

    def new(self, name: str) -> Path:
        """Return a path that nothing stands at."""
        return self.machine.work / f"{name}-{next(self._numbers)}"

    def row(self, what: str, floor_is: str, pair: Pair, **more: object) -> Row:
        asked = [run.asked for run in pair.above if run.asked]
        found = Row(
            what,
            floor_is,
            self.pages,
            median(pair.floor),
            median(pair.above),
            pair.ratio,
            requests=asked[-1].count if asked else None,
            floor_requests=pair.floor[-1].asked.count if pair.floor[-1].asked else None,
            server=statistics.median(one.seconds for one in asked) if asked else 0.0,
            megabytes=max(run.megabytes for run in pair.above),
            processor=(_processor(pair.floor), _processor(pair.above)),
            runs=tuple((a.seconds, b.seconds) for a, b in zip(pair.floor, pair.above, strict=True)),
        )
        found = replace(found, **more)  # type: ignore[arg-type]
        self.tell(
            f"{what}: {found.floor:.2f} s, {found.confsync:.2f} s, x {found.ratio:.2f} (processor:"
            f" {found.processor[0]:.2f} s, {found.processor[1]:.2f} s)"
        )
        return found


def _processor(runs: Sequence[Spent]) -> float:
    return statistics.median(run.processor for run in runs)


def pull(bench: Bench) -> list[Row]:
    """Measure the first pull: one connection without latency, and eight with it."""
    found = []
    for flavor, (jobs, threads, latency) in itertools.product(
        bench.flavors, ((1, 1, 0.0), (JOBS, JOBS, LATENCY), (JOBS, 1, LATENCY))
    ):
        with Server(bench.data(), flavor, latency) as server:

            def floor(server: Server = server, threads: int = threads) -> Spent:
                args = ("pull", server.url, server.space_id, bench.new("floor"), str(threads))
                return bench.machine.module("floors", *args, server=server)

            def above(server: Server = server, jobs: int = jobs) -> Spent:
                return mirror.clone(bench.machine, server, bench.new("mirror"), jobs)

            pair = alternating(bench.repeat, floor, above)
        what = f"first pull, {flavor}, {jobs} job{'s' * (jobs > 1)}{_late(latency)}"
        floor_is = f"bulk listing, write and fsync, {threads} thread{'s' * (threads > 1)}"
        goal = 1.5 if jobs == 1 else 1.0 if threads == 1 else 0.0
        found.append(bench.row(what, floor_is, pair, goal=goal))
    return found


def again(bench: Bench) -> list[Row]:
    """Measure a pull that finds nothing new."""
    return [
        _again(bench, flavor, latency)
        for flavor, latency in itertools.product(bench.flavors, (0.0, LATENCY))
    ]


def _again(bench: Bench, flavor: str, latency: float) -> Row:
    here = Mirror(bench.machine, bench.new("mirror"))
    with Server(bench.data(), flavor) as quick:
        mirror.clone(bench.machine, quick, here.root)
    with Server(bench.data(), flavor, latency) as server:
        here.point_to(server)
        here.run("pull", server=server)
        args = ("listing", server.url, server.space_id)
        pair = alternating(
            bench.repeat,
            lambda: bench.machine.module("floors", *args, server=server),
            lambda: here.run("pull", server=server),
        )
    what = f"pull, nothing new, {flavor}{_late(latency)}"
    return bench.row(what, "bulk listing, no bodies", pair, goal=1.2)


def _late(latency: float) -> str:
    return f", {latency * 1000:.0f} ms latency" if latency else ""


def push(bench: Bench) -> list[Row]:
    """Edits of a tenth of the pages (at most 1,000), with 8 jobs at 50 ms."""
    return [_push(bench, flavor) for flavor in bench.flavors]


def _push(bench: Bench, flavor: str) -> Row:
    """Each turn edits other pages; floor and confsync the same, each on a server of its own."""
    size = min(EDITS, bench.pages // 10)
    lists = _lots(mirror.pages_of(bench.data(), smaller_than=1_000_000), size, bench.repeat)
    data = [space.copied(bench.data(), bench.new("data")) for _ in range(2)]
    here = Mirror(bench.machine, bench.new("mirror"))
    with Server(data[1], flavor) as quick:
        mirror.clone(bench.machine, quick, here.root)
    with Server(data[0], flavor, LATENCY) as mine, Server(data[1], flavor, LATENCY) as theirs:
        here.point_to(theirs)
        documents = here.by_id()
        floors, above = iter(lists), iter(lists)

        def loop() -> Spent:
            edits = mirror.write_edits(bench.data(), next(floors), bench.new("edits"))
            args = ("push", mine.url, edits, str(JOBS))
            return bench.machine.module("floors", *args, server=mine)

        def confsync() -> Spent:
            here.edit(documents[page_id] for page_id in next(above))
            return here.run("push", "--jobs", str(JOBS), server=theirs)

        pair = alternating(bench.repeat, loop, confsync)
    what = f"push of {size:,} edits, {flavor}, {JOBS} jobs{_late(LATENCY)}"
    # A Data Center has no bulk read: two reads for each write, which no loop of writes makes.
    goal = 1.2 if flavor == "cloud" else 0.0
    return bench.row(what, f"the same PUTs, {JOBS} threads", pair, goal=goal)


def _lots(pages: Sequence[str], size: int, count: int) -> list[list[str]]:
    """So many lists of so many pages, spread over the space; no page is in two."""
    step = len(pages) // size
    assert count <= step, f"{count} times {size} edits need more than {len(pages)} pages"
    return [list(pages[number::step][:size]) for number in range(count)]


def status(bench: Bench) -> list[Row]:
    """Offline, on a mirror in git: once everything is known, and with no cache at all."""
    root = bench.new("mirror")
    with Server(bench.data()) as server:
        mirror.clone(bench.machine, server, root)
    here = Mirror(bench.machine, root)
    here.committed()
    bench.machine.run("git", "status", "--porcelain", at=root)
    here.run("status")

    def sums() -> Spent:
        every = "find ENG -name '*.xhtml' -print0 | xargs -0 sha256sum"
        return bench.machine.run("sh", "-c", every, at=root)

    def cold() -> Spent:
        shutil.rmtree(root / ".confsync", ignore_errors=True)
        return here.run("status")

    def git() -> Spent:
        return bench.machine.run("git", "status", "--porcelain", at=root)

    # twice before it counts: what is younger than the cache is looked at once more
    here.run("status")
    warm = alternating(2 * bench.repeat, git, lambda: here.run("status"))
    first = alternating(bench.repeat, sums, cold)
    return [
        bench.row("status, warm", "git status", warm, goal=3.0),
        bench.row("status, no cache", "sha256sum of every file", first, goal=5.0),
    ]


def start(bench: Bench) -> list[Row]:
    """Measure the start: the version, and the check of one document."""
    root = bench.new("one")
    init = ("init", str(root), "--url", "http://127.0.0.1:1/wiki", "--space", space.KEY)
    bench.machine.confsync(*init)
    document = root / space.KEY / "one.xhtml"
    document.parent.mkdir(exist_ok=True)
    document.write_text(ONE_PAGE, encoding="utf-8")
    times = 5 * bench.repeat

    def python() -> Spent:
        return bench.machine.run(sys.executable, "-c", "import click, yaml")

    python()
    found = []
    for what in (("--version",), ("check", f"{space.KEY}/one.xhtml")):
        bench.machine.confsync(*what, at=root)
        pair = alternating(times, python, lambda what=what: bench.machine.confsync(*what, at=root))  # type: ignore[misc]
        name = f"confsync {' '.join(what)}"
        row = bench.row(name, 'python -c "import click, yaml"', pair, goal=1.5)
        found.append(replace(row, pages=0))
    return found


def history(bench: Bench) -> list[Row]:
    """Measure a first history of a twentieth of the pages (500 at most) with five versions each."""
    pages = min(HISTORY, max(bench.pages // 20, 10))
    data = space.copied(bench.data(pages, big_body=False), bench.new("data"))
    space.age(data, versions=5)
    found = []
    with Server(data) as server:
        root = bench.new("mirror")
        mirror.clone(bench.machine, server, root)
        here = Mirror(bench.machine, root)
        bench.machine.run("git", "init", "-q", at=root)

        def floor() -> Spent:
            args = ("history", server.url, server.space_id, bench.new("floor"), str(JOBS))
            return bench.machine.module("floors", *args, server=server)

        def above() -> Spent:
            shutil.rmtree(root / ".git")
            bench.machine.run("git", "init", "-q", at=root)
            return here.run("history", "--jobs", str(JOBS), server=server)

        pair = alternating(bench.repeat, floor, above)
        row = bench.row(
            "first history, 5 versions a page, cloud",
            f"the same requests, {JOBS} threads, and git fast-import of the bodies",
            pair,
            goal=1.5,
        )
        found.append(replace(row, pages=pages))
    return found


def bulk(bench: Bench) -> list[Row]:
    """Find a text on a tenth of the pages, and change it there and back."""
    root = bench.new("mirror")
    with Server(bench.data(big_body=False)) as server:
        mirror.clone(bench.machine, server, root)
    here = Mirror(bench.machine, root)
    here.committed()
    wordings = itertools.cycle([("says", "said"), ("said", "says")])

    def floor() -> Spent:
        return bench.machine.module("floors", "find", str(root), r"Page \d*7 says")

    def grep() -> Spent:
        return here.run("grep", "-c", "--text", r"Page \d*7 says")

    def replaced() -> Spent:
        old, new = next(wordings)
        return here.run("replace", "--regex", "--text", rf"(Page \d*7) {old}", rf"\1 {new}")

    found = alternating(bench.repeat, floor, grep)
    changed = Pair(found.above, tuple(replaced() for _ in found.above))
    return [
        bench.row("grep --text", "expat with handlers that note places", found, goal=2.0),
        bench.row("replace on a tenth of the pages", "grep --text", changed, goal=2.0),
    ]


def memory(bench: Bench) -> list[Row]:
    """Measure the peak of a first pull with attachments, one of 200 MB, and a page of 5 MB."""
    found = []
    closely = Machine(bench.machine.work)
    sizes = sorted({1000, bench.pages})
    for pages in sizes:
        with Server(bench.data(pages, files=200, big_file=True)) as server:
            root = bench.new("mirror")
            root.mkdir()
            url = ("--url", server.url, "--space", mirror.KEY)
            bench.machine.confsync("init", *url, at=root)
            config = root / ".confsync.yaml"
            config.write_text(f"{config.read_text(encoding='utf-8')}attachments: true\n", "utf-8")
            spent = closely.confsync("pull", "--jobs", str(JOBS), at=root, server=server)
        what = "first pull with 5 MB page, 200 MB attachment"
        row = bench.row(what, "", Pair((spent,), (spent,)), pages=pages, floor=0.0, ratio=0.0)
        found.append(row)
    return found
