"""The commands about many documents at once: `grep`, `replace` and `revert`.

Everything else is imported inside the functions, so that each command loads only its own modules.
"""

from __future__ import annotations

from typing import Any

import click

from confsync.cli import completion
from confsync.cli.bulk.options import QueryOptions, ReplacementOptions
from confsync.cli.connection import remote_for
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import colored, finish, mirror_of, on_terminal, progress_on
from confsync.errors import UsageError

_LABEL = click.option(
    "--label", "labels", multiple=True, metavar="NAME", help="Only documents with this label."
)
_IGNORE_CASE = click.option(
    "--ignore-case", "-i", is_flag=True, help="Take small and capital letters as equal."
)
_PARAM = "--param", "parameters"


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--text", "texts", multiple=True, metavar="RE", help="Text that a reader sees.")
@click.option("--code", multiple=True, metavar="RE", help="Text in <code>, <pre> and code macros.")
@click.option(
    "--macro", "macros", multiple=True, metavar="NAME", help="Macros of this name; * is any text."
)
@click.option(*_PARAM, multiple=True, metavar="NAME=RE", help="Only macros with this parameter.")
@click.option("--link", "links", multiple=True, metavar="RE", help="Links to this target.")
@click.option(
    "--attachment", "attachments", multiple=True, metavar="RE", help="Pictures and files by name."
)
@click.option("--user", "users", multiple=True, metavar="ID", help="Mentions of an account.")
@click.option("--xpath", "xpaths", multiple=True, metavar="EXPR", help="An XPath 2.0 expression.")
@_IGNORE_CASE
@_LABEL
@click.option("--files-with-matches", "-l", "names", is_flag=True, help="Print only the paths.")
@click.option("--count", "-c", is_flag=True, help="Print only how many finds each document has.")
@common
@click.pass_obj
def grep(
    settings: Settings,
    /,
    paths: tuple[str, ...],
    labels: tuple[str, ...],
    names: bool,
    count: bool,
    **given: Any,
) -> None:
    """Find text, macros, links and more in the documents.

    A line shows path, line and column, as git grep does. Exit code 1: nothing was found.

    \b
    confsync grep --text "old name"
    confsync grep -l --macro jira --param "jqlQuery=ENG" docs
    confsync grep --xpath "//ac:task[ac:task-status='incomplete']"
    """
    from confsync.cli.bulk.finds import Finds
    from confsync.commands.bulk.grep import grep as run

    queries = QueryOptions(paths, **given).queries()
    mirror, selection = mirror_of(settings, paths)
    result = run(mirror, selection, queries, labels)
    if not settings.as_json:
        finds = Finds(settings, mirror.root)
        if names:
            result = finds.with_names(result)
        else:
            result = finds.with_counts(result) if count else finds.with_lines(result)
    finish(settings, result, mirror.root, paged=True)


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option("--text", nargs=2, metavar="OLD NEW", help="New text for text that a reader sees.")
@click.option("--regex", is_flag=True, help="OLD is a regular expression; NEW may name its groups.")
@_IGNORE_CASE
@click.option(
    "--in", "parts", metavar="PARTS", help="Where: text, code, links, params (default: text)."
)
@click.option("--across-tags", is_flag=True, help="Also replace text that tags interrupt.")
@click.option("--macro", metavar="NAME", help="Macros of this name; see the next four options.")
@click.option(
    *_PARAM,
    multiple=True,
    metavar="NAME[=RE]",
    help="Only macros with this value; without RE, --to renames it.",
)
@click.option("--to", metavar="NAME", help="The new name of the macros, or of the parameter.")
@click.option("--unwrap", is_flag=True, help="Keep only the bodies of the macros.")
@click.option("--remove", is_flag=True, help="Remove the macros, with their bodies.")
@click.option(
    "--link", nargs=2, metavar="OLD NEW", help="Another target for links: title, id or URL."
)
@click.option("--after", nargs=2, metavar="XPATH XML", help="Insert XML after what XPATH finds.")
@click.option("--before", nargs=2, metavar="XPATH XML", help="Insert XML before what XPATH finds.")
@_LABEL
@click.option("--dry-run", "-n", is_flag=True, help="Show the differences; change nothing.")
@common
@click.pass_obj
def replace(
    settings: Settings,
    /,
    paths: tuple[str, ...],
    labels: tuple[str, ...],
    dry_run: bool,
    **given: Any,
) -> None:
    """Change text, macros or links in the documents, and no other byte.

    The files change, not the server. Exit code 1: nothing was found.

    \b
    confsync replace -n --text "old name" "new name"
    confsync replace --macro info --to panel docs/ENG
    confsync replace --link "Old Guide" "New Guide"
    """
    from confsync.cli.bulk.finds import Finds
    from confsync.cli.escape import safe_lines
    from confsync.commands.bulk.replace import ReplaceOptions
    from confsync.commands.bulk.replace import replace as run
    from confsync.diff.text import Style

    options = ReplacementOptions(paths, **given)
    mirror, selection = mirror_of(settings, paths)
    color = not settings.as_json and colored(settings)
    style = Style(color=color, shown=safe_lines if on_terminal(settings) else str)
    replacement = options.replacement(mirror.config.url)
    result = run(mirror, replacement, ReplaceOptions(selection, labels, style if dry_run else None))
    if not (settings.as_json or dry_run):
        result = Finds(settings, mirror.root).with_places(result)
    finish(settings, result, mirror.root, paged=dry_run)


@cli.command()
@click.argument("paths", nargs=-1, shell_complete=completion.documents)
@click.option(
    "--to",
    "version",
    type=click.IntRange(1),
    metavar="N",
    help="To version N (default: the one before).",
)
@click.option("--run", "run_id", metavar="ID", help="Take back one push; 'last' is the newest.")
@common
@click.pass_obj
def revert(
    settings: Settings, paths: tuple[str, ...], version: int | None, run_id: str | None
) -> None:
    """Give documents the titles and texts of an older version, or take back a push.

    Only the files change. A push then makes new versions. With --run, labels, places and
    attachments go back, too. If a page changed after that push, confsync merges the changes.

    \b
    confsync revert docs/ENG/guide.xhtml
    confsync revert docs/ENG/guide.xhtml --to 3
    confsync revert --run 3f9c0a7b12de
    confsync revert --run last
    """
    from confsync.commands.bulk.revert import revert as run
    from confsync.commands.bulk.revert_run import RunOptions, revert_run

    if version and run_id:
        raise UsageError("--to and --run exclude each other")
    if not paths and not run_id:
        raise UsageError(
            "revert needs documents, or --run with the id of a push",
            hint="'confsync log --runs' lists the pushes",
        )
    mirror, selection = mirror_of(settings, paths)
    with remote_for(settings, mirror) as remote, progress_on(settings) as progress:
        if run_id:
            result = revert_run(mirror, remote, RunOptions(run_id, selection), progress)
        else:
            result = run(mirror, remote, selection, version, progress)
    finish(settings, result, mirror.root)
