"""Real bodies through the whole of confsync: nothing changes on either side."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes


def bodies_that_parse(corpus: Path) -> dict[str, str]:
    with (corpus / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["parses"] == "true"]
    return {row["file"]: (corpus / "bodies" / row["file"]).read_bytes().decode() for row in rows}


def test_a_space_of_all_real_bodies_survives_clone_status_push_and_pull(
    corpus: Path, wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    bodies = bodies_that_parse(corpus)
    assert len(bodies) > 500
    for name, body in bodies.items():
        wiki.store.create_page("ENG", f"Body {name}", body, raw=True)
    before = {page.id: page for page in wiki.store.pages("ENG")}
    desk = desk_at()
    files = desk.files()
    assert len([name for name in files if name.endswith(".xhtml")]) == len(bodies) + 1
    for command in ("status", "push", "pull", "push"):
        run = desk(command)
        assert run.err == ""
        assert desk.files() == files
    run = desk("pull", "--refresh")
    assert run.out == "pull: nothing to do\n"
    assert desk.files() == files
    assert {page.id: page for page in wiki.store.pages("ENG")} == before
    assert writes(wiki) == []


def test_an_edit_of_each_real_body_changes_only_the_edit(
    corpus: Path, wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    bodies = bodies_that_parse(corpus)
    ids = {
        name: wiki.store.create_page("ENG", f"Body {name}", body, raw=True).id
        for name, body in bodies.items()
    }
    desk = desk_at()
    for path in desk.root.glob("ENG/body-*.xhtml"):
        front, fence, body = path.read_bytes().partition(b"\n---\n")
        path.write_bytes(front + fence + b"<em>mine</em>" + body)
    run = desk.json("push")
    assert set(run.outcomes.values()) == {"updated"}
    assert len(run.outcomes) == len(bodies)
    for name, body in bodies.items():
        page = wiki.store.page(ids[name])
        assert page.version == 2
        stored = wiki.store.create_page("ENG", f"Again {name}", f"<em>mine</em>{body}").body
        assert without_ids(page.body) == without_ids(stored)
    assert desk("status").out.startswith("clean")
    wiki.clear_requests()
    desk("push")
    desk("pull", "--refresh")
    assert writes(wiki) == []


def without_ids(body: str) -> str:
    return re.sub(r'ac:macro-id="[^"]*"', "", body)
