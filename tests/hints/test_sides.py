"""Hints about a page that both sides changed, moved or gave up."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure
from tests.hints.journal import commands_in

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def diverged(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a desk with an edit; a colleague edited another line of the page."""
    desk.edit(GUIDE, "9090", "9091")
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("Ports", "All ports"), author="Ana")
    return desk


@pytest.mark.parametrize("command", ["push", "pull"])
def test_both_sides_of_a_page_are_shown_and_merged(diverged: Desk, command: str) -> None:
    run = diverged(command, exit=1)
    assert "+<h1>All ports" in diverged.follow(run, "confsync diff --remote")
    diverged.follow(run, "confsync pull --merge")
    assert "9091" in diverged.text(GUIDE)
    assert "All ports" in diverged.text(GUIDE)


PAGES = [f"ENG/page-{number}.xhtml" for number in range(4)]


@pytest.fixture
def many(wiki: Sandbox, desk: Desk) -> Desk:
    """Return a repository with four more documents, each with two lines."""
    for path in PAGES:
        desk.path(path).write_text(f"---\ntitle: {path[4:10]}\n---\n<p>mine</p>\n<p>yours</p>\n")
    desk("push")
    desk.git("init", "-q", "-b", "main", "--template=")
    commit(desk)
    return desk


def test_many_pages_that_a_colleague_edited_are_merged_at_once(wiki: Sandbox, many: Desk) -> None:
    for page in wiki.store.pages("ENG"):
        wiki.store.edit(page.id, page.body.replace("yours", "theirs"), author="Ana")
    for path in PAGES:
        many.edit(path, "mine", "edited")
    run = many("push", exit=1)
    assert len(commands_in(run.err)) == 3
    many.follow(run, "confsync pull --merge")
    many("push")
    bodies = [page.body for page in wiki.store.pages("ENG") if page.title.startswith("page-")]
    assert len(bodies) == 4
    assert all("edited" in body and "theirs" in body for body in bodies)


def test_many_pages_that_git_put_back_are_pushed_at_once(wiki: Sandbox, many: Desk) -> None:
    for path in PAGES:
        many.edit(path, "mine", "edited")
    many("push", "--commit")
    many.git("revert", "--no-edit", "HEAD")
    run = many("push", exit=1)
    assert "4 pages were rejected because git restored" in run.err
    many.follow(run, "confsync pull --merge")
    many.follow(run, "confsync push")
    bodies = [page.body for page in wiki.store.pages("ENG") if page.title.startswith("page-")]
    assert all("mine" in body for body in bodies)


def test_a_conflict_is_checked_and_pushed(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("8080", "8082"), author="Ana")
    run = desk("pull", "--merge", GUIDE, exit=1)
    assert "conflict marker" in desk.follow(run, "confsync check", exit=1)
    lines = desk.text(GUIDE).splitlines(keepends=True)
    desk.path(GUIDE).write_text("".join(one for one in lines if one[:7] not in MARKERS))
    desk.follow(run, "confsync push")
    assert "8081" in wiki.store.page(guide).body


MARKERS = ("<" * 7, "=" * 7, ">" * 7)


def test_a_number_that_is_not_the_servers_is_looked_up(
    wiki: Sandbox, diverged: Desk, guide: str
) -> None:
    run = diverged("pull", "--ours", GUIDE, "--at", "1", exit=1)
    assert "(server, v2)" in diverged.follow(run, "confsync diff --remote")
    diverged("pull", "--ours", GUIDE, "--at", "2")


def test_ours_without_a_number_says_where_it_stands(diverged: Desk) -> None:
    run = diverged("pull", "--ours", GUIDE, exit=2)
    assert "the server has v2" in diverged.follow(run, "confsync status --remote")


def test_two_new_titles_are_merged_after_one_is_given_up(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "title: Guide", "title: Mine")
    wiki.store.edit(guide, title="Hers", author="Ana")
    run = desk("pull", "--merge", GUIDE, exit=1)
    assert "both sides changed the title" in run.out
    desk.edit(GUIDE, "title: Mine", "title: Hers")
    desk.follow(run, "confsync pull --merge")


def test_a_choice_for_a_new_document_creates_its_page(wiki: Sandbox, desk: Desk) -> None:
    desk("new", "ENG/plan.xhtml", "--title", "Plan")
    run = desk("pull", "--theirs", "ENG/plan.xhtml", exit=1)
    desk.follow(run, "confsync push")
    assert any(page.title == "Plan" for page in wiki.store.pages("ENG"))


@pytest.mark.parametrize("way", ["ours", "the server's"])
def test_a_place_that_both_sides_changed_is_kept_or_followed(
    wiki: Sandbox, desk: Desk, guide: str, way: str
) -> None:
    for title in ("Here", "There"):
        wiki.store.create_page("ENG", title, "<p>text</p>")
    desk("pull")
    there = next(page.id for page in wiki.store.pages("ENG") if page.title == "There")
    desk.path("ENG/here").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/here/guide.xhtml"))
    wiki.store.edit(guide, parent=there, author="Ana")
    run = desk("push", exit=1)
    if way == "ours":
        desk.follow(run, "confsync pull --ours")
        desk("push")
        assert wiki.store.page(guide).parent_id != there
    else:
        desk.path("ENG/here/guide.xhtml").rename(desk.path(GUIDE))
        desk("pull")
        assert desk.path("ENG/there/guide.xhtml").exists()


