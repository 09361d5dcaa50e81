"""markdown-to-confluence publishes to Cloud by v2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import PIXEL, Peer, failures, titled

pytestmark = pytest.mark.peers


def test_a_page_is_published_twice_and_there_is_one(
    cloud: Sandbox, peer: Callable[[str], Peer], tmp_path: Path
) -> None:
    md2conf = peer("markdown-to-confluence")
    home = cloud.store.space("ENG").homepage_id
    (tmp_path / "dot.png").write_bytes(PIXEL)
    text = tmp_path / "guide.md"
    text.write_text(
        "---\ntags: [ops]\n---\n# A guide\n\nSome *text* & a list:\n\n- one\n\n![Dot](dot.png)\n"
    )

    def publish() -> None:
        md2conf.run(
            "python", "-m", "md2conf", str(text), "--space", "ENG",
            "--api-url", f"{cloud.url}/", "--username", cloud.user, "--api-key", cloud.token,
            "-r", home, "--keep-hierarchy", cwd=tmp_path,
        )  # fmt: skip

    publish()
    first = titled(cloud, "A guide")
    assert "<em>text</em> &amp; a list" in first.body
    assert first.parent_id == home
    assert first.labels == ("ops",)
    (attached,) = cloud.store.attachments(first.id)
    assert cloud.store.attachment_data(attached.id) == PIXEL
    publish()
    again = titled(cloud, "A guide")
    assert (again.id, again.version) == (first.id, first.version)
    text.write_text(text.read_text().replace("Some", "Other"))
    publish()
    last = titled(cloud, "A guide")
    assert (last.id, last.version) == (first.id, first.version + 1)
    assert "Other <em>" in last.body
    assert len(cloud.store.pages("ENG")) == 2
    assert failures(cloud) == []
