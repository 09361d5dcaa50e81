"""`confsync history`: the versions of pages as commits, and a tip that is what a clone writes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from confsync.cli import main
from confsync.remote import client
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, quiet
from tests.flows.test_corpus import bodies_that_parse

BRANCH = "confluence/ENG"


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield a space with pages of several versions, a new title among them, all at known times."""
    with Sandbox(flavor=request.param) as sandbox:
        store = sandbox.store
        store.clock = Clock()
        store.create_space("ENG", "Engineering", "Home")
        guide = store.create_page("ENG", "Guide", "<p>1</p>", author="Ana Lima").id
        part = store.create_page("ENG", "Part", "<p>1</p>", parent=guide, author="Bo").id
        store.edit(guide, "<p>2</p>", message="second port", author="Bo")
        store.edit(part, "<p>2</p>", author="Ana Lima")
        store.edit(guide, "<p>3</p>", title="Manual", author="Ana Lima")
        yield sandbox


class Clock:
    """A minute passes from one write to the next."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 7, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def desk(desk_at: Callable[..., Desk], wiki: Sandbox) -> Desk:
    """Return a clone of ENG in a repository."""
    made = desk_at()
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-qm", "begin")
    wiki.clear_requests()
    return made


def fresh_tree(desk: Desk, wiki: Sandbox, key: str = "ENG") -> str:
    """Return the tree of a clone that is made now, in a repository of its own."""
    other = desk.root.parent / f"fresh-{len(list(desk.root.parent.iterdir()))}"
    other.mkdir()
    _git(other, "init", "-q")
    assert main(["clone", "--git", f"{wiki.url}/spaces/{key}", str(other)]) == 0
    return _git(other, "rev-parse", "HEAD^{tree}").strip()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tip_tree(desk: Desk) -> str:
    return desk.git("rev-parse", f"{BRANCH}^{{tree}}").strip()


def subjects(desk: Desk, *more: str) -> list[str]:
    return desk.git("log", "--reverse", "--format=%s", *(more or (BRANCH,))).splitlines()


def test_every_version_is_a_commit_and_the_tip_is_a_clone(desk: Desk, wiki: Sandbox) -> None:
    said = desk("history").out
    assert said == "confluence/ENG: 6 versions of 3 pages\n"
    assert subjects(desk) == [
        "Home: version 1",
        "Guide: version 1",
        "Part: version 1",
        "Guide: second port",
        "Part: version 2",
        "Manual: renamed from Guide",
    ]
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    changed = desk.git("show", "--format=", "--name-status", "--no-renames", BRANCH).splitlines()
    assert changed == [
        "D\tENG/guide.xhtml",
        "D\tENG/guide/part.xhtml",
        "A\tENG/manual.xhtml",
        "A\tENG/manual/part.xhtml",
    ]


def test_authors_are_ids_and_their_names_stand_outside_the_objects(desk: Desk) -> None:
    desk("history")
    plain = desk.git("log", "--no-use-mailmap", "--format=%an <%ae> %cn <%ce>%n%B", BRANCH)
    assert "Ana" not in plain and "Bo" not in plain
    names = desk.git("log", "--use-mailmap", "--format=%aN", BRANCH).split("\n")
    assert names.count("Ana Lima") == 3 and names.count("Bo") == 2
    times = desk.git("log", "--format=%aI %cI", BRANCH).splitlines()
    assert all(line.split()[0] == line.split()[1] for line in times)
    assert times[0].startswith("2026-03-07T12:")


def test_another_mailmap_of_the_repository_stays_in_use(desk: Desk) -> None:
    desk.git("config", "mailmap.file", "/other/mailmap")
    assert "git takes the names of authors from /other/mailmap" in desk("history").out
    assert desk.git("config", "mailmap.file").strip() == "/other/mailmap"


def test_nothing_new_costs_a_listing_and_makes_no_commit(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    tip = desk.git("rev-parse", BRANCH)
    wiki.clear_requests()
    assert desk("history").out == "confluence/ENG: nothing new\n"
    assert desk.git("rev-parse", BRANCH) == tip
    assert len(wiki.requests) == 2


def test_a_first_history_costs_one_request_a_page_on_cloud(
    desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("Data Center answers one version a request")
    store = wiki.store
    with store.batch():
        for number in range(300):
            page = store.create_page("ENG", f"Page {number}", "<p>1</p>").id
            if number < 40:
                store.edit(page, "<p>2</p>")
    desk = desk_at()
    desk.git("init", "-q")
    desk("history")
    # The space, three answers of the listing, the pages with several versions, two answers with the
    # pages of one version, and the names of the authors.
    assert len(wiki.requests) == 1 + 3 + 42 + 2 + 1
    assert len(subjects(desk)) == 6 + 340
    wiki.clear_requests()
    desk("history")
    assert len(wiki.requests) == 1 + 3


def test_what_is_new_comes_on_top(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    old = desk.git("rev-list", BRANCH).splitlines()
    store = wiki.store
    part = next(p.id for p in store.pages("ENG") if p.title == "Part")
    store.edit(part, "<p>3</p>", message="three")
    store.edit(part, "<p>4</p>", message="four")
    assert desk("history").out == "confluence/ENG: 2 versions of 1 page\n"
    store.create_page("ENG", "New", "<p>n</p>", parent=part)
    assert desk("history").out == "confluence/ENG: 1 version of 1 page\n"
    assert subjects(desk)[-3:] == ["Part: three", "Part: four", "New: version 1"]
    assert desk.git("rev-list", BRANCH).splitlines()[3:] == old
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_pages_with_one_new_version_come_in_bulk(desk: Desk, wiki: Sandbox) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("Data Center answers one page a request")
    desk("history")
    for page in wiki.store.pages("ENG"):
        wiki.store.edit(page.id, f"{page.body}<p>more</p>", message="more", author="Bo")
    wiki.clear_requests()
    desk("history")
    assert len(wiki.requests) == 3, [r.path for r in wiki.requests]
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_moves_deletions_and_purges_are_commits_when_they_are_noticed(
    desk: Desk, wiki: Sandbox
) -> None:
    store = wiki.store
    extra = store.create_page("ENG", "Extra", "<p>e</p>").id
    gone = store.create_page("ENG", "Purged", "<p>p</p>").id
    desk("history")
    old = desk.git("rev-list", BRANCH).splitlines()
    ids = {page.title: page.id for page in store.pages("ENG")}
    store.edit(ids["Part"], parent=extra, message="moved below Extra")
    store.trash(gone)
    store.purge(gone)
    store.trash(ids["Manual"])
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    assert sorted(subjects(desk)[-3:]) == [
        "Manual: no longer in the space",
        "Part: moved below Extra",
        "Purged: no longer in the space",
    ]
    assert desk.git("rev-list", BRANCH).splitlines()[3:] == old
    store.restore(ids["Manual"])
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    author = desk.git("log", "--format=%an %s", BRANCH)
    assert "confluence Purged: no longer in the space" in author


def test_deleting_an_old_version_renumbers_and_rewrites_nothing(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    old = desk.git("rev-list", BRANCH).splitlines()
    ids = {page.title: page.id for page in wiki.store.pages("ENG")}
    wiki.store.delete_version(ids["Manual"], 2)
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    assert desk.git("rev-list", BRANCH).splitlines()[1:] == old
    assert subjects(desk)[-1] == "Manual: renumbered"
    wiki.store.edit(ids["Manual"], "<p>4</p>", message="four")
    desk("history")
    assert subjects(desk)[-1] == "Manual: four"
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_a_change_without_a_version_is_found_by_refresh(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    page = next(p for p in wiki.store.pages("ENG") if p.title == "Part")
    wiki.store._rewrite(page, "<p>2, with a comment</p>")
    assert "nothing new" in desk("history").out
    desk("history", "--refresh")
    assert subjects(desk)[-1] == "Part: changed without a version"
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    assert "nothing new" in desk("history", "--refresh").out


def test_a_checkout_of_any_commit_is_a_clean_mirror(desk: Desk) -> None:
    desk("history")
    for commit in desk.git("rev-list", BRANCH).split():
        place = desk.root.parent / commit
        desk.git("worktree", "add", "-q", "--detach", str(place), commit)
        said = desk("-C", str(place), "status").out
        assert said.startswith("clean"), (commit, said)


def test_a_branch_that_is_checked_out_is_not_moved(desk: Desk) -> None:
    desk("history")
    desk.git("switch", "-q", BRANCH)
    run = desk("history", exit=4)
    assert "checked out" in run.err
    desk.follow(run)
    desk("history")


def test_without_a_repository_the_command_says_what_is_missing(
    desk_at: Callable[..., Desk],
) -> None:
    desk = desk_at()
    run = desk("history", exit=4)
    assert "needs a git repository" in run.err
    desk.follow(run)
    desk("history")


def test_a_mirror_in_a_subdirectory_has_its_paths_from_the_top(
    desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    desk = desk_at("top/docs")
    top = desk.root.parent
    _git(top, "init", "-q")
    desk("history")
    listed = _git(top, "ls-tree", "-r", "--name-only", BRANCH).split()
    assert "docs/ENG/manual/part.xhtml" in listed and "docs/.confsync.yaml" in listed
    assert _git(top, "rev-parse", f"{BRANCH}:docs").strip() == fresh_tree(desk, wiki)
    assert "nothing new" in desk("history").out


def test_since_begins_with_what_stood_on_that_day(desk: Desk, wiki: Sandbox) -> None:
    desk("history", "--since", "2026-03-07T12:05:30")
    assert (
        subjects(desk)
        == [
            "Home: version 1",
            "Guide: second port",
            "Part: version 2",
            "Manual: renamed from Guide",
        ]
        or subjects(desk)[-1] == "Manual: renamed from Guide"
    )
    assert len(subjects(desk)) == 4
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    desk("history")
    assert len(subjects(desk)) == 4


@pytest.mark.parametrize("given", ["yesterday", "2999-01-01", ""])
def test_since_wants_a_day_in_the_past(desk: Desk, given: str) -> None:
    assert "--since" in desk("history", "--since", given, exit=2).err


def test_an_unknown_space_is_refused_with_those_there_are(desk: Desk) -> None:
    run = desk("history", "OPS", exit=2)
    assert "no space 'OPS'" in run.err
    desk.follow(run)


@each_git_format
def test_every_format_of_repositories_works(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    wiki.store.create_page("ENG", "New", "<p>n</p>")
    desk("history")
    assert len(subjects(desk)) == 7
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    assert desk.git("fsck", "--strict") == ""


def test_blog_posts_are_on_the_same_branch(desk: Desk, wiki: Sandbox) -> None:
    config = desk.text(".confsync.yaml").replace("  path: ENG", "  path: ENG\n  blog: true")
    desk.path(".confsync.yaml").write_text(config)
    post = wiki.store.create_post("ENG", "News", "<p>1</p>", at="2026-03-07T12:00:00.000Z").id
    wiki.store.edit(post, "<p>2</p>", message="more news")
    desk("history")
    assert {"News: version 1", "News: more news"} <= set(subjects(desk))
    desk("pull")
    desk.git("add", "-A")
    assert tip_tree(desk) == desk.git("write-tree").strip()


def test_folders_are_there_while_they_have_pages(desk: Desk, wiki: Sandbox) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("Data Center has no folders")
    folder = wiki.store.create_folder("ENG", "Parts").id
    inner = wiki.store.create_folder("ENG", "Inner", parent=folder).id
    page = wiki.store.create_page("ENG", "Screw", "<p>s</p>", parent=inner).id
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    wiki.store.change_folder(folder, title="Pieces")
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)
    wiki.store.trash(page)
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_a_page_that_cannot_be_read_stays_and_is_told(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    part = next(p.id for p in wiki.store.pages("ENG") if p.title == "Part")
    wiki.store.edit(part, "<p>3</p>", message="three")
    wiki.store.edit(part, "<p>4</p>", message="four")
    wiki.store.create_page("ENG", "New", "<p>n</p>")
    bad = f"/{part}/versions" if wiki.flavor == "cloud" else f"/content/{part}"
    wiki.faults.refuse = lambda method, path: 404 if path.endswith(bad) else None
    run = desk("history", exit=1)
    assert f"page {part} 'Part'" in run.err
    assert subjects(desk)[-1] == "New: version 1"
    wiki.faults.refuse = None
    desk("history")
    assert subjects(desk)[-2:] == ["Part: three", "Part: four"]
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_a_server_that_fails_leaves_the_branch(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    tip = desk.git("rev-parse", BRANCH)
    wiki.store.create_page("ENG", "New", "<p>n</p>")
    for number in range(1, 4):
        wiki.clear_requests()
        wiki.faults.refuse = lambda method, path, n=number: (  # type: ignore[misc]
            401 if len(wiki.requests) >= n - 1 else None
        )
        assert desk("history", exit=None).exit in (3, 5)
        assert desk.git("rev-parse", BRANCH) == tip
        assert desk.git("fsck") == ""
    wiki.faults.refuse = None
    desk("history")
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_what_a_person_committed_there_stays(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    place = desk.root.parent / "other"
    desk.git("worktree", "add", "-q", str(place), BRANCH)
    (place / "README.md").write_text("mine\n")
    (place / "ENG" / "draft.xhtml").write_text("---\ntitle: Draft\n---\n<p>d</p>\n")
    _git(place, "add", "-A")
    _git(place, "commit", "-qm", "mine")
    desk.git("worktree", "remove", str(place))
    wiki.store.create_page("ENG", "New", "<p>n</p>")
    desk("history")
    listed = desk.git("ls-tree", "-r", "--name-only", BRANCH).split()
    assert {"README.md", "ENG/draft.xhtml", "ENG/new.xhtml"} <= set(listed)


def test_json_has_the_envelope(desk: Desk) -> None:
    data = desk.json("history").data
    assert (data["command"], data["exit"]) == ("history", 0)


def test_a_clone_with_history_begins_its_branch_there(
    desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    desk = desk_at(clone=None)
    said = desk("clone", "--history", f"{wiki.url}/spaces/ENG", ".").out
    assert "the current branch begins at confluence/ENG" in said
    assert desk.git("status", "--porcelain") == ""
    assert desk.git("rev-parse", "HEAD") == desk.git("rev-parse", BRANCH)
    assert desk("status").out.startswith("clean")
    assert "git add" not in said
    quiet(wiki, desk)


def test_a_clone_with_history_leaves_the_branches_of_a_repository(
    desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    desk = desk_at(clone=None)
    desk.git("init", "-q")
    desk.path("README.md").write_text("mine\n")
    desk.git("add", "README.md")
    desk.git("commit", "-qm", "begin")
    run = desk("clone", "--history", "--git", f"{wiki.url}/spaces/ENG", ".")
    assert subjects(desk, "HEAD") == ["begin", "A mirror of ENG"]
    desk.follow(run, "git merge")
    assert set(subjects(desk)) <= set(subjects(desk, "HEAD"))
    assert desk("status").out.startswith("clean")


def test_a_clone_with_history_goes_on_after_an_interruption(
    desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    desk = desk_at(clone=None)
    bad = "/versions" if wiki.flavor == "cloud" else "/rest/api/content/"
    wiki.faults.refuse = lambda method, path: 401 if bad in path else None
    desk("clone", "--history", f"{wiki.url}/spaces/ENG", ".", exit=5)
    wiki.faults.refuse = None
    desk("clone", "--history", f"{wiki.url}/spaces/ENG", ".")
    assert desk.git("rev-parse", "HEAD") == desk.git("rev-parse", BRANCH)
    assert desk("status").out.startswith("clean")


@pytest.mark.parametrize("recorded", [True, False])
def test_blame_names_the_version_of_each_line(desk: Desk, wiki: Sandbox, recorded: bool) -> None:
    guide = next(p for p in wiki.store.pages("ENG") if p.title == "Manual")
    for message, body in (("add", "<p>3</p><p>4</p>"), ("change", "<p>3</p><p>5</p>")):
        wiki.store.edit(guide.id, body, message=message, author="Bo")
    if recorded:
        desk("history")
    desk("pull")
    wiki.clear_requests()
    said = desk("log", "--blame", "ENG/manual.xhtml")
    assert said.out.splitlines()[:2] == [
        "v3    Ana Lima  2026-03-07  <p>3</p>",
        "v5    Bo        2026-03-07  <p>5</p>",
    ]
    assert (wiki.requests == []) is recorded
    data = desk.json("log", "--blame", guide.id).data
    assert [(line["version"], line["author"]) for line in data["lines"]] == [
        (3, "Ana Lima"),
        (5, "Bo"),
    ]


def test_blame_of_a_blog_post_and_of_no_page(desk: Desk, wiki: Sandbox) -> None:
    post = wiki.store.create_post("ENG", "News", "<p>n</p>", author="Bo").id
    assert "Bo" in desk("log", "--blame", post).out
    assert "98765" in desk("log", "--blame", "98765", exit=1).err


def test_a_page_whose_row_is_bad_stays_in_the_history(
    desk: Desk, wiki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk("history")
    part = next(p.id for p in wiki.store.pages("ENG") if p.title == "Part")
    wiki.store.create_page("ENG", "New", "<p>n</p>")
    real = client.answer_of

    def without_titles(url: str, status: int, headers: Any, content: bytes) -> dict[str, Any]:
        answer = real(url, status, headers, content)
        for row in answer.get("results") or ():
            if row.get("id") == part:
                row["title"] = None
        return answer

    monkeypatch.setattr(client, "answer_of", without_titles)
    run = desk("history", exit=3)
    assert part in run.err
    listed = desk.git("ls-tree", "-r", "--name-only", BRANCH).split()
    assert {"ENG/manual/part.xhtml", "ENG/new.xhtml"} <= set(listed)
    monkeypatch.setattr(client, "answer_of", real)
    assert "nothing new" in desk("history").out
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_a_page_that_is_edited_while_it_is_read_lacks_no_version(desk: Desk, wiki: Sandbox) -> None:
    desk("history")
    part = next(p.id for p in wiki.store.pages("ENG") if p.title == "Part")
    wiki.store.edit(part, "<p>3</p>", message="three")
    bulk = "/api/v2/pages" if wiki.flavor == "cloud" else f"/content/{part}"

    def edit(method: str, path: str) -> None:
        if path.endswith(bulk):
            wiki.faults.before = None
            wiki.store.edit(part, "<p>4</p>", message="four")
            wiki.store.edit(part, "<p>5</p>", message="five")

    wiki.faults.before = edit
    desk("history")
    assert wiki.faults.before is None
    assert subjects(desk)[-3:] == ["Part: three", "Part: four", "Part: five"]
    assert tip_tree(desk) == fresh_tree(desk, wiki)


def test_the_history_of_all_real_bodies_ends_at_a_clone(
    corpus: Path, desk_at: Callable[..., Desk], wiki: Sandbox
) -> None:
    bodies = list(bodies_that_parse(corpus).items())
    with wiki.store.batch():
        for (name, body), (_, other) in zip(bodies, bodies[1:] + bodies[:1], strict=True):
            page = wiki.store.create_page("ENG", f"Body {name}", other, raw=True)
            wiki.store.edit(page.id, body, raw=True)
    desk = desk_at()
    desk.git("init", "-q")
    desk("history")
    assert len(subjects(desk)) == 2 * len(bodies) + 6
    assert tip_tree(desk) == fresh_tree(desk, wiki)
