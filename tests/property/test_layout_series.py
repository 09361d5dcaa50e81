"""The layouts of a page's versions one after the other are those of each version alone."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confsync.document import layout_series
from confsync.document.layout import MARK, lay, lines_surely
from confsync.document.layout_series import LayoutSeries

from .test_layout import PIECES, bodies_of_anything

PARAGRAPHS = [f"<p>{number}</p>" for number in range(200)]

pieces = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@st.composite
def versions(draw: st.DrawFn) -> list[str]:
    """Return bodies that each differ from the one before in one place."""
    body = draw(bodies_of_anything)
    found = [body]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 20)))
        body = body[:start] + draw(pieces) + body[end:]
        found.append(body)
    return found


@given(versions())
@example(["<p/><p/><p/>", "<p/><p/>"])  # the last shared line has another end
@example(["a<p/><p/>", "<p/>a<p/><p/>"])  # the first line may begin with any text
@example(["<p/><p/><p/>", "<p/><!--<p/><p/><p/>"])  # what begins before swallows shared lines
@example(["<p/><p/>", f"<p/>{MARK}<p/>", "<p/><p/>"])
@example(["<p/>\n<p/>", "<p/><p/>", "<p/>\r\n<p/>"])
@example(["", "<p/>", ""])
def test_a_version_is_laid_out_as_if_it_were_alone(bodies: list[str]) -> None:
    assert _laid(bodies) == [lay(body) for body in bodies]


def _laid(bodies: Sequence[str]) -> list[str | None]:
    series = LayoutSeries()
    return [series.lay_surely(body) for body in bodies]


def test_every_body_of_the_corpus_is_laid_out_after_every_change(bodies: dict[str, str]) -> None:
    for body in bodies.values():
        middle = body.find("<", len(body) // 2)
        edited = f"{body[:middle]}<p>new</p>{body[middle:]}"
        shorter = body[: len(body) // 3] + body[len(body) // 2 :]
        changes = [body, edited, body, shorter, f"<p>first</p>{shorter}", f"{body}<p>last</p>"]
        assert _laid(changes) == [lay(one) for one in changes]
    every = list(bodies.values())
    assert _laid(every) == [lay(one) for one in every]


def test_real_versions_of_pages_are_laid_out_as_if_alone(bodies: dict[str, str]) -> None:
    known = Path(os.environ["CONFSYNC_CORPUS"], "versions.json")
    pages = json.loads(known.read_text(encoding="utf-8"))
    pasts = [[bodies[one["file"]] for one in page["versions"]] for page in pages]
    assert any(one != other for past in pasts for one, other in pairwise(past))
    for past in pasts:
        assert _laid([*past, *reversed(past)]) == [lay(one) for one in (*past, *reversed(past))]


@pytest.mark.parametrize(
    "edited",
    [
        [*PARAGRAPHS, "<p>last</p>"],
        ["<p>first</p>", *PARAGRAPHS],
        [*PARAGRAPHS[:90], "<p>changed</p>", *PARAGRAPHS[91:]],
        [*PARAGRAPHS[:90], *PARAGRAPHS[95:]],
        PARAGRAPHS,
    ],
)
def test_only_what_differs_is_laid_out(edited: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def noted(body: str) -> list[str] | None:
        searched.append(body)
        return lines_surely(body)

    monkeypatch.setattr(layout_series, "lines_surely", noted)
    bodies = ["".join(PARAGRAPHS), "".join(edited)]
    assert _laid(bodies) == [lay(body) for body in bodies]
    assert searched[0] == bodies[0]
    assert len("".join(searched[1:])) < 50
