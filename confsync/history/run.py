"""The flow of a history: list, compare with the branch, read what is new, commit, move the branch.

The branch moves once, at the end of each space. Whatever stops a run before leaves it unchanged.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from confsync.errors import FileError, UsageError
from confsync.history.area import Area
from confsync.history.commits import CONFLUENCE, Commit, Edit, commits, fixes, in_order
from confsync.history.news import News, news_of
from confsync.history.options import HistoryRun
from confsync.history.recorded import Recorded, recorded
from confsync.history.space_tree import Changes, Item, SpaceTree
from confsync.mirror.git import attributes, removals, repository, worktree
from confsync.mirror.git.branch import fast_import, mailmap
from confsync.mirror.git.branch.fast_import import Entry, Importer
from confsync.mirror.git.history import prefix_of
from confsync.mirror.mirror import current
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.filenames import REMOVED
from confsync.model.hint import marked
from confsync.model.page import User
from confsync.model.result import Result
from confsync.model.shell import quoted
from confsync.sync.people import names_of

if TYPE_CHECKING:
    from git import Git

_NO_GIT = "a history needs a git repository, and this mirror is in none"


def record_history(run: HistoryRun) -> Result:
    """Record every space that was asked for. The error of one space does not stop the others.

    Raise FileError without a git repository, UsageError for an unknown space.
    """
    command = _command(run)
    spaces = _spaces(run)
    with run.mirror.lock(), run.report.run():
        for key, configs in spaces.items():
            with run.report.step():
                _record(run, command, key, configs)
    return run.report.result()


def _command(run: HistoryRun) -> Git:
    command = repository.at(run.mirror.root)
    if command is None or not worktree.surrounds(run.mirror.root):
        raise FileError(_NO_GIT, hint=f"'git init {marked('.')}' makes one")
    return command


def _spaces(run: HistoryRun) -> dict[str, list[SpaceConfig]]:
    """Return the configurations of each space that was asked for, its blog included."""
    found: dict[str, list[SpaceConfig]] = {}
    for space in run.mirror.config.spaces:
        found.setdefault(space.key, []).append(space)
    keys = {key.casefold(): key for key in found}
    for name in run.options.spaces:
        if name.casefold() not in keys:
            known = " ".join(map(quoted, found))
            raise UsageError(
                f"this mirror has no space '{name}'", hint=f"'confsync history {known}'"
            )
    wanted = {keys[name.casefold()] for name in run.options.spaces} or set(found)
    return {key: configs for key, configs in found.items() if key in wanted}


def _record(run: HistoryRun, command: Git, key: str, configs: Sequence[SpaceConfig]) -> None:
    """Bring the branch of one space up to date."""
    branch = fast_import.branch_name(key)
    reference = f"refs/heads/{branch}"
    if fast_import.is_checked_out(command, reference):
        raise FileError(
            f"the branch {branch} is checked out, so confsync does not move it",
            hint="'git switch --detach' leaves it where it is",
        )
    tip = fast_import.commit_at(command, reference)
    length = fast_import.id_length(command)
    known = recorded(command, tip, [config.path for config in configs])
    areas = [Area.of(run.remote, config, run.mirror.config.layout) for config in configs]
    with Importer(command, reference, tip, length) as importer:
        news = [news_of(run, n, area, known, importer) for n, area in enumerate(areas)]
        trees = [_tree(area, length) for area in areas]
        made = _commits(run, trees, areas, known, news)
        count = _send(run, importer, areas, made)
        if not count:
            run.report.note(f"{branch}: nothing new")
            return
        importer.finish()
    edits = [edit for one in news for edit in one.edits]
    run.report.note(f"{branch}: {_told(edits, count)}")
    _name_authors(run, command, (edit.author for edit in edits))


def _told(edits: Sequence[Edit], count: int) -> str:
    pages = len({edit.item.key for edit in edits})
    told = [f"{_counted(len(edits), 'version')} of {_counted(pages, 'page')}"] if edits else []
    others = count - len(edits)
    return ", ".join([*told, *([_counted(others, "other change")] if others else [])])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _tree(area: Area, length: int) -> SpaceTree:
    texts = area.folder_texts().items()
    return SpaceTree(area.frame({i: repository.blob_id(raw, length) for i, raw in texts}))


# -- the commits -----------------------------------------------------------------------------------


def _commits(
    run: HistoryRun,
    trees: Sequence[SpaceTree],
    areas: Sequence[Area],
    known: Recorded,
    news: Sequence[News],
) -> Iterator[Commit]:
    """Yield all commits that the branch lacks, in their order."""
    now = run.clock()
    repaired = _repaired(trees, areas, known)
    if known.tip and repaired:
        message = "The places of documents and folders as they are now\n"
        yield Commit(CONFLUENCE.id, int(now.timestamp()), message, repaired)
    yield from commits(trees, in_order(edit for one in news for edit in one.edits))
    yield from fixes(trees, [fix for one in news for fix in one.fixes], now)


def _repaired(trees: Sequence[SpaceTree], areas: Sequence[Area], known: Recorded) -> Changes:
    """Put the recorded pages into the trees. Return what their places now change in the files."""
    files: Changes = {}
    for tree, area in zip(trees, areas, strict=True):
        for page_id, kept in known.pages.items():
            if area.config.holds(kept.path):
                stamp = kept.stamp
                tree.put(Item(page_id, kept.title, stamp.parent, kept.content, stamp.posted))
        files |= tree.changes()
    gone = dict.fromkeys((path for path in known.files if path not in files), None)
    return gone | {path: i for path, i in files.items() if known.files.get(path) != i}


def _send(
    run: HistoryRun, importer: Importer, areas: Iterable[Area], made: Iterable[Commit]
) -> int:
    """Send commits to git, the first with the files beside the documents. Return their number."""
    prefix = prefix_of(run.mirror.root) or ""
    count = 0
    for commit in made:
        files: Mapping[str, str | None] = commit.changes
        if not count:
            for area in areas:
                for raw in area.folder_texts().values():
                    importer.blob(raw)
            files = files if importer.tip else {**_beside(run, importer), **files}
        named = {prefix + path: content for path, content in files.items()}
        importer.commit(Entry(commit.author, commit.seconds, commit.message, named))
        count += 1
    return count


def _beside(run: HistoryRun, importer: Importer) -> dict[str, str]:
    """Return the files that make a checkout of the branch a mirror, as the mirror has them."""
    lines = b"".join(line + b"\n" for line in attributes.LINES)
    given = {FILE_NAME: b"", attributes.NAME: lines, REMOVED: removals.HEADER}
    return {
        name: importer.blob(current(name, run.mirror.root / name) or raw)
        for name, raw in given.items()
    }


# -- the authors -----------------------------------------------------------------------------------


def _name_authors(run: HistoryRun, command: Git, authors: Iterable[User]) -> None:
    """Write the authors' names to the mailmap. Without it, `git log` shows their ids."""
    path = mailmap.place_of(command)
    known = mailmap.names_in(path)
    given = {user.id: user.name for user in authors if user.id}
    asked = [i for i, name in given.items() if not name and i not in known]
    found = {i: name for i, name in given.items() if name}
    found |= names_of(run.mirror, run.remote, asked)
    try:
        mailmap.write(path, {**known, **found})
    except OSError as error:
        run.report.note(f"{os.fspath(path)}: cannot be written: {error.strerror}")
        return
    other = mailmap.connect(command, path)
    if other:
        run.report.note(f"git takes the names of authors from {other}, not from {path}")
