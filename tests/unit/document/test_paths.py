"""Names from titles, places from trees, and the parent that a place means, case by case."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import permutations
from typing import get_type_hints

import pytest
from pathvalidate import validate_filename

from confsync.document.paths import (
    MAX_CHARACTERS,
    SUFFIX,
    Destination,
    Tree,
    folded,
    slug,
    wanted_parent,
)
from confsync.document.tree import Node, place
from confsync.mirror.moves import move
from confsync.pull.attachments import put_in_place
from confsync.pull.plan import Step
from confsync.pull.step_details import with_move


def test_a_path_is_no_destination_and_a_destination_no_path() -> None:
    """Functions that take both kinds of paths say by types which they mean."""
    assert not issubclass(Destination, str)
    for function, name in ((move, "moves"), (with_move, "moves")):
        assert get_type_hints(function)[name] == Mapping[str, Destination]
    assert get_type_hints(put_in_place)["place"] is Destination
    assert get_type_hints(Step)["before"] == str | None
    assert get_type_hints(Step)["after"] == Destination | None


HOSTILE = [
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows",
        "\\\\host\\share",
        "~root",
        "$HOME",
        "%TEMP%",
    ),
    *("..", ".", "...", ". .", "", " ", "/", "\\", "a/b", "a\\b", "a/../b", "a:b", "a|b", "a?*<>b"),
    *(".git", ".GIT", ".confsync", ".folder.yaml", "index", "INDEX", "Index", "blog", "Blog"),
    *("CON", "con", "nul", "NUL", "Aux", "prn", "com1", "COM¹", "com²", "LPT9", "lpt0", "ＣＯＮ"),
    *("con.txt", "CONIN$", "conout$", "COM", "com10", "index.xhtml", "guide.xhtml", "guide"),
    *("Guide", "GUIDE", "guide.", "guide ", " guide", "guide...", "-guide-", "--", "_", "guide\0"),
    *("gui\nde", "guide\n", "gui\tde", "\x1b[31m", "\u202eediug", "\u200f\u05d0\u05d1", "\u2028"),
    *("İ", "i̇", "ı", "I", "ß", "ss", "SS", "ẞ", "ﬁ", "fi", "Å", "Å", "A\u030a", "å", "Ω", "Ω"),
    *("e\u0301", "é", "\u0301", "\u0301e", "e" + "\u0301" * 100, "ſ", "K", "k", "𝓖𝓾𝓲𝓭𝓮", "²", "½"),
    *("😀" * 255, "中" * 255, "𝒜" * 255, "𠀀" * 255, "가" * 255, "x" * 255, "A " * 127, "नि" * 127),
    *(
        "हिन्दी में",
        "ภาษาไทย",
        "العَرَبِيَّة",
        "עִבְרִית",
        "தமிழ்",
        "a\u200db",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f",
    ),
    *(
        "\u3164",
        "\u115f",
        "ﷺ" * 80,
        "ᾳ",
        "ΰ",
        "ǰ",
        "ŉ",
        "\u1e9e",
        "\u0345",
        "x\u0345",
        "\ud800",
        "\ufeff",
    ),
]


def nodes(titles: list[str], parent: str | None = None) -> list[Node]:
    return [Node(str(1000 + number), title, parent) for number, title in enumerate(titles)]


def check_portable(placed: dict[str, str]) -> None:
    """All of what a path must be, on every platform."""
    for path in placed.values():
        for component in path.split("/"):
            name = component + SUFFIX
            assert not component.startswith((".", "-", " "))
            assert component == component.rstrip(". -")
            assert len(name.encode()) <= 255 - len(".attachments")
            assert component == unicodedata.normalize("NFC", component)
            validate_filename(name, platform="universal")
            validate_filename(component, platform="universal")
            assert folded(component) not in ("con", "nul", "aux", "prn", "blog")
        assert ".." not in path.split("/")
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for fold in (str.casefold, str.lower, str.upper, str):
            seen = {unicodedata.normalize(form, fold(path)) for path in placed.values()}
            assert len(seen) == len(placed), (form, fold)


def test_hostile_titles_have_distinct_portable_contained_places() -> None:
    placed = place(nodes(HOSTILE), None)
    assert len(placed) == len(HOSTILE)
    check_portable(placed)
    below = place([Node("1", "Top", None), *nodes(HOSTILE, "1")], None)
    check_portable(below)
    assert all(path.startswith("top/") for key, path in below.items() if key != "1")


def test_names_have_eighty_characters_at_most_and_then_the_id() -> None:
    for node_id, path in place(nodes(HOSTILE), None).items():
        assert len(path.removesuffix(f"-{node_id}")) <= MAX_CHARACTERS


def test_places_do_not_depend_on_the_order_in_which_pages_come() -> None:
    titles = nodes(["Guide", "guide", "GUIDE!", "guide-1001", "CON", "con"])
    expected = place(titles, None)
    assert {tuple(sorted(place(p, None).items())) for p in permutations(titles)} == {
        tuple(sorted(expected.items()))
    }


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Deployment guide", "deployment-guide"),
        ("C++ & C#: a/b", "c-c-a-b"),
        ("10.0.0 ~ 10.0.2", "10-0-0-10-0-2"),
        ("시스템 구성도 개요", "시스템-구성도-개요"),
        ("Ärger", "ärger"),
        ("A\u0308rger", "ärger"),
        ("हिन्दी में", "हिन्दी-में"),
        ("../../etc/passwd", "etc-passwd"),
        ("😀", ""),
        ("", ""),
        ("İstanbul", "i̇stanbul"),
    ],
)
def test_the_name_of_a_title(title: str, name: str) -> None:
    assert slug(title) == name


def test_a_title_of_which_nothing_can_stand_is_named_by_its_id() -> None:
    assert place([Node("7", "😀", None)], None) == {"7": "page-7"}


def test_reserved_names_get_the_id() -> None:
    titles = ["CON", "index", "Blog", "COM¹"]
    placed = place([Node(str(n), title, None) for n, title in enumerate(titles)], None)
    assert list(placed.values()) == ["con-0", "index-1", "blog-2", "com¹-3"]


def test_in_a_fresh_clone_the_lowest_id_has_the_plain_name() -> None:
    placed = place([Node("10", "Guide", None), Node("9", "GUIDE", None)], None)
    assert placed == {"9": "guide", "10": "guide-10"}


def test_a_title_that_looks_like_a_collision_collides_with_nothing() -> None:
    placed = place(
        [Node("3", "Guide", None), Node("4", "Guide 5", None), Node("5", "Guide", None)], None
    )
    assert placed == {"3": "guide", "4": "guide-5", "5": "guide-5-5"}


def test_who_holds_a_name_keeps_it_whatever_the_title() -> None:
    placed = place([Node("9", "Guide", None), Node("10", "x", None, "guide")], None)
    assert placed == {"9": "guide-9", "10": "guide"}


def test_two_that_hold_one_name_but_for_case_or_form_are_told_apart() -> None:
    placed = place([Node("9", "Guide", None, "Guide"), Node("10", "Guide", None, "guide")], None)
    assert placed == {"9": "Guide", "10": "guide-10"}


def test_names_of_files_without_an_id_stay_short() -> None:
    long = "ไ" * 60
    held = [Node(f"file ENG/{long}{n}.xhtml", long, None, long) for n in range(3)]
    placed = place(held, None)
    assert len(set(placed.values())) == 3
    check_portable(placed)


def test_fixed_paths_stay_and_no_page_takes_a_name_above_them() -> None:
    placed = place([Node("1", "A", None), Node("2", "B", None)], None, ["a/draft", "b"])
    assert placed == {"1": "a-1", "2": "b-2"}


def test_the_home_page_is_index_and_its_children_stand_beside_it() -> None:
    placed = place([Node("1", "Welcome", None), Node("2", "Guide", "1")], "1")
    assert placed == {"1": "index", "2": "guide"}


def test_a_page_that_was_home_gives_the_name_to_the_new_home() -> None:
    placed = place([Node("1", "Old home", None, "index"), Node("2", "New", None, "new")], "2")
    assert placed == {"1": "old-home", "2": "index"}


def test_a_page_keeps_index_while_there_is_no_home_to_have_it() -> None:
    assert place([Node("1", "Old home", None, "index")], None) == {"1": "index"}
    assert place([Node("1", "Old home", None, "index")], "77") == {"1": "index"}


def test_pages_below_an_unknown_page_stand_at_the_top() -> None:
    placed = place([Node("1", "Home", None), Node("2", "Guide", "99"), Node("3", "X", "2")], "1")
    assert placed == {"1": "index", "2": "guide", "3": "guide/x"}


@pytest.mark.parametrize(
    "parents",
    [
        {"1": "1"},
        {"1": "2", "2": "1"},
        {"1": "2", "2": "3", "3": "2"},
        {"5": "6", "6": "6", "7": "5"},
    ],
)
def test_a_circle_ends_and_asks_for_no_move(parents: dict[str, str]) -> None:
    nodes = [Node(key, f"P{key}", parent) for key, parent in parents.items()]
    placed = place([Node("9", "Home", None), *nodes], "9")
    assert placed.keys() == {"9", *parents}
    check_portable(placed)
    tree = tree_of(placed, "9")
    for key, parent in parents.items():
        assert wanted_parent(placed[key] + SUFFIX, parent, tree) == parent


def test_a_deep_tree_needs_no_recursion() -> None:
    deep = [Node(str(n), "p", str(n - 1)) for n in range(1, 3000)]
    assert place(deep, None)["2999"].count("/") == 2998


# -- the wanted parent -----------------------------------------------------------------------------


def tree_of(placed: dict[str, str], home: str | None) -> Tree:
    """Return the tree that a scan would find where these pages and folders stand."""
    owners: dict[str, str | None] = {path: key for key, path in placed.items() if key != home}
    return Tree(owners, home if home in placed else None, frozenset(placed))


TREE = Tree(
    {"guide": "20", "guide/ports": "21", "folder": "30", "draft": None},
    "10",
    frozenset({"10", "20", "21", "30"}),
)


@pytest.mark.parametrize(
    ("path", "base", "wanted"),
    [
        ("guide.xhtml", "10", "10"),
        ("guide/ports.xhtml", "20", "20"),
        ("guide/ports/x.xhtml", "21", "21"),
        ("folder/x.xhtml", "30", "30"),
        # at the top of the space
        ("root-level.xhtml", None, None),
        ("hidden-parent.xhtml", "99", "99"),
        ("index.xhtml", None, None),
        ("index.xhtml", "20", "20"),
        # moved by the user
        ("guide/x.xhtml", "10", "20"),
        ("folder/x.xhtml", "20", "30"),
        ("ports.xhtml", "20", "10"),
        ("guide/root-level.xhtml", None, "20"),
        ("guide/hidden-parent.xhtml", "99", "20"),
        # in a directory that belongs to no page
        ("unknown/x.xhtml", "20", "20"),
        ("unknown/x.xhtml", None, None),
        ("draft/x.xhtml", "20", "20"),
        ("moving~/t1/x.xhtml", "20", "20"),
    ],
)
def test_the_parent_that_a_place_means(path: str, base: str | None, wanted: str | None) -> None:
    assert wanted_parent(path, base, TREE) == wanted


def test_what_confsync_put_at_the_top_wants_its_parent_also_when_that_appears() -> None:
    assert wanted_parent("x.xhtml", "20", TREE, top=True) == "20"
    assert wanted_parent("x.xhtml", None, TREE, top=True) is None
    assert wanted_parent("guide/ports/x.xhtml", "20", TREE, top=True) == "21"


def test_without_a_home_page_nothing_at_the_top_is_moved() -> None:
    tree = Tree({"guide": "20"}, None, frozenset({"20"}))
    assert wanted_parent("x.xhtml", "20", tree) == "20"
    assert wanted_parent("x.xhtml", None, tree) is None
