"""confluence-markdown-exporter writes pages, files and comments as Markdown, on both flavours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import PIXEL, Peer, failures, titled

pytestmark = pytest.mark.peers
PROGRAM = "confluence-markdown-exporter"
BODY = (
    "<h1>One</h1><p>one <strong>two</strong></p>"
    '<p><ac:link><ri:page ri:content-title="Below" /></ac:link></p>'
    '<p><ac:image><ri:attachment ri:filename="dot.png" /></ac:image></p>'
)


@pytest.mark.parametrize("flavor", ["cloud", "server"])
def test_a_site_is_exported_and_then_what_has_changed(
    request: pytest.FixtureRequest, peer: Callable[..., Peer], tmp_path: Path, flavor: str
) -> None:
    sandbox: Sandbox = request.getfixturevalue(flavor)
    store, out = sandbox.store, tmp_path / "out"
    seed = store.create_page("ENG", "Seed", BODY, labels=["ops"])
    store.create_page("ENG", "Below", "<p>below</p>", seed.id)
    store.attach(seed.id, "dot.png", PIXEL, "image/png")
    store.comment(seed.id, "two")
    store.add_comment(seed.id, "<p>said</p>")
    who = {"username": sandbox.user, "api_token": sandbox.token}
    known = {sandbox.url: who if flavor == "cloud" else {"pat": sandbox.token}}
    export = {"output_path": str(out), "comments_export": "all"}
    settings = {"auth": {"confluence": known}, "export": export}
    (tmp_path / "cme.json").write_text(json.dumps(settings))

    def run(*given: str) -> None:
        more = {"CME_CONFIG_PATH": str(tmp_path / "cme.json"), "CI": "true"}
        peer(PROGRAM).run(PROGRAM, *given, cwd=tmp_path, **more)

    run("orgs", sandbox.url)
    (page,) = out.rglob("Seed.md")
    text = page.read_text()
    assert "one **two**" in text
    assert "- ops" in text
    assert "[Below](Seed/Below.md)" in text
    (picture,) = out.rglob("*.png")
    assert picture.read_bytes() == PIXEL
    assert picture.name in text
    (comments,) = out.rglob("Seed.comments.md")
    assert "said" in comments.read_text()
    assert [one.name for one in out.rglob("Below.md")] == ["Below.md"]
    assert (out / "Operations" / "Home" / "Home.md").exists()
    store.edit(titled(sandbox, "Below").id, "<p>other</p>")
    if flavor == "server":  # it takes the context path of a Cloud's page for no part of the site
        run("pages-with-descendants", f"{sandbox.url}/pages/viewpage.action?pageId={seed.id}")
    else:
        run("orgs", sandbox.url)
    (below,) = out.rglob("Below.md")
    assert "other" in below.read_text()
    assert failures(sandbox) == []
