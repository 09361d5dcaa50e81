"""`comments: notice`: a pull looks for new comments, names them, and reads their pages."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confsync.errors import FileError
from confsync.pull import run as pull_run
from confsync.remote import client
from confsync.remote.cloud import comments as cloud_comments
from confsync.remote.datacenter import comments as datacenter_comments
from confsync.sandbox import Sandbox
from confsync.sync import comments
from tests import independent
from tests.flows.conftest import Desk

GUIDE, OTHER = "ENG/guide.xhtml", "ENG/other.xhtml"
SCAN = "/rest/api/content/scan"
TEXT = "<p>Open it.</p>"


@pytest.fixture
def desk(wiki: Sandbox, other: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that looks for comments, and has seen those before it."""
    return noticing(wiki, desk_at())


Change = Callable[[dict[str, Any]], None]
Spoiled = list[tuple[Callable[[str], bool], Change]]


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Spoiled:
    """Return the changes that answers to some paths get on their way."""
    changes: Spoiled = []
    real = client.Client.get

    def get(self: client.Client, path: str, params: Any = None, **more: Any) -> dict[str, Any]:
        answer = real(self, path, params, **more)
        for means, change in changes:
            if means(path):
                change(answer)
        return answer

    monkeypatch.setattr(client.Client, "get", get)
    return changes


def noticing(wiki: Sandbox, desk: Desk, how: str = "notice") -> Desk:
    """Let a desk look for comments, and pull once."""
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}comments: {how}\n")
    desk("pull")
    wiki.clear_requests()
    return desk


def asked(wiki: Sandbox) -> Counter[str]:
    """Return the count of requests of each route since the last call, ids as N."""
    paths = (one.path.removeprefix(wiki.context).partition("?")[0] for one in wiki.requests)
    found = Counter(re.sub(r"/[0-9]+", "/N", path) for path in paths)
    wiki.clear_requests()
    return found


def hints(wiki: Sandbox) -> Counter[str]:
    """Return what a pull costs that looks for comments and finds nothing new."""
    if wiki.flavor == "cloud":
        listing = ("/api/v2/spaces", "/api/v2/spaces/N/pages")
        return Counter([*listing, "/api/v2/inline-comments", "/api/v2/footer-comments"])
    return Counter(["/rest/api/space/ENG", "/rest/api/content/scan", "/rest/api/content/search"])


def is_hint(method: str, path: str) -> bool:
    return path.endswith(("/inline-comments", "/footer-comments", "/content/search"))


def comments_in(desk: Desk, *arguments: str) -> list[tuple[str, str, str]]:
    found = desk.json(*arguments).data["comments"]
    return [(one["path"], one["kind"], one["author"]) for one in found]


# -- a pull ----------------------------------------------------------------------------------------


