"""The decisions, one test for each row of the design's tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.model.page import Page, PageInfo, Version
from confsync.model.stamp import Local, Stamp, digest, is_newer, message_with_token, token
from confsync.sync.compare import (
    Absent,
    Content,
    Decisions,
    Labels,
    Parent,
    Present,
    compare,
    landed_as,
    needs_later,
    without_new_markers,
)

BASE = "<p>base</p>"
EDITED = "<p>mine</p>"
THEIRS = "<p>theirs</p>"


def stamped(
    body: str = BASE, version: int = 7, parent: str | None = "10", labels: object = None
) -> Stamp:
    return Stamp("42", version, digest("Guide", body), parent, labels)  # type: ignore[arg-type]


def here(body: str = BASE, *, wanted: str | None = "10", title: str = "Guide") -> Local:
    return Local(title, body, digest(title, body), wanted)


def there(
    body: str = BASE,
    version: int = 7,
    *,
    message: str = "",
    parent: str | None = "10",
    later: tuple[Version, ...] = (),
) -> Present:
    info = PageInfo("42", "1", "Guide", Version(version, message), parent)
    return Present(Page(info, body), later)


def content(stamp: Stamp | None, local: Local, remote: Present | Absent | None) -> Content:
    return compare(stamp, local, remote).content


def mark(stamp: Stamp, local: Local) -> str:
    return message_with_token(token(stamp, local), "typo")


# -- content ---------------------------------------------------------------------------------------


def test_row_1_no_stamp_is_untracked() -> None:
    assert compare(None, here(), None) == Decisions(Content.UNTRACKED)


def test_row_1_comes_before_anything_the_server_says() -> None:
    assert content(None, here(), there()) is Content.UNTRACKED
    assert content(None, here(), Absent.TRASHED) is Content.UNTRACKED


@pytest.mark.parametrize("absent", [Absent.TRASHED, Absent.ARCHIVED])
@pytest.mark.parametrize("body", [BASE, EDITED])
def test_row_2a_trashed_or_archived_is_gone(absent: Absent, body: str) -> None:
    assert content(stamped(), here(body), absent) is Content.GONE


TAKEN_BACK = "<p>taken back</p>"


@pytest.mark.parametrize("body", [BASE, EDITED])
@pytest.mark.parametrize("now", [8, 9])
def test_row_2d_what_git_put_back_is_restored(body: str, now: int) -> None:
    """Nothing follows from the text here, or from the page's place."""
    newer = stamped(TAKEN_BACK, 8, parent="11")
    remote = there(TAKEN_BACK if now == 8 else THEIRS, now, parent="11")
    found = compare(stamped(), here(body), remote, newer)
    assert found == Decisions(Content.RESTORED, Parent.SAME, Labels())


def test_row_2d_comes_after_the_pages_that_are_not_there() -> None:
    for absent in Absent:
        found = compare(stamped(), here(), absent, stamped(TAKEN_BACK, 8))
        assert found.content is not Content.RESTORED


def test_row_2d_comes_before_the_rows_that_take_a_newer_version() -> None:
    """Row 5, and row 6 where the file's push is older than what was taken back."""
    newer = stamped(TAKEN_BACK, 9)
    assert content(stamped(), here(), there(TAKEN_BACK, 9)) is Content.BEHIND
    sent = Version(8, mark(stamped(), here(EDITED)))
    remote = there(TAKEN_BACK, 9, later=(Version(9), sent))
    assert content(stamped(), here(EDITED), remote) is Content.LANDED
    assert compare(stamped(), here(EDITED), remote, newer).content is Content.RESTORED


def test_row_2d_is_not_for_what_landed_as_that_version() -> None:
    """Git put back the stamp alone: the server stored the text in other words."""
    newer = stamped(TAKEN_BACK, 8)
    remote = there(TAKEN_BACK, 8, message=mark(stamped(), here(EDITED)))
    assert compare(stamped(), here(EDITED), remote, newer).content is Content.LANDED


