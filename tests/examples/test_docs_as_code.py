"""The docs-as-code repository: its workflows, step by step, with real remotes and a sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests.examples.forges import FORGES, Forge, git, installed
from tests.flows.conftest import Desk, desk_at

# What is made once for all tests of the module is made in one process.
pytestmark = pytest.mark.xdist_group("docs as code")

__all__ = ["desk_at"]

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "examples" / "docs-as-code"
GUIDE = "docs/ENG/guide.xhtml"
PORTS = "docs/ENG/ports.xhtml"
BODY = "".join(f"<p>{word}</p>" for word in ("one", "two", "three", "four", "five", "six"))


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the tools of the runners, and the wheel that they install."""
    return installed(PROJECT, tmp_path_factory.mktemp("tools"))


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a Cloud with two pages."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        for title in ("Guide", "Ports"):
            sandbox.store.create_page("ENG", title, BODY, author="Ana")
        yield sandbox


@pytest.fixture(params=list(FORGES))
def forge(
    request: pytest.FixtureRequest,
    wiki: Sandbox,
    tools: tuple[Path, Path],
    tmp_path: Path,
    desk_at: Callable[..., Desk],
) -> Forge:
    """Return a repository with a mirror in docs/ and the example's files."""
    venv, wheel = tools
    secrets = {
        "CONFSYNC_URL": wiki.url,
        "CONFSYNC_USER": wiki.user,
        "CONFSYNC_TOKEN": wiki.token,
        "CONFSYNC": str(wheel),
    }
    forge = FORGES[request.param](tmp_path / "forge", venv, secrets)
    work = tmp_path / "ana"
    work.mkdir()
    desk_at("ana/docs")
    for name in forge.files:
        of = EXAMPLE / name
        (shutil.copytree if of.is_dir() else shutil.copy)(of, work / name)
    git(work, "init", "-q", "-b", "main")
    git(work, "remote", "add", "origin", str(forge.origin))
    git(work, "add", "-A")
    git(work, "commit", "-qm", "A mirror of ENG")
    git(work, "push", "-q", "origin", "main")
    wiki.clear_requests()
    return forge


@pytest.fixture
def work(forge: Forge, tmp_path: Path) -> Path:
    """Return the clone in which a person works."""
    return clone(forge, tmp_path / "ben")


def clone(forge: Forge, path: Path) -> Path:
    git(path.parent, "clone", "-q", str(forge.origin), path.name)
    return path


def merge(work: Path, name: str, old: str, new: str, *, branch: str = "main") -> None:
    """Edit a document, bring it together with the branch, and merge it."""
    path = work / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    git(work, "commit", "-qam", f"{new} instead of {old}")
    git(work, "fetch", "-q")
    git(work, "merge", "-q", "--no-edit", f"origin/{branch}")
    git(work, "push", "-q", "origin", f"HEAD:{branch}")


def page(wiki: Sandbox, title: str) -> tuple[int, str]:
    """Return a page's version and body."""
    (found,) = (one for one in wiki.store.pages("ENG") if one.title == title)
    return found.version, found.body


def on_main(forge: Forge, name: str) -> str:
    return git(forge.origin, "show", f"main:{name}")


def test_a_change_is_checked_and_shown_without_a_request(
    forge: Forge, work: Path, wiki: Sandbox
) -> None:
    git(work, "switch", "-qc", "change")
    (work / GUIDE).write_text((work / GUIDE).read_text().replace("two", "2.0"))
    git(work, "commit", "-qam", "2.0")
    git(work, "push", "-q", "origin", "change")
    good = forge.run("check", "change")
    assert good.ok, good.log
    shown = good.artefacts["pages before and after"]
    assert "two" in shown
    assert "2.0" in shown
    (work / GUIDE).write_text((work / GUIDE).read_text().replace("<p>three</p>", "<p>three</b>"))
    git(work, "commit", "-qam", "broken")
    git(work, "push", "-q", "origin", "change")
    bad = forge.run("check", "change")
    assert not bad.ok
    said = {
        "GitHub": f"::error file={GUIDE},line=11,col=11,title=confsync malformed::",
        "GitLab": "ENG/guide.xhtml:11:11: error: mismatched tag",
    }
    assert said[type(forge).__name__] in bad.log
    assert "pages before and after" in bad.artefacts
    (work / PORTS).write_text("no front matter, so that there is nothing to compare")
    git(work, "commit", "-qam", "worse")
    git(work, "push", "-q", "origin", "change")
    worse = forge.run("check", "change")
    assert not worse.ok
    assert said[type(forge).__name__] in worse.log
    assert "no front matter" in worse.log
    assert wiki.requests == []


def test_what_is_merged_is_pushed_and_the_stamps_come_back(
    forge: Forge, work: Path, wiki: Sandbox
) -> None:
    merge(work, GUIDE, "two", "2.0")
    done = forge.run("push")
    assert done.ok, done.log
    assert page(wiki, "Guide") == (2, BODY.replace("two", "2.0"))
    assert "\n  version: 2\n" in on_main(forge, GUIDE)
    assert (
        git(forge.origin, "log", "-1", "--format=%an: %s", "main")
        == "confsync: confsync push: 1 page: 2.0 instead of two"
    )
    assert [one.message for one in wiki.store.versions(_id(wiki, "Guide"))][-1].endswith(
        "2.0 instead of two"
    )
    again = forge.run("push")
    assert again.ok, again.log
    assert "nothing to do" in again.log
    assert page(wiki, "Guide")[0] == 2


