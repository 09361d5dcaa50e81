"""The check of requests can fail."""

from __future__ import annotations

import os

import pytest
import requests

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.sandbox.specs import SpecError

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONFSYNC_SPECS"), reason="CONFSYNC_SPECS names no documents"
)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v2/nonsense", None),
        ("GET", "/api/v2/pages?nonsense=1", None),
        ("PUT", "/api/v2/pages/1", {"id": "1", "title": "no version"}),
        ("DELETE", "/api/v2/spaces", None),
    ],
)
def test_a_request_that_the_api_does_not_take_is_found(
    method: str, path: str, body: object
) -> None:
    with Sandbox() as sandbox:
        auth = (sandbox.user, sandbox.token)
        requests.request(method, sandbox.url + path, json=body, auth=auth, timeout=5)
        with pytest.raises(SpecError):
            check_requests(sandbox)
