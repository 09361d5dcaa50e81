"""A page's number among its siblings in front matter: edited here, and moved on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.push import send
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, asks_the_same, quiet, writes

A, B, C, D = (f"ENG/{name}.xhtml" for name in "abcd")


@pytest.fixture
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield a server with the pages A, B, C and D below the home page of ENG."""
    with Sandbox(flavor=getattr(request, "param", "cloud")) as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        for name in "ABCD":
            sandbox.store.create_page("ENG", name, f"<p>{name}</p>", author="Ana")
        sandbox.clear_requests()
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that manages the order."""
    desk = desk_at()
    desk.choose("order")
    desk("pull")
    wiki.clear_requests()
    return desk


def ids(wiki: Sandbox) -> dict[str, str]:
    return {page.title: page.id for page in wiki.store.pages("ENG")}


def shown(wiki: Sandbox) -> str:
    """Return the titles of the pages below the home page, in the server's order."""
    home = wiki.store.space("ENG").homepage_id
    found = [page for page in wiki.store.pages("ENG") if page.parent_id == home]
    return "".join(page.title for page in sorted(found, key=lambda page: page.position))


def is_move(method: str, path: str) -> bool:
    return method == "PUT" and "/move/" in path


def numbers(desk: Desk, *names: str) -> list[str]:
    lines = [desk.text(name).splitlines() for name in names or (A, B, C, D)]
    return [next(line[7:] for line in some if line.startswith("order: ")) for some in lines]


def test_the_numbers_are_written_when_they_are_asked_for(wiki: Sandbox, desk: Desk) -> None:
    assert numbers(desk) == ["1", "2", "3", "4"]
    assert '\n  properties:\n    "@order": {version: 0, digest: ' in desk.text(A)
    quiet(wiki, desk)


