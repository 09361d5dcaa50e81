"""The commit behind each line of a file, as `git blame` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from git import Git


class Line(NamedTuple):
    """A line of a file: its commit, the commit's author and time in seconds, and its text."""

    commit: str
    author: str
    seconds: int
    text: str


def blame(command: Git, commit: str, path: str) -> list[Line]:
    """Return the lines of a file at a commit. `path` is relative to git's directory."""
    raw = command.blame(
        *("--line-porcelain", commit, "--", path),
        stdout_as_string=False,
        strip_newline_in_stdout=False,
    )
    found: list[Line] = []
    name, told = "", dict[str, str]()
    for row in raw.decode("utf-8", "replace").split("\n"):
        if row.startswith("\t"):
            found.append(Line(name, told["author"], int(told["author-time"]), row[1:]))
            name, told = "", {}
        elif not name:
            name = row.partition(" ")[0]
        else:
            key, _, value = row.partition(" ")
            told[key] = value
    return found
