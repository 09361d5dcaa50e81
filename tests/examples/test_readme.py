"""The README and pages of the manual tell stories in commands: type them, line by line.

What comes out is what the page says. The stories happen in the sandbox's own space.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import confsync
from confsync.commands.setup.sandbox import open_sandbox
from confsync.sandbox import Sandbox
from tests.examples.story import Command, Edit, Shown, Trash, play, shell_in, steps
from tests.shell import Shell

README = Path(__file__).parents[2] / "README.md"
MANUAL = Path(confsync.__file__).parent / "manual"
# A merge tool that keeps both sides.
TOOL = {
    "merge.tool": "mine",
    "mergetool.keepBackup": "false",
    "mergetool.mine.trustExitCode": "true",
    "mergetool.mine.cmd": (
        'sed "/^<<<<<<<\\|^=======\\|^>>>>>>>/d" "$MERGED" > x && mv x "$MERGED"'
    ),
}


@pytest.fixture
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The sandbox as `confsync sandbox` starts it; a parameter names another flavor."""
    with open_sandbox(flavor=getattr(request, "param", "cloud")) as sandbox:
        yield sandbox


@pytest.fixture
def shell(tmp_path: Path, wiki: Sandbox) -> Iterator[Shell]:
    """A shell with credentials for the sandbox, and a merge tool for git."""
    variables = {"CONFSYNC_USER": wiki.user, "CONFSYNC_TOKEN": wiki.token}
    variables["GIT_CONFIG_COUNT"] = str(len(TOOL))
    for number, (key, value) in enumerate(TOOL.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    shell = shell_in(tmp_path, variables)
    yield shell
    shell.close()


def test_ten_lines_are_as_the_readme_says(wiki: Sandbox, shell: Shell) -> None:
    typed = play(README, wiki, shell, "Try it")
    assert len(typed) >= 10, "the README's story has become short"
    (guide,) = (page for page in wiki.store.pages("OPS") if page.title == "Deployment guide")
    for text in ("to 17:00 UTC", "<p>8081</p>", "about two minutes"):
        assert text in guide.body


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("concepts/stamp-base-mirror.md", 10),
        ("concepts/state-directory.md", 10),
        ("concepts/file-names.md", 10),
        ("recovery.md", 20),
    ],
)
def test_what_a_page_of_the_manual_types_comes_out_as_it_says(
    wiki: Sandbox, shell: Shell, page: str, least: int
) -> None:
    assert len(play(MANUAL / page, wiki, shell)) >= least, f"{page} has become short"


@pytest.mark.parametrize("wiki", ["cloud", "datacenter"], indirect=True)
def test_a_conflict_from_first_sight_to_last(wiki: Sandbox, shell: Shell) -> None:
    page = MANUAL / "concepts" / "decision-table.md"
    typed = play(page, wiki, shell, "A conflict, from first sight to last")
    played = [line.removeprefix("confsync ").removeprefix("git ").split()[0] for line in typed]
    assert played[-7:] == ["status", "diff", "pull", "check", "mergetool", "check", "push"]
    (guide,) = (page for page in wiki.store.pages("OPS") if page.title == "Deployment guide")
    assert "09:00 to 17:00 UTC" in guide.body


def test_a_step_is_what_stands_in_a_block_of_the_section() -> None:
    text = (
        "## Before\n```sh\nno\n```\n## Day\n```sh\none  # why\n```\n`$ no`\n"
        '<!-- Ana Lima edits Guide: a -> b, "c" -->\n'
        "<!-- Ana Lima trashes Guide -->\n"
        "```console\n$ two\nout\n\nmore\n$ three\n```\n```yaml\n$ no\n```\n"
        "```xhtml A/b.xhtml\n<p>\n$ no\n```\n"
        "## After\n```sh\nno\n```\n"
    )
    day = [
        Command(7, "one  # why", None),
        Edit("Ana Lima", "Guide", "a", "b", "c"),
        Trash("Ana Lima", "Guide"),
        Command(13, "two", "out\n\nmore"),
        Command(17, "three", ""),
        Shown(22, "A/b.xhtml", "<p>\n$ no"),
    ]
    assert list(steps(text, "Day")) == day
    assert [step for step in steps(text) if isinstance(step, Command)] == [
        Command(3, "no", None),
        *(step for step in day if isinstance(step, Command)),
        Command(28, "no", None),
    ]
