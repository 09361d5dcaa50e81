"""The documents and trees of git's HEAD, read without a git library.

This module also has the options that keep git from starting programs that a repository names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from confsync.model.filenames import ATTACHMENTS, SUFFIX

if TYPE_CHECKING:
    from subprocess import Popen

    from git import Git

# A repository inside another person's work tree, such as in an unpacked archive, is not used. The
# rest are user settings that would change the paths that git prints, or their form.
OPTIONS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "log.showSignature=false",
    "log.follow=false",
    "diff.relative=false",
    "diff.autoRefreshIndex=true",
    "diff.renameLimit=1000",
    f"diff.orderFile={os.devnull}",
)
# git fetches nothing, over no transport that a configuration names, and writes no index.
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}

# The states of HEAD in which git could read a commit: see `has_commit`.
_WITH_COMMIT: set[tuple[str, str | None, int, int]] = set()

# The error if git itself cannot read a repository.
TROUBLE = "git cannot read this repository: "
TRUST = "'git status' shows the error; for 'dubious ownership' it also shows the command that helps"


def is_document(name: str) -> bool:
    """Return whether a path is a document's, and not an attachment's."""
    return name.endswith(SUFFIX) and not name.rpartition("/")[0].endswith(ATTACHMENTS)


def commit_of_head(root: str) -> Callable[[], bytes | None]:
    """Start asking git for HEAD's commit. Return a function that waits for the answer.

    The answer is empty without a repository. It is None if only a closer look can tell, for example
    before the first commit.
    """
    if not is_in_repository(root):
        return lambda: None if _is_bare_at(root) else b""
    asked = _ask(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])

    def answered() -> bytes | None:
        found = _answer(asked)
        return found.strip() if found else None

    return answered


def trees_of_head(root: str, directories: Collection[str]) -> Callable[[], bytes | None]:
    """Start asking git for HEAD's trees at some directories.

    Return a function that waits for the answer.

    If two answers are equal, HEAD has the same files there. git reads one object for it, and
    confsync no names. The answer is empty without a repository, and None if only a closer look can
    tell.
    """
    if not is_in_repository(root):
        return lambda: None if _is_bare_at(root) else b""
    asked = _ask(root, ["ls-tree", "-z", "HEAD", "--", *directories])
    return lambda: _answer(asked)


class HeadDocuments(NamedTuple):
    """HEAD's documents, path to blob id, and HEAD's trees as in `trees_of_head`."""

    ids: Mapping[str, str]
    trees: bytes


def documents_of_head(root: str, directories: Collection[str]) -> HeadDocuments | None:
    """Return HEAD's documents and trees, both from the same moment.

    Both are empty without a repository. Return None if only a closer look can tell.
    """
    if not is_in_repository(root):
        return None if _is_bare_at(root) else HeadDocuments({}, b"")
    found = _answer(_ask(root, ["ls-tree", "-r", "-t", "-z", "HEAD", "--", *directories]))
    if found is None:
        return None
    rows = found.decode("utf-8", "surrogateescape").split("\0")
    named = [(row.partition("\t")[2], row) for row in rows]
    trees = "".join(f"{row}\0" for name, row in named if name in directories)
    blobs = {name: row.split(None, 3)[1:3] for name, row in named if is_document(name)}
    ids = {name: blob for name, (kind, blob) in blobs.items() if kind == "blob"}
    return HeadDocuments(ids, trees.encode("utf-8", "surrogateescape"))


def _ask(root: str, command: list[str]) -> Popen[bytes] | None:
    """Return the running git process, or None without git."""
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
    """Return git's complete output, or None if it failed."""
    if asked is None:
        return None
    found = asked.communicate()[0]
    return found if asked.returncode == 0 else None


def said(root: str, command: list[str]) -> bytes | None:
    """Return git's complete output in a directory, or None if git failed or is not there."""
    return _answer(_ask(root, command))


