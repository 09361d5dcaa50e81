"""The commands about one page or its document: `new`, `log`, `show`, `restore`, `open`, `comment`.

Everything else is imported inside the functions, so that each command loads only its own modules.
"""

from __future__ import annotations

import click

from confsync.cli import completion
from confsync.cli.connection import remote_for
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import finish, mirror_of, target_of
from confsync.errors import UsageError


@cli.command()
@click.argument("path", shell_complete=completion.documents)
@click.option("--title", help="The page's title, which it must have; unique in its space.")
@common
@click.pass_obj
def new(settings: Settings, path: str, title: str | None) -> None:
    """Write a document for a new page; a push creates the page.

    The directory names the parent: guide/ports.xhtml becomes a child of guide.xhtml.

    \b
    confsync new ENG/guide/ports.xhtml --title "Ports"
    """
    from confsync.commands.pages.new import new as run

    mirror, selection = mirror_of(settings, (path,))
    name = "".join(selection.names)
    finish(settings, run(mirror, name, title), mirror.root)


@cli.command()
@click.argument("page", metavar="[PATH]", required=False, shell_complete=completion.pages)
@click.option("--local", is_flag=True, help="The writes and conflicts of this mirror.")
@click.option(
    "--max-count", "-n", "count", type=click.IntRange(1), metavar="N", help="Only the newest N."
)
@click.option("--blame", is_flag=True, help="Each line of the page, with who wrote it.")
@click.option("--runs", "by_run", is_flag=True, help="The pushes, with the pages of each.")
@common
@click.pass_obj
def log(
    settings: Settings,
    page: str | None,
    local: bool,
    count: int | None,
    blame: bool,
    by_run: bool,
) -> None:
    """Show a page's history, or this mirror's audit trail.

    \b
    confsync log ENG/guide.xhtml
    confsync log --blame ENG/guide.xhtml
    confsync log -n 3 ENG/guide.xhtml
    confsync log --local
    confsync log --runs
    """
    from confsync.commands.pages.log import local_log
    from confsync.commands.pages.log import log as run

    mirror, _ = mirror_of(settings, ())
    if by_run:
        from confsync.cli.bulk.finds import Finds
        from confsync.commands.bulk.runs import runs

        if page or local or blame:
            raise UsageError("--runs stands alone, or with -n")
        made = runs(mirror, count)
        shown = made if settings.as_json else Finds(settings, mirror.root).with_runs(made)
        finish(settings, shown, mirror.root, paged=True)
    target = target_of(settings, mirror, page) if page else None
    if local:
        finish(settings, local_log(mirror, target, count), mirror.root, paged=True)
    if target is None:
        raise UsageError(
            "log needs a page: its document or its id",
            hint="'confsync log --local' shows the log of the whole mirror",
        )
    if blame:
        from confsync.commands.git.blame import blame as blamed

        result = blamed(mirror, lambda: remote_for(settings, mirror), target)
        finish(settings, result, mirror.root, paged=True)
    with remote_for(settings, mirror) as remote:
        result = run(mirror, remote, target, count)
    finish(settings, result, mirror.root, paged=True)


@cli.command()
@click.argument("page", metavar="ID[@VERSION]", shell_complete=completion.pages)
@common
@click.pass_obj
def show(settings: Settings, page: str) -> None:
    """Print a page, or one version of it, as a document. Name the page by id or by path.

    \b
    confsync show 98310@5
    confsync show ENG/guide.xhtml@5
    """
    from confsync.commands.pages.show import show as run

    mirror, _ = mirror_of(settings, ())
    target = target_of(settings, mirror, page)
    with remote_for(settings, mirror) as remote:
        result = run(mirror, remote, target)
    finish(settings, result, mirror.root, paged=True)


@cli.command()
@click.argument("page", metavar="[PATH]", required=False, shell_complete=completion.pages)
@click.option("--list", "-l", "listed", is_flag=True, help="List the pages in the trash.")
@common
@click.pass_obj
def restore(settings: Settings, page: str | None, listed: bool) -> None:
    """Bring a page back from the server's trash. Name it by its id or its document.

    \b
    confsync restore --list
    confsync restore 98310
    confsync restore ENG/guide.xhtml
    """
    from confsync.commands.pages.restore import page_named, trash
    from confsync.commands.pages.restore import restore as run

    mirror, selection = mirror_of(settings, (page,) if page else ())
    if listed and page:
        raise UsageError("--list names no page")
    if not (listed or page):
        hint = "'confsync restore --list' shows the pages in the trash"
        raise UsageError("restore needs a page: its document or its id", hint=hint)
    page_id = page_named(mirror, page, selection) if page else ""
    with remote_for(settings, mirror) as remote:
        result = run(mirror, remote, page_id) if page_id else trash(mirror, remote)
    finish(settings, result, mirror.root)


@cli.command("open")
@click.argument("page", metavar="PATH", shell_complete=completion.pages)
@common
@click.pass_obj
def open_(settings: Settings, page: str) -> None:
    """Open a page in the browser. Name the page by its document or its id.

    This asks no server itself.

    \b
    confsync open ENG/guide.xhtml
    confsync open 98310
    """
    import webbrowser

    from confsync.commands.pages.open import open_page
    from confsync.model.shell import quoted

    mirror, _ = mirror_of(settings, ())
    target = target_of(settings, mirror, page)
    if target.version is not None:
        raise UsageError(
            "open shows the newest version of a page",
            hint=f"'confsync show {quoted(page)}' prints that version",
        )
    finish(settings, open_page(mirror.config.url, target, webbrowser.open), mirror.root)


@cli.command()
@click.argument("page", metavar="PATH", shell_complete=completion.pages)
@click.option("--reply", metavar="ID", default="", help="Answer this comment.")
@click.option("--message", "-m", default="", help="The text of the answer.")
@click.option("--resolve", metavar="ID", default="", help="Resolve this inline comment.")
@common
@click.pass_obj
def comment(settings: Settings, page: str, reply: str, message: str, resolve: str) -> None:
    """List the comments of a page, answer one, or resolve one.

    An answer is sent once: repeat the command if you do not know whether it arrived.

    \b
    confsync comment ENG/guide.xhtml
    confsync comment ENG/guide.xhtml --reply 98311 -m "Yes, it is."
    confsync comment ENG/guide.xhtml --resolve 98311
    """
    from confsync.commands.pages.comment import Asked
    from confsync.commands.pages.comment import comment as run

    if bool(reply) != bool(message.strip()):
        raise UsageError("--reply needs the text of the answer: -m TEXT, and -m needs --reply ID")
    mirror, _ = mirror_of(settings, ())
    target = target_of(settings, mirror, page)
    if target.version is not None:
        raise UsageError("comments belong to a page, and not to one version of it")
    with remote_for(settings, mirror) as remote:
        result = run(mirror, remote, target, Asked(reply, message, resolve))
    finish(settings, result, mirror.root)
