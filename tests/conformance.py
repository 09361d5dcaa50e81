"""Validate confsync's requests with Atlassian's OpenAPI documents, if CONFSYNC_SPECS has them."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from confsync.sandbox import Request, Sandbox
from tests.sandbox.specs import DC, Spec, SpecError, load_v1, load_v2

# Servers have these; the documents do not.
UNDOCUMENTED = ("/version", "/_edge/tenant_info")


@cache
def _spec(name: str) -> Spec | None:
    directory = os.environ.get("CONFSYNC_SPECS")
    # Data Center's as it is: the tests of answers make it stricter than requests need to be.
    loaders = {"v2": load_v2, "v1": load_v1, "dc": _load_dc}
    return loaders[name](Path(directory)) if directory else None


def _load_dc(directory: Path) -> Spec:
    return Spec(json.loads((directory / DC).read_text(encoding="utf-8")), "")


def check_requests(sandbox: Sandbox) -> int:
    """Raise SpecError for a request that its API does not take; answers how many were held."""
    return sum(_held(sandbox, request) for request in sandbox.requests)


def _held(sandbox: Sandbox, request: Request) -> bool:
    inner = request.path.removeprefix(sandbox.context)
    if not request.path.startswith(f"{sandbox.context}/"):
        return False  # a wrong address, which tests try on purpose
    if inner.endswith(UNDOCUMENTED) or not inner.startswith(("/api/", "/rest/")):
        return False
    if sandbox.flavor == "datacenter":
        if inner.startswith("/api/"):
            return False  # the one question which flavor this is
        spec, path = _spec("dc"), inner
    else:
        spec, path = _spec("v2" if inner.startswith("/api/") else "v1"), f"/wiki{inner}"
    if spec is None:
        return False
    template = spec.template(request.method, path)
    operation = spec.document["paths"][template][request.method.lower()]
    shared = spec.document.get("components", {}).get("parameters", {})
    parameters = operation.get("parameters", [])
    known = {
        shared[one["$ref"].split("/")[-1]]["name"] if "$ref" in one else one["name"]
        for one in parameters
    }
    unknown = {name for name, _ in parse_qsl(request.query)} - known
    if unknown:
        raise SpecError(f"{request.method} {template} does not take {sorted(unknown)}")
    if request.body:
        body = json.loads(request.body)
        spec.check_request(request.method, path, body)
    return True
