"""Every target over any bytes, and over every input that ever failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.targets import TARGETS

FOUND = sorted((Path(__file__).parent / "found").iterdir())


@pytest.mark.parametrize("name", sorted(TARGETS))
@given(
    data=st.binary(max_size=400)
    | st.text(st.characters(codec="utf-8"), max_size=200).map(str.encode)
)
def test_any_bytes(name: str, data: bytes) -> None:
    TARGETS[name](data)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    """A file is called by its target and what was wrong."""
    (target,) = (run for name, run in TARGETS.items() if path.name.startswith(name))
    target(path.read_bytes())
