"""Places are distinct, portable, stable, and mean the parents that the pages have."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from confsync.document.paths import SUFFIX, folded, slug, wanted_parent
from confsync.document.tree import Node, place
from tests.unit.document.test_paths import HOSTILE, check_portable, tree_of

titles = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=255)
    | st.text("gG uUß./İi̇é\u0301", max_size=4)
    | st.sampled_from(["Guide", "guide", "GUIDE", "Guide 2", "guide-2", "guide 3"])
)


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Node], str | None]:
    """Pages and folders in a tree: some at the top, some below parents that are not here."""
    keys = [str(n) for n in draw(st.permutations(range(1, draw(st.integers(1, 14)) + 1)))]
    made: list[Node] = []
    for number, key in enumerate(keys):
        above = st.sampled_from(keys[:number]) if number else st.none()
        parent = draw(above | st.sampled_from([None, "98", "99"]))
        made.append(Node(key, draw(titles), parent))
    home = draw(st.sampled_from([None, "97", *keys]))
    return made, home


@given(st.lists(titles, max_size=25))
def test_any_titles_have_distinct_portable_places(names: list[str]) -> None:
    nodes = [Node(str(n), title, None) for n, title in enumerate(names)]
    placed = place(nodes, None)
    assert placed.keys() == {node.key for node in nodes}
    check_portable(placed)


@given(trees(), st.randoms(use_true_random=False))
def test_places_are_the_same_for_any_order(
    tree: tuple[list[Node], str | None], random: object
) -> None:
    nodes, home = tree
    expected = place(nodes, home)
    shuffled = list(nodes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert place(shuffled, home) == expected
    check_portable(expected)


def holding(nodes: list[Node], placed: dict[str, str]) -> list[Node]:
    """Return the nodes as the next pull sees them: each holds the name that it has."""
    return [replace(node, held=placed[node.key].rpartition("/")[2]) for node in nodes]


@given(trees())
def test_a_second_pull_moves_nothing(tree: tuple[list[Node], str | None]) -> None:
    nodes, home = tree
    placed = place(nodes, home)
    assert place(holding(nodes, placed), home) == placed


@given(trees(), st.lists(st.tuples(titles, st.integers(0, 16)), max_size=6))
def test_newcomers_never_rename_who_is_there(
    tree: tuple[list[Node], str | None], newcomers: list[tuple[str, int]]
) -> None:
    nodes, home = tree
    before = place(nodes, home)
    # Lower ids than all others, so that it is not their number that makes them wait.
    new = [Node(f"0{n}", title, str(parent)) for n, (title, parent) in enumerate(newcomers)]
    after = place([*new, *holding(nodes, before)], home)
    assert {key: after[key] for key in before} == before
    check_portable(after)


@given(trees())
def test_what_was_placed_wants_the_parent_that_it_has(tree: tuple[list[Node], str | None]) -> None:
    nodes, home = tree
    placed = place(nodes, home)
    scanned = tree_of(placed, home)
    for node in nodes:
        assert wanted_parent(placed[node.key] + SUFFIX, node.parent, scanned) == node.parent


@given(trees(), st.data())
def test_a_page_that_is_not_there_yet_or_any_more_moves_no_other(
    tree: tuple[list[Node], str | None], data: st.DataObject
) -> None:
    nodes, home = tree
    placed = place(nodes, home)
    missing = data.draw(st.sampled_from(nodes)).key
    scanned = tree_of({key: path for key, path in placed.items() if key != missing}, home)
    for node in nodes:
        if node.key != missing:
            assert wanted_parent(placed[node.key] + SUFFIX, node.parent, scanned) == node.parent


@given(st.lists(st.tuples(titles, st.integers(0, 12)), max_size=12))
def test_any_graph_at_all_ends_and_asks_for_no_move(graph: list[tuple[str, int]]) -> None:
    nodes = [Node(str(n), title, str(parent)) for n, (title, parent) in enumerate(graph)]
    nodes.append(Node("77", "Home", None))
    placed = place(nodes, "77")
    assert placed.keys() == {node.key for node in nodes}
    check_portable(placed)
    scanned = tree_of(placed, "77")
    for node in nodes:
        assert wanted_parent(placed[node.key] + SUFFIX, node.parent, scanned) == node.parent


@given(titles)
def test_a_name_is_its_own_name(title: str) -> None:
    name = slug(title)
    assert slug(name) == name
    assert folded(folded(name)) == folded(name)


# -- real titles -----------------------------------------------------------------------------------


def test_all_titles_of_the_corpus_have_distinct_portable_places(corpus: Path) -> None:
    lines = (corpus / "titles.tsv").read_bytes().decode().rstrip("\n").split("\n")
    names = [json.loads(line.split("\t")[0]) for line in lines]
    assert len(names) > 100
    nodes = [Node(str(n), title, None) for n, title in enumerate(names)]
    placed = place(nodes, None)
    assert placed.keys() == {node.key for node in nodes}
    check_portable(placed)
    assert place(reversed(nodes), None) == placed


def test_the_tree_of_the_corpus_is_placed_as_it_hangs(corpus: Path) -> None:
    pages = yaml.safe_load((corpus / "page-tree.yaml").read_bytes())
    by_crumbs = {tuple(page["breadcrumbs"]): page["page_id"] for page in pages}
    home = pages[0]["page_id"]
    nodes = [
        Node(page["page_id"], page["title_orig"], by_crumbs.get(tuple(page["breadcrumbs"][:-1])))
        for page in pages
    ]
    nodes = [replace(n, parent=n.parent or (home if n.key != home else None)) for n in nodes]
    placed = place(nodes, home)
    assert placed[home] == "index"
    assert len(placed) == len(pages) > 100
    check_portable(placed)
    scanned = tree_of(placed, home)
    for node in nodes:
        assert wanted_parent(placed[node.key] + SUFFIX, node.parent, scanned) == node.parent
        if node.parent not in (None, home):
            assert placed[node.key].rpartition("/")[0] == placed[node.parent or ""]
    assert place(holding(nodes, placed), home) == placed
