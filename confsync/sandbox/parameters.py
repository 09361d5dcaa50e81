"""Query parameters, request bodies and the pages of a listing, as in Cloud v2."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import flask

from .errors import Invalid, Malformed, TooLarge
from .site import base, site

DEFAULT_LIMIT = 25
MAX_LIMIT = 250
MAX_INCLUDED = 50
BODY_FORMATS = ("storage", "atlas_doc_format", "view", "export_view", "styled_view", "editor")
MAX_REQUEST = 5 * 1024 * 1024
After = tuple[str | int, int]
Row = TypeVar("Row")


def values(name: str, maximum: int | None = None, choices: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the values of a parameter that may be repeated or comma-separated."""
    found = [
        one
        for given in flask.request.args.getlist(name)
        for part in given.split(",")
        if (one := part.strip())
    ]
    if maximum is not None and len(found) > maximum:
        raise Invalid(f"The number of values for '{name}' must not exceed {maximum}")
    for one in found:
        if choices and one not in choices:
            raise _unexpected(one, name)
    return tuple(found)


def ids(name: str, maximum: int) -> tuple[str, ...]:
    """Return a parameter that is a list of numeric ids."""
    found = values(name, maximum)
    for one in found:
        if not (one.isascii() and one.isdigit()):
            raise _unexpected(one, name, "of type long")
    return found


def choice(name: str, choices: Sequence[str], default: str) -> str:
    given = flask.request.args.get(name, default)
    if given not in choices:
        raise _unexpected(given, name)
    return given


def flag(name: str, default: bool = False) -> bool:
    return choice(name, ("true", "false"), str(default).lower()) == "true"


def integer(name: str) -> int | None:
    given = flask.request.args.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise _unexpected(given, name, "of type int")
    return int(given)


def limit() -> int:
    wanted = integer("limit")
    wanted = flask.g.get("included", DEFAULT_LIMIT) if wanted is None else wanted
    if not 1 <= wanted <= MAX_LIMIT:
        raise Invalid(f"Provided value {{{wanted}}} for 'limit' must be between 1 and {MAX_LIMIT}")
    return wanted


def bodies() -> bool:
    """Return whether bodies are asked for. The sandbox has one format only."""
    if flask.request.args.get("body-format") is None:
        return False
    if choice("body-format", BODY_FORMATS, "") != "storage":
        raise Invalid("The sandbox has bodies in the format 'storage' only.")
    return True


def after() -> After | None:
    """Return the place at which the cursor continues."""
    cursor = flask.request.args.get("cursor")
    if cursor is None:
        return None
    try:
        key, number = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if not isinstance(key, (str, int)) or not isinstance(number, int):
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error):
        raise Invalid("The provided cursor is not valid.") from None
    return key, number


def listing(
    fetch: Callable[[int, After | None], Sequence[Row]],
    place: Callable[[Row], After],
    show: Callable[[Row], dict[str, Any]],
) -> flask.Response:
    """Return one page of a listing. `fetch` gets the number of rows and the place before them."""
    size = limit()
    if site().faults.short_pages:
        size = max(1, size // 2)
    rows = fetch(size + 1, after())
    links = {"base": base()}
    answer = flask.jsonify({})
    if len(rows) > size:
        cursor = base64.urlsafe_b64encode(json.dumps(place(rows[size - 1])).encode()).decode()
        query = [(k, v) for k, v in flask.request.args.items(multi=True) if k != "cursor"]
        links["next"] = f"{flask.request.path}?{urlencode([*query, ('cursor', cursor)])}"
        answer.headers["Link"] = f'<{links["next"]}>; rel="next"'
    found = {"results": [show(row) for row in rows[:size]], "_links": links}
    answer.set_data(json.dumps(found, ensure_ascii=False))
    return answer


def sliced(rows: Sequence[Row], show: Callable[[Row], dict[str, Any]]) -> flask.Response:
    """Return a page of a listing of given rows, in their order."""
    numbered = list(enumerate(rows, 1))

    def fetch(size: int, start: After | None) -> Sequence[tuple[int, Row]]:
        first = start[1] if start else 0
        return numbered[first : first + size]

    return listing(fetch, lambda row: (row[0], row[0]), lambda row: show(row[1]))


def document() -> dict[str, Any]:
    """Return the request's JSON object.

    Raise `TooLarge` above 5 MB, `Invalid` for other content.
    """
    data = flask.request.get_data()
    if len(data) > MAX_REQUEST:
        raise TooLarge("Request is too large. Maximum allowed size is 5 MB.")
    try:
        found = json.loads(data)
    except ValueError:
        raise Invalid("The request body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise Invalid("The request body must be a JSON object.")
    return cast(dict[str, Any], found)


def text(given: dict[str, Any], name: str, *, required: bool = False) -> str | None:
    """Return a string of a JSON object; null counts as absent."""
    value = given.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise Invalid(f"Required field '{name}' is missing or is not a string.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Malformed("Illegal character", 1, 1) from None
    return value


def storage(given: dict[str, Any], *, required: bool) -> str:
    """Return the storage value of a request's `body`, flat or nested."""
    body = given.get("body")
    if body is None and not required:
        return ""
    if isinstance(body, dict) and "representation" not in body and "storage" in body:
        body = body["storage"]
    if not isinstance(body, dict):
        raise Invalid("Required field 'body' is missing or is not an object.")
    if body.get("representation", "storage") != "storage":
        raise Invalid("The sandbox takes bodies in the representation 'storage' only.")
    return text(body, "value", required=True) or ""


def version(given: dict[str, Any]) -> tuple[int | None, str]:
    """Return the number and the message of a request's `version`."""
    version = given.get("version")
    if version is None:
        return None, ""
    if not isinstance(version, dict):
        raise Invalid("Field 'version' is not an object.")
    number = version.get("number")
    usable = isinstance(number, int) and not isinstance(number, bool)
    return (number if usable else None), text(version, "message") or ""


def is_minor(given: dict[str, Any]) -> bool:
    """Return whether a request's `version` wants to be a minor edit."""
    version = given.get("version")
    return isinstance(version, dict) and version.get("minorEdit") is True


def _unexpected(value: str, name: str, expected: str = "an allowed value") -> Invalid:
    return Invalid(f"Provided value {{{value}}} for '{name}' is not {expected}.")
