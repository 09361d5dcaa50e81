"""A file that a push leaves out, and the reason. Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Reason(Enum):
    """Why a file is left out."""

    NO_DOCUMENT = "no-document"
    SUFFIX = "suffix"
    OUTSIDE = "outside"
    NOT_SHOWN = "not-shown"
    NOT_MIRRORED = "not-mirrored"
    NO_PATTERN = "no-pattern"
    DELETED = "deleted"
    DELETED_UNKNOWN = "deleted-unknown"
    UNCOMMITTED = "uncommitted"


class LeftOut(NamedTuple):
    """A file that is left out. `hint` is the next command, with `{path}` for the file."""

    path: str
    reason: Reason
    hint: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the file's part of the JSON envelope."""
        return {"path": self.path, "reason": self.reason.value}
