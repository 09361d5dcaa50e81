"""The runs that the lines of an audit trail tell."""

from __future__ import annotations

import json

from confsync.bulk.runs import runs_of
from confsync.model.event import Event


def settings(before: object, after: object) -> Event:
    values = (json.dumps(one) for one in (before, after))
    return Event("set", "1", "ENG/a.xhtml", 3, 3, *values, "Ana", "2026-12-01", run="r")


def test_settings_that_were_sent_in_two_steps_are_one_change() -> None:
    first = settings({"width": None, "order": 4}, {"width": "full", "order": 2})
    (run,) = runs_of([first, settings({"order": 2}, {"order": 1})])
    (page,) = run.pages
    assert page.settings is not None
    assert json.loads(page.settings.before or "") == {"width": None, "order": 4}
    assert json.loads(page.settings.after or "") == {"width": "full", "order": 1}
    (run,) = runs_of([first])
    assert run.pages[0].settings == (first.before, first.after)
