"""Cloud's v1: the audit log. It has the records that were sent, and none of its own."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import flask

from ... import parameters
from ...errors import Forbidden, Invalid, Missing
from ...site import store
from ...store.actions.rights import EDIT, EVERY
from ...v1.lists import expand, sliced
from ..v1 import api

NO_ADMIN = "Only administrators may do this."
LATEST = 2**53
UNITS = {
    "SECONDS": timedelta(seconds=1),
    "MINUTES": timedelta(minutes=1),
    "HOURS": timedelta(hours=1),
    "HALF_DAYS": timedelta(hours=12),
    "DAYS": timedelta(days=1),
    "WEEKS": timedelta(weeks=1),
    "MONTHS": timedelta(days=30),
    "YEARS": timedelta(days=365),
}
LONGER = ("NANOS", "MICROS", "MILLIS", "DECADES", "CENTURIES", "MILLENNIA", "ERAS", "FOREVER")
TEXTS = ("remoteAddress", "summary", "description", "category")


def check_admin() -> None:
    """Raise `Forbidden` if the user of the request has rights of less than an administrator."""
    limited = store().rights.get(flask.g.user.name, {})
    if limited.get(EVERY, EDIT) != EDIT:
        raise Forbidden(NO_ADMIN, Missing("page", ""))


def _found(begin: int, end: int) -> list[dict[str, Any]]:
    check_admin()
    part = flask.request.args.get("searchString", "").lower()
    rows = store().audit(begin, end)
    return [row for row in rows if part in " ".join(str(row[one]) for one in TEXTS).lower()]


def _day(name: str, default: int) -> int:
    """Return a time of the query, in milliseconds. It is a number of these, or a date."""
    given = flask.request.args.get(name)
    if given is None:
        return default
    if given.isascii() and given.isdigit() and len(given) < 17:
        return int(given)
    try:
        return _millis(datetime.fromisoformat(given))
    except ValueError:
        raise Invalid(f"{name} is no date: '{given}'.") from None


def _millis(at: datetime) -> int:
    zone = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(zone.timestamp() * 1000)


@api.get("/audit")
def get_records() -> dict[str, Any]:
    found = _found(_day("startDate", 0), _day("endDate", LATEST))
    return sliced(found, dict, expand())


@api.get("/audit/since")
def get_newest_records() -> dict[str, Any]:
    units = parameters.choice("units", tuple(UNITS), "MONTHS")
    number = parameters.integer("number")
    back = min((3 if number is None else number) * UNITS[units], timedelta(days=10_000))
    return sliced(_found(_millis(store().clock() - back), LATEST), dict, expand())


@api.get("/audit/export")
def export_records() -> flask.Response:
    """Return the records as a table of comma-separated values."""
    if parameters.choice("format", ("csv", "zip"), "csv") != "csv":
        raise Invalid("The sandbox exports the format 'csv' only.")
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("creationDate", *TEXTS))
    for row in _found(_day("startDate", 0), _day("endDate", LATEST)):
        table.writerow((row["creationDate"], *(row[one] for one in TEXTS)))
    return flask.Response(out.getvalue(), mimetype="text/csv")


@api.post("/audit")
def add_record() -> dict[str, Any]:
    given = parameters.document()
    check_admin()
    texts = {one: parameters.text(given, one) or "" for one in TEXTS}
    if not texts["remoteAddress"]:
        raise Invalid("Required field 'remoteAddress' is missing.")
    at = given.get("creationDate")
    at = at if isinstance(at, int) and 0 <= at < LATEST else _millis(store().clock())
    author = given.get("author")
    name = parameters.text(author, "displayName") if isinstance(author, dict) else None
    record = {
        "author": {"type": "user", "displayName": name or "", "operations": None},
        **texts,
        "creationDate": at,
        "sysAdmin": given.get("sysAdmin") is True,
        "superAdmin": False,
        "affectedObject": {"name": "", "objectType": ""},
        "changedValues": [],
        "associatedObjects": [],
    }
    store().add_record(record, at)
    return record


@api.get("/audit/retention")
def get_retention() -> dict[str, Any]:
    check_admin()
    return store().retention()


@api.put("/audit/retention")
def set_retention() -> dict[str, Any]:
    given = parameters.document()
    check_admin()
    number, units = given.get("number"), given.get("units")
    if type(number) is not int or units not in (*UNITS, *LONGER):
        raise Invalid("A number and the units of a period must be given.")
    store().set_retention({"number": number, "units": units})
    return store().retention()
