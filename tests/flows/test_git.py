"""At home in git: what --since and --staged mean, and what --commit commits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, writes

PAGES = ("ENG/one.xhtml", "ENG/two.xhtml")


@pytest.fixture
def repo(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a committed clone with two pages."""
    for name in ("One", "Two"):
        wiki.store.create_page("ENG", name, f"<p>text of {name}</p>", author="Ana")
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    wiki.clear_requests()
    return desk


def edit(desk: Desk, *names: str, text: str = "mine") -> None:
    for name in names:
        desk.path(name).write_text(desk.text(name).replace("text of", text))


def subjects(desk: Desk) -> list[str]:
    return desk.git("log", "--format=%s").splitlines()


def changed_by_head(desk: Desk) -> list[str]:
    return desk.git("show", "--format=", "--name-only", "HEAD").splitlines()


# -- what is meant ---------------------------------------------------------------------------------


def test_since_means_what_changed_on_this_branch(wiki: Sandbox, repo: Desk) -> None:
    edit(repo, "ENG/one.xhtml")
    repo.git("commit", "-qam", "an edit of main that was not pushed")
    repo.git("checkout", "-qb", "branch")
    edit(repo, "ENG/two.xhtml")
    repo.git("commit", "-qam", "ours")
    assert repo.json("push", "--since", "main").outcomes == {"ENG/two.xhtml": "updated"}
    assert [page.version for page in wiki.store.pages("ENG")] == [1, 1, 2]


@each_git_format
def test_since_knows_new_documents_and_not_what_the_other_branch_did(
    wiki: Sandbox, repo: Desk
) -> None:
    repo.git("checkout", "-qb", "branch")
    repo("new", "ENG/three.xhtml", "--title", "Three")
    repo.git("checkout", "-q", "main")
    edit(repo, "ENG/one.xhtml")
    repo.git("commit", "-qm", "on main", "--", "ENG/one.xhtml")
    repo.git("checkout", "-q", "branch")
    assert repo.json("push", "--since", "main").outcomes == {"ENG/three.xhtml": "created"}


def test_since_does_not_take_what_another_branch_added_for_deleted(
    wiki: Sandbox, repo: Desk
) -> None:
    repo.git("checkout", "-qb", "branch")
    repo.git("checkout", "-q", "main")
    page = wiki.store.create_page("ENG", "Three", "<p>three</p>")
    repo("pull")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "on main")
    repo.git("checkout", "-q", "branch")
    assert "nothing to do" in repo("push", "--delete", "--since", "main").out
    assert wiki.store.page(page.id).status == "current"


@each_git_format
def test_staged_means_what_the_index_has_and_refuses_what_differs(
    wiki: Sandbox, repo: Desk
) -> None:
    edit(repo, *PAGES)
    repo.git("add", "ENG/one.xhtml")
    assert repo.json("push", "--staged").outcomes == {"ENG/one.xhtml": "updated"}
    repo.git("add", "ENG/two.xhtml")
    edit(repo, "ENG/two.xhtml", text="never")
    repo.path("ENG/two.xhtml").write_text(repo.text("ENG/two.xhtml") + "<p>more</p>\n")
    run = repo("push", "--staged", "ENG/two.xhtml", exit=1)
    assert "the file differs from its staged version" in run.out
    assert "'git add ENG/two.xhtml' stages the file" in run.err
    assert [page.version for page in wiki.store.pages("ENG")] == [1, 2, 1]


def test_a_clone_that_is_too_shallow_says_so(
    wiki: Sandbox, repo: Desk, tmp_path: Path, desk_at: Callable[..., Desk]
) -> None:
    edit(repo, "ENG/one.xhtml")
    repo.git("commit", "-qam", "second")
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", repo.root.as_uri(), str(tmp_path / "shallow")],
        check=True,
    )
    repo.root = tmp_path / "shallow"
    run = repo("push", "--since", "HEAD~1", exit=4)
    assert "too shallow" in run.err
    assert "fetch-depth: 0" in run.err
    assert writes(wiki) == []


def test_without_a_repository_that_is_told(desk_at: Callable[..., Desk], wiki: Sandbox) -> None:
    desk = desk_at()
    for command in (("push", "--since", "main"), ("push", "--staged"), ("pull", "--commit")):
        assert "needs a git repository" in desk(*command, exit=4).err


