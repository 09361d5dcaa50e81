"""Two publishers of MkDocs sites: mkdocs-with-confluence by v1, mkdocs2confluence to a Cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import PIXEL, Peer, failures, titled
from .https import Https

pytestmark = pytest.mark.peers
SITE = """
site_name: Docs
nav:
  - Welcome: index.md
  - Section:
      - Guide: sub/guide.md
"""
PLUGIN = """
plugins:
  - mkdocs-with-confluence:
      host_url: {url}/rest/api/content
      space: ENG
      parent_page_name: Home
      username: {user}
      api_token: {token}
      enabled_if_env: PUBLISH
"""
COMPILER = """
confluence:
  base_url: {url}
  allow_any_host: true
  space_key: ENG
  email: {user}
  token: {token}
  parent_page_id: "{home}"
  mermaid_render: none
"""


def write(directory: Path, settings: str) -> Path:
    docs = directory / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "index.md").write_text("# Welcome\n\nSome *text*.\n\n![dot](dot.png)\n")
    front = "---\ntags: [ops]\nstatus: In progress\n---\n"
    (docs / "sub" / "guide.md").write_text(f"{front}# Guide\n\nWords.\n")
    (docs / "dot.png").write_bytes(PIXEL)
    (directory / "mkdocs.yml").write_text(SITE + settings)
    return docs


@pytest.mark.parametrize("flavor", ["cloud", "server"])
def test_mkdocs_with_confluence_publishes_a_site_and_changes_it(
    request: pytest.FixtureRequest, peer: Callable[..., Peer], tmp_path: Path, flavor: str
) -> None:
    sandbox: Sandbox = request.getfixturevalue(flavor)
    where = {"url": sandbox.url, "user": sandbox.user, "token": sandbox.token}
    docs = write(tmp_path, PLUGIN.format(**where))
    mkdocs = peer("mkdocs-with-confluence")
    mkdocs.run("mkdocs", "build", cwd=tmp_path, PUBLISH="1")
    first = titled(sandbox, "Welcome")
    assert "Some <em>text</em>" in first.body
    assert titled(sandbox, "Guide").parent_id == titled(sandbox, "Section").id
    (file,) = sandbox.store.attachments(first.id)
    assert sandbox.store.attachment_data(file.id) == PIXEL
    text = (docs / "index.md").read_text()
    (docs / "index.md").write_text(text.replace("Some", "Other"))
    mkdocs.run("mkdocs", "build", cwd=tmp_path, PUBLISH="1")
    again = titled(sandbox, "Welcome")
    assert (again.id, again.version, "Other <em>" in again.body) == (first.id, 2, True)
    assert len(sandbox.store.pages("ENG")) == 4
    assert failures(sandbox) == []


def test_mkdocs2confluence_publishes_what_has_changed(
    cloud: Sandbox, peer: Callable[..., Peer], tmp_path: Path
) -> None:
    compiler = peer("mkdocs2confluence", (3, 12))
    with Https(cloud, tmp_path) as front:
        home = cloud.store.space("ENG").homepage_id
        where = {"url": front.url.removesuffix("/wiki"), "user": cloud.user, "token": cloud.token}
        docs = write(tmp_path, COMPILER.format(**where, home=home))

        def publish() -> int:
            more = {"SSL_CERT_FILE": str(front.ca)}
            compiler.run("mk2conf", "publish", "--report", "r.json", cwd=tmp_path, **more)
            return int(json.loads((tmp_path / "r.json").read_text())["created"])

        assert publish() == 3
        first, guide = titled(cloud, "Welcome"), titled(cloud, "Guide")
        assert "<em>text</em>" in first.body
        (file,) = cloud.store.attachments(first.id)
        assert cloud.store.attachment_data(file.id) == PIXEL
        state, _ = cloud.store.content_state(guide.id)
        assert (guide.labels, state and state.name) == (("ops",), "In progress")
        assert cloud.store.folder(guide.parent_id or "").title == "Section"
        text = (docs / "index.md").read_text()
        (docs / "index.md").write_text(text.replace("Some", "Other"))
        publish()
    assert titled(cloud, "Welcome").version == first.version + 1
    assert "Other <em>" in titled(cloud, "Welcome").body
    assert titled(cloud, "Guide").body == guide.body
    assert failures(cloud) == []
