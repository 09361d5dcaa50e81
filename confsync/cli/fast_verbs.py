"""The commands that prompts, editors and hooks run most: `status` and `check`.

They stand alone so that they need not load the other commands' options.
"""

from __future__ import annotations

import contextlib

import click

from confsync.cli import completion
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import (
    finish,
    finish_clean,
    mirror_at,
    progress_on,
    unchanged_at,
)


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--remote", "look", is_flag=True, help="Ask the server, too.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if anything is not clean.")
@click.option("--fresh", is_flag=True, help="Ask the server; exit 1 if it changed a page.")
@common
@click.pass_obj
def status(
    settings: Settings, paths: tuple[str, ...], look: bool, exit_code: bool, fresh: bool
) -> None:
    """Show what you edited or, with --remote, what the server changed.

    \b
    confsync status --remote
    confsync status --fresh docs/ENG/guide.xhtml
    """
    count = None if paths or look or fresh else unchanged_at(settings)
    if count is not None:
        finish_clean(settings, count)
    from confsync.cli.connection import remote_for
    from confsync.cli.mirrors import mirrors_of, together
    from confsync.commands.pages.status.status import StatusOptions
    from confsync.commands.pages.status.status import status as run
    from confsync.mirror.snapshot import clean
    from confsync.model.result import Result

    results = {}
    for root, named in mirrors_of(settings, paths).items():
        mirror, selection = mirror_at(root, settings.start, named)
        here = named and selection.everything and not (look or fresh)
        count = clean(root) if here else None
        if count is not None:
            results[root] = Result("status", clean=count)
            continue
        asked = remote_for(settings, mirror) if look or fresh else contextlib.nullcontext()
        with asked as remote, progress_on(settings) as progress:
            options = StatusOptions(selection, exit_code, fresh)
            results[root] = run(mirror, remote, options, progress)
    finish(settings, *together(settings, results))


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="Format of the findings; github: annotations of a workflow.",
)
@click.option("--drop-comments", is_flag=True, help="Permit texts that drop open comments.")
@common
@click.pass_obj
def check(settings: Settings, paths: tuple[str, ...], form: str, drop_comments: bool) -> None:
    """Find what a push would refuse or Confluence would drop.

    This asks no server.

    \b
    confsync check
    confsync check --format github docs/ENG/guide.xhtml
    """
    from confsync.cli.mirrors import mirrors_of, together
    from confsync.commands.pages.check import check as run

    settings.as_json = settings.as_json or form == "json"
    results = {
        root: run(*mirror_at(root, settings.start, named), drop_comments=drop_comments)
        for root, named in mirrors_of(settings, paths).items()
    }
    finish(settings, *together(settings, results), annotate=form == "github")
