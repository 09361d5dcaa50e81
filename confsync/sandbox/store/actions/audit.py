"""The audit log of a site, with the records that apps have added, and how long it is kept."""

from __future__ import annotations

import json
from typing import Any

from ..state import State

UNCHANGED: dict[str, Any] = {"number": 3, "units": "YEARS"}


class Audit(State):
    """The audit log of a store. A record is a JSON object with its time in milliseconds."""

    def audit(self, begin: int, end: int) -> tuple[dict[str, Any], ...]:
        """Return the records of a time, the newest first."""
        rows = self.database.all(
            "SELECT record FROM audit WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC",
            (begin, end),
        )
        return tuple(json.loads(str(row[0])) for row in rows)

    def add_record(self, record: dict[str, Any], at: int) -> None:
        with self.batch():
            new = self.database.new_id()
            text = json.dumps(record, ensure_ascii=False)
            self.database.execute("INSERT INTO audit VALUES (?, ?, ?)", (new, at, text))

    def retention(self) -> dict[str, Any]:
        """Return how long records are kept: a number and a unit. The sandbox keeps all."""
        row = self.database.one("SELECT value FROM settings WHERE name = 'retention'")
        return dict(json.loads(str(row[0]))) if row else UNCHANGED

    def set_retention(self, period: dict[str, Any]) -> None:
        with self.batch():
            self.database.execute(
                "INSERT OR REPLACE INTO settings VALUES ('retention', ?)", (json.dumps(period),)
            )
