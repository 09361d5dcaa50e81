"""Measure mirrors with labels and attachments beside git, plain mirrors and bare loops.

Each page has a small attachment, and some pages have a label.
"""

from __future__ import annotations

import shutil
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


def copy_of(bench: Bench, flavor: str = "cloud") -> Mirror:
    """Return a new copy of the mirror of such a server, in git. It is pulled once."""
    first = Mirror(bench.machine, bench.machine.work / f"rich-{flavor}")
    if not first.root.exists():
        with Server(data_of(bench), flavor) as server:
            first.root.mkdir()
            first.run("init", "--url", server.url, "--space", mirror.KEY)
            config = first.root / ".confsync.yaml"
            config.write_text(config.read_text(encoding="utf-8") + KEYS, encoding="utf-8")
            first.run("pull", server=server)
        first.committed()
    root = bench.new("mirror")
    shutil.copytree(first.root, root)
    return Mirror(bench.machine, root)


def pulled(bench: Bench, server: Server) -> Mirror:
    """Return such a copy that works with a server, and has nothing to pull."""
    here = copy_of(bench, server.flavor)
    here.point_to(server)
    for _ in range(3):
        here.run("pull", server=server)
    here.status()
    return here


def beside_its_requests(bench: Bench, server: Server, spent: Spent) -> Spent:
    """Return the cost of a bare loop over the reading requests of a run."""
    addresses = bench.new("addresses")
    read = spent.asked.read if spent.asked else ()
    addresses.write_text("\n".join(read), encoding="utf-8")
    return bench.machine.module("floors", "again", server.url, addresses, server=server)


def rich(bench: Bench) -> list[Row]:
    """Measure what people wait for each day."""
    return [_status(bench), *(_again(bench, flavor) for flavor in bench.flavors), _push(bench)]


def _status(bench: Bench) -> Row:
    here = copy_of(bench)

    def git() -> Spent:
        return bench.machine.run("git", "status", "--porcelain", at=here.root)

    git()
    here.status()
    pair = alternating(2 * bench.repeat, git, lambda: here.run("status"))
    return bench.row("status, warm, with attachments", "git status", pair, goal=3.0)


def _again(bench: Bench, flavor: str) -> Row:
    with Server(data_of(bench), flavor) as server:
        here = pulled(bench, server)
        above = [here.run("pull", server=server) for _ in range(bench.repeat)]
        floors = [beside_its_requests(bench, server, one) for one in above]
    pair = Pair(tuple(floors), tuple(above))
    what = f"pull, nothing new, {flavor}, with attachments"
    return bench.row(what, "the same requests, one after the other", pair, goal=1.3)


def _push(bench: Bench) -> Row:
    """One edit, in a mirror without and in one with labels and attachments."""
    data = [space.copied(data_of(bench), bench.new("data")) for _ in range(2)]
    with Server(data[0]) as one, Server(data[1]) as other:
        plain = Mirror(bench.machine, bench.new("mirror"))
        mirror.clone(bench.machine, one, plain.root)
        plain.committed()
        plain.run("pull", server=one)
        plain.status()
        both = (plain, one), (pulled(bench, other), other)
        edits = [iter(here.small()) for here, _ in both]

        def push(number: int) -> Spent:
            here, server = both[number]
            here.edit([next(edits[number])])
            return here.run("push", server=server)

        pair = alternating(bench.repeat, lambda: push(0), lambda: push(1))
    what = "push of one edit, cloud, with attachments"
    return bench.row(what, "the same without labels and attachments", pair, goal=1.5)
