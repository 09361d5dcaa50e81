"""The findings of `doctor`, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from confsync.errors import Exit


@dataclass(frozen=True, slots=True)
class Check:
    """One check of `doctor`. `exit` is DONE if all is well."""

    name: str
    message: str
    exit: Exit = Exit.DONE
    hint: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the check's part of the JSON envelope of `doctor`."""
        return {
            "name": self.name,
            "ok": self.exit is Exit.DONE,
            "message": self.message,
            "hint": self.hint or None,
        }
