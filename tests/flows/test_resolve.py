"""Resolving what both sides changed, when a person asks: each refusing row, each way."""

from __future__ import annotations

import difflib
import itertools
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.document import document, layout, storage_format
from confsync.sandbox import Sandbox
from tests import independent
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
NEIGHBOURS = {
    "paragraphs": "<p>One</p><p>Two</p>",
    "cells": "<table><tbody><tr><td>One</td><td>Two</td></tr></tbody></table>",
    "items": "<ul><li>One</li><li>Two</li></ul>",
}
ROWS = ("diverged", "commented", "stamp-mismatch", "stamp-ahead")


@pytest.fixture
def guide(wiki: Sandbox) -> str:
    """Return a page whose edited lines are neighbours."""
    lines = ("The first port is 8080.", "The second is 9090.")
    body = "<h1>Ports</h1>" + "".join(f"<p>{line}</p>" for line in lines)
    return wiki.store.create_page("ENG", "Guide", body, author="Ana", raw=True).id


def make(row: str, wiki: Sandbox, desk: Desk, guide: str) -> int:
    """Bring a document and its page into a row that refuses; answers the server's version."""
    desk.edit(GUIDE, "9090", "9091")
    if row == "diverged":
        wiki.store.edit(guide, _hers(wiki, guide), author="Ana")
    elif row == "commented":
        wiki.store.comment(guide, "The first port")
    elif row == "stamp-mismatch":
        wiki.store.edit(guide, _hers(wiki, guide), author="Ana")
        wiki.store.delete_version(guide, 1)
    else:
        wiki.store.edit(guide, author="Ana")
        wiki.store.edit(guide, author="Ana")
        desk("pull")
        wiki.store.edit(guide, _hers(wiki, guide), author="Ana")
        for _ in range(2):
            wiki.store.delete_version(guide, 1)
    return wiki.store.page(guide).version


def _hers(wiki: Sandbox, guide: str) -> str:
    return wiki.store.page(guide).body.replace("8080", "8081")


@pytest.mark.parametrize("row", ROWS)
def test_each_refusing_row_merges_and_is_pushed(
    wiki: Sandbox, desk: Desk, guide: str, row: str
) -> None:
    make(row, wiki, desk, guide)
    assert desk.json("push", exit=1).data["pages"][0]["decision"] == row
    assert desk.json("pull", "--merge").outcomes == {GUIDE: "merged"}
    desk("push")
    body = wiki.store.page(guide).body
    assert "9091" in body
    assert ("inline-comment-marker" if row == "commented" else "8081") in body


@pytest.mark.parametrize("row", ROWS)
def test_each_refusing_row_takes_theirs_and_shows_and_keeps_what_goes(
    wiki: Sandbox, desk: Desk, guide: str, row: str
) -> None:
    make(row, wiki, desk, guide)
    mine = desk.text(GUIDE)
    run = desk("pull", "--theirs", GUIDE)
    assert "\n-<p>The second is 9091.</p>\n" in run.out
    assert "a copy is in .confsync/trash" in run.out
    assert desk.text(f".confsync/trash/{GUIDE}") == mine
    assert "9091" not in desk.text(GUIDE)
    assert "clean" in desk("status", "--remote").out


@pytest.mark.parametrize("row", ROWS)
def test_each_refusing_row_keeps_ours_and_shows_and_keeps_what_goes(
    wiki: Sandbox, desk: Desk, guide: str, row: str
) -> None:
    version = make(row, wiki, desk, guide)
    desk("push", exit=1)
    run = desk("pull", "--ours", GUIDE, "--at", str(version))
    gone = "inline-comment-marker" if row == "commented" else "8081"
    assert re.search(rf"^-<p>.*{gone}", run.out, re.MULTILINE)
    assert gone in desk.text(f".confsync/trash/{GUIDE}")
    if row == "commented":
        assert "the text drops an open comment: Ana on 'The first port'" in desk("push", exit=1).out
        desk("push", "--drop-comments")
    else:
        desk("push")
    assert gone not in wiki.store.page(guide).body
    assert "9091" in wiki.store.page(guide).body


