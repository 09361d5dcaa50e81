"""What the command line itself cannot say of a command: its exit codes, and where to read more."""

from __future__ import annotations

from typing import NamedTuple

from confsync.errors import Exit


class CommandEntry(NamedTuple):
    """One command. `exits` says for some exit codes what they mean here; `topics` are pages."""

    name: str
    exits: dict[Exit, str]
    topics: tuple[str, ...]


_HERE = {Exit.LOCAL: "There is no mirror here, or a file cannot be read or written."}
_SERVER = {
    **_HERE,
    Exit.REMOTE: "The server cannot be reached, or it failed.",
    Exit.CREDENTIALS: "The server does not accept the credentials, or the permission is missing.",
}

COMMANDS = (
    CommandEntry(
        "check",
        {**_HERE, Exit.REFUSED: "At least one finding is an error: a push would refuse it."},
        ("pre-commit", "ci", "error-codes"),
    ),
    CommandEntry(
        "clone",
        {**_SERVER, Exit.REFUSED: "The server does not show the page of the URL."},
        ("tutorial", "existing-repository"),
    ),
    CommandEntry(
        "demo",
        {Exit.LOCAL: "The directory is not empty, or the story failed."},
        ("tutorial",),
    ),
    CommandEntry(
        "diff",
        {**_SERVER, Exit.REFUSED: "The server does not show a page that you named."},
        ("conflicts", "stamp-base-mirror"),
    ),
    CommandEntry(
        "doctor",
        {**_SERVER, Exit.REFUSED: "The server does not show what a check asks for."},
        ("troubleshooting", "environment"),
    ),
    CommandEntry("help", {}, ("index", "glossary")),
    CommandEntry(
        "init",
        {Exit.LOCAL: "The directory is a mirror already, or cannot be written."},
        ("existing-repository", "configuration"),
    ),
    CommandEntry(
        "log",
        {**_SERVER, Exit.REFUSED: "The server does not show the page."},
        ("recovery", "state-directory"),
    ),
    CommandEntry("login", _SERVER, ("security", "environment")),
    CommandEntry(
        "logout",
        {Exit.LOCAL: "There is no mirror here, and you gave no URL."},
        ("security",),
    ),
    CommandEntry("new", _HERE, ("file-names", "moving-and-renaming")),
    CommandEntry(
        "pull",
        {
            **_SERVER,
            Exit.REFUSED: "A page was rejected, has conflict markers now, or waits for permission.",
        },
        ("conflicts", "nightly-mirror", "decision-table"),
    ),
    CommandEntry(
        "push",
        {**_SERVER, Exit.REFUSED: "A page was rejected or skipped, or a mass change waits."},
        ("conflicts", "deleting-and-restoring", "ci", "decision-table"),
    ),
    CommandEntry(
        "restore",
        {**_SERVER, Exit.REFUSED: "The page is not in the trash, or the server does not show it."},
        ("deleting-and-restoring", "recovery"),
    ),
    CommandEntry(
        "sandbox",
        {Exit.LOCAL: "The file of `--data` cannot be used."},
        ("tutorial",),
    ),
    CommandEntry(
        "show",
        {**_SERVER, Exit.REFUSED: "The server does not show the page or the version."},
        ("recovery",),
    ),
    CommandEntry(
        "status",
        {
            **_SERVER,
            Exit.REFUSED: "`--exit-code`: a document is not clean. `--fresh`: the server changed a "
            "page.",
        },
        ("outcomes", "decision-table", "pre-commit"),
    ),
)
