"""The table of hints: each hint of the code, and the test that types it.

A line of `table.tsv` has a hint behind its module, a tab, and the test. `{}` stands for what
differs each time. Where no test types a hint, `-` and the reason stand in the place of the test.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.hints.code import pattern_of

_LINES = (Path(__file__).parent / "table.tsv").read_text(encoding="utf-8").splitlines()
# Hint to test, and hint to the reason why no test types it.
TYPED = {hint: test for hint, test in (line.split("\t") for line in _LINES) if test[0] != "-"}
UNTYPED = {hint: why for hint, why in (line.split("\t") for line in _LINES) if why[0] == "-"}

# Where the tests of this directory type, from the mirror: the last part of their ids.
STANDPOINTS = {"here": ".", "below": "my notes", "above": ".."}


def untyped(test: str, typed: Iterable[str]) -> list[str]:
    """Return the hints that the table gives to a test and that the test did not type.

    `test` is a test's id as pytest has it. A line without parameters means all of them.
    """
    typed = list(typed)
    for standpoint in STANDPOINTS:
        test = test.replace(f"-{standpoint}]", "]")
    expected = [hint for hint, name in TYPED.items() if name in (test, test.partition("[")[0])]
    return [hint for hint in expected if not any(map(pattern_of(hint).match, typed))]
