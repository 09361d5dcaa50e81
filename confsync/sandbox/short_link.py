"""The codes of short links such as `/x/AwBiAg`, on both flavours."""

from __future__ import annotations

import base64


def code_of(page_id: str) -> str:
    """The code of a short link: the id's bytes, lowest first, in base64 without trailing zeros."""
    data = int(page_id).to_bytes(8, "little")
    return base64.b64encode(data, b"-_").decode().rstrip("=").rstrip("A")


def page_id_of(code: str) -> str:
    """The page id of a short link's code; ValueError if it is none."""
    padded = code.ljust(11, "A") + "="
    return str(int.from_bytes(base64.b64decode(padded, b"-_", validate=True), "little"))
