"""Which comments are new, and what is remembered of them: listings of values, without a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from confsync.errors import ServerError
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import seen_comments
from confsync.mirror.state.seen_comments import UNREAD, SeenComments, Text
from confsync.model.config import Comments, Config, SpaceConfig
from confsync.model.page import Comment, Version
from confsync.model.stamp import Stamp
from confsync.remote import Remote
from confsync.sync import comments
from confsync.sync.comments import ANSWERS, News, Notice, news_of

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
CONFIG = Config("https://wiki.example.com", (SpaceConfig("ENG", "ENG"),), comments=Comments.NOTICE)
SEEN = SeenComments(NOON, frozenset({("1", 1)}))


def a_comment(number: int, minutes: float, **more: Any) -> Comment:
    """Return a comment that was written so many minutes after noon."""
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return Comment(str(number), f"9{number}", Version(1, created_at=at), **more)


class Listings:
    """A server that lists these answers. It counts them, and an exception is raised."""

    def __init__(self, *listings: list[Any], now: float | None = 60) -> None:
        self._listings = listings
        self.asked = 0
        date = NOON + timedelta(minutes=now or 0)
        text = date.strftime("%a, %d %b %Y %H:%M:%S GMT")
        self.seen: Mapping[str, str] = {} if now is None else {"Date": text}

    def newest_comments(self, keys: list[str]) -> Iterator[Iterator[list[Comment]]]:
        assert keys == ["ENG"]
        for listing in self._listings:
            yield self._answers(listing)

    def _answers(self, listing: list[Any]) -> Iterator[list[Comment]]:
        for answer in listing:
            self.asked += 1
            if isinstance(answer, Exception):
                raise answer
            yield answer


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    (tmp_path / ".confsync").mkdir()
    return Mirror(tmp_path, CONFIG)


def news(mirror: Mirror, server: Listings, before: SeenComments | None = SEEN) -> News:
    if before:
        comments.keep(mirror, before)
    found = news_of(mirror, cast(Remote, server))
    assert found is not None
    return found


def after(mirror: Mirror, server: Listings, before: SeenComments | None = SEEN) -> SeenComments:
    found = news(mirror, server, before).after
    assert found is not None
    return found


def ids(found: News) -> list[str]:
    return [comment.id for comment in found.comments]


def test_without_the_key_nothing_is_asked(tmp_path: Path) -> None:
    server = Listings([[a_comment(2, 1)]])
    mirror = Mirror(tmp_path, CONFIG._replace(comments=Comments.OFF))
    assert news_of(mirror, cast(Remote, server)) is None
    assert server.asked == 0


def test_what_is_later_than_what_was_seen_is_new_and_oldest_first(mirror: Mirror) -> None:
    server = Listings(
        [[a_comment(3, 9), a_comment(2, 4), a_comment(1, 0), a_comment(7, -60)]],
        [[a_comment(5, 6), a_comment(6, -90)]],
    )
    found = news(mirror, server)
    assert (ids(found), found.flaw) == (["2", "5", "3"], "")
    assert found.pages == {"92", "95", "93"}
    assert found.after == SeenComments(
        NOON + timedelta(minutes=9), frozenset({("3", 1), ("2", 1), ("5", 1)})
    )


@pytest.mark.parametrize(("minutes", "is_new"), [(-4.9, True), (-5, True), (-5.1, False)])
def test_a_listing_may_lack_the_comments_of_some_minutes(
    mirror: Mirror, minutes: float, is_new: bool
) -> None:
    found = news(mirror, Listings([[a_comment(1, 0), a_comment(2, minutes)]]))
    assert ids(found) == (["2"] if is_new else [])


def test_another_version_of_a_comment_is_new(mirror: Mirror) -> None:
    edited = a_comment(1, 1)
    edited = edited._replace(version=edited.version._replace(number=2))
    assert ids(news(mirror, Listings([[edited]]))) == ["1"]


def test_a_listing_is_followed_until_a_comment_is_too_old(mirror: Mirror) -> None:
    server = Listings(
        [[a_comment(9, 9)], [a_comment(8, 8)], [a_comment(7, -60)], [a_comment(6, -70)]],
        [[a_comment(5, -60)], [a_comment(4, -61)]],
    )
    assert ids(news(mirror, server)) == ["8", "9"]
    assert server.asked == 3 + 1


def test_so_many_answers_are_read_at_most(mirror: Mirror) -> None:
    server = Listings([[a_comment(100 - n, 50 - n)] for n in range(20)])
    found = news(mirror, server)
    assert server.asked == ANSWERS == 10
    assert "more new comments than 10 answers" in found.flaw
    assert len(found.comments) == 10
    assert Notice(found).after() == SEEN
    assert Notice(found, every=True).after() == found.after


def test_without_the_state_one_answer_of_each_listing_is_enough(mirror: Mirror) -> None:
    server = Listings([[a_comment(2, 9)], [a_comment(1, 8)]], [[a_comment(3, 4)]])
    found = news(mirror, server, None)
    assert (found.before, found.comments, found.flaw) == (None, (), "")
    assert server.asked == 2
    assert found.after == SeenComments(NOON + timedelta(minutes=9), frozenset({("2", 1), ("3", 1)}))


@pytest.mark.parametrize("before", [SEEN, None])
def test_a_server_without_comments_is_remembered(
    mirror: Mirror, before: SeenComments | None
) -> None:
    found = after(mirror, Listings([], [[]]), before)
    assert found == (before or SeenComments(datetime(1970, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_listing_that_fails_moves_nothing(mirror: Mirror, fails: int) -> None:
    listings: list[list[Any]] = [[[a_comment(3, 9)], [a_comment(2, 8)]], [[a_comment(4, 7)]]]
    listings[fails // 2][fails % 2] = ServerError("no answer")
    found = news(mirror, Listings(*listings))
    assert found.flaw == "no answer"
    assert Notice(found).after() == SEEN
    (mirror.root / ".confsync/comments").unlink()
    lost = news(mirror, Listings([ServerError("no answer")]), None)
    assert (lost.flaw, Notice(lost).after()) == ("no answer", None)
    assert not Notice(lost).wants(stamp())


def stamp(page_id: str = "91", version: int = 3, digest: str = "d" * 32) -> Stamp:
    return Stamp(page_id, version, digest, None)


@pytest.mark.parametrize(
    ("rows", "flaw"),
    [
        ([a_comment(2, 1), a_comment(3, 4)], "the newest comments are not listed first"),
        ([a_comment(2, 1), a_comment(3, 1.9)], ""),
        ([a_comment(2, 1), a_comment(3, 90, settled=True)], ""),
        ([a_comment(2, 90, settled=True), a_comment(3, 4)], ""),
        ([Comment("", "", Version(0), flaw="no id"), a_comment(2, 1)], "no id"),
        ([Comment("2", "92", Version(1, created_at="then"))], "does not say when"),
        ([Comment("2", "92", Version(1))], "does not say when"),
    ],
)
def test_rows_that_do_not_add_up_are_told(mirror: Mirror, rows: list[Comment], flaw: str) -> None:
    found = news(mirror, Listings([rows]))
    assert flaw in found.flaw
    assert bool(found.flaw) == bool(flaw)


def test_a_settled_comment_ends_no_listing(mirror: Mirror) -> None:
    """It may stand where it was resolved, and its version is old."""
    server = Listings([[a_comment(2, -90, settled=True)], [a_comment(3, 4)], [a_comment(4, -60)]])
    assert ids(news(mirror, server)) == ["3"]


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "until"), [(60, 30), (10, 10), (-4, 0), (None, 30)])
def test_no_time_is_later_than_the_servers_clock(
    mirror: Mirror, now: float | None, until: int
) -> None:
    found = after(mirror, Listings([[a_comment(2, 30), a_comment(1, 0)]], now=now))
    assert found.until == NOON + timedelta(minutes=until)
    assert ("2", 1) in found.recent
    again = news(mirror, Listings([[a_comment(2, 30), a_comment(1, 0)]], now=now), found)
    assert again.comments == ()


def test_a_clock_that_went_back_tells_nothing_about_the_past(mirror: Mirror) -> None:
    found = news(mirror, Listings([[a_comment(2, -40)]], now=-6))
    assert (found.before, found.comments) == (None, ())
    assert found.after == SeenComments(NOON - timedelta(minutes=40), frozenset({("2", 1)}))


def test_deleted_comments_take_the_time_not_back(mirror: Mirror) -> None:
    found = after(mirror, Listings([[a_comment(2, -60)]]))
    assert (found.until, found.recent) == (NOON, SEEN.recent)


# -- which pages are read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "version", "wanted"),
    [
        (None, 3, False),
        (Text(3, "d" * 32), 3, False),
        (Text(3, "e" * 32), 3, True),
        (Text(4, "e" * 32), 3, False),
        (UNREAD, 3, True),
    ],
)
def test_a_page_is_read_again_whose_document_lacks_what_was_read(
    known: Text | None, version: int, wanted: bool
) -> None:
    before = SEEN._replace(pages={"91": known} if known else {})
    notice = Notice(News(before, (), before))
    assert notice.wants(stamp(version=version)) == wanted
    assert Notice(News(before, (), before), every=True).wants(stamp())
    assert Notice(News(None, (), SEEN)).wants(stamp())
    assert Notice(News(before, (a_comment(1, 1),), before)).wants(stamp())


PAGE = SimpleNamespace(info=SimpleNamespace(version=Version(3)), digest="e" * 32, body="<p>m1</p>")


def a_view(**more: Any) -> Any:
    """Return a view of a space with one document, whose page was read."""
    case = SimpleNamespace(stamp=stamp(), page=PAGE)
    view = {
        "scan": SimpleNamespace(entries=[SimpleNamespace(page_id="91")]),
        "infos": {"91": PAGE.info},
        "cases": {"91": case},
        "excluded": frozenset(),
        "new": {},
    }
    return SimpleNamespace(**view | more)


def texts(found: tuple[Comment, ...], view: Any, known: Text | None = None) -> dict[str, Text]:
    before = SEEN._replace(pages={"91": known} if known else {})
    notice = Notice(News(before, found, before))
    notice.saw(view)
    told = notice.after()
    assert told is not None
    return dict(told.pages)


def test_the_text_of_a_commented_page_is_remembered() -> None:
    read = Text(3, "e" * 32)
    assert texts((a_comment(1, 1),), a_view()) == {"91": read}
    assert texts((a_comment(1, 1, marker="m1"),), a_view()) == {"91": read}
    assert texts((a_comment(1, 1, marker="m2"),), a_view()) == {"91": UNREAD}
    assert texts((), a_view()) == {}
    assert texts((), a_view(), UNREAD) == {"91": read}
    assert texts((), a_view(), Text(2, "c" * 32)) == {}
    assert texts((a_comment(1, 1),), a_view(cases={})) == {"91": UNREAD}
    absent = {"91": SimpleNamespace(stamp=stamp(), page=None)}
    assert texts((a_comment(1, 1),), a_view(cases=absent)) == {"91": UNREAD}
    assert texts((), a_view(cases=absent, infos={}), Text(3, "e" * 32)) == {"91": UNREAD}
    assert texts((a_comment(1, 1),), a_view(new={"91": PAGE.info})) == {}
    assert texts((a_comment(2, 1),), a_view()) == {}
    nothing = a_view(infos={}, cases={}, scan=SimpleNamespace(entries=[]))
    assert texts((), nothing, UNREAD) == {}
    assert texts((), nothing, Text(3, "e" * 32)) == {"91": Text(3, "e" * 32)}
    assert texts((), a_view(cases=absent)) == {"91": UNREAD}


def test_a_run_that_reads_every_page_remembers_those_that_changed() -> None:
    notice = Notice(News(None, (), SEEN))
    notice.saw(a_view())
    assert notice.after() == SEEN._replace(pages={"91": Text(3, "e" * 32)})
    same = SimpleNamespace(stamp=stamp(digest="e" * 32), page=PAGE)
    notice = Notice(News(None, (), SEEN))
    notice.saw(a_view(cases={"91": same}))
    assert notice.after() == SEEN


def test_a_pull_with_nothing_else_new_is_told_of_listed_pages_only() -> None:
    found = (a_comment(1, 1),)
    assert not comments.concerns(News(SEEN, found, SEEN), ["7"])
    assert comments.concerns(News(SEEN, found, SEEN), ["7", "91"])
    assert comments.concerns(News(SEEN, (), SEEN, "no answer"), [])
    assert comments.concerns(News(None, (), SEEN), [])


# -- the file --------------------------------------------------------------------------------------

WHOLE = SeenComments(
    NOON, frozenset({("1", 1), ("2", 14)}), {"91": Text(3, "e" * 32), "92": UNREAD}
)


def test_what_is_stored_is_read_again(mirror: Mirror) -> None:
    comments.keep(mirror, WHOLE)
    assert seen_comments.read(mirror.root / ".confsync", CONFIG) == WHOLE
    assert WHOLE.key is None
    assert SEEN.key == b""
    assert WHOLE._replace(pages={"91": Text(3, "e" * 32)}).key not in (None, SEEN.key)
    comments.keep(mirror, None)
    assert seen_comments.read(mirror.root / ".confsync", CONFIG) == WHOLE


@pytest.mark.parametrize(
    "other",
    [
        CONFIG._replace(url="https://other.example.com"),
        CONFIG._replace(spaces=(SpaceConfig("OPS", "ENG"),)),
        CONFIG._replace(spaces=(SpaceConfig("ENG", "ENG", "98304"),)),
        CONFIG._replace(spaces=(SpaceConfig("ENG", "ENG", exclude=("7",)),)),
        CONFIG._replace(spaces=(SpaceConfig("ENG", "ENG", others=frozenset("7")),)),
    ],
)
def test_with_another_choice_of_pages_nothing_was_seen(mirror: Mirror, other: Config) -> None:
    comments.keep(mirror, WHOLE)
    assert seen_comments.read(mirror.root / ".confsync", other) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("comments 1", "comments 2"),
        ("2026-03-07", "yesterday"),
        ("2 14", "2 x"),
        ("91 3", "91 y"),
        ("\n", " "),
    ],
)
def test_a_corrupt_file_is_none(mirror: Mirror, old: str, new: str) -> None:
    comments.keep(mirror, WHOLE)
    path = mirror.root / ".confsync/comments"
    mark, _, rest = path.read_text().partition("\n")
    assert old in rest
    path.write_text(f"{mark}\n{rest.replace(old, new, 1)}")
    assert seen_comments.read(mirror.root / ".confsync", CONFIG) is None


def test_a_file_of_another_clone_is_none(mirror: Mirror) -> None:
    comments.keep(mirror, WHOLE)
    (mirror.root / ".confsync/mark").unlink()
    assert seen_comments.read(mirror.root / ".confsync", CONFIG) is None
    comments.keep(mirror, SEEN)
    assert seen_comments.read(mirror.root / ".confsync", CONFIG) == SEEN
