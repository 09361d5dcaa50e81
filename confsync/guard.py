"""How many pages may be moved or removed at once without being asked twice."""

from __future__ import annotations

MASS = 10


def too_many(count: int, total: int) -> bool:
    """Whether it is more than `MASS` pages and more than a tenth of them."""
    return count > MASS and count * 10 > total
