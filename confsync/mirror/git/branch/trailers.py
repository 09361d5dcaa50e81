"""The trailers of the commits that `confsync history` makes: their names, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.git import repository

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


def tokens_of(root: Path, page_id: str) -> Iterator[VersionToken]:
    """Yield the tokens of a page's versions in a mirror's repository. Raise FileError."""
    told = "%x09".join(f"%(trailers:key={key},valueonly,separator=)" for key in _WANTED)
    with repository.quiet(root) as command:
        if command is None:
            return
        said = str(command.log(f"--format={told}", f"--grep={TOKEN}: ", *_BRANCHES, "--"))
    for line in said.split("\n"):
        page, number, token, *_ = [*line.split("\t"), "", "", ""]
        if page == page_id and number.isdecimal() and token:
            yield VersionToken(int(number), token)
