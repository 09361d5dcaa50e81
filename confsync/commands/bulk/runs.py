"""The command `log --runs`: the pushes of this mirror, by its audit trail and by git."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from confsync.bulk.runs import (
    ARCHIVED,
    CREATED,
    DELETED,
    Change,
    Run,
    WrittenFile,
    WrittenPage,
    runs_of,
    sorted_pages,
)
from confsync.mirror.committed.runs import Committed, RunCommit, run_commits
from confsync.mirror.mirror import Mirror
from confsync.model.result import Result
from confsync.model.stamp import Stamp, folded, words_of


@dataclass(frozen=True, slots=True)
class RunsResult(Result):
    """The result of `log --runs`."""

    runs: tuple[Run, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope, with the runs."""
        return {**Result.as_json(self), "runs": [run.as_json() for run in self.runs]}


def runs(mirror: Mirror, count: int | None = None) -> RunsResult:
    """Return the pushes that the audit trail or HEAD's history names, oldest first.

    With `count`, return only the newest. Raise FileError.
    """
    # Two runs of one second stay in the order of the trail.
    found = sorted(_known_runs(mirror).values(), key=lambda run: run.at)
    return RunsResult("log", runs=tuple(found[-count if count else 0 :]))


def _known_runs(mirror: Mirror) -> dict[str, Run]:
    """Return the pushes that the audit trail or HEAD's history names, by id. Raise FileError.

    The trail knows more: it has the labels and attachments of each write.
    """
    known = {run.run: run for run in runs_of(mirror.audit.read())}
    for commit in run_commits(mirror.root, mirror.config.directories):
        if commit.run not in known:
            known[commit.run] = Run(commit.run, commit.time, sorted_pages(_written(commit)))
    return known


def _written(commit: RunCommit) -> Iterator[WrittenPage]:
    """Yield the pages of a commit."""
    for page, (before, after) in commit.pages.items():
        if after is None and before is not None:
            what = ARCHIVED if page in commit.archived else DELETED
            yield WrittenPage(page, before.path, what, before.stamp.version)
        elif after is not None and before is None:
            yield WrittenPage(page, after.path, CREATED, None, after.stamp.version)
        elif after is not None and before is not None and after.stamp != before.stamp:
            yield _changed(before, after)


def _changed(before: Committed, after: Committed) -> WrittenPage:
    """Return a page whose stamp a commit changed."""
    old, new = before.stamp, after.stamp
    text = Change(old.digest, new.digest) if old.digest != new.digest else None
    place = Change(old.parent or "", new.parent or "") if old.parent != new.parent else None
    labels = Change(_words(old), _words(new)) if _words(old) != _words(new) else None
    # Stamps have digests of values. Only the audit trail has the values.
    settings = Change(None, None) if old.properties != new.properties else None
    beside = "labelled" if labels else "set" if settings else "attached"
    what = "updated" if text else "moved" if place else beside
    page = WrittenPage(new.id, after.path, what, files=tuple(_files(old, new)))
    if what == "attached":
        return page
    page = page._replace(base=old.version, version=new.version, settings=settings)
    return page._replace(text=text, place=place, labels=labels)


def _words(stamp: Stamp) -> str:
    return words_of(folded(stamp.labels) or ())


def _files(old: Stamp, new: Stamp) -> Iterator[WrittenFile]:
    """Yield the attachments in which two stamps differ."""
    before = {one.name: one.digest for one in old.attachments}
    after = {one.name: one.digest for one in new.attachments}
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield WrittenFile(name, Change(before.get(name), after.get(name)))
