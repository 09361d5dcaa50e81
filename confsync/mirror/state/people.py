"""The cache of people's names: `.confsync/people.json`, from account ids to display names.

It may be deleted at any time, and is read only with the mark of the clone. People change their
names, so each name is requested again after a month. Corrupt or foreign data is ignored.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from confsync.mirror.state import disk, mark, regular
from confsync.mirror.state.base_cache import make_state

NAME = "people.json"
KEPT = timedelta(days=30)


def today() -> date:
    """Return the present day in UTC."""
    return datetime.now(UTC).date()


class People:
    """The names by account id, each with the day of its request."""

    def __init__(self, path: Path, clock: Callable[[], date] = today) -> None:
        self._path = path
        self._clock = clock

    def get(self, accounts: Iterable[str]) -> dict[str, str]:
        """Return the names that are known and not too old."""
        known, oldest = self._read(), (self._clock() - KEPT).isoformat()
        return {a: known[a][0] for a in accounts if a in known and known[a][1] >= oldest}

    def put(self, names: Mapping[str, str]) -> None:
        """Store names. If the file cannot be written, confsync continues."""
        import json

        if not names:
            return
        day = self._clock().isoformat()
        oldest = (self._clock() - KEPT).isoformat()
        kept = {a: pair for a, pair in self._read().items() if pair[1] >= oldest}
        kept |= {account: (name, day) for account, name in names.items()}
        with contextlib.suppress(OSError):
            word = make_state(self._path.parent)
            told = {"mark": word, "names": dict(sorted(kept.items()))}
            data = json.dumps(told, ensure_ascii=True, indent=0) + "\n"
            disk.replace(self._path, data.encode(), lambda: None, durable=False)

    def _read(self) -> dict[str, tuple[str, str]]:
        import json

        word = mark.known(self._path.parent)
        try:
            found = json.loads(regular.read(self._path, regular.STATE_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        if not word or not isinstance(found, dict) or found.get("mark") != word:
            return {}
        rows = found.get("names")
        return {
            account: (row[0], row[1])
            for account, row in (rows.items() if isinstance(rows, dict) else ())
            if isinstance(row, list) and len(row) == 2 and all(isinstance(x, str) for x in row)
        }
