"""The comments of pages, written beside their documents after a plan was carried out.

A page's comments are listed if it may have new ones. A page whose comments could not be written is
read again by the next pull.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError
from confsync.mirror.comments import files
from confsync.model.config import Comments
from confsync.model.hint import TRASH, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem
from confsync.pull.context import PullRun
from confsync.pull.plan import Plan
from confsync.sync.report import or_own_error
from confsync.sync.threads import bodies
from confsync.workers import batches

TOGETHER = 100


def bring(run: PullRun, plan: Plan) -> None:
    """Write the comments of a space's pages that may have new ones. Report what changed."""
    if run.mirror.config.comments is not Comments.FILES:
        return
    if run.full:
        files.adopt(run.mirror, plan.scan.config, plan.paths)
    wanted = dict(_wanted(run, plan))
    number = 0
    for some in batches(wanted, TOGETHER):
        run.progress(f"reading comments of {plan.scan.config.key}", number, len(wanted))
        for page_id, found in _files(run, some).items():
            if isinstance(found, APIAccessError):
                problem = Problem.of(found)
                said = f"{mentioned(wanted[page_id])}: its comments could not be read"
                run.report.refuse(problem._replace(message=f"{said}: {found.message}"))
            else:
                _put(run, plan, page_id, wanted[page_id], found)
        number += len(some)


def _files(run: PullRun, page_ids: list[str]) -> dict[str, bytes | APIAccessError | None]:
    """Return the file of each page, or the error that kept the page from being listed."""
    answers = run.remote.workers.each(partial(or_own_error, run.remote.threads.of), page_ids)
    listed = dict(zip(page_ids, answers, strict=True))
    known = {i: found for i, found in listed.items() if not isinstance(found, APIAccessError)}
    errors = {i: found for i, found in listed.items() if isinstance(found, APIAccessError)}
    try:
        return {**bodies.files_of(run.mirror, run.remote, known), **errors}
    except EVERYBODYS:
        raise
    except APIAccessError as error:
        return {**dict.fromkeys(known, error), **errors}


def _wanted(run: PullRun, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the pages whose comments to list, each with the path of its document."""
    paths = plan.paths
    if run.notice:
        due = run.notice.pages_due(paths)
    else:
        read = {page_id for page_id, case in plan.view.cases.items() if case.page}
        due = {i for i in read if run.options.selection.has(paths[i])}
    for page_id in sorted(due, key=lambda i: paths[i]):
        if os.path.lexists(run.mirror.root / paths[page_id]):
            yield page_id, paths[page_id]


def _put(run: PullRun, plan: Plan, page_id: str, path: str, data: bytes | None) -> None:
    try:
        wrote, changed = files.put(run.mirror, path, data)
    except ConfsyncError as error:
        run.report.refuse(Problem.of(error))
        return
    if run.notice:
        run.notice.wrote(page_id)
    if wrote:
        note = f"comments; a copy of the changed file is in {TRASH}" if changed else "comments"
        info = plan.view.infos.get(page_id)
        title, number = (info.title, info.version.number) if info else ("", None)
        about = page_id, title, "", number, number
        run.report.amend(PageResult(path, Outcome.REFRESHED, *about, note=note))
