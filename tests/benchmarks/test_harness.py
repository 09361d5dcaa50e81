"""The harness itself: what it makes up, how it fits, and that it measures what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from statistics import mean

import pytest

import confsync
from confsync.sandbox import Store
from confsync.sandbox.store.storage_format import check, stored

from . import plot, report
from .growth import exponent
from .runner import Machine, Pair, Spent
from .space import AVERAGE, BIG_BODY, KEY, TOP, Shape, Writer, fill

needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="measures with wait4")


def test_the_bodies_are_storage_format_as_a_server_keeps_it() -> None:
    writer = Writer(7)
    for number, size in enumerate(writer.sizes(200)):
        body = writer.body(size, number)
        check(body)
        assert stored(body, escape_quotes=True) == body
        assert abs(len(body) - size) < 100


def test_the_sizes_have_the_average_that_is_wanted_and_a_long_tail() -> None:
    sizes = sorted(Writer(7).sizes(10_000))
    assert mean(sizes) == pytest.approx(AVERAGE, rel=0.01)
    assert sizes[5_000] < AVERAGE / 3
    assert sizes[9_900] > 10 * AVERAGE


def test_a_space_is_the_same_each_time_and_has_what_its_shape_says() -> None:
    spaces = []
    for _ in range(2):
        with Store() as store:
            fill(store, Shape(50, files=3))
            pages = store.pages(KEY)
            assert max(len(page.body) for page in pages) == pytest.approx(BIG_BODY, abs=100)
            assert sum(len(store.attachments(page.id)) for page in pages) == 3
            spaces.append([(page.title, page.parent_id, page.body) for page in pages])
    assert len(spaces[0]) == 50
    assert spaces[0] == spaces[1]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_a_power_law_is_found(power: float) -> None:
    points = [(n, 3.0 * n**power) for n in (1000, 3000, 10000)]
    assert exponent(points) == pytest.approx(power)


def test_what_is_nothing_does_not_grow() -> None:
    assert exponent([(1000, 0), (3000, 0)]) == 0.0
    assert exponent([(1000, 1)]) == 0.0


def test_a_ratio_is_that_of_neighbours() -> None:
    """A machine that is ten times slower for one turn changes nothing."""
    floor = tuple(Spent(seconds, 1) for seconds in (1, 10, 1))
    above = tuple(Spent(seconds, 1) for seconds in (2, 20, 2))
    assert Pair(floor, above).ratio == 2


def test_a_program_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    code = "import sys; sys.exit('this is why')"
    with pytest.raises(RuntimeError, match="this is why"):
        Machine(tmp_path).run(sys.executable, "-c", code)


@needs_wait4
def test_the_memory_of_a_program_is_its_own(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    code = "x = bytearray(int(__import__('sys').argv[1])); x[::4096] = b'1' * len(x[::4096])"
    mine = bytearray(200_000_000)
    mine[::4096] = b"1" * len(mine[::4096])
    assert 1 < machine.run(sys.executable, "-S", "-c", "").megabytes < 40
    assert 300 < machine.run(sys.executable, "-c", code, "300_000_000").megabytes < 400


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel tells of all")
def test_the_memory_of_a_program_is_also_that_of_what_it_starts(tmp_path: Path) -> None:
    holds = "x = bytearray({0}); x[::4096] = b'1' * len(x[::4096]); time.sleep(0.5)"
    code = (
        "import subprocess, sys, time\n"
        "more = subprocess.Popen([sys.executable, '-S', '-c', sys.argv[1]])\n"
        f"{holds.format(100_000_000)}; more.wait()\n"
    )
    more = f"import time; {holds.format(80_000_000)}"
    found = Machine(tmp_path).run(sys.executable, "-S", "-c", code, more).megabytes
    assert 180 < found < 260


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel tells of all")
def test_a_process_that_has_not_begun_is_not_counted_twice(tmp_path: Path) -> None:
    """Between fork and exec, a process has the memory of its parent."""
    code = (
        "import os, time\n"
        "x = bytearray(100_000_000); x[::4096] = b'1' * len(x[::4096])\n"
        "if not os.fork(): time.sleep(0.5); os._exit(0)\n"
        "os.wait()\n"
    )
    assert 90 < Machine(tmp_path).run(sys.executable, "-S", "-c", code).megabytes < 150


def test_curves_are_drawn() -> None:
    points = [(1000, 0.5, 11), (10000, 5.0, 83)]
    curves = [
        {"what": "first <pull>", "points": points, "seconds": 1.0, "requests": 0.9},
        {
            "what": "status",
            "points": [(n, s, 0) for n, s, _ in points],
            "seconds": 1,
            "requests": 0,
        },
    ]
    drawn = ElementTree.fromstring(plot.svg(curves))
    name = "{http://www.w3.org/2000/svg}"
    assert len(list(drawn.iter(f"{name}polyline"))) == 3  # no requests, no line
    assert len(list(drawn.iter(f"{name}circle"))) == 6


def test_the_tables_are_put_between_their_marks() -> None:
    text = "# A\n<!-- measured -->\nold\n<!-- /measured -->\nend\n"
    put = report.put_between(text, "| new |\n")
    assert put == "# A\n<!-- measured -->\n\n| new |\n\n<!-- /measured -->\nend\n"
    assert report.put_between(put, "| new |\n") == put
    with pytest.raises(ValueError, match="there is no"):
        report.put_between("# A\n", "")


@needs_wait4
def test_a_small_run_measures_and_tells(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--pages", "40", "--repeat", "1"]
    command += ["--out", tmp_path / "out", "--work", tmp_path, "--only", "push", "status"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out/results.json").read_text())
    assert done.stdout.rstrip() == report.markdown(found).rstrip()
    push = found["push"][0]
    assert (push["requests"], push["floor_requests"]) == (4 + 3, 4)
    assert all(row["ratio"] > 0 and row["megabytes"] > 10 for row in found["status"])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@needs_wait4
def test_a_small_run_measures_every_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--pages", "40", "--repeat", "1"]
    command += ["--out", tmp_path / "out", "--work", tmp_path, "--only", "rich", "commands"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out/results.json").read_text())
    rows = {row["what"]: row for row in (*found["rich"], *found["commands"])}
    assert len(rows) == 5 + 10
    assert all(row["floor"] > 0 and row["megabytes"] > 10 for row in rows.values())
    asked = {what: (row["requests"], row["floor_requests"]) for what, row in rows.items()}
    assert asked["creation of 4 pages, cloud, 8 jobs"][1] == 4
    assert asked["4 moves, cloud, 8 jobs"][1] == 4
    for what in ("pull, nothing new, cloud, with attachments", "pull --refresh, cloud"):
        assert 0 < asked[what][0] <= asked[what][1]


def test_the_manual_shows_what_was_measured() -> None:
    page = (Path(confsync.__file__).parent / "manual/performance.md").read_text(encoding="utf-8")
    found = json.loads((TOP / "tests/benchmarks/measured/results.json").read_text())
    assert report.put_between(page, report.markdown(found)) == page