def test_one_edit_among_five_hundred_pages_costs_four_requests(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    for n in range(500):
        wiki.store.create_page("ENG", f"P {n}", f"<p>text of {n}</p>")
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    desk.git("checkout", "-qb", "branch")
    edit(desk, "ENG/p-77.xhtml")
    desk.git("commit", "-qam", "one")
    wiki.clear_requests()
    desk("push", "--since", "main")
    assert len(wiki.requests) == 4


# -- committing ------------------------------------------------------------------------------------


def test_a_push_commits_its_stamps_and_nothing_else(wiki: Sandbox, repo: Desk) -> None:
    edit(repo, "ENG/one.xhtml")
    repo.git("add", "ENG/one.xhtml")
    (repo.root / "staged.txt").write_text("staged")
    repo.git("add", "staged.txt")
    (repo.root / "loose.txt").write_text("loose")
    run = repo("push", "--commit")
    assert "committed as " in run.out
    assert changed_by_head(repo) == ["ENG/one.xhtml"]
    assert subjects(repo)[0] == "confsync push: 1 page"
    assert "ENG/one.xhtml v1 -> v2" in repo.git("log", "-1", "--format=%B")
    assert repo.git("status", "--porcelain").splitlines() == ["A  staged.txt", "?? loose.txt"]
    assert repo.git("show", "HEAD:ENG/one.xhtml") == repo.text("ENG/one.xhtml")
    count = len(subjects(repo))
    repo("push", "--commit")
    assert len(subjects(repo)) == count


@each_git_format
@pytest.mark.parametrize("staged", [True, False])
def test_a_document_that_was_moved_and_pushed_is_committed_as_moved(
    wiki: Sandbox, repo: Desk, staged: bool
) -> None:
    (repo.root / "ENG/one").mkdir()
    (repo.root / "ENG/index2").write_text("in no path's way")
    if staged:
        repo.git("add", "-A")
    moved = "ENG/one/two.xhtml"
    if staged:
        repo.git("mv", "ENG/two.xhtml", moved)
    else:
        repo.path("ENG/two.xhtml").rename(repo.path(moved))
    arguments = ("--staged",) if staged else ()
    assert repo.json("push", "--commit", *arguments).outcomes == {moved: "moved"}
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD", "--", "ENG").splitlines() == [
        "ENG/index.xhtml",
        "ENG/one.xhtml",
        moved,
    ]
    assert repo.git("status", "--porcelain").split() == ["A" if staged else "??", "ENG/index2"]


@each_git_format
def test_a_pull_is_committed_with_its_authors(wiki: Sandbox, repo: Desk) -> None:
    one, two = (page for page in wiki.store.pages("ENG") if page.title in ("One", "Two"))
    wiki.store.edit(one.id, "<p>hers</p>", author="Ana Lima", message="new ports")
    wiki.store.edit(two.id, title="Zwei", author="Ben")
    wiki.store.create_page("ENG", "Three", "<p>three</p>", author="Cleo", parent=one.id)
    repo("pull", "--commit")
    assert repo.git("status", "--porcelain") == ""
    assert sorted(changed_by_head(repo)) == [
        "ENG/one.xhtml",
        "ENG/one/three.xhtml",
        "ENG/zwei.xhtml",
    ]
    told = repo.git("log", "-1", "--format=%B")
    assert told.startswith("confsync pull: 3 pages\n\n")
    assert "ENG/one.xhtml v1 -> v2 (Ana Lima: new ports)\n" in told
    authors = [line for line in told.splitlines() if line.startswith("Co-authored-by: ")]
    assert [line.partition(": ")[2].partition(" <")[0] for line in authors] == [
        "Ana Lima",
        "Ben",
        "Cleo",
    ]


def test_a_pull_leaves_what_was_uncommitted_before(wiki: Sandbox, repo: Desk) -> None:
    one = next(page for page in wiki.store.pages("ENG") if page.title == "One")
    two = next(page for page in wiki.store.pages("ENG") if page.title == "Two")
    repo.path("ENG/one.xhtml").write_text(
        repo.text("ENG/one.xhtml").replace("title: One", "title: One\nowner: me")
    )
    for page in (one, two):
        wiki.store.edit(page.id, "<p>hers</p>", author="Ana")
    run = repo("pull", "--commit")
    assert "you had changed them before this run: ENG/one.xhtml" in run.err
    assert changed_by_head(repo) == ["ENG/two.xhtml"]
    assert "hers" in repo.text("ENG/one.xhtml")


