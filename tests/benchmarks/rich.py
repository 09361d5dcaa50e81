"""Measure mirrors with labels and attachments beside git, plain mirrors and bare loops.

Each page has a small attachment, and some pages have a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import mirror, space
from .measurements import Bench, Row
from .mirror import Mirror
from .runner import Pair, Spent, alternating
from .server import Server

FILE_SIZE = 2000
LABELLED = 500
KEYS = "labels: true\nattachments: true\n"


def data_of(bench: Bench) -> Path:
    """Return the data of a server whose pages have attachments and labels."""
    labelled = min(LABELLED, bench.pages // 10)
    more = {"files": bench.pages, "file_size": FILE_SIZE, "labelled": labelled}
    return bench.data(big_body=False, **more)


@contextmanager
def pulled(
    bench: Bench, flavor: str = "cloud", trashed: Sequence[str] = ()
) -> Iterator[tuple[Mirror, Server]]:
    """Yield a mirror in git that has nothing to pull, and its server.

    A copy of a mirror would not do: confsync trusts no cache that another clone wrote.
    """
    data = space.copied(data_of(bench), bench.new("data"))
    space.trash(data, trashed)
    here = Mirror(bench.machine, bench.new("mirror"))
    here.root.mkdir()
    with Server(data, flavor) as server:
        here.run("init", "--url", server.url, "--space", mirror.KEY)
        config = here.root / ".confsync.yaml"
        config.write_text(config.read_text(encoding="utf-8") + KEYS, encoding="utf-8")
        here.run("pull", server=server)
        here.committed()
        for _ in range(2):
            here.run("pull", server=server)
        here.status()
        yield here, server


def beside_its_requests(bench: Bench, server: Server, spent: Spent) -> Spent:
    """Return the cost of a bare loop over the reading requests of a run."""
    addresses = bench.new("addresses")
    read = spent.asked.read if spent.asked else ()
    addresses.write_text("\n".join(read), encoding="utf-8")
    return bench.machine.module("floors", "again", server.url, addresses, server=server)


def with_reads(bench: Bench, server: Server, above: Callable[[], Spent]) -> Pair:
    """Run something, and after each run a loop over the requests that it read with."""
    pairs = []
    for _ in range(bench.repeat):
        spent = above()
        pairs.append((beside_its_requests(bench, server, spent), spent))
    return Pair(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def rich(bench: Bench) -> list[Row]:
    """Measure what people wait for each day."""
    with pulled(bench) as (here, server):
        rows = [*_status(bench, here), _again(bench, here, server)]
        pushed = _push(bench, here, server)
    with pulled(bench, "datacenter") as (here, server):
        return [*rows, _again(bench, here, server), pushed]


def _status(bench: Bench, here: Mirror) -> list[Row]:
    def git() -> Spent:
        return bench.machine.run("git", "status", "--porcelain", at=here.root)

    git()

    def both() -> Pair:
        return alternating(2 * bench.repeat, git, lambda: here.run("status"))

    warm = both()
    document = here.small()[-1]
    before = document.read_bytes()
    here.edit([document])
    here.status()
    of_one = both()
    document.write_bytes(before)
    here.status()
    return [
        bench.row("status, warm, with attachments", "git status", warm, goal=3.0),
        bench.row("status of one edit, with attachments", "git status", of_one),
    ]


def _again(bench: Bench, here: Mirror, server: Server) -> Row:
    pair = with_reads(bench, server, lambda: here.run("pull", server=server))
    what = f"pull, nothing new, {server.flavor}, with attachments"
    return bench.row(what, "the same requests, one after the other", pair, goal=1.3)


def _push(bench: Bench, here: Mirror, server: Server) -> Row:
    """One edit, in a mirror without and in one with labels and attachments."""
    with Server(space.copied(data_of(bench), bench.new("data"))) as other:
        plain = Mirror(bench.machine, bench.new("mirror"))
        mirror.clone(bench.machine, other, plain.root)
        plain.committed()
        plain.run("pull", server=other)
        plain.status()
        both = (plain, other), (here, server)
        edits = [iter(one.small()) for one, _ in both]

        def push(number: int) -> Spent:
            where, asked = both[number]
            where.edit([next(edits[number])])
            return where.run("push", server=asked)

        pair = alternating(3 * bench.repeat, lambda: push(0), lambda: push(1))
    what = "push of one edit, cloud, with attachments"
    return bench.row(what, "the same without labels and attachments", pair, goal=1.5)
