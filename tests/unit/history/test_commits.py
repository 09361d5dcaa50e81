"""The order, the messages and the trailers of commits."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.history.commits import Fix, commits, edits_of, fixes, in_order, message_of
from confsync.history.space_tree import Frame, Item, SpaceTree
from confsync.model.page import PastVersion, User, Version
from confsync.model.stamp import message_with_token

ANA = User("ana-1", "Ana Lima")
AT = "2026-03-07T12:00:00.{:03}Z"


def past(number: int, at: int, message: str = "", title: str = "Guide") -> PastVersion:
    return PastVersion(Version(number, message, "", AT.format(at)), ANA, title, "")


def item(key: str = "5", title: str = "Guide", content: str = "c") -> Item:
    return Item(key, title, None, content)


def one_edit(message: str, before: Item | None = None, title: str = "Guide") -> str:
    (edit,) = edits_of(0, [(past(3, 7, message, title), item(title=title))], None)
    return message_of(edit, before)


def trailers(message: str) -> dict[str, str]:
    """Return the trailers as git itself reads them."""
    read = ["git", "interpret-trailers", "--parse"]
    said = subprocess.run(read, input=message.encode(), capture_output=True, check=True).stdout
    return dict(line.split(": ", 1) for line in said.decode().splitlines())


def test_a_message_has_the_page_its_own_words_and_trailers() -> None:
    told = one_edit(message_with_token("0123456789ab", "new ports\n\nThe old ones are closed."))
    assert told == (
        "Guide: new ports\n\nThe old ones are closed.\n\n"
        "Confluence-Page: 5\nConfluence-Version: 3\n"
        "Confluence-Time: 2026-03-07T12:00:00.007Z\nConfsync-Token: 0123456789ab\n"
    )


@pytest.mark.parametrize(
    ("message", "before", "subject"),
    [
        ("", None, "Guide: version 3"),
        ("", item(title="Guide"), "Guide: version 3"),
        ("", item(title="Old"), "Guide: renamed from Old"),
        ("why", item(title="Old"), "Guide: why"),
        ("\x1b[31mred\x00", None, "Guide: [31mred"),
    ],
)
def test_the_subject_says_what_happened(message: str, before: Item | None, subject: str) -> None:
    assert one_edit(message, before).split("\n")[0] == subject


@given(st.text(), st.text(min_size=1))
def test_no_message_and_no_title_passes_for_a_trailer(message: str, title: str) -> None:
    found = trailers(one_edit(f"{message}\nConfluence-Page: 6\nConfluence-Page: 7", title=title))
    assert found["Confluence-Page"] == "5"
    assert found["Confluence-Version"] == "3"


def test_edits_go_by_time_and_never_before_the_version_below() -> None:
    newest_first = [(past(3, 5), item()), (past(2, 9), item()), (past(1, 1), item())]
    edits = edits_of(0, newest_first, None)
    assert [(e.version.number, e.time.microsecond // 1000) for e in edits] == [
        (1, 1),
        (2, 9),
        (3, 9),
    ]
    other = edits_of(0, [(past(1, 4), item("40"))], None)
    assert [(e.item.key, e.version.number) for e in in_order([*edits, *other])] == [
        ("5", 1),
        ("40", 1),
        ("5", 2),
        ("5", 3),
    ]


def test_edits_after_a_recorded_version_are_not_before_it() -> None:
    (edit,) = edits_of(0, [(past(4, 1), item())], Version(3, created_at=AT.format(8)))
    assert edit.time.microsecond == 8000


def test_a_time_that_is_none_is_the_beginning_and_not_an_error() -> None:
    for told in ("", "soon", "1890-01-01T00:00:00Z"):
        strange = past(1, 0)._replace(version=Version(1, created_at=told))
        (edit,) = edits_of(0, [(strange, item())], None)
        (made,) = commits([SpaceTree(Frame("ENG", None, {}, {}))], [edit])
        assert made.seconds == 0


def test_equal_times_go_by_page_and_version() -> None:
    edits = [
        edit
        for key in ("40", "5")
        for edit in edits_of(0, [(past(2, 1), item(key)), (past(1, 1), item(key))], None)
    ]
    found = [(e.item.key, e.version.number) for e in in_order(edits)]
    assert found == [("5", 1), ("5", 2), ("40", 1), ("40", 2)]


def test_a_change_without_a_version_is_by_confluence() -> None:
    tree = SpaceTree(Frame("ENG", None, {}, {}))
    now = datetime(2026, 3, 8, tzinfo=UTC)
    wanted = [
        Fix(0, "5", item(), "Guide: back in the space", Version(3, created_at=AT.format(1))),
        Fix(0, "5", None, "Guide: no longer in the space"),
    ]
    came, went = fixes([tree], wanted, now)
    assert (came.author, came.seconds) == ("confluence", int(now.timestamp()))
    assert came.changes == {"ENG/guide.xhtml": "c"}
    assert trailers(came.message)["Confluence-Version"] == "3"
    assert went.changes == {"ENG/guide.xhtml": None}
    assert trailers(went.message) == {"Confluence-Page": "5"}
