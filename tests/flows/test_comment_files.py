"""`comments: true`: the comments of a page stand in a file beside its document."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from confsync.mirror.comments import files
from confsync.sandbox import Sandbox
from confsync.sandbox.store.rows import account_id
from tests.flows.conftest import Desk
from tests.flows.test_new_comments import asked, hints, noticing

GUIDE, OTHER = "ENG/guide.xhtml", "ENG/other.xhtml"
SAID, SAID_OTHER = "ENG/guide.comments.yaml", "ENG/other.comments.yaml"
TEXT = "<p>Open it.</p>"


@pytest.fixture
def desk(wiki: Sandbox, other: str, desk_at: Callable[..., Desk]) -> Desk:
    return noticing(wiki, desk_at(), "true")


def threads(desk: Desk, name: str = SAID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(desk.text(name))["threads"]
    return found


# -- what stands in it -----------------------------------------------------------------------------


def test_threads_have_author_date_text_words_and_state(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.clock = lambda: datetime(2026, 3, 7, 12, tzinfo=UTC)
    ref = wiki.store.comment(guide, "8080", "Ben")
    (row,) = wiki.store.comments(guide)
    wiki.store.reply(row.id, "<p>Yes &amp; no.</p><ul><li>one</li></ul>", "Ana")
    wiki.store.add_comment(guide, TEXT, "Ana")
    run = desk("pull", "--refresh")
    assert f"refreshed   {GUIDE}" in run.out
    inline, footer = threads(desk)
    assert inline["words"] == "8080"
    assert (inline["state"], inline["marker"]) == ("open", ref)
    assert (inline["author"], inline["date"]) == ("Ben", "2026-03-07T12:00:00Z")
    (reply,) = inline["replies"]
    assert (reply["author"], reply["text"]) == ("Ana", "Yes & no.\n- one")
    assert footer["text"] == "Open it."
    assert "state" not in footer


def test_only_pages_with_comments_have_a_file(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    run = desk("pull")
    assert f" * refreshed   {GUIDE}   v1 (comments)\n" in run.out
    assert desk.path(SAID).exists()
    assert not desk.path(SAID_OTHER).exists()
    assert desk("pull").out == "pull: nothing to do\n"


def test_a_person_who_is_named_has_a_name(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    key = "account-id" if wiki.flavor == "cloud" else "userkey"
    ben = account_id("Ben")
    said = f'<p>Ask <ac:link><ri:user ri:{key}="{ben}" /></ac:link>.</p>'
    wiki.store.add_comment(guide, said, "Ana")
    desk("pull")
    assert threads(desk)[1]["text"] == ("Ask @Ben." if wiki.flavor == "cloud" else f"Ask @{ben}.")


def test_a_resolved_and_a_deleted_comment_are_found_by_refresh(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.comment(guide, "8080", "Ben")
    said = wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    wiki.store.resolve(wiki.store.comments(guide)[0].id)
    wiki.store.remove_comment(said.id)
    desk("pull")
    assert [one.get("state") for one in threads(desk)] == ["open", None]
    desk("pull", "--refresh")
    assert [one.get("state") for one in threads(desk)] == ["resolved"]
    wiki.store.remove_comment(wiki.store.comments(guide)[0].id)
    desk("pull", "--refresh", GUIDE)
    assert not desk.path(SAID).exists()
    assert desk("pull").out == "pull: nothing to do\n"


def test_blog_posts_have_comments_too(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    post = wiki.store.create_post("ENG", "News", "<p>big news</p>").id
    wiki.store.comment(post, "big", "Ben")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("  path: ENG\n", "  path: ENG\n  blog: true\n"))
    noticing(wiki, desk, "true")
    (name,) = (path for path in desk.files() if path.endswith("news.comments.yaml"))
    assert threads(desk, name)[0]["words"] == "big"


# -- what it costs ---------------------------------------------------------------------------------


def test_a_pull_with_nothing_new_costs_what_the_notice_costs(wiki: Sandbox, desk: Desk) -> None:
    assert desk("pull").out == "pull: nothing to do\n"
    assert asked(wiki) == hints(wiki)


def test_a_page_with_news_costs_its_list_of_comments(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    wiki.store.comment(guide, "8080")
    wiki.store.add_comment(other, TEXT)
    desk("pull")
    found = asked(wiki) - hints(wiki)
    found.pop("/api/v2/users-bulk", 0)
    if wiki.flavor == "cloud":
        assert found == Counter(
            {
                "/api/v2/pages": 1,
                "/api/v2/pages/N/inline-comments": 2,
                "/api/v2/pages/N/footer-comments": 2,
                "/api/v2/inline-comments/N/children": 1,
                "/api/v2/footer-comments/N/children": 1,
            }
        )
    else:
        scan, listed = "/rest/api/content/scan", "/rest/api/content/N/child/comment"
        assert found == Counter({scan: 1, listed: 2})


def test_without_the_key_no_comment_is_asked_for(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    wiki.store.comment(guide, "8080")
    wiki.clear_requests()
    desk("pull", "--refresh")
    assert not [one.path for one in wiki.requests if "comment" in one.path]
    assert not desk.path(SAID).exists()


# -- read-only -------------------------------------------------------------------------------------


def test_a_push_never_sends_it(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    with desk.path(SAID).open("a") as file:
        file.write("more: text\n")
    assert desk("status").out == "clean: 3 pages\n"
    assert desk("push").out == "push: nothing to do\n"
    desk.path(SAID).unlink()
    assert desk("status").out == "clean: 3 pages\n"
    assert desk("push").out == "push: nothing to do\n"
    assert desk("push", "--delete").out == "push: nothing to do\n"
    assert len(wiki.store.comments(guide)) == 1
    desk("pull", "--refresh")
    assert desk.path(SAID).exists()


def test_a_changed_file_is_kept_in_the_trash_and_told(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    mine = desk.text(SAID).replace("Open it.", "My note.")
    desk.path(SAID).write_text(mine)
    wiki.store.add_comment(guide, TEXT, "Ana")
    run = desk("pull")
    assert "(comments; a copy of the changed file is in .confsync/trash)" in run.out
    assert desk.text(f".confsync/trash/{SAID}") == mine
    assert [one["text"] for one in threads(desk)] == ["Open it.", "Open it."]


def test_other_line_ends_are_no_change(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    desk.path(SAID).write_bytes(desk.path(SAID).read_bytes().replace(b"\n", b"\r\n"))
    wiki.store.add_comment(guide, TEXT, "Ana")
    assert "trash" not in desk("pull").out


def test_a_file_of_that_name_that_is_not_confsyncs_stays(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path(SAID).write_text("my: own\n")
    wiki.store.add_comment(guide, TEXT, "Ben")
    for _ in range(2):
        run = desk("pull", exit=4)
        assert f"{SAID}: confsync did not write this file" in run.err + run.out
        assert desk.text(SAID) == "my: own\n"
    desk.follow(run, "mv")
    desk("pull")
    assert threads(desk)[0]["author"] == "Ben"


def test_a_link_of_that_name_is_not_followed(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path("elsewhere").write_text("# The comments on this page")
    desk.path(SAID).symlink_to("../elsewhere")
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull", exit=4)
    assert desk.text("elsewhere") == "# The comments on this page"


# -- with its document -----------------------------------------------------------------------------


def test_it_moves_with_its_document(wiki: Sandbox, desk: Desk, guide: str, other: str) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    before = desk.text(SAID)
    wiki.store.move(guide, "append", other)
    desk("pull")
    assert desk.text("ENG/other/guide.comments.yaml") == before
    assert not desk.path(SAID).exists()
    wiki.store.edit(guide, title="Manual", body=wiki.store.page(guide).body)
    desk("pull")
    assert desk.text("ENG/other/manual.comments.yaml") == before
    assert sorted(
        name for name in desk.files() if "comments" in name and ".confsync" not in name
    ) == ["ENG/other/manual.comments.yaml"]


def test_it_follows_a_document_that_a_person_moved(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    before = desk.text(SAID)
    desk.path("ENG/other").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/other/guide.xhtml"))
    assert "not sent" in desk("status").out
    desk("push")
    desk("pull")
    assert desk.text("ENG/other/guide.comments.yaml") == before
    assert not desk.path(SAID).exists()


def test_it_goes_with_its_page(wiki: Sandbox, desk: Desk, guide: str, other: str) -> None:
    for page in (guide, other):
        wiki.store.add_comment(page, TEXT, "Ben")
    desk("pull")
    wiki.store.trash(guide)
    desk("pull")
    assert not desk.path(SAID).exists()
    assert desk.path(f".confsync/trash/{SAID}").exists()
    desk.json("push", "--delete", f"{other}@1")
    assert not desk.path(SAID_OTHER).exists()
    assert not desk.path(OTHER).exists()


def test_what_a_deleted_document_left_goes_to_the_trash(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    desk.commit()
    desk.path(GUIDE).unlink()
    desk("push", "--delete")
    desk("pull")
    assert not desk.path(SAID).exists()
    assert desk.path(f".confsync/trash/{SAID}").exists()


def test_a_commit_has_it(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.commit()
    wiki.store.comment(guide, "8080", "Ben")
    desk("pull", "--commit")
    listed = ["git", "show", "--name-only", "--format="]
    made = subprocess.run(listed, cwd=desk.root, capture_output=True, text=True, check=True)
    assert made.stdout.split() == [SAID, GUIDE]


# -- what was not seen -----------------------------------------------------------------------------


def test_the_key_brings_the_comments_of_the_past(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    wiki.store.clock = lambda: datetime.now(UTC) - timedelta(days=9)
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}comments: notice\n")
    desk("pull")
    config.write_text(config.read_text().replace("notice", "true"))
    desk("pull")
    assert desk.path(SAID).exists()


def test_a_new_page_brings_its_comments(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.clock = lambda: datetime.now(UTC) - timedelta(days=9)
    page = wiki.store.create_page("ENG", "Third", "<p>x</p>").id
    wiki.store.add_comment(page, TEXT, "Ben")
    assert desk.json("pull").outcomes == {"ENG/third.xhtml": "created"}
    assert threads(desk, "ENG/third.comments.yaml")[0]["author"] == "Ben"
    assert desk("pull").out == "pull: nothing to do\n"


@pytest.mark.parametrize("status", [500, 404])
def test_comments_that_cannot_be_read_are_read_by_the_next_pull(
    wiki: Sandbox, desk: Desk, guide: str, other: str, status: int
) -> None:
    for page in (guide, other):
        wiki.store.add_comment(page, TEXT, "Ben")
    wiki.faults.refuse = lambda method, path: status if is_list(path, guide) else None
    run = desk("pull", exit=None)
    assert f"{GUIDE}: its comments could not be read" in run.out + run.err
    assert run.exit == (3 if status == 500 else 1)
    assert not desk.path(SAID).exists()
    assert desk.path(SAID_OTHER).exists()
    wiki.faults.refuse = None
    desk("pull")
    assert desk.path(SAID).exists()
    assert desk("pull").out == "pull: nothing to do\n"


def is_list(path: str, page: str) -> bool:
    return f"/{page}/" in path and "comment" in path


def test_the_comments_of_another_page_are_not_its_comments(
    wiki: Sandbox, desk: Desk, guide: str, other: str
) -> None:
    """Files of comments that a person mixed up say nothing about the document beside them."""
    wiki.store.add_comment(guide, TEXT, "Ben")
    desk("pull")
    desk.path(SAID).rename(desk.path(SAID_OTHER))
    assert files.read(desk.root, OTHER, other) is None
    assert files.read(desk.root, OTHER, guide) is not None
