"""The verb `help`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from confsync.cli.options import Settings, cli, common
from confsync.cli.session import colored, finish, on_terminal

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_WIDTH = 80


def _names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the topics that begin with what is typed."""
    from click.shell_completion import CompletionItem

    from confsync.cli.manual.topics import topics

    return [CompletionItem(one.name) for one in topics() if one.name.startswith(incomplete)]


@cli.command("help")
@click.argument("topic", required=False, shell_complete=_names)
@common
@click.pass_context
def help_(context: click.Context, topic: str | None) -> None:
    """Show a chapter of the manual or a command's page. Without a topic, list all of them.

    'python -m confsync.cli.manual man DIR' writes a man page for each of them.

    \b
    confsync help
    confsync help conflicts
    confsync help push
    """
    from confsync.model.result import Result

    settings = context.ensure_object(Settings)
    text = _page(settings, topic) if topic else _contents(settings, context)
    finish(settings, Result("help", text=text), paged=True)


def _page(settings: Settings, word: str) -> str:
    """Return a page: as Markdown in JSON, else as text for the terminal."""
    from confsync.cli.manual.topics import find

    page = find(word)
    if settings.as_json:
        return page.text
    from confsync.cli.manual.terminal import render

    return render(page, color=colored(settings), width=_width(settings))


def _contents(settings: Settings, context: click.Context) -> str:
    """Return the list of all topics."""
    from confsync.cli.manual.contents import contents

    return contents(context.find_root(), _width(settings))


def _width(settings: Settings) -> int:
    """Return how many columns a line may have: those of the terminal, 80 at most."""
    import shutil

    return min(_WIDTH, shutil.get_terminal_size().columns) if on_terminal(settings) else _WIDTH