def repository_of(root: str) -> tuple[str, str, str] | None:
    """Return the top of a mirror's work tree, its git directory, and the directory of its refs.

    The last two differ in a linked work tree. Return None without a repository.
    """
    for place in _upward(root):
        found = os.path.join(place, ".git")
        if os.path.isfile(found):
            named = _text(found).removeprefix("gitdir: ").rstrip("\r\n")
            own = os.path.join(place, named)
        elif os.path.lexists(os.path.join(found, "HEAD")):
            own = found
        else:
            continue
        common = _text(os.path.join(own, "commondir")).rstrip("\r\n")
        return place, own, os.path.join(own, common) if common else own
    return None


def mark_of_head(root: str) -> str | None:
    """Return a text that changes whenever HEAD names another commit, without starting git.

    The text is the commit's id, except in a repository with reftables. It is empty without a work
    tree or a commit, and None if only git can tell.
    """
    found = repository_of(root)
    if found is None:
        return ""
    _, own, common = found
    if os.path.isdir(os.path.join(common, "reftable")):
        tables = [_text(os.path.join(place, "reftable", "tables.list")) for place in found[1:]]
        return " ".join(["reftable", *"".join(tables).split()]) if all(tables) else None
    said = _text(os.path.join(own, "HEAD")).strip()
    for _ in range(_LINKS):
        if is_commit_id(said):
            return said
        name = said.removeprefix("ref: ")
        if name == said or not name.startswith("refs/"):
            return None
        place = own if name.startswith(_OWN_REFS) else common
        said = _text(os.path.join(place, name)).strip() or _packed(common, name)
        if not said:
            return "" if _is_unborn(place, name) else None
    return None


def is_commit_id(mark: str) -> bool:
    """Return whether a text is an object's full id, in SHA-1 or SHA-256."""
    return len(mark) in (40, 64) and not mark.strip("0123456789abcdef")


# The longest chain of symbolic refs. git follows as many.
_LINKS = 5
# Refs that each linked work tree has for itself.
_OWN_REFS = ("refs/bisect/", "refs/worktree/", "refs/rewritten/")


def _packed(common: str, name: str) -> str:
    """Return the target of a packed ref, or an empty text."""
    rows = f"\n{_text(os.path.join(common, 'packed-refs'))}"
    before, found, _ = rows.partition(f" {name}\n")
    return before.rpartition("\n")[2] if found else ""


def _is_unborn(place: str, name: str) -> bool:
    """Return whether a branch has no commit yet, and is not only unreadable."""
    return not os.path.lexists(os.path.join(place, name))


def _text(path: str) -> str:
    """Return the content of one of git's files, or an empty text."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError:
        return ""


def is_in_repository(root: str) -> bool:
    """Return whether a directory may be in a repository's work tree, without starting git."""
    return any(os.path.lexists(os.path.join(place, ".git")) for place in _upward(root))


def _is_bare_at(root: str) -> bool:
    """Return whether the mirror may be in a bare repository's own directory."""
    return any(os.path.isfile(os.path.join(place, "HEAD")) for place in _upward(root))


def _upward(root: str) -> Iterator[str]:
    """Yield a directory and those above it, with links resolved, as git does."""
    place = os.path.realpath(root)
    yield place
    while (above := os.path.dirname(place)) != place:
        yield (place := above)


def has_commit(command: Git, root: str, head: os.stat_result) -> bool:
    """Return whether git can read a commit at HEAD. Git is asked once for each state of HEAD.

    `head` is the state of the file HEAD. Only its change leads from a commit to a branch without
    one. Raise ValueError with what git says if it cannot read the repository.
    """
    state = (root, os.environ.get("GIT_DIR"), head.st_ino, head.st_mtime_ns)
    if state not in _WITH_COMMIT:
        status, _, said = command.rev_parse(
            "--verify", "--quiet", "HEAD", with_extended_output=True, with_exceptions=False
        )
        if status not in (0, 1):
            raise ValueError(said.strip())
        if status == 1:
            return False
        _WITH_COMMIT.add(state)
    return True
