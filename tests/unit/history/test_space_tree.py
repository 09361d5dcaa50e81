"""The files of a space page by page are those that `tree.place` gives to all pages at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from confsync.document.tree import Node, Post, place, place_posts
from confsync.history.names import Names
from confsync.history.space_tree import Changes, Frame, Item, SpaceTree, circles_of
from confsync.model.page import Folder

HOME = "1"
IDS = [str(n) for n in range(1, 13)]
TITLES = ["Guide", "guide!", "Guide 5", "Index", "con", "???", "blog", "Über", "Page 7"]
FOLDERS = {
    "20": Folder("20", "Guide", "1"),
    "21": Folder("21", "Parts", "20"),
    "22": Folder("22", "Parts", None),
}
TEXTS = {key: f"text {key}" for key in FOLDERS}

pages = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(st.sampled_from(TITLES), st.sampled_from([None, "99", *IDS, *FOLDERS])),
    max_size=10,
)
steps = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.none() | st.tuples(st.sampled_from(TITLES), st.sampled_from([None, "99", *IDS])),
    ),
    max_size=12,
)


def at_once(items: dict[str, Item], home: str | None) -> Changes:
    """All files, as a fresh clone places them."""
    used: set[str] = set()
    waiting = [item.parent for item in items.values()]
    while waiting:
        key = waiting.pop()
        if key in FOLDERS and key not in used:
            used.add(key)
            waiting.append(FOLDERS[key].parent)
    nodes = [Node(i.key, i.title, i.parent) for i in items.values()]
    nodes += [Node(key, FOLDERS[key].title, FOLDERS[key].parent) for key in used]
    placed = place(nodes, home)
    found: Changes = {f"ENG/{placed[key]}.xhtml": item.content for key, item in items.items()}
    return found | {f"ENG/{placed[key]}/.folder.yaml": TEXTS[key] for key in used}


def applied(files: Changes, changes: Changes) -> Changes:
    new = files | changes
    return {path: content for path, content in new.items() if content is not None}


@given(pages, steps)
def test_any_way_to_the_same_pages_gives_the_files_of_a_fresh_clone(
    first: dict[str, tuple[str, str | None]],
    then: list[tuple[str, tuple[str, str | None] | None]],
) -> None:
    last = dict(first)
    for key, page in then:
        last.pop(key, None)
        if page is not None:
            last[key] = page
    parents = {key: parent for key, (_, parent) in last.items()}
    parents |= {key: folder.parent for key, folder in FOLDERS.items()}
    if circles_of(parents, HOME):
        return  # `test_circles` has them
    tree = SpaceTree(Frame("ENG", HOME, FOLDERS, TEXTS))
    files: Changes = {}
    items: dict[str, Item] = {}
    for key, page in [*first.items(), *then]:
        if page is None:
            tree.remove(key)
            items.pop(key, None)
        else:
            items[key] = Item(key, page[0], page[1], f"{key} {page}")
            tree.put(items[key])
            assert tree.item(key) == items[key]
        now = circles_of({k: i.parent for k, i in items.items()}, HOME)
        if not now:
            files = applied(files, tree.changes())
            assert files == at_once(items, HOME)
    files = applied(files, tree.changes())
    assert files == at_once(items, HOME)


@given(pages)
def test_circles_are_broken_where_a_fresh_clone_breaks_them(
    found: dict[str, tuple[str, str | None]],
) -> None:
    items = {key: Item(key, title, parent, key) for key, (title, parent) in found.items()}
    items = {k: i for k, i in items.items() if i.parent not in FOLDERS}
    circles = circles_of({key: item.parent for key, item in items.items()}, HOME)
    tree = SpaceTree(Frame("ENG", HOME, FOLDERS, TEXTS, circles))
    for item in items.values():
        tree.put(item)
    assert applied({}, tree.changes()) == at_once(items, HOME)


@given(st.lists(st.tuples(st.sampled_from(IDS), st.none() | st.sampled_from(TITLES)), max_size=20))
def test_names_are_those_that_all_pages_have_together(
    steps: list[tuple[str, str | None]],
) -> None:
    names, titles, found = Names(), dict[str, str](), dict[str, str]()
    for number, (key, title) in enumerate(steps):
        if title is None:
            names.remove(key)
            titles.pop(key, None)
            found.pop(key, None)
        else:
            names.add(key, title)
            titles[key] = title
        if number % 3:
            found |= names.renamed()
    found |= names.renamed()
    assert found == place([Node(key, title, None) for key, title in titles.items()], None)
    assert len(names) == len(titles)


@given(
    st.dictionaries(
        st.sampled_from(IDS),
        st.tuples(st.sampled_from(TITLES), st.sampled_from(["2026-03-07", "2026-03-08"])),
    )
)
def test_blog_posts_stand_below_their_days(found: dict[str, tuple[str, str]]) -> None:
    tree = SpaceTree(Frame("ENG/blog", None, {}, {}))
    for key, (title, day) in found.items():
        tree.put(Item(key, title, None, key, day))
    placed = place_posts(Post(key, title, day) for key, (title, day) in found.items())
    wanted = {f"ENG/blog/{path}.xhtml": key for key, path in placed.items()}
    assert applied({}, tree.changes()) == wanted


def test_a_change_names_only_the_files_that_change() -> None:
    tree = SpaceTree(Frame("ENG", HOME, FOLDERS, TEXTS))
    for key, title, parent in (("1", "Home", None), ("2", "Guide", "1"), ("3", "Part", "2")):
        tree.put(Item(key, title, parent, f"{title} 1"))
    assert tree.changes() == {
        "ENG/index.xhtml": "Home 1",
        "ENG/guide.xhtml": "Guide 1",
        "ENG/guide/part.xhtml": "Part 1",
    }
    tree.put(Item("3", "Part", "2", "Part 2"))
    assert tree.changes() == {"ENG/guide/part.xhtml": "Part 2"}
    tree.put(Item("2", "Manual", "1", "Guide 2"))
    assert tree.changes() == {
        "ENG/guide.xhtml": None,
        "ENG/guide/part.xhtml": None,
        "ENG/manual.xhtml": "Guide 2",
        "ENG/manual/part.xhtml": "Part 2",
    }
    tree.put(Item("4", "More", "21", "More 1"))
    assert tree.changes() == {
        "ENG/guide/.folder.yaml": "text 20",
        "ENG/guide/parts/.folder.yaml": "text 21",
        "ENG/guide/parts/more.xhtml": "More 1",
    }
    tree.remove("4")
    assert tree.changes() == {
        "ENG/guide/.folder.yaml": None,
        "ENG/guide/parts/.folder.yaml": None,
        "ENG/guide/parts/more.xhtml": None,
    }
    assert tree.changes() == {}
