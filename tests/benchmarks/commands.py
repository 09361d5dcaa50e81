"""Measure the commands that people wait for, each beside a floor in the same run.

The mirrors have labels and attachments.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import mirror, space
from .measurements import EDITS, JOBS, Bench, Row
from .mirror import KEY, Mirror
from .rich import data_of, pulled, with_reads
from .runner import Pair, Spent, alternating
from .server import Server

Prepare = Callable[[Server, int], Path]
CHANGED = 500  # pages of a diff and of a merge
THEIRS = "<p>another paragraph</p>"
_SAME_READS = "the same reading requests, one after the other"


def commands(bench: Bench) -> list[Row]:
    """Measure what reads a mirror, and then what reads and writes a server."""
    gone = mirror.pages_of(data_of(bench), smaller_than=100_000)[-bench.repeat :]
    with pulled(bench, trashed=gone) as (here, server):
        return [
            *_offline(bench, here),
            *_reading(bench, here, server, gone),
            _merge(bench, here, server, gone),
            _create(bench, here, server),
            _move(bench, here, server),
        ]


def _lots(bench: Bench, documents: Sequence[Path], most: int) -> Iterator[Sequence[Path]]:
    """Yield lists of documents to change, no document twice."""
    size = min(most, len(documents) // (bench.repeat + 1))
    step = len(documents) // size
    for number in range(step):
        yield documents[number::step][:size]


def _offline(bench: Bench, here: Mirror) -> list[Row]:
    check = alternating(
        bench.repeat,
        lambda: bench.machine.module("floors", "note", str(here.root / KEY)),
        lambda: here.run("check"),
    )
    edits = next(_lots(bench, here.small(), CHANGED))
    sides, trees = bench.new("sides"), bench.new("trees")
    _keep(edits, sides / "old")
    shutil.copytree(here.root / KEY, trees / "old")
    here.edit(edits)
    _keep(edits, sides / "new")
    shutil.copytree(here.root / KEY, trees / "new")
    here.status()

    def git(at: Path) -> Spent:
        command = ("git", "diff", "--no-index", "old", "new")
        return bench.machine.run(*command, at=at, exits=(1,))

    def noted() -> Spent:
        return bench.machine.module("floors", "note", str(sides))

    # Each run of three: git over all files, git over those that were edited, and confsync.
    diffs = [(git(trees), git(sides), here.run("diff")) for _ in range(bench.repeat)]
    shutil.rmtree(trees)
    every, edited, above = map(tuple, zip(*diffs, strict=True))
    report = str(bench.new("report.html"))
    side_by_side = alternating(bench.repeat, noted, lambda: here.run("diff", "--html", report))
    for number, path in enumerate(edits):
        shutil.copyfile(sides / "old" / f"{number}.xhtml", path)
    here.status()
    positions = "expat with handlers that note positions"
    both = f"{positions}, both sides"
    return [
        bench.row("check", positions, check, goal=2.0),
        bench.row(
            f"diff of {len(edits):,} edits",
            "git diff --no-index of all files",
            Pair(every, above),
            goal=2.0,
        ),
        bench.row("the same diff", "git diff --no-index of the edited files", Pair(edited, above)),
        bench.row(f"diff --html of {len(edits):,}", both, side_by_side, goal=5),
    ]


def _keep(documents: Sequence[Path], directory: Path) -> None:
    """Copy documents to a directory, by numbers."""
    directory.mkdir(parents=True)
    for number, path in enumerate(documents):
        shutil.copyfile(path, directory / f"{number}.xhtml")


def _reading(bench: Bench, here: Mirror, server: Server, gone: Sequence[str]) -> list[Row]:
    """Measure what asks a server, and writes nothing or little there."""
    trashed = iter(gone)
    one = here.small()[0].relative_to(here.root).as_posix()

    def run(*words: str) -> Spent:
        return here.run(*words, server=server)

    def row(what: str, *words: str) -> Row:
        return bench.row(what, _SAME_READS, with_reads(bench, server, lambda: run(*words)))

    restored = with_reads(bench, server, lambda: run("restore", next(trashed)))
    found = [
        row("pull --refresh, cloud", "pull", "--refresh"),
        row("log of one page, cloud", "log", one),
        bench.row("restore of one page, cloud", _SAME_READS, restored),
    ]
    run("pull")
    here.status()
    return found


def _beside_a_loop(
    bench: Bench, desk: tuple[Mirror, Server], prepare: Prepare, program: str, *options: str
) -> Pair:
    """Push what `prepare` changes in a mirror, beside a loop that sends the file it returns."""
    here, theirs = desk
    pairs = []
    with Server(space.copied(data_of(bench), bench.new("data"))) as mine:
        for number in range(bench.repeat):
            edits = prepare(mine, number)
            args = (program, mine.url, edits, str(JOBS))
            floor = bench.machine.module("floors", *args, server=mine)
            words = ("push", "--jobs", str(JOBS), *options)
            pairs.append((floor, here.run(*words, server=theirs)))
            here.committed()  # git need not look for what moved before
    return Pair(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def _create(bench: Bench, here: Mirror, server: Server) -> Row:
    """Create new pages at the top, with the bodies of others."""

    def prepare(mine: Server, number: int) -> Path:
        home = next(i for i, path in here.by_id().items() if path.stem == "index")
        lines = []
        for place, path in enumerate(_some(bench, here)):
            title = f"New {number} {place}"
            body = path.read_bytes().decode().partition("\n---\n")[2]
            text = f"---\ntitle: {title}\n---\n{body}"
            (here.root / KEY / f"new-{number}-{place}.xhtml").write_bytes(text.encode())
            page = {"space": mine.space_id, "parent": home, "title": title, "body": body}
            lines.append(json.dumps(page))
        edits = bench.new("edits")
        edits.write_text("\n".join(lines), encoding="utf-8")
        return edits

    pair = _beside_a_loop(bench, (here, server), prepare, "create")
    what = f"creation of {_count(bench):,} pages, cloud, {JOBS} jobs"
    return bench.row(what, f"the same POSTs, {JOBS} threads", pair)


def _count(bench: Bench) -> int:
    return min(EDITS, bench.pages // 10)


def _some(bench: Bench, here: Mirror) -> list[Path]:
    return [path for path in here.small() if not path.stem.startswith("new-")][: _count(bench)]


def _move(bench: Bench, here: Mirror, server: Server) -> Row:
    """Move pages without children below one page. The loop's server has no page that is new."""
    known = frozenset(mirror.pages_of(data_of(bench), smaller_than=1_000_000))

    def prepare(mine: Server, number: int) -> Path:
        ids = {path: page_id for page_id, path in here.by_id().items()}
        small = [path for path in here.small() if ids.get(path) in known]
        parent = next(path for path in small if path.with_suffix("").is_dir())
        to = parent.with_suffix("")
        leaves = [one for one in small if not one.with_suffix("").exists() and one.parent != to]
        chosen = leaves[: _count(bench)]
        for path in chosen:
            for one in (path, path.with_suffix(".attachments")):
                if one.exists():
                    one.rename(to / one.name)
        moved = [ids[path] for path in chosen]
        data = data_of(bench)
        return mirror.write_edits(data, moved, bench.new("edits"), str, parent=ids[parent])

    pair = _beside_a_loop(bench, (here, server), prepare, "push", "--allow-mass-move")
    what = f"{_count(bench):,} moves, cloud, {JOBS} jobs"
    return bench.row(what, f"the same PUTs, {JOBS} threads", pair)