def test_row_2d_is_not_for_what_the_server_has() -> None:
    newer = stamped(TAKEN_BACK, 8)
    assert compare(stamped(), here(BASE), there(BASE, 9), newer).content is Content.EQUAL


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (stamped(TAKEN_BACK, 8), True),
        (stamped(TAKEN_BACK, 7), False),
        (stamped(TAKEN_BACK, 6), False),
        (stamped(BASE, 8), False),
        (stamped(BASE, 8, parent="11"), True),
        (stamped(BASE, 8, labels=("a",)), True),
    ],
)
def test_a_newer_stamp_is_of_a_later_version_and_says_something_else(
    newer: Stamp, expected: bool
) -> None:
    assert is_newer(newer, stamped()) is expected


@pytest.mark.parametrize("body", [BASE, EDITED])
def test_row_2b_not_to_be_seen_is_not_visible_and_never_gone(body: str) -> None:
    assert content(stamped(), here(body), Absent.NOT_VISIBLE) is Content.NOT_VISIBLE


@pytest.mark.parametrize("body", [BASE, EDITED])
def test_row_2c_in_another_space_is_moved_out(body: str) -> None:
    assert content(stamped(), here(body), Absent.MOVED_OUT) is Content.MOVED_OUT


def test_row_3_same_version_and_same_content_on_both_sides_is_up_to_date() -> None:
    assert content(stamped(), here(), there()) is Content.UP_TO_DATE


@pytest.mark.parametrize("version", [3, 7, 8, 20])
def test_row_4_the_same_edit_on_both_sides_is_equal_whatever_the_number(version: int) -> None:
    assert content(stamped(), here(EDITED), there(EDITED, version)) is Content.EQUAL


@pytest.mark.parametrize("version", [6, 8])
def test_row_4_unmodified_under_another_number_is_equal(version: int) -> None:
    assert content(stamped(), here(), there(BASE, version)) is Content.EQUAL


@pytest.mark.parametrize("version", [1, 6, 7, 8, 20])
def test_row_5_unmodified_is_behind_whatever_the_number(version: int) -> None:
    assert content(stamped(), here(), there(THEIRS, version)) is Content.BEHIND


def test_row_5_comes_before_the_token_so_an_unmodified_file_is_never_settled() -> None:
    message = mark(stamped(), here())
    assert content(stamped(), here(), there(THEIRS, 8, message=message)) is Content.BEHIND


def test_row_6_the_token_in_the_current_version_is_landed() -> None:
    message = mark(stamped(), here(EDITED))
    assert content(stamped(), here(EDITED), there(THEIRS, 8, message=message)) is Content.LANDED


def test_row_6_the_token_in_the_version_after_the_stamp_is_landed() -> None:
    later = (Version(8, mark(stamped(), here(EDITED))), Version(9, "theirs"))
    assert content(stamped(), here(EDITED), there(THEIRS, 9, later=later)) is Content.LANDED


def test_row_6_comes_before_row_7_since_deleting_an_old_version_renumbers() -> None:
    message = mark(stamped(), here(EDITED))
    assert content(stamped(), here(EDITED), there(THEIRS, 6, message=message)) is Content.LANDED


def test_row_6_the_token_of_another_text_is_not_ours() -> None:
    message = mark(stamped(), here("<p>an earlier edit</p>"))
    assert content(stamped(), here(EDITED), there(THEIRS, 8, message=message)) is Content.DIVERGED


def test_row_6_a_token_that_does_not_stand_first_is_a_users_text() -> None:
    message = f"reverts {mark(stamped(), here(EDITED))}"
    assert content(stamped(), here(EDITED), there(THEIRS, 8, message=message)) is Content.DIVERGED


def test_row_7_a_server_behind_the_stamp_is_stamp_ahead() -> None:
    assert content(stamped(), here(EDITED), there(THEIRS, 6)) is Content.STAMP_AHEAD
    assert content(stamped(), here(EDITED), there(BASE, 6)) is Content.STAMP_AHEAD


COMMENTED = '<p><ac:inline-comment-marker ac:ref="r1">base</ac:inline-comment-marker></p>'


def test_row_8_a_change_by_inline_comments_alone_is_commented() -> None:
    assert content(stamped(), here(EDITED), there(COMMENTED)) is Content.COMMENTED


def test_row_8_a_marker_that_the_file_has_is_no_new_comment() -> None:
    theirs = COMMENTED.replace("base", "theirs")
    local = here(COMMENTED.replace("base", "mine"))
    assert content(stamped(COMMENTED), local, there(theirs)) is Content.STAMP_MISMATCH


def test_row_8_holds_only_for_the_stamps_own_version() -> None:
    assert content(stamped(), here(EDITED), there(COMMENTED, 8)) is Content.DIVERGED