def test_ours_gives_up_only_what_was_seen(wiki: Sandbox, desk: Desk, guide: str) -> None:
    version = make("diverged", wiki, desk, guide)
    desk("push", exit=1)
    wiki.store.comment(guide, "The first port")
    run = desk("pull", "--ours", GUIDE, "--at", str(version), exit=1)
    assert f"v{version} has changed since it was shown" in run.out
    assert f"'confsync diff --remote {GUIDE}'" in run.err
    desk("diff", "--remote", GUIDE)
    desk("pull", "--ours", GUIDE, "--at", str(version))


def test_a_comment_alone_merges_by_itself_with_the_base_from_nowhere(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """The server no longer has the text without the marker; the digest finds it again."""
    make("commented", wiki, desk, guide)
    shutil.rmtree(desk.path(".confsync"))
    assert desk.json("pull", "--merge").outcomes == {GUIDE: "merged"}
    assert "inline-comment-marker" in desk.text(GUIDE)
    assert "9091" in desk.text(GUIDE)


def test_the_same_line_on_both_sides_is_marked_with_who_and_what(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, _hers(wiki, guide), author="Ana")
    desk.edit(GUIDE, "8080", "8082")
    assert "1 conflicted" in desk("pull", "--merge", exit=1).out
    lines = desk.text(GUIDE).split("\n")
    assert "<<<<<<< local, based on v1" in lines
    assert ">>>>>>> server v2, Ana" in lines
    assert "\n  version: 2\n" in desk.text(GUIDE)
    assert desk.json("status").outcomes == {GUIDE: "conflicted"}
    assert "conflict marker" in desk("push", exit=1).out
    assert wiki.store.page(guide).version == 2


def test_neighbours_that_two_people_edited_merge(wiki: Sandbox, desk: Desk) -> None:
    for kind, body in NEIGHBOURS.items():
        page = wiki.store.create_page("ENG", kind, body, author="Ana", raw=True)
        desk("pull")
        path = f"ENG/{kind}.xhtml"
        desk.edit(path, "One", "One, mine")
        wiki.store.edit(page.id, body.replace("Two", "Two, hers"), author="Ana", raw=True)
        assert desk.json("pull", "--merge", path).outcomes == {path: "merged"}
        desk("push", path)
        both = body.replace("One", "One, mine").replace("Two", "Two, hers")
        assert wiki.store.page(page.id).body == both


def test_neighbours_that_are_not_well_formed_together_are_a_conflict(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """I put the first two lines into a box, she the last two into a quotation."""
    lines = "<p>1</p>", "<p>2</p>", "<p>3</p>"
    wiki.store.edit(guide, "".join(lines), author="Ana", raw=True)
    desk("pull")
    desk.edit(GUIDE, "<p>1</p>", "<div><p>1</p>")
    desk.edit(GUIDE, "<p>2</p>", "<p>2</p>\n</div>")
    hers = f"{lines[0]}<blockquote>{lines[1]}{lines[2]}</blockquote>"
    wiki.store.edit(guide, hers, author="Ana", raw=True)
    run = desk("pull", "--merge", exit=1)
    assert "both sides changed the same or neighbouring lines" in run.out
    assert "<<<<<<< local" in desk.text(GUIDE)


def changed(chance: random.Random, blocks: list[str], who: str) -> list[str]:
    """Return the blocks after some edits, deletions, insertions and moves by one person."""
    blocks = list(blocks)
    for number in range(chance.randint(1, 3)):
        at, to = chance.randrange(len(blocks)), chance.randrange(len(blocks))
        match chance.choice(("edit", "delete", "insert", "move")):
            case "edit":
                blocks[at] = blocks[at].replace("</p>", f", {who} {number}</p>")
            case "insert":
                blocks.insert(at, f"<p>{who} added {number}</p>")
            case "delete" if len(blocks) > 2:
                del blocks[at]
            case _:
                blocks.insert(to, blocks.pop(at))
    return blocks


def test_no_merge_says_more_than_its_text_has_and_each_is_taken_back(
    wiki: Sandbox, desk: Desk
) -> None:
    """The reader of the files is `tests/independent.py`, which knows nothing of a merge."""
    chance = random.Random(23)
    base = [f"<p>block {number}</p>" for number in range(6)]
    paths = [f"ENG/page-{number}.xhtml" for number in range(16)]
    ids = [wiki.store.create_page("ENG", path[4:-6], "".join(base), raw=True).id for path in paths]
    desk("pull")
    texts, sides = {}, {}
    for path, page_id in zip(paths, ids, strict=True):
        mine, hers = changed(chance, base, "mine"), changed(chance, base, "hers")
        wiki.store.edit(page_id, "".join(hers), author="Ana", raw=True)
        desk.edit(path, "\n".join(base), "\n".join(mine))
        texts[path], sides[page_id] = desk.text(path), (path, mine, hers)
    told = desk.json("pull", "--merge", exit=None).outcomes
    server = independent.server_of(wiki, ["ENG"], [])
    for page_id, (path, mine, hers) in sides.items():
        front, body = independent.front_of(desk.path(path))
        if front["confluence"]["version"] == "1":
            assert desk.text(path) == texts[path]
            continue
        assert front["confluence"]["version"] == str(server.pages[page_id].version)
        blocks = re.findall("<p>.*?</p>", body)
        added = {*mine, *hers} - {*base}
        assert added <= {*blocks}, path
        if told.get(path) != "conflicted":
            assert {*blocks} == ({*base} & {*mine} & {*hers}) | added, path
    assert {"merged", "conflicted"} <= {*told.values()}
    desk("pull", "--abort", *(path for path, way in told.items() if way != "rejected"), exit=None)
    assert {path: desk.text(path) for path in told if told[path] in ("merged", "conflicted")} == {
        path: texts[path] for path in told if told[path] in ("merged", "conflicted")
    }


def histories(corpus: Path) -> list[tuple[str, str, str]]:
    """Title, older and newer body of every two successive real versions of a page."""
    found = []
    for page in json.loads((corpus / "versions.json").read_text()):
        bodies = [(corpus / "bodies" / v["file"]).read_bytes().decode() for v in page["versions"]]
        for old, new in itertools.pairwise(bodies):
            if old != new and not storage_format.check(old) and not storage_format.check(new):
                found.append((page["title"], old, new))
    return found


def away_from(old: str, new: str) -> tuple[int, int]:
    """Return the line of the older text that is farthest from all changes, and how far it is."""
    lines = [layout.lay(body).split("\n") for body in (old, new)]
    matcher = difflib.SequenceMatcher(None, *lines, autojunk=False)
    changes = [(a, b) for tag, a, b, _, _ in matcher.get_opcodes() if tag != "equal"]
    touched = [i for a, b in changes for i in (range(a, b) if a < b else (a - 1, a))]
    far = {i: min(abs(i - at) for at in touched) for i in range(len(lines[0]))}
    at = max(far, key=lambda i: far[i])
    return at, far[at]


def test_real_successive_versions_merge_with_an_edit_in_another_block(
    wiki: Sandbox, desk_at: Callable[..., Desk], corpus: Path
) -> None:
    """The server's change is a real one; mine is a new line, as far from it as there is one."""
    made = []
    for number, (_, old, new) in enumerate(histories(corpus)):
        page = wiki.store.create_page("ENG", f"Page {number}", old, raw=True)
        made.append((f"ENG/page-{number}.xhtml", page.id, old, new))
    assert len(made) > 10
    desk = desk_at()
    far = 0
    for path, page_id, old, new in made:
        wiki.store.edit(page_id, new, author="Ana", raw=True)
        before = desk.text(path)
        head, _, laid = before[4:].partition("---\n")
        lines = laid.split("\n")
        at, distance = away_from(old, new)
        lines.insert(at, "<p>mine</p>")
        desk.path(path).write_bytes(f"---\n{head}---\n{chr(10).join(lines)}".encode())
        (told,) = desk.json("pull", "--merge", path, exit=None).data["pages"]
        after = desk.text(path)
        assert "<p>mine</p>" in after, path
        if told["outcome"] == "conflicted":
            assert distance < 1, f"{path}: an edit {distance} lines away is in conflict"
            assert re.search(r"^<<<<<<< local, based on v1$", after, re.MULTILINE)
            continue
        assert told["outcome"] == "merged", told
        assert not re.search(r"^(?:<{7}|={7}|>{7})", after, re.MULTILINE)
        if told["error"]:
            assert "no longer well-formed" in told["error"]
            continue
        far += 1
        body = document.parse(after.encode(), path).body
        # A line of mine may take a line end of theirs for its own.
        assert body.replace("<p>mine</p>", "").replace("\n", "") == new.replace("\n", ""), path
        desk("push", path)
        assert "<p>mine</p>" in wiki.store.page(page_id).body
    assert far >= len(made) // 2, (far, len(made))


def test_real_successive_versions_are_marked_where_both_change_a_line(
    wiki: Sandbox, desk_at: Callable[..., Desk], corpus: Path
) -> None:
    marked = 0
    made = []
    for number, (_, old, new) in enumerate(histories(corpus)):
        page = wiki.store.create_page("ENG", f"Page {number}", old, raw=True)
        made.append((f"ENG/page-{number}.xhtml", page.id, old, new))
    desk = desk_at()
    for path, page_id, old, new in made:
        lines = [layout.lay(body).split("\n") for body in (old, new)]
        matcher = difflib.SequenceMatcher(None, *lines, autojunk=False)
        replaced = [a for tag, a, _, _, _ in matcher.get_opcodes() if tag == "replace"]
        if not replaced:
            continue
        wiki.store.edit(page_id, new, author="Ana", raw=True)
        before = desk.text(path)
        head, _, laid = before[4:].partition("---\n")
        mine = laid.split("\n")
        mine[replaced[0]] = "<p>mine</p>"
        desk.path(path).write_bytes(f"---\n{head}---\n{chr(10).join(mine)}".encode())
        desk("pull", "--merge", path, exit=1)
        after = desk.text(path)
        assert re.search(r"^<<<<<<< local, based on v1\n", after, re.MULTILINE), path
        assert re.search(r"^>>>>>>> server v2, Ana$", after, re.MULTILINE), path
        assert "<p>mine</p>" in after
        marked += 1
    assert marked > 5


def test_a_base_that_was_renumbered_is_found_on_the_server(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """Found by the state machine: an old version was deleted, the cache is lost, and both edit."""
    for number in (1, 2):
        body = wiki.store.page(guide).body
        wiki.store.edit(guide, f"{body}<p>v{number}</p>")
    desk("pull")
    wiki.store.delete_version(guide, 1)
    desk.edit(GUIDE, "<h1>Ports", "<h1>Harbours")
    shutil.rmtree(desk.path(".confsync"))
    run = desk.json("push", exit=1)
    assert run.data["pages"][0]["decision"] == "stamp-ahead"
    desk("pull", "--merge")
    desk("push")
    assert "Harbours" in wiki.store.page(guide).body


@pytest.mark.parametrize("refresh", [(), ("--refresh",)])
@pytest.mark.parametrize("options", [("--theirs",), ("--ours", "--at", "1"), ("--merge",)])
def test_taking_the_base_again_leaves_the_text(
    desk: Desk, guide: str, options: tuple[str, ...], refresh: tuple[str, ...]
) -> None:
    """Of a page that is exactly the base, its digest is enough, unless a person takes its text."""
    before = desk.text(GUIDE)
    desk("pull", *refresh, *options, GUIDE, exit=None)
    assert desk.text(GUIDE) == before
