"""The fast way to read a row of v2 takes only rows that the slow way reads the same."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.errors import RowError
from confsync.model.page import PageInfo
from confsync.remote.cloud import v2_rows

ROW: dict[str, Any] = {
    "id": "98310",
    "spaceId": "65537",
    "title": "Über uns",
    "parentId": "98304",
    "parentType": "page",
    "status": "current",
    "position": 12,
    "version": {
        "number": 3,
        "message": "new ports",
        "authorId": "5b10",
        "createdAt": "2026-01-01T00:00:00.000Z",
    },
}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**9, 10**20, 1.0),
    *("", " ", "0", "007", "1" * 21, "7", "７", "a\nb", "\xa0", "\u2028", "half \ud83d", "7\n"),
    *("folder", "archived", "live", [], ["7"], {}, {"id": "7"}),
)


def outcome(read: Any, row: dict[str, Any]) -> PageInfo | str:
    try:
        found: PageInfo = read(row)
    except RowError as error:
        return error.message
    return found


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("key", [*ROW, "subtype"])
def test_a_row_with_an_odd_value_is_read_as_if_each_value_was_checked(key: str, odd: Any) -> None:
    row = ROW | {key: odd}
    assert outcome(v2_rows.content, row) == outcome(v2_rows.checked, row)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("key", ROW["version"])
def test_so_is_a_version_with_an_odd_value(key: str, odd: Any) -> None:
    row = ROW | {"version": ROW["version"] | {key: odd}}
    assert outcome(v2_rows.content, row) == outcome(v2_rows.checked, row)


@pytest.mark.parametrize("key", ROW)
def test_so_is_a_row_without_a_value(key: str) -> None:
    row = {name: value for name, value in ROW.items() if name != key}
    assert outcome(v2_rows.content, row) == outcome(v2_rows.checked, row)


def test_a_row_with_the_expected_values_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = v2_rows.checked(ROW)
    monkeypatch.delattr(v2_rows, "checked")
    assert v2_rows.content(ROW) == found
    assert v2_rows.content(ROW | {"subtype": "live"}) == found._replace(live=True)
