"""Git, where there is one: what was deleted, and what HEAD has of a document.

Only this module imports `git`. Everything but git features works without a repository and without
a git binary.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from confsync.document.attachments.names import document_of
from confsync.errors import ConfigError, FileError, UsageError
from confsync.mirror.git import blobs
from confsync.mirror.git.head import (
    ENVIRONMENT,
    OPTIONS,
    TROUBLE,
    TRUST,
    documents_of_head,
    is_document,
)

if TYPE_CHECKING:
    from git import Git, Repo


def version() -> str | None:
    """What git says of itself; None without git."""
    git = _git()
    return str(git.Git().version()) if git else None


def holds(root: Path) -> bool:
    """Whether the mirror is in a repository that has a commit."""
    with _repository(root) as repo:
        return repo is not None


def deleted_documents(
    root: Path,
    directories: Sequence[str],
    revision: str = "HEAD",
    here: frozenset[str] = frozenset(),
) -> dict[str, bytes]:
    """Documents that a commit has and the work tree lacks: deleted on purpose. Path to content.

    Of another branch's commit, that is where the two parted: what came to it since was not deleted
    here. Paths are relative to the mirror; `here` are documents that are known to stand. Empty
    without git, without a repository, without a commit. Raises UsageError for a revision that is
    none.
    """
    known = documents_of_head(str(root), directories) if revision == "HEAD" else None
    if known is not None and here.issuperset(known[0]):
        return {}
    with _repository(root) as repo:
        if repo is None:
            return {}
        command = _harmless(_command(repo, root))
        commit = common(command, revision)
        listed = listed_at(command, commit, directories)
        gone = _gone(command, root, directories, filter(is_document, listed))
        return _contents(command, commit, {name: listed[name] for name in gone})


class HeadFiles(NamedTuple):
    """The attachments' files that HEAD has and that may have been deleted in the work tree.

    `paths` has all of them. `documents` are those of HEAD that own one: path to content.
    `ownerless` are the contents of files that are gone and beside which HEAD has no document; if
    there are any, `documents` are all of HEAD's.
    """

    paths: frozenset[str] = frozenset()
    documents: Mapping[str, bytes] = {}
    ownerless: Mapping[str, bytes] = {}


def attachments_of_head(root: Path, directories: Sequence[str]) -> HeadFiles:
    """Return the attachments' files that HEAD has, without those that a sparse checkout left out.

    Empty without git, without a repository, without a commit. Raises FileError for a partial clone
    that lacks one of their documents.
    """
    with _repository(root) as repo:
        if repo is None:
            return HeadFiles()
        command = _harmless(_command(repo, root))
        listed = listed_at(command, "HEAD", directories)
        sparse = _left_out(command, directories)
        owners = {n: owner for n in listed if (owner := document_of(n)) and n not in sparse}
        ownerless = [
            n for n, owner in owners.items() if owner not in listed and not stands(root / n)
        ]
        wanted = filter(is_document, listed) if ownerless else set(owners.values()) & listed.keys()
        return HeadFiles(
            frozenset(owners),
            _contents(command, "HEAD", {name: listed[name] for name in wanted}),
            _contents(command, "HEAD", {name: listed[name] for name in ownerless}),
        )


def committed(
    root: Path, directories: Iterable[str], here: Mapping[str, bytes]
) -> dict[str, bytes]:
    """What HEAD has of some documents that are other bytes `here`; paths relative to the mirror.

    Empty without git, without a repository, without a commit.
    """
    with _repository(root) as repo:
        if repo is None:
            return {}
        command = _harmless(_command(repo, root))
        listed = listed_at(command, "HEAD", directories)
        other = {
            name: listed[name]
            for name, raw in here.items()
            if name in listed and listed[name] != blob_id(raw, len(listed[name]))
        }
        found = dict(blobs.contents(command, set(other.values())))
        return {name: raw for name, i in other.items() if (raw := found[i]) is not None}


def blob_id(raw: bytes, length: int) -> str:
    """The name that git has for a content: SHA-1 or SHA-256, as the length says."""
    made = hashlib.sha1 if length == 40 else hashlib.sha256
    return made(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()


def listed_at(command: Git, commit: str, directories: Iterable[str]) -> dict[str, str]:
    """The files that a commit has below some directories of the mirror: path to object id."""
    rows = split(command.ls_tree("-r", "-z", commit, "--", *directories))
    return {name: line.split()[2] for line, _, name in (row.partition("\t") for row in rows)}


def _contents(command: Git, commit: str, listed: Mapping[str, str]) -> dict[str, bytes]:
    """Read files of a commit: path to content. Raises FileError if one of them is missing."""
    found = dict(blobs.contents(command, set(listed.values())))
    missing = [name for name, blob in listed.items() if found[blob] is None]
    if missing:
        raise FileError(
            f"git does not have the content of {missing[0]} here (a partial clone)",
            hint=f"'git diff --stat {commit}' fetches it",
        )
    return {name: found[blob] or b"" for name, blob in listed.items()}


def _gone(command: Git, root: Path, directories: Iterable[str], listed: Iterable[str]) -> list[str]:
    """The files of a commit that the work tree lacks."""
    # Not 'git diff': it looks into files that seem changed, through whatever filter is set.
    gone = [name for name in listed if not stands(root / name)]
    sparse = _left_out(command, directories) if gone else frozenset()
    return [name for name in gone if name not in sparse]


def _command(repo: Repo, root: Path) -> Git:
    """Git's commands in the mirror, with this repository's index.

    A hook names its own repository's index in the environment. Where the mirror is in another one,
    a commit would go to the index of the commit that the hook belongs to.
    """
    command = type(repo.git)(str(root))
    given = os.environ.get("GIT_INDEX_FILE")
    if given:
        place = Path(repo.working_tree_dir or root, given).parent
        own = Path(repo.git_dir)
        others = (place / "HEAD").is_file() and place.resolve() != own.resolve()
        if others or not place.is_dir():
            command.update_environment(GIT_INDEX_FILE=str(own / "index"))
    return command


def _harmless(command: Git) -> Git:
    """The same git, which starts no program that a repository names."""
    command.update_environment(**ENVIRONMENT)
    command.set_persistent_git_options(c=list(OPTIONS))
    return command


def _left_out(command: Git, directories: Iterable[str]) -> frozenset[str]:
    """What the index has and a sparse checkout leaves out of the work tree, on purpose as well."""
    listed = split(command.ls_files("-t", "-z", "--", *directories))
    return frozenset(line[2:] for line in listed if line.startswith("S "))


def stands(path: Path) -> bool:
    """Whether anything but a directory stands there, or may: what cannot be told is not gone."""
    try:
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        # Behind a link that leads nowhere now, such as to a drive that is away.
        return any(parent.is_symlink() and not parent.exists() for parent in path.parents)
    except NotADirectoryError:
        return False
    except OSError:
        return True


def split(listed: str) -> list[str]:
    return [name for name in listed.split("\0") if name]


def common(command: Git, revision: str) -> str:
    """Where HEAD and a revision parted. Raises UsageError, ConfigError in a clone too shallow."""
    if revision == "HEAD":
        return revision
    status, out, _ = command.merge_base(
        "HEAD", commit_of(command, revision), with_extended_output=True, with_exceptions=False
    )
    if status == 0:
        return str(out).strip()
    if command.rev_parse("--is-shallow-repository") == "true":
        raise _too_shallow(revision)
    raise UsageError(f"'{revision}' and HEAD have no commit in common")


def _too_shallow(revision: str) -> ConfigError:
    return ConfigError(
        f"this clone is too shallow to know what changed since '{revision}'",
        hint="'git fetch --unshallow', or fetch-depth: 0 where a workflow checks out",
    )


def commit_of(command: Git, revision: str) -> str:
    """The id of a commit; an option is none, whatever it looks like."""
    status, out, _ = command.rev_parse(
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{revision}^{{commit}}",
        with_extended_output=True,
        with_exceptions=False,
    )
    if status != 0:
        if command.rev_parse("--is-shallow-repository") == "true":
            raise _too_shallow(revision)
        raise UsageError(f"git knows no commit '{revision}'")
    return str(out).strip()


def _git() -> Any:
    """The module GitPython, which refuses to load without a git binary; then None."""
    try:
        import git
    except ImportError:
        return None
    return git


@contextlib.contextmanager
def command_in(root: Path) -> Iterator[Git]:
    """Git's commands in the mirror, as the user has them: with hooks, filters and signing.

    Only for what a person asked of git by name. Raises FileError without a repository that has a
    commit.
    """
    with _repository(root) as repo:
        if repo is None:
            raise FileError(
                "this needs a git repository with a commit", hint="'git init', then commit"
            )
        yield _command(repo, root)


@contextlib.contextmanager
def _repository(root: Path) -> Iterator[Repo | None]:
    """The repository that holds the mirror, closed again; None when there is none to use.

    Raises FileError for one that git itself has trouble with: what it cannot tell, such as which
    documents were deleted on purpose, must not be guessed.
    """
    git = _git()
    if git is None:
        yield None
        return
    try:
        repo = git.Repo(root.resolve(), search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        yield None
        return
    try:
        _harmless(repo.git)
        yield repo if _has_commit(_harmless(git.Git(str(root)))) and not repo.bare else None
    except (git.GitCommandError, git.BadName, ValueError, KeyError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        said = said.removeprefix("stderr: ").strip("'").split("\n")[0]
        raise FileError(f"{TROUBLE}{said}", hint=TRUST) from None
    finally:
        repo.close()


def _has_commit(command: Git) -> bool:
    status, _, said = command.rev_parse(
        "--verify", "--quiet", "HEAD", with_extended_output=True, with_exceptions=False
    )
    if status not in (0, 1):
        raise ValueError(said.strip())
    return bool(status == 0)


@contextlib.contextmanager
def quiet(root: Path) -> Iterator[Git | None]:
    """Git's commands in the mirror, which start no program; None where there is nothing to ask."""
    with _repository(root) as repo:
        yield _harmless(_command(repo, root)) if repo else None


def nowhere(directory: str) -> Git | None:
    """Git's commands in no repository, also where a hook's environment names one; None without git.

    The user's own settings hold; nobody else's do, and what they name is not started.
    """
    git = _git()
    if git is None:
        return None
    command = _harmless(git.Git(directory))
    command.update_environment(GIT_DIR=os.devnull, GIT_ATTR_NOSYSTEM="1")
    options = (*OPTIONS, f"core.attributesFile={os.devnull}", "core.autocrlf=false")
    command.set_persistent_git_options(c=list(options))
    return command
