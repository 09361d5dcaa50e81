"""Hints of a pull, and of the commands that look: what waits, what is where, what to type next."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync import failpoints
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.hints.conftest import commit, configure

GUIDE = "ENG/guide.xhtml"
REMOVED = ".confsync.removed"


# -- guards ----------------------------------------------------------------------------------------


def test_many_removals_are_listed_and_permitted(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    made = [wiki.store.create_page("ENG", f"P {number}", "<p>x</p>").id for number in range(30)]
    desk = desk_at("my mirror")
    for page in made[:20]:
        wiki.store.trash(page)
    run = desk("pull", exit=1)
    assert desk.follow(run, "confsync pull --dry-run", exit=1).count("deleted") >= 20
    desk.follow(run, "confsync pull --allow-mass-delete")
    assert not desk.path("ENG/p-0.xhtml").exists()


def moved_between_subtrees(wiki: Sandbox, desk_at: Callable[..., Desk], count: int) -> Desk:
    """Return a mirror of two subtrees; a page with `count` children was moved to the other."""
    one, other = (wiki.store.create_page("ENG", title, "<p>x</p>").id for title in ("One", "Two"))
    below = wiki.store.create_page("ENG", "B", "<p>x</p>", parent=one).id
    for number in range(count):
        wiki.store.create_page("ENG", f"P{number}", "<p>x</p>", parent=below)
    desk = desk_at("my mirror", clone=None)
    spaces = (
        f"- {{key: ENG, path: one, root: '{one}'}}\n- {{key: ENG, path: two, root: '{other}'}}\n"
    )
    desk.path(".confsync.yaml").write_text(f"url: {wiki.url}\nspaces:\n{spaces}")
    desk("pull")
    wiki.store.edit(below, parent=other, author="Ana")
    return desk


def test_many_moves_between_subtrees_are_listed_and_permitted(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    two = moved_between_subtrees(wiki, desk_at, 12)
    run = two("pull", exit=1)
    assert "would move 13" in run.err
    listed = two.follow(run, "confsync pull --dry-run --allow-mass-delete")
    assert listed.count("moved") >= 1
    two.follow(run, "confsync pull --allow-mass-delete")
    assert two.path("two/b/p7.xhtml").exists()


# -- documents and names ---------------------------------------------------------------------------


def test_a_path_without_a_document_is_brought_by_a_pull(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>x</p>")
    desk.follow(desk("pull", "ENG/ports.xhtml", exit=2), "confsync pull")
    assert desk.path("ENG/ports.xhtml").exists()


def test_a_document_that_cannot_be_parsed_is_checked(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "title: Guide", "title: [Guide")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    run = desk("pull", exit=4)
    assert GUIDE in desk.follow(run, "confsync check", exit=1)


def test_a_document_that_is_no_file_is_looked_at(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(GUIDE).unlink()
    os.mkfifo(desk.path(GUIDE))
    run = desk("pull", exit=4)
    assert desk.follow(run, "ls -l").startswith("p")


def test_a_directory_that_cannot_be_read_is_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def forbidding(path: str, *rest: Any, **more: Any) -> int:
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest, **more)

    desk.path("ENG/private").mkdir()
    with monkeypatch.context() as patch:  # root may read every directory
        patch.setattr(os, "open", forbidding)
        run = desk("status", exit=4)
    assert desk.follow(run, "ls -ld").startswith("d")


def test_a_page_that_is_not_seen_is_looked_for_by_the_doctor(desk: Desk) -> None:
    desk.follow(desk("show", "404404", exit=1), "confsync doctor")


def test_a_document_without_git_comes_back_with_a_pull(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk("push", "--delete", f"{guide}@1")
    desk.follow(desk("restore", guide), "confsync pull")
    assert desk.path(GUIDE).exists()


def test_a_document_in_git_comes_back_from_its_commit(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).rename(repo.path("ENG/the guide.xhtml"))
    commit(repo)
    repo.path("ENG/the guide.xhtml").unlink()
    repo("push", "--delete")
    run = repo("restore", guide)
    repo.follow(run, "git checkout")
    repo.follow(run, "confsync pull")
    assert repo.path("ENG/the guide.xhtml").exists()


# -- what pulls and pushes committed ---------------------------------------------------------------


def test_the_list_of_removals_is_added_where_git_ignores_it(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.git("init", "-q", "--template=")
    desk.path(".gitignore").write_text(f"{REMOVED}\n")
    commit(desk)
    wiki.store.trash(guide)
    desk.follow(desk("pull"), "git add -f")
    assert REMOVED in desk.git("status", "--porcelain")


def test_an_ignored_document_is_added(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.git("init", "-q", "--template=")
    desk.path(GUIDE).rename(desk.path("ENG/the guide.xhtml"))
    desk.path(".gitignore").write_text("the*\n")
    commit(desk)
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.follow(desk("pull", "--commit"), "git add -f")
    assert "the guide" in desk.git("status", "--porcelain")


def test_a_document_with_own_changes_is_shown_and_committed(
    wiki: Sandbox, repo: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.edit(GUIDE, "title: Guide", "title: Guide\nowner: me")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    run = repo("pull", "--commit")
    assert "owner: me" in repo.follow(run, "git diff HEAD")
    monkeypatch.setenv("GIT_EDITOR", "sh -c 'echo mine > \"$1\"' -")
    repo.follow(run, "git commit")
    assert repo.git("status", "--porcelain", "ENG") == ""


def test_a_lost_list_of_removals_comes_from_git(wiki: Sandbox, repo: Desk, guide: str) -> None:
    wiki.store.trash(guide)
    repo("pull", "--commit")
    repo.path(REMOVED).unlink()
    other = wiki.store.create_page("ENG", "Other", "<p>x</p>").id
    repo("pull", "--commit", exit=None)
    repo.path("ENG/other.xhtml").unlink()
    run = repo("push", "--delete", exit=None)
    repo.follow(run, "git checkout HEAD")
    repo("push", "--delete")
    assert wiki.store.page(other).status == "trashed"


def test_a_shallow_clone_fetches_its_history(wiki: Sandbox, repo: Desk, tmp_path: Path) -> None:
    commit(repo)
    repo.git("clone", "-q", "--depth", "1", repo.root.as_uri(), str(tmp_path / "shallow"))
    repo.root = tmp_path / "shallow"
    repo.follow(repo("push", "--since", "HEAD~1", exit=4), "git fetch")
    repo("push", "--since", "HEAD~1")


def test_a_partial_clone_fetches_what_it_lacks(
    wiki: Sandbox, repo: Desk, guide: str, tmp_path: Path
) -> None:
    repo.git("rm", "-q", GUIDE)
    commit(repo)
    repo.git("config", "uploadpack.allowFilter", "true")
    where = str(tmp_path / "part")
    repo.git("clone", "-q", "--filter=blob:none", repo.root.as_uri(), where)
    repo.root = tmp_path / "part"
    repo.follow(repo("push", "--delete", "--since", "HEAD~1", exit=4), "git diff --stat")
    repo("push", "--delete", "--since", "HEAD~1")
    assert wiki.store.page(guide).status == "trashed"


# -- blog posts ------------------------------------------------------------------------------------


@pytest.fixture
def blog(wiki: Sandbox, desk: Desk) -> Desk:
    """Return the desk with the space's blog and one post."""
    wiki.store.create_post("ENG", "News", "<p>news</p>")
    path = desk.path(".confsync.yaml")
    path.write_text(path.read_text().replace("path: ENG\n", "path: ENG\n  blog: true\n"))
    desk("pull")
    return desk


