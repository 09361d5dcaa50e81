"""A unified diff of two texts of a page, as git would show them: title, then the laid-out body."""

from __future__ import annotations

import difflib

from confsync import layout

# A title and a body.
Side = tuple[str, str]


def unified(old: Side, new: Side, old_name: str, new_name: str) -> str:
    """The diff, with the names of both sides; empty when they are the same."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(_lines(*old), _lines(*new), old_name, new_name)
    )


def _lines(title: str, body: str) -> list[str]:
    text = f"title: {title}\n---\n{layout.lay(body)}"
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
