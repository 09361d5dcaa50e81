"""The options that every command has."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from confsync.version import __version__

if TYPE_CHECKING:
    from pathlib import Path


Command = TypeVar("Command", bound=Callable[..., Any])


class Settings:
    """The values of the options that every command has. click fills them from the command line.

    No dataclass, and paths are text: the import of this module delays every command.
    """

    def __init__(self) -> None:
        self.directory = ""
        self.as_json = False
        self.quiet = False
        self.verbose = 0
        self.jobs = 8
        self.color = "auto"
        self.verb = ""

    @property
    def place(self) -> str:
        """Return the directory to work in, absolute."""
        return os.path.join(os.getcwd(), self.directory) if self.directory else os.getcwd()

    @property
    def start(self) -> Path:
        """Return `place` as a path."""
        from pathlib import Path

        return Path(self.place)


def _store(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value:
        setattr(context.ensure_object(Settings), str(option.name), value)


def is_common(option: click.Parameter) -> bool:
    """Return whether an option is one of those that stand everywhere."""
    return option.callback is _store


def common(command: Command) -> Command:
    """Add the options that every command has. They may stand before or after the command's name."""
    everywhere: dict[str, Any] = {"expose_value": False, "callback": _store}
    for option in (
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            help="Colour the output (also: NO_COLOR).",
            **everywhere,
        ),
        click.option(
            "-v", "--verbose", count=True, help="List everything; -vv: requests too.", **everywhere
        ),
        click.option(
            "--jobs",
            type=click.IntRange(1, 64),
            metavar="N",
            help="At most N requests at a time (default 8).",
            **everywhere,
        ),
        click.option("-q", "--quiet", is_flag=True, help="Print only what failed.", **everywhere),
        click.option(
            "--json", "as_json", is_flag=True, help="Print one JSON object on stdout.", **everywhere
        ),
        click.option(
            "-C",
            "directory",
            metavar="DIR",
            type=click.Path(file_okay=False),
            help="Work in DIR instead of here.",
            **everywhere,
        ),
    ):
        command = option(command)
    return command


# The modules of the commands. Each registers its commands when it is imported, which happens when
# one of them is needed. So `confsync --version` and a hook that checks one file import no other.
_OTHERS = "confsync.cli.page_verbs"

_MODULES = {
    "confsync.cli.bulk.verbs": ("grep", "replace", "revert"),
    "confsync.cli.fast_verbs": ("check", "status"),
    "confsync.cli.git.verbs": ("history", "merge-driver"),
    "confsync.cli.manual.verb": ("help",),
    "confsync.cli.one_page.verbs": ("comment", "log", "new", "open", "restore", "show"),
    "confsync.cli.setup_verbs": ("clone", "demo", "doctor", "init", "login", "logout", "sandbox"),
}


class Verb(click.Command):
    """A command whose help sets the common options apart and names the manual's page."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        from confsync.cli.manual import command_help

        command_help.write_options(context, formatter, is_common)
        command_help.write_manual_line(context, formatter)


def _refuse_command_of_git(settings: Settings, name: str, *words: str) -> None:
    """Raise UsageError with the way to do it here, if git has a command of this name."""
    from confsync.errors import UsageError
    from confsync.mirror.git.head import repository_of
    from confsync.model.shell import quoted
    from confsync.registry.git_commands import instead_of_command

    place = settings.place
    paths = [word for word in words if not word.startswith("-")]
    files = any(os.path.lexists(os.path.join(place, path)) for path in paths)
    hint = instead_of_command(name, files=files, git=repository_of(place) is not None)
    if hint:
        parts = {"words": words, "paths": paths}
        typed_ones = {
            key: "".join(f" {quoted(one)}" for one in some) for key, some in parts.items()
        }
        raise UsageError(f"confsync has no command '{name}'", hint=hint.format(**typed_ones))


class Group(click.Group):
    """A group that imports its commands when needed, and suggests one for a misspelt name."""

    command_class = Verb

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        from confsync.cli.manual import command_help

        command_help.write_options(context, formatter, is_common)
        command_help.write_commands(self, context, formatter)
        command_help.write_manual_line(context, formatter)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.commands:
            modules = (module for module, verbs in _MODULES.items() if name in verbs)
            importlib.import_module(next(modules, _OTHERS))
        return super().get_command(context, name)

    def list_commands(self, context: click.Context) -> list[str]:
        for module in (_OTHERS, *_MODULES):
            importlib.import_module(module)
        return super().list_commands(context)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(context, args)
            context.ensure_object(Settings).verb = name or ""
            return name, command, rest
        except click.UsageError as error:
            _refuse_command_of_git(context.ensure_object(Settings), *args)
            import difflib

            from confsync.errors import UsageError

            names = self.list_commands(context)
            near = difflib.get_close_matches(args[0], names, 1)
            near = near or [name for name in names if name.startswith(args[0])]
            what = f"No such command '{args[0]}'."
            if near:
                raise click.UsageError(f"{what} Did you mean '{near[0]}'?", context) from error
            raise UsageError(what, hint="'confsync --help' lists the commands") from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="confsync")
@common
def cli() -> None:
    """git for Confluence pages: pull a space to files, edit them, push them back.

    A push updates a page only if the server still has what the file was based on.

    \b
    confsync clone https://acme.atlassian.net/wiki/spaces/ENG
    confsync status
    confsync diff
    confsync push -m "New ports"

    'confsync COMMAND --help' shows examples. Completion for bash, zsh and fish:

    \b
    eval "$(_CONFSYNC_COMPLETE=bash_source confsync)"
    """
