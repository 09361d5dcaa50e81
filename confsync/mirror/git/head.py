"""Which documents git's HEAD has, and whether these are those of before: asked without a library.

Here, too, stands how git is kept from starting anything that a repository names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from confsync.model.filenames import ATTACHMENTS, SUFFIX

if TYPE_CHECKING:
    from subprocess import Popen

# A repository that lies in somebody's work tree, such as in an unpacked archive, is not used.
OPTIONS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "log.showSignature=false",
)
# Nothing is fetched, be it over a transport that a configuration names, and no index is written.
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


def is_document(name: str) -> bool:
    """Whether a path is a document's, and not that of one among a document's attachments."""
    return name.endswith(SUFFIX) and not name.rpartition("/")[0].endswith(ATTACHMENTS)


def trees_of_head(root: str, directories: Collection[str]) -> Callable[[], bytes | None]:
    """Begin to ask git for HEAD's trees at some directories, which are answered when called.

    As git says them: with the same answer HEAD has the same files there. That is one object to
    read for git, and not a name to read for us. None, where only a closer look can tell, be it for
    trouble with the repository. Without one there are none.
    """
    if not _is_in_repository(root):
        return lambda: None if _is_bare_at(root) else b""
    asked = _ask(root, ["ls-tree", "-z", "HEAD", "--", *directories])
    return lambda: _answer(asked)


def documents_of_head(
    root: str, directories: Collection[str]
) -> tuple[frozenset[str], bytes] | None:
    """The paths of the documents that HEAD has, and its trees as `trees_of_head` has them.

    Both are of the same moment. None as there.
    """
    if not _is_in_repository(root):
        return None if _is_bare_at(root) else (frozenset(), b"")
    found = _answer(_ask(root, ["ls-tree", "-r", "-t", "-z", "HEAD", "--", *directories]))
    if found is None:
        return None
    rows = found.decode("utf-8", "surrogateescape").split("\0")
    named = [(row.partition("\t")[2], row) for row in rows]
    trees = "".join(f"{row}\0" for name, row in named if name in directories)
    documents = frozenset(name for name, _ in named if is_document(name))
    return documents, trees.encode("utf-8", "surrogateescape")


def _ask(root: str, command: list[str]) -> Popen[bytes] | None:
    """Git, as it begins to answer; None where there is none."""
    import subprocess

    options = [word for option in OPTIONS for word in ("-c", option)]
    try:
        return subprocess.Popen(  # noqa: S603 - the words are ours and the configuration's
            ["git", *options, *command],  # noqa: S607
            cwd=root,
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _answer(asked: Popen[bytes] | None) -> bytes | None:
    """All that git said; None if it failed."""
    if asked is None:
        return None
    found = asked.communicate()[0]
    return found if asked.returncode == 0 else None


def _is_in_repository(root: str) -> bool:
    return any(os.path.lexists(os.path.join(place, ".git")) for place in _upward(root))


def _is_bare_at(root: str) -> bool:
    """Whether the mirror may lie in a repository's own directory, which has no '.git'."""
    return any(os.path.isfile(os.path.join(place, "HEAD")) for place in _upward(root))


def _upward(root: str) -> Iterator[str]:
    """A directory, and those above it, as git goes: past every link."""
    place = os.path.realpath(root)
    yield place
    while (above := os.path.dirname(place)) != place:
        yield (place := above)
