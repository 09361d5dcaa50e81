"""The first hour: `clone` with every address, into any directory, again, and what comes next."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from confsync.sandbox.short_link import code_of
from tests import independent
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet

GUIDE = "ENG/guide.xhtml"


def hint_of(said: str) -> str:
    """Return the command of the hint in an error output."""
    (command,) = re.findall(r"^hint: '([^']*)'", said, re.MULTILINE)
    return str(command)


def type_hint(desk: Desk, said: str) -> str:
    """Type the command of the hint as it stands. Return what it prints."""
    name, *arguments = shlex.split(hint_of(said))
    assert name == "confsync"
    return desk(*arguments).out


@pytest.fixture
def here(guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return an empty directory, and a space with a guide."""
    return desk_at("here", clone=None)


# -- every address ---------------------------------------------------------------------------------


@pytest.fixture
def site(wiki: Sandbox, guide: str) -> dict[str, str]:
    """Return the addresses of a page below the guide, a blog post; on Cloud a folder."""
    store = wiki.store
    found = {"guide": guide, "below": store.create_page("ENG", "Q&A, C++?", "<p>a</p>", guide).id}
    found["post"] = store.create_post("ENG", "News", "<p>news</p>").id
    return found


# The address below the base URL, and the documents that the clone has.
WHOLE = {"ENG/index", "ENG/guide", "ENG/guide/q-a-c"}
SUBTREE = {"ENG/index", "ENG/q-a-c"}
ADDRESSES = [
    ("/spaces/ENG", WHOLE),
    ("/spaces/ENG/overview", WHOLE),
    ("/display/ENG", WHOLE),
    ("/spaces/viewspace.action?key=ENG", WHOLE),
    ("/spaces/ENG/pages/{guide}/Guide", SUBTREE),
    ("/spaces/ENG/pages/edit-v2/{guide}", SUBTREE),
    ("/spaces/ENG/pages/viewpage.action?pageId={guide}", SUBTREE),
    ("/pages/viewpage.action?pageId={guide}", SUBTREE),
    ("/pages/viewinfo.action?pageId={guide}", SUBTREE),
    ("/x/{code}", SUBTREE),
    ("/display/ENG/Guide", SUBTREE),
    ("/display/eng/guide", SUBTREE),
    ("/display/ENG/Q%26A%2C+C%2B%2B%3F", {"ENG/index"}),
    ("/pages/viewpage.action?spaceKey=ENG&title=Guide", SUBTREE),
    ("/spaces/ENG/blog", WHOLE | {"ENG/blog/news"}),
    ("/spaces/ENG/blog/2026/01/31/{post}/News", WHOLE | {"ENG/blog/news"}),
    ("/display/ENG/2026/01/31/News", WHOLE | {"ENG/blog/news"}),
    ("/pages/viewpage.action?pageId={post}", WHOLE | {"ENG/blog/news"}),
]


def documents(desk: Desk) -> set[str]:
    """Return the documents of a mirror, without suffix and without the day of a post."""
    names = (name.removesuffix(".xhtml") for name in desk.files() if name.endswith(".xhtml"))
    return {re.sub(r"blog/\d{4}/\d\d/\d\d/", "blog/", name) for name in names}


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_every_address_that_a_person_can_copy(
    wiki: Sandbox,
    site: dict[str, str],
    desk_at: Callable[..., Desk],
    address: str,
    expected: set[str],
) -> None:
    desk = desk_at("here", clone=None)
    path = address.format(**site, code=code_of(site["guide"]))
    desk("clone", f"{wiki.url}{path}", ".")
    assert documents(desk) == expected


def test_an_address_without_a_scheme_is_that_of_this_machine_or_https(
    wiki: Sandbox, here: Desk
) -> None:
    here("clone", f"{wiki.url.removeprefix('http://')}/spaces/ENG")
    assert f"url: {wiki.url}\n" in here.text("ENG/.confsync.yaml")


