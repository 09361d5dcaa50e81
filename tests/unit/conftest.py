"""Unit tests search as long as the property tests do."""

from __future__ import annotations

from tests import profiles

profiles.load()
