"""The cache of bases ignores everything that is not exactly right."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from confsync.mirror.state.base_cache import FEW, BaseStore
from confsync.model.stamp import Stamp, digest

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


MANY = [
    (Stamp(str(100 + number), number + 1, digest(f"Page {number}", BODY)), f"Page {number}", BODY)
    for number in range(FEW)
]


def test_many_are_one_file_and_each_is_there(store: BaseStore, tmp_path: Path) -> None:
    assert store.get(MANY[0][0]) is None
    store.put_all(MANY)
    only_file(tmp_path)
    for one in (store, BaseStore(tmp_path / "bases")):
        assert [one.get(stamp) for stamp, _, _ in MANY] == [base[1:] for base in MANY]
        assert one.get(STAMP) is None
        assert one.versions("101") == [(2, MANY[1][0].digest)]
        assert one.titles("10", 3) == [("100", "Page 0"), ("101", "Page 1"), ("102", "Page 2")]


def test_what_is_put_in_both_ways_is_there_once(store: BaseStore, tmp_path: Path) -> None:
    store.put_all(MANY)
    store.put_all(MANY)
    only_file(tmp_path)
    for base in MANY:
        store.put(*base)
    assert store.versions("101") == [(2, MANY[1][0].digest)]
    assert len(store.titles("10", 99)) == FEW


def test_few_are_a_file_each(store: BaseStore, tmp_path: Path) -> None:
    store.put_all(MANY[1:])
    assert len(entries(tmp_path)) == FEW - 1
    assert store.get(MANY[1][0]) == MANY[1][1:]


def test_one_that_is_no_unicode_is_left_out_of_a_pack(store: BaseStore) -> None:
    bad = (Stamp("42", 7, digest("T", "\ud800")), "T", "\ud800")
    store.put_all([bad, *MANY])
    assert store.get(bad[0]) is None
    assert store.get(MANY[-1][0]) == MANY[-1][1:]


def test_a_torn_pack_has_what_is_whole_or_nothing(store: BaseStore, tmp_path: Path) -> None:
    store.put_all(MANY)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        torn = BaseStore(tmp_path / "bases")
        assert {torn.get(stamp) for stamp, _, _ in MANY} == {None}
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + b"\0" + whole[place + 1 :])
        torn = BaseStore(tmp_path / "bases")
        assert all(torn.get(stamp) in (None, base) for stamp, *rest in MANY for base in [(*rest,)])
    path.write_bytes(whole)
    assert store.get(MANY[0][0]) == MANY[0][1:]


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\n\n", b"\xff\n\n", b"confsync bases 1\nx\n\n", b"confsync bases 1\nx -1\n\n"),
        b"confsync bases 1\n100-1-0 99999999999999999999\n\nabc",
    ],
)
def test_what_is_no_pack_has_nothing(store: BaseStore, tmp_path: Path, content: bytes) -> None:
    store.put_all(MANY)
    (tmp_path / "bases/pack-foreign").write_bytes(content)
    (tmp_path / "bases/pack-link").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "bases/pack-pipe")
    found = BaseStore(tmp_path / "bases")
    assert [found.get(stamp) for stamp, _, _ in MANY] == [base[1:] for base in MANY]
    assert found.get(STAMP) is None
