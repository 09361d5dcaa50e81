"""The hints about files that only confsync writes: each is typed as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet

GUIDE = "ENG/guide.xhtml"
FOLDER = "ENG/things/.folder.yaml"


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """A server of Cloud: only there are folders."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


def type_hint(desk: Desk, said: str) -> str:
    """Type the first command of the hint in an error output; return what git prints."""
    (command,) = re.findall(r"^hint: '([^']*)'", said, re.MULTILINE)[:1]
    printed = ""
    for part in command.split(" && "):
        words = shlex.split(part)
        if words[0] == "confsync":
            desk(*words[1:])
        else:
            done = subprocess.run(words, cwd=desk.root, check=True, capture_output=True, text=True)
            printed += done.stdout
    return printed


def test_a_broken_folder_file_is_written_again(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    home = wiki.store.space("ENG").homepage_id
    folder = wiki.store.create_folder("ENG", "Things", parent=home).id
    wiki.store.create_page("ENG", "Page", "<p>page</p>", parent=folder)
    desk = desk_at()
    before = desk.files()
    desk.path(FOLDER).write_text("title: Things\n")
    run = desk("status", exit=4)
    assert "the folder has no valid 'id'" in run.err
    type_hint(desk, run.err)
    assert desk.files() == before
    quiet(wiki, desk)


def test_an_edited_stamp_is_shown_by_git(wiki: Sandbox, desk: Desk) -> None:
    desk.git("init", "-q", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x")
    desk.edit(GUIDE, "version: 1", "version: one")
    run = desk("status", exit=4)
    assert "'one' is not a valid version" in run.out
    printed = type_hint(desk, run.err)
    assert "-  version: 1" in printed and "+  version: one" in printed


def test_a_conflict_in_a_stamp_is_checked(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "  version: 1", "<<<<<<< a\n  version: 1\n=======\n  version: 2\n>>>>>>> b")
    run = desk("status", exit=4)
    assert f"then 'confsync check {GUIDE}'" in run.err
    desk.edit(GUIDE, "<<<<<<< a\n  version: 1\n=======\n  version: 2\n>>>>>>> b", "  version: 1")
    desk("check", GUIDE)
