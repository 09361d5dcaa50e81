"""The three-way merge of lines: what merges, and what a person must settle."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.diff import line_merge
from confsync.document import layout, storage_format
from confsync.mirror.git import texts

FIVE = "a\nb\nc\nd\ne\n"


def merge(base: str, ours: str, theirs: str, *, neighbours: bool = True) -> str:
    changes = texts.changes(base, (ours, theirs))
    assert changes is not None
    lines = texts.lines_of(base)
    regions = line_merge.merge(lines, *changes, neighbours=neighbours)
    return line_merge.text_of(regions, line_merge.Markers("ours", "theirs"))


def conflict(ours: str, theirs: str) -> str:
    """Return a conflict between two words, each a line or nothing."""
    return f"<<<<<<< ours\n{line(ours)}=======\n{line(theirs)}>>>>>>> theirs\n"


def line(word: str) -> str:
    return f"{word}\n" if word else ""


@pytest.mark.parametrize(
    ("body", "ours", "theirs"),
    [
        ("<p>One.</p><p>Two.</p>", "One", "Two"),
        ("<table><tbody><tr><td>One</td><td>Two</td></tr></tbody></table>", "One", "Two"),
        ("<ul><li>One</li><li>Two</li></ul>", "One", "Two"),
        ("<ol><li>One</li><li>Two</li><li>Three</li></ol>", "Two", "Three"),
        ("<h1>One</h1><p>Two.</p>", "Two", "One"),
    ],
)
def test_neighbouring_blocks_that_two_people_edited_merge(
    body: str, ours: str, theirs: str
) -> None:
    mine = body.replace(ours, f"{ours}, mine")
    hers = body.replace(theirs, f"{theirs}, hers")
    merged = merge(*map(layout.lay, (body, mine, hers)))
    both = body.replace(ours, f"{ours}, mine").replace(theirs, f"{theirs}, hers")
    assert merged == layout.lay(both)
    assert storage_format.check(merged) is None
    apart = merge(*map(layout.lay, (body, mine, hers)), neighbours=False)
    assert "<<<<<<<" in apart


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        ("A\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "A\nB\nc\nd\ne\n"),
        ("a\nB\nC\nd\ne\n", "A\nb\nc\nD\ne\n", "A\nB\nC\nD\ne\n"),
        ("A\nb\nc\nd\ne\n", "a\nnew\nb\nc\nd\ne\n", "A\nnew\nb\nc\nd\ne\n"),
        ("b\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "B\nc\nd\ne\n"),
        ("c\nd\ne\n", "a\nb\nnew\nc\nd\ne\n", "new\nc\nd\ne\n"),
        ("a\nb\nc\nd\n", "a\nb\nc\nD\ne\n", "a\nb\nc\nD\n"),
        ("new\na\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "new\nA\nb\nc\nd\ne\n"),
        ("a\nB1\nC1\nd\ne\n", "a\nb\nnew\nc\nd\ne\n", "a\nB1\nnew\nC1\nd\ne\n"),
        ("A\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n"),
        ("new\na\nb\nc\nd\ne\n", "new\na\nb\nc\nd\ne\n", "new\na\nb\nc\nd\ne\n"),
        (FIVE, "a\n", "a\n"),
        ("", FIVE, ""),
    ],
)
def test_no_line_that_both_changed(ours: str, theirs: str, merged: str) -> None:
    assert merge(FIVE, ours, theirs) == merged
    assert merge(FIVE, theirs, ours) == merged


def test_the_same_line_is_a_conflict_and_its_neighbours_are_none() -> None:
    ours, theirs = "A1\nB1\nc\nd\ne\n", "a\nB2\nC2\nd\ne\n"
    assert merge(FIVE, ours, theirs) == f"A1\n{conflict('B1', 'B2')}C2\nd\ne\n"


def test_an_edit_of_a_line_that_the_other_side_deleted_is_a_conflict() -> None:
    assert merge(FIVE, "a\nB\nc\nd\ne\n", "a\nc\nd\ne\n") == f"a\n{conflict('B', '')}c\nd\ne\n"


def test_insertions_of_both_sides_at_one_place_are_a_conflict() -> None:
    ours, theirs = "a\nx\nb\nc\nd\ne\n", "a\ny\nb\nc\nd\ne\n"
    assert merge(FIVE, ours, theirs) == f"a\n{conflict('x', 'y')}b\nc\nd\ne\n"


def test_insertions_at_one_place_are_a_conflict_beside_edits_too() -> None:
    base = "<p>first</p>\n<p>second</p>\n"
    ours = "<p>first, mine</p>\n<p>x</p>\n<p>second</p>\n"
    theirs = "<p>first</p>\n<p>y</p>\n<p>second, hers</p>\n"
    between = conflict("<p>x</p>", "<p>y</p>")
    assert merge(base, ours, theirs) == f"<p>first, mine</p>\n{between}<p>second, hers</p>\n"


def test_lines_that_both_inserted_stand_there_once() -> None:
    ours, theirs = "a\nsame\nx\nb\nc\nd\ne\n", "a\nsame\ny\nb\nc\nd\ne\n"
    assert merge(FIVE, ours, theirs) == f"a\nsame\n{conflict('x', 'y')}b\nc\nd\ne\n"


def test_an_insertion_into_what_the_other_side_deleted_is_a_conflict() -> None:
    base, ours = "<ul>\n<li>1</li>\n<li>2</li>\n</ul>\nz\n", "z\n"
    theirs = "<ul>\n<li>1</li>\n<li>new</li>\n<li>2</li>\n</ul>\nz\n"
    assert merge(base, ours, theirs) == f"{conflict('', theirs[:-3])}z\n"


@pytest.mark.parametrize(
    "theirs",
    [
        "a\nB\nc\nd\ne\n",  # an edit of the block
        "a\nc\nd\ne\n",  # a deletion of the block
        "a\nb\nnew\nc\nd\ne\n",  # an insertion beside the block
        "a\nc\nb\nd\ne\n",  # a move of the block to another place
    ],
)
def test_a_block_that_one_side_moved_and_the_other_changed_is_a_conflict(theirs: str) -> None:
    ours = "a\nc\nd\ne\nb\n"
    for one, other in ((ours, theirs), (theirs, ours)):
        merged = merge(FIVE, one, other)
        assert "<<<<<<<" in merged
        added = {*texts.lines_of(one), *texts.lines_of(other)} - {*texts.lines_of(FIVE)}
        assert added <= {*texts.lines_of(merged)}


def test_a_block_that_one_side_moved_and_the_other_left_alone_moves() -> None:
    assert merge(FIVE, "a\nc\nd\ne\nb\n", "A\nb\nC\nd\ne\n") == "A\nC\nd\ne\nb\n"


def test_a_text_without_a_last_line_end_keeps_the_lines_of_its_markers_apart() -> None:
    assert merge("a", "b", "c") == conflict("b", "c")
    assert merge("a\nb", "A\nb", "a\nB") == "A\nB"


def test_only_lf_ends_a_line() -> None:
    assert merge("a\r\nb\x85\n", "A\r\nb\x85\n", "a\r\nB\x85\n") == "A\r\nB\x85\n"


def test_a_block_that_was_written_anew_at_length_is_one_change() -> None:
    """Beyond so many pairs of lines confsync does not look which became which."""
    old = "".join(f"<p>old {number}</p>\n" for number in range(40))
    new = "".join(f"<p>new {number}</p>\n" for number in range(50))
    inside = old.replace("<p>old 20</p>\n", "<p>old 20</p>\n<p>hers</p>\n")
    assert merge(f"a\n{old}z\n", f"a\n{new}z\n", f"A\n{old}Z\n") == f"A\n{new}Z\n"
    assert "<<<<<<<" in merge(f"a\n{old}z\n", f"a\n{new}z\n", f"a\n{inside}z\n")


def test_the_users_settings_of_git_do_not_change_a_merge(_own_home: Path) -> None:
    base, ours, theirs = FIVE, "A\nb\nC\nd\ne\n", "a\nB\nc\nD\ne\n"
    plain = merge(base, ours, theirs)
    with (_own_home / ".gitconfig").open("a") as file:
        file.write("[diff]\n context = 9\n interHunkContext = 9\n algorithm = minimal\n")
        file.write(
            " noPrefix = true\n colorMoved = zebra\n external = false\n wsErrorHighlight = all\n"
        )
        file.write("[color]\n ui = always\n[core]\n pager = cat\n")
    assert merge(base, ours, theirs) == plain == "A\nB\nC\nD\ne\n"