def test_a_page_in_the_trash_comes_back_or_its_file_goes(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    desk.edit(GUIDE, "8080", "8081")
    run = desk("push", exit=1)
    desk.follow(run, "confsync restore")
    assert wiki.store.page(guide).status == "current"
    wiki.store.trash(guide)
    desk.follow(desk("push", exit=1), "confsync pull --theirs")
    assert not desk.path(GUIDE).exists()


def test_a_version_without_a_change_is_taken_before_the_push(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, author="Ana")
    desk.follow(desk("push", exit=1), "confsync pull")
    desk("push")
    assert "8081" in wiki.store.page(guide).body


def test_a_place_that_theirs_did_not_take_comes_with_a_pull(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    top = wiki.store.create_page("ENG", "Top", "<p>t</p>").id
    desk("pull")
    wiki.store.edit(guide, wiki.store.page(guide).body, parent=top, author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    run = desk("pull", "--theirs", GUIDE, exit=None)
    desk.follow(run, "confsync pull")
    assert desk.path("ENG/top/guide.xhtml").exists()


def test_what_is_stale_is_shown_and_pulled(wiki: Sandbox, diverged: Desk) -> None:
    run = diverged("status", "--fresh", exit=1)
    assert "All ports" in diverged.follow(run, "confsync diff --remote")


def test_what_is_stale_and_unmodified_is_pulled(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.follow(desk("status", "--fresh", exit=1), "confsync pull")
    assert "hers" in desk.text(GUIDE)


def test_a_title_of_another_page_is_seen_after_a_pull(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>hers</p>", author="Ana")
    desk("new", "ENG/mine.xhtml", "--title", "Ports")
    run = desk("push", exit=1)
    desk.edit("ENG/mine.xhtml", "title: Ports", "title: My ports")
    desk.follow(run, "confsync pull")
    assert "hers" in desk.text("ENG/ports.xhtml")


def test_a_revert_in_git_is_looked_at_on_the_server(wiki: Sandbox, repo: Desk) -> None:
    repo.edit(GUIDE, "8080", "8081")
    repo("push", "--commit")
    repo.git("revert", "--no-edit", "HEAD")
    told = repo.follow(repo("status"), "confsync status --remote")
    assert "confsync pull --ours" in repo.plain(told)


def test_a_revert_of_an_attachment_lists_its_ways(wiki: Sandbox, repo: Desk, guide: str) -> None:
    wiki.store.attach(guide, "a plan.png", b"one")
    configure(repo, "attachments: true\n")
    repo("pull")
    commit(repo)
    repo.path("ENG/guide.attachments/a plan.png").write_bytes(b"two")
    repo("push", "--commit")
    repo.git("revert", "--no-edit", "HEAD")
    told = repo.follow(repo("status"), "confsync push", exit=1)
    assert "confsync pull --theirs" in repo.plain(told)
    repo.follow(repo("push", exit=1), "confsync pull --theirs")
    assert repo.path("ENG/guide.attachments/a plan.png").read_bytes() == b"two"


def test_a_merge_is_told_to_git(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("8080", "8082"), author="Ana")
    run = repo("pull", "--merge", GUIDE, exit=1)
    lines = repo.text(GUIDE).splitlines(keepends=True)
    repo.path(GUIDE).write_text("".join(one for one in lines if one[:7] not in MARKERS))
    for start in ("git add", "confsync check", "confsync push"):
        repo.follow(run, start)


def test_without_a_base_one_side_is_chosen(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    for text in ("<p>second</p>", "<p>third</p>"):
        wiki.store.edit(guide, text, author="Ana")
    wiki.store.delete_version(guide, 1)
    shutil.rmtree(desk.path(".confsync"))
    run = desk("pull", "--merge", GUIDE, exit=None)
    desk.follow(run, "confsync pull --ours")
    assert "8081" in desk.text(GUIDE)


def test_a_comment_alone_comes_with_a_pull_of_the_page(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    page = wiki.store.create_page("ENG", "My page", "<p>one two</p>", raw=True).id
    desk = desk_at("my mirror")
    desk.path("ENG/my-page.xhtml").rename(desk.path("ENG/my page.xhtml"))
    wiki.store.comment(page, "one", "Ana")
    configure(desk, "labels: true\n")
    desk.edit("ENG/my page.xhtml", "title: My page", "title: My page\nlabels: [new]")
    run = desk("push", exit=None)
    desk.follow(run, "confsync pull")


def _take_back(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """Merge a page that both sides changed in one line, and type the hint that takes it back."""
    desk.edit(GUIDE, "8080", "8081")
    before = desk.text(GUIDE)
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("8080", "8082"), author="Ana")
    run = desk("pull", "--merge", GUIDE, exit=1)
    desk.follow(run, "confsync pull --abort")
    assert desk.text(GUIDE) == before


def test_a_merge_is_taken_back(wiki: Sandbox, desk: Desk, guide: str) -> None:
    _take_back(wiki, desk, guide)


def test_a_merge_that_git_knows_is_taken_back(wiki: Sandbox, repo: Desk, guide: str) -> None:
    _take_back(wiki, repo, guide)