def test_row_9_same_number_but_other_content_is_stamp_mismatch() -> None:
    assert content(stamped(), here(EDITED), there(THEIRS)) is Content.STAMP_MISMATCH


def test_row_9_a_title_changed_without_a_version_is_stamp_mismatch() -> None:
    remote = there()
    renamed = Present(Page(remote.page.info._replace(title="Handbook"), BASE))
    assert content(stamped(), here(EDITED), renamed) is Content.STAMP_MISMATCH


def test_row_10_only_here_edited_is_ahead() -> None:
    assert content(stamped(), here(EDITED), there()) is Content.AHEAD
    assert content(stamped(), here(title="Handbook"), there()) is Content.AHEAD


@pytest.mark.parametrize("version", [8, 12])
def test_row_11_a_version_without_a_change_is_restamped(version: int) -> None:
    later = tuple(Version(n, "labels") for n in range(8, version + 1))
    remote = there(BASE, version, message="labels", later=later)
    assert content(stamped(), here(EDITED), remote) is Content.RESTAMPED


def test_row_11_not_when_a_confsync_version_came_between() -> None:
    # A colleague reverted what a push had made: that push's author must see it.
    later = (Version(8, "[confsync 0123456789ab] theirs"), Version(9, "revert"))
    assert content(stamped(), here(EDITED), there(BASE, 9, later=later)) is Content.DIVERGED
    current = there(BASE, 8, message="[confsync 0123456789ab]")
    assert content(stamped(), here(EDITED), current) is Content.DIVERGED


def test_row_12_else_diverged() -> None:
    assert content(stamped(), here(EDITED), there(THEIRS, 8)) is Content.DIVERGED
    assert content(stamped(), here(EDITED), there(THEIRS, 20)) is Content.DIVERGED


def test_line_ends_are_no_edit() -> None:
    stamp = stamped("<p>a</p>\n")
    assert content(stamp, here("<p>a</p>\r\n"), there("<p>a</p>\n")) is Content.UP_TO_DATE


def test_a_stamped_document_that_was_not_asked_for_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="42"):
        compare(stamped(), here(), None)


# -- the rows are complete, and stand in their order -----------------------------------------------

BODIES = st.sampled_from([BASE, EDITED, THEIRS, COMMENTED, ""])
IDS = st.sampled_from([None, "10", "11", "12"])
LABELS = st.none() | st.lists(st.sampled_from(["a", "A", "b", "c"]), max_size=3).map(tuple)
MESSAGES = st.sampled_from(["", "typo", "mine", "[confsync 0123456789ab] theirs"])


def row(stamp: Stamp, local: Local, remote: Present) -> Content:
    """Return what the table of the design says, written a second time: all rows, then the first."""
    version, page = remote.page.info.version, remote.page
    base, mine, theirs = stamp.digest, local.digest, page.digest
    same, later = version.number == stamp.version, version.number > stamp.version
    after = (version, *remote.later)
    ours = token(stamp, local)
    landed = any(
        v.message.startswith(f"[confsync {ours}]")
        for v in after
        if v.number in (version.number, stamp.version + 1)
    )
    bare = page.body
    if 'ac:ref="r1"' not in local.body:
        bare = bare.replace('<ac:inline-comment-marker ac:ref="r1">', "")
        bare = bare.replace("</ac:inline-comment-marker>", "")
    commented = digest(page.info.title, bare) == base
    pushed = any(v.message.startswith("[confsync ") for v in after)
    rows = [
        (same and theirs == base == mine, Content.UP_TO_DATE),
        (mine == theirs, Content.EQUAL),
        (mine == base, Content.BEHIND),
        (landed, Content.LANDED),
        (version.number < stamp.version, Content.STAMP_AHEAD),
        (same and theirs != base and commented, Content.COMMENTED),
        (same and theirs != base, Content.STAMP_MISMATCH),
        (same and theirs == base and mine != base, Content.AHEAD),
        (later and theirs == base and not pushed, Content.RESTAMPED),
        (True, Content.DIVERGED),
    ]
    return next(decision for holds, decision in rows if holds)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Stamp, Local, Present]:
    title = draw(st.sampled_from(["Guide", "Handbook"]))
    body, base, number = draw(BODIES), draw(BODIES), draw(st.integers(1, 5))
    stamp = Stamp("42", number, digest("Guide", base), draw(IDS), draw(LABELS))
    local = Local(title, body, digest(title, body), draw(IDS), draw(LABELS))

    def version(number: int) -> Version:
        message = draw(MESSAGES)
        return Version(number, mark(stamp, local) if message == "mine" else message)

    current = version(draw(st.integers(1, 7)))
    info = PageInfo("42", "1", "Guide", current, draw(IDS), labels=draw(LABELS))
    between = tuple(version(n) for n in range(number + 1, current.number))
    return stamp, local, Present(Page(info, draw(BODIES)), between)


