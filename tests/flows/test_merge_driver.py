"""The merge driver: how git gets to know it, and what is left if anything is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.cli import main
from confsync.commands.git import merge_driver as command
from confsync.mirror.git import merge_driver
from confsync.mirror.git.merge_driver import SetUp
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.flows.git_merges import Branches, script

GUIDE = "ENG/guide.xhtml"
DRIVER = "merge.confsync.driver"


def driver_of(desk: Desk) -> str:
    """Return the setting of git, empty if there is none."""
    words = ["git", "config", "--get", DRIVER]
    done = subprocess.run(words, cwd=desk.root, check=False, capture_output=True, encoding="utf-8")
    return done.stdout


def merges_of(desk: Desk) -> dict[str, str]:
    """Return the words of `doctor` about merges: message and hint."""
    checks = desk.json("doctor").data["checks"]
    return {one["message"]: one["hint"] for one in checks if one["name"] == "merges"}


# -- the set-up ------------------------------------------------------------------------------------


@pytest.fixture
def wiki_url(wiki: Sandbox, guide: str) -> str:
    return f"{wiki.url}/spaces/ENG"


def test_a_clone_with_git_sets_it_up(wiki_url: str, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at("new", clone=None)
    desk("clone", "--git", wiki_url, ".")
    assert "*.xhtml merge=confsync" in desk.text(".gitattributes").splitlines()
    assert " merge-driver %O %A %B %P" in driver_of(desk)
    assert merges_of(desk) == {"git merges documents with confsync": None}
    assert desk.git("status", "--porcelain") == ""


def test_a_clone_into_a_repository_sets_it_up(wiki_url: str, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at("repository", clone=None)
    desk.git("init", "-q", "--template=")
    desk("clone", wiki_url, "docs")
    assert " merge-driver " in driver_of(desk)
    desk.git("config", "--unset", DRIVER)
    desk("clone", wiki_url, "docs")
    assert " merge-driver " in driver_of(desk)


def test_init_in_a_repository_sets_it_up(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at("repository", clone=None)
    desk.git("init", "-q", "--template=")
    desk("init", "docs", "--url", "https://wiki.example/wiki", "--space", "ENG")
    assert " merge-driver " in driver_of(desk)


def test_without_a_repository_nothing_is_set_up(desk: Desk) -> None:
    assert driver_of(desk) == ""
    assert merges_of(desk) == {}
    assert "*.xhtml merge=confsync" in desk.text(".gitattributes").splitlines()
    run = desk("init", "--git", exit=4)
    assert f"error: {desk.root} is in no git repository\n" in run.err
    desk.follow(run, "git init")
    desk("init", "--git")
    assert " merge-driver " in driver_of(desk)


def test_a_new_mirror_with_git_needs_a_repository(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at("nowhere", clone=None)
    words = ("init", "docs", "--git", "--url", "https://wiki.example/wiki", "--space", "ENG")
    assert "is in no git repository" in desk(*words, exit=4).err
    assert desk.files() == {}
    desk.git("init", "-q", "--template=")
    desk(*words)
    assert " merge-driver " in driver_of(desk)


@pytest.mark.parametrize(
    ("words", "missing"), [((), "--url"), (("--url", "https://a.example/wiki"), "--space")]
)
def test_a_new_mirror_needs_url_and_space(
    desk_at: Callable[..., Desk], words: tuple[str, ...], missing: str
) -> None:
    desk = desk_at("nowhere", clone=None)
    assert f"error: Missing option '{missing}'.\n" in desk("init", *words, exit=2).err


def test_a_colleagues_clone_is_told_and_set_up(desk: Desk, desk_at: Callable[..., Desk]) -> None:
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "A mirror")
    theirs = desk_at("theirs", clone=None)
    theirs.git("clone", "-q", str(desk.root), ".")
    run = theirs("doctor")
    assert "git merges documents as plain text here, with conflicts in their stamps" in run.out
    theirs.follow(run, "confsync init --git")
    assert merges_of(theirs) == {"git merges documents with confsync": None}
    assert theirs.git("status", "--porcelain") == ""


def test_the_line_of_an_older_mirror_is_added(desk: Desk) -> None:
    older = desk.text(".gitattributes").replace("*.xhtml merge=confsync\n", "# ours")
    desk.path(".gitattributes").write_text(older)
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    desk.git("config", DRIVER, driver_line("confsync"))
    assert merges_of(desk) != {"git merges documents with confsync": None}
    desk("init", "--git")
    assert desk.text(".gitattributes") == f"{older}\n*.xhtml merge=confsync\n"
    desk("init", "--git")
    assert desk.text(".gitattributes") == f"{older}\n*.xhtml merge=confsync\n"


def test_a_program_that_is_gone_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    program = script(tmp_path / "a 'new' 100% venv" / "confsync", "exit 0")
    desk.git("config", DRIVER, driver_line(str(program)))
    assert merges_of(desk) == {"git merges documents with confsync": None}
    program.unlink()
    (told,) = merges_of(desk).items()
    assert told[0].endswith("its settings name a program that is gone")
    assert told[1] == "'confsync init --git' tells git to use confsync"
    desk.git("config", DRIVER, "unclosed '")
    assert [*merges_of(desk)] == [told[0]]


def test_settings_that_git_cannot_write_are_told(desk: Desk) -> None:
    desk.git("init", "-q", "--template=")
    desk.path(".git/config.lock").touch()
    run = desk("init", "--git", exit=4)
    assert "error: git does not change its settings:" in run.err
    assert "config.lock" in run.err or "could not lock config file" in run.err


def driver_line(*words: str) -> str:
    return merge_driver.command_line(words)


# -- what git runs ---------------------------------------------------------------------------------


@pytest.fixture
def branches(tmp_path: Path) -> Branches:
    """Return a branch with an edit, and another one that has a newer version of the same line."""
    found = Branches(tmp_path / "mirror", driver=False)
    found.branch("ann")
    found.edited("one", "ONE")
    found.branch("ben", "main")
    found.settle("two", "TWO")
    found.edited("one", "1")
    return found


# With the paragraphs side by side, git's own merge has both in a conflict.
ORDINARY = "<<<<<<< ours\n<p>1</p>\n=======\n<p>ONE</p>\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    "body", ["exit 1", "exit 2", "exit 126", "exit 130", "kill -9 $$", "kill -TERM $$"]
)
def test_a_program_that_fails_leaves_gits_own_conflict(
    branches: Branches, tmp_path: Path, body: str
) -> None:
    program = script(tmp_path / "broken" / "confsync", body)
    branches.git("config", DRIVER, driver_line(str(program)))
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.unmerged == [GUIDE]
    assert ORDINARY in branches.text()


@pytest.mark.parametrize("how", ["gone", "no program", "bad interpreter", "directory"])
def test_a_program_that_is_gone_leaves_gits_own_conflict(
    branches: Branches, tmp_path: Path, how: str
) -> None:
    program = script(tmp_path / "venv" / "confsync", "exit 0")
    match how:
        case "gone":
            shutil.rmtree(program.parent)
        case "no program":
            program.chmod(0o644)
        case "bad interpreter":
            program.write_text(f"#!{tmp_path}/venv/python\n")
        case _:
            program.unlink()
            program.mkdir()
    branches.git("config", DRIVER, driver_line(str(program)))
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.unmerged == [GUIDE]
    assert ORDINARY in branches.text()


def test_a_page_about_git_is_merged_without_the_program_too(
    branches: Branches, tmp_path: Path
) -> None:
    """Its marker is not taken for a conflict that the program wrote."""
    for branch in ("ann", "ben"):
        branches.git("checkout", "-q", branch)
        (branches.root / branches.path).write_text(f"{branches.text()}<<<<<<< HEAD\n")
        branches.commit()
    branches.git("config", DRIVER, driver_line(str(tmp_path / "gone")))
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.unmerged == [GUIDE]
    assert "<<<<<<< ours" in branches.text()


@pytest.mark.parametrize("name", ["with space", "it's", 'say "hi"', "100%O", "$HOME;x", "über"])
def test_the_program_may_stand_anywhere(branches: Branches, tmp_path: Path, name: str) -> None:
    program = script(tmp_path / name / "confsync", f'echo "$@" > "{tmp_path}/told"; echo x > "$3"')
    branches.git("config", DRIVER, driver_line(str(program)))
    branches.asked("merge", "-m", "x", "ann")
    words = (tmp_path / "told").read_text().split()
    assert words[0] == "merge-driver" and words[-2:] == [GUIDE, "7"]
    assert branches.text() == "x\n"
    assert merge_driver.state_of(branches.root) is SetUp.READY


def test_without_a_script_beside_it_python_starts_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, branches: Branches
) -> None:
    """A repository may have a directory `confsync` with code: it must not run."""
    script_, python = merge_driver.program(), shutil.which("python3")
    assert len(script_) == 1 and Path(script_[0]).name == "confsync"
    monkeypatch.setattr(merge_driver.sys, "argv", [str(tmp_path / "confsync" / "__main__.py")])
    monkeypatch.setattr(merge_driver.sys, "executable", str(tmp_path / "python"))
    words = merge_driver.program()
    assert words == (str(tmp_path / "python"), "-P", "-m", "confsync")
    assert python
    trap = branches.root / "confsync" / "__main__.py"
    trap.parent.mkdir()
    trap.write_text(f"open({str(tmp_path / 'trapped')!r}, 'w')")
    done = subprocess.run(
        [os.path.realpath(python), *words[1:], "--version"], cwd=branches.root, check=False
    )
    assert done.returncode in (0, 1)
    assert not (tmp_path / "trapped").exists()


# -- the command itself ----------------------------------------------------------------------------


class Files:
    """The three files that git gives to a driver, in the work tree's top."""

    def __init__(self, wiki: Branches, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = wiki.root
        monkeypatch.chdir(wiki.root)

    def write(self, *contents: bytes) -> None:
        for name, content in zip("OAB", contents, strict=True):
            (self.root / f".merge_file_{name}").write_bytes(content)

    def at(self, wiki: Branches, ancestor: str, ours: str, theirs: str) -> None:
        """Write the document of three commits."""
        raws = []
        for commit in (ancestor, ours, theirs):
            done = wiki.asked("show", f"{commit}:{wiki.path}")
            raws.append(done.stdout.encode())
        self.write(*raws)

    def merge(self, path: str = GUIDE) -> int:
        return main(["merge-driver", *(f".merge_file_{name}" for name in "OAB"), path])

    @property
    def result(self) -> bytes:
        return (self.root / ".merge_file_A").read_bytes()

    def by_git(self) -> tuple[int, bytes]:
        """Return the status and the result of git's own merge."""
        labels = ["-L", "ours", "-L", "ancestor", "-L", "theirs"]
        names = [f".merge_file_{name}" for name in "AOB"]
        done = subprocess.run(
            ["git", "merge-file", "-p", *labels, *names], check=False, capture_output=True
        )
        return int(done.returncode != 0), done.stdout


@pytest.fixture
def files(branches: Branches, monkeypatch: pytest.MonkeyPatch) -> Files:
    found = Files(branches, monkeypatch)
    found.at(branches, "main", "ben", "ann")
    return found


PLAIN = [
    (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n"),
    (b"a\n", b"ours\n", b"theirs\n"),
    (b"", b"ours\n", b"theirs\n"),
    (b"---\ntitle: A\n---\n<p>a</p>\n", b"---\ntitle: B\n---\n", b"---\ntitle: C\n---\n"),
    (b"---\ntitle: A\n---\n", b"---\n<<<<<<< x\n---\n", b"---\ntitle: C\n---\n"),
    (b"---\ntitle: A\n---\n", b"", b"---\ntitle: C\n---\n"),
]


@pytest.mark.parametrize("contents", PLAIN)
def test_files_that_are_no_documents_of_pages_merge_as_in_git(
    files: Files, contents: tuple[bytes, bytes, bytes]
) -> None:
    files.write(*contents)
    wanted = files.by_git()
    assert (files.merge(), files.result) == wanted


@pytest.mark.parametrize("path", ["ENG/guide.attachments/page.xhtml", "ENG/guide.txt"])
def test_other_files_merge_as_in_git(files: Files, path: str) -> None:
    wanted = files.by_git()
    assert (files.merge(path), files.result) == wanted


def test_documents_outside_of_mirrors_merge_as_in_git(files: Files, branches: Branches) -> None:
    (branches.root / ".confsync.yaml").unlink()
    wanted = files.by_git()
    assert (files.merge(), files.result) == wanted


def test_a_binary_file_stays_as_it_is_and_waits_for_a_person(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write(b"\0a", b"\0b", b"\0c")
    assert files.merge() == 1
    assert files.result == b"\0b"
    assert "git does not merge binary files" in capsys.readouterr().err


@pytest.mark.parametrize("error", [RuntimeError("bad luck"), RecursionError()])
def test_a_mistake_of_confsync_leaves_gits_own_merge_and_one_line(
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def broken(*_: object) -> None:
        raise error

    wanted = files.by_git()
    monkeypatch.setattr(command, "merge", broken)
    assert (files.merge(), files.result) == (1, wanted[1])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "confsync cannot merge it" in err and type(error).__name__ in err


def test_a_configuration_that_cannot_be_read_leaves_gits_own_merge(
    files: Files, branches: Branches, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = files.by_git()
    (branches.root / ".confsync.yaml").write_text("url: [")
    assert (files.merge(), files.result) == (1, wanted[1])
    assert ".confsync.yaml" in capsys.readouterr().err


def test_a_clean_merge_says_nothing(
    files: Files, branches: Branches, capsys: pytest.CaptureFixture[str]
) -> None:
    files.at(branches, "main", "ben~1", "ann")
    assert files.merge() == 0
    assert capsys.readouterr() == ("", "")
    assert b"<p>ONE</p>\n<p>between</p>\n<p>TWO</p>" in files.result


def test_the_envelope_tells_of_the_document(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f".merge_file_{name}" for name in "OAB"]
    assert main(["merge-driver", "--json", *words, GUIDE]) == 1
    (page,) = json.loads(capsys.readouterr().out)["pages"]
    assert (page["path"], page["outcome"]) == (GUIDE, "conflicted")
    assert page["error"] == "both branches changed the same lines"


def test_names_that_are_no_files_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "O").write_text("text")
    (tmp_path / "B").write_text("text")
    assert main(["merge-driver", "O", "A", "B", GUIDE]) == 2
    assert "git runs merge-driver with the names of three files; A is missing" in (
        capsys.readouterr().err
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["B", "O"]
