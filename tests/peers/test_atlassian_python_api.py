"""atlassian-python-api's own page helpers work on Data Center by v1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import Peer, failures, titled

pytestmark = pytest.mark.peers
PROGRAM = """
import json, sys
from atlassian import Confluence

url, user, token = sys.argv[1:]
wiki = Confluence(url, username=user, password=token, cloud=False)
assert wiki.page_exists("ENG", "A guide") is False
home = wiki.get_page_id("ENG", "Home")
made = wiki.create_page("ENG", "A guide", "<p>one</p>", parent_id=home)
assert wiki.page_exists("ENG", "A guide") is True
same = wiki.update_page(made["id"], "A guide", "<p>one</p>")
changed = wiki.update_page(made["id"], "A guide", "<p>two</p>", version_comment="why")
wiki.set_page_label(made["id"], "ops")
wiki.attach_content(b"data", "a.txt", "text/plain", page_id=made["id"])
seen = wiki.get_page_by_id(made["id"], expand="body.storage,version,ancestors")
versions = [one["version"]["number"] for one in (same, changed)]
print(json.dumps([versions, seen["body"]["storage"]["value"], seen["ancestors"][-1]["id"] == home]))
"""


def test_a_page_is_created_and_updated(
    server: Sandbox, peer: Callable[[str], Peer], tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    where = (server.url, server.user, server.token)
    said = peer("atlassian-python-api").run("python", str(program), *where, cwd=tmp_path)
    assert json.loads(said.splitlines()[-1]) == [[1, 2], "<p>two</p>", True]
    page = titled(server, "A guide")
    assert (page.version, page.message, page.labels) == (2, "why", ("ops",))
    (attached,) = server.store.attachments(page.id)
    assert server.store.attachment_data(attached.id) == b"data"
    assert server.store.width_resets == [page.id]  # which confsync must not do
    assert failures(server) == []