def _merge(bench: Bench, here: Mirror, server: Server, but: Sequence[str]) -> Row:
    """Merge pages whose first paragraph changed here, and which have one more on the server.

    Pages that were restored, `but`, have other versions than the data.
    """
    pairs = []
    ids = {path: page_id for page_id, path in here.by_id().items()}
    lots = _lots(bench, [path for path in here.small() if ids[path] not in but], CHANGED)
    for _ in range(bench.repeat):
        documents = next(lots)
        sides = bench.new("sides")
        _keep(documents, sides / "old")
        here.edit(documents)
        _keep(documents, sides / "new")
        page_ids = [ids[path] for path in documents]
        edits = mirror.write_edits(data_of(bench), page_ids, bench.new("edits"), _with_more)
        bench.machine.module("floors", "push", server.url, edits, str(JOBS), server=server)
        above = here.run("pull", "--merge", server=server)
        addresses = bench.new("addresses")
        addresses.write_text("\n".join(above.asked.read if above.asked else ()))
        args = ("merge", server.url, sides, addresses)
        pairs.append((bench.machine.module("floors", *args, server=server), above))
        here.run("push", server=server)
    pair = Pair(tuple(one for one, _ in pairs), tuple(other for _, other in pairs))
    what = f"pull --merge of {len(documents):,} pages, cloud"
    return bench.row(what, "the same requests, and git merge-file of each page", pair)


def _with_more(body: str) -> str:
    return f"{body}{THEIRS}"
