"""Several spaces, and several subtrees of one space, in one mirror."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from confsync import failpoints
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes


@pytest.fixture
def ids(wiki: Sandbox) -> dict[str, str]:
    """ENG: One with A and, below that, B; Two with C. OPS: Runbook."""
    wiki.store.create_space("OPS", "Operations", "Operations")
    made: dict[str, str] = {}
    for title, parent in (("One", ""), ("A", "One"), ("B", "A"), ("Two", ""), ("C", "Two")):
        body = f"<p>{title}</p>"
        under = made.get(parent)
        made[title] = wiki.store.create_page("ENG", title, body, parent=under, raw=True).id
    made["Runbook"] = wiki.store.create_page("OPS", "Runbook", "<p>Runbook</p>", raw=True).id
    return made


@pytest.fixture
def start(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Callable[..., Desk]:
    """Return a function that makes a mirror of these spaces, pulled."""

    def make(*spaces: dict[str, object]) -> Desk:
        desk = desk_at("several", clone=None)
        configure(wiki, desk, *spaces)
        desk("pull")
        wiki.clear_requests()
        return desk

    return make


def configure(wiki: Sandbox, desk: Desk, *spaces: dict[str, object]) -> None:
    data = {"url": wiki.url, "flavor": wiki.flavor, "spaces": list(spaces)}
    desk.path(".confsync.yaml").write_text(yaml.safe_dump(data))


def documents(desk: Desk) -> set[str]:
    return {name.removesuffix(".xhtml") for name in desk.files() if name.endswith(".xhtml")}


def settled(wiki: Sandbox, desk: Desk) -> None:
    wiki.clear_requests()
    files = desk.files()
    for command in ("push", "pull", "push"):
        desk(command)
    assert desk.files() == files
    assert writes(wiki) == []
    assert desk("status", "--remote").out.startswith("clean")


@pytest.fixture
def two(ids: dict[str, str], start: Callable[..., Desk]) -> Desk:
    return start(
        {"key": "ENG", "path": "one", "root": ids["One"]},
        {"key": "ENG", "path": "two", "root": ids["Two"]},
    )


def test_spaces_and_subtrees_stand_side_by_side(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    desk = start(
        {"key": "ENG", "path": "one", "root": ids["One"]},
        {"key": "OPS", "path": "docs/ops"},
        {"key": "ENG", "path": "two", "root": ids["Two"]},
    )
    assert documents(desk) == {
        *("one/index", "one/a", "one/a/b", "two/index", "two/c"),
        *("docs/ops/index", "docs/ops/runbook"),
    }
    desk.edit("one/a.xhtml", "<p>A</p>", "<p>mine</p>")
    desk.edit("two/c.xhtml", "<p>C</p>", "<p>mine</p>")
    desk.edit("docs/ops/runbook.xhtml", "<p>Runbook</p>", "<p>mine</p>")
    desk("new", "two/c/new.xhtml", "--title", "New")
    assert set(desk.json("push").outcomes.values()) == {"updated", "created"}
    assert {wiki.store.page(ids[title]).body for title in ("A", "C", "Runbook")} == {"<p>mine</p>"}
    settled(wiki, desk)


@pytest.mark.parametrize("inner_first", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_a_page_of_nested_subtrees_belongs_to_the_one_whose_root_is_nearest(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk], inner_first: bool, whole: bool
) -> None:
    outer = {"key": "ENG", "path": "out"} | ({} if whole else {"root": ids["One"]})
    inner = {"key": "ENG", "path": "in", "root": ids["A"]}
    desk = start(*([inner, outer] if inner_first else [outer, inner]))
    above = {"out/index", "out/one", "out/two", "out/two/c"} if whole else {"out/index"}
    assert documents(desk) == above | {"in/index", "in/b"}
    desk.edit("in/b.xhtml", "<p>B</p>", "<p>mine</p>")
    desk("push")
    assert wiki.store.page(ids["B"]).parent_id == ids["A"]
    settled(wiki, desk)


def test_a_subtree_that_is_mirrored_on_its_own_later_takes_its_documents_along(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    whole: dict[str, object] = {"key": "ENG", "path": "ENG"}
    desk = start(whole)
    desk.edit("ENG/one/a/b.xhtml", "<p>B</p>", "<p>mine</p>")
    configure(wiki, desk, whole, {"key": "ENG", "path": "a", "root": ids["A"]})
    desk("pull")
    assert documents(desk) == {"ENG/index", "ENG/one", "ENG/two", "ENG/two/c", "a/index", "a/b"}
    assert "<p>mine</p>" in desk.text("a/b.xhtml")
    desk("push")
    settled(wiki, desk)


def test_a_page_that_is_moved_in_the_browser_to_another_subtree_takes_its_document_along(
    wiki: Sandbox, ids: dict[str, str], two: Desk
) -> None:
    two.edit("one/a/b.xhtml", "<p>B</p>", "<p>mine</p>")
    wiki.store.edit(ids["A"], parent=ids["C"], author="Ana")
    files = two.files()
    run = two.json("pull", "--dry-run")
    assert run.outcomes == {"one/a.xhtml": "moved", "one/a/b.xhtml": "moved"}
    assert run.data["pages"][0]["note"] == "its page belongs to two/ now"
    assert two.files() == files
    two("pull")
    assert documents(two) == {"one/index", "two/index", "two/c", "two/c/a", "two/c/a/b"}
    assert "<p>mine</p>" in two.text("two/c/a/b.xhtml")
    two("push")
    assert wiki.store.page(ids["B"]).body == "<p>mine</p>"
    assert wiki.store.page(ids["B"]).parent_id == ids["A"]
    assert wiki.store.page(ids["A"]).parent_id == ids["C"]
    assert [r for r in wiki.requests if r.method == "PUT" and b"parentId" in r.body] == []
    settled(wiki, two)


def test_a_document_on_its_way_to_another_subtree_outlives_a_kill_at_any_step(
    wiki: Sandbox, ids: dict[str, str], two: Desk
) -> None:
    two.edit("one/a/b.xhtml", "<p>B</p>", "<p>mine</p>")
    killed = True
    step = 0
    while killed:
        killed, step = False, step + 1

        def kill(number: int, what: str, last: int = step) -> None:
            nonlocal killed
            if number == last:
                killed = True
                raise KeyboardInterrupt

        wiki.store.edit(ids["A"], parent=ids["C"] if step % 2 else ids["One"])
        with failpoints.watched(kill):
            two("--jobs", "1", "pull", exit=None)
        standing = [two.text(name) for name in two.files() if name.endswith(".xhtml")]
        assert sum("<p>mine</p>" in text for text in standing) == 1
        assert sum(f'id: "{ids["A"]}"' in text for text in standing) == 1
        two("pull")
        where = "two/c/a" if step % 2 else "one/a"
        assert {where, f"{where}/b"} <= documents(two)
        assert len(documents(two)) == 5
    assert step > 20


def test_a_space_that_is_not_there_stops_no_other(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    desk = start({"key": "OPS", "path": "ops"})
    nowhere = [{"key": "NOPE", "path": path, "root": path} for path in "12"]
    configure(wiki, desk, *nowhere, {"key": "OPS", "path": "ops"})
    wiki.store.edit(ids["Runbook"], "<p>theirs</p>", author="Ana")
    run = desk.json("pull", exit=4)
    assert [error["code"] for error in run.data["errors"]] == ["space-not-found"] * 2
    assert run.outcomes == {"ops/runbook.xhtml": "pulled"}


def test_a_page_that_was_moved_here_too_stays_and_is_refused(
    wiki: Sandbox, ids: dict[str, str], two: Desk
) -> None:
    two.path("one/a/b.xhtml").rename(two.path("one/b.xhtml"))
    wiki.store.edit(ids["B"], parent=ids["Two"], author="Ana")
    files = two.files()
    assert two.json("pull", exit=1).outcomes["one/b.xhtml"] == "rejected"
    assert two.files() == files


@pytest.mark.parametrize("edited", [True, False])
def test_a_page_that_is_moved_out_of_all_subtrees_is_left_alone_and_named(
    wiki: Sandbox, ids: dict[str, str], two: Desk, edited: bool
) -> None:
    if edited:
        two.edit("one/a/b.xhtml", "<p>B</p>", "<p>mine</p>")
    wiki.store.edit(ids["A"], parent=wiki.store.space("ENG").homepage_id, author="Ana")
    files = two.files()
    for command in (["pull"], ["status", "--remote"]):
        told = two(*command).out
        assert "excluded by .confsync.yaml and left unchanged: one/a.xhtml, one/a/b.xhtml" in told
    assert two.files() == files
    two("pull", "--prune")
    assert documents(two) == {"one/index", "two/index", "two/c"} | ({"one/b"} if edited else set())
    assert [r for r in wiki.requests if r.method == "PUT"] == []
    wiki.store.edit(ids["A"], parent=ids["C"], author="Ana")
    two("pull")
    assert {"two/c/a", "two/c/a/b"} <= documents(two)
    two("push")
    settled(wiki, two)


def test_a_page_whose_parent_cannot_be_seen_is_not_taken_for_moved_out(
    wiki: Sandbox, ids: dict[str, str], two: Desk
) -> None:
    wiki.store.restrict(ids["A"])
    wiki.store.edit(ids["B"], "<p>theirs</p>", author="Ana")
    told = two("pull").out
    assert "excluded" not in told
    assert "<p>theirs</p>" in two.text("one/a/b.xhtml")


def test_a_document_that_is_moved_to_another_subtree_is_pushed_as_a_move(
    wiki: Sandbox, ids: dict[str, str], two: Desk
) -> None:
    two.path("two/c").mkdir()
    two.path("one/a/b.xhtml").rename(two.path("two/c/b.xhtml"))
    assert two.json("push").outcomes == {"two/c/b.xhtml": "moved"}
    assert wiki.store.page(ids["B"]).parent_id == ids["C"]
    settled(wiki, two)


def test_many_pages_are_not_handed_over_unasked(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    for number in range(12):
        wiki.store.create_page("ENG", f"P{number}", "<p>x</p>", parent=ids["B"], raw=True)
    desk = start(
        {"key": "ENG", "path": "one", "root": ids["One"]},
        {"key": "ENG", "path": "two", "root": ids["Two"]},
    )
    wiki.store.edit(ids["B"], parent=ids["C"], author="Ana")
    files = desk.files()
    assert "would move 13 of the 17 pages" in desk("pull", exit=1).err
    assert desk.files() == files
    desk("pull", "--allow-mass-delete")
    assert "two/c/b/p7" in documents(desk)
    assert len(documents(desk)) == 17
    settled(wiki, desk)
