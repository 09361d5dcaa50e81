"""md2cf publishes to Data Center by v1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import Peer, failures, titled

pytestmark = pytest.mark.peers


def test_a_page_is_created_and_updated(
    server: Sandbox, peer: Callable[[str], Peer], tmp_path: Path
) -> None:
    md2cf = peer("md2cf")
    text = tmp_path / "guide.md"

    def publish(body: str, message: str) -> None:
        text.write_text(f"# A guide\n\n{body}\n")
        md2cf.run(
            "md2cf", str(text), "--space", "ENG", "--parent-title", "Home", "--message", message,
            "--host", f"{server.url}/rest/api", "--token", server.token, "--output", "minimal",
            cwd=tmp_path,
        )  # fmt: skip

    publish("Some *text*.", "new")
    page = titled(server, "A guide")
    assert "<em>text</em>" in page.body
    assert (page.parent_id, page.version) == (server.store.space("ENG").homepage_id, 1)
    publish("Other text.", "changed")
    now = titled(server, "A guide")
    assert (now.id, now.version, now.message) == (page.id, 2, "changed")
    assert "Other text." in now.body
    assert len(server.store.pages("ENG")) == 2
    assert failures(server) == []
