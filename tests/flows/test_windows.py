"""Windows' habits, by the settings that make them: encoding, line ends, names, and case.

A file system without case is `tests/caseless.py`. The commands of the first test run in processes
of their own, since the encoding of a terminal is that of a process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath

import pytest

from confsync.commands.setup.sandbox import Options, open_sandbox
from confsync.mirror import walk
from confsync.mirror.git import merge_driver
from confsync.mirror.git.merge_driver import SetUp
from confsync.sandbox import PageRow, Sandbox
from tests import independent
from tests.caseless import Caseless
from tests.flows.conftest import Desk
from tests.flows.git_merges import Branches, script
from tests.flows.scene import GUIDE as ENG_GUIDE

GUIDE = "OPS/deployment-guide.xhtml"
# A terminal of Windows. A file that is opened in the encoding of the system ends the command.
TERMINAL = {
    "PYTHONIOENCODING": "cp1252",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "LC_ALL": "C",
    "PYTHONWARNDEFAULTENCODING": "1",
    "PYTHONWARNINGS": "error::EncodingWarning",
}
# Git for Windows, as its installer sets it up.
GIT = {
    "core.autocrlf": "true",
    "core.ignorecase": "true",
    "core.fileMode": "false",
    "core.symlinks": "false",
    "user.name": "Test",
    "user.email": "test@example.com",
}
# Titles and names of files that a file of Windows cannot have.
TITLES = ("AUX", "con.txt", "COM1", "nul", "PRN.", "a:b?", 'the "end".', "x/../y\\z", "C:")
FILES = ("AUX.txt", "a:b.txt", "A.png", "a.png", "x.", "q?*.csv", "\u0141 \u03bb.md", "con", "b ")
DEVICES = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\..*)?", re.IGNORECASE)
STRANGE = "\u0141\u00f3d\u017a \u202e \U0001f600"


@pytest.fixture
def ops() -> Iterator[Sandbox]:
    """Yield the sandbox's own space, with names that Windows does not have."""
    with open_sandbox(Options()) as sandbox:
        for title in TITLES:
            sandbox.store.create_page("OPS", title, f"<p>{STRANGE}</p>", author="Ana Lima")
        for name in FILES:
            sandbox.store.attach(guide_of(sandbox).id, name, name.encode(), author="Ana Lima")
        yield sandbox


def guide_of(wiki: Sandbox) -> PageRow:
    (page,) = (page for page in wiki.store.pages("OPS") if page.title == "Deployment guide")
    return page


class Windows:
    """A terminal in a directory, with the settings of Windows."""

    def __init__(self, root: Path, wiki: Sandbox) -> None:
        self.root = root
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
            **TERMINAL,
            "CONFSYNC_USER": wiki.user,
            "CONFSYNC_TOKEN": wiki.token,
            "GIT_CONFIG_COUNT": str(len(GIT)),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        for number, (key, value) in enumerate(GIT.items()):
            self._environment[f"GIT_CONFIG_KEY_{number}"] = key
            self._environment[f"GIT_CONFIG_VALUE_{number}"] = value

    def __call__(self, *arguments: str, exit: int = 0) -> str:
        return self._run([sys.executable, "-m", "confsync", *arguments], exit)

    def git(self, *arguments: str) -> str:
        return self._run(["git", *arguments], 0)

    def _run(self, command: list[str], exit: int) -> str:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        told = done.stdout.decode("cp1252", "replace")
        assert done.returncode == exit, f"{command}: {done.returncode}\n{told}"
        assert "Traceback" not in told and "EncodingWarning" not in told, told
        return told


def assert_windows_can_have(root: Path) -> None:
    """Look at each name below a directory by Microsoft's rules, and for two that are the same."""
    for directory, below, files in os.walk(root):
        names = [name for name in (*below, *files) if name != ".git"]
        for name in names:
            assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name), f"{directory}: {name!r}"
            assert not name.endswith((".", " ")), f"{directory}: {name!r}"
            assert not DEVICES.fullmatch(name), f"{directory}: {name!r}"
        assert len({name.casefold() for name in names}) == len(names), names


