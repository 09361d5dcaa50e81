"""The table of safety checks: CONTRIBUTING and the script that takes them out say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ablation


def test_contributing_and_the_script_name_the_same_checks_which_stand_in_the_source() -> None:
    assert ablation.contradictions() == []


def test_every_named_test_is_there() -> None:
    for one in ablation.ABLATIONS:
        for test in one.tests:
            file, _, name = test.partition("::")
            assert f"\ndef {name}(" in (ablation.ROOT / file).read_text(encoding="utf-8"), test


TESTS = """
import subprocess, sys, pytest

def test_passes(tmp_path):
    subprocess.run([sys.executable, "-c", "import only_here"], cwd=tmp_path, check=True)

@pytest.mark.parametrize("number", [1, 2])
def test_fails_once(number):
    assert number == 1

def test_is_skipped():
    pytest.skip("not here")
"""


def test_a_test_that_is_skipped_has_not_failed(tmp_path: Path) -> None:
    (tmp_path / "only_here.py").touch()
    (tmp_path / "test_one.py").write_text(TESTS)
    names = {f"test_one.py::test_{name}" for name in ("passes", "fails_once", "is_skipped")}
    failed, passed = ablation.outcomes(tmp_path, names, ablation.PATIENCE)
    assert (failed, passed) == ({"test_one.py::test_fails_once"}, {"test_one.py::test_passes"})
    with pytest.raises(RuntimeError, match=r"not found: .*test_nowhere"):
        ablation.outcomes(tmp_path, {"test_one.py::test_nowhere"}, ablation.PATIENCE)
