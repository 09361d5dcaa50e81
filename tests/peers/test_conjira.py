"""conjira, a command for assistants, does each of its jobs on Data Center."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Sandbox

from .conftest import Peer, failures, titled

pytestmark = pytest.mark.peers


def test_pages_are_read_written_moved_and_talked_about(
    server: Sandbox, peer: Callable[..., Peer], tmp_path: Path
) -> None:
    program = peer("conjira-cli", (3, 12))
    store, home = server.store, server.store.space("ENG").homepage_id
    seed = store.create_page("ENG", "Seed", "<h1>One</h1><p>one two</p>")
    store.create_page("ENG", "Below", "<p>below</p>", seed.id)
    store.comment(seed.id, "two")
    store.add_comment(seed.id, "<p>said</p>")
    where = {"CONFLUENCE_BASE_URL": server.url, "CONFLUENCE_PAT": server.token}

    def run(*given: str) -> Any:
        said = program.run("conjira", *given, cwd=tmp_path, **where)
        return json.loads(said)

    assert run("auth-check")["display_name"] == "Me"
    page = ("--page-id", seed.id)
    run("export-page-md", *page, "--output-file", "seed.md")
    assert "one two" in (tmp_path / "seed.md").read_text()
    assert run("export-tree-md", *page, "--output-dir", "tree")["exported_count"] == 2
    assert run("check-page-md-freshness", "--file", "seed.md")["is_stale"] is False
    store.edit(seed.id, "<h1>One</h1><p>three</p>")
    assert run("check-page-md-freshness", "--file", "seed.md")["is_stale"] is True
    run("refresh-page-md", "--file", "seed.md")
    assert "three" in (tmp_path / "seed.md").read_text()
    assert run("get-inline-comments", *page)["total_comments"] == 1
    assert run("get-footer-comments", *page)["comments"][0]["body_text"] == "said"
    run("export-inline-comments-md", *page, "--output-file", "comments.md")

    at = ("--space-key", "ENG", "--parent-id", home, "--title", "A guide")
    made = run("create-page", *at, "--body-markdown", "# Start\n\nwords", "--allow-write")
    mine = ("--page-id", made["id"])
    run("update-page", *mine, "--body-html", "<h1>Start</h1><p>x</p>", "--allow-write")
    section = ("--heading", "Start", "--section-markdown", "new words")
    run("replace-section", *mine, *section, "--allow-write")
    inserted = ("--heading", "Start", "--insert-markdown", "first words")
    run("insert-after-heading", *mine, *inserted, "--allow-write")
    run("move-page", *mine, "--new-parent-id", seed.id, "--allow-write")
    for text in ("one", "two"):
        (tmp_path / "a.txt").write_text(text)
        run("upload-attachment", *mine, "--file", "a.txt", "--allow-write")
    assert [one["title"] for one in run("list-attachments", *mine)["results"]] == ["a.txt"]
    assert run("search", "--cql", 'title = "A guide"')["total"] == 1
    assert run("list-headings", *mine)["headings"][0]["heading"] == "Start"
    assert "first words" in run("get-page-markdown", *mine)["markdown"]
    both = ("--page-ids", f"{seed.id},{made['id']}")
    assert len(run("get-pages", *both)["results"]) == 2

    page_now = titled(server, "A guide")
    assert (page_now.parent_id, page_now.version) == (seed.id, 5)
    assert "<p>first words</p>" in page_now.body
    (file,) = store.attachments(page_now.id)
    assert (file.version, store.attachment_data(file.id)) == (2, b"two")
    # It adds a file first, and sends its next version after a refusal
    refused = [f"400 POST {server.context}/rest/api/content/{made['id']}/child/attachment"]
    assert failures(server) in ([], refused)