def test_an_inline_comment_is_pulled_although_the_page_has_no_new_version(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    ref = wiki.store.comment(guide, "8080", author="Ben")
    run = desk("pull")
    assert f"1 new comment on {GUIDE}: Ben\n" in run.out
    assert "pull: 1 refreshed\n" in run.out
    assert ref in desk.text(GUIDE)
    assert desk("pull").out == "pull: nothing to do\n"
    independent.assert_equal(desk.root, wiki)


def test_comments_and_replies_are_named_by_page(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    said = wiki.store.add_comment(guide, TEXT, "Ben")
    wiki.store.reply(said.id, TEXT, "Ana")
    wiki.store.add_comment(other, TEXT, "Ana")
    files = desk.files()
    assert desk("pull").out == (
        f"2 new comments on {GUIDE}: Ben, Ana\n1 new comment on {OTHER}: Ana\npull: nothing to do\n"
    )
    assert desk.files() == files
    assert comments_in(desk, "pull") == []


def test_a_pull_with_nothing_new_costs_the_listing_and_the_hint(wiki: Sandbox, desk: Desk) -> None:
    assert desk("pull").out == "pull: nothing to do\n"
    assert asked(wiki) == hints(wiki)


def test_a_pull_without_the_key_asks_for_no_comment(
    wiki: Sandbox, other: str, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    wiki.store.comment(guide, "8080")
    wiki.clear_requests()
    desk("pull")
    desk("status", "--remote")
    assert not [one for one in wiki.requests if is_hint(one.method, one.path.partition("?")[0])]
    assert not desk.path(".confsync/comments").exists()


def test_a_comment_elsewhere_reads_no_page_and_is_not_looked_at_again(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.create_space("OPS", "Operations", "Home")
    page = wiki.store.create_page("OPS", "Plan", "<p>Do it now.</p>").id
    desk("pull")
    before = desk.path(".confsync/comments").read_text()
    asked(wiki)
    wiki.store.comment(page, "now", "Ben")
    assert desk("pull", "--dry-run").out == "pull --dry-run: nothing to do\n"
    assert desk.path(".confsync/comments").read_text() == before
    assert desk("pull").out == "pull: nothing to do\n"
    assert asked(wiki) == hints(wiki) + hints(wiki)
    moved = desk.path(".confsync/comments").read_text() != before
    assert moved == (wiki.flavor == "cloud")  # a Data Center is asked for the mirror's spaces


def test_a_comment_costs_one_answer_with_its_page(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    wiki.store.comment(guide, "8080")
    wiki.store.comment(other, "words")
    desk("pull")
    found = asked(wiki) - hints(wiki)
    found.pop("/api/v2/users-bulk", 0)
    assert found == Counter(["/api/v2/pages" if wiki.flavor == "cloud" else SCAN])


def test_a_dry_run_and_a_named_page_leave_the_news_to_the_next_pull(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    wiki.store.comment(guide, "8080", "Ben")
    wiki.store.comment(other, "words", "Ben")
    assert desk.json("pull", "--dry-run").outcomes == {GUIDE: "refreshed", OTHER: "refreshed"}
    asked(wiki)
    assert desk.json("pull", GUIDE).outcomes == {GUIDE: "refreshed"}
    assert not [route for route in asked(wiki) if is_hint("GET", route)]
    found = desk.json("pull")
    assert found.outcomes == {OTHER: "refreshed"}
    assert [one["path"] for one in found.data["comments"]] == [GUIDE, OTHER]


def test_the_comment_of_a_blog_post_is_pulled(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    post = wiki.store.create_post("ENG", "News", "<p>big news</p>").id
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("  path: ENG\n", "  path: ENG\n  blog: true\n"))
    noticing(wiki, desk)
    ref = wiki.store.comment(post, "big", "Ben")
    (found,) = comments_in(desk, "pull")
    assert found[1:] == ("inline", "Ben")
    assert ref in desk.text(found[0])


def test_deleted_and_resolved_comments_are_found_by_refresh(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    ref = wiki.store.comment(guide, "8080", "Ben")
    desk("pull")
    (row,) = wiki.store.comments(guide)
    wiki.store.resolve(row.id)
    assert comments_in(desk, "pull") == []
    wiki.store.remove_comment(row.id)
    desk("pull")
    assert ref in desk.text(GUIDE)
    desk("pull", "--refresh")
    assert ref not in desk.text(GUIDE)
    assert desk("pull").out == "pull: nothing to do\n"
    independent.assert_equal(desk.root, wiki)


def test_an_edited_comment_is_news(wiki: Sandbox, desk: Desk, guide: str) -> None:
    said = wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    wiki.store.edit_comment(said.id, TEXT + TEXT, 2, "Ana")
    assert comments_in(desk, "pull") == [(GUIDE, "footer", "Ana")]
    assert comments_in(desk, "pull") == []


def test_many_pages_with_comments_are_listed_in_part(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(12):
        page = wiki.store.create_page("ENG", f"Page {n}", "<p>x</p>").id
        wiki.store.add_comment(page, TEXT, "Ben")
    printed = desk("pull", "--dry-run").out
    assert printed.count("1 new comment on ENG/page-") == 10
    assert "… and on 2 more pages (-v lists them all)\n" in printed
    assert desk("pull", "-v").out.count("1 new comment on ENG/page-") == 12


# -- a status --------------------------------------------------------------------------------------


def test_a_status_names_new_comments_until_a_pull(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, ticks = wiki.store.clock, itertools.count(1)  # two comments of one moment have no order
    monkeypatch.setattr(wiki.store, "clock", lambda: clock() + timedelta(milliseconds=next(ticks)))
    wiki.store.comment(guide, "8080", "Ben")
    wiki.store.add_comment(guide, TEXT, "Ana")
    for _ in range(2):
        run = desk("status", "--remote")
        assert f"2 new comments on {GUIDE}: Ben, Ana\n" in run.out
        assert "behind" in run.out
    assert sorted(comments_in(desk, "status", "--remote")) == [
        (GUIDE, "footer", "Ana"),
        (GUIDE, "inline", "Ben"),
    ]
    assert comments_in(desk, "status") == []
    desk("pull")
    assert desk("status", "--remote").out == "clean: 3 pages\n"


def test_a_status_says_if_no_pull_has_seen_the_comments(wiki: Sandbox, desk: Desk) -> None:
    desk.path(".confsync/comments").unlink()
    asked(wiki)
    run = desk("status", "--remote")
    assert "new comments are not known yet: 'confsync pull' reads every page once\n" in run.out
    desk.follow(run, "confsync pull")
    assert desk("status", "--remote").out == "clean: 3 pages\n"


# -- what was not seen -----------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [".confsync", ".confsync/comments", ".confsync/mark"])
def test_without_the_state_every_page_is_read_once(
    wiki: Sandbox, desk: Desk, guide: str, lost: str
) -> None:
    ref = wiki.store.comment(guide, "8080")
    desk.path(lost).rename(desk.path("gone"))
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)
    asked(wiki)
    desk("pull")
    desk("pull")
    assert asked(wiki) == hints(wiki) + hints(wiki)


def test_with_the_key_the_comments_of_the_past_come(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    ref = wiki.store.comment(guide, "8080")
    desk("pull")
    assert ref not in desk.text(GUIDE)
    noticing(wiki, desk)
    assert ref in desk.text(GUIDE)


def test_with_other_pages_every_page_is_read_once(wiki: Sandbox, desk: Desk, other: str) -> None:
    config = desk.path(".confsync.yaml")
    whole = config.read_text()
    config.write_text(whole.replace("  path: ENG\n", "  path: ENG\n  exclude: [other]\n"))
    ref = wiki.store.comment(other, "words")
    desk("pull")
    assert ref not in desk.text(OTHER)
    config.write_text(whole)
    desk("pull")
    assert ref in desk.text(OTHER)


def test_a_document_of_another_branch_gets_the_comment_too(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """The same version's text without the comment comes back from git."""
    before = desk.path(GUIDE).read_bytes()
    ref = wiki.store.comment(guide, "8080")
    desk("pull")
    desk.path(GUIDE).write_bytes(before)
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)
    assert desk("pull").out == "pull: nothing to do\n"


def test_a_comment_on_an_edited_page_comes_after_the_edit_is_given_up(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    before = desk.path(GUIDE).read_bytes()
    desk.edit(GUIDE, "9090", "9091")
    ref = wiki.store.comment(guide, "8080")
    assert desk.json("pull", exit=1).outcomes == {GUIDE: "rejected"}
    desk.path(GUIDE).write_bytes(before)
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)


def test_a_document_that_comes_back_gets_the_comment(wiki: Sandbox, desk: Desk, other: str) -> None:
    before = desk.path(OTHER).read_bytes()
    desk.path(".gitignore").write_text(".confsync\n")
    for words in (("init", "-q", "--template="), ("add", "-A"), ("commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=desk.root, check=True)
    desk.path(OTHER).unlink()
    ref = wiki.store.comment(other, "words")
    desk("pull")
    assert not desk.path(OTHER).exists()
    desk.path(OTHER).write_bytes(before)
    desk("pull")
    assert ref in desk.text(OTHER)


def test_a_page_that_cannot_be_read_is_read_by_the_next_pull(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    ref = wiki.store.comment(guide, "8080")
    wiki.faults.refuse = lambda method, path: 500 if is_body(path) else None
    desk("pull", exit=None)
    assert ref not in desk.text(GUIDE)
    wiki.faults.refuse = None
    desk("pull")
    assert ref in desk.text(GUIDE)


def test_a_pull_that_could_write_nothing_is_gone_on_with(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comment is seen, and nothing else differs from a pull with nothing to do."""
    desk("pull")
    ref = wiki.store.comment(guide, "8080")

    def broken(*_: object) -> None:
        raise FileError(f"{GUIDE}: cannot be written")

    with monkeypatch.context() as patched:
        patched.setattr(pull_run, "apply_plan", broken)
        desk("pull", exit=4)
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)


def test_a_space_that_cannot_be_listed_keeps_its_news(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    wiki.store.create_space("OPS", "Operations", "Home")
    page = wiki.store.create_page("OPS", "Plan", "<p>now</p>").id
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    both = "spaces:\n- key: OPS\n  path: OPS\n"
    config.write_text(config.read_text().replace("spaces:\n", both))
    noticing(wiki, desk)
    refs = wiki.store.comment(guide, "8080"), wiki.store.comment(page, "now")
    wiki.faults.refuse = lambda method, path: 500 if path.endswith(of_ops) else None
    number = wiki.store.space("OPS").id
    of_ops = f"/spaces/{number}/pages" if wiki.flavor == "cloud" else "/space/OPS"
    desk("pull", exit=3)
    assert refs[0] in desk.text(GUIDE)
    wiki.faults.refuse = None
    assert desk.json("pull").outcomes == {"OPS/plan.xhtml": "refreshed"}
    assert refs[1] in desk.text("OPS/plan.xhtml")
    assert desk("pull").out == "pull: nothing to do\n"


def is_body(path: str) -> bool:
    return re.search(r"\b(api/v2/pages|rest/api/content)(/\d+)?$", path) is not None


def test_a_page_that_is_visible_again_is_read(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    """While a page is not visible, no listing has its comments. Later they are long past."""
    wiki.store.add_comment(guide, TEXT)
    wiki.store.restrict(other)
    desk("pull", exit=None)
    wiki.store.unrestrict(other)
    wiki.store.clock = lambda: datetime.now(UTC) - timedelta(hours=1)
    ref = wiki.store.comment(other, "words")
    desk("pull")
    assert ref in desk.text(OTHER)


def test_a_text_that_lacks_the_marker_is_read_again(
    wiki: Sandbox, desk: Desk, guide: str, spoil: Spoiled
) -> None:
    """A replica may list the comment already and answer with the text before it."""
    ref = wiki.store.comment(guide, "8080")

    def without_marker(answer: dict[str, Any]) -> None:
        for row in answer.get("results", [answer]):
            body = row.get("body", {}).get("storage", {"value": ""})
            body["value"] = re.sub(r"</?ac:inline-comment-marker[^>]*>", "", body["value"])

    spoil.append((is_bodies, without_marker))
    desk("pull")
    assert ref not in desk.text(GUIDE)
    spoil.clear()
    desk("pull")
    assert ref in desk.text(GUIDE)
    assert desk("pull").out == "pull: nothing to do\n"


def is_bodies(path: str) -> bool:
    return path.endswith(("api/v2/pages", SCAN[1:])) or is_body(path)


# -- a hint that fails or does not add up ----------------------------------------------------------


def said_so(run: Any) -> bool:
    return "'confsync pull --refresh' reads every page" in run.err


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 429, 500, 501, 503])
@pytest.mark.parametrize("which", [1, 2])
def test_a_hint_that_fails_stops_no_pull_and_loses_no_comment(
    wiki: Sandbox, desk: Desk, guide: str, other: str, status: int, which: int
) -> None:
    struck = hint_number(wiki, which)
    ref = wiki.store.comment(guide, "8080")
    wiki.store.edit(other, "<p>other words</p>", author="Ana")
    wiki.faults.refuse = lambda method, path: status if struck(path) else None
    wiki.faults.retry_after = 10_000
    run = desk("pull")
    assert said_so(run)
    assert "other words" in desk.text(OTHER)
    assert said_so(desk("pull"))
    assert said_so(desk("status", "--remote"))
    wiki.faults.refuse = None
    run = desk("pull")
    assert not said_so(run)
    assert "1 new comment" in run.out
    assert ref in desk.text(GUIDE)
    assert desk("pull").out == "pull: nothing to do\n"


def hint_number(wiki: Sandbox, which: int) -> Callable[[str], bool]:
    if wiki.flavor == "cloud":
        return lambda path: path.endswith(("/inline-comments", "/footer-comments")[which - 1])
    if which == 2:
        pytest.skip("a Data Center is asked once")
    return lambda path: path.endswith("/content/search")


@pytest.mark.parametrize("fault", ["lose_response", "truncate", "html"])
def test_an_answer_that_breaks_off_stops_no_pull(
    wiki: Sandbox, desk: Desk, guide: str, fault: str
) -> None:
    ref = wiki.store.comment(guide, "8080")
    broken = (lambda m, p: 200 if is_hint(m, p) else None) if fault == "html" else is_hint
    setattr(wiki.faults, fault, broken)
    run = desk("pull")
    assert said_so(run)
    desk.follow(run, "confsync pull --refresh")
    assert ref in desk.text(GUIDE)
    setattr(wiki.faults, fault, None)
    desk("pull")
    assert ref in desk.text(GUIDE)


def test_without_a_hint_and_without_the_state_no_page_is_read(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path(".confsync/comments").unlink()
    ref = wiki.store.comment(guide, "8080")
    wiki.faults.refuse = lambda method, path: 403 if is_hint(method, path) else None
    asked(wiki)
    assert said_so(desk("pull"))
    found = asked(wiki)
    assert sum(found[route] for route in found if is_bodies(route)) == (wiki.flavor != "cloud")
    assert not desk.path(".confsync/comments").exists()
    wiki.faults.refuse = None
    desk("pull")
    assert ref in desk.text(GUIDE)


def oldest_first(answer: dict[str, Any]) -> None:
    answer["results"].reverse()


def no_listing(answer: dict[str, Any]) -> None:
    answer["results"] = "none"


def no_ids(answer: dict[str, Any]) -> None:
    answer["results"][0]["id"] = "../7"


def no_times(answer: dict[str, Any]) -> None:
    version = answer["results"][0]["version"]
    version["when" if "when" in version else "createdAt"] = "yesterday"


def no_versions(answer: dict[str, Any]) -> None:
    answer["results"][0]["version"] = None


def no_rows(answer: dict[str, Any]) -> None:
    answer["results"][0] = 7


def bad_pages(answer: dict[str, Any]) -> None:
    row = answer["results"][0]
    row["pageId"] = "../7"
    row["container"] = {"type": "page", "id": "../7"}


WRONG = [oldest_first, no_listing, no_ids, no_times, no_versions, no_rows, bad_pages]


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_a_hint_that_does_not_add_up_loses_no_comment(
    wiki: Sandbox, desk: Desk, guide: str, other: str, spoil: Spoiled, change: Change
) -> None:
    wiki.store.clock = lambda: datetime.now(UTC) - timedelta(minutes=2)
    wiki.store.comment(other, "words")
    wiki.store.clock = lambda: datetime.now(UTC)
    ref = wiki.store.comment(guide, "8080")
    spoil.append((lambda path: path.endswith(("/inline-comments", "/search")), change))
    before = desk.path(".confsync/comments").read_text().splitlines()[2]
    assert said_so(desk("pull"))
    assert desk.path(".confsync/comments").read_text().splitlines()[2] == before
    spoil.clear()
    desk("pull")
    assert ref in desk.text(GUIDE)
    independent.assert_equal(desk.root, wiki)


@pytest.fixture
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows an answer, and three answers at most."""
    monkeypatch.setattr(cloud_comments, "ROWS", 2)
    monkeypatch.setattr(datacenter_comments, "ROWS", 3)
    monkeypatch.setattr(comments, "ANSWERS", 3)


@pytest.mark.usefixtures("small_answers")
def test_more_comments_than_the_answers_hold_are_told_until_a_refresh(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    (ref,) = hourly(wiki, guide)
    hourly(wiki, *(wiki.store.create_page("ENG", f"P{n}", "<p>8080</p>").id for n in range(9)))
    wiki.clear_requests()
    run = desk("pull")
    assert "there are more new comments than 3 answers of the server hold" in run.err
    assert ref not in desk.text(GUIDE)
    assert "more new comments" in desk("pull").err
    assert desk("pull", "--refresh").err == ""
    assert ref in desk.text(GUIDE)
    asked(wiki)
    run = desk("pull")
    assert (run.out, run.err) == ("pull: nothing to do\n", "")


@pytest.mark.usefixtures("small_answers")
def test_a_listing_is_followed_to_what_was_seen(wiki: Sandbox, desk: Desk, guide: str) -> None:
    pages = [wiki.store.create_page("ENG", f"P{n}", "<p>8080</p>").id for n in range(4)]
    hourly(wiki, *pages)
    desk("pull", "--refresh")
    asked(wiki)
    desk("pull")
    assert asked(wiki) == hints(wiki)
    refs = hourly(wiki, guide, *pages[:2])
    desk("pull")
    found = Counter(route for route in asked(wiki).elements() if is_hint("GET", route))
    # Up to the one that is older than the newest that was seen; those at the end are asked once.
    assert found.total() == (3 + 1 if wiki.flavor == "cloud" else 2)
    assert refs[0] in desk.text(GUIDE)
    assert refs[2] in desk.text("ENG/p1.xhtml")


def hourly(wiki: Sandbox, *pages: str) -> list[str]:
    """Add a comment to each page, each an hour after the one before. Return their markers."""
    refs = []
    for page in pages:
        HOURS.append(HOURS[-1] + timedelta(hours=1))
        wiki.store.clock = lambda: HOURS[-1]
        refs.append(wiki.store.comment(page, "8080"))
    wiki.store.clock = lambda: datetime.now(UTC)
    return refs


HOURS = [datetime(2026, 1, 1, tzinfo=UTC)]


# -- clocks ----------------------------------------------------------------------------------------


def test_comments_of_a_server_whose_clock_goes_back_are_seen(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """The time of the newest comment is in the future now, so every page is read once."""
    seen = desk.path(".confsync/comments")
    mark, about, _, *rest = seen.read_text().splitlines()
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    seen.write_text("\n".join([mark, about, later, *rest, ""]))
    ref = wiki.store.comment(guide, "8080")
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    assert ref in desk.text(GUIDE)
    assert comments_in(desk, "pull") == []


def test_a_comment_of_the_future_hides_no_later_one(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.clock = lambda: datetime.now(UTC) + timedelta(days=1)
    wiki.store.add_comment(guide, TEXT, "Ben")
    assert comments_in(desk, "pull") == [(GUIDE, "footer", "Ben")]
    wiki.store.clock = lambda: datetime.now(UTC)
    ref = wiki.store.comment(guide, "8080", "Ana")
    assert comments_in(desk, "pull") == [(GUIDE, "inline", "Ana")]
    assert ref in desk.text(GUIDE)
    assert comments_in(desk, "pull") == []


def test_a_listing_that_lags_loses_no_comment(
    wiki: Sandbox, desk: Desk, guide: str, other: str, spoil: Spoiled
) -> None:
    """The newer of two comments is listed first."""
    wiki.store.clock = lambda: datetime.now(UTC) - timedelta(minutes=1)
    first = wiki.store.comment(other, "words", "Ana")
    wiki.store.clock = lambda: datetime.now(UTC)
    hidden = wiki.store.comments(other)[0].id
    wiki.store.comment(guide, "8080", "Ben")

    def without_first(answer: dict[str, Any]) -> None:
        answer["results"] = [row for row in answer["results"] if row["id"] != hidden]

    spoil.append((lambda path: path.endswith(("/inline-comments", "/search")), without_first))
    assert comments_in(desk, "pull") == [(GUIDE, "inline", "Ben")]
    spoil.clear()
    assert comments_in(desk, "pull") == [(OTHER, "inline", "Ana")]
    assert first in desk.text(OTHER)
