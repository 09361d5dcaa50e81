"""Conversions of bodies between formats, as far as the sandbox has them."""

from __future__ import annotations

from ..errors import Invalid
from ..store import storage_format
from .formats import ADF, STORAGE
from .html import to_html

EDITOR = "editor"
VIEWS = ("view", "export_view", "styled_view")
# What each format can become
TARGETS = {STORAGE: (*VIEWS, EDITOR), EDITOR: (STORAGE,)}


def convert(value: str, source: str, target: str) -> str:
    """Return a body in another format. Raise `Invalid` if there is no such conversion.

    Raise `Malformed` for a body that is not well-formed.
    """
    if ADF in (source, target):
        raise Invalid(f"The sandbox has no bodies in the format '{ADF}'. Use 'storage'.")
    if target not in TARGETS.get(source, ()):
        known = "; ".join(f"{one} to {', '.join(of)}" for one, of in TARGETS.items())
        raise Invalid(f"Cannot convert from '{source}' to '{target}'. Possible: {known}.")
    storage_format.check(value)
    return to_html(value) if target in VIEWS else storage_format.stored(value)
