"""Every error code: what confsync says, why, and what to do about it.

`errors` and the places that make a `Problem` are the source of the codes; a test compares.
"""

from __future__ import annotations

from confsync.errors import Exit
from confsync.registry.error_code import ErrorCode
from confsync.registry.server_error_codes import SERVER_ERROR_CODES

__all__ = ["ERROR_CODES", "ErrorCode"]


_COMMAND_LINE = (
    ErrorCode(
        "usage",
        Exit.USAGE,
        ("{path} is not a directory", "--merge, --abort, --theirs and --ours exclude each other"),
        "The command line has an unknown option or lacks an argument. Or two of its options "
        "exclude each other. Nothing was done.",
        "Type the command with `--help`, or read its page: `confsync help COMMAND`.",
    ),
    ErrorCode(
        "interrupted",
        Exit.INTERRUPTED,
        ("interrupted",),
        "You pressed ^C, or another program stopped confsync.",
        "Run the command again. Every file is whole, and a repeated command goes on.",
    ),
    ErrorCode(
        "internal",
        Exit.LOCAL,
        ("this should not happen: {kind}: {error}",),
        "confsync has a mistake.",
        "Run the command with `-vv` and report what it prints. Remove names and texts that are "
        "secret.",
    ),
    ErrorCode(
        "browser",
        Exit.LOCAL,
        ("no browser can be started here",),
        "`confsync open` found no browser, for example on a server without a screen.",
        "Open the address that it printed in a browser elsewhere. Or name a browser in `BROWSER`.",
    ),
    ErrorCode(
        "demo",
        Exit.LOCAL,
        ("one of the two edits is gone",),
        "A command of `confsync demo` did something that the story does not expect.",
        "Run `confsync demo` again in a new directory. If it fails again, report the output.",
    ),
)

_MIRROR = (
    ErrorCode(
        "config",
        Exit.LOCAL,
        ("no {file} in {directory} or above", "{file}:{line}: {problem}", "{file} exists already"),
        "The directory is not in a mirror, or `.confsync.yaml` has a mistake. The message names "
        "the file and the line.",
        "Go to the mirror, or name it with `-C DIR`. Correct the line; "
        "`confsync help configuration` has every key. `confsync clone URL` makes a mirror.",
    ),
    ErrorCode(
        "untrusted",
        Exit.LOCAL,
        (
            "{variable} allows only {server}: no credentials go to {url}",
            "{file} belongs to another user (uid {uid}): no credentials go to {url}",
        ),
        "`.confsync.yaml` names a server that must not get your credentials. `CONFSYNC_URL` "
        "names another server, or the file belongs to another user. With `push --since`, a commit "
        "may have changed `url`.",
        "Check the server's name in the message. If you trust that server, set `CONFSYNC_URL` to "
        "the `url` of `.confsync.yaml`.",
    ),
    ErrorCode(
        "locked",
        Exit.LOCAL,
        ("another confsync is working on this mirror{holder}",),
        "Another confsync works on the same mirror. The message names the process if it is known.",
        "Wait until the other command ends, then run yours again. A killed process holds no lock.",
    ),
    ErrorCode(
        "file",
        Exit.LOCAL,
        (
            "{path}: cannot be read: {reason}",
            "{path}: another document is still there",
            "{path}: is a link; confsync follows no links",
            "{path} is in the way: it has {names}",
        ),
        "confsync cannot read or write a file, a directory is a link, or git reports an error. "
        "The message names the file and the system's reason.",
        "Check the file's permissions, the free space, and that no link is in its place. Then run "
        "the command again.",
    ),
    ErrorCode(
        "changed-meanwhile",
        Exit.LOCAL,
        ("{path}: changed while confsync ran; confsync left it unchanged",),
        "An editor or another program saved the file while confsync ran. confsync did not replace "
        "it.",
        "Run the command again.",
    ),
    ErrorCode(
        "document",
        Exit.LOCAL,
        ("{path}:{line}: {problem}",),
        "The front matter of a document cannot be read, or the file is no document. Other "
        "documents are not affected.",
        "Run `confsync check`: it names line and column. Correct the line, or take the file back "
        "from git.",
    ),
    ErrorCode(
        "not-unicode",
        Exit.LOCAL,
        ("the server's text is not Unicode (a lone surrogate)",),
        "The page has half of a character. A file cannot hold that.",
        "Edit the page in the browser and remove the broken character. Then run `confsync pull`.",
    ),
)

