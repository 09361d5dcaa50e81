"""Write the measurements as the tables of the manual's page on performance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]
MARKS = ("<!-- measured -->", "<!-- /measured -->")
SECTIONS = (*("pull", "again", "push", "history", "status", "start", "bulk", "rich", "commands"),)


def markdown(found: Found) -> str:
    """All tables that there are measurements for."""
    parts = [
        _floors(found),
        _memory(found.get("memory", ())),
        _growth(found.get("growth", ())),
        _large(found.get("large", ())),
        _peers(found.get("peers", ())),
    ]
    return "\n".join(part for part in parts if part)


def put_between(text: str, tables: str) -> str:
    """Return a text with the tables between its two marks. Raise ValueError without the marks."""
    before, opening, rest = text.partition(MARKS[0])
    _, closing, after = rest.partition(MARKS[1])
    if not opening or not closing:
        raise ValueError(f"there is no {MARKS[0]} … {MARKS[1]}")
    return f"{before}{opening}\n\n{tables}\n{closing}{after}"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    every = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in every)


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def _floors(found: Found) -> str:
    rows = [row for section in SECTIONS for row in found.get(section, ())]
    if not rows:
        return ""
    sizes = {row["pages"] for row in rows if row["pages"]}
    lines = [
        [
            row["what"] + (f", {row['pages']:,} pages" if row["pages"] and len(sizes) > 1 else ""),
            f"{_seconds(row['floor'])}: {row['floor_is']}",
            _seconds(row["confsync"]),
            f"{row['ratio']:.2f}" + (f" (goal {row['goal']:g})" if row["goal"] else ""),
            "" if row["requests"] is None else f"{row['requests']:,}",
            f"{row['server']:.1f} s" if row["server"] else "",
            f"{row['megabytes']:.0f} MB",
            f"`--only {row['section']}`",
        ]
        for row in rows
    ]
    size = f"{sizes.pop():,} pages" if len(sizes) == 1 else "what"
    heads = (size, "floor", "confsync", "ratio", "requests", "sandbox", "peak memory", "again")
    return _table(heads, lines)


def _memory(rows: Sequence[Found]) -> str:
    if not rows:
        return ""
    lines = [
        [
            f"{row['what']}, {row['pages']:,} pages",
            f"{row['megabytes']:.0f} MB",
            f"{row['requests']:,}",
            f"`--only {row['section']}`",
        ]
        for row in rows
    ]
    return _table(("what", "peak memory", "requests", "again"), lines)


def _growth(curves: Sequence[Found]) -> str:
    if not curves:
        return ""
    sizes = [str(f"{pages:,} pages") for pages, _, _ in curves[0]["points"]]
    lines = [
        [
            curve["what"],
            *(f"{_seconds(seconds)}, {asked:,}" for _, seconds, asked in curve["points"]),
            f"{curve['seconds']:.2f}",
            f"{curve['requests']:.2f}" if curve["requests"] else "",
            "`--only growth`",
        ]
        for curve in curves
    ]
    heads = ["time and requests", *sizes, "time grows as N^", "requests as N^", "again"]
    return _table(heads, lines)


def _large(rows: Sequence[Found]) -> str:
    if not rows:
        return ""
    sizes = [f"{pages:,} small pages" for pages, *_ in rows[0]["points"]]
    lines = [
        [
            row["what"],
            *(
                f"{_seconds(seconds)}, {megabytes:.0f} MB, {asked:,}"
                for _, seconds, megabytes, asked in row["points"]
            ),
            f"{row['grows']:.2f}",
            "`--only large`",
        ]
        for row in rows
    ]
    heads = ["processor time, peak memory, requests", *sizes, "time grows as N^", "again"]
    return _table(heads, lines)


def _peers(rows: Sequence[Found]) -> str:
    if not rows:
        return ""
    lines = [
        [
            row["program"],
            row["brings"],
            f"{row['files']:,} files, {row['written']:.0f} MB",
            _seconds(row["seconds"]),
            f"{row['requests']:,}",
            f"{row['megabytes']:.0f} MB",
            f"`--only peers --peer-pages {row['pages']}`",
        ]
        for row in rows
    ]
    heads = (
        f"{rows[0]['pages']:,} pages",
        "brings",
        "",
        "time",
        "requests",
        "peak memory",
        "again",
    )
    return _table(heads, lines)
