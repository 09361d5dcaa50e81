"""The sandbox and the desk of the flows, met here with ill will."""

from __future__ import annotations

from tests.flows.conftest import desk, desk_at, guide, wiki

__all__ = ["desk", "desk_at", "guide", "wiki"]
