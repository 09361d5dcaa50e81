"""The order of a push: what it says works on a server that checks titles and parents."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.model.hint import MIRROR, marked, typed
from confsync.push.order import Intent, Order, arrange


class Server:
    """Refuses titles that are taken and moves below oneself, as Confluence does."""

    def __init__(self, pages: dict[str, tuple[str, str | None]]) -> None:
        self.pages = dict(pages)

    def write(self, intent: Intent) -> None:
        others = {title for key, (title, _) in self.pages.items() if key != intent.key}
        assert intent.title not in others, f"{intent.path}: the title is taken"
        above = intent.wanted
        while above is not None:
            assert above != intent.key, f"{intent.path}: below itself"
            above = self.pages[above][1] if above in self.pages else None
        self.pages[intent.key] = (intent.title, intent.wanted)


def page(
    key: str, title: str, wanted: str | None, *, was: str = "", under: str | None = None
) -> Intent:
    return Intent(f"{key}.xhtml", key, title, wanted, was or title, under)


def run(server: Server, intents: list[Intent], order: Order, chance: random.Random) -> None:
    """Write round by round, in any order within a round."""
    by_path = {intent.path: intent for intent in intents}
    for paths in order.rounds:
        for path in chance.sample(paths, len(paths)):
            server.write(by_path[path])


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_any_tree_becomes_any_other_where_titles_form_no_circle(
    count: int, chance: random.Random
) -> None:
    keys = [str(number) for number in range(count)]

    def tree() -> dict[str, str | None]:
        shuffled = chance.sample(keys, count)
        return {key: chance.choice([None, *shuffled[:place]]) for place, key in enumerate(shuffled)}

    before, after = tree(), tree()
    server = Server({key: (f"old {key}", before[key]) for key in keys})
    intents = [
        page(key, chance.choice([f"old {key}", f"new {key}"]), after[key], was=f"old {key}")
        for key in keys
    ]
    intents = [
        Intent(one.path, one.key, one.title, one.wanted, one.old_title, before[one.key])
        for one in intents
    ]
    order = arrange(intents, before)
    assert order.stuck == {}
    run(server, intents, order, chance)
    assert server.pages == {one.key: (one.title, one.wanted) for one in intents}


@given(st.permutations(range(6)), st.integers(0, 5), st.randoms(use_true_random=False))
def test_titles_that_are_passed_on_are_stuck_only_where_they_form_a_circle(
    places: list[int], fresh: int, chance: random.Random
) -> None:
    titles = [f"title {place}" for place in places]
    titles[fresh] = "a fresh title"
    intents = [
        page(str(number), titles[number], None, was=f"title {number}") for number in range(6)
    ]
    server = Server({str(number): (f"title {number}", None) for number in range(6)})
    order = arrange(intents, {})
    run(server, intents, order, chance)
    in_circles = {f"{number}.xhtml" for number in range(6) if circular(number, places, fresh)}
    assert set(order.stuck) == in_circles


def circular(number: int, places: list[int], fresh: int) -> bool:
    """Return whether the holder of a page's wanted title waits, in the end, for that page."""
    seen = []
    while number not in seen:
        seen.append(number)
        if number == fresh or places[number] == number:
            return False
        number = places[number]
    return True


def test_a_swap_of_titles_names_the_other_page_and_the_way_out() -> None:
    order = arrange([page("1", "B", None, was="A"), page("2", "A", None, was="B")], {})
    assert order.rounds == ()
    assert typed(order.stuck["1.xhtml"].why, MIRROR) == (
        "2.xhtml has the title 'B' until it is pushed, but it waits for this page"
    )
    assert "third title" in order.stuck["1.xhtml"].hint


def test_titles_are_the_same_in_any_case() -> None:
    order = arrange([page("1", "b", None, was="A"), page("2", "C", None, was="B")], {})
    assert order.rounds == (("2.xhtml",), ("1.xhtml",))
    assert arrange([page("1", "GUIDE", None, was="Guide")], {}).rounds == (("1.xhtml",),)


def test_who_waits_for_a_circle_is_stuck_with_it() -> None:
    intents = [
        page("1", "B", None, was="A"),
        page("2", "A", None, was="B"),
        Intent("3.xhtml", "file 3.xhtml", "C", None, new=True),
        Intent("3/4.xhtml", "4", "D", "file 3.xhtml", "D", "9"),
        page("5", "D2", None),
    ]
    order = arrange(intents, {"4": "9"})
    assert order.rounds == (("3.xhtml", "5.xhtml"), ("3/4.xhtml",))
    assert order.needs["3/4.xhtml"] == {"3.xhtml"}
    assert set(order.stuck) == {"1.xhtml", "2.xhtml"}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Intent("q.xhtml", "2", "C", None, "B", meant=False), "q.xhtml has the title 'B'"),
        (Intent("q.xhtml", "file q.xhtml", "Q", None, new=True, meant=False), "is not on the serv"),
        (Intent("q.xhtml", "2", "Q", None, "Q", "1", meant=False), "a cycle: move q.xhtml"),
    ],
)
def test_what_is_not_to_be_pushed_now_is_named(other: Intent, why: str) -> None:
    wanted = None if other.old_title == "B" else other.key
    intent = Intent("p.xhtml", "1", "B", wanted, "A", "0" if wanted else None)
    order = arrange([intent, other], {"1": "0", "2": other.old_parent})
    assert why in typed(order.stuck["p.xhtml"].why, MIRROR)
    assert order.stuck["p.xhtml"].hint == f"'confsync push {marked('q.xhtml')}' must come first"


def test_what_wants_to_stand_below_itself_is_stuck() -> None:
    intents = [page("1", "A", "2", under="0"), page("2", "B", "1", under="0")]
    order = arrange(intents, {"1": "0", "2": "0"})
    assert set().union(*order.rounds) | set(order.stuck) == {"1.xhtml", "2.xhtml"}
    assert len(order.stuck) == 1
    assert {stuck.why for stuck in order.stuck.values()} == {"this move puts the page below itself"}