def _id(wiki: Sandbox, title: str) -> str:
    return next(one.id for one in wiki.store.pages("ENG") if one.title == title)


def test_two_merges_in_a_row_where_the_second_was_begun_before_the_firsts_stamps(
    forge: Forge, work: Path, wiki: Sandbox, tmp_path: Path
) -> None:
    other = clone(forge, tmp_path / "cleo")
    merge(work, GUIDE, "two", "2.0")
    assert forge.run("push").ok
    merge(other, GUIDE, "five", "5.0")
    done = forge.run("push")
    assert done.ok, done.log
    assert page(wiki, "Guide") == (3, BODY.replace("two", "2.0").replace("five", "5.0"))
    assert "\n  version: 3\n" in on_main(forge, GUIDE)


def test_a_merge_that_comes_while_the_run_before_is_at_work(
    forge: Forge, work: Path, wiki: Sandbox, tmp_path: Path
) -> None:
    other = clone(forge, tmp_path / "cleo")
    merge(work, GUIDE, "two", "2.0")
    waiting = [lambda: merge(other, GUIDE, "five", "5.0")]

    def meanwhile(method: str, path: str) -> None:
        if method == "PUT" and waiting:
            waiting.pop()()

    wiki.faults.before = meanwhile
    first = forge.run("push")
    assert first.ok, first.log
    assert not waiting
    assert page(wiki, "Guide") == (2, BODY.replace("two", "2.0"))
    second = forge.run("push", commit=git(other, "rev-parse", "HEAD"))
    assert second.ok, second.log
    assert page(wiki, "Guide") == (3, BODY.replace("two", "2.0").replace("five", "5.0"))
    assert git(forge.origin, "show", "main:docs/ENG/guide.xhtml").count("5.0") == 1


def test_a_refused_page_fails_the_run_and_keeps_no_other_page_back(
    forge: Forge, work: Path, wiki: Sandbox
) -> None:
    wiki.store.edit(_id(wiki, "Guide"), "<p>hers</p>", author="Ana")
    merge(work, GUIDE, "two", "2.0")
    merge(work, PORTS, "two", "2.0")
    done = forge.run("push")
    assert not done.ok
    assert "[rejected]  ENG/guide.xhtml" in done.log
    assert page(wiki, "Guide") == (2, "<p>hers</p>")
    assert page(wiki, "Ports") == (2, BODY.replace("two", "2.0"))
    assert "\n  version: 1\n" in on_main(forge, GUIDE)
    assert "\n  version: 2\n" in on_main(forge, PORTS)


def test_each_night_what_was_edited_in_the_browser_becomes_a_change(
    forge: Forge, work: Path, wiki: Sandbox
) -> None:
    assert forge.run("pull").ok
    assert forge.changes() == []
    wiki.store.edit(_id(wiki, "Guide"), "<p>hers</p>", author="Ana Lima", message="shorter")
    night = forge.run("pull")
    assert night.ok, night.log
    assert [change["title"] for change in forge.changes()] == ["confsync pull: 1 page"]
    told = git(forge.origin, "log", "-1", "--format=%B", "confsync/pull")
    assert "ENG/guide.xhtml v1 -> v2 (Ana Lima: shorter)" in told
    assert "Co-authored-by: Ana Lima <" in told
    assert "hers" not in on_main(forge, GUIDE)
    wiki.store.edit(_id(wiki, "Ports"), "<p>his</p>", author="Ben")
    assert forge.run("pull").ok
    assert [change["title"] for change in forge.changes()] == ["confsync pull: 2 pages"]
    git(work, "fetch", "-q")
    git(work, "merge", "-q", "origin/confsync/pull")
    git(work, "push", "-q", "origin", "main")
    assert "hers" in on_main(forge, GUIDE)
    assert "nothing to do" in forge.run("push").log


def test_a_branch_with_commits_of_others_is_not_made_anew(
    forge: Forge, work: Path, wiki: Sandbox
) -> None:
    wiki.store.edit(_id(wiki, "Guide"), "<p>hers</p>", author="Ana")
    assert forge.run("pull").ok
    git(work, "fetch", "-q")
    git(work, "switch", "-q", "confsync/pull")
    merge(work, GUIDE, "hers", "hers, and mine", branch="confsync/pull")
    wiki.store.edit(_id(wiki, "Ports"), "<p>his</p>", author="Ben")
    night = forge.run("pull")
    assert not night.ok
    assert "confsync/pull has commits of test@example.com" in night.log
    assert "and mine" in git(forge.origin, "show", f"confsync/pull:{GUIDE}")


def test_runs_that_write_wait_for_one_another() -> None:
    gitlab = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())
    for name in ("push", "pull"):
        workflow = yaml.safe_load((EXAMPLE / f".github/workflows/{name}.yml").read_text())
        assert workflow["concurrency"] == {"group": f"confsync-{name}", "cancel-in-progress": False}
        assert gitlab[name]["resource_group"] == f"confsync-{name}"
