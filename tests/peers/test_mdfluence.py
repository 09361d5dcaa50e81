"""mdfluence publishes a directory by v1, to Data Center and to a Cloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import PIXEL, Peer, failures, titled

pytestmark = pytest.mark.peers
GUIDE = "# A guide\n\nSome *text*; see [the other](sub/other.md).\n\n![dot](dot.png)\n"
OTHER = "---\nlabels: [ops]\n---\n# Other\n\nWords.\n"


@pytest.mark.parametrize("flavor", ["cloud", "server"])
def test_a_directory_is_published_and_then_what_has_changed(
    request: pytest.FixtureRequest, peer: Callable[..., Peer], tmp_path: Path, flavor: str
) -> None:
    sandbox: Sandbox = request.getfixturevalue(flavor)
    program, docs = peer("mdfluence", (3, 12)), tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "guide.md").write_text(GUIDE)
    (docs / "sub" / "other.md").write_text(OTHER)
    (docs / "dot.png").write_bytes(PIXEL)
    basic = ("--username", sandbox.user, "--password", sandbox.token)
    who = basic if flavor == "cloud" else ("--token", sandbox.token)

    def publish(message: str) -> None:
        program.run(
            "mdfluence", "docs", "--space", "ENG", "--parent-title", "Home", "--only-changed",
            "--enable-relative-links", "--host", f"{sandbox.url}/rest/api", *who,
            "--output", "minimal", "--message", message, cwd=tmp_path,
        )  # fmt: skip

    publish("new")
    first, other = titled(sandbox, "A guide"), titled(sandbox, "Other")
    assert "<em>text</em>" in first.body
    assert (other.labels, other.parent_id) == (("ops",), titled(sandbox, "sub").id)
    (file,) = sandbox.store.attachments(first.id)
    assert sandbox.store.attachment_data(file.id) == PIXEL
    (docs / "guide.md").write_text(GUIDE.replace("Some", "Other"))
    publish("changed")
    again = titled(sandbox, "A guide")
    assert (again.id, again.version > first.version) == (first.id, True)
    assert ("Other <em>" in again.body, again.message.split()[0]) == (True, "changed")
    assert titled(sandbox, "Other").version == other.version
    assert len(sandbox.store.pages("ENG")) == 4
    assert failures(sandbox) == []
