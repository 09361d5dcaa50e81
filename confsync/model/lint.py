"""What `check` finds, as values. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum


class Severity(Enum):
    """Whether a finding keeps a document from being pushed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What `check` found, and where in the file; lines and columns from 1, column 0 for a line."""

    path: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str

    @property
    def refused(self) -> bool:
        """Whether a push would refuse the document for it."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, object]:
        """The finding's part of check's JSON envelope."""
        return {**asdict(self), "severity": self.severity.value}
