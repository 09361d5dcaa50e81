"""The refusal of pages that were moved on the server, by a plan and by its application."""

from __future__ import annotations

from dataclasses import replace

from confsync.errors import Exit
from confsync.model.outcome import Outcome, PageResult
from confsync.push.write_page import writable
from confsync.sync.compare import Parent
from confsync.sync.fetch import Case


def is_elsewhere(case: Case, *, extras: bool) -> bool:
    """Return whether only the server moved a page to which a text or `extras` would be sent."""
    return case.decisions.parent is Parent.FOLLOW and (extras or writable(case))


def moved_since(result: PageResult) -> PageResult:
    """Return the refusal of a page that has another place on the server."""
    why = "the page has another place on the server than its document has"
    hint = "'confsync pull' follows it; 'confsync push --plan new-plan.json' plans anew"
    return replace(result, outcome=Outcome.REJECTED, error=why, hint=hint, exit=Exit.REFUSED)
