"""A page of the manual, read as the steps that a test takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import confsync

MANUAL = Path(confsync.__file__).parent / "manual"
PAGES = ("tutorial.md", *sorted(f"guides/{page.name}" for page in MANUAL.glob("guides/*.md")))
CONCEPTS = ("decision-table", "file-names", "stamp-base-mirror", "state-directory")
README = Path(__file__).parents[2] / "README.md"
# All pages whose blocks are typed, with the least number of commands in each.
TYPED = {
    **{MANUAL / name: 1 for name in PAGES},
    README: 10,
    MANUAL / "recovery.md": 20,
    **{MANUAL / "concepts" / f"{name}.md": 10 for name in CONCEPTS},
}

# Where the commands of a page are typed. It types what stands below this comment.
START = (
    "an empty directory",
    "a committed clone",  # docs/, with the demo space, as a git repository with one commit
    "an existing repository",  # project/, with one commit, and confsync/examples beside it
)
_START = re.compile(r"<!-- typed in: (?P<where>.+) -->")
_COMMENT = re.compile(r"<!-- (?P<words>.+) -->")
_FENCE = re.compile(r"(?P<indent> *)```(?P<language>\w*)")

# What stands for output that a page leaves out.
DOTS = "..."
# What differs each time, and what stands for it.
_VARYING = (
    (re.compile(r"\b(?:\d+ (?:second|minute|hour|day)s? ago|just now)"), "TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?"), "TIME"),
    (re.compile(r"\b\d{4}([-/])\d\d\1\d\d\b"), r"YEAR\1MONTH\1DAY"),
    (re.compile(r"^ Date: .*", re.MULTILINE), " Date: TIME"),
    (re.compile(r"(?<=committed as )[0-9a-f]{7,}"), "COMMIT"),
    (re.compile(r"(?<=HEAD is now at )[0-9a-f]{7,}"), "COMMIT"),
    (re.compile(r"^(\[[\w/-]+(?: \(root-commit\))? )[0-9a-f]{7,}\]", re.MULTILINE), r"\1COMMIT]"),
    (re.compile(r"^[0-9a-f]{7}(?= )", re.MULTILINE), "COMMIT"),
    (re.compile(r"^[0-9a-f]{12}(?=  )", re.MULTILINE), "RUN"),
)


@dataclass(frozen=True)
class Command:
    """Something to type, and the output that the page shows below it.

    `first` and `last` are the lines of the output, counted from 0, `last` excluded.
    """

    text: str
    shown: str
    first: int
    last: int


@dataclass(frozen=True)
class Event:
    """Something that happens beside the terminal, in the words of the page."""

    words: str
    line: int


Step = Command | Event


def start_of(page: str) -> str:
    """Return where the commands of a page are typed. Raises ValueError if the page does not say."""
    found = _START.search(page)
    if not found or found["where"] not in START:
        raise ValueError(f"the page has no comment '<!-- typed in: … -->' with one of {START}")
    return found["where"]


def steps(page: str) -> Iterator[Step]:
    """Yield what happens on a page below the comment that says where, in its order."""
    lines = page.split("\n")
    at = next((n for n, line in enumerate(lines, 1) if _START.fullmatch(line)), 0)
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            end = lines.index(f"{fence['indent']}```", at + 1)
            if fence["language"] == "console":
                yield from _commands(lines, at + 1, end)
            at = end
        elif (found := _COMMENT.fullmatch(line)) and not _START.fullmatch(line):
            yield Event(found["words"], at)
        at += 1


def _commands(lines: list[str], at: int, end: int) -> Iterator[Command]:
    """Yield the commands of one block. Raises ValueError if it does not begin with one."""
    while at < end:
        if not lines[at].startswith("$ "):
            raise ValueError(f"line {at + 1}: a block of 'console' begins with '$ '")
        typed = [lines[at][2:]]
        at += 1
        while at < end and lines[at].startswith("> "):
            typed.append(lines[at][2:])
            at += 1
        first = at
        while at < end and not lines[at].startswith("$ "):
            at += 1
        yield Command("\n".join(typed), "\n".join(lines[first:at]), first, at)


def blocks(page: str, language: str) -> Iterator[str]:
    """Yield the text of each block of a language, without the indent of the block."""
    fenced = re.compile(rf"^( *)```{language}\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
    for found in fenced.finditer(page):
        yield re.sub(f"^{found[1]}", "", found[2], flags=re.MULTILINE)


def matches(shown: str, printed: str) -> bool:
    """Return whether an output is what a page shows, except for varying parts."""
    lines = [
        "(?:.*\n)*?" if line == DOTS else _inline(line) + "\n" for line in alike(shown).split("\n")
    ]
    text = alike(printed.rstrip("\n"))
    return re.fullmatch("".join(lines), text + "\n" if text or shown else "\n") is not None


def _inline(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(DOTS))


def alike(text: str) -> str:
    """Return a text in which a word stands for each time, date and hash."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text
