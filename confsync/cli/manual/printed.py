"""Printed lines in a page of the manual, broken between words where a terminal is too narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

# A word with the blanks before it. A command in quotes is one word.
_WORD = re.compile(r"\s*(?:(?<!\S)'[^']*'\S*|\S+)")
_DEEPER = " " * 4
_HINT = "hint: "


def broken(line: str, room: int) -> list[str]:
    """Return a line in lines of at most `room` columns, the rest of it indented.

    A long hint begins a line after each command, as it does on a terminal. A word that is longer
    than the room stays whole, and so does a command in quotes.
    """
    if cell_len(line) <= room:
        return [line]
    parts = [line]
    if line.startswith(_HINT):
        first, *others = line.split("; ")
        parts = [first, *(" " * len(_HINT) + other for other in others)]
        parts = [*(f"{part};" for part in parts[:-1]), parts[-1]]
    return [piece for part in parts for piece in _between_words(part, room)]


def _between_words(line: str, room: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())] + _DEEPER
    words = _WORD.findall(line)
    piece = words[0]
    for word in words[1:]:
        if cell_len(piece + word) <= room:
            piece += word
        else:
            yield piece
            piece = indent + word.lstrip()
    yield piece
