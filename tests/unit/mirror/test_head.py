"""HEAD's commit, read without git."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.mirror.committed.newest_stamps import collect
from confsync.mirror.git.head import is_commit_id, mark_of_head
from tests.unit.mirror.histories import History, can, page, processes, versions


@pytest.fixture(params=[form for form in ("sha1", "sha256") if can(form)])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    return History(tmp_path / "repo", "docs", form=request.param)


def mark(told: History) -> str | None:
    return mark_of_head(str(told.root))


@pytest.mark.parametrize("how", ["loose", "packed", "both", "detached", "symbolic", "link"])
def test_it_is_what_git_says(told: History, how: str) -> None:
    told.commit(a=page("1", 1))
    told.git("branch", "main-line")
    if how in ("packed", "both"):
        told.git("pack-refs", "--all")
    commit = told.commit(a=page("1", 2)) if how != "packed" else told.git("rev-parse", "HEAD")
    if how == "detached":
        told.git("checkout", "-q", "--detach")
    if how == "symbolic":
        told.git("symbolic-ref", "refs/heads/other", "refs/heads/main")
        told.git("symbolic-ref", "HEAD", "refs/heads/other")
    if how == "link":
        (told.top / ".git/HEAD").unlink()
        (told.top / ".git/HEAD").symlink_to("refs/heads/main")
    assert mark(told) == commit == told.git("rev-parse", "HEAD")


def test_a_bisection_of_a_linked_work_tree_is_its_own(told: History, tmp_path: Path) -> None:
    commit = told.commit(a=page("1", 1))
    told.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    tree = History(tmp_path / "tree", "docs")
    tree.git("update-ref", "refs/worktree/mine", commit)
    tree.git("symbolic-ref", "HEAD", "refs/worktree/mine")
    assert mark(tree) == commit


def test_without_a_commit_it_is_empty(told: History, tmp_path: Path) -> None:
    assert mark(told) == ""
    assert mark_of_head(str(tmp_path)) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [("HEAD", ""), ("HEAD", "ref: elsewhere"), ("refs/heads/main", ""), ("refs/heads/main", "x")],
)
def test_what_is_torn_only_git_can_tell(told: History, name: str, said: str) -> None:
    told.commit(a=page("1", 1))
    (told.top / ".git" / name).write_text(said)
    assert mark(told) is None


def test_a_circle_of_names_ends(told: History) -> None:
    told.commit(a=page("1", 1))
    (told.top / ".git/refs/heads/main").write_text("ref: refs/heads/main\n")
    assert mark(told) is None


def test_reftables_are_known_by_their_list(told: History) -> None:
    """As `git init --ref-format=reftable` makes them, of which older gits know nothing."""
    told.commit(a=page("1", 1))
    tables = told.top / ".git/reftable"
    tables.mkdir()
    (tables / "tables.list").write_text("0x01-0x02-aa.ref\n")
    before = mark(told)
    assert before
    assert not is_commit_id(before)
    (tables / "tables.list").write_text("0x01-0x02-aa.ref\n0x03-0x03-bb.ref\n")
    assert mark(told) not in (before, None)
    (tables / "tables.list").unlink()
    assert mark(told) is None


@pytest.mark.parametrize("form", ["looks like", "reftable"])
def test_with_reftables_the_stamps_are_read_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    if form == "reftable" and not can(form):
        pytest.skip("this git knows no reftables")
    if form == "reftable":
        monkeypatch.setenv("GIT_DEFAULT_REF_FORMAT", form)
    told = History(tmp_path / "repo")
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 1))
    if form != "reftable":
        (told.top / ".git/reftable").mkdir()
        (told.top / ".git/reftable/tables.list").write_text("0x01-0x02-aa.ref\n")
    assert versions(collect(told.root, ["ENG"])) == {"1": 5}
    with processes(monkeypatch) as started:
        assert versions(collect(told.root, ["ENG"])) == {"1": 5}
    assert started == []
