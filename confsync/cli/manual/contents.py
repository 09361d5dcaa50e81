"""The list of all topics, as `confsync help` prints it."""

from __future__ import annotations

from itertools import groupby

import click

from confsync.cli.manual.command_help import summaries
from confsync.cli.manual.topics import GROUPS, topics
from confsync.cli.options import cli

# click leaves so many columns free at the right margin.
_MARGIN = 2


def contents(root: click.Context, width: int) -> str:
    """Return every topic with its title, in groups; `root` is the context of `confsync`."""
    formatter = click.HelpFormatter(width=width - _MARGIN)
    formatter.write_text("'confsync help TOPIC' shows a page of the manual.")
    commands = dict(summaries(cli, root))
    for directory, group in groupby(topics(), lambda topic: topic.directory):
        with formatter.section(GROUPS.get(directory, directory)):
            formatter.write_dl([(one.name, commands.get(one.name, one.title)) for one in group])
    return formatter.getvalue()
