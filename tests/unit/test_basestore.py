"""The cache of bases: whatever is not exactly right is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from confsync.basestore import BaseStore
from confsync.model import Stamp, digest

TITLE, BODY = "Guide: é 😀", "<p>a</p>\r\n\0b\u2028c\n"
STAMP = Stamp("42", 7, digest(TITLE, BODY))


@pytest.fixture
def store(tmp_path: Path) -> BaseStore:
    return BaseStore(tmp_path / "bases")


def only_file(tmp_path: Path) -> Path:
    (path,) = entries(tmp_path)
    return path


def entries(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "bases").rglob("*") if path.is_file()]


def test_what_is_put_is_there_byte_for_byte(store: BaseStore) -> None:
    store.put(STAMP, TITLE, BODY)
    assert store.get(STAMP) == (TITLE, BODY)


def test_nothing_is_there_before(store: BaseStore) -> None:
    assert store.get(STAMP) is None


@pytest.mark.parametrize(
    "other",
    [replace(STAMP, id="43"), replace(STAMP, version=8), replace(STAMP, digest="0" * 32)],
)
def test_another_stamp_has_another_base(store: BaseStore, other: Stamp) -> None:
    store.put(STAMP, TITLE, BODY)
    assert store.get(other) is None


def test_a_torn_entry_is_a_miss_wherever_it_was_torn(store: BaseStore, tmp_path: Path) -> None:
    store.put(STAMP, TITLE, BODY)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert store.get(STAMP) is None
    path.write_bytes(whole)
    assert store.get(STAMP) == (TITLE, BODY)


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xfe", b"Guide\0other", b"Guide"])
def test_a_foreign_entry_is_a_miss_and_is_put_right(
    store: BaseStore, tmp_path: Path, content: bytes
) -> None:
    store.put(STAMP, TITLE, BODY)
    only_file(tmp_path).write_bytes(content)
    assert store.get(STAMP) is None
    store.put(STAMP, TITLE, BODY)
    assert store.get(STAMP) == (TITLE, BODY)


def test_a_directory_where_the_entry_should_be_is_a_miss(store: BaseStore, tmp_path: Path) -> None:
    store.put(STAMP, TITLE, BODY)
    path = only_file(tmp_path)
    path.unlink()
    path.mkdir()
    assert store.get(STAMP) is None


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "bases").write_bytes(b"")
    store = BaseStore(tmp_path / "bases")
    store.put(STAMP, TITLE, BODY)
    assert store.get(STAMP) is None


def test_text_that_is_no_unicode_is_not_kept(store: BaseStore) -> None:
    stamp = Stamp("42", 7, digest("T", "\ud800"))
    store.put(stamp, "T", "\ud800")
    assert store.get(stamp) is None


def test_failures_leave_nothing_behind(store: BaseStore, tmp_path: Path) -> None:
    store.put(Stamp("42", 7, digest("T", "\ud800")), "T", "\ud800")
    store.put(STAMP, TITLE, BODY)
    path = only_file(tmp_path)
    path.unlink()
    path.mkdir()
    store.put(STAMP, TITLE, BODY)
    assert entries(tmp_path) == []


def test_git_never_sees_the_cache(store: BaseStore, tmp_path: Path) -> None:
    store.put(STAMP, TITLE, BODY)
    assert (tmp_path / ".gitignore").read_text() == "*\n"
