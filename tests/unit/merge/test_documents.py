"""The merge of two documents of a page, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from confsync.document import document
from confsync.document.document import Document, Fields
from confsync.document.settings.names import RESTRICTIONS
from confsync.merge.documents import Witness, merge
from confsync.merge.stamps import Sides
from confsync.model.stamp import Attached, Layout, Property
from tests.unit.merge.pages import PageHistory, body_of, merged, sides_of, told

# What the server has: each version changes a paragraph of its own.
PAGE = PageHistory(
    (
        "a b c d e f",
        "a2 b c d e f",
        "a2 b3 c d e f",
        "a2 b3 c4 d e f",
        "a2 b3 c4 d5 e f",
    )
)
doc = PAGE.document


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "result"),
    [
        # The same stamp on all sides: an ordinary merge.
        (doc(1), doc(1, "A b c d e f"), doc(1, "a b c d e F"), "v1 A b c d e F"),
        (doc(1), doc(1, "A b c d e f"), doc(1, "X b c d e f"), "conflict"),
        # One side pulled, or pushed.
        (doc(1), doc(1, "a b c d e F"), doc(2), "v2 a2 b c d e F"),
        (doc(1), doc(2), doc(1, "a b c d e F"), "v2 a2 b c d e F"),
        (doc(1), doc(2, "a2 b c d E f"), doc(1, "a b c d e F"), "v2 a2 b c d E F"),
        # Both pulled. What the server changed between is no conflict.
        (doc(1), doc(2, "a2 b c d e F"), doc(3), "v3 a2 b3 c d e F"),
        (doc(1), doc(3), doc(2, "a2 b c d e F"), "v3 a2 b3 c d e F"),
        (doc(1), doc(3, "a2 b3 c d E f"), doc(3, "a2 b3 c d e F"), "v3 a2 b3 c d E F"),
        # A paragraph that a side put back to what the ancestor has is an edit.
        (doc(1), doc(2, "a b c d e f"), doc(3, "a2 b3 c d e F"), "v3 a b3 c d e F"),
        (doc(1), doc(3, "a b3 c d e f"), doc(3, "a2 b3 c d e F"), "v3 a b3 c d e F"),
        # Both sides changed the same paragraph.
        (doc(1), doc(1, "A b c d e f"), doc(2), "conflict"),
        (doc(1), doc(2, "a2 B c d e f"), doc(3), "conflict"),
        # A side went back: its older text is an edit.
        (doc(3), doc(1), doc(3, "a2 b3 c d e F"), "v3 a b c d e F"),
        (doc(3), doc(3, "a2 b3 c d e F"), doc(1), "v3 a b c d e F"),
        (doc(3), doc(1), doc(4), "v4 a b c4 d e f"),
        (doc(3), doc(4), doc(1), "v4 a b c4 d e f"),
        (doc(3), doc(1), doc(2, "a2 b c d e F"), "v2 a b c d e F"),
        # An edit that was never pushed went back.
        (doc(1, "a b c d e F"), doc(2, "a2 b c d e F"), doc(1), "v2 a2 b c d e f"),
        (doc(1, "a b c d e F"), doc(1), doc(2, "a2 b c d e F"), "v2 a2 b c d e f"),
        (doc(1, "a b c d e F"), doc(2), doc(3, "a2 b3 c d e F"), "v3 a2 b3 c d e f"),
        (doc(1, "a b c d e F"), doc(2, "a2 b c d e F"), doc(3), "v3 a2 b3 c d e f"),
        # The edit that both sides began with and the page between are in conflict.
        (doc(1, "A b c d e f"), doc(2), doc(3, "A b3 c d e f"), "undecided"),
        # Both sides added the document.
        (None, doc(2, "a2 b c d e F"), doc(3), "v3 a2 b3 c d e F"),
        (None, doc(2, "a2 b c d e F"), doc(2), "v2 a2 b c d e F"),
        (None, PAGE.new("a b c d e F"), doc(1), "undecided"),
        (None, PAGE.new("a b c d e f"), doc(1), "v1 a b c d e f"),
        # The page was created on one side.
        (PAGE.new("a b c d e"), PAGE.new("a b c d E"), doc(1), "v1 a b c d E f"),
        (PAGE.new("a b c d e"), doc(1), PAGE.new("a b c d E"), "v1 a b c d E f"),
        # A side lost the stamp of the creation.
        (doc(1), doc(1, "a b c d e F"), PAGE.new("a b c d"), "conflict"),
        (doc(1), PAGE.new("a b c d e f"), doc(1, "a b c d e F"), "undecided"),
        # No stamp at all is no page of a server.
        (PAGE.new("a"), PAGE.new("a b"), PAGE.new("a c"), "undecided"),
    ],
)
def test_each_case(
    ancestor: Document | None, ours: Document, theirs: Document, result: str
) -> None:
    assert told(merge(sides_of(ancestor, ours, theirs), PAGE.witness())) == result


@pytest.mark.parametrize(
    ("ancestor", "theirs", "result"),
    [
        (doc(3), doc(3, "a2 b3 c d e F"), "v1 a b c d e F"),
        (doc(3), doc(4), "v1 a b c4 d e f"),
        (doc(3), doc(4, "a2 b3 c4 d e F"), "v1 a b c4 d e F"),
        (doc(3), doc(2, "a2 b c d e F"), "v1 a b c d e F"),
    ],
)
def test_a_change_that_is_picked_onto_an_older_version_brings_no_newer_stamp(
    ancestor: Document, theirs: Document, result: str
) -> None:
    found = merge(sides_of(ancestor, doc(1), theirs), PAGE.witness(had=False))
    assert told(found) == result


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "result"),
    [
        # Theirs pushed what it began with; ours never had it.
        (doc(1, "a2 b c d e f"), doc(1, "a b c d e F"), doc(2), "v2 a2 b c d e F"),
        (doc(1, "a2 b c d e f"), doc(1), doc(2, "a2 b c d E f"), "v2 a2 b c d E f"),
        (doc(1, "a b3 c d e f"), doc(2, "a2 b c d e F"), doc(3), "v3 a2 b3 c d e F"),
        # Ours has it, as after a rebase, and the server stored it in another form.
        (doc(1, "A b c d e f"), doc(1, "A b c d e F"), doc(2), "v2 a2 b c d e F"),
        # A new page: nothing tells what ours began with.
        (PAGE.new("a b c d e f"), PAGE.new("a b"), doc(1), "undecided"),
        # Theirs is the older side: ours keeps its text, and gets the change alone.
        (doc(1, "A b c d e f"), doc(2), doc(1, "A b c d e F"), "v2 a2 b c d e F"),
    ],
)
def test_no_stamp_comes_without_the_edit_that_our_branch_never_had(
    ancestor: Document, ours: Document, theirs: Document, result: str
) -> None:
    assert told(merge(sides_of(ancestor, ours, theirs), PAGE.witness(had=False))) == result


def test_a_base_that_no_one_has_is_not_guessed() -> None:
    nothing = Witness(lambda _: None, lambda _: True, lambda *_: False)
    sides = sides_of(doc(1), doc(2, "a2 b c d e F"), doc(3))
    assert merge(sides, nothing) is None
    assert told(merge(sides, PAGE.witness())) == "v3 a2 b3 c d e F"


def test_documents_of_two_pages_are_not_merged() -> None:
    other = PageHistory(PAGE.versions, id="8")
    assert merge(sides_of(doc(1), doc(2), other.document(3)), PAGE.witness()) is None
    # The ancestor may be another page's: then both sides added theirs.
    found = merge(sides_of(other.document(1), doc(2, "a2 b c d e F"), doc(3)), PAGE.witness())
    assert told(found) == "v3 a2 b3 c d e F"


def test_a_text_that_landed_is_in_the_newer_side() -> None:
    """The server rewrote the paragraph that was sent."""
    sent, stored = doc(1, "A b c d e f"), PageHistory((PAGE.versions[0], "A-stored b c d e f"))
    newer = stored.document(2, "A-stored b c d e F")
    for sides in (sides_of(doc(1), newer, sent), sides_of(doc(1), sent, newer)):
        assert told(merge(sides, stored.witness())) == "conflict"
        witness = replace(stored.witness(), landed=lambda found, _: found.digest == sent.digest)
        assert told(merge(sides, witness)) == "v2 A-stored b c d e F"


def test_a_creation_that_landed_is_in_the_newer_side() -> None:
    witness = replace(PAGE.witness(), landed=lambda *_: True)
    assert told(merge(sides_of(None, PAGE.new("a"), doc(1)), witness)) == "v1 a b c d e f"


def test_an_edit_that_landed_before_both_sides_is_in_the_page_between() -> None:
    stored = PageHistory((PAGE.versions[0], "A-stored b c d e f", "A-stored b3 c d e f"))
    began = stored.document(1, "A b c d e f")
    sides = sides_of(began, stored.document(2, "A-stored b c d e F"), stored.document(3))
    assert told(merge(sides, stored.witness())) == "undecided"
    witness = replace(stored.witness(), landed=lambda found, _: found.digest == began.digest)
    assert told(merge(sides, witness)) == "v3 A-stored b3 c d e F"


# -- front matter ----------------------------------------------------------------------------------


def front_of(data: bytes) -> list[str]:
    """Return the lines of a document's front matter, without its stamp."""
    lines = data.decode().split("\n---\n")[0].split("\n")[1:]
    return [line for line in lines if not line.startswith(("  ", "confluence:"))]


