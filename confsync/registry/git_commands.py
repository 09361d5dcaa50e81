"""Commands and options of git that confsync does not have, and what to type instead."""

from __future__ import annotations

from typing import NamedTuple


class GitCommand(NamedTuple):
    """A command of git, and in one line what to type instead.

    `{words}` are the words that a person typed after the command, `{paths}` those that are no
    options. `files` is for words that name files, `no_git` for a mirror that is in no repository.
    """

    name: str
    instead: str
    files: str = ""
    no_git: str = ""


class GitOption(NamedTuple):
    """Options that git has for a command that confsync has, too."""

    command: str
    names: tuple[str, ...]
    instead: str


_DISCARDS = "'confsync pull --theirs{paths}' discards your edit of a page"
# Commands about commits and branches. Only git has them.
_OF_GIT = (*("bisect", "branch", "cherry-pick", "reflog", "stash", "switch", "tag", "worktree"),)

GIT_COMMANDS = (
    GitCommand("add", "nothing is staged here: 'confsync push{paths}' sends what you edited"),
    GitCommand(
        "blame",
        "'confsync log --blame PATH' shows who wrote each line of a page",
        files="'confsync log --blame{paths}' shows who wrote each line of a page",
    ),
    GitCommand(
        "checkout",
        "'git checkout{words}' does that; 'confsync pull --theirs PATH' discards an edit",
        files=_DISCARDS,
    ),
    GitCommand(
        "commit",
        "'git commit{words}' commits the files; 'confsync push' sends the pages",
        no_git="'confsync push' sends the pages; the server keeps every version",
    ),
    GitCommand("config", "'confsync help configuration' lists the keys of .confsync.yaml"),
    GitCommand("fetch", "'confsync status --remote' shows what is new; 'confsync pull' brings it"),
    GitCommand("merge", "'confsync pull --merge' merges the server's changes with yours"),
    GitCommand(
        "mv",
        "'git mv{words}' moves the file; 'confsync push' then moves the page",
        no_git="'mv{words}' moves the file; 'confsync push' then moves the page",
    ),
    GitCommand("rebase", "'confsync pull --merge' merges the server's changes with yours"),
    GitCommand("remote", "'confsync doctor' names the server, and what you may do there"),
    GitCommand(
        "reset",
        "'git reset{words}' does that; 'confsync pull --theirs PATH' discards an edit",
        files=_DISCARDS,
    ),
    GitCommand(
        "rm",
        "'git rm{words}' deletes the file; 'confsync push --delete' then its page",
        no_git="'confsync push --delete{paths}' says how to delete a page",
    ),
    *(GitCommand(one, f"'git {one}{{words}}' does that") for one in _OF_GIT),
)

GIT_OPTIONS = (
    GitOption(
        "push",
        ("--force", "-f", "--force-with-lease"),
        "no push overwrites the server's text; 'confsync pull --merge' merges it",
    ),
    GitOption(
        "push",
        ("--all", "-a", "--set-upstream", "-u"),
        "'confsync push' sends every edited document to the mirror's server",
    ),
    GitOption(
        "pull",
        ("--rebase", "-r", "--ff-only", "--no-rebase"),
        "'confsync pull' keeps every edit; 'confsync pull --merge' merges them",
    ),
    GitOption(
        "status",
        ("--short", "-s", "--porcelain"),
        "'confsync status' is short; 'confsync status --json' is for programs",
    ),
    GitOption("diff", ("--name-only", "--name-status"), "'confsync diff --stat' lists the pages"),
    GitOption("log", ("--oneline",), "'confsync log PATH' has one line for each version"),
    GitOption(
        "restore",
        ("--staged", "-S", "--source", "-s"),
        "'git restore' is for files; 'confsync restore' is for pages in the trash",
    ),
)


def instead_of_command(name: str, *, files: bool, git: bool) -> str:
    """Return the pattern of what to type instead of a command of git; empty for another command.

    `files` tells whether the words name files, `git` whether the mirror is in a repository.
    """
    one = next((one for one in GIT_COMMANDS if one.name == name), None)
    if one is None:
        return ""
    return (files and one.files) or (not git and one.no_git) or one.instead


def instead_of_option(command: str, option: str) -> str:
    """Return what to type instead of an option of git, or an empty text for another option."""
    found = (one for one in GIT_OPTIONS if one.command == command and option in one.names)
    return next((one.instead for one in found), "")
