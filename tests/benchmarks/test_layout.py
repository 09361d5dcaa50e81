"""Measure the layout, in both directions: `pytest tests/benchmarks --benchmark-only -s`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from confsync.document.layout import lay, unlay

PARAGRAPH = "<p>A few words of <strong>text</strong> &hellip; and a <a href='#'>link</a>.</p>"
TABLE = "<table><tbody>" + "<tr><td><p>1</p></td><td>two</td></tr>" * 20 + "</tbody></table>"
MACRO = (
    '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">sh</ac:parameter>'
    "<ac:plain-text-body><![CDATA[" + "make deploy && echo '<p>'\n" * 30 + "]]>"
    "</ac:plain-text-body></ac:structured-macro>"
)


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    """Return the real bodies that CONFSYNC_CORPUS names, else as many made up."""
    named = os.environ.get("CONFSYNC_CORPUS")
    if named:
        return [path.read_bytes().decode() for path in sorted(Path(named).glob("bodies/*"))]
    return [(PARAGRAPH * n + TABLE + MACRO) * (1 + n % 7) for n in range(300)]


@pytest.mark.parametrize("direction", [lay, unlay])
def test_speed(
    benchmark: BenchmarkFixture, bodies: list[str], direction: Callable[[str], str]
) -> None:
    texts = bodies if direction is lay else [lay(body) for body in bodies]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    done = benchmark(lambda: [direction(text) for text in texts])
    assert [unlay(text) for text in done] == bodies if direction is lay else done == bodies
    if benchmark.stats is not None:  # None where benchmarks are switched off
        speed = megabytes / benchmark.stats.stats.min
        benchmark.extra_info["MB/s"] = round(speed, 1)
        print(f"\n{direction.__name__}: {megabytes:.1f} MB at {speed:.0f} MB/s")
