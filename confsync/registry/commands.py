"""The facts about a command that click lacks: arguments, exit codes, and where to read more."""

from __future__ import annotations

from typing import NamedTuple

from confsync.errors import Exit


class CommandEntry(NamedTuple):
    """One command: what its arguments mean, what its exit codes mean, and pages to read.

    Each command can also end with `Exit.DONE`, `Exit.USAGE` and `Exit.INTERRUPTED`. `pages` are
    places below the manual, without suffix.
    """

    name: str
    arguments: dict[str, str]
    exits: dict[Exit, str]
    pages: tuple[str, ...]


_HERE = {Exit.LOCAL: "There is no mirror here, or a file cannot be read or written."}
_SERVER = {
    **_HERE,
    Exit.REMOTE: "The server cannot be reached, or it failed.",
    Exit.CREDENTIALS: "The server does not accept the credentials, or the permission is missing.",
}

_PATHS = {"PATHS": "Documents or directories. Without one, the whole mirror."}

COMMANDS = (
    CommandEntry(
        "check",
        _PATHS,
        {**_HERE, Exit.REFUSED: "At least one finding is an error: a push would refuse it."},
        ("guides/pre-commit", "guides/ci", "reference/error-codes"),
    ),
    CommandEntry(
        "clone",
        {
            "URL": "The address of a space, a page or a folder, as the browser shows it.",
            "DIR": "The directory of the mirror. Without it, the key of the space. It may have "
            "other files.",
        },
        {
            **_SERVER,
            Exit.REFUSED: "The server does not show the page of the URL.",
            Exit.LOCAL: "Something is in the way, a file cannot be written, or git refused.",
        },
        ("guides/cloning", "tutorial", "guides/existing-repository"),
    ),
    CommandEntry(
        "comment",
        {"PATH": "A document, or the id of a page."},
        {
            **_SERVER,
            Exit.REFUSED: "The server does not show the page, or it does not take the answer. Or "
            "the comment cannot be resolved.",
        },
        ("guides/comments",),
    ),
    CommandEntry(
        "demo",
        {"DIR": "A new or empty directory to keep the story in. Without it, a temporary one."},
        {Exit.LOCAL: "The directory is not empty, or the story failed."},
        ("tutorial",),
    ),
    CommandEntry(
        "diff",
        _PATHS,
        {**_SERVER, Exit.REFUSED: "The server does not show a page that you named."},
        ("guides/conflicts", "concepts/stamp-base-mirror"),
    ),
    CommandEntry(
        "doctor",
        {"URL": "An address of Confluence, a space or a page. Without it, the mirror here."},
        {**_SERVER, Exit.REFUSED: "The server does not show what a check asks for."},
        ("troubleshooting", "reference/environment"),
    ),
    CommandEntry(
        "grep",
        _PATHS,
        {Exit.REFUSED: "Nothing was found.", Exit.LOCAL: "A document cannot be read."},
        ("guides/bulk-edits",),
    ),
    CommandEntry(
        "help",
        {"TOPIC": "The name of a page, or a command. Without it, a list."},
        {},
        ("index", "glossary"),
    ),
    CommandEntry(
        "history",
        {"SPACES": "Keys of spaces of this mirror. Without one, all of them."},
        {
            **_SERVER,
            Exit.REFUSED: "The server does not show the versions of a page.",
            Exit.LOCAL: "There is no mirror or no repository here, or git refused.",
        },
        ("guides/git-history", "recovery"),
    ),
    CommandEntry(
        "init",
        {"DIR": "The directory of the mirror. Without it, the current one."},
        {
            Exit.LOCAL: "The directory is a mirror already, cannot be written, or, with "
            "`--git`, is in no git repository."
        },
        ("guides/existing-repository", "guides/conflicts", "reference/configuration"),
    ),
    CommandEntry(
        "log",
        {"PATH": "A document, or the id of a page. `--local` and `--runs` need none."},
        {**_SERVER, Exit.REFUSED: "The server does not show the page."},
        ("recovery", "concepts/state-directory"),
    ),
    CommandEntry(
        "login",
        {"URL": "Any address of Confluence. Without it, the one of the mirror here."},
        _SERVER,
        ("guides/cloning", "security", "reference/environment"),
    ),
    CommandEntry(
        "logout",
        {"URL": "Any address of Confluence. Without it, the one of the mirror here."},
        {Exit.LOCAL: "There is no mirror here, and you gave no URL."},
        ("guides/cloning", "security"),
    ),
    CommandEntry(
        "merge-driver",
        {
            "%O": "The file with the document of the common ancestor. It may be empty.",
            "%A": "The file with our document. The result replaces it.",
            "%B": "The file with their document.",
            "%P": "The document, from the top of the work tree.",
            "%L": "The length of a conflict marker, 7 if it is not given. git's attribute "
            "`conflict-marker-size` sets it.",
        },
        {Exit.REFUSED: "The file of `%A` has conflict markers now, and git waits for you."},
        ("guides/conflicts",),
    ),
    CommandEntry(
        "new",
        {"PATH": "The document to write. Its directory names the parent page."},
        _HERE,
        ("concepts/file-names", "guides/moving-and-renaming"),
    ),
    CommandEntry(
        "open",
        {"PATH": "A document, or the id of a page."},
        {Exit.LOCAL: "There is no mirror here, or no browser can be started."},
        ("recovery", "reference/environment"),
    ),
    CommandEntry(
        "pull",
        _PATHS,
        {
            **_SERVER,
            Exit.REFUSED: "A page was rejected, has conflict markers now, or waits for permission.",
        },
        ("guides/conflicts", "guides/nightly-mirror", "concepts/decision-table"),
    ),
    CommandEntry(
        "push",
        {
            "PATHS": "Documents or directories. Without one, the whole mirror. With `--delete`, "
            "also the ids of pages, as `ID` or `ID@VERSION`."
        },
        {**_SERVER, Exit.REFUSED: "A page was rejected or skipped, or a mass change waits."},
        (
            "guides/conflicts",
            "guides/deleting-and-restoring",
            "guides/ci",
            "concepts/decision-table",
        ),
    ),
    CommandEntry(
        "replace",
        _PATHS,
        {
            Exit.REFUSED: "Nothing was found.",
            Exit.LOCAL: "A document is not well-formed, the change would break it, or it "
            "cannot be written.",
        },
        ("guides/bulk-edits", "recovery"),
    ),
    CommandEntry(
        "restore",
        {
            "PATH": "The document that the page had, or the id of the page. `--list` needs none.",
        },
        {**_SERVER, Exit.REFUSED: "The page is not in the trash, or the server does not show it."},
        ("guides/deleting-and-restoring", "recovery"),
    ),
    CommandEntry(
        "revert",
        {"PATHS": "Documents, or directories with documents."},
        {
            **_SERVER,
            Exit.REFUSED: "A document stays as it is. Its line says why, for example: it has "
            "edits that are not pushed.",
        },
        ("guides/deleting-and-restoring", "guides/bulk-edits", "recovery"),
    ),
    CommandEntry(
        "sandbox",
        {},
        {Exit.LOCAL: "The file of `--data` cannot be used."},
        ("tutorial",),
    ),
    CommandEntry(
        "show",
        {"ID[@VERSION]": "The id or the document of a page. Without a version, the current one."},
        {**_SERVER, Exit.REFUSED: "The server does not show the page or the version."},
        ("recovery",),
    ),
    CommandEntry(
        "status",
        _PATHS,
        {
            **_SERVER,
            Exit.REFUSED: "`--exit-code`: a document is not clean. `--fresh`: the server changed a "
            "page.",
        },
        ("reference/outcomes", "concepts/decision-table", "guides/pre-commit"),
    ),
)
