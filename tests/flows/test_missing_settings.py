"""Settings that the pages of a Data Center do not have."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes


@pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)
@pytest.mark.parametrize("name", ["owner", "state"])
@pytest.mark.parametrize("command", ["pull", "push", "status --remote", "doctor"])
def test_a_setting_that_a_data_center_lacks_is_named(
    wiki: Sandbox, desk: Desk, guide: str, name: str, command: str
) -> None:
    desk.choose("width", name)
    run = desk(*command.split(), exit=None)
    assert run.exit != 0
    said = run.out + run.err
    assert f".confsync.yaml: settings: a Data Center tells no {name} of a page" in said
    assert f"take '{name}' out of the list" in said
    assert writes(wiki) == []
