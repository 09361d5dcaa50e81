"""The command itself, which its verbs hang on to."""

from __future__ import annotations

import click

from confsync import __version__
from confsync.cli.options import Group, common


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="confsync")
@common
def cli() -> None:
    """git for Confluence pages: pull a space to files, edit them, push them back.

    A page goes back only if the server still has exactly what the file was based on.

    \b
    confsync clone https://acme.atlassian.net/wiki/spaces/ENG
    confsync status
    confsync diff
    confsync push -m "New ports"

    'confsync COMMAND --help' has examples of each. Completion for bash, zsh and fish:

    \b
    eval "$(_CONFSYNC_COMPLETE=bash_source confsync)"
    """