_GIT = (
    ErrorCode(
        "no-git",
        Exit.LOCAL,
        ("git is not installed here",),
        "`pull --commit` would replace files. Without git, confsync cannot tell whether git put "
        "back an older version of them.",
        "Install git. If you are sure, use `pull --allow-shallow`.",
    ),
    ErrorCode(
        "shallow",
        Exit.LOCAL,
        ("this clone is shallow",),
        "`pull --commit` would replace files. A shallow clone lacks the commits that show whether "
        "git put back an older version.",
        "Run `git fetch --unshallow`. In CI, check out with the whole history. If you are sure, "
        "use `pull --allow-shallow`.",
    ),
    ErrorCode(
        "partial",
        Exit.LOCAL,
        ("this clone lacks files of its history (a partial clone)",),
        "`pull --commit` would replace files. A partial clone lacks the old files that show "
        "whether git put back an older version.",
        "Type the command that the hint names; it fetches them. If you are sure, use "
        "`pull --allow-shallow`.",
    ),
    ErrorCode(
        "encoded",
        Exit.LOCAL,
        ("git stores documents here through a filter, such as git-crypt",),
        "`pull --commit` would replace files. confsync cannot read what git stores for them.",
        "Look at the change with `confsync diff --remote PATH`. If it is right, use "
        "`pull --allow-shallow`.",
    ),
    ErrorCode(
        "uncommitted",
        Exit.DONE,
        (
            "not committed, because git ignores them: {paths}",
            "not committed, because you had changed them before this run: {paths}",
        ),
        "`--commit` left files out. You had changed them before, or git ignores them. This is a "
        "warning: the exit code does not change.",
        "Look at them with `git diff HEAD` and commit them yourself. `git add -f PATH` adds a file "
        "that git ignores.",
    ),
)

_REFUSED = (
    ErrorCode(
        "mass-change",
        Exit.REFUSED,
        (
            "{space}: the server lists no page at all",
            "{spaces}: this push would {action} {number} {things} (such as {paths})",
        ),
        "The command would remove, move or replace unusually many files or pages. These wait. "
        "A pull does the rest; a push writes nothing.",
        "Look at the list with `--dry-run`. If it is right, repeat the command with the option "
        "that the hint names.",
    ),
    ErrorCode(
        "not-clean",
        Exit.REFUSED,
        (),
        "`status --exit-code` found at least one document that is not clean. There is no message.",
        "The lines of `confsync status` name the documents.",
    ),
    ErrorCode(
        "stale",
        Exit.REFUSED,
        ("the server has changed {number} of these pages",),
        "`status --fresh` found pages that changed on the server after your files were pulled.",
        "Run `confsync diff --remote` to see the changes, and `confsync pull` to take them.",
    ),
    ErrorCode(
        "not-as-planned",
        Exit.REFUSED,
        (
            "not as planned: {what}",
            "nothing was sent: with --all-or-nothing, one refused page stops all pages",
        ),
        "A plan says what exactly each page gets. The document changed after that.",
        "Look at it with `confsync diff PATH`. If it is right, `confsync push --plan FILE` makes "
        "another plan.",
    ),
    ErrorCode(
        "plan",
        Exit.LOCAL,
        ("{file}: is not a plan of confsync", "{file}: is a plan for another server, {url}"),
        "`push --apply` needs a file that `push --plan` wrote, in a mirror of the same server.",
        "Run `confsync push --plan FILE`, and apply that file.",
    ),
    ErrorCode(
        "not-visible",
        Exit.REFUSED,
        (
            "page {id} is not in a space of this mirror, or you may not see it",
            "{reason}: you may not change it, or it is gone",
        ),
        "The server answered 404: the page is not there, or your account may not see it. Cloud "
        "also answers 404 if you may read a page but not edit it. For confsync, a 404 is no "
        "deletion.",
        "Open the page in the browser with the same account. `confsync doctor` checks the "
        "permissions.",
    ),
    ErrorCode(
        "dropped-comment",
        Exit.REFUSED,
        ("page {id}: {reason}",),
        "The library: the text lacks the marker of an open inline comment. The comment would lose "
        "its words on the page. Nothing was written.",
        "Keep the `ac:inline-comment-marker` element in the text, or resolve the comment. "
        "`connect(…, drop_comments=True)` lets the comment go.",
    ),
    ErrorCode(
        "version-conflict",
        Exit.REFUSED,
        ("Version conflict updating page {id} (version {number} is stale)",),
        "A colleague saved the page after you fetched it. The server has a newer version than your "
        "text is based on. Nothing was written.",
        "Fetch the page again and make your change again. In a mirror: "
        "`confsync pull --merge PATH`, then `confsync push PATH`.",
    ),
    ErrorCode(
        "write-refused",
        Exit.REFUSED,
        ("the server answered {status}",),
        "The server, or a firewall before it, does not accept what was sent. Examples: the title "
        "is taken, the text is malformed, the page is too large.",
        "Read the server's words in the message. `confsync check PATH` finds malformed text, and "
        "`confsync diff PATH` shows what you changed.",
    ),
)

_ROOTS = (
    ErrorCode(
        "error",
        Exit.LOCAL,
        ("{path}: unreadable",),
        "confsync cannot use a document, and no other code fits. In programs this is the code "
        "of `ConfsyncError`, the root of all errors.",
        "Run `confsync check PATH`.",
    ),
    ErrorCode(
        "remote",
        Exit.REMOTE,
        (),
        "Something went wrong at the server. Only programs see this code. It is the code of "
        "`APIAccessError`, the root of all errors of a server.",
        "Catch `APIAccessError`, and show its message and its hint.",
    ),
)

ERROR_CODES = (*_COMMAND_LINE, *_MIRROR, *_GIT, *_REFUSED, *SERVER_ERROR_CODES, *_ROOTS)
