"""Run a part of a long search of the state machine, and note it in `record.tsv`.

``python -m tests.property --seed 7 --examples 500`` runs 500 histories; the seed decides which.
The line says: date, commit, seed, histories, steps, seconds, result.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import profiles
from tests.property.rules import base

HERE = Path(__file__).parent
TEST = f"{HERE / 'test_machine.py'}::test_whatever_a_team_does_nothing_is_lost"


def main() -> int:
    """Run the part that the arguments name; return pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.property", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--examples", type=int, default=500)
    asked = parser.parse_args()
    os.environ["HYPOTHESIS_PROFILE"] = profiles.register_part(asked.examples)
    began = time.monotonic()
    calm = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    exit_code = pytest.main([*calm, f"--hypothesis-seed={asked.seed}", TEST])
    result = "green" if exit_code == 0 else "red"
    note(asked.seed, round(time.monotonic() - began), result)
    return int(exit_code)


def note(seed: int, seconds: int, result: str) -> None:
    """Append a line about a part to the record."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    done = base.counts
    cells = (now, commit(), seed, done.histories, done.steps, seconds, result)
    with (HERE / "record.tsv").open("a", encoding="utf-8") as record:
        record.write("\t".join(map(str, cells)) + "\n")


def commit() -> str:
    """Return the name of the commit that is tested, with a plus if files differ from it."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=HERE, capture_output=True, text=True
    )
    return told.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
