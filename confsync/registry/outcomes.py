"""Every outcome: which commands report it, and what it means for the page and the file."""

from __future__ import annotations

from typing import NamedTuple

from confsync.model.outcome import Outcome


class OutcomeEntry(NamedTuple):
    """One outcome. `commands` report it. `next` is what the reader does then, empty for nothing."""

    outcome: Outcome
    commands: tuple[str, ...]
    meaning: str
    next: str = ""


OUTCOMES = (
    OutcomeEntry(
        Outcome.CREATED,
        ("clone", "new", "pull", "push"),
        "`clone` and `pull` wrote a document for a page that had none. `new` wrote a document "
        "without a page. `push` created the page.",
    ),
    OutcomeEntry(
        Outcome.UPDATED,
        ("push",),
        "The server has your text, labels or attachments. The stamp names the new version. In "
        "parentheses: what else was sent, and `an earlier push sent the text` if the answer to "
        "that push was lost. With `--minor`, the parentheses also say whether the server made a "
        "minor edit.",
    ),
    OutcomeEntry(
        Outcome.DELETED,
        ("diff", "pull", "push", "status"),
        "`pull` removed a document because its page is in the server's trash, archived or "
        "excluded. `push --delete` put a page into the trash. `status` and `diff`: you deleted the "
        "document.",
        "`confsync restore ID` brings a page back from the trash.",
    ),
    OutcomeEntry(
        Outcome.ARCHIVED,
        ("push",),
        "`push --delete --archive` put a page into the space's archive. The document is gone, as "
        "after a deletion.",
        "To bring the page back, restore it in the browser: `confsync open ID`.",
    ),
    OutcomeEntry(
        Outcome.MOVED,
        ("pull", "push", "revert", "status"),
        "`pull` moved the document to another directory: the page has another parent, or a page "
        "above it has another name. `push` gave the page the parent of the file's new place. "
        "`status`: you moved the document. `revert --run` moved it back. The line has both paths.",
    ),
    OutcomeEntry(
        Outcome.RENAMED,
        ("pull", "push"),
        "`pull` gave the file the name of the page's new title; the line has both paths. `push` "
        "gave the page the new title of the document, and nothing else.",
    ),
    OutcomeEntry(
        Outcome.PULLED,
        ("clone", "pull"),
        "The file has the server's newer version. You had not edited the file, or you gave up your "
        "text with `--theirs`.",
    ),
    OutcomeEntry(
        Outcome.REFRESHED,
        ("pull",),
        "The file has the server's text, labels or attachments of the same version. Inline "
        "comments, for example, change a page without a new version.",
    ),
    OutcomeEntry(
        Outcome.RESTAMPED,
        ("pull", "push"),
        "Only the stamp changed. Your file already had the server's content, or the new version "
        "has the same content as the old one.",
    ),
    OutcomeEntry(
        Outcome.MERGED,
        ("pull", "merge-driver"),
        "`pull --merge` combined your changes and the server's in the file. Or git combined the "
        "changes of two branches.",
        "Read the file, then `confsync push PATH`.",
    ),
    OutcomeEntry(
        Outcome.CONFLICTED,
        ("pull", "revert", "status", "merge-driver"),
        "The file has conflict markers. Both sides changed the same place.",
        "Edit the file, then `confsync check PATH` and `confsync push PATH`.",
    ),
    OutcomeEntry(
        Outcome.KEPT,
        ("clone", "pull"),
        "The file stays as it is: you edited it, its page is not visible, or you chose `--ours`. "
        "`--abort`: the file is as it was before the merge.",
    ),
    OutcomeEntry(
        Outcome.UNCHANGED,
        ("comment", "push", "restore", "revert"),
        "The server changed nothing. It considers your text equal to the page's, or it ignored a "
        "move. Or the page to restore is not in the trash, or already is what the plan says. "
        "`revert`: the file already has the old text. `comment`: your answer is there already, or "
        "the comment is resolved already.",
        "Type the command in the hint. Without one, there is nothing to do.",
    ),
    OutcomeEntry(
        Outcome.REJECTED,
        ("comment", "pull", "push", "revert"),
        "confsync changed nothing, neither here nor on the server. A change on the other side "
        "would be lost. `revert`: the file stays as it is, and the line says why.",
        "`confsync diff --remote PATH`, then `confsync pull --merge PATH`.",
    ),
    OutcomeEntry(
        Outcome.SKIPPED,
        ("clone", "diff", "pull", "push", "revert"),
        "The command did nothing for this page. The line says why, for example because another "
        "page has to come first.",
    ),
    OutcomeEntry(
        Outcome.FAILED,
        ("clone", "diff", "pull", "push", "revert", "status"),
        "An error stopped this page and no other. The line says what failed.",
        "Remove the cause, then run the command again.",
    ),
    OutcomeEntry(
        Outcome.RESTORED,
        ("restore", "status"),
        "`restore` brought the page back from the trash. `status`: git put back an older version "
        "of the document.",
        "After a revert in git: `confsync help conflicts`.",
    ),
    OutcomeEntry(
        Outcome.ANSWERED,
        ("comment",),
        "`comment --reply` added your answer to a comment. In parentheses: the comment.",
    ),
    OutcomeEntry(
        Outcome.RESOLVED,
        ("comment",),
        "`comment --resolve` resolved an inline comment. In parentheses: the comment.",
    ),
    OutcomeEntry(
        Outcome.CLEAN,
        ("diff", "pull", "push", "status"),
        "File and base are equal. Clean documents are counted and not listed.",
    ),
    OutcomeEntry(
        Outcome.MODIFIED,
        ("diff", "revert", "status"),
        "You edited the document. Or `revert` wrote an older text into it.",
        "`confsync diff PATH`, then `confsync push PATH`.",
    ),
    OutcomeEntry(
        Outcome.NEW,
        ("status",),
        "The server has a page that has no document here.",
        "`confsync pull`",
    ),
    OutcomeEntry(
        Outcome.BEHIND,
        ("status",),
        "The server has a newer version, and you did not edit the file.",
        "`confsync pull`",
    ),
    OutcomeEntry(
        Outcome.COMMENTED,
        ("status",),
        "You edited the file, and the page has new inline comments. The version is the same.",
        "`confsync pull --merge PATH`, then `confsync push PATH`.",
    ),
    OutcomeEntry(
        Outcome.DIVERGED,
        ("status",),
        "Both sides changed: you edited the file, and the server has another version.",
        "`confsync diff --remote PATH`, then `confsync pull --merge PATH`.",
    ),
    OutcomeEntry(
        Outcome.GONE,
        ("diff", "status"),
        "The server says that the page is in the trash or archived.",
        "`confsync pull` removes the file, or `confsync restore ID` brings the page back.",
    ),
    OutcomeEntry(
        Outcome.NOT_VISIBLE,
        ("diff", "status"),
        "The server does not show the page. It is deleted for good, restricted, or your account "
        "lacks the permission.",
        "Open the page in the browser. `confsync pull --prune` removes the file.",
    ),
    OutcomeEntry(
        Outcome.UNTRACKED,
        ("diff", "status"),
        "The document has no stamp, so it has no page yet.",
        "`confsync push PATH` creates the page.",
    ),
    OutcomeEntry(
        Outcome.TRASHED,
        ("restore",),
        "`restore --list`: the page is in the server's trash.",
        "`confsync restore ID`",
    ),
    OutcomeEntry(
        Outcome.INVALID,
        ("status",),
        "The document cannot be pushed as it is.",
        "`confsync check PATH` names the line.",
    ),
)
