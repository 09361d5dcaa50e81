"""The README's "A day with confsync", typed line by line; what comes out is what it says.

Commands are the lines after `$`, and all lines of a block of `sh`; what stands below a command is
its output. A comment such as `<!-- Ana edits Guide: old -> new, "why" -->` is what a colleague does
in the browser there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

README = Path(__file__).parents[2] / "README.md"
SECTION = "A day with confsync"
PAGES = 212

# What differs each time, in what the README shows and in what comes out alike.
VARYING = (
    (re.compile(r"\b(?:\d+ (?:minute|hour|day)s? ago|just now)"), "some time ago"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b"), "a moment"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "a digest"),
    (re.compile(r"(?<=committed as )[0-9a-f]{7,}"), "a commit"),
    (re.compile(r'(?<=id: ")\d+(?=")|(?<=page )\d{5,}'), "an id"),
)
_EDIT = re.compile(
    r'<!-- (?P<who>[\w ]+) edits (?P<page>.+): (?P<old>.+) -> (?P<new>.+), "(?P<why>.*)" -->'
)


@dataclass(frozen=True)
class Command:
    """Something to type at a line of the README, and the output that is shown; None: not shown."""

    line: int
    text: str
    shown: str | None


@dataclass(frozen=True)
class Edit:
    """What a colleague does."""

    who: str
    page: str
    old: str
    new: str
    why: str


def steps(text: str, section: str) -> Iterator[Command | Edit]:
    """What happens in a section, in its order."""
    block, typed, shown, at, inside = "", "", [], 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if not block and line.startswith("## "):
            inside = line == f"## {section}"
        if not inside:
            continue
        if line.startswith("```"):
            if typed:
                yield Command(at, typed, "\n".join(shown))
            block, typed, shown = "" if block else line[3:], "", []
        elif block == "sh":
            yield Command(number, line, None)
        elif block == "console" and line.startswith("$ "):
            if typed:
                yield Command(at, typed, "\n".join(shown))
            typed, shown, at = line[2:], [], number
        elif block == "console":
            shown.append(line)
        elif found := _EDIT.fullmatch(line):
            yield Edit(**found.groupdict())


class Shell:
    """A shell in which one command is typed after the other."""

    def __init__(self, directory: Path) -> None:
        tools = Path(sys.executable).parent
        kept = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=directory,
            env=kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def type(self, text: str) -> tuple[int, str]:
        """A command's exit code, and all that it prints."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{{ {text}\n}} </dev/null; echo end-of-output $?\n")
        self._bash.stdin.flush()
        lines: list[str] = []
        for line in self._bash.stdout:
            if line.startswith("end-of-output "):
                return int(line.split()[1]), "".join(lines)
            lines.append(line)
        raise AssertionError(f"the shell ended: {''.join(lines)}")

    def close(self) -> None:
        self._bash.communicate("exit\n")


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """The space that the README tells of."""
    with Sandbox() as sandbox:
        store = sandbox.store
        store.create_space("ENG", "Engineering", "Engineering")
        with store.batch():
            for number in range(PAGES - 2):
                store.create_page("ENG", f"Page {number}", "<p>text</p>", author="Ana Lima")
            body = "<h1>Ports</h1>" + "".join(
                f"<p>{text}.</p>"
                for text in (
                    "The gateway listens on 8080",
                    "It restarts within a minute",
                    "Nobody has to log in again",
                    "Its metrics are on port 9090",
                )
            )
            guide = store.create_page("ENG", "Guide", "<p>soon</p>", author="Ana Lima").id
            for _ in range(6):
                store.edit(guide, body, author="Ana Lima")
        yield sandbox


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.close()


def alike(text: str) -> str:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text.rstrip("\n")


def test_a_day_with_confsync_is_as_the_readme_says(wiki: Sandbox, shell: Shell) -> None:
    ours = {
        "https://acme.atlassian.net/wiki": wiki.url,
        "me@acme.com": wiki.user,
        "CONFSYNC_TOKEN=…": f"CONFSYNC_TOKEN={wiki.token}",
    }
    typed = 0
    for step in steps(README.read_text(encoding="utf-8"), SECTION):
        if isinstance(step, Edit):
            (page,) = (page for page in wiki.store.pages("ENG") if page.title == step.page)
            assert page.body.count(step.old) == 1
            body = page.body.replace(step.old, step.new)
            wiki.store.edit(page.id, body, author=step.who, message=step.why)
            continue
        text = step.text
        for shown, here in ours.items():
            text = text.replace(shown, here)
        code, out = shell.type(text)
        told = f"README.md:{step.line}: $ {step.text}\n{out}"
        if step.shown is not None:
            assert alike(out) == alike(step.shown), told
        refused = re.search("^error:", out, re.MULTILINE) is not None
        assert code == int(refused), told
        typed += 1
    assert typed >= 10, "the README's day has become short"


def test_a_step_is_what_stands_in_a_block_of_the_section() -> None:
    text = (
        "## Before\n```sh\nno\n```\n## Day\n```sh\none  # why\n```\n`$ no`\n"
        '<!-- Ana Lima edits Guide: a -> b, "c" -->\n'
        "```console\n$ two\nout\n\nmore\n$ three\n```\n```yaml\n$ no\n```\n"
        "## After\n```sh\nno\n```\n"
    )
    assert list(steps(text, "Day")) == [
        Command(7, "one  # why", None),
        Edit("Ana Lima", "Guide", "a", "b", "c"),
        Command(12, "two", "out\n\nmore"),
        Command(16, "three", ""),
    ]
