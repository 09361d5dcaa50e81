"""The formats of bodies: the sandbox has `storage`, and refuses each other one by its name.

A Cloud site also has `atlas_doc_format`, the format of its editor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import flask

from .. import parameters
from ..errors import Invalid, Malformed
from ..site import CLOUD, site

STORAGE = "storage"
ADF = "atlas_doc_format"
VIEWS = ("view", "export_view", "anonymous_export_view", "styled_view")
OTHERS = (ADF, "wiki", "editor2", *(one for one in parameters.BODY_FORMATS if one != STORAGE))


def view_asked() -> str | None:
    """Return the kind of view that a query of v2 asks for. Only single content has views."""
    wanted = flask.request.args.get("body-format")
    return wanted if wanted in VIEWS else None


def asked() -> bool:
    """Return whether a query of v2 asks for bodies. Raise `Invalid` for another format."""
    wanted = flask.request.args.get("body-format")
    if wanted in OTHERS:
        raise Invalid(
            f"The sandbox has no bodies in the format '{wanted}'. Ask for body-format=storage."
        )
    return parameters.bodies()


def check_expand(names: Iterable[str]) -> None:
    """Raise `Invalid` if `expand` asks a Cloud site for bodies in the format of its editor."""
    if site().flavor == CLOUD and any(f".{name}".endswith(f".body.{ADF}") for name in names):
        raise Invalid(
            f"The sandbox has no bodies in the format '{ADF}'. Ask for expand=body.storage."
        )


def sent(given: dict[str, Any], *, required: bool) -> str:
    """Return the storage value of a request's `body`. Raise `Invalid` for another format."""
    other = _other(given.get("body"))
    if other is not None:
        raise Invalid(
            f"The sandbox takes no bodies in the representation '{other}'. Send 'storage'."
        )
    return parameters.storage(given, required=required)


def _other(body: object) -> str | None:
    """Return the format of a body, flat or nested, if it is another one than storage."""
    if not isinstance(body, dict):
        return None
    inner = body.get(STORAGE)
    said = inner.get("representation") if isinstance(inner, dict) else body.get("representation")
    if said is None and inner is None:
        said = next((name for name in OTHERS if name in body), None)
    return said if said in OTHERS else None


def check_characters() -> None:
    """Raise `Malformed` for JSON with half of a character, which no answer could repeat."""
    data = flask.request.get_data() if flask.request.is_json else b""
    if b"\\ud" in data.lower():
        try:
            json.dumps(json.loads(data), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Malformed("Illegal character", 1, 1) from None
        except ValueError:
            return  # each route refuses what is no JSON
