"""The documents in git's history: the blobs that commits name, and their contents.

The module uses git's plumbing, so it reads every kind of repository. It starts no program that a
repository names, and fetches nothing.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple, cast

from confsync.errors import FileError
from confsync.mirror.git.head import ENVIRONMENT, OPTIONS, TROUBLE, TRUST, repository_of

# Read the real commits, even if a repository replaces them.
_ENVIRONMENT = {
    **ENVIRONMENT,
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
# A hook may belong to another repository, and paths must have no magic meaning.
_FOREIGN = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"),
    *(f"GIT_{how}_PATHSPECS" for how in ("LITERAL", "GLOB", "NOGLOB", "ICASE")),
)
# All commits of all side lines. For a merge, only what it has from no parent.
_LOG = (
    *("log", "--raw", "-z", "--no-abbrev", "--no-renames", "--format="),
    *("--root", "--full-history", "-c", "--no-ext-diff", "--no-textconv"),
)
_FILES = ("100644", "100755")
_CHUNK = 1 << 16


class Named(NamedTuple):
    """A blob that a commit has at a path. The path is from the repository's top."""

    id: str
    path: str


class Cut(NamedTuple):
    """The missing part of a clone's history: whole commits, or their contents."""

    shallow: bool = False
    partial: bool = False

    @property
    def remedy(self) -> str:
        """Return the command that completes the clone; empty for a complete clone."""
        commands = ["git fetch --unshallow"] if self.shallow else []
        commands += ["git fetch --refetch --no-filter"] if self.partial else []
        return " && ".join(commands)


def prefix_of(root: Path) -> str | None:
    """Return the path of a mirror in its work tree, such as `docs/`, or empty; None without git.

    Raise FileError if git cannot read the repository.
    """
    said = _said(root, ["rev-parse", "--show-prefix"])
    return None if said is None else os.fsdecode(said).removesuffix("\n")


def commit_of_head(root: Path) -> str:
    """Return the id of HEAD's commit, or an empty text. Raise FileError."""
    said = _said(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], fine=(0, 1))
    return (said or b"").decode().strip()


def place_of(root: Path) -> str:
    """Return the path of a mirror in its work tree without asking git; "." at the top."""
    found = repository_of(os.fspath(root))
    return os.path.relpath(root.resolve(), found[0]) if found else ""


def is_ancestor(root: Path, old: str, new: str) -> bool:
    """Return whether a commit's history has another commit; False if one of them is missing."""
    try:
        return _said(root, ["merge-base", "--is-ancestor", old, new]) is not None
    except GitFailedError:
        return False


def cut_of(root: Path) -> Cut:
    """Return what a mirror's clone lacks of its history and can fetch from its remote."""
    found = repository_of(os.fspath(root))
    if found is None:
        return Cut()
    said = _said(root, ["config", "-z", "--get-regexp", "^remote[.]"], fine=(0, 1)) or b""
    keys = [row.partition(b"\n")[0].lower() for row in said.split(b"\0")]
    if not any(key.endswith(b".url") for key in keys):
        return Cut()
    filters = (b".promisor", b".partialclonefilter")
    return Cut(bool(shallow_of(root)), any(key.endswith(filters) for key in keys))


def shallow_of(root: Path) -> str:
    """Return where a shallow clone is cut, as git notes it; empty for a complete clone."""
    found = repository_of(os.fspath(root))
    if found is None:
        return ""
    try:
        return " ".join(Path(found[2], "shallow").read_text("ascii", "replace").split())
    except OSError:
        return ""


def moment_of_objects(root: Path) -> int:
    """Return when objects last came or went, in ns. A partial clone may have fetched since."""
    found = repository_of(os.fspath(root))
    objects = Path(found[2] if found else root, "objects")
    with contextlib.suppress(OSError):
        return max(place.stat().st_mtime_ns for place in (objects, *objects.iterdir()))
    return 0


def named_below(
    root: Path, tips: Sequence[str], without: Sequence[str] = (), among: Sequence[str] = (".",)
) -> Iterator[Named]:
    """Yield the blobs of all commits that `tips` have and `without` lack, below a mirror.

    `among` are pathspecs, relative to the mirror. Raise FileError. A partial clone may lack trees;
    then the blobs are at least those of HEAD's tree.
    """
    words = [*_LOG, *tips, *(f"^{commit}" for commit in without), "--", *among]
    return _named(_pairs(root, words))


def named_at(root: Path, commit: str, paths: Sequence[str]) -> Iterator[Named]:
    """Yield the blobs in a commit's history at some paths of a mirror, the newest first.

    A partial clone may lack trees, and then has fewer or none. Raise FileError.
    """
    try:
        yield from named_below(root, [commit], among=[f":(literal){path}" for path in paths])
    except FileError:
        if not cut_of(root).partial:
            raise


