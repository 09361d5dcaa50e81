"""Cloud's v1: conversions of bodies between formats, as tasks. Each is done before its answer."""

from __future__ import annotations

import uuid
from typing import Any

import flask

from .. import parameters
from ..bodies.conversion import convert
from ..errors import Invalid, Missing
from ..site import base, store
from .v1 import api

MAX_TASKS = 10


def _start(given: object, target: str) -> dict[str, str]:
    """Convert a body, and keep the result for its task's id."""
    if not isinstance(given, dict):
        raise Invalid("Required field 'body' is missing or is not an object.")
    value, source = (
        parameters.text(given, one, required=True) or "" for one in ("value", "representation")
    )
    found, task_id = convert(value, source, target), str(uuid.uuid4())
    store().conversions[task_id] = (target, found)
    return {"asyncId": task_id}


def _result(task_id: str) -> dict[str, Any]:
    if task_id not in store().conversions:
        raise Missing("task", task_id)
    target, value = store().conversions[task_id]
    return {
        "value": value,
        "representation": target,
        "renderTaskId": task_id,
        "status": "COMPLETED",
        "_links": {"base": base()},
    }


@api.post("/contentbody/convert/async/<target>")
def start(target: str) -> dict[str, str]:
    return _start(parameters.document(), target)


@api.get("/contentbody/convert/async/<task_id>")
def get_result(task_id: str) -> dict[str, Any]:
    return _result(task_id)


@api.post("/contentbody/convert/async/bulk/tasks")
def start_all() -> flask.Response:
    given = parameters.document().get("conversionInputs")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_TASKS:
        raise Invalid(f"1 to {MAX_TASKS} conversions must be given.")
    wanted = [one if isinstance(one, dict) else {} for one in given]
    return flask.jsonify([_start(one.get("body"), str(one.get("to"))) for one in wanted])


@api.get("/contentbody/convert/async/bulk/tasks")
def get_results() -> flask.Response:
    return flask.jsonify([_result(one) for one in parameters.values("ids", MAX_TASKS)])
