"""Data Center's v1: conversions of bodies between formats."""

from __future__ import annotations

from typing import Any

from .. import parameters
from ..bodies.conversion import convert
from ..v1.write import document
from .api import api


@api.post("/contentbody/convert/<target>")
def convert_body(target: str) -> dict[str, Any]:
    given = document()
    value, source = (
        parameters.text(given, one, required=True) or "" for one in ("value", "representation")
    )
    return {
        "value": convert(value, source, target),
        "representation": target,
        "_expandable": {"content": ""},
    }