@given(cases())
def test_every_case_has_the_decision_of_the_first_row_that_holds(
    case: tuple[Stamp, Local, Present],
) -> None:
    assert compare(*case).content is row(*case)


@given(cases(), st.sampled_from(Absent))
def test_compare_is_total_and_an_absent_page_decides_nothing_but_the_content(
    case: tuple[Stamp, Local, Present], absent: Absent
) -> None:
    stamp, local, _ = case
    assert compare(stamp, local, absent) == Decisions(compare(stamp, local, absent).content)
    assert compare(None, local, absent) == Decisions(Content.UNTRACKED)


@given(cases(), IDS, LABELS, LABELS, IDS)
def test_the_three_decisions_are_independent(
    case: tuple[Stamp, Local, Present],
    parent: str | None,
    labels: tuple[str, ...] | None,
    base_labels: tuple[str, ...] | None,
    base_parent: str | None,
) -> None:
    stamp, local, remote = case
    before = compare(stamp, local, remote)
    moved = Present(Page(remote.page.info._replace(parent=parent), remote.page.body), remote.later)
    assert compare(stamp, local, moved).content is before.content
    assert compare(stamp, local, moved).labels == before.labels
    other_base = replace(stamp, parent=base_parent)
    assert compare(other_base, local, remote).content is before.content
    labelled = replace(stamp, labels=base_labels), replace(local, labels=labels)
    after = compare(*labelled, remote)
    assert (after.content, after.parent) == (before.content, before.parent)
    edited = replace(local, body="<p>other</p>", digest=digest(local.title, "<p>other</p>"))
    assert compare(stamp, edited, remote).labels == before.labels
    if landed_as(stamp, local, remote) is landed_as(stamp, edited, remote) is None:
        assert compare(stamp, edited, remote).parent is before.parent


@given(cases())
def test_whatever_needs_no_later_versions_is_decided_the_same_with_them(
    case: tuple[Stamp, Local, Present],
) -> None:
    stamp, local, remote = case
    if not needs_later(stamp, local, remote.page):
        assert compare(stamp, local, Present(remote.page)) == compare(stamp, local, remote)


@given(cases())
def test_nothing_is_sent_but_on_top_of_exactly_the_stamp(
    case: tuple[Stamp, Local, Present],
) -> None:
    stamp, local, remote = case
    if compare(*case).content is Content.AHEAD:
        assert remote.page.info.version.number == stamp.version
        assert remote.page.digest == stamp.digest != local.digest


# -- parent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "base", "current", "decision"),
    [
        ("10", "10", "10", Parent.SAME),
        (None, None, None, Parent.SAME),
        ("10", "10", "11", Parent.FOLLOW),
        ("10", "10", None, Parent.FOLLOW),
        (None, None, "11", Parent.FOLLOW),
        ("11", "10", "10", Parent.MOVE),
        ("11", None, None, Parent.MOVE),
        ("11", "10", "11", Parent.DONE),
        ("11", "10", "12", Parent.DIVERGED),
        ("11", "10", None, Parent.DIVERGED),
        (None, "10", "12", Parent.DIVERGED),
    ],
)
@pytest.mark.parametrize("body", [BASE, EDITED])
def test_parent(
    wanted: str | None, base: str | None, current: str | None, decision: Parent, body: str
) -> None:
    decisions = compare(
        stamped(parent=base), here(body, wanted=wanted), there(THEIRS, 9, parent=current)
    )
    assert decisions.parent is decision


# -- labels ----------------------------------------------------------------------------------------


