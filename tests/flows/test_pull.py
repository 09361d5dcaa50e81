"""Pulling: the server's changes come in, and no file that was edited is overwritten."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


def test_a_changed_page_replaces_an_unmodified_file(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    assert desk.json("pull").outcomes == {GUIDE: "pulled"}
    assert desk.text(GUIDE).endswith("---\n<p>new</p>\n")
    files = desk.files()
    assert desk("pull").out == "pull: nothing to do\n"
    assert desk.files() == files


def test_an_edited_file_is_never_overwritten(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    wiki.store.edit(guide, "<p>new</p>", author="Ana", message="rewritten")
    for arguments in (("pull",), ("pull", GUIDE), ("pull", "--refresh")):
        run = desk(*arguments, exit=1)
        assert "the server has v2 (Ana, just now" in run.out
        assert desk.files() == files
    desk.edit(GUIDE, "8081", "8082")
    files = desk.files()
    desk("push", exit=1)
    desk("pull", exit=1)
    assert desk.files() == files
    assert writes(wiki) == []


def test_an_edit_of_ones_own_is_kept_while_the_others_come_in(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk.edit(GUIDE, "8080", "8081")
    run = desk.json("pull")
    assert run.outcomes == {GUIDE: "kept", "ENG/other.xhtml": "created"}
    wiki.store.edit(other, "<p>changed</p>", author="Ana")
    assert desk.json("pull").outcomes == {GUIDE: "kept", "ENG/other.xhtml": "pulled"}


def test_the_same_edit_on_both_sides_is_no_conflict(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("8080", "8081"), author="Ana")
    assert desk.json("pull").outcomes == {GUIDE: "restamped"}
    assert desk("status").out == "clean: 2 pages\n"


def test_users_keys_and_comments_survive(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "title: Guide", "# mine\nowner: 'platform'   # keep\ntitle: \"Guide\"")
    assert desk("status").out == "clean: 2 pages\n"
    wiki.store.edit(guide, "<p>new</p>", title="Handbook", author="Ana")
    desk("pull")
    text = desk.text("ENG/handbook.xhtml")
    assert text.startswith(
        "---\n# mine\nowner: 'platform'   # keep\ntitle: Handbook\nconfluence:\n"
    )


def test_dry_run_says_the_same_and_writes_nothing(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    files = desk.files()
    told = desk.json("pull", "--dry-run").outcomes
    assert desk.files() == files
    assert desk.json("pull").outcomes == told == {GUIDE: "pulled", "ENG/other.xhtml": "created"}


def test_a_trashed_page_takes_its_unmodified_file_to_the_trash(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    before = desk.path(GUIDE).read_bytes()
    wiki.store.trash(guide)
    assert desk.json("pull").outcomes == {GUIDE: "deleted"}
    assert not desk.path(GUIDE).exists()
    assert desk.path(f".confsync/trash/{GUIDE}").read_bytes() == before
    assert desk("pull").out == "pull: nothing to do\n"


def test_a_trashed_page_leaves_a_modified_file(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    files = desk.files()
    wiki.store.trash(guide)
    run = desk.json("pull")
    assert run.outcomes == {GUIDE: "kept"}
    assert desk.files() == files


def test_404_removes_nothing_unless_asked(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.restrict(guide)
    files = desk.files()
    assert desk.json("pull").outcomes == {GUIDE: "kept"}
    assert desk.files() == files
    assert desk.json("pull", "--prune").outcomes == {GUIDE: "deleted"}
    assert desk.path(f".confsync/trash/{GUIDE}").exists()


def test_a_page_in_another_space_is_kept(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.create_space("OPS", "Operations", "Operations")
    wiki.store.move_to_space(guide, "OPS")
    files = desk.files()
    assert desk.json("pull").outcomes == {GUIDE: "kept"}
    desk.edit(GUIDE, "8080", "8081")
    desk("push", exit=1)
    assert writes(wiki) == []
    assert set(desk.files()) == set(files)


def test_wrong_credentials_remove_nothing(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = desk.files()
    monkeypatch.setenv("CONFSYNC_TOKEN", "wrong")
    run = desk("pull", "--prune", exit=5)
    assert "credentials" in run.err
    assert desk.files() == files


def test_a_document_deleted_in_git_is_not_written_again(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "mirror")
    desk.path(GUIDE).unlink()
    assert desk.json("status").outcomes == {GUIDE: "deleted"}
    assert desk.json("pull").outcomes == {GUIDE: "skipped"}
    assert not desk.path(GUIDE).exists()
    desk.git("checkout", "--", GUIDE)
    assert desk("status").out == "clean: 2 pages\n"


def test_an_absent_document_comes_back_where_git_does_not_know_of_it(
    wiki: Sandbox, desk: Desk
) -> None:
    desk.path(GUIDE).unlink()
    assert desk.json("pull").outcomes == {GUIDE: "created"}


def test_a_refresh_reads_what_changed_without_a_version(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """Of pages that are as they were pulled, only digests are kept. Another page is written."""
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk("pull")
    before = desk.files()
    wiki.store.comment(guide, "The first port")
    assert desk.json("pull", "--refresh").outcomes == {GUIDE: "refreshed"}
    assert "<ac:inline-comment-marker" in desk.text(GUIDE)
    after = desk.files()
    assert {name for name in before if before[name] != after[name]} == {GUIDE}
