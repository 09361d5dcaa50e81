"""Runs: each push has an id in the audit trail, in version messages and in its commit."""

from __future__ import annotations

import re
import shutil

import pytest

from confsync.model.stamp import message_without_token, run_in, token_in
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def repo(desk: Desk) -> Desk:
    """Return the clone, committed."""
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    return desk


def runs(desk: Desk, *options: str) -> list[dict[str, object]]:
    found = desk.json("log", "--runs", *options).data["runs"]
    assert isinstance(found, list)
    return found


def test_a_run_has_one_id_everywhere(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.edit(GUIDE, "8080", "8081")
    repo("new", "ENG/new.xhtml", "--title", "New")
    repo("push", "--commit", "-m", "More [run abcdefabcdef]")
    (run,) = runs(repo)
    message = wiki.store.page(guide).message
    assert run_in(message) == run["run"]
    assert token_in(message)
    assert message_without_token(message) == "More [run abcdefabcdef]"
    assert f"\nConfsync-Run: {run['run']}\n" in repo.git("log", "-1", "--format=%B")
    made = next(page for page in wiki.store.pages("ENG") if page.title == "New")
    pages = run["pages"]
    assert isinstance(pages, list)
    assert sorted((tuple(page.values()) for page in pages), key=str) == sorted(
        [
            (guide, GUIDE, "updated", 1, 2, []),
            (made.id, "ENG/new.xhtml", "created", None, 1, []),
        ],
        key=str,
    )
    assert "More" in repo("log", GUIDE).out
    assert "[run " not in repo("log", GUIDE).out.replace("[run abcdefabcdef]", "")


def test_where_the_trail_is_gone_the_commits_tell(wiki: Sandbox, repo: Desk, guide: str) -> None:
    repo.edit(GUIDE, "8080", "8081")
    repo("push", "--commit")
    repo.path(GUIDE).unlink()
    repo("push", "--delete", "--commit")
    before = runs(repo)
    assert [page["what"] for run in before for page in run["pages"]] == ["updated", "deleted"]  # type: ignore[attr-defined]
    shutil.rmtree(repo.path(".confsync"))
    after = runs(repo)
    assert [(run["run"], run["pages"]) for run in after] == [
        (run["run"], run["pages"]) for run in before
    ]
    assert runs(repo, "-n", "1") == after[-1:]


def test_commits_of_other_time_zones_are_in_order(
    repo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second push was an hour later, in Berlin, where the clock says less than in Auckland."""
    for port, date in ((8081, "2026-03-07T20:00:00+13:00"), (8082, "2026-03-07T09:00:00+01:00")):
        monkeypatch.setenv("GIT_COMMITTER_DATE", date)
        repo.edit(GUIDE, str(port - 1), str(port))
        repo("push", "--commit")
    before = [run["run"] for run in runs(repo)]
    shutil.rmtree(repo.path(".confsync"))
    after = runs(repo)
    assert [run["run"] for run in after] == before
    assert [run["at"] for run in after] == ["2026-03-07T07:00:00Z", "2026-03-07T08:00:00Z"]


def test_the_lines_name_runs_and_pages(repo: Desk) -> None:
    assert repo("log", "--runs").out == "the log is empty\n"
    repo.edit(GUIDE, "8080", "8081")
    repo("push")
    assert re.fullmatch(
        r"[0-9a-f]{12}  \d{4}-\d\d-\d\d \d\d:\d\d\n  updated +ENG/guide.xhtml   v1 -> v2\n",
        repo("log", "--runs").out,
    )


def test_without_git_the_trail_tells(desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert len(runs(desk)) == 1


def test_two_pushes_are_two_runs_and_a_conflict_is_none(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    for new in ("8081", "8082"):
        repo.edit(GUIDE, "808" + str(int(new[-1]) - 1), new)
        repo("push")
    wiki.store.edit(guide, "<p>hers</p>")
    repo.edit(GUIDE, "8082", "8083")
    repo("push", exit=1)
    assert len({run["run"] for run in runs(repo)}) == 2


def test_the_option_stands_alone(desk: Desk) -> None:
    assert "--runs stands alone" in desk("log", "--runs", "--local", exit=2).err