def test_a_hook_that_refuses_leaves_the_files_settled(wiki: Sandbox, repo: Desk) -> None:
    hook = repo.path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho looking\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    edit(repo, "ENG/one.xhtml")
    run = repo("push", "--commit", exit=4)
    assert "not committed: git refused:\nlooking\nno\n" in run.err
    assert "fix git's error, then commit them" in run.err
    assert "\n  version: 2\n" in repo.text("ENG/one.xhtml")
    assert len(subjects(repo)) == 1


def test_what_git_ignores_is_not_committed_and_that_is_said(wiki: Sandbox, repo: Desk) -> None:
    repo.git("rm", "-rq", "--cached", "ENG")
    (repo.root / ".gitignore").write_text("ENG\n")
    repo.git("add", "-A")
    repo.git("commit", "-qm", "ignored")
    edit(repo, "ENG/one.xhtml")
    assert "nothing to commit: git ignores what was written" in repo("push", "--commit").out
    assert len(subjects(repo)) == 2


def test_a_dry_run_commits_nothing(wiki: Sandbox, repo: Desk) -> None:
    edit(repo, "ENG/one.xhtml")
    repo("push", "--commit", "--dry-run")
    assert len(subjects(repo)) == 1


@pytest.mark.parametrize("where", ["subfolder", "worktree", "detached"])
def test_it_works_wherever_the_mirror_is(
    wiki: Sandbox, repo: Desk, tmp_path: Path, where: str
) -> None:
    if where == "subfolder":
        (repo.root / "docs").mkdir()
        repo.git("mv", "ENG", ".confsync.yaml", ".gitattributes", "docs")
        repo.git("commit", "-qm", "moved")
        repo.root = repo.root / "docs"
    elif where == "worktree":
        repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "branch")
        repo.root = tmp_path / "tree"
    else:
        repo.git("checkout", "-q", "--detach")
    edit(repo, "ENG/one.xhtml")
    assert repo.json("push", "--since", "HEAD", "--commit").outcomes == {"ENG/one.xhtml": "updated"}
    assert subjects(repo)[0] == "confsync push: 1 page"
    assert repo.git("status", "--porcelain") == ""


@each_git_format
@pytest.mark.parametrize("tree", ["main", "linked"])
def test_a_hook_of_a_mirror_in_a_subfolder_sees_what_is_staged(
    wiki: Sandbox, repo: Desk, tmp_path: Path, tree: str
) -> None:
    """In a linked work tree git names its directory to hooks, and not the work tree."""
    (repo.root / "docs").mkdir()
    repo.git("mv", "ENG", ".confsync.yaml", ".gitattributes", "docs")
    repo.git("commit", "-qm", "moved")
    if tree == "linked":
        repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "branch")
        repo.root = tmp_path / "tree"
    hook = Path(repo.git("rev-parse", "--git-path", "hooks/post-commit").strip())
    hook = repo.root / hook
    hook.parent.mkdir(exist_ok=True)
    program = f"exec {sys.executable} -m confsync -C docs"
    hook.write_text(
        f"#!/bin/sh\ntest -e said && exit; touch said\n"
        f"{program} push --since HEAD~1 --commit --json >pushed\n"
    )
    hook.chmod(0o755)
    edit(repo, "docs/ENG/one.xhtml")
    repo.git("rm", "-q", "docs/ENG/two.xhtml")
    repo.git("commit", "-qm", "an edit", "docs")
    assert json.loads((repo.root / "pushed").read_text())["summary"] == {"updated": 1}
    assert subjects(repo)[0] == "confsync push: 1 page"
    assert changed_by_head(repo) == ["docs/ENG/one.xhtml"]
    assert repo.git("status", "--porcelain", "-uno") == ""