def test_a_persons_own_keys_merge_by_lines() -> None:
    found = merged(
        PAGE.witness(),
        doc(1, own="owner: ops\nteam: red\n"),
        doc(2, own="# ours\nowner: ops\nteam: red\n"),
        doc(1, "a b c d e F", own="owner: ops\nteam: blue\n"),
    )
    assert told(found) == "v2 a2 b c d e F"
    assert front_of(found.data) == ["title: Guide", "# ours", "owner: ops", "team: blue"]


def test_a_key_that_both_sides_changed_is_a_conflict_outside_the_stamp() -> None:
    found = merged(
        PAGE.witness(),
        doc(1, own="owner: ops\n"),
        doc(2, own="owner: red\n"),
        doc(1, own="owner: blue\n"),
    )
    assert found.conflicted
    text = found.data.decode()
    assert "<<<<<<< ours, v2\nowner: red\n=======\nowner: blue\n>>>>>>> theirs, v1\n" in text
    assert text.count("confluence:") == text.count("version: 2") == 1


def test_the_same_key_of_both_sides_at_two_places_is_a_conflict() -> None:
    found = merged(
        PAGE.witness(),
        doc(1, own="a: 1\nb: 2\nc: 3\n"),
        doc(2, own="owner: red\na: 1\nb: 2\nc: 3\n"),
        doc(1, own="a: 1\nb: 2\nc: 3\nowner: blue\n"),
    )
    assert found.conflicted
    assert {"owner: red", "owner: blue"} <= set(found.data.decode().split("\n"))


