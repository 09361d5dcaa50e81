"""The findings of `check`, as values. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum


class Severity(Enum):
    """The seriousness of a finding. An ERROR keeps a document from being pushed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of `check`, and its place.

    Lines and columns count from 1; column 0 means the whole line.
    """

    path: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str

    @property
    def refused(self) -> bool:
        """Return whether a push would refuse the document because of this finding."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, object]:
        """Return the finding's part of the JSON envelope of `check`."""
        return {**asdict(self), "severity": self.severity.value}
