"""A pull's removal is no user's deletion, in each way that git carries it elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync import failpoints
from confsync.mirror.git import attributes
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, writes

GUIDE = "ENG/guide.xhtml"
REMOVED = ".confsync.removed"


@pytest.fixture
def nightly(wiki: Sandbox, desk: Desk) -> Desk:
    """Return a committed clone with one more page, whose branch `nightly` commits what it pulls."""
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk("pull")
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    desk.git("checkout", "-qb", "nightly")
    wiki.clear_requests()
    return desk


def page_id(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


def away_and_back(wiki: Sandbox, desk: Desk, guide: str, *pull: str) -> None:
    """Remove the page, pull that, and bring the page back as it was."""
    wiki.store.trash(guide)
    desk("pull", *pull)
    wiki.store.restore(guide)
    assert not desk.path(GUIDE).exists()


def clone_of(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> Desk:
    """Return a clone by git alone, as CI has it."""
    subprocess.run(["git", "clone", "-q", str(desk.root), str(tmp_path / name)], check=True)
    return Desk(tmp_path / name, capsys)


def stays(wiki: Sandbox, desk: Desk, guide: str, *since: str) -> None:
    """Assert that a push deletes no page, and that a pull then brings the document back."""
    count = len(writes(wiki))
    desk("push", "--delete", *since)
    assert wiki.store.page(guide).status == "current"
    assert len(writes(wiki)) == count


# -- the ways of git -------------------------------------------------------------------------------


@each_git_format
def test_ci_deletes_no_page_whose_document_a_nightly_pull_removed(
    wiki: Sandbox,
    nightly: Desk,
    guide: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    assert nightly.git("show", "--format=", "--name-only").split() == [REMOVED, GUIDE]
    ci = clone_of(nightly, tmp_path, capsys, "ci")
    stays(wiki, ci, guide, "--since", "origin/main")
    stays(wiki, ci, guide)
    ci("pull")
    assert ci.path(GUIDE).exists()
    assert guide not in ci.text(REMOVED)


def test_a_squash_merge_brings_the_removal_and_its_line(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    nightly.git("checkout", "-q", "main")
    nightly.git("merge", "-q", "--squash", "nightly")
    nightly.git("commit", "-qm", "what the night brought")
    stays(wiki, nightly, guide, "--since", "HEAD~1")


@each_git_format
def test_a_rebase_brings_the_removal_and_its_line(wiki: Sandbox, nightly: Desk, guide: str) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    nightly.git("checkout", "-q", "main")
    nightly.path("README").write_text("of ours")
    nightly.git("add", "README")
    nightly.git("commit", "-qm", "work of the day")
    nightly.git("checkout", "-q", "nightly")
    nightly.git("rebase", "-q", "main")
    stays(wiki, nightly, guide, "--since", "main")


def test_a_commit_by_hand_after_a_plain_pull_has_the_line(
    wiki: Sandbox,
    nightly: Desk,
    guide: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away_and_back(wiki, nightly, guide)
    nightly.git("commit", "-qam", "by hand")
    stays(wiki, clone_of(nightly, tmp_path, capsys, "ci"), guide, "--since", "HEAD~1")


def test_two_clones_exchange_removals_and_a_person_still_deletes(
    wiki: Sandbox,
    nightly: Desk,
    guide: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = clone_of(nightly, tmp_path, capsys, "other")
    away_and_back(wiki, nightly, guide, "--commit")
    other.git("pull", "-q", "origin", "nightly")
    stays(wiki, other, guide, "--since", "HEAD~1")
    other("pull", "--commit")
    assert guide not in other.text(REMOVED)
    nightly.git("pull", "-q", str(other.root), "HEAD")
    assert nightly.path(GUIDE).exists()
    nightly.git("rm", "-q", GUIDE)
    nightly("push", "--delete", "--commit")
    assert wiki.store.page(guide).status == "trashed"


def test_what_prune_removed_is_not_deleted_when_it_is_visible_again(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    wiki.store.restrict(guide)
    nightly("pull", "--prune", "--commit")
    wiki.store.unrestrict(guide)
    assert not nightly.path(GUIDE).exists()
    stays(wiki, nightly, guide, "--since", "main")
    nightly("pull")
    assert nightly.path(GUIDE).exists()


def test_a_page_that_is_restored_loses_its_line_and_can_be_deleted(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    nightly("pull", "--commit")
    assert f"{guide} v1 " in nightly.text(REMOVED)
    nightly("restore", guide)
    nightly("pull", "--commit")
    assert guide not in nightly.text(REMOVED)
    nightly.git("rm", "-q", GUIDE)
    nightly.git("commit", "-qm", "not wanted")
    nightly("push", "--delete", "--since", "HEAD~1")
    assert wiki.store.page(guide).status == "trashed"


def test_git_merges_the_lines_of_two_branches_without_a_conflict(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    other = page_id(wiki, "Other")
    away_and_back(wiki, nightly, guide, "--commit")
    nightly.git("checkout", "-qb", "noon", "main")
    wiki.store.trash(other)
    nightly("pull", "--commit")
    nightly.git("merge", "-q", "-m", "both", "nightly")
    lines = nightly.text(REMOVED).splitlines()
    assert sorted(line.split()[0] for line in lines if line[0] != "#") == sorted([guide, other])


# -- lines that a merge brought back ---------------------------------------------------------------


def stale_line(nightly: Desk, guide: str, version: int) -> None:
    """Commit the document as it stands, and a line about its page."""
    with nightly.path(REMOVED).open("a") as file:
        file.write(f"{guide} v{version} {'0' * 32}\n")
    nightly.git("commit", "-qam", "a merge brought the line back")


def test_a_line_that_is_older_than_the_document_stops_no_deletion(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>newer</p>", author="Ana")
    nightly("pull", "--commit")
    stale_line(nightly, guide, 1)
    nightly.git("rm", "-q", GUIDE)
    nightly("push", "--delete")
    assert wiki.store.page(guide).status == "trashed"


def test_a_deletion_that_may_be_a_pulls_is_refused_with_the_command_that_deletes(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    stale_line(nightly, guide, 1)
    nightly.git("rm", "-q", GUIDE)
    run = nightly("push", "--delete", exit=1)
    assert f"[rejected]  {GUIDE}   {REMOVED} says that a pull removed its document" in run.out
    assert f"'confsync push --delete {guide}@1' deletes the page" in run.err
    assert wiki.store.page(guide).status == "current"
    nightly("push", "--delete", f"{guide}@1")
    assert wiki.store.page(guide).status == "trashed"


def test_a_pull_takes_out_the_lines_of_documents_that_stand(nightly: Desk, guide: str) -> None:
    stale_line(nightly, guide, 1)
    nightly("pull", "--refresh")
    assert guide not in nightly.text(REMOVED)


# -- whatever became of the file -------------------------------------------------------------------

LEFTOVERS = {
    "CRLF": "# ours\r\n{id} v1 {digest}\r\n",
    "twice": "{id} v1 {digest}\n{id} v1 {digest}\n",
    "an older line": "{id} v1 {digest}\n{id} v0\n",
    "a conflict": "<<<<<<< HEAD\n{id} v1 {digest}\n=======\n7 v1\n>>>>>>> nightly\n",
    "by hand": "\ufeff  {id} was removed by the pull of Monday\n\n",
    "an id alone": "{id}",
}


@pytest.mark.parametrize("how", LEFTOVERS)
def test_a_line_is_read_however_the_file_was_edited_or_merged(
    wiki: Sandbox, nightly: Desk, guide: str, how: str
) -> None:
    away_and_back(wiki, nightly, guide)
    text = LEFTOVERS[how].format(id=guide, digest="0" * 32)
    nightly.path(REMOVED).write_bytes(text.encode())
    stays(wiki, nightly, guide)
    nightly("pull")
    assert nightly.path(GUIDE).exists()
    assert guide not in nightly.text(REMOVED)
    assert "<<<" not in nightly.text(REMOVED)


@pytest.mark.parametrize("how", ["a link", "a pipe", "a directory", "other bytes", "nothing"])
def test_without_the_file_nothing_is_deleted_by_the_word_of_git(
    wiki: Sandbox, nightly: Desk, guide: str, how: str
) -> None:
    stale_line(nightly, "77", 1)
    path = nightly.path(REMOVED)
    path.unlink()
    outside = nightly.root.parent / "outside"
    outside.write_text("of another")
    match how:
        case "a link":
            path.symlink_to(outside)
        case "a pipe":
            os.mkfifo(path)
        case "a directory":
            path.mkdir()
        case "other bytes":
            path.write_bytes(f"{guide} v1\n".encode("utf-16"))
    nightly.path(GUIDE).unlink()
    run = nightly("push", "--delete", exit=1)
    assert "cannot tell whether a pull removed its document" in run.out
    assert wiki.store.page(guide).status == "current"
    if how != "a directory":
        nightly.git("checkout", "HEAD", "--", REMOVED)
        nightly("push", "--delete")
        assert wiki.store.page(guide).status == "trashed"
    assert outside.read_text() == "of another"


LOSSES: dict[str, Callable[[str], str]] = {
    "emptied": lambda _: "",
    "cut off": lambda text: text[: text.rindex(" v")],
    "cut off in its id": lambda text: text[: text.rindex(" v") - 1],
    "an older side": lambda text: text.replace(" v1 ", " v0 "),
}


@pytest.mark.parametrize("how", LOSSES)
def test_a_line_that_was_lost_here_is_held_against_the_one_of_head(
    wiki: Sandbox, nightly: Desk, guide: str, how: str
) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    path = nightly.path(REMOVED)
    path.write_text(LOSSES[how](path.read_text()))
    run = nightly("push", "--delete", "--since", "HEAD~1", exit=None)
    assert wiki.store.page(guide).status == "current"
    if how == "cut off":
        return  # an id alone stands for every version
    assert f"the line of page {guide} was lost here" in run.out
    nightly.follow(run, "git show")
    stays(wiki, nightly, guide, "--since", "HEAD~1")


def test_a_line_is_gone_rightly_where_the_document_is_back(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    nightly("pull")
    assert guide not in nightly.text(REMOVED)
    nightly.path("ENG/other.xhtml").unlink()
    nightly("push", "--delete")
    assert wiki.store.page(page_id_before(wiki, "Other")).status == "trashed"


def page_id_before(wiki: Sandbox, title: str) -> str:
    rows = wiki.store.pages("ENG", ("current", "trashed"))
    return next(page.id for page in rows if page.title == title)


@pytest.mark.parametrize("how", ["a link", "a pipe", "a directory"])
def test_what_cannot_be_noted_is_not_removed(
    wiki: Sandbox, nightly: Desk, guide: str, how: str
) -> None:
    path = nightly.path(REMOVED)
    path.unlink()
    outside = nightly.root.parent / "outside"
    outside.write_text("of another")
    if how == "a link":
        path.symlink_to(outside)
    elif how == "a pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    wiki.store.trash(guide)
    run = nightly("pull", exit=4)
    assert f"{REMOVED}: is " in run.out + run.err
    assert "not a regular file" in run.out + run.err
    assert nightly.path(GUIDE).exists()
    assert outside.read_text() == "of another"


def test_a_document_that_is_edited_while_it_is_removed_has_no_line(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    wiki.store.trash(guide)

    def edit(step: int, what: str) -> None:
        if what.startswith("replace") and what.endswith(REMOVED) and "8080" in nightly.text(GUIDE):
            nightly.edit(GUIDE, "8080", "8081")

    with failpoints.watched(edit):
        run = nightly("pull", exit=None)
    assert "changed while confsync ran" in run.out + run.err
    assert "8081" in nightly.text(GUIDE)
    assert guide not in nightly.text(REMOVED)


# -- what a pull moved -----------------------------------------------------------------------------


@pytest.fixture
def kids(wiki: Sandbox, nightly: Desk, guide: str) -> list[str]:
    """Two pages below the guide, whose documents are committed."""
    found = [wiki.store.create_page("ENG", f"Kid {n}", "<p>kid</p>", parent=guide).id for n in "ab"]
    nightly("pull", "--commit")
    return found


def ignoring(desk: Desk, pattern: str) -> None:
    desk.path(".gitignore").write_text(f"{pattern}\n")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "ignore")


def test_what_a_pull_moved_and_a_person_half_committed_is_not_deleted(
    wiki: Sandbox,
    nightly: Desk,
    guide: str,
    kids: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wiki.store.edit(guide, title="Handbook")
    nightly("pull")
    nightly("pull")
    assert f"{kids[0]} v1 moved to ENG/handbook/kid-a.xhtml" in nightly.text(REMOVED)
    nightly.git("commit", "-qam", "the removals alone")
    ci = clone_of(nightly, tmp_path, capsys, "ci")
    run = ci("push", "--delete", "--since", "HEAD~1", exit=1)
    assert "a pull moved its document to ENG/handbook/kid-a.xhtml" in run.out + run.err
    assert f"'confsync push --delete {kids[0]}@1'" in run.out + run.err
    assert [wiki.store.page(i).status for i in (guide, *kids)] == ["current"] * 3
    ci("push", "--delete", f"{kids[0]}@1")
    assert wiki.store.page(kids[0]).status == "trashed"


def test_a_person_deletes_what_a_pull_moved_once_that_is_committed(
    wiki: Sandbox, nightly: Desk, guide: str, kids: list[str]
) -> None:
    wiki.store.edit(guide, title="Handbook")
    nightly("pull")
    nightly.git("add", "-A")
    nightly.git("commit", "-qm", "moved")
    nightly.git("rm", "-q", "ENG/handbook/kid-a.xhtml")
    nightly("push", "--delete")
    assert wiki.store.page(kids[0]).status == "trashed"
    nightly.git("commit", "-qam", "one less")
    nightly("pull")
    assert nightly.git("status", "--porcelain") == ""
    wiki.store.edit(guide, title="Manual")
    nightly("pull")
    text = nightly.text(REMOVED)
    # The note of the old move went with the new one: HEAD had the document where it stood.
    assert f"{kids[1]} v1 moved to ENG/manual/" in text
    assert f"{kids[1]} v1 moved to ENG/handbook/" not in text


def test_a_committed_move_leaves_no_line(
    wiki: Sandbox, nightly: Desk, guide: str, kids: list[str]
) -> None:
    wiki.store.edit(guide, title="Handbook")
    nightly("pull", "--commit")
    assert nightly.git("status", "--porcelain") == ""
    assert REMOVED not in nightly.git("show", "--format=", "--name-only")
    wiki.store.edit(guide, title="Manual")
    hook = nightly.path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    nightly("pull", "--commit", exit=None)
    assert f"{kids[0]} v1 moved to ENG/manual/kid-a.xhtml" in nightly.text(REMOVED)
    hook.unlink()
    nightly("pull", "--commit")
    assert "moved to" not in nightly.text(REMOVED)
    assert nightly.git("status", "--porcelain") == ""


def test_a_line_about_a_move_that_was_lost_here_stops_deletions(
    wiki: Sandbox, nightly: Desk, guide: str, kids: list[str]
) -> None:
    wiki.store.edit(guide, title="Handbook")
    nightly("pull")
    nightly.git("commit", "-qam", "the removals alone")
    nightly.git("clean", "-qfd", "ENG")
    nightly.path(REMOVED).write_bytes(b"")
    nightly("push", "--delete", "--since", "HEAD~1", exit=1)
    assert [wiki.store.page(i).status for i in (guide, *kids)] == ["current"] * 3


def test_no_removal_is_committed_whose_new_document_git_ignores(
    wiki: Sandbox, nightly: Desk, guide: str, kids: list[str]
) -> None:
    ignoring(nightly, "build/")
    wiki.store.edit(guide, title="Build")
    run = nightly("pull", "--commit")
    warning = "because git ignores them: ENG/build/kid-a.xhtml, ENG/build/kid-b.xhtml"
    assert warning in run.out + run.err
    assert "ENG/guide/kid-a.xhtml" in nightly.git("ls-tree", "-r", "--name-only", "HEAD")
    for again in (nightly("pull", "--commit"), nightly("pull", "--commit", "-q")):
        assert warning in again.out + again.err
    nightly("push", "--delete", "--since", "HEAD~1", exit=None)
    assert [wiki.store.page(i).status for i in (guide, *kids)] == ["current"] * 3


def test_what_git_ignores_is_committed_once_it_is_added(
    wiki: Sandbox, nightly: Desk, guide: str, kids: list[str]
) -> None:
    ignoring(nightly, "build/")
    wiki.store.edit(guide, title="Build")
    nightly("pull", "--commit")
    nightly.git("add", "-f", "ENG/build/kid-a.xhtml", "ENG/build/kid-b.xhtml")
    run = nightly("pull", "--commit")
    assert "ignores" not in run.out + run.err
    assert nightly.git("status", "--porcelain") == ""
    assert "ENG/guide/kid-a.xhtml" not in nightly.git("ls-files")


def test_a_plain_pull_says_what_to_commit_with_a_removal(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    run = nightly("pull")
    assert f"commit {REMOVED} with the documents" in run.out + run.err


# -- a mirror of an earlier version ----------------------------------------------------------------


def test_the_first_line_tells_git_how_to_merge_and_a_person_what_to_add(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    nightly.git("rm", "-q", REMOVED)
    ours = "*.png binary\r\n*.xhtml text eol=lf"
    nightly.path(".gitattributes").write_bytes(ours.encode())
    nightly.git("commit", "-qam", "as an earlier version left it")
    wiki.store.trash(guide)
    run = nightly("pull")
    assert f"'git add -f {REMOVED}' first" in run.out + run.err
    line = attributes.LINES[-1].decode()
    assert nightly.text(".gitattributes") == f"{ours}\n{line}\n"
    assert nightly.git("check-attr", "merge", REMOVED).endswith("union\n")
    assert nightly.text(REMOVED).startswith("# The pages whose documents confsync removed")


def test_a_file_that_git_ignores_is_told(wiki: Sandbox, nightly: Desk, guide: str) -> None:
    nightly.git("rm", "-q", REMOVED)
    nightly.path(".gitignore").write_text(".confsync*\n!.confsync.yaml\n")
    nightly.git("add", "-A")
    nightly.git("commit", "-qm", "as an earlier version left it")
    wiki.store.trash(guide)
    run = nightly("pull", "--commit")
    nightly.follow(run, "git add -f")
    assert nightly.git("diff", "--cached", "--name-only") == f"{REMOVED}\n"


def test_a_committed_pull_of_an_older_mirror_has_the_new_files(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    nightly.git("rm", "-q", REMOVED, ".gitattributes")
    nightly.git("commit", "-qm", "as an earlier version left it")
    away_and_back(wiki, nightly, guide, "--commit")
    assert nightly.git("status", "--porcelain") == ""
    nightly.git("checkout", "-q", "--detach")
    stays(wiki, nightly, guide, "--since", "HEAD~1")


def test_a_line_of_a_users_own_about_the_file_stays(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    nightly.path(REMOVED).unlink()
    nightly.path(".gitattributes").write_text(f"{REMOVED} merge=ours\n")
    wiki.store.trash(guide)
    nightly("pull")
    assert nightly.text(".gitattributes") == f"{REMOVED} merge=ours\n"


def test_a_commit_takes_the_line_along_although_the_file_was_edited_before(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    with nightly.path(REMOVED).open("a") as file:
        file.write("# a person's comment\n")
    away_and_back(wiki, nightly, guide, "--commit")
    assert nightly.git("show", "--format=", "--name-only").split() == [REMOVED, GUIDE]
    assert "# a person's comment" in nightly.text(REMOVED)


# -- what git gives back ---------------------------------------------------------------------------


def deleted_and_reverted(wiki: Sandbox, nightly: Desk, guide: str) -> None:
    nightly.git("rm", "-q", GUIDE)
    nightly("push", "--delete", "--commit")
    assert wiki.store.page(guide).status == "trashed"
    nightly.git("revert", "--no-edit", "HEAD")


@pytest.mark.parametrize("way", ["restore", "pull"])
def test_a_document_that_a_revert_of_its_deletion_gave_back_is_kept(
    wiki: Sandbox, nightly: Desk, guide: str, way: str
) -> None:
    deleted_and_reverted(wiki, nightly, guide)
    for _ in range(2):
        run = nightly("pull", "--commit")
        assert "git brought the document back; the file is kept" in run.out
        assert nightly.path(GUIDE).exists()
    nightly.follow(run, f"confsync {way}")
    nightly("pull")
    assert nightly.path(GUIDE).exists() is (way == "restore")
    assert wiki.store.page(guide).status == ("current" if way == "restore" else "trashed")


def test_what_pulls_removed_and_brought_back_is_removed_again(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    away_and_back(wiki, nightly, guide, "--commit")
    nightly("pull", "--commit")
    wiki.store.edit(guide, title="Handbook")
    nightly("pull", "--commit")
    wiki.store.edit(guide, title="Guide")
    nightly("pull", "--commit")
    assert nightly.path(GUIDE).exists()
    away_and_back(wiki, nightly, guide, "--commit")
    assert nightly.git("status", "--porcelain") == ""