@pytest.mark.parametrize("command", ["status", "push"])
def test_a_post_below_another_day_is_put_back(blog: Desk, command: str) -> None:
    (post,) = blog.path("ENG/blog").rglob("news.xhtml")
    other = blog.path("ENG/blog/2020/01/02/news.xhtml")
    other.parent.mkdir(parents=True)
    post.rename(other)
    if command == "push":
        other.write_text(other.read_text().replace("<p>news</p>", "<p>more</p>"))
    run = blog(command, exit=int(command == "push"))
    assert "'confsync push' sends" not in run.out
    blog.follow(run, "confsync pull")
    assert post.exists()


def test_a_new_post_comes_below_its_day(wiki: Sandbox, blog: Desk) -> None:
    place = "ENG/blog/news.xhtml"
    blog.path(place).write_text("---\ntitle: Other news\n---\n<p>x</p>\n")
    blog.follow(blog("push"), "confsync pull")
    assert not blog.path(place).exists()


def test_a_title_of_a_post_elsewhere_is_seen_after_a_pull(wiki: Sandbox, blog: Desk) -> None:
    wiki.store.create_post("ENG", "Ports", "<p>hers</p>", author="Ana")
    place = "ENG/blog/ports.xhtml"
    blog.path(place).write_text("---\ntitle: Ports\n---\n<p>mine</p>\n")
    run = blog("push", exit=1)
    blog.edit(place, "title: Ports", "title: My ports")
    blog.follow(run, "confsync pull")
    assert any("hers" in path.read_text() for path in blog.path("ENG/blog").rglob("ports*.xhtml"))


# -- a server that went back, a move that was cut off ----------------------------------------------


def test_a_move_that_was_cut_off_is_finished(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    two = moved_between_subtrees(wiki, desk_at, 1)
    told = "a move was interrupted"
    for step in range(1, 100):
        kept = two.files()
        with failpoints.watched(_killed_at(step)), pytest.raises(_Killed):
            two("pull")
        run = two("status")
        if told in run.out:
            break
        assert two.files() == kept, "no step of the move left a document that waits"
    two.follow(run, "confsync pull")
    assert two.path("two/b/p0.xhtml").exists()


class _Killed(BaseException):
    """The process is gone."""


def _killed_at(last: int) -> Callable[[int, str], None]:
    """Return what ends the process at a step."""

    def kill(number: int, what: str) -> None:
        if number >= last:
            raise _Killed

    return kill


def test_a_newer_version_is_brought_by_a_pull(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_labels(guide, ["old"])
    configure(desk, "labels: true\n")
    desk("pull")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "\nlabels: [old]", "\nlabels: [new]")
    run = desk("push", exit=None)
    desk.follow(run, "confsync pull")
    assert "hers" in desk.text(GUIDE)


def test_a_state_directory_that_is_a_file_is_moved_away(desk: Desk) -> None:
    shutil.rmtree(desk.path(".confsync"))
    desk.path(".confsync").write_text("of another program\n")
    desk.follow(desk("pull", exit=4), "mv")
    desk("pull")
