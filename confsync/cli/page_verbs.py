"""The commands about many pages: one function each, which reads its options.

Everything else is imported inside the functions, so that each command loads only its own modules.
"""

from __future__ import annotations

import os
from dataclasses import replace

import click

from confsync.cli import completion, trust
from confsync.cli.connection import remote_for, remote_when_asked
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import (
    colored,
    deletions_of,
    finish,
    mirror_of,
    on_terminal,
    progress_on,
)
from confsync.errors import UsageError


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--dry-run", "-n", is_flag=True, help="Show what would happen; change nothing.")
@click.option(
    "--refresh", is_flag=True, help="Fetch every body, to find changes without a version."
)
@click.option("--prune", is_flag=True, help="Remove unmodified files of pages not visible now.")
@click.option("--allow-mass-delete", is_flag=True, help="Permit removing or moving many files.")
@click.option(
    "--allow-mass-rollback", is_flag=True, help="Permit many pages to go back in versions."
)
@click.option("--merge", is_flag=True, help="Merge pages that both sides changed.")
@click.option("--abort", is_flag=True, help="Take back the merge of the named pages.")
@click.option("--theirs", is_flag=True, help="Take the server's text of the named pages.")
@click.option("--ours", is_flag=True, help="Keep your text of the named page; needs --at.")
@click.option("--at", type=int, metavar="N", help="The server's version that --ours gives up.")
@click.option("--commit", is_flag=True, help="Commit the files that were written, and no others.")
@click.option(
    "--allow-shallow",
    is_flag=True,
    help="Let --commit replace files in a shallow clone.",
)
@common
@click.pass_obj
def pull(
    settings: Settings,
    paths: tuple[str, ...],
    dry_run: bool,
    refresh: bool,
    prune: bool,
    allow_mass_delete: bool,
    allow_mass_rollback: bool,
    merge: bool,
    abort: bool,
    theirs: bool,
    ours: bool,
    at: int | None,
    commit: bool,
    allow_shallow: bool,
) -> None:
    """Bring the server's changes to the files.

    A pull never overwrites what you edited. The directory of a space stands for all of the space:
    its new pages come, too, and pages move. Pulls of different spaces can run at the same time.
    With other paths, a pull brings no new pages.

    \b
    confsync pull
    confsync pull docs/ENG
    confsync pull --merge docs/ENG/guide.xhtml
    confsync pull --abort docs/ENG/guide.xhtml
    confsync pull --ours docs/ENG/guide.xhtml --at 9
    """
    from confsync.commands.pages.pull import pull as run
    from confsync.pull.options import PullOptions
    from confsync.pull.resolve.resolution import asked_for

    mirror, selection = mirror_of(settings, paths)
    ways = {"merge": merge, "abort": abort, "theirs": theirs, "ours": ours}
    resolution = asked_for({way for way in ways if ways[way]}, at, selection.names)
    if abort:
        from confsync.pull.resolve.abort import abort as take_back

        result = take_back(mirror, selection, dry_run=dry_run)
        finish(settings, result, mirror.root)
        return
    options = PullOptions(
        selection,
        dry_run=dry_run,
        refresh=refresh,
        prune=prune,
        allow_mass_delete=allow_mass_delete,
        allow_mass_rollback=allow_mass_rollback,
        resolution=resolution,
        commit=commit,
        allow_shallow=allow_shallow,
    )
    with (
        remote_for(settings, mirror) as remote,
        progress_on(settings) as progress,
    ):
        result = run(mirror, remote, options, progress)
    finish(settings, result, mirror.root)


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--message", "-m", default="", help="The message in the page's history.")
@click.option("--dry-run", "-n", is_flag=True, help="Show what would happen; change nothing.")
@click.option("--minor", is_flag=True, help="Mark the edits as minor: watchers get no mail.")
@click.option("--delete", is_flag=True, help="Also move pages to the trash: see above.")
@click.option("--archive", is_flag=True, help="With --delete: archive the pages instead (Cloud).")
@click.option(
    "--since", metavar="REV", help="Only documents that changed since this branch left REV."
)
@click.option("--staged", is_flag=True, help="Only documents that are staged for the next commit.")
@click.option("--commit", is_flag=True, help="Commit the new stamps and the deletions.")
@click.option("--allow-mass-move", is_flag=True, help="Permit moving many pages.")
@click.option("--allow-mass-delete", is_flag=True, help="Permit deleting many pages.")
@click.option(
    "--allow-mass-upload", is_flag=True, help="Permit much smaller files, or files of another kind."
)
@click.option("--drop-comments", is_flag=True, help="Permit texts that drop open comments.")
@click.option("--plan", "planned", metavar="FILE", help="Write what a push would do; send nothing.")
@click.option("--apply", "applied", metavar="FILE", help="Do what a plan says, and nothing else.")
@click.option("--all-or-nothing", is_flag=True, help="With --apply: send all of it, or nothing.")
@common
@click.pass_obj
def push(
    settings: Settings,
    paths: tuple[str, ...],
    message: str,
    dry_run: bool,
    minor: bool,
    delete: bool,
    archive: bool,
    since: str | None,
    staged: bool,
    commit: bool,
    allow_mass_move: bool,
    allow_mass_delete: bool,
    allow_mass_upload: bool,
    drop_comments: bool,
    planned: str | None,
    applied: str | None,
    all_or_nothing: bool,
) -> None:
    """Send edited pages back if the server has not changed them.

    With --delete, a push also moves pages to the server's trash: those whose documents you
    deleted. Such a document is in git's HEAD, and not in the work tree. A page that changed
    since stays. You may also name a page by its id. With --archive,
    Confluence Cloud archives these pages instead.

    \b
    confsync push -m "New ports"
    confsync push --minor -m "Typo"
    confsync push --dry-run docs/ENG
    confsync push --delete
    confsync push --delete 98310
    confsync push --delete --archive
    confsync push --since origin/main --commit
    confsync push --plan plan.json
    confsync push --apply plan.json
    """
    from confsync.cli.bulk.plans import PlanOptions, check_archive
    from confsync.push.options import PushOptions

    plans = PlanOptions(planned, applied, all_or_nothing)
    plans.check(selects=bool(paths or delete or archive or since is not None or staged))
    check_archive(archive, delete, paths)
    paths, deleting = deletions_of(settings, paths, since) if delete else (paths, None)
    if deleting and archive:
        deleting = deleting.archiving()
    mirror, selection = mirror_of(settings, paths)
    if deleting and deleting.named and not paths:
        selection = replace(selection, among=frozenset())
    if since is not None:
        trust.check_range(os.environ, mirror, since)
    options = PushOptions(
        selection,
        message,
        dry_run,
        allow_mass_move=allow_mass_move,
        delete=deleting,
        allow_mass_delete=allow_mass_delete,
        allow_mass_upload=allow_mass_upload,
        since=since,
        staged=staged,
        commit=commit,
        minor=minor,
        drop_comments=drop_comments,
    )
    with (
        remote_for(settings, mirror) as remote,
        progress_on(settings) as progress,
    ):
        result = plans.push(settings.start, mirror, remote, options, progress)
    finish(settings, result, mirror.root)


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--remote", "against_server", is_flag=True, help="Show what the server changed.")
@click.option("--staged", "--cached", is_flag=True, help="Show what is staged for a commit.")
@click.option("--stat", is_flag=True, help="Only count the lines, page by page.")
@click.option("--word-diff", "words", is_flag=True, help="Mark words instead of lines.")
@click.option("--html", metavar="FILE", help="Write the pages side by side, for a browser.")
@common
@click.pass_obj
def diff(
    settings: Settings,
    paths: tuple[str, ...],
    against_server: bool,
    staged: bool,
    stat: bool,
    words: bool,
    html: str | None,
) -> None:
    """Show your changes since the base or, with --remote, the server's.

    This asks the server only if neither the cache nor git has the base. It uses git's diff, and
    on a terminal git's pager (GIT_PAGER, core.pager, PAGER).

    \b
    confsync diff
    confsync diff --remote ENG/guide.xhtml
    confsync diff --stat
    confsync diff --word-diff ENG/guide.xhtml
    confsync diff --html report.html
    """
    from confsync.cli.escape import safe_lines
    from confsync.commands.pages.diff import DiffOptions
    from confsync.commands.pages.diff import diff as run
    from confsync.diff.text import Style

    if html == "":
        raise UsageError("--html needs a file name")
    if staged and against_server:
        raise UsageError("--staged and --remote exclude each other")
    mirror, selection = mirror_of(settings, paths)
    terminal = on_terminal(settings)
    numbers = stat or html is not None
    color = not settings.as_json and colored(settings)
    style = Style(color, words, safe_lines if terminal else str)
    with (
        remote_when_asked(settings, mirror) as opened,
        progress_on(settings) as progress,
    ):
        options = DiffOptions(
            selection,
            against_server,
            None if numbers and not settings.as_json else style,
            settings.start / html if html else None,
            staged=staged,
        )
        result = run(mirror, opened, options, progress)
    finish(settings, result, mirror.root, paged=True)
