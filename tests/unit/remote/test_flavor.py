"""Cloud or Data Center: the table over what both APIs say."""

from __future__ import annotations

import itertools

import pytest

from confsync.remote.connect import Said, flavor_of

ANSWERS, HIDES, FORBIDS, REFUSES, ABSENT = Said
# v2, v1, and the flavor.
TABLE = [
    (ANSWERS, ABSENT, "cloud"),
    (HIDES, FORBIDS, "cloud"),  # Cloud, with bad credentials
    (HIDES, ANSWERS, "datacenter"),  # a proxy answers unknown addresses with JSON
    (HIDES, REFUSES, "datacenter"),  # the same, with bad credentials
    (ABSENT, ANSWERS, "datacenter"),
    (ABSENT, REFUSES, "datacenter"),
    (ABSENT, FORBIDS, "datacenter"),  # no credentials
    (REFUSES, REFUSES, "datacenter"),
    (FORBIDS, FORBIDS, "datacenter"),
    (HIDES, HIDES, None),  # a proxy before nothing
    (HIDES, ABSENT, None),
    (ABSENT, HIDES, None),
    (ABSENT, ABSENT, None),
]


@pytest.mark.parametrize(("v2", "v1", "flavor"), TABLE)
def test_the_flavor_is_that_of_both_answers(v2: Said, v1: Said, flavor: str | None) -> None:
    assert flavor_of(v2, v1) == flavor


def test_every_pair_of_answers_has_a_flavor_or_none() -> None:
    found = {flavor_of(v2, v1) for v2, v1 in itertools.product(Said, Said)}
    assert found == {"cloud", "datacenter", None}
