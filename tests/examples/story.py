"""A story that a page tells in commands: read it, and type it into a shell.

Commands are the lines after `$` in a block of `console`, and all lines of a block of `sh`. What
stands below a command is its output. The output of git's own commands is not compared.

A comment such as `<!-- Ana edits Guide: old -> new, "why" -->` is an edit that a colleague makes in
the browser at that moment. `<!-- Ana trashes Guide -->` moves the page to the trash there. A block
that begins with `xhtml OPS/a.xhtml` shows a part of that file at that moment.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from confsync.sandbox import Sandbox
from confsync.sandbox.store.store import ME_EMAIL
from tests.shell import Shell

# What differs each time, in what a page shows and in what a command prints.
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
_TRASH = re.compile(r"<!-- (?P<who>[\w ]+) trashes (?P<page>.+) -->")


@dataclass(frozen=True)
class Command:
    """A command at a line of a page, and the output that is shown; None: not shown."""

    line: int
    text: str
    shown: str | None


@dataclass(frozen=True)
class Edit:
    """An edit of a colleague in the browser."""

    who: str
    page: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class Trash:
    """A colleague moves a page to the trash."""

    who: str
    page: str


@dataclass(frozen=True)
class Shown:
    """A part of a file, shown in a block that begins at a line."""

    line: int
    path: str
    text: str


Step = Command | Edit | Trash | Shown


def steps(text: str, section: str = "") -> Iterator[Step]:
    """Yield the steps of a section in its order; without a section, those of the whole text."""
    block, typed, shown, at, inside = "", "", [], 0, not section
    for number, line in enumerate(text.splitlines(), 1):
        if section and not block and line.startswith("## "):
            inside = line == f"## {section}"
        if not inside:
            continue
        if line.startswith("```"):
            if typed:
                yield Command(at, typed, "\n".join(shown))
            elif block.startswith("xhtml "):
                yield Shown(at, block.removeprefix("xhtml "), "\n".join(shown))
            block, typed, shown, at = "" if block else line[3:], "", [], number
        elif block == "sh":
            yield Command(number, line, None)
        elif block == "console" and line.startswith("$ "):
            if typed:
                yield Command(at, typed, "\n".join(shown))
            typed, shown, at = line[2:], [], number
        elif block == "console" or block.startswith("xhtml "):
            shown.append(line)
        elif found := _EDIT.fullmatch(line):
            yield Edit(**found.groupdict())
        elif found := _TRASH.fullmatch(line):
            yield Trash(**found.groupdict())


def shell_in(directory: Path, variables: Mapping[str, str]) -> Shell:
    """Return a shell in which this Python's confsync is found."""
    tools = Path(sys.executable).parent
    kept = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}
    return Shell(directory, {**kept, **variables})


def alike(text: str) -> str:
    """Return a text with a fixed word for each part that differs from run to run."""
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text.rstrip("\n")


def happen(step: Edit | Trash, wiki: Sandbox) -> None:
    """Do in the sandbox what a colleague does."""
    store = wiki.store
    (page,) = (page for page in store.pages("OPS") if page.title == step.page)
    if isinstance(step, Trash):
        store.trash(page.id)
        return
    assert page.body.count(step.old) == 1, step
    store.edit(page.id, page.body.replace(step.old, step.new), author=step.who, message=step.why)


def play(page: Path, wiki: Sandbox, shell: Shell, section: str = "") -> list[str]:
    """Type all commands of a page, and compare what comes out. Return the commands."""
    typed = []
    for step in steps(page.read_text(encoding="utf-8"), section):
        if isinstance(step, Shown):
            assert step.text in shell.type(f"cat {step.path}")[1], f"{page.name}:{step.line}"
            continue
        if not isinstance(step, Command):
            happen(step, wiki)
            continue
        text = step.text.replace("http://127.0.0.1:8090/wiki", wiki.url)
        code, out = shell.type(text.replace(ME_EMAIL, wiki.user))
        told = f"{page.name}:{step.line}: $ {step.text}\n{out}"
        if step.shown is not None and not step.text.startswith("git "):
            assert alike(out) == alike(step.shown), told
        refused = re.search(r"\berror: ", out) is not None
        assert code == int(refused), told
        typed.append(step.text)
    return typed
