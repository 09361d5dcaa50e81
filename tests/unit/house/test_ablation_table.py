"""The table of safety checks: CONTRIBUTING and the script that takes them out say the same."""

from __future__ import annotations

from tests import ablation


def test_contributing_and_the_script_name_the_same_checks_which_stand_in_the_source() -> None:
    assert ablation.contradictions() == []


def test_every_named_test_is_there() -> None:
    for one in ablation.ABLATIONS:
        for test in one.tests:
            file, _, name = test.partition("::")
            assert f"\ndef {name}(" in (ablation.ROOT / file).read_text(encoding="utf-8"), test
