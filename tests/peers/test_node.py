"""Two clients for Node. confluence.js checks each answer with schemas of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Sandbox

from .conftest import TIMEOUT, failures, titled

pytestmark = pytest.mark.peers
HERE = Path(__file__).parent


def said(sandbox: Sandbox, package: str, program: str, where: Path) -> Any:
    """Install a package from npm and run a program of this directory with it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no npm")
    install = [npm, "install", "--silent", "--no-audit", package]
    subprocess.run(install, cwd=where, check=True, timeout=TIMEOUT)
    shutil.copy(HERE / program, where / program)
    done = subprocess.run(
        [node, program, sandbox.url, sandbox.user, sandbox.token],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_schemas_of_confluence_js_accept_every_answer(cloud: Sandbox, tmp_path: Path) -> None:
    found = said(cloud, "confluence.js@3", "confluence_js.mjs", tmp_path)
    assert found == ["<p>one two three</p>", 1, "ops", 2, "A guide"]
    page = titled(cloud, "A guide")
    assert (page.message, page.labels) == ("why", ("ops",))
    assert "inline-comment-marker" in page.body
    assert failures(cloud) == []


@pytest.mark.parametrize("flavor", ["cloud", "server"])
def test_confluence_api_does_its_job(
    request: pytest.FixtureRequest, tmp_path: Path, flavor: str
) -> None:
    sandbox: Sandbox = request.getfixturevalue(flavor)
    found = said(sandbox, "confluence-api", "confluence_api.mjs", tmp_path)
    assert found == ["<p>two</p>", 2, "ops", "A guide"]
    assert {page.title for page in sandbox.store.pages("ENG")} == {"Home", "A guide"}
    assert failures(sandbox) == []