def test_keys_that_both_sides_added_to_new_documents_are_kept() -> None:
    found = merged(PAGE.witness(), None, doc(2, own="owner: ops\n"), doc(3, own="owner: ops\n"))
    assert told(found).startswith("v3")
    assert front_of(found.data) == ["title: Guide", "owner: ops"]


def titled(found: Document, title: str) -> Document:
    assert found.stamp
    return document.parse(document.update(found, found.stamp, Fields(title=title)), "")


def test_a_title_goes_with_the_side_that_changed_it() -> None:
    ours, theirs = doc(2), titled(doc(1, "a b c d e F"), "Manual")
    found = merged(PAGE.witness(), doc(1), ours, theirs)
    assert front_of(found.data) == ["title: Manual"]
    assert told(found) == "v2 a2 b c d e F"


def test_two_new_titles_are_a_conflict() -> None:
    ours, theirs = titled(doc(2), "Book"), titled(doc(1, "a b c d e F"), "Manual")
    found = merged(PAGE.witness(), doc(1), ours, theirs)
    assert found.conflicted
    assert {"title: Book", "title: Manual"} <= set(found.data.decode().split("\n"))


def labelled(version: int, stamped: str, local: str, lines: str | None = None) -> Document:
    """Return a document whose stamp has labels, and which has other labels itself."""
    stamp = replace(PAGE.stamp(version), labels=tuple(stamped.split()))
    found = PAGE.stamped(stamp, lines)
    return document.parse(document.update(found, stamp, Fields(labels=tuple(local.split()))), "")


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "result"),
    [
        (("x", "x"), ("x", "x y"), ("x", "x z"), "x y z"),
        (("x", "x"), ("x y", "x y"), ("x", "x z"), "x y z"),
        (("x y", "x y"), ("x y", "x"), ("x y", "x y z"), "x z"),
        (("x", "x y"), ("x", "x"), ("x", "x y z"), "x z"),
        (("x", "x"), ("", ""), ("x", "x"), ""),
    ],
)
def test_labels_of_both_sides_combine(
    ancestor: tuple[str, str], ours: tuple[str, str], theirs: tuple[str, str], result: str
) -> None:
    found = merged(
        PAGE.witness(),
        labelled(1, *ancestor),
        labelled(2, *ours),
        labelled(1, *theirs, lines="a b c d e F"),
    )
    assert told(found) == "v2 a2 b c d e F"
    parsed = document.parse(found.data, "")
    assert parsed.labels == tuple(result.split())
    assert parsed.stamp and parsed.stamp.labels == tuple(ours[0].split())


