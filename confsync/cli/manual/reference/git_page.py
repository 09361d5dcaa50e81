"""The page of the reference about git's commands, and what to type instead."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.cli.manual.reference import markdown
from confsync.registry.git_commands import GIT_COMMANDS, GIT_OPTIONS


def git_commands() -> str:
    """Return the page of git's commands that confsync does not have."""
    first = "After this page you know what to type where your fingers type a command of git."
    return markdown.page("Commands of git", first, _blocks())


def _blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "confsync names its commands as git does, where they do the same: `clone`, `status`, "
        "`diff`, `log`, `show`, `pull`, `push`, `restore`. It has no others of git. If you type "
        "one of these, confsync says what to type instead."
    )
    yield markdown.heading("Commands")
    yield markdown.items(f"`{one.name}`: {_shown(one.instead)}." for one in GIT_COMMANDS)
    yield markdown.heading("Options")
    for one in GIT_OPTIONS:
        names = ", ".join(f"`{one.command} {name}`" for name in one.names)
        yield markdown.paragraph(f"{names}: {_shown(one.instead)}.")


def _shown(instead: str) -> str:
    """Return the text of an entry as Markdown."""
    return markdown.with_code_marked(instead.format(words=" …", paths=" PATH"))
