"""confsync as a library: the decision record's names, pattern and message."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

import confsync
from confsync import (
    APIAccessError,
    DroppedCommentError,
    NotVisibleError,
    VersionConflictError,
    Wiki,
    WriteRefusedError,
    connect,
)
from confsync.sandbox import Sandbox
from confsync.sync import fetch


@pytest.fixture
def ours(wiki: Sandbox) -> Iterator[Wiki]:
    with connect(wiki.url, token=wiki.token, user=wiki.user) as connection:
        yield connection


@pytest.fixture
def page_id(wiki: Sandbox) -> str:
    return wiki.store.create_page("ENG", "Guide", "<p>text</p>", labels=("b", "a")).id


def test_a_page_is_fetched_with_all_that_the_record_names(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    page = ours.fetch_page(page_id)
    assert (page.page_id, page.title, page.version) == (page_id, "Guide", 1)
    assert page.content_storage == "<p>text</p>"
    assert page.space_key == "ENG"
    assert page.parent_id == wiki.store.space("ENG").homepage_id
    assert page.labels == ("a", "b")


def test_an_update_answers_the_new_version(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    page = ours.fetch_page(page_id)
    new = ours.update_page(
        page_id=page_id, title="Guide", content="<p>mine</p>", version=page.version, message="why"
    )
    assert new == 2
    assert wiki.store.page(page_id).body == "<p>mine</p>"
    assert wiki.store.page(page_id).message.endswith("] why")
    assert ours.update_page(page_id=page_id, title="New", content="<p>x</p>", version=2) == 3


def test_a_stale_version_is_refused_in_the_records_words_and_logged_for_audits(
    wiki: Sandbox, ours: Wiki, page_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    page = ours.fetch_page(page_id)
    wiki.store.edit(page_id, "<p>theirs</p>", author="Ana")
    with (
        caplog.at_level(logging.WARNING, "confsync.mirror.state.audit"),
        pytest.raises(VersionConflictError) as caught,
    ):
        ours.update_page(
            page_id=page_id, title=page.title, content="<p>mine</p>", version=page.version
        )
    assert str(caught.value) == f"Version conflict updating page {page_id} (version 1 is stale)"
    assert isinstance(caught.value, APIAccessError)
    assert (caught.value.page_id, caught.value.version, caught.value.current_version) == (
        page_id,
        1,
        2,
    )
    assert wiki.store.page(page_id).body == "<p>theirs</p>"
    assert caplog.messages == [
        f"version conflict: page={page_id} base=1 current=2 decision=diverged user={wiki.user}"
    ]


def test_a_change_without_a_version_is_seen(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    page = ours.fetch_page(page_id)
    wiki.store.comment(page_id, "text")
    with pytest.raises(VersionConflictError):
        ours.update_page(page_id=page_id, title=page.title, content="<p>mine</p>", version=1)
    assert "inline-comment-marker" in wiki.store.page(page_id).body


def test_a_live_doc_is_only_read(wiki: Sandbox, ours: Wiki) -> None:
    if wiki.flavor == "datacenter":
        pytest.skip("Data Center has no live docs")
    live = wiki.store.create_page("ENG", "Live", "<p>text</p>", subtype="live").id
    page = ours.fetch_page(live)
    with pytest.raises(WriteRefusedError, match="confsync does not push live docs"):
        ours.update_page(page_id=live, title="Live", content="<p>mine</p>", version=page.version)
    assert wiki.store.page(live).body == "<p>text</p>"


def test_a_change_without_a_version_is_seen_after_an_update_too(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    page = ours.fetch_page(page_id)
    new = ours.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=1)
    wiki.store.comment(page_id, "mine")
    with pytest.raises(VersionConflictError):
        ours.update_page(page_id=page_id, title=page.title, content="<p>again</p>", version=new)
    assert "inline-comment-marker" in wiki.store.page(page_id).body


def test_a_server_that_lags_makes_no_false_conflict(
    wiki: Sandbox, ours: Wiki, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PAUSES", (0.0, 0.0, 0.0, 0.0))
    wiki.faults.stale_reads_count = 2
    assert ours.update_page(page_id=page_id, title="Guide", content="<p>2</p>", version=1) == 2
    assert ours.update_page(page_id=page_id, title="Guide", content="<p>3</p>", version=2) == 3
    wiki.faults.stale_reads_count = 0
    wiki.store.trash(page_id)
    with pytest.raises(NotVisibleError):
        ours.fetch_page(page_id)


def test_an_edit_between_look_and_write_is_refused_by_the_server(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    def colleague(method: str, path: str) -> None:
        if method == "PUT":
            wiki.faults.before = None
            wiki.store.edit(page_id, "<p>theirs</p>", author="Ana")

    ours.fetch_page(page_id)
    wiki.faults.before = colleague
    with pytest.raises(VersionConflictError):
        ours.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=1)
    assert wiki.store.page(page_id).body == "<p>theirs</p>"


def test_the_same_content_makes_no_version(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    assert ours.update_page(page_id=page_id, title="Guide", content="<p>text</p>", version=1) == 1
    assert wiki.store.page(page_id).version == 1


def test_a_lost_answer_is_found_out(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    assert ours.update_page(page_id=page_id, title="Guide", content="<p>m</p>", version=1) == 2
    assert wiki.store.page(page_id).version == 2


def test_rate_limits_are_waited_out(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    asked: list[str] = []

    def limited(method: str, path: str) -> int | None:
        asked.append(method)
        return 429 if len(asked) % 2 else None

    wiki.faults.refuse = limited
    page = ours.fetch_page(page_id)
    assert ours.update_page(page_id=page_id, title="G", content="<p>m</p>", version=page.version)


def test_what_the_server_does_not_take(wiki: Sandbox, ours: Wiki, page_id: str) -> None:
    with pytest.raises(WriteRefusedError):
        ours.update_page(page_id=page_id, title="Engineering", content="<p>m</p>", version=1)
    wiki.store.trash(page_id)
    with pytest.raises(NotVisibleError):
        ours.update_page(page_id=page_id, title="Guide", content="<p>m</p>", version=1)


def test_the_public_names_are_typed_and_there() -> None:
    for name in confsync.__all__:
        assert getattr(confsync, name)
    with pytest.raises(AttributeError):
        confsync.nothing  # noqa: B018


def test_a_text_that_drops_an_open_comment_is_not_written(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    wiki.store.comment(page_id, "text", "Ben")
    (comment,) = wiki.store.comments(page_id)
    before = ours.fetch_page(page_id)
    with pytest.raises(DroppedCommentError) as refused:
        ours.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=1)
    assert str(refused.value) == (f"page {page_id}: the text drops an open comment: Ben on 'text'")
    assert (refused.value.page_id, refused.value.comments) == (page_id, (comment.id,))
    assert ours.fetch_page(page_id) == before
    kept = before.content_storage.replace(">text<", ">words<")
    assert ours.update_page(page_id=page_id, title="Guide", content=kept, version=1) == 2
    with pytest.raises(DroppedCommentError):
        ours.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=2)
    with connect(wiki.url, token=wiki.token, user=wiki.user, drop_comments=True) as free:
        new = free.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=2)
    assert (new, wiki.store.page(page_id).body) == (3, "<p>mine</p>")


def test_a_text_that_drops_a_resolved_comment_is_written(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    wiki.store.comment(page_id, "text", "Ben")
    wiki.store.resolve(wiki.store.comments(page_id)[0].id)
    version = ours.fetch_page(page_id).version
    new = ours.update_page(page_id=page_id, title="Guide", content="<p>mine</p>", version=version)
    assert wiki.store.page(page_id).version == new == version + 1


def test_a_text_that_drops_no_marker_asks_for_no_comment(
    wiki: Sandbox, ours: Wiki, page_id: str
) -> None:
    wiki.store.comment(page_id, "text", "Ben")
    page = ours.fetch_page(page_id)
    wiki.clear_requests()
    more = f"{page.content_storage}<p>more</p>"
    ours.update_page(page_id=page_id, title="Guide", content=more, version=page.version)
    assert not [one for one in wiki.requests if "comment" in one.path]
