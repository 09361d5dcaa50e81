"""The lines that people type, each once: ``L17L``, and the inline comments beside them."""

from __future__ import annotations

import re

_LINE = re.compile(r"L\d+L")
_COMMENT = re.compile(r'ac:ref="([^"]+)"')


def marks(text: str) -> set[str]:
    """Return the lines and the inline comments in a text."""
    return set(_LINE.findall(text)) | comments_in(text)


def comments_in(text: str) -> set[str]:
    """Return the inline comments in a text."""
    return {f"comment {ref}" for ref in _COMMENT.findall(text)}