def test_a_number_places_the_page(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 2")
    assert desk.json("push", "--dry-run").outcomes == {D: "updated"}
    assert writes(wiki) == []
    run = desk.json("push")
    assert run.outcomes == {D: "updated"}
    assert run.data["pages"][0]["note"] == "order"
    assert shown(wiki) == "ADBC"
    assert [method for method, _ in writes(wiki)] == ["PUT"]
    assert wiki.store.page(ids(wiki)["D"]).version == 1
    desk("pull")
    assert numbers(desk) == ["1", "3", "4", "2"]
    quiet(wiki, desk)


def test_a_swap_is_one_push(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(A, "order: 1", "order: 2")
    desk.edit(B, "order: 2", "order: 1")
    assert desk.json("push").outcomes == {A: "updated", B: "updated"}
    assert shown(wiki) == "BACD"
    assert numbers(desk) == ["2", "1", "3", "4"]
    quiet(wiki, desk)


def test_all_siblings_can_be_turned_round_in_one_push(wiki: Sandbox, desk: Desk) -> None:
    for name, old, new in ((A, 1, 4), (B, 2, 3), (C, 3, 2), (D, 4, 1)):
        desk.edit(name, f"order: {old}", f"order: {new}")
    assert set(desk.json("push").outcomes.values()) == {"updated"}
    assert shown(wiki) == "DCBA"
    assert numbers(desk) == ["4", "3", "2", "1"]
    quiet(wiki, desk)


def test_reorders_in_several_batches_are_one(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first batch's moves give the second batch's pages new numbers."""
    monkeypatch.setattr(send, "lots", lambda entries: [[entry] for entry in entries])
    for name, old, new in ((A, 1, 4), (B, 2, 3), (C, 3, 2), (D, 4, 1)):
        desk.edit(name, f"order: {old}", f"order: {new}")
    assert set(desk.json("push").outcomes.values()) == {"updated"}
    assert shown(wiki) == "DCBA"
    desk("pull")
    assert numbers(desk) == ["4", "3", "2", "1"]
    quiet(wiki, desk)


def test_the_servers_number_comes_into_the_file(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(B, "order: 2", "order: 900  # last")
    run = desk.json("push")
    assert run.data["pages"][0]["note"] == "order, the server's number is 4"
    assert "\norder: 4  # last\n" in desk.text(B)
    assert shown(wiki) == "ACDB"
    desk("pull")
    quiet(wiki, desk)


def test_a_number_goes_with_the_text(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 1")
    desk.edit(D, "<p>D</p>", "<p>Delta</p>")
    assert desk.json("push").data["pages"][0]["note"] == "with order"
    assert shown(wiki) == "DABC"
    assert wiki.store.page(ids(wiki)["D"]).version == 2
    desk("pull")
    quiet(wiki, desk)


def test_an_order_that_is_there_already_moves_nothing(wiki: Sandbox, desk: Desk) -> None:
    """Another person had the same idea, or an earlier push did it."""
    found = ids(wiki)
    desk.edit(D, "order: 4", "order: 1")
    wiki.store.move(found["D"], "before", found["A"])
    assert desk.json("push").outcomes == {D: "updated"}
    assert writes(wiki) == []
    desk("pull")
    quiet(wiki, desk)


def test_what_a_colleague_reorders_comes_with_a_pull(wiki: Sandbox, desk: Desk) -> None:
    found = ids(wiki)
    wiki.store.move(found["D"], "before", found["A"])
    assert set(desk.json("status", "--remote").outcomes.values()) == {"behind"}
    desk("pull")
    assert numbers(desk) == ["2", "3", "4", "1"]
    quiet(wiki, desk)


def test_an_order_that_both_sides_changed_is_refused(wiki: Sandbox, desk: Desk) -> None:
    found = ids(wiki)
    wiki.store.move(found["D"], "before", found["A"])
    desk.edit(D, "order: 4", "order: 2")
    desk.edit(D, "<p>D</p>", "<p>Delta</p>")
    run = desk.json("push", exit=1)
    assert run.outcomes == {D: "rejected"}
    told = "order: the value here was changed, the server has '1'"
    assert run.data["pages"][0]["error"] == told
    assert writes(wiki) == []
    desk.follow(desk("push", exit=1), "confsync pull --ours")
    desk("push")
    assert shown(wiki) == "ADBC"
    desk("pull")
    quiet(wiki, desk)


def test_a_colleague_between_look_and_move_is_seen_afterwards(wiki: Sandbox, desk: Desk) -> None:
    """No server compares anything at a move: the rest of the run's moves stays undone."""
    found = ids(wiki)
    for name, old, new in ((C, 3, 2), (D, 4, 1)):
        desk.edit(name, f"order: {old}", f"order: {new}")

    def faster(method: str, path: str) -> None:
        if is_move(method, path):
            wiki.faults.before = None
            wiki.store.move(found["B"], "before", found["A"])

    wiki.faults.before = faster
    run = desk.json("push", exit=1)
    assert run.outcomes == {C: "failed", D: "failed"}
    assert "another person changed the order" in run.data["pages"][0]["error"]
    assert len(writes(wiki)) == 1
    assert numbers(desk) == ["1", "2", "2", "1"]


def test_a_colleague_between_check_and_move_is_refused(wiki: Sandbox, desk: Desk) -> None:
    found = ids(wiki)
    desk.edit(D, "order: 4", "order: 1")
    desk.edit(D, "<p>D</p>", "<p>Delta</p>")

    def faster(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(found["D"]):
            wiki.faults.before = None
            wiki.store.move(found["D"], "before", found["B"])

    wiki.faults.before = faster
    run = desk.json("push", exit=1)
    assert run.outcomes == {D: "failed"}
    assert "another person changed the order" in run.data["pages"][0]["error"]
    assert shown(wiki) == "ADBC"
    assert desk.json("status").outcomes == {D: "modified"}


def test_a_lost_answer_moves_nothing_twice(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 1")
    wiki.faults.lose_response = is_move
    assert desk.json("push").outcomes == {D: "updated"}
    wiki.faults.lose_response = None
    assert len(writes(wiki)) == 1
    assert shown(wiki) == "DABC"
    desk("pull")
    quiet(wiki, desk)


def test_a_push_that_is_stopped_after_a_move_says_so_and_ends_the_next_time(
    wiki: Sandbox, desk: Desk
) -> None:
    """The siblings cannot be looked at after the move."""
    desk.edit(D, "order: 4", "order: 1")
    moved: list[str] = []
    wiki.faults.before = lambda method, path: moved.append(path) if is_move(method, path) else None
    wiki.faults.refuse = lambda method, path: 503 if moved and "children" in path else None
    run = desk.json("push", exit=3)
    assert run.outcomes == {D: "failed"}
    assert "the next push finds out whether the order" in run.data["pages"][0]["error"]
    wiki.faults.refuse = wiki.faults.before = None
    assert desk.json("push").outcomes == {D: "updated"}
    assert len(moved) == 1
    assert shown(wiki) == "DABC"
    desk("pull")
    quiet(wiki, desk)


def test_a_move_that_failed_is_sent_the_next_time(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 1")
    wiki.faults.refuse = lambda method, path: 503 if is_move(method, path) else None
    run = desk.json("push", exit=3)
    assert run.outcomes == {D: "failed"}
    wiki.faults.refuse = None
    assert shown(wiki) == "ABCD"
    assert desk.json("status").outcomes == {D: "modified"}
    desk("push")
    assert shown(wiki) == "DABC"
    desk("pull")
    quiet(wiki, desk)


def test_a_page_at_the_top_of_a_space_is_not_ordered(wiki: Sandbox, desk: Desk) -> None:
    home = "ENG/index.xhtml"
    line = next(line for line in desk.text(home).splitlines() if line.startswith("order: "))
    desk.edit(home, line, "order: 77")
    desk.edit(home, "title: ", "title: The ")
    run = desk.json("push", exit=1)
    assert run.outcomes == {home: "rejected"}
    assert "the page stands at the top of its space" in run.data["pages"][0]["error"]
    assert writes(wiki) == []


def test_a_page_that_moves_here_is_placed_below_its_new_parent(wiki: Sandbox, desk: Desk) -> None:
    found = ids(wiki)
    for name in "XY":
        wiki.store.create_page("ENG", name, "<p>x</p>", parent=found["A"])
    desk("pull")
    assert numbers(desk, "ENG/a/x.xhtml", "ENG/a/y.xhtml") == ["1", "2"]
    desk.edit(D, "order: 4", "order: 1")
    desk.path(D).rename(desk.path("ENG/a/d.xhtml"))
    wiki.clear_requests()
    assert desk.json("push").outcomes == {"ENG/a/d.xhtml": "moved"}
    below = [page for page in wiki.store.pages("ENG") if page.parent_id == found["A"]]
    assert [page.title for page in sorted(below, key=lambda page: page.position)] == ["D", "X", "Y"]
    desk("pull")
    quiet(wiki, desk)


def test_pages_in_a_folder_are_placed_too(wiki: Sandbox, desk: Desk) -> None:
    folder = wiki.store.create_folder("ENG", "Folder").id
    for name in "XY":
        wiki.store.create_page("ENG", name, "<p>x</p>", parent=folder)
    desk("pull")
    assert numbers(desk, "ENG/folder/x.xhtml", "ENG/folder/y.xhtml") == ["1", "2"]
    desk.edit("ENG/folder/y.xhtml", "order: 2", "order: 1")
    desk("push")
    below = [page for page in wiki.store.pages("ENG") if page.parent_id == folder]
    assert [page.title for page in sorted(below, key=lambda page: page.position)] == ["Y", "X"]
    desk("pull")
    quiet(wiki, desk)


@pytest.mark.parametrize("line", ["order: first", "order: [1, 2]", "order: null", "order: 1.5"])
def test_an_order_is_a_whole_number(wiki: Sandbox, desk: Desk, line: str) -> None:
    desk.edit(B, "order: 2", line)
    said = desk("check", exit=1).out
    assert "ENG/b.xhtml:" in said
    assert "an order is a whole number" in said
    assert desk.json("push", exit=1).outcomes == {B: "rejected"}
    assert writes(wiki) == []


def test_a_new_page_is_placed_by_the_next_push(wiki: Sandbox, desk: Desk) -> None:
    desk("new", "ENG/e.xhtml", "--title", "E")
    desk.edit("ENG/e.xhtml", "title: E", "title: E\norder: 2")
    run = desk.json("push", exit=1)
    assert run.outcomes == {"ENG/e.xhtml": "created"}
    assert "a new page stands behind its siblings" in run.data["pages"][0]["error"]
    desk("push")
    assert shown(wiki) == "AEBCD"
    desk("pull")
    quiet(wiki, desk)


def test_siblings_without_numbers_get_them_with_the_first_move(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    wiki.store.sort_children(wiki.store.space("ENG").homepage_id)
    desk = desk_at()
    desk.choose("order")
    desk("pull")
    assert "order" not in desk.text(D)
    quiet(wiki, desk)
    desk.edit(D, "title: D\n", "title: D\norder: 2\n")
    assert desk.json("push").outcomes == {D: "updated"}
    assert shown(wiki) == "ADBC"
    assert numbers(desk, D) == ["2"]
    desk("pull")
    assert numbers(desk) == ["1", "3", "4", "2"]
    quiet(wiki, desk)


def test_numbers_go_when_a_colleague_sorts_by_title(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.sort_children(wiki.store.space("ENG").homepage_id)
    desk.edit(D, "order: 4", "order: 1")
    assert desk.json("push", exit=1).outcomes == {D: "rejected"}
    assert writes(wiki) == []
    desk("pull", "--theirs", D)
    desk("pull")
    assert numbers(desk) == ["null"] * 4
    quiet(wiki, desk)
    desk.edit(D, "order: null", "order: 1")
    desk("push")
    assert shown(wiki) == "DABC"
    desk("pull")
    assert numbers(desk) == ["2", "3", "4", "1"]
    quiet(wiki, desk)


def test_two_desks_reorder_without_a_lost_change(
    wiki: Sandbox, desk: Desk, desk_at: Callable[..., Desk]
) -> None:
    second = desk_at("second")
    second.choose("order")
    second("pull")
    desk.edit(A, "order: 1", "order: 4")
    second.edit(D, "order: 4", "order: 1")
    desk("push")
    assert shown(wiki) == "BCDA"
    refused = second("push", exit=1)
    assert shown(wiki) == "BCDA"
    second.follow(refused, "confsync pull --ours")
    second("push")
    assert shown(wiki) == "DBCA"
    for one in (desk, second, desk):
        one("pull")
        quiet(wiki, one)


def test_a_run_can_be_taken_back(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 1")
    desk("push")
    desk("pull")
    desk("revert", "--run", "last")
    assert numbers(desk, D) == ["4"]
    desk("push")
    assert shown(wiki) == "ABCD"


def test_a_run_with_two_settings_can_be_taken_back(wiki: Sandbox, desk: Desk) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("[order]", "[order, width]"))
    desk.edit(D, "order: 4", "order: 1\nwidth: full")
    desk("push")
    assert (shown(wiki), len(wiki.store.properties(ids(wiki)["D"]))) == ("DABC", 1)
    desk("pull")
    desk("revert", "--run", "last")
    desk("push")
    assert (shown(wiki), len(wiki.store.properties(ids(wiki)["D"]))) == ("ABCD", 0)


def test_a_plan_names_the_number(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(D, "order: 4", "order: 2")
    assert "order '2'" in desk("diff").out
    desk("push", "--plan", "p.json")
    assert writes(wiki) == []
    desk("push", "--apply", "p.json")
    assert "# order: '2'" in desk("show", D).out
    assert shown(wiki) == "ADBC"


def test_orders_cost_no_request(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    plain, desk = desk_at("plain"), desk_at("ordered")
    desk.choose("order")
    desk("pull")
    asks_the_same(wiki, plain, desk)


@pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)
def test_a_data_center_shows_the_order_and_changes_none(wiki: Sandbox, desk: Desk) -> None:
    found = ids(wiki)
    assert numbers(desk) == ["1", "2", "3", "4"]
    wiki.store.move(found["D"], "before", found["A"])
    desk("pull")
    assert numbers(desk) == ["2", "3", "4", "1"]
    desk.edit(A, "order: 2", "order: 4")
    run = desk.json("push", exit=1)
    assert run.outcomes == {A: "rejected"}
    assert "this server's interface cannot change it" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
