"""A terminal in which the commands of a page are typed, one after the other."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from confsync.cli import main
from confsync.sandbox import Sandbox, demo_space, seed
from confsync.sandbox.store.store import ME_EMAIL
from tests.hints.journal import JOURNAL
from tests.manual.colleague import SPACE, act
from tests.manual.shell import Shell
from tests.manual.story import Command, Event, start_of

SITE = "http://127.0.0.1:8090"
EXAMPLES = Path(__file__).parents[2] / "examples"
COMMIT = "git init -q -b main && git add -A && git commit -qm 'First commit'"
_SHELL_SIGNS = set("|&;<>$`*?#~\n")
# A merge tool that keeps both sides.
_MERGE_TOOL = {
    "merge.tool": "mine",
    "mergetool.keepBackup": "false",
    "mergetool.mine.trustExitCode": "true",
    "mergetool.mine.cmd": (
        'sed "/^<<<<<<<\\|^=======\\|^>>>>>>>/d" "$MERGED" > x && mv x "$MERGED"'
    ),
}


class Terminal:
    """A shell beside a sandbox with the demo space; a context manager.

    confsync runs in this process where the line is nothing but a command of its own: a process for
    each would take most of the time.
    """

    def __init__(self, directory: Path, flavor: str = "cloud") -> None:
        self._directory = directory
        self._sandbox = Sandbox(flavor=flavor)
        seed(self._sandbox.store, demo_space())

    def __enter__(self) -> Self:
        self._sandbox.start()
        tools = Path(sys.executable).parent
        self._environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "NO_COLOR": "1",
            "LC_ALL": "C.UTF-8",  # the order of 'ls', and the language of git
            "CONFSYNC_USER": self._sandbox.user,
            "CONFSYNC_TOKEN": self._sandbox.token,
            **_git_settings(_MERGE_TOOL),
        }
        self._bash = Shell(self._directory, self._environment)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._bash.close()
        self._sandbox.close()

    def body(self, title: str) -> str:
        """Return the body of a page on the server."""
        (page,) = (page for page in self._sandbox.store.pages(SPACE) if page.title == title)
        return page.body

    def begin(self, page: str) -> None:
        """Do what a page takes for granted."""
        typed: tuple[str, ...] = ()
        match start_of(page):
            case "a committed clone":
                typed = (f"confsync clone {SITE}/wiki/spaces/{SPACE} docs", "cd docs", COMMIT)
            case "an existing repository":
                (self._directory / "confsync").mkdir()
                (self._directory / "confsync" / "examples").symlink_to(EXAMPLES)
                typed = ("mkdir project", "cd project", "echo Hello > README.md", COMMIT)
        for text in typed:
            code, printed = self.type(text)
            assert code == 0, f"$ {text}\n{printed}"

    def take(self, step: Command | Event) -> tuple[int, str]:
        """Take a step. Return the exit code and what was printed, with the server of the pages."""
        if isinstance(step, Event):
            act(self._sandbox.store, step.words)
            return 0, ""
        return self.type(step.text)

    def type(self, text: str) -> tuple[int, str]:
        """Type a line. Return its exit code, and what it prints."""
        if text == "confsync sandbox":
            return 0, self._sandbox_of_its_own()
        site = self._sandbox.url.removesuffix(self._sandbox.context)
        text = text.replace(f"{SITE}/wiki", self._sandbox.url).replace(SITE, site)
        text = text.replace(ME_EMAIL, self._sandbox.user)
        is_own = text.startswith("confsync ") and not _SHELL_SIGNS & set(text)
        code, printed = self._run(shlex.split(text)[1:]) if is_own else self._bash.type(text)
        assert "Traceback" not in printed, printed
        if code == 0:
            JOURNAL.type(text)
        JOURNAL.print(printed)
        return code, printed.replace(site, SITE)

    def _sandbox_of_its_own(self) -> str:
        """Start another sandbox, stop it when it listens, and return what it printed."""
        command = [sys.executable, "-m", "confsync", "sandbox", "--port", "0"]
        lines: list[str] = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdout
            while not lines or not lines[-1].startswith("^C"):
                lines.append(process.stdout.readline())
                assert lines[-1], f"the sandbox ended: {lines}"
            process.terminate()
        return re.sub(r"http://127\.0\.0\.1:\d+", SITE, "".join(lines))

    def _run(self, arguments: list[str]) -> tuple[int, str]:
        """Run confsync in this process, in the directory in which the shell is."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        there = contextlib.chdir(self._bash.type("pwd")[1].rstrip("\n"))
        before = dict(os.environ)
        try:
            os.environ.update(self._environment)
            with there, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                code = main(arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)
        return code, out.buffer.getvalue().decode()


def _git_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that give git these settings."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables
