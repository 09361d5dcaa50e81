"""mcp-atlassian, every tool of it: on Data Center, and on a Cloud by its name through its proxy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from confsync.sandbox import Sandbox
from confsync.sandbox.store.actions.templates import Template

from .conftest import Peer, failures, titled

pytestmark = pytest.mark.peers
PROGRAM = "mcp_atlassian_tools.py"
ONLY_CLOUD = (
    "check_content_permissions",
    "create_page_from_template",
    "get_page_template",
    "get_page_views",
    "get_space_permissions",
    "list_page_templates",
)
# It adds a file first, and sends its next version after a refusal
KNOWN = "400 POST {}/rest/api/content/{}/child/attachment"


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_every_tool_does_its_job(
    request: pytest.FixtureRequest, peer: Callable[..., Peer], tmp_path: Path, flavor: str
) -> None:
    cloud = flavor == "cloud"
    sandbox: Sandbox = request.getfixturevalue("cloud" if cloud else "server")
    space, (me, *_) = sandbox.store.space("ENG"), sandbox.store.users()
    minutes = Template("", space.id, "Minutes", "", "<p>Who?</p>")
    template = sandbox.store.save_template(minutes).id
    url = "http://acme.atlassian.net/wiki" if cloud else sandbox.url
    proxy, who = f"http://{urlsplit(sandbox.url).netloc}", me.account_id if cloud else "me"
    shutil.copy(Path(__file__).parent / PROGRAM, tmp_path / PROGRAM)
    given = (url, sandbox.user, sandbox.token, flavor, proxy, who, space.id, template)
    said = peer("mcp-atlassian").run("python", PROGRAM, *given, cwd=tmp_path)
    found = json.loads(said.splitlines()[-1])
    page, text = titled(sandbox, "A guide"), "One\n===\n\nOther text\n\nTwo\n===\n\na section"
    raw, icon, below, tree, old, diff = found["pages"][1:]
    assert (found["pages"][0], "<h1>Two</h1>" in raw, icon) == (text, True, "1f4dd")
    assert (below, tree, old, diff) == (["Below"], ["A guide", "Below", "Home"], True, True)
    hits = [["A guide", "ENG"]] * 2
    assert found["talk"] == [["ops"], ["a *comment*", "a reply"], ["which?"], hits, ["Me"]]
    assert found["files"] == [["a.txt", "dot.png"], 2, 1]
    assert found["places"] == [[who], "OPS"]
    assert found["cloud"] == ([0, "Minutes", "<p>Who?</p>", True, True] if cloud else None)
    left = [] if cloud else [f"confluence_{one}" for one in ONLY_CLOUD]
    assert found["uncalled"] == left
    assert (page.version, page.message, page.labels) == (3, "", ("ops",))
    assert titled(sandbox, "Below").parent_id == space.homepage_id
    assert sandbox.store.allowed(page.id, "update", "user") == ("Me",)
    assert [one.title for one in sandbox.store.attachments(page.id)] == ["dot.png"]
    assert failures(sandbox) == [KNOWN.format(sandbox.context, page.id)]
