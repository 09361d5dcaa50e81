"""What the doctor looked at, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from confsync.errors import Exit


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the doctor looked at. `exit` is DONE where all is well."""

    name: str
    message: str
    exit: Exit = Exit.DONE
    hint: str = ""

    def as_json(self) -> dict[str, object]:
        """The check's part of the doctor's JSON envelope."""
        return {
            "name": self.name,
            "ok": self.exit is Exit.DONE,
            "message": self.message,
            "hint": self.hint or None,
        }
