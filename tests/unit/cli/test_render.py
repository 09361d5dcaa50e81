"""Results in a terminal: which lines are divided, and which stay whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from confsync.cli.render import Display, as_text
from confsync.errors import Exit
from confsync.model.diagnosis import Check
from confsync.model.result import Result

LONG = "Cloud: CONFSYNC_USER is your e-mail address. Data Center: CONFSYNC_TOKEN alone, no user"
COMMAND = (
    "'export CONFSYNC_URL=https://acme.atlassian.net/wiki' restricts them to this server alone"
)


def shown(hint: str, *, terminal: bool) -> list[str]:
    checks = (Check("configuration", "found"), Check("server", "no", exit=Exit.LOCAL, hint=hint))
    display = Display(str, datetime.now(UTC), terminal=terminal)
    return as_text(Result("doctor", checks=checks), display)[1].splitlines()


def test_a_hint_of_the_doctor_is_divided_at_the_edge_of_a_terminal() -> None:
    _, _, *lines = shown(LONG, terminal=True)
    assert len(lines) == 2
    assert all(len(line) <= 80 and line.startswith(" " * 21) for line in lines)
    assert " ".join(line.strip() for line in lines) == LONG


@pytest.mark.parametrize(("hint", "terminal"), [(COMMAND, True), (LONG, False)])
def test_a_command_and_the_line_of_a_file_stay_whole(hint: str, terminal: bool) -> None:
    assert shown(hint, terminal=terminal)[2:] == [" " * 21 + hint]
