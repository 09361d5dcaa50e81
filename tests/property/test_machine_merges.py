"""The state machine sees what git's merges make of documents, with the merge driver."""

from __future__ import annotations

import pytest

from tests.property.machine import Team
from tests.property.team.lines import marks

from .test_machine import pull


@pytest.mark.parametrize("rebase", [False, True])
def test_a_branch_takes_over_a_version_that_main_pulled(rebase: bool) -> None:
    """The merged document has both lines. If it had the newer stamp alone, that would be seen."""
    team = Team()
    team.start()
    desk = team.desk(0)
    desk.use_the_driver()
    team.change_branches(d=0, n=1)
    guide = next(path for path in desk.documents() if path.name == "guide.xhtml")
    team.type_a_line(d=0, n=desk.documents().index(guide), where=0)
    mine = marks(guide.read_text())
    team.change_branches(d=0, n=0)
    row = desk.page_of(guide)
    assert row
    team.site.store.edit(row.id, f"{row.body}<p>{team.site.line()}</p>", raw=True)
    pull(team)
    if rebase:
        team.rebase_a_branch(d=0)
    else:
        team.merge_a_branch(d=0, how=("--no-edit",))
    assert marks(guide.read_text()) == mine | marks(team.site.store.page(row.id).body)
    team.check()
    team.teardown()
