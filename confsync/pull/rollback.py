"""Pages that go back in versions, as on a server that was restored from a backup.

What an older version replaces goes to the trash in any case. Many pages at once are a mass change,
which waits for permission.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.document.document import parse
from confsync.errors import Exit
from confsync.model.result import Problem
from confsync.pull.plan import Plan, Step
from confsync.sync.refusals import too_many

_KEPT = "v{old} -> v{new}, a lower number; a copy of the file is in .confsync/trash"


def goes_back(step: Step) -> bool:
    """Return whether a step replaces the text of a document by that of an older version."""
    found = step.entry.document if step.entry else None
    if found is None or found.stamp is None or step.base is None or step.data is None:
        return False
    if step.base[0].version >= found.stamp.version:
        return False
    after = parse(step.data, step.result.path)
    return after.digest != found.digest


def kept(step: Step) -> Step:
    """Return the step; if it goes back, what it replaces goes to the trash."""
    if step.entry is None or step.discarded is not None or not goes_back(step):
        return step
    result = step.result
    said = result.error or _KEPT.format(old=result.base, new=result.remote)
    return replace(step, discarded=step.entry.raw, result=replace(result, error=said))


def mass_rollback(plan: Plan) -> Iterator[Problem]:
    """Yield why a plan waits for permission if it goes back in versions of many pages."""
    stamped = [entry for entry in plan.scan.entries if entry.page_id]
    pages = [step.result.path for step in plan.steps if goes_back(step)]
    files = sum(step.bringing.rollbacks for step in plan.steps if step.bringing)
    if not too_many(max(len(pages), files), len(stamped)):
        return
    what = f"replace {len(pages)} of the {len(stamped)} pages"
    what += f" and {files} attachments" if files else ""
    named = f" (such as {', '.join(pages[:3])})" if pages else ""
    yield Problem(
        "mass-change",
        f"{plan.scan.config.key}: the server went back: this pull would {what} by older "
        f"versions{named}",
        "'confsync pull --dry-run' lists them; --allow-mass-rollback lets it happen, and keeps "
        "what is replaced in .confsync/trash",
        Exit.REFUSED,
    )
