"""The plot of growth: time and requests against the number of pages, both logarithmic, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Curve = Mapping[str, Any]
WIDTH, HEIGHT = 360, 260  # of one panel
LEFT, TOP, RIGHT, BOTTOM = 56, 34, 24, 40
COLORS = ("#0052cc", "#00875a", "#de350b", "#6554c0")
STYLE = (
    "text{font:11px sans-serif;fill:#42526e}.t{font-weight:bold;font-size:12px}"
    ".g{stroke:#dfe1e6}.l{fill:none;stroke-width:2}"
)


def svg(curves: Sequence[Curve]) -> str:
    """Two panels side by side, and below them which colour is what."""
    legend = 22 * ((len(curves) + 1) // 2) + 8
    size = f'width="{2 * WIDTH}" height="{HEIGHT + legend}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        "<title>Time and requests against the number of pages</title>",
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        _panel(0, "seconds", [[(n, s) for n, s, _ in one["points"]] for one in curves]),
        _panel(WIDTH, "requests", [[(n, r) for n, _, r in one["points"]] for one in curves]),
    ]
    for number, one in enumerate(curves):
        x, y = LEFT + WIDTH * (number % 2), HEIGHT + 22 * (number // 2)
        grows = f"time N^{one['seconds']:.2f}"
        grows += f", requests N^{one['requests']:.2f}" if one["requests"] else ""
        line = f'x1="{x}" x2="{x + 20}" y1="{y + 8}" y2="{y + 8}"'
        parts.append(f'<line class="l" stroke="{COLORS[number % 4]}" {line}/>')
        parts.append(f'<text x="{x + 26}" y="{y + 12}">{escape(one["what"])}: {grows}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(x: int, what: str, lines: Sequence[Sequence[tuple[float, float]]]) -> str:
    points = [point for line in lines for point in line if point[1] > 0]
    across = _scale([n for n, _ in points], LEFT, WIDTH - RIGHT)
    up = _scale([y for _, y in points], HEIGHT - BOTTOM, TOP)
    parts = [f'<g transform="translate({x},0)"><text class="t" x="{LEFT}" y="18">{what}</text>']
    for value in _decades([y for _, y in points]):
        y = up(value)
        parts.append(
            f'<line class="g" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for n in sorted({n for n, _ in points}):
        y = HEIGHT - BOTTOM + 16
        parts.append(f'<text x="{across(n):.1f}" y="{y}" text-anchor="middle">{n:,.0f}</text>')
    parts.append(f'<text x="{WIDTH // 2}" y="{HEIGHT - 8}" text-anchor="middle">pages</text>')
    for number, line in enumerate(lines):
        color = COLORS[number % len(COLORS)]
        drawn = [f"{across(n):.1f},{up(y):.1f}" for n, y in line if y > 0]
        if drawn:
            parts.append(f'<polyline class="l" stroke="{color}" points="{" ".join(drawn)}"/>')
        for place in drawn:
            cx, cy = place.split(",")
            parts.append(f'<circle cx="{cx}" cy="{cy}" r="3" fill="{color}"/>')
    return "\n".join([*parts, "</g>"])


def _decades(values: Sequence[float]) -> list[float]:
    """Return the powers of ten from below the least of the values to above the largest."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def _scale(values: Sequence[float], start: float, end: float) -> Any:
    """From a value to its place between `start` and `end`; a vertical one goes by whole decades."""
    if start > end:
        values = _decades(values)
    low, high = math.log10(min(values)), math.log10(max(values))

    def place(value: float) -> float:
        share = (math.log10(value) - low) / (high - low) if high > low else 0.5
        return start + share * (end - start)

    return place
