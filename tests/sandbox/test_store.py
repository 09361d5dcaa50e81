"""A colleague's actions in the browser, without HTTP."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from confsync.sandbox import ROOT, Invalid, Malformed, Missing, PageRow, Stale, Store


@pytest.fixture
def store() -> Iterator[Store]:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def clock() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    with Store(clock=clock) as made:
        yield made


@pytest.fixture
def page(store: Store) -> PageRow:
    store.create_space("ENG", "Engineering", "Home")
    return store.create_page("ENG", "Guide", "<p>one port</p>", labels=["b", "a"], message="first")


def test_ids_are_deterministic_increasing_and_long(page: PageRow, store: Store) -> None:
    following = store.create_page("ENG", "Next", "")
    assert page.id.isdigit()
    assert len(page.id) >= 6
    assert int(following.id) > int(page.id)
    with Store() as other:
        other.create_space("ENG", "Engineering", "Home")
        assert other.create_page("ENG", "Guide", "").id == page.id


def test_an_id_may_be_given_and_is_never_used_twice(page: PageRow, store: Store) -> None:
    given = store.create_page("ENG", "Given", "", page_id="1454342158")
    assert given.id == "1454342158"
    assert int(store.create_page("ENG", "After", "").id) > 1454342158
    with pytest.raises(Invalid):
        store.create_page("ENG", "Again", "", page_id="1454342158")
    store.purge(store.create_page("ENG", "Last", "").id)
    assert store.create_page("ENG", "New", "").id != store.page(given.id).id


def test_a_page_is_as_it_was_made(page: PageRow, store: Store) -> None:
    home = store.space("eng").homepage_id
    assert (page.space_key, page.title, page.status, page.version) == ("ENG", "Guide", "current", 1)
    assert (page.parent_id, page.parent_type) == (home, "page")
    assert (page.author, page.message, page.labels) == ("Ana", "first", ("a", "b"))
    assert page.created_at == "2026-01-01T00:00:02.000Z"
    assert store.page(page.id) == page
    root = store.create_page("ENG", "Root", "", parent=ROOT)
    assert (root.parent_id, root.parent_type) == (None, None)


def test_raw_bodies_are_kept_byte_for_byte(page: PageRow, store: Store) -> None:
    body = "<p>broken\r\n&nope;<br/></q>\u2028 "
    assert store.create_page("ENG", "Raw", body, raw=True).body == body
    assert store.edit(page.id, body, raw=True).body == body
    with pytest.raises(Malformed):
        store.edit(page.id, body)
    with pytest.raises(Malformed):
        store.create_page("ENG", "Broken", body)


def test_an_edit_is_one_new_version(page: PageRow, store: Store) -> None:
    folder = store.create_folder("ENG", "Folder")
    found = store.edit(page.id, "<p></p>", "Handbook", folder.id, author="Ben", message="m")
    assert (found.version, found.title, found.body) == (2, "Handbook", "<p />")
    assert (found.parent_id, found.parent_type, found.author) == (folder.id, "folder", "Ben")
    assert found.created_at == page.created_at
    assert found.modified_at > page.modified_at
    assert store.edit(page.id, parent=ROOT).parent_id is None
    assert [(v.number, v.title, v.author, v.message) for v in store.versions(page.id)] == [
        (1, "Guide", "Ana", "first"),
        (2, "Handbook", "Ben", "m"),
        (3, "Handbook", "Ana", ""),
    ]


def test_an_inline_comment_changes_the_body_without_a_version(page: PageRow, store: Store) -> None:
    ref = store.comment(page.id, "port", author="Ben")
    found = store.page(page.id)
    assert (found.version, found.modified_at) == (1, page.modified_at)
    marker = f'<ac:inline-comment-marker ac:ref="{ref}">port</ac:inline-comment-marker>'
    assert found.body == f"<p>one {marker}</p>"
    assert store.versions(page.id)[-1].body == found.body
    with pytest.raises(Invalid):
        store.comment(page.id, "not there")


def test_a_content_state_is_a_version_without_a_change(page: PageRow, store: Store) -> None:
    found = store.set_state(page.id, author="Ben")
    assert (found.version, found.title, found.body) == (2, page.title, page.body)


def test_deleting_a_version_renumbers_those_above(page: PageRow, store: Store) -> None:
    for text in ("two", "three", "four"):
        store.edit(page.id, f"<p>{text}</p>")
    store.delete_version(page.id, 2)
    assert store.page(page.id).version == 3
    assert store.page(page.id).body == "<p>four</p>"
    bodies = [(v.number, v.body) for v in store.versions(page.id)]
    assert bodies == [(1, "<p>one port</p>"), (2, "<p>three</p>"), (3, "<p>four</p>")]
    for number in (0, 3, 4):
        with pytest.raises(Invalid):
            store.delete_version(page.id, number)


def test_trash_and_restore(page: PageRow, store: Store) -> None:
    parent = store.create_page("ENG", "Parent", "")
    child = store.create_page("ENG", "Child", "", parent=parent.id)
    store.trash(child.id)
    assert (store.page(child.id).status, store.page(child.id).parent_id) == ("trashed", None)
    store.restore(child.id)
    assert store.page(child.id) == child
    store.trash(child.id)
    store.trash(parent.id)
    store.restore(child.id)
    assert store.page(child.id).parent_id == store.space("ENG").homepage_id
    statuses = {row.id: row.status for row in store.pages("ENG", ("trashed",))}
    assert statuses == {parent.id: "trashed"}
    assert parent.id not in {row.id for row in store.pages("ENG")}


def test_purge(page: PageRow, store: Store) -> None:
    store.purge(page.id)
    with pytest.raises(Missing):
        store.page(page.id)
    with pytest.raises(Missing):
        store.versions(page.id)


def test_moving_to_another_space_takes_everything_below(page: PageRow, store: Store) -> None:
    child = store.create_page("ENG", "Child", "", parent=page.id)
    other = store.create_space("OPS")
    store.move_to_space(page.id, "OPS")
    moved = store.page(page.id)
    assert (moved.space_key, moved.parent_id, moved.version) == ("OPS", other.homepage_id, 1)
    assert (store.page(child.id).space_id, store.page(child.id).parent_id) == (other.id, page.id)
    store.create_page("ENG", "Guide", "")
    with pytest.raises(Invalid):
        store.move_to_space(page.id, "ENG")
    assert store.page(page.id).space_key == "OPS"


def test_a_space_key_is_unique(page: PageRow, store: Store) -> None:
    with pytest.raises(Invalid):
        store.create_space("eng")
    with pytest.raises(Missing):
        store.space("NONE")
    assert store.create_space("OPS").homepage_id in {row.id for row in store.pages("OPS")}


def test_a_batch_is_all_or_nothing(page: PageRow, store: Store) -> None:
    with pytest.raises(Missing), store.batch():
        store.edit(page.id, "<p>lost</p>")
        store.page("1")
    assert store.page(page.id) == page


def test_accounts_are_stable(page: PageRow, store: Store) -> None:
    with Store() as other:
        assert other.add_user("Ana").account_id == store.add_user("Ana").account_id
    assert [user.name for user in store.users()] == ["Me", "Ana"]


def test_the_past(page: PageRow, store: Store) -> None:
    """Stale reads undo everything, and keep nothing of it."""
    other = store.create_page("ENG", "Other", "<p>it's</p>", labels=["x"])
    before = [store.pages("ENG", ()), store.versions(page.id), store.versions(other.id)]
    steps = [
        lambda: store.edit(page.id, "<p>two</p>", title="Changed"),
        lambda: store.comment(page.id, "two"),
        lambda: store.set_state(page.id),
        lambda: store.delete_version(page.id, 2),
        lambda: store.remove_label(page.id, "a"),
        lambda: store.add_labels(page.id, ["new"]),
        lambda: store.restrict(page.id),
        lambda: store.archive(page.id),
        lambda: store.purge(other.id),
        lambda: store.create_page("ENG", "Late", ""),
    ]
    for step in steps:
        step()
    after = store.pages("ENG", ())
    with store.database.past(writes=len(steps)):
        assert [store.pages("ENG", ()), store.versions(page.id), store.versions(other.id)] == before
    assert store.pages("ENG", ()) == after
    with store.database.past(seconds=60):
        assert store.users()
        assert store.spaces() == ()
    with store.database.past(writes=1):
        assert "Late" not in {row.title for row in store.pages("ENG", ())}
        assert page.id in {row.id for row in store.pages("ENG", ())}


def test_the_undo_log_is_bounded(page: PageRow, store: Store) -> None:
    for number in range(250):
        store.edit(page.id, f"<p>{number}</p>")
    row = store.database.one("SELECT count(*) FROM undo")
    assert row is not None
    assert int(str(row[0])) <= 2 * 200
    with store.database.past(writes=3):
        assert store.page(page.id).body == "<p>246</p>"


def test_a_file_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "site.sqlite"
    with Store(path) as first:
        first.create_space("ENG")
        page = first.create_page("ENG", "Guide", "<p>kept</p>", labels=["a"])
    with Store(path) as second:
        assert second.page(page.id) == page
        assert int(second.create_page("ENG", "Next", "").id) > int(page.id)
        assert [user.name for user in second.users()] == ["Me", "Ana"]


@pytest.fixture
def restless() -> Iterator[None]:
    """Switch threads as fast as Python can, so that a gap in a lock shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_nothing_comes_between_the_comparison_and_the_swap(page: PageRow, store: Store) -> None:
    writers, rounds = 6, 80
    barrier = threading.Barrier(writers)

    def write(writer: int) -> int:
        won = 0
        for number in range(2, rounds + 2):
            barrier.wait(timeout=10)
            try:
                store.update(page.id, number=number, title="Guide", body=f"<p>{writer}</p>")
                won += 1
            except Stale:
                pass
        return won

    with ThreadPoolExecutor(writers) as pool:
        assert sum(pool.map(write, range(writers))) == rounds
    assert [one.number for one in store.versions(page.id)] == list(range(1, rounds + 2))