def test_a_hook_of_another_repository_keeps_its_index(
    wiki: Sandbox, repo: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    for arguments in (["init", "-q", str(code)], ["-C", str(code), "add", "-A"]):
        subprocess.run(["git", *arguments], check=True)
    index = code / ".git" / "index"
    index.write_bytes((repo.root / ".git" / "index").read_bytes())
    before = index.read_bytes()
    edit(repo, "ENG/one.xhtml")
    repo.git("add", "-A")
    monkeypatch.setenv("GIT_DIR", str(code / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(index))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")  # as some editors' git has it
    pushed = repo.json("push", "--staged", "--commit")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert pushed.outcomes == {"ENG/one.xhtml": "updated"}
    assert index.read_bytes() == before
    assert repo.git("status", "--porcelain") == ""


def test_two_runs_in_a_row_where_the_second_builds_on_the_first(wiki: Sandbox, repo: Desk) -> None:
    for number in range(2):
        before = repo.git("rev-parse", "HEAD").strip()
        edit(repo, PAGES[number])
        repo.git("commit", "-qam", "merged")
        assert repo.json("push", "--since", before, "--commit").data["summary"] == {"updated": 1}
    assert repo.git("status", "--porcelain") == ""
    assert "clean" in repo("status", "--remote").out


def test_everybody_who_edited_is_a_co_author_and_only_the_servers_addresses_are_real(
    wiki: Sandbox, repo: Desk
) -> None:
    one = next(page for page in wiki.store.pages("ENG") if page.title == "One")
    for author in ("Ana Lima", "Ben <b@x.org>", "Me"):
        wiki.store.edit(one.id, f"<p>by {author}</p>".replace("<b@x.org>", ""), author=author)
    repo("pull", "--commit")
    told = repo.git("log", "-1", "--format=%(trailers:key=Co-authored-by,valueonly)")
    people = dict(line.removesuffix(">").split(" <") for line in told.splitlines() if line)
    assert set(people) == {"Ana Lima", "Ben b@x.org", "Me"}
    assert people["Ana Lima"].endswith("@noreply.127.0.0.1.invalid")
    known = wiki.flavor == "cloud"  # which tells the address of the token's user
    assert (people["Me"] == "me@example.com") is known


def test_who_changed_an_attachment_is_its_author_and_not_the_pages(
    wiki: Sandbox, repo: Desk
) -> None:
    config = repo.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}attachments: true\n")
    repo.git("commit", "-qam", "attachments")
    one = next(page for page in wiki.store.pages("ENG") if page.title == "One")
    wiki.store.attach(one.id, "plan.png", b"plan", author="Cleo")
    repo("pull", "--commit")
    assert changed_by_head(repo) == ["ENG/one.attachments/plan.png", "ENG/one.xhtml"]
    told = repo.git("log", "-1", "--format=%B")
    assert "ENG/one.xhtml refreshed (Cleo)\n" in told
    assert told.count("Co-authored-by: ") == told.count("Co-authored-by: Cleo <") == 1


def test_a_commit_that_is_refused_leaves_the_index_as_it_was(wiki: Sandbox, repo: Desk) -> None:
    hook = repo.path(".git/hooks/commit-msg")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    wiki.store.create_page("ENG", "Three", "<p>three</p>")
    repo("pull", "--commit", exit=4)
    assert repo.git("status", "--porcelain") == "?? ENG/three.xhtml\n"


def test_names_that_look_like_patterns_are_names(wiki: Sandbox, repo: Desk) -> None:
    repo.git("mv", "ENG/one.xhtml", "ENG/[ot]*.xhtml")
    repo.git("commit", "-qm", "renamed")
    edit(repo, "ENG/[ot]*.xhtml", "ENG/two.xhtml")
    repo("push", "--commit", "ENG/[ot]*.xhtml")
    assert changed_by_head(repo) == ["ENG/[ot]*.xhtml"]
    assert repo.git("status", "--porcelain") == " M ENG/two.xhtml\n"


def test_hooks_and_signing_are_the_users(wiki: Sandbox, repo: Desk, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key)], check=True)
    signers = tmp_path / "signers"
    signers.write_text(f"test@example.com {Path(f'{key}.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingkey": str(key),
        "commit.gpgsign": "true",
        "gpg.ssh.allowedSignersFile": str(signers),
    }.items():
        repo.git("config", name, value)
    hook = repo.path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m confsync check\n")
    hook.chmod(0o755)
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "branch")
    repo.root = tmp_path / "tree"
    edit(repo, "ENG/one.xhtml")
    repo("push", "--commit")
    assert repo.git("log", "-1", "--format=%G? %s") == "G confsync push: 1 page\n"
    repo.edit("ENG/two.xhtml", "text of", "<b>broken</i>")
    wiki.store.create_page("ENG", "Three", "<p>three</p>")
    run = repo("pull", "--commit", exit=4)
    assert "not committed" in run.err
    assert "two.xhtml" in run.err


def test_a_clone_with_one_commit_is_enough_to_push_and_commit(
    wiki: Sandbox, repo: Desk, tmp_path: Path
) -> None:
    edit(repo, "ENG/one.xhtml")
    repo.git("commit", "-qam", "mine")
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", repo.root.as_uri(), str(shallow)], check=True
    )
    repo.root = shallow
    assert repo.json("push", "--commit").outcomes == {"ENG/one.xhtml": "updated"}
    assert subjects(repo) == ["confsync push: 1 page", "mine"]
    repo.git("push", "-q", "origin", "HEAD:stamped")


