"""The commands about git."""

from __future__ import annotations

import click

from confsync.cli.connection import remote_for
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import finish, mirror_of, progress_on


@cli.command()
@click.argument("spaces", nargs=-1)
@click.option("--since", metavar="DATE", help="Begin a new history at this day.")
@click.option(
    "--refresh", is_flag=True, help="Fetch every body, to find changes without a version."
)
@common
@click.pass_obj
def history(settings: Settings, spaces: tuple[str, ...], since: str | None, refresh: bool) -> None:
    """Record each version of each page as a commit on a branch of its own.

    The branch is confluence/KEY. 'git log', 'git blame' and 'git bisect' then show who wrote what.

    \b
    confsync history
    confsync history ENG --since 2026-01-01
    git log -p confluence/ENG -- docs/ENG/guide.xhtml
    """
    from confsync.commands.git.history import beginning
    from confsync.commands.git.history import history as run
    from confsync.history.options import HistoryOptions

    mirror, _ = mirror_of(settings, ())
    options = HistoryOptions(spaces, beginning(since), refresh)
    with remote_for(settings, mirror) as remote, progress_on(settings) as progress:
        result = run(mirror, remote, options, progress)
    finish(settings, result, mirror.root)


@cli.command("merge-driver")
@click.argument("ancestor", metavar="%O")
@click.argument("ours", metavar="%A")
@click.argument("theirs", metavar="%B")
@click.argument("path", metavar="%P")
@click.argument("size", metavar="[%L]", type=click.IntRange(1), default=7)
@common
@click.pass_obj
def merge_driver(
    settings: Settings, ancestor: str, ours: str, theirs: str, path: str, size: int
) -> None:
    """Merge two documents of a page. Only git runs this command.

    'confsync init --git' tells git to do that. The newer stamp wins, and the texts merge line by
    line. The result replaces the file of %A. No server is asked.

    \b
    confsync merge-driver %O %A %B %P
    """
    from confsync.commands.git.merge_driver import merge_driver as run
    from confsync.mirror.git.merge_file import ThreeFiles

    start = settings.start
    settings.quiet = True  # git itself tells of a merge
    files = ThreeFiles(start / ancestor, start / ours, start / theirs)
    finish(settings, run(start, files, path, size), start)