@pytest.mark.parametrize(
    ("address", "exit", "said"),
    [
        ("/display/ENG/Nowhere", 1, "there is no page 'Nowhere' in space 'ENG'"),
        ("/spaces/ENG/pages/98989", 1, "there is no page 98989 in space 'ENG'"),
        ("/spaces/ENG/folder/98989", 1, "there is no folder 98989 in space 'ENG'"),
        ("/spaces/ENG/whiteboard/7", 2, "the address names a whiteboard"),
        ("/spaces/ENG/database/7", 2, "the address names a database"),
    ],
)
def test_an_address_of_nothing_that_can_be_mirrored_has_a_hint_that_works(
    wiki: Sandbox, here: Desk, address: str, exit: int, said: str
) -> None:
    run = here("clone", f"{wiki.url}{address}", exit=exit)
    assert said in run.err
    assert list(here.root.iterdir()) == []
    type_hint(here, run.err)
    assert here.path(f"ENG/{GUIDE}").is_file()


def test_a_page_in_the_trash_is_not_cloned(wiki: Sandbox, here: Desk, guide: str) -> None:
    wiki.store.trash(guide)
    run = here("clone", f"{wiki.url}/pages/viewpage.action?pageId={guide}", exit=1)
    assert f"page {guide} is trashed" in run.err
    assert list(here.root.iterdir()) == []


def test_a_page_whose_address_has_an_old_space_is_cloned_from_its_new_one(
    wiki: Sandbox, here: Desk, guide: str
) -> None:
    here("clone", f"{wiki.url}/spaces/OLD/pages/{guide}/Guide")
    assert "key: ENG\n" in here.text("ENG/.confsync.yaml")


# -- a folder --------------------------------------------------------------------------------------


@pytest.fixture
def cloud() -> Iterator[tuple[Sandbox, str]]:
    """Yield a Cloud with a folder that has a page and a folder with a page; a page beside it."""
    with Sandbox() as sandbox:
        store = sandbox.store
        store.create_space("ENG", "Engineering", "Engineering")
        home = store.space("ENG").homepage_id
        outer = store.create_folder("ENG", "Outer", parent=home).id
        folder = store.create_folder("ENG", "Runbooks", parent=outer).id
        page = store.create_page("ENG", "Page", "<p>page</p>", parent=folder).id
        store.create_page("ENG", "Below", "<p>below</p>", parent=page)
        inner = store.create_folder("ENG", "Inner", parent=folder).id
        store.create_page("ENG", "Deep", "<p>deep</p>", parent=inner)
        store.create_page("ENG", "Beside", "<p>beside</p>", parent=outer)
        sandbox.clear_requests()
        yield sandbox, folder
        check_requests(sandbox)