def labels(
    base: tuple[str, ...] | None, local: tuple[str, ...] | None, current: tuple[str, ...] | None
) -> Labels:
    stamp = stamped(labels=base)
    remote = there()
    page = Page(remote.page.info._replace(labels=current), BASE)
    return compare(stamp, replace(here(), labels=local), Present(page)).labels


@pytest.mark.parametrize(
    ("base", "local", "current", "result", "add", "remove"),
    [
        ("ab", "ab", "ab", "ab", "", ""),
        ("ab", "abc", "ab", "abc", "c", ""),
        ("ab", "a", "ab", "a", "", "b"),
        ("ab", "ab", "abc", "abc", "", ""),
        ("ab", "ab", "a", "a", "", ""),
        ("ab", "acd", "bde", "dec", "c", "b"),
        ("ab", "", "ab", "", "", "ab"),
        ("ab", "", "abc", "c", "", "ab"),
        ("", "a", "b", "ab", "a", ""),
        ("AB", "ab", "aB", "ab", "", ""),
    ],
)
def test_labels_combine_the_additions_and_removals_of_both_sides(
    base: str, local: str, current: str, result: str, add: str, remove: str
) -> None:
    found = labels(tuple(base), tuple(local), tuple(current))
    assert found == Labels(tuple(sorted(result)), tuple(add), tuple(remove))


def test_labels_without_a_base_can_only_be_added() -> None:
    assert labels(None, ("a",), ("b",)) == Labels(("a", "b"), ("a",), ())


def test_labels_absent_here_are_not_managed() -> None:
    assert labels(("a",), None, ("b",)) == Labels()


def test_labels_not_asked_for_are_left_alone() -> None:
    assert labels(("a",), ("b",), None) == Labels()


# -- landed_as, needs_later, markers ---------------------------------------------------------------


def test_landed_as_the_current_version() -> None:
    remote = there(THEIRS, 11, message=mark(stamped(), here(EDITED)))
    assert landed_as(stamped(), here(EDITED), remote) == 11


def test_landed_as_the_version_after_the_stamp() -> None:
    later = (Version(8, mark(stamped(), here(EDITED))), Version(9, "theirs"))
    assert landed_as(stamped(), here(EDITED), there(THEIRS, 9, later=later)) == 8


def test_a_version_further_on_cannot_have_been_made_by_this_file() -> None:
    later = (Version(8, "theirs"), Version(9, mark(stamped(), here(EDITED))))
    assert landed_as(stamped(), here(EDITED), there(THEIRS, 10, later=later)) is None


def test_landed_as_nothing_without_the_token() -> None:
    assert landed_as(stamped(), here(EDITED), there(THEIRS, 8)) is None


def test_later_versions_are_needed_only_where_some_lie_between_and_can_decide() -> None:
    edited = here(EDITED)
    assert needs_later(stamped(), edited, there(THEIRS, 9).page)
    assert needs_later(stamped(), edited, there(BASE, 9).page)
    assert not needs_later(stamped(), edited, there(THEIRS, 8).page)
    assert not needs_later(stamped(), here(), there(THEIRS, 9).page)
    assert not needs_later(stamped(), edited, there(EDITED, 9).page)
    assert not needs_later(stamped(), edited, there(THEIRS, 5).page)


def test_only_markers_that_are_not_known_are_taken_out_nested_or_empty() -> None:
    def marked(ref: str, text: str) -> str:
        start = f'<ac:inline-comment-marker ac:ref="{ref}">'
        return f"{start}{text}</ac:inline-comment-marker>"

    body = f"<p>{marked('new', 'a' + marked('old', 'b') + 'c')}</p>"
    assert without_new_markers(body, frozenset({"old"})) == f"<p>a{marked('old', 'b')}c</p>"
    assert without_new_markers(body, frozenset({"new"})) == f"<p>{marked('new', 'abc')}</p>"
    empty = '<p><ac:inline-comment-marker ac:ref="new" />x</p>'
    assert without_new_markers(empty, frozenset()) == "<p>x</p>"
    assert without_new_markers("</ac:inline-comment-marker>", frozenset()) == (
        "</ac:inline-comment-marker>"
    )


def test_an_absent_page_is_told_in_words() -> None:
    told = {absent: absent.words for absent in Absent}
    assert told == {
        Absent.TRASHED: "trashed",
        Absent.ARCHIVED: "archived",
        Absent.NOT_VISIBLE: "not visible",
        Absent.MOVED_OUT: "in another space",
    }
