"""sphinxcontrib-confluencebuilder publishes a small set of pages, on both flavours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import Peer, failures, titled

pytestmark = pytest.mark.peers
CONF = """
extensions = ["sphinxcontrib.confluencebuilder"]
project = "Docs"
confluence_publish = True
confluence_space_key = "ENG"
confluence_parent_page = "Home"
confluence_server_url = "{url}/"
confluence_server_user = "{user}"
confluence_api_token = "{token}"
confluence_page_hierarchy = True
confluence_cleanup_purge = False
confluence_global_labels = ["docs"]
confluence_publish_headers = {{}}
"""
INDEX = "Start here\n==========\n\n.. toctree::\n\n   guide\n   about\n\n:download:`data.bin`\n"
GUIDE = "The guide\n=========\n\nSome *text*; see :doc:`about`.\n\n.. code-block:: sh\n\n   ls\n"
ABOUT = "About\n=====\n\nWords.\n"


def write(directory: Path, sandbox: Sandbox, more: str) -> Path:
    source = directory / "source"
    source.mkdir()
    where = {"url": sandbox.url, "user": sandbox.user, "token": sandbox.token}
    (source / "conf.py").write_text(CONF.format(**where) + more)
    for name, text in (("index", INDEX), ("guide", GUIDE), ("about", ABOUT)):
        (source / f"{name}.rst").write_text(text)
    (source / "data.bin").write_bytes(b"data")
    return source


@pytest.mark.parametrize("flavor", ["datacenter", "cloud"])
def test_a_small_set_is_published_and_published_again(
    request: pytest.FixtureRequest, peer: Callable[[str], Peer], tmp_path: Path, flavor: str
) -> None:
    cloud = flavor == "cloud"
    sandbox: Sandbox = request.getfixturevalue("cloud" if cloud else "server")
    source = write(tmp_path, sandbox, 'confluence_api_mode = "v2"\n' if cloud else "")
    sphinx = peer("sphinxcontrib-confluencebuilder")

    def publish() -> None:
        out = str(tmp_path / "out")
        sphinx.run(
            "python", "-m", "sphinx", "-b", "confluence", "-E", str(source), out, cwd=tmp_path
        )

    publish()
    first = {page.title: page for page in sandbox.store.pages("ENG")}
    assert set(first) == {"Home", "Start here", "The guide", "About"}
    assert first["Start here"].parent_id == first["Home"].id
    assert first["The guide"].parent_id == first["Start here"].id
    assert first["The guide"].labels == ("docs",)
    assert "<em>text</em>" in first["The guide"].body
    (attached,) = sandbox.store.attachments(first["Start here"].id, "data.bin")
    assert sandbox.store.attachment_data(attached.id) == b"data"
    (source / "guide.rst").write_text(GUIDE.replace("Some", "Other"))
    publish()
    assert titled(sandbox, "The guide").version == first["The guide"].version + 1
    assert titled(sandbox, "About").version == first["About"].version
    assert len(sandbox.store.pages("ENG")) == 4
    assert failures(sandbox) == []