@pytest.fixture
def folder_desk(
    cloud: tuple[Sandbox, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """Return a clone of the folder."""
    sandbox, folder = cloud
    monkeypatch.setenv("CONFSYNC_USER", sandbox.user)
    monkeypatch.setenv("CONFSYNC_TOKEN", sandbox.token)
    desk = Desk(tmp_path, capsys)
    desk("clone", f"{sandbox.url}/spaces/ENG/folder/{folder}", "mirror")
    return Desk(tmp_path / "mirror", capsys)


def test_a_folder_is_mirrored_with_all_in_it(cloud: tuple[Sandbox, str], folder_desk: Desk) -> None:
    sandbox, folder = cloud
    assert {name for name in folder_desk.files() if name.startswith("ENG/")} == {
        *("ENG/.folder.yaml", "ENG/page.xhtml", "ENG/page/below.xhtml"),
        *("ENG/inner/.folder.yaml", "ENG/inner/deep.xhtml"),
    }
    assert "title: Runbooks\n" in folder_desk.text("ENG/.folder.yaml")
    assert f"root: '{folder}'\n" in folder_desk.text(".confsync.yaml")
    quiet(sandbox, folder_desk)


def test_pages_are_edited_created_moved_and_renamed_in_a_mirrored_folder(
    cloud: tuple[Sandbox, str], folder_desk: Desk
) -> None:
    sandbox, folder = cloud
    desk, store = folder_desk, sandbox.store
    desk.edit("ENG/page.xhtml", "<p>page</p>", "<p>mine</p>")
    desk("new", "ENG/fresh.xhtml", "--title", "Fresh")
    desk.path("ENG/inner/deep.xhtml").rename(desk.path("ENG/deep.xhtml"))
    desk("push")
    pages = {page.title: page for page in store.pages("ENG")}
    assert "mine" in pages["Page"].body
    assert pages["Fresh"].parent_id == pages["Deep"].parent_id == folder
    store.change_folder(folder, "Books")
    store.create_page("ENG", "Theirs", "<p>theirs</p>", parent=folder)
    desk("pull")
    assert "title: Books\n" in desk.text("ENG/.folder.yaml")
    assert desk.path("ENG/theirs.xhtml").is_file()
    quiet(sandbox, desk)


def test_a_new_page_goes_below_the_folder_even_if_its_file_is_lost(
    cloud: tuple[Sandbox, str], folder_desk: Desk
) -> None:
    sandbox, folder = cloud
    folder_desk.path("ENG/.folder.yaml").unlink()
    folder_desk("new", "ENG/fresh.xhtml", "--title", "Fresh")
    folder_desk("push")
    (page,) = (page for page in sandbox.store.pages("ENG") if page.title == "Fresh")
    assert page.parent_id == folder
    folder_desk("pull")
    assert folder_desk.path("ENG/.folder.yaml").is_file()
    quiet(sandbox, folder_desk)


def test_the_folder_above_a_mirrored_page_makes_no_directory(
    cloud: tuple[Sandbox, str], folder_desk: Desk
) -> None:
    sandbox, _ = cloud
    (page,) = (page for page in sandbox.store.pages("ENG") if page.title == "Page")
    folder_desk("clone", f"{sandbox.url}/spaces/ENG/pages/{page.id}", "page")
    found = {name for name in folder_desk.files() if name.startswith("page/ENG/")}
    assert found == {"page/ENG/index.xhtml", "page/ENG/below.xhtml"}


# -- a directory with something in it --------------------------------------------------------------


def test_a_repository_with_a_readme_and_a_licence_becomes_a_mirror(
    wiki: Sandbox, here: Desk
) -> None:
    here.git("init", "-q")
    here.path("README.md").write_text("# Ours\n")
    here.path("LICENSE").write_text("MIT\n")
    here.path(".gitattributes").write_text("*.png binary\n")
    here.path(".github").mkdir()
    here("clone", f"{wiki.url}/spaces/ENG", ".")
    assert here.text("README.md") == "# Ours\n"
    assert here.text(".gitattributes").startswith("*.png binary\n*.xhtml text eol=lf\n")
    independent.assert_equal(here.root, wiki)
    quiet(wiki, here)


@pytest.mark.parametrize("name", ["ENG", "ENG/notes.md"])
def test_what_is_in_the_way_is_named_and_the_hint_works(
    wiki: Sandbox, here: Desk, name: str
) -> None:
    place = here.path(name)
    place.parent.mkdir(exist_ok=True)
    place.write_text("mine")
    run = here("clone", f"{wiki.url}/spaces/ENG", ".", exit=4)
    why = "it has notes.md" if "/" in name else "it is no directory"
    assert f"error: {here.root}/ENG is in the way: {why}\n" in run.err
    assert list(here.files()) == [name]
    type_hint(here, run.err)
    assert here.path(f"confluence/{GUIDE}").is_file()
    assert here.text(name) == "mine"


def test_a_file_in_the_place_of_the_mirror_is_named(wiki: Sandbox, here: Desk) -> None:
    here.path("docs").write_text("mine")
    run = here("clone", f"{wiki.url}/spaces/ENG", "docs", exit=4)
    assert f"{here.root}/docs is in the way: it is no directory" in run.err
    type_hint(here, run.err)
    assert here.path(f"confluence/{GUIDE}").is_file()


def test_empty_directories_are_not_in_the_way(wiki: Sandbox, here: Desk) -> None:
    here.path("docs/ENG").mkdir(parents=True)
    here("clone", f"{wiki.url}/spaces/ENG", "docs")
    assert here.path(f"docs/{GUIDE}").is_file()


def test_the_place_of_the_mirror_is_told_without_dots(wiki: Sandbox, here: Desk) -> None:
    here.path("sub").mkdir()
    desk = Desk(here.path("sub"), here._capsys)
    run = desk("clone", f"{wiki.url}/spaces/ENG", "../x")
    assert f"the mirror is in {here.path('x').resolve()}\n" in run.out
    assert "created     ../x/ENG/guide.xhtml" in run.out


# -- again -----------------------------------------------------------------------------------------


def test_the_same_command_goes_on_with_an_interrupted_clone(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ("clone", f"{wiki.url}/spaces/ENG", "docs")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("confsync.pull.run._plan", interrupted)
        run = here(*typed, exit=130)
    assert "run the command again to continue" in run.err
    assert "next:" not in run.out
    run = here(*typed)
    assert "clone: 2 created" in run.out
    assert "next:" in run.out


@pytest.mark.parametrize(
    "address", ["/spaces/ENG", "/spaces/eng/overview", "/spaces/viewspace.action?key=ENG"]
)
def test_a_clone_of_a_complete_mirror_is_a_pull(
    wiki: Sandbox, here: Desk, guide: str, address: str
) -> None:
    here("clone", f"{wiki.url}/spaces/ENG", "docs")
    home = here.path("docs/ENG/index.xhtml")
    home.write_text(f"{home.read_text()}<p>mine</p>\n")
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    run = here.json("clone", f"{wiki.url}{address}", "docs")
    assert run.outcomes == {GUIDE: "pulled", "ENG/index.xhtml": "kept"}
    assert "mine" in home.read_text()
    home.write_text(home.read_text().replace("<p>mine</p>\n", ""))
    run = here("clone", f"{wiki.url}{address}", "docs")
    assert f"the mirror in {here.root}/docs is up to date\n" in run.out
    assert "next:" not in run.out


@pytest.mark.parametrize("address", ["/spaces/OPS", "/spaces/ENG/pages/{guide}"])
def test_a_mirror_of_something_else_is_left_alone(
    wiki: Sandbox, here: Desk, guide: str, address: str
) -> None:
    wiki.store.create_space("OPS", "Operations", "Operations")
    here("clone", f"{wiki.url}/spaces/ENG", "docs")
    files = here.files()
    run = here("clone", f"{wiki.url}{address.format(guide=guide)}", "docs", exit=4)
    assert f"docs is a mirror of something else: ENG of {wiki.url}" in run.err
    assert here.files() == files
    type_hint(here, run.err)
    assert here.path("confluence/.confsync.yaml").is_file()


# -- what comes next -------------------------------------------------------------------------------


def steps_of(out: str) -> list[str]:
    """Return the commands that a clone says to type next."""
    _, _, told = out.partition("\nnext:\n")
    return [line.strip() for line in told.splitlines()]


# The program, which need not be installed where a shell finds it.
CONFSYNC = f'confsync() {{ {shlex.quote(sys.executable)} -m confsync "$@"; }}\n'


def type_steps(wiki: Sandbox, desk: Desk, steps: list[str]) -> str:
    """Type commands in one shell, one after the other; edit a page before the first look at it."""
    edit = f"sed -i s/8080/8081/ {GUIDE}"
    at = next(number for number, step in enumerate(steps) if step.startswith("confsync diff"))
    script = "\n".join(["set -e", *steps[:at], edit, *steps[at:]])
    done = subprocess.run(
        ["bash", "-c", CONFSYNC + script],
        cwd=desk.root,
        env=os.environ | {"CONFSYNC_URL": wiki.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("place", ["docs", ".", "my docs"])
@pytest.mark.parametrize("repository", [True, False])
def test_the_next_steps_work_as_they_stand(
    wiki: Sandbox, here: Desk, guide: str, place: str, repository: bool
) -> None:
    if repository:
        here.git("init", "-q")
        here.path("README.md").write_text("# Ours\n")
    run = here("clone", f"{wiki.url}/spaces/ENG", place)
    steps = steps_of(run.out)
    assert all(len(line) <= 80 for line in run.out.partition("next:")[2].splitlines())
    assert "8081" in type_steps(wiki, here, steps)
    assert "8081" in wiki.store.page(guide).body
    desk = Desk(here.path(place), here._capsys)
    assert desk.git("log", "--format=%s").split("\n") == ["A mirror of ENG", ""]
    assert desk.git("diff", "--name-only", "--relative") == f"{GUIDE}\n"
    others = "README.md\n" if repository and place == "." else ""
    assert desk.git("ls-files", "--others", "--exclude-standard") == others


def test_the_next_steps_work_in_a_personal_space(wiki: Sandbox, here: Desk) -> None:
    wiki.store.create_space("~ana", "Ana", "Ana's page")
    steps = steps_of(here("clone", f"{wiki.url}/spaces/~ana/overview", "docs").out)
    git = steps[: steps.index("confsync diff                 # after an edit, in any editor")]
    script = CONFSYNC + " && ".join(git)
    subprocess.run(["bash", "-c", script], cwd=here.root, check=True, capture_output=True)
    desk = Desk(here.path("docs"), here._capsys)
    assert desk.git("log", "--format=%s") == "A mirror of ~ana\n"
    assert "~ana/index.xhtml" in desk.git("ls-files")


def test_with_git_the_mirror_is_committed_in_a_new_repository(wiki: Sandbox, here: Desk) -> None:
    run = here("clone", "--git", f"{wiki.url}/spaces/ENG", "docs")
    assert "committed as " in run.out
    assert not any("git" in step for step in steps_of(run.out))
    desk = Desk(here.path("docs"), here._capsys)
    assert desk.git("status", "--porcelain") == ""
    assert desk.git("log", "--format=%s") == "A mirror of ENG\n"
    assert set(desk.git("ls-files").splitlines()) == set(desk.files())
    type_steps(wiki, here, steps_of(run.out))


def test_with_git_a_commit_of_a_persons_own_work_holds_nothing_of_theirs(
    wiki: Sandbox, here: Desk
) -> None:
    here.git("init", "-q")
    here.path("README.md").write_text("# Ours\n")
    here.path("staged.txt").write_text("staged\n")
    here.git("add", "staged.txt")
    here("clone", "--git", f"{wiki.url}/spaces/ENG", ".")
    assert "staged.txt" not in here.git("show", "--stat", "HEAD")
    assert here.git("status", "--porcelain") == "A  staged.txt\n?? README.md\n"
    run = here("clone", "--git", f"{wiki.url}/spaces/ENG", ".")
    assert "nothing to commit: git has the mirror already" in run.out


def test_with_git_a_refused_commit_is_told_and_the_mirror_stays(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.git("init", "-q")
    hook = here.path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today\nexit 1\n")
    hook.chmod(0o755)
    run = here("clone", "--git", f"{wiki.url}/spaces/ENG", ".", exit=4)
    assert "error: not committed: git refused:\nnot today\n" in run.err
    assert here.path(GUIDE).is_file()
    hook.unlink()
    assert "committed as" in here("clone", "--git", f"{wiki.url}/spaces/ENG", ".").out


def test_without_git_the_steps_have_none_and_the_flag_is_refused(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confsync.mirror.git.repository._git", lambda: None)
    run = here("clone", "--git", f"{wiki.url}/spaces/ENG", exit=4)
    assert "--git needs git, which is not installed" in run.err
    assert list(here.root.iterdir()) == []
    run = here("clone", f"{wiki.url}/spaces/ENG")
    assert not any("git" in step for step in steps_of(run.out))