def test_labels_of_two_versions_combine_over_the_older_one() -> None:
    """The ancestor is older than both, and had a label of its own."""
    found = merged(
        PAGE.witness(),
        labelled(1, "x", "x own"),
        labelled(2, "x y", "x y own new"),
        labelled(3, "x y z", "x z own"),
    )
    assert document.parse(found.data, "").labels == ("new", "own", "x", "z")


@pytest.mark.parametrize(("had", "result"), [(True, ("x",)), (False, ("x", "own"))])
def test_a_label_that_was_sent_stays_unless_our_branch_dropped_it(
    had: bool, result: tuple[str, ...]
) -> None:
    """Theirs sent a label of the ancestor. Without it, a push would remove it from the page."""
    found = merged(
        PAGE.witness(had=had),
        labelled(1, "x", "x own"),
        labelled(1, "x", "x", lines="a b c d e F"),
        labelled(2, "x own", "x own"),
    )
    parsed = document.parse(found.data, "")
    assert parsed.labels == result
    assert parsed.stamp and parsed.stamp.version == 2


def test_labels_that_one_side_began_to_manage_come() -> None:
    found = merged(PAGE.witness(), doc(1), labelled(2, "x", "x"), doc(1, "a b c d e F"))
    assert document.parse(found.data, "").labels == ("x",)


# -- attachments -----------------------------------------------------------------------------------

ONE, TWO, THREE = (Attached("p.png", n, f"{n}" * 32, "p.png", "att1") for n in (1, 2, 3))
ANEW = Attached("p.png", 1, "9" * 32, "p.png", "att9")


@pytest.mark.parametrize(
    ("ancestor", "ours", "theirs", "result"),
    [
        (None, ONE, None, ONE),
        (None, None, ONE, ONE),
        (None, ONE, TWO, TWO),
        (ONE, ONE, TWO, TWO),
        (ONE, TWO, ONE, TWO),
        (ONE, TWO, THREE, THREE),
        (ONE, THREE, TWO, THREE),
        (TWO, ONE, TWO, ONE),
        (TWO, ONE, THREE, ONE),
        (TWO, TWO, ONE, TWO),
        (ONE, ONE, None, None),
        (ONE, None, ONE, None),
        (ONE, TWO, None, None),
        (ONE, ONE, ANEW, ANEW),
        (ONE, ANEW, ONE, ANEW),
        (ONE, TWO, ANEW, None),
    ],
)
def test_each_attachment_by_itself(
    ancestor: Attached | None,
    ours: Attached | None,
    theirs: Attached | None,
    result: Attached | None,
) -> None:
    beside = Attached("q.png", 1, "7" * 32, "q.png", "att2")

    def at(version: int, one: Attached | None, lines: str | None = None) -> Document:
        files = (beside,) if one is None else (one, beside)
        return PAGE.stamped(PAGE.stamp(version, *files), lines)

    sides = at(1, ancestor), at(2, ours), at(1, theirs, "a b c d e F")
    stamp = document.parse(merged(PAGE.witness(), *sides).data, "").stamp
    assert stamp and stamp.version == 2
    assert stamp.attachments == ((beside,) if result is None else (result, beside))


# -- the same version ------------------------------------------------------------------------------


def commented(lines: str) -> PageHistory:
    """Return a page whose first version got a comment, without a new version."""
    return PageHistory((lines,))


