"""The operations of Atlassian's documents, and which of them the sandbox has: `operations.tsv`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("operations.tsv")


class Operation(NamedTuple):
    """One operation of a document. `known` is yes, partly or no; `note` says what is lacking."""

    document: str
    method: str
    path: str
    known: str
    note: str

    def __str__(self) -> str:
        return f"{self.document} {self.method} {self.path}"


def _read(text: str) -> tuple[Operation, ...]:
    rows = (line.split("\t") for line in text.split("\n")[1:] if line)
    return tuple(Operation(*(*row, "")[:5]) for row in rows)


OPERATIONS = _read(TABLE.read_text(encoding="utf-8"))
