"""The trailers of the commits that `confsync history` makes: their names, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confsync.mirror.git import history

if TYPE_CHECKING:
    from git import Git

PAGE, NUMBER, TIME, TOKEN = (
    *("Confluence-Page", "Confluence-Version", "Confluence-Time"),
    "Confsync-Token",
)
_WANTED = (PAGE, NUMBER, TOKEN)
# The branches of this clone, and those of a colleague that it fetched.
_BRANCHES = ("--branches=confluence/*", "--remotes=*/confluence/*")


class VersionToken(NamedTuple):
    """The number of a page's version, and the token of the push that made it."""

    version: int
    token: str


def trailers(command: Git, keys: Sequence[str], *words: str) -> Iterator[list[str]]:
    """Yield the id of each commit that `git log` names, with its values of some trailers.

    `words` are the arguments of `git log`. A missing value is empty.
    """
    return _rows(str(command.log(_format(keys), *words)), keys)


def _format(keys: Sequence[str]) -> str:
    """Return the option of `git log` for the values of some trailers."""
    return f"--format=%H%x09{values(keys)}"


def values(keys: Sequence[str]) -> str:
    """Return the part of a format of `git log` for the values of some trailers, between tabs."""
    return "%x09".join(f"%(trailers:key={key},valueonly,separator=%x20)" for key in keys)


def _rows(said: str, keys: Sequence[str]) -> Iterator[list[str]]:
    return (line.split("\t", len(keys)) for line in said.split("\n") if line)


def tokens_of(root: Path, page_id: str) -> Iterator[VersionToken]:
    """Yield the tokens of a page's versions in a mirror's repository.

    Raise FileError, also without a repository.
    """
    said = history.logged(root, [_format(_WANTED), f"--grep={TOKEN}: ", *_BRANCHES, "--"])
    for _, page, number, token in _rows(said, _WANTED):
        if page == page_id and number.isdecimal() and token:
            yield VersionToken(int(number), token)