def test_a_change_without_a_new_version_is_newer_if_the_ancestor_lacks_it() -> None:
    with_comment = commented("a-commented b c d e f")
    edited = doc(1, "a b c d e F")
    for sides in (
        sides_of(doc(1), with_comment.document(1), edited),
        sides_of(doc(1), edited, with_comment.document(1)),
    ):
        found = merge(sides, PAGE.witness())
        assert told(found) == "v1 a-commented b c d e F"
        assert found and document.parse(found.data, "").stamp == with_comment.stamp(1)


def test_two_changes_without_a_new_version_have_no_order() -> None:
    sides = sides_of(doc(1), commented("x b").document(1), commented("y b").document(1))
    assert merge(sides, PAGE.witness()) is None


def moved(parent: str, lines: str | None = None) -> Document:
    return PAGE.stamped(replace(PAGE.stamp(1), parent=parent), lines)


def test_a_move_without_a_new_version_goes_with_the_side_that_has_it() -> None:
    found = merged(PAGE.witness(), doc(1), moved("2"), doc(1, "a b c d e F"))
    stamp = document.parse(found.data, "").stamp
    assert stamp and stamp.parent == "2"
    sides = sides_of(doc(1), moved("2"), moved("3", "a b c d e F"))
    assert merge(sides, PAGE.witness()) is None


# -- how the result is written ---------------------------------------------------------------------


def test_a_raw_document_stays_raw() -> None:
    def raw(version: int, lines: str) -> Document:
        data = document.render("Guide", body_of(lines), PAGE.stamp(version), how=Layout.RAW)
        return document.parse(data, "")

    found = merged(
        PAGE.witness(), raw(1, "a b c d e f"), raw(1, "a b c d e F"), raw(2, PAGE.versions[1])
    )
    assert told(found) == "v2 a2 b c d e F"
    assert document.parse(found.data, "").layout is Layout.RAW


def test_lines_keep_the_ends_that_ours_has() -> None:
    windows = document.parse(doc(1, "a b c d e F").text.replace("\n", "\r\n").encode(), "")
    found = merged(PAGE.witness(), doc(1), windows, doc(2))
    assert told(found) == "v2 a2 b c d e F"
    assert found.data.count(b"\r\n") == found.data.count(b"\n") > 10


def test_neighbours_that_are_not_well_formed_together_are_a_conflict() -> None:
    def of(body: str) -> Document:
        return document.parse(document.render("Guide", body, PAGE.stamp(1)), "")

    base = of("<p>1</p><p>2</p><p>3</p>")
    ours = of("<div><p>1</p><p>2</p></div><p>3</p>")
    theirs = of("<p>1</p><blockquote><p>2</p><p>3</p></blockquote>")
    assert merged(PAGE.witness(), base, ours, theirs).conflicted


ONE, TWO, THREE = (Property("k", number, f"{number}" * 32) for number in (1, 2, 3))
OTHER = Property("k", 2, "f" * 32)
# Restrictions have no versions: only the side that differs has seen a change.
OPEN, CLOSED, SHUT = (Property(RESTRICTIONS, 0, letter * 32) for letter in "abc")


@pytest.mark.parametrize(
    ("was", "mine", "yours", "merged"),
    [
        (ONE, ONE, TWO, TWO),
        (ONE, TWO, ONE, TWO),
        (ONE, TWO, THREE, THREE),
        (None, ONE, None, ONE),
        (None, None, ONE, ONE),
        (ONE, None, ONE, None),
        (ONE, ONE, None, None),
        (ONE, TWO, OTHER, None),
        (TWO, ONE, THREE, ONE),
        (OPEN, OPEN, CLOSED, CLOSED),
        (OPEN, CLOSED, OPEN, CLOSED),
        (OPEN, CLOSED, SHUT, None),
        (None, OPEN, CLOSED, None),
    ],
)
def test_each_property_by_itself(
    was: Property | None, mine: Property | None, yours: Property | None, merged: Property | None
) -> None:
    """A history's documents have no stamps of settings, and take none away."""
    page = PageHistory(("a b",))

    def side(held: Property | None) -> Document:
        stamp = replace(page.stamp(1), properties=(held,) if held else ())
        return page.stamped(stamp)

    found = merge(Sides(side(was), side(mine), side(yours)), page.witness())
    assert found is not None
    stamp = document.parse(found.data, "").stamp
    assert stamp is not None
    assert stamp.properties == ((merged,) if merged else ())