# -- committing deletions --------------------------------------------------------------------------


def page_id(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


@pytest.mark.parametrize("how", ["unlinked", "git rm", "named"])
@pytest.mark.parametrize("where", ["", "docs"])
def test_a_deletion_is_committed_and_nothing_else(
    wiki: Sandbox, repo: Desk, how: str, where: str
) -> None:
    if where:
        (repo.root / where).mkdir()
        repo.git("mv", "ENG", ".confsync.yaml", ".gitattributes", where)
        repo.git("commit", "-qm", "moved")
        repo.root = repo.root / where
    one = page_id(wiki, "One")
    if how == "git rm":
        repo.git("rm", "-q", "ENG/one.xhtml")
    elif how == "unlinked":
        repo.path("ENG/one.xhtml").unlink()
    edit(repo, "ENG/two.xhtml")
    repo.git("add", "ENG/two.xhtml")
    repo.path("staged.txt").write_text("staged")
    repo.git("add", "staged.txt")
    repo.path("loose.txt").write_text("loose")
    named = (f"{one}@1",) if how == "named" else ("ENG/one.xhtml",)
    assert repo.json("push", "--delete", "--commit", *named).outcomes == {
        "ENG/one.xhtml": "deleted"
    }
    assert wiki.store.page(one).status == "trashed"
    inside = f"{where}/" if where else ""
    assert changed_by_head(repo) == [f"{inside}ENG/one.xhtml"]
    assert repo.git("log", "-1", "--format=%B").strip() == (
        f"confsync push: 1 page\n\nENG/one.xhtml deleted\n\nConfsync-Run: {repo.last_run()}"
    )
    assert repo.git("status", "--porcelain").splitlines() == [
        f"M  {inside}ENG/two.xhtml",
        f"A  {inside}staged.txt",
        f"?? {inside}loose.txt",
    ]
    count = len(subjects(repo))
    told = repo("push", "--delete", "--commit", "ENG/index.xhtml", exit=1).out
    assert "the document stands here, so its page stays" in told
    assert len(subjects(repo)) == count


def test_one_commit_has_the_edits_and_the_deletions(wiki: Sandbox, repo: Desk) -> None:
    edit(repo, "ENG/two.xhtml")
    repo.path("ENG/one.xhtml").unlink()
    run = repo("push", "--delete", "--commit")
    assert " - deleted     ENG/one.xhtml" in run.out
    assert "push: 1 deleted, 1 updated" in run.out
    assert "committed as " in run.out
    assert subjects(repo)[0] == "confsync push: 2 pages"
    assert changed_by_head(repo) == ["ENG/one.xhtml", "ENG/two.xhtml"]
    told = repo.git("log", "-1", "--format=%b")
    assert told.split("\n")[:2] == ["ENG/two.xhtml v1 -> v2", "ENG/one.xhtml deleted"]
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("why", ["refused", "failed", "unmeant"])
def test_a_deletion_that_did_not_happen_stays_as_it_was(
    wiki: Sandbox, repo: Desk, why: str, staged: bool
) -> None:
    two = page_id(wiki, "Two")
    if staged:
        repo.git("rm", "-q", *PAGES)
    else:
        for name in PAGES:
            repo.path(name).unlink()
    named = ["ENG/one.xhtml"] if why == "unmeant" else []
    if why == "refused":
        wiki.store.edit(two, "<p>hers</p>", author="Ana")
    elif why == "failed":
        wiki.faults.refuse = lambda method, path: (
            403 if method == "DELETE" and path.endswith(f"/{two}") else None
        )
    repo("push", "--delete", "--commit", *named, exit={"refused": 1, "failed": 5}.get(why, 0))
    assert wiki.store.page(two).status == "current"
    assert changed_by_head(repo) == ["ENG/one.xhtml"]
    assert "ENG/two.xhtml" not in repo.git("log", "-1", "--format=%B")
    left = "D  ENG/two.xhtml\n" if staged else " D ENG/two.xhtml\n"
    assert repo.git("status", "--porcelain") == left


def test_what_was_staged_of_a_document_before_it_was_deleted_stays_staged(
    wiki: Sandbox, repo: Desk
) -> None:
    one = page_id(wiki, "One")
    edit(repo, "ENG/one.xhtml", text="staged")
    repo.git("add", "ENG/one.xhtml")
    staged = repo.text("ENG/one.xhtml")
    repo.path("ENG/one.xhtml").unlink()
    run = repo("push", "--delete", "--commit")
    assert wiki.store.page(one).status == "trashed"
    assert "you had changed them before this run: ENG/one.xhtml" in run.err
    assert subjects(repo) == ["pulled"]
    assert repo.git("show", ":ENG/one.xhtml") == staged


def test_a_document_that_stands_again_when_its_page_is_gone_is_not_committed(
    wiki: Sandbox, repo: Desk
) -> None:
    one, path = page_id(wiki, "One"), repo.path("ENG/one.xhtml")
    path.unlink()

    def written_again(method: str, target: str) -> int | None:
        if method == "DELETE":
            path.write_text("---\ntitle: Another\n---\n<p>mine</p>\n")
        return None

    wiki.faults.refuse = written_again
    repo("push", "--delete", "--commit")
    assert wiki.store.page(one).status == "trashed"
    assert subjects(repo) == ["pulled"]
    assert "mine" in repo.text("ENG/one.xhtml")


def test_a_deletion_that_is_in_the_history_is_no_part_of_the_commit(
    wiki: Sandbox, repo: Desk
) -> None:
    one = page_id(wiki, "One")
    repo.git("rm", "-q", "ENG/one.xhtml")
    repo.git("commit", "-qm", "deleted")
    edit(repo, "ENG/two.xhtml")
    repo("push", "--delete", "--since", "HEAD~1", "--commit")
    assert wiki.store.page(one).status == "trashed"
    assert repo.git("log", "-1", "--format=%B").strip() == (
        f"confsync push: 1 page\n\nENG/two.xhtml v1 -> v2\n\nConfsync-Run: {repo.last_run()}"
    )


def test_a_page_that_comes_back_after_the_commit_is_pulled(wiki: Sandbox, repo: Desk) -> None:
    one, before = page_id(wiki, "One"), repo.text("ENG/one.xhtml")
    repo.path("ENG/one.xhtml").unlink()
    repo("push", "--delete", "--commit")
    repo("pull")
    assert not repo.path("ENG/one.xhtml").exists()
    assert "'confsync pull' brings its document" in repo("restore", one).out
    repo("pull", "--commit")
    assert repo.text("ENG/one.xhtml").partition("<p>")[2] == before.partition("<p>")[2]
    assert repo.git("status", "--porcelain") == ""


# -- line ends -------------------------------------------------------------------------------------


def test_line_ends_are_no_concern_of_gits(
    wiki: Sandbox, tmp_path: Path, desk_at: Callable[..., Desk]
) -> None:
    body = "<p>one</p><pre>a\r\nb\n</pre><p>two</p>"
    wiki.store.create_page("ENG", "One", body, raw=True)
    desk = desk_at(clone=None)
    desk.path(".gitattributes").write_text("*.png binary")
    desk("init", "--url", wiki.url, "--space", "ENG")
    assert desk.text(".gitattributes").splitlines() == [
        "*.png binary",
        "*.xhtml text eol=lf",
        "**/*.attachments/** -text",
        ".confsync.removed text eol=lf merge=union",
        "*.xhtml merge=confsync",
    ]
    desk("pull")
    desk.git("init", "-q")
    desk.git("config", "core.autocrlf", "true")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    subprocess.run(
        ["git", "-c", "core.autocrlf=true", "clone", "-q", str(desk.root), str(tmp_path / "other")],
        check=True,
    )
    desk.root = tmp_path / "other"
    assert desk("status", "--remote").out == "clean: 2 pages\n"
    assert "nothing to do" in desk("push").out


# -- what a clone does not have --------------------------------------------------------------------


def test_what_a_partial_clone_lacks_is_not_guessed(
    wiki: Sandbox, repo: Desk, tmp_path: Path
) -> None:
    one = page_id(wiki, "One")
    repo.git("rm", "-q", "ENG/one.xhtml")
    repo.git("commit", "-qm", "deleted")
    repo.git("config", "uploadpack.allowFilter", "true")
    where = str(tmp_path / "part")
    repo.git("clone", "-q", "--filter=blob:none", repo.root.as_uri(), where)
    repo.root = tmp_path / "part"
    run = repo("push", "--delete", "--since", "HEAD~1", exit=4)
    assert "git does not have the content of ENG/one.xhtml here (a partial clone)" in run.err
    assert wiki.store.page(one).status == "current"
    repo.follow(run, "git diff --stat")
    repo("push", "--delete", "--since", "HEAD~1")
    assert wiki.store.page(one).status == "trashed"
