"""Results in a terminal: which lines are divided, and which stay whole."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from confsync.cli.render import Display, as_text
from confsync.errors import Exit
from confsync.model.diagnosis import Check
from confsync.model.result import Problem, Result

LONG = "Cloud: CONFSYNC_USER is your e-mail address. Data Center: CONFSYNC_TOKEN alone, no user"
COMMAND = (
    "'export CONFSYNC_URL=https://acme.atlassian.net/wiki' restricts them to this server alone"
)


TWO = "'confsync diff --remote ENG/guide.xhtml' shows them; 'confsync pull --merge' brings them in"


def shown(hint: str, *, terminal: bool) -> list[str]:
    checks = (Check("configuration", "found"), Check("server", "no", exit=Exit.LOCAL, hint=hint))
    display = Display(str, datetime.now(UTC), terminal=terminal)
    return as_text(Result("doctor", checks=checks), display)[1].splitlines()


def test_a_hint_of_the_doctor_is_divided_at_the_edge_of_a_terminal() -> None:
    _, _, *lines = shown(LONG, terminal=True)
    assert len(lines) == 2
    assert all(len(line) <= 80 and line.startswith(" " * 21) for line in lines)
    assert " ".join(line.strip() for line in lines) == LONG


def of_error(hint: str, *, terminal: bool) -> list[str]:
    problem = Problem("x", "no", hint=hint)
    display = Display(str, datetime.now(UTC), terminal=terminal)
    return click.unstyle(as_text(Result("pull", errors=(problem,)), display)[2]).splitlines()


def test_each_command_of_a_long_hint_has_a_line_of_a_narrow_terminal() -> None:
    first, second = TWO.split("; ")
    assert of_error(TWO, terminal=True) == ["error: no", f"hint: {first};", f"      {second}"]
    assert of_error(TWO, terminal=False) == ["error: no", f"hint: {TWO}"]
    short = "'confsync pull' brings it; 'confsync push' sends it"
    assert of_error(short, terminal=True) == ["error: no", f"hint: {short}"]


@pytest.mark.parametrize(("hint", "terminal"), [(COMMAND, True), (LONG, False)])
def test_a_command_and_the_line_of_a_file_stay_whole(hint: str, terminal: bool) -> None:
    assert shown(hint, terminal=terminal)[2:] == [" " * 21 + hint]
