"""The codes of short links such as `/x/AwBiAg`, on both flavours.

Atlassian writes `_` for `+` and `-` for `/`, unlike RFC 4648.
"""

from __future__ import annotations

import base64


def code_of(page_id: str) -> str:
    """Return a short link's code: the id's bytes, lowest first, in base64, zeros cut off."""
    data = int(page_id).to_bytes(8, "little")
    return base64.b64encode(data, b"_-").decode().rstrip("=").rstrip("A")


def page_id_of(code: str) -> str:
    """Return the page id of a short link's code. Raise ValueError for an invalid code."""
    padded = code.ljust(11, "A") + "="
    return str(int.from_bytes(base64.b64decode(padded, b"_-", validate=True), "little"))
