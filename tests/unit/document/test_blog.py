"""Blog posts in the pure parts: days, places, stamps, configuration, what a scan makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from confsync.document.document import parse as read
from confsync.document.document import render, update
from confsync.document.paths import day_of, is_day, place_of_day
from confsync.document.tree import Post, place_posts
from confsync.errors import ConfigError, DocumentError, ServerError
from confsync.mirror.config_file import dump, parse
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, scan
from confsync.model.config import Config, SpaceConfig
from confsync.model.hint import MIRROR, typed
from confsync.model.stamp import Stamp, digest
from confsync.push.order import Intent, arrange
from confsync.remote import rows
from confsync.sync import renames
from confsync.sync.renames import Renamed

DAY = "2026-03-07"
STAMP = Stamp("98310", 7, "8c1f0e5d2a7b4c6d9e0f1a2b3c4d5e6f", posted=DAY)
PAGES = SpaceConfig("ENG", "ENG", blog=True)
BLOG = SpaceConfig("ENG", "ENG/blog", posts=True)


# -- days and places -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [DAY, "0001-01-01", "2024-02-29", "9999-12-31"])
def test_a_day_is_one_of_the_calendar(text: str) -> None:
    assert is_day(text)
    assert day_of(f"{place_of_day(text)}/a.xhtml") == text


@pytest.mark.parametrize(
    "text", ["", "2026-3-7", "2026-02-29", "0000-01-01", "2026-13-01", "２０２６-03-07", f"{DAY}\n"]
)
def test_nothing_else_is_a_day(text: str) -> None:
    assert not is_day(text)


@pytest.mark.parametrize(
    "path",
    ["a.xhtml", "2026/a.xhtml", "2026/03/a.xhtml", "2026/03/07/b/a.xhtml", "2026/02/30/a.xhtml"],
)
def test_a_place_below_no_day_means_none(path: str) -> None:
    assert day_of(path) is None


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-03-07T09:30:00.000Z", DAY),
        ("2026-03-07T23:30:00.000-01:00", "2026-03-08"),
        ("2026-03-07T00:30:00.000+0100", "2026-03-06"),
        ("2026-03-07", DAY),
    ],
)
def test_the_day_of_a_time_is_the_same_for_everybody(when: str, day: str) -> None:
    assert rows.day_of(when) == day


@pytest.mark.parametrize("when", [None, "", "yesterday", "../../etc", 7, "9999-12-31T23:00-05:00"])
def test_an_answer_without_a_time_is_no_answer(when: object) -> None:
    with pytest.raises(ServerError, match="when the blog post was created"):
        rows.day_of(when)


def test_posts_have_distinct_places_below_their_days() -> None:
    posts = [
        Post("3", "News", DAY),
        Post("1", "news!", DAY),
        Post("2", "News", "2026-03-08"),
        Post("4", "What", DAY, "held"),
        Post("5", "Held", DAY),
        Post("6", "//", DAY),
    ]
    assert place_posts(posts, ["2026/03/08/news", "elsewhere/news"]) == {
        "1": "2026/03/07/news",
        "2": "2026/03/08/news-2",
        "3": "2026/03/07/news-3",
        "4": "2026/03/07/held",
        "5": "2026/03/07/held-5",
        "6": "2026/03/07/page-6",
    }


# -- the stamp -------------------------------------------------------------------------------------


def test_the_stamp_of_a_post_says_its_day_and_no_parent() -> None:
    raw = render("News", "<p>a</p>", STAMP, labels=("ops",))
    assert raw.decode() == (
        '---\ntitle: News\nlabels: [ops]\nconfluence:\n  id: "98310"\n  version: 7\n'
        '  digest: 8c1f0e5d2a7b4c6d9e0f1a2b3c4d5e6f\n  blogpost: "2026-03-07"\n---\n<p>a</p>\n'
    )
    found = read(raw, "news.xhtml")
    assert found.stamp == STAMP
    assert update(found, STAMP) == raw
    later = read(update(found, replace(STAMP, posted="2026-03-08")), "news.xhtml")
    assert later.stamp == replace(STAMP, posted="2026-03-08")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("  blogpost: yesterday\n", "not a valid blogpost"),
        ("  blogpost: 2026-02-30\n", "not a valid blogpost"),
        ("  blogpost: [a]\n", "must be text"),
        (f'  blogpost: "{DAY}"\n  parent: "7"\n', "no parent"),
        (f'  blogpost: "{DAY}"\n  place: top\n', "no parent and no place"),
    ],
)
def test_a_stamp_that_confsync_would_not_write_is_refused(more: str, problem: str) -> None:
    front = f'confluence:\n  id: "1"\n  version: 1\n  digest: {"0" * 32}\n{more}'
    with pytest.raises(DocumentError, match=problem):
        read(f"---\ntitle: A\n{front}---\n".encode(), "a.xhtml")


# -- the configuration -----------------------------------------------------------------------------


def test_a_blog_is_a_space_of_its_own_below_its_space() -> None:
    text = (
        "url: https://a.example\nspaces:\n  - key: ENG\n    blog: true\n    archived: true\n"
        '    include: [guide, "blog/2026/**", "98"]\n    exclude: ["7", "**/draft"]\n'
        "  - key: OPS\n"
    )
    space, posts, other = parse(text).spaces
    assert (space.path, space.blog, space.posts) == ("ENG", True, False)
    assert posts == SpaceConfig(
        "ENG", "ENG/blog", None, ("blog/2026/**",), ("7", "**/draft"), posts=True
    )
    assert other == SpaceConfig("OPS", "OPS")
    assert [(s.key, s.blog, s.posts) for s in parse(dump(parse(text))).spaces] == [
        ("ENG", True, False),
        ("ENG", False, True),
        ("OPS", False, False),
    ]


def test_a_path_is_in_one_of_them() -> None:
    inside = {"ENG/a.xhtml": PAGES, "ENG/blogs/a.xhtml": PAGES, "ENG/blog/2026/a.xhtml": BLOG}
    for path, space in inside.items():
        assert [one for one in (PAGES, BLOG) if one.holds(path)] == [space]
    assert SpaceConfig("ENG", "ENG").holds("ENG/blog/2026/a.xhtml")


def test_one_blog_is_mirrored_once() -> None:
    text = (
        "url: https://a.example\nspaces:\n  - key: ENG\n    blog: true\n"
        "  - {key: eng, path: sub, root: '7', blog: true}\n"
    )
    with pytest.raises(ConfigError, match=r":5: the blog of 'eng' is already mirrored in 'ENG'"):
        parse(text)


# -- the scan --------------------------------------------------------------------------------------


def put(root: Path, name: str, page_id: str, day: str | None = None) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = Stamp(page_id, 1, digest("P", "<p/>"), None if day else "9", posted=day)
    path.write_bytes(render("P", "<p/>", stamp))


def scanned(root: Path, *spaces: SpaceConfig) -> tuple[list[SpaceScan], dict[str, Entry]]:
    scans = list(scan(root, spaces))
    return scans, {entry.path: entry for one in scans for entry in one.entries}


def test_posts_and_pages_are_scanned_apart(tmp_path: Path) -> None:
    put(tmp_path, "ENG/guide.xhtml", "1")
    put(tmp_path, "ENG/guide/blog/x.xhtml", "2")
    put(tmp_path, "ENG/blog/2026/03/07/news.xhtml", "3", DAY)
    put(tmp_path, "ENG/blog/2026/03/08/other.xhtml", "4", DAY)
    (pages, posts), entries = scanned(tmp_path, PAGES, BLOG)
    assert [e.page_id for e in pages.entries] == ["2", "1"]
    assert [e.page_id for e in posts.entries] == ["3", "4"]
    right, wrong = (entries[f"ENG/blog/2026/03/0{n}"] for n in ("7/news.xhtml", "8/other.xhtml"))
    assert [posts.wanted(e) for e in (right, wrong)] == [None, None]
    assert [posts.moves(e) for e in (right, wrong)] == [False, True]


@pytest.mark.parametrize(
    ("name", "day", "spaces", "problem"),
    [
        ("ENG/news.xhtml", DAY, (PAGES, BLOG), "stands outside blog/2026/03/07/"),
        ("ENG/news.xhtml", DAY, (SpaceConfig("ENG", "ENG"),), "stands outside blog/"),
        ("ENG/blog/a.xhtml", None, (PAGES, BLOG), "a page cannot become a blog post"),
        ("ENG/blog/a.xhtml", DAY, (SpaceConfig("ENG", "ENG"),), "the blog of ENG is not mirrored"),
    ],
)
def test_what_stands_where_it_cannot_is_an_error_that_keeps_its_id(
    tmp_path: Path, name: str, day: str | None, spaces: tuple[SpaceConfig, ...], problem: str
) -> None:
    put(tmp_path, name, "7", day)
    _, entries = scanned(tmp_path, *spaces)
    entry = entries[name]
    assert (entry.document, entry.claimed_id) == (None, "7")
    assert entry.error is not None
    assert problem in entry.error.problem


# -- the order of a push, and links ----------------------------------------------------------------


def test_titles_are_unique_within_a_day() -> None:
    one = Intent("a", "1", "B", None, "A", room=DAY)
    other = Intent("b", "2", "A", None, "B", room="2026-03-08")
    assert set(arrange([one, other], {}).rounds[0]) == {"a", "b"}
    same = replace(other, room=DAY)
    assert set(arrange([one, same], {}).stuck) == {"a", "b"}
    waits = arrange([replace(one, title="B"), replace(same, title="C")], {})
    assert waits.rounds == (("b",), ("a",))


def test_a_link_to_a_post_is_none_to_a_page_of_that_title(tmp_path: Path) -> None:
    to_post = '<ac:link><ri:blog-post ri:content-title="News" /></ac:link>'
    to_page = '<ac:link><ri:page ri:content-title="News" /></ac:link>'
    for name, link in (("post", to_post), ("page", to_page)):
        path = tmp_path / f"ENG/{name}.xhtml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\ntitle: {name}\n---\n{link}\n")
    mirror = Mirror(tmp_path, Config("https://a.example/wiki", (PAGES,)))
    for post, name in ((True, "post"), (False, "page")):
        (note,) = renames.notes(mirror, [Renamed("ENG", "News", "Old news", post)])
        assert typed(note, MIRROR).endswith(f": ENG/{name}.xhtml")
