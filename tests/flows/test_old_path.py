"""`path:` of a space is changed in the configuration while edits wait in the old directory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable

import pytest
import yaml

from confsync.mirror import snapshot
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

PULLED = pytest.mark.parametrize("pulled", [False, True], ids=["before a pull", "after a pull"])


def change_path(desk: Desk, path: str) -> None:
    config = desk.path(".confsync.yaml")
    data = yaml.safe_load(config.read_text())
    data["spaces"][0]["path"] = path
    config.write_text(yaml.safe_dump(data))


def obey(desk: Desk, run_out: str) -> None:
    """Type the command that was told."""
    told = re.search(r"'((?:mkdir|mv) [^']*)'", run_out)
    assert told is not None, run_out
    subprocess.run(told[1], shell=True, cwd=desk.root, check=True)


@PULLED
@pytest.mark.parametrize("path", ["docs", "wiki/team/ENG"])
def test_edits_in_the_old_directory_are_told_and_not_lost(
    wiki: Sandbox, desk: Desk, guide: str, path: str, pulled: bool
) -> None:
    desk.edit("ENG/guide.xhtml", "8080", "8081")
    change_path(desk, path)
    if pulled:
        desk("pull")
    run = desk("status")
    assert "clean" not in run.out.splitlines()[0]
    assert "ENG/guide.xhtml" in run.out
    assert desk.json("status").outcomes["ENG/guide.xhtml"] == "modified"
    desk("status", "--exit-code", exit=1)
    run = desk("push", exit=1)
    assert writes(wiki) == []
    assert "ENG/guide.xhtml" in run.out
    obey(desk, run.out + run.err)
    desk("push")
    assert "8081" in wiki.store.page(guide).body
    desk("pull")
    assert desk("status").out.startswith("clean")
    assert "nothing to do" in desk("push").out


def edit_attachment(desk: Desk) -> str:
    desk.path("ENG/guide.attachments/a.png").write_bytes(b"mine")
    return "ENG/guide.xhtml"


def write_new(desk: Desk) -> str:
    desk.path("ENG/guide").mkdir()
    desk.path("ENG/guide/new.xhtml").write_text("---\ntitle: New\n---\n<p>mine</p>\n")
    return "ENG/guide/new.xhtml"


def edit_labels(desk: Desk) -> str:
    desk.edit("ENG/guide.xhtml", "\nlabels: []", "\nlabels: [ops]")
    return "ENG/guide.xhtml"


def move(desk: Desk) -> str:
    desk.path("ENG/guide").mkdir()
    desk.path("ENG/other.xhtml").rename(desk.path("ENG/guide/other.xhtml"))
    return "ENG/guide/other.xhtml"


@PULLED
@pytest.mark.parametrize("edit", [edit_attachment, write_new, edit_labels, move])
def test_edits_that_are_no_texts_are_told_and_not_lost(
    wiki: Sandbox, desk: Desk, guide: str, edit: Callable[[Desk], str], pulled: bool
) -> None:
    wiki.store.attach(guide, "a.png", b"hers")
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("labels: true\nattachments: true\n")
    desk("pull")
    path = edit(desk)
    change_path(desk, "docs")
    if pulled:
        desk("pull")
    wiki.clear_requests()
    for arguments in (("status",), ("status", "--exit-code"), ("push",)):
        run = desk(*arguments, exit=None)
        assert run.exit == (1 if arguments != ("status",) else 0)
        assert path in run.out
    assert writes(wiki) == []
    if pulled:
        assert "'path: ENG' in .confsync.yaml makes that a space's directory again" in run.out
        change_path(desk, "ENG")
    else:
        obey(desk, run.out)
    desk("push")
    assert writes(wiki)
    desk("pull")
    assert desk("status").out.startswith("clean")


def test_plain_copies_of_documents_are_ignored(wiki: Sandbox, desk: Desk, guide: str) -> None:
    for place in ("backup", ".hidden", "other-mirror"):
        desk.path(place).mkdir()
        desk.path(f"{place}/guide.xhtml").write_text(desk.text("ENG/guide.xhtml"))
    desk.edit(".hidden/guide.xhtml", "8080", "8081")
    desk.edit("other-mirror/guide.xhtml", "8080", "8081")
    desk.path("other-mirror/.confsync.yaml").write_text("url: http://127.0.0.1\n")
    assert desk("status").out.startswith("clean")
    assert desk("push").out == "push: nothing to do\n"


def test_a_directory_that_is_not_in_the_configuration_any_more_is_told(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    """Two spaces; one of them is taken out of the configuration."""
    wiki.store.create_space("OPS", "Operations", "Operations")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    whole = config.read_text()
    config.write_text(whole.replace("- key: ENG", "- key: OPS\n- key: ENG"))
    desk("pull")
    config.write_text(whole)
    run = desk("status")
    assert "OPS/index.xhtml" in run.out
    assert "'path: OPS' in .confsync.yaml" in run.out
    assert "OPS/index.xhtml" in desk("push").out


def settle(desk: Desk, *commands: str) -> None:
    """Run commands until the snapshot trusts what it has seen."""
    for command in (*commands, *commands):
        time.sleep(0.03)
        desk(command)


def stray(desk: Desk) -> None:
    """Put an edited copy of the guide, made long ago, into a directory that no space has."""
    text = desk.text("ENG/guide.xhtml").replace("8080", "8081")
    desk.path("old").mkdir(exist_ok=True)
    desk.path("old/guide.xhtml").write_text(text)


def test_a_document_that_appears_outside_is_told_by_the_next_status(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path("old").mkdir()
    desk.path("old/guide.xhtml").write_text(desk.text("ENG/guide.xhtml"))
    settle(desk, "status")
    assert snapshot.clean(desk.root), "a plain copy makes no status slow"
    stray(desk)
    assert snapshot.clean(desk.root) is None
    assert desk.json("status").outcomes["old/guide.xhtml"] == "modified"
    shutil.rmtree(desk.path("old"))
    settle(desk, "status")
    assert snapshot.clean(desk.root)
    stray(desk)
    assert desk.json("status").outcomes["old/guide.xhtml"] == "modified"


def test_a_pull_with_nothing_to_do_does_not_hide_edits_outside(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    stray(desk)
    settle(desk, "pull")
    assert desk.json("status").outcomes["old/guide.xhtml"] == "modified"


def test_two_edits_of_one_page_are_both_kept(wiki: Sandbox, desk: Desk, guide: str) -> None:
    stray(desk)
    desk.edit("ENG/guide.xhtml", "8080", "9090")
    out = desk("status").out
    assert "'mv" not in out
    told = re.search(r"'(diff [^']*)'", out)
    assert told is not None, out
    run = subprocess.run(
        told[1], shell=True, cwd=desk.root, check=False, capture_output=True, text=True
    )
    assert "8081" in run.stdout
    assert "9090" in run.stdout


def test_documents_in_several_directories_are_told_with_a_command_that_works(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """A document stands beside the configuration itself, in no directory."""
    os.rename(desk.path("ENG/guide.xhtml"), desk.path("guide.xhtml"))
    run = desk("status")
    assert "guide.xhtml" in run.out
    obey(desk, run.out)
    assert desk("status").out.startswith("clean")