def named_by_refs(root: Path, suffix: str) -> Iterator[Named]:
    """Yield the blobs of one suffix in all commits of all refs, as `named_below` does."""
    return _named(_pairs(root, [*_LOG, "--all", "--", f":(top)*{suffix}"]))


def named_in(root: Path, commit: str) -> Iterator[Named]:
    """Yield the blobs that a commit has below a mirror. Raise FileError."""
    with _answer(root, ["ls-tree", "-r", "-z", "--full-name", commit, "--", "."]) as out:
        for row in _fields(out):
            told, _, path = row.partition(b"\t")
            mode, _, blob = told.decode().split()
            if mode in _FILES:
                yield Named(blob, os.fsdecode(path))


def contents_of(root: Path, blobs: Sequence[str], most: int) -> Iterator[tuple[str, bytes]]:
    """Yield the contents of blobs, each with its id, and at most `most` bytes of each.

    Blobs that a partial clone lacks are left out. Raise FileError.
    """
    done = 0
    try:
        for number, found in enumerate(_contents(root, blobs, most), 1):
            yield found
            done = number
    except FileError:
        # git stops at the first blob that it may not fetch.
        if not cut_of(root).partial:
            raise
        here = _here(root, frozenset(blobs[done:]))
        yield from _contents(root, [blob for blob in blobs[done:] if blob in here], most)


def _contents(root: Path, blobs: Sequence[str], most: int) -> Iterator[tuple[str, bytes]]:
    if not blobs:
        return
    import tempfile  # rarely needed

    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{blob}\n" for blob in blobs).encode())
        asked.seek(0)
        with _answer(root, ["cat-file", "--batch", "--buffer"], asked) as out:
            while told := out.readline():
                name, kind, *size = told.decode().split()
                if not size:
                    continue  # missing
                left = int(size[0]) + 1
                content = out.read(min(left, most + 1))
                left -= len(content)
                while left and (more := out.read(min(left, _CHUNK))):
                    left -= len(more)
                if left:
                    break  # git died; its status tells
                if kind == "blob":
                    yield name, content[: int(size[0])][:most]


def _here(root: Path, wanted: frozenset[str]) -> set[str]:
    """Return the objects that this clone has without fetching."""
    words = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"]
    with _answer(root, words) as out:
        return {name for row in out if (name := row.decode().strip()) in wanted}


def _named(pairs: Iterator[tuple[bytes, bytes]]) -> Iterator[Named]:
    """Yield the files in git's raw rows, without deletions, links and submodules."""
    for told, path in pairs:
        fields = told.decode().lstrip(":").split()
        parents = told.count(b":")
        if fields[parents] in _FILES:
            yield Named(fields[2 * parents + 1], os.fsdecode(path))


def _pairs(root: Path, words: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
    """Yield git's raw rows: the description of a path, and the path."""
    with _answer(root, words) as out:
        told = b""
        for field in _fields(out):
            if told:
                yield told, field
                told = b""
            elif field.startswith(b":"):
                told = field


def _fields(out: IO[bytes]) -> Iterator[bytes]:
    """Yield the parts between the NULs of a stream."""
    rest = b""
    while chunk := out.read(_CHUNK):
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields


@contextlib.contextmanager
def _answer(
    root: Path, words: Sequence[str], asked: IO[bytes] | None = None
) -> Iterator[IO[bytes]]:
    """Start git and yield its output. Raise FileError at the end if git failed."""
    options = [word for option in OPTIONS for word in ("-c", option)]
    given = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    import tempfile

    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 - the words are ours, and ids
            ["git", *options, *words],  # noqa: S607
            cwd=root,
            env={**given, **_ENVIRONMENT},
            stdin=asked or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as git:
            yield cast(IO[bytes], git.stdout)
        if git.returncode != 0:
            errors.seek(0)
            raise GitFailedError(git.returncode, errors.read().decode("utf-8", "replace"))


class GitFailedError(FileError):
    """An error of git; `status` is its exit code."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        super().__init__(TROUBLE + said.strip().split("\n")[0], hint=TRUST)


def logged(root: Path, words: Sequence[str]) -> str:
    """Return what `git log` says; nothing without git. Raise FileError."""
    return (_said(root, ["log", *words]) or b"").decode("utf-8", "surrogateescape")


def _said(root: Path, words: Sequence[str], fine: Sequence[int] = (0,)) -> bytes | None:
    """Return git's complete output; None without git. Raise FileError."""
    said = b""
    try:
        with _answer(root, words) as out:
            said = out.read()
    except FileNotFoundError:
        return None
    except GitFailedError as error:
        if error.status not in fine:
            raise
    return said