def test_a_week_with_the_settings_of_windows(ops: Sandbox, tmp_path: Path) -> None:
    first = Windows(tmp_path, ops)
    first("clone", f"{ops.url}/spaces/OPS", "docs")
    first.root = tmp_path / "docs"
    config = (first.root / ".confsync.yaml").read_text(encoding="utf-8")
    config += "labels: true\nattachments: true\n"
    (first.root / ".confsync.yaml").write_bytes(config.replace("\n", "\r\n").encode())
    first("pull")
    assert_windows_can_have(first.root)
    first.git("init", "-q")
    first.git("add", "-A")
    first.git("commit", "-q", "-m", "pulled")
    first.git("clone", "-q", str(first.root), str(tmp_path / "other"))

    other = Windows(tmp_path / "other", ops)
    assert b"\r\n" in (other.root / ".confsync.yaml").read_bytes(), "git checked out without CRLF"
    assert other("status", "--remote") == "clean: 25 pages\n"
    assert other("push") == "push: nothing to do\n"
    assert "pull: nothing to do" in other("pull")

    # An editor of Windows writes each line with CRLF.
    path = other.root / GUIDE
    text = path.read_bytes().decode().replace("09:00 to 16:00", "09:00 to 17:00")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert "1 page changed, 1 insertion(+), 1 deletion(-)" in other("diff", "--stat")
    other("check")
    other("diff", "--html", "report.html")
    assert "push: 1 updated" in other("push", "--commit", "-m", STRANGE)
    sent = guide_of(ops)
    assert "\r" not in sent.body
    assert "09:00 to 17:00" in sent.body
    assert "push: nothing to do" in other("push")
    path.unlink()
    other.git("checkout", "-q", "--", GUIDE)
    assert b"\r" not in path.read_bytes()

    other("new", "OPS/more.xhtml", "--title", STRANGE)
    other("push", "--commit", "-m", "more")
    other("log", GUIDE)
    other("show", "OPS/more.xhtml")
    other.git("rm", "-q", "OPS/more.xhtml")
    assert "push: 1 deleted" in other("push", "--delete", "--commit")
    gone = next(page for page in ops.store.pages("OPS", ("trashed",)) if page.title == STRANGE)
    other("restore", gone.id)
    other("pull", "--commit")
    assert_windows_can_have(other.root)
    assert other("status", "--remote") == "clean: 26 pages\n"
    independent.assert_equal(other.root, ops)


def test_the_demo_and_the_manual_in_a_terminal_of_windows(ops: Sandbox, tmp_path: Path) -> None:
    terminal = Windows(tmp_path, ops)
    assert "Nothing was lost." in terminal("demo", "demo")
    assert "Monday" in terminal("help", "tutorial")


@pytest.mark.parametrize("words", [(), ("-P", "-m", "confsync")])
def test_git_for_windows_starts_the_merge_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The shell is the one of Git for Windows. Here a drive is a directory of the work tree."""
    branches = Branches(tmp_path / "mirror", driver=False)
    branches.branch("ann")
    branches.edited("one", "ONE")
    branches.branch("ben", "main")
    branches.edited("one", "1")
    place = PureWindowsPath(r"C:\Users\Ana's & Ben\venv (100%)\Scripts\confsync.exe").as_posix()
    monkeypatch.chdir(branches.root)
    script(branches.root / place, f'shift {len(words)}; echo "$@" > told; echo x > "$3"')
    line = merge_driver.command_line((place, *words))
    branches.git("config", "merge.confsync.driver", line)
    branches.asked("merge", "-m", "x", "ann")
    assert (branches.root / "told").read_text().split()[-2:] == [ENG_GUIDE, "7"]
    assert branches.text() == "x\n"
    assert merge_driver.state_of(branches.root) is SetUp.READY


def test_the_program_on_windows_is_named_with_its_suffix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows tells a program its own name without it."""
    scripts = tmp_path / "Scripts"
    program = script(scripts / "confsync.exe", "exit 0")
    monkeypatch.setattr(merge_driver, "_PROGRAM", "confsync.exe")
    monkeypatch.setattr(sys, "argv", [str(scripts / "confsync")])
    monkeypatch.setattr(sys, "executable", str(scripts / "python.exe"))
    assert merge_driver.program() == (program.as_posix(),)
    program.unlink()
    python = (scripts / "python.exe").as_posix()
    assert merge_driver.program() == (python, "-P", "-m", "confsync")


@pytest.mark.parametrize("by_handle", [True, False], ids=["macOS", "Windows"])
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_titles_and_files_that_differ_in_case_without_case(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    by_handle: bool,
) -> None:
    monkeypatch.setattr(walk, "_BY_HANDLE", by_handle)
    titles = ("Guide!", "GUIDE?", "guide", "Stra\u00dfe", "STRASSE", "\u0130x", "ix", "AUX")
    for title in titles:
        page = wiki.store.create_page("ENG", title, "<p>one</p>", author="Ana")
        wiki.store.create_page("ENG", f"Below {title}", "<p>b</p>", parent=page.id)
        for name in ("a.png", "A.PNG", "\u00df.csv", "SS.csv"):
            wiki.store.attach(page.id, name, f"{title} {name}".encode())
    Caseless(tmp_path, monkeypatch)
    desk = desk_at("caseless", copied=False)
    with desk.path(".confsync.yaml").open("a", encoding="utf-8") as config:
        config.write("attachments: true\n")
    desk("pull")
    assert_windows_can_have(desk.root)
    independent.assert_equal(desk.root, wiki)
    for path in sorted(desk.path("ENG").rglob("*.xhtml")):
        path.write_bytes(path.read_bytes().replace(b"<p>one</p>", b"<p>two</p>"))
    assert f"push: {len(titles)} updated" in desk("push").out
    for page in wiki.store.pages("ENG"):
        if page.title in titles:
            wiki.store.edit(page.id, title=f"{page.title} 2", author="Ana")
    desk("pull")
    assert "nothing to do" in desk("pull").out
    assert "nothing to do" in desk("push").out
    independent.assert_equal(desk.root, wiki)
