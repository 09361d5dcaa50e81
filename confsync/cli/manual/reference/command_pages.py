"""A page of the reference for each command, made of click's own words and of the registry."""

from __future__ import annotations

from collections.abc import Iterator

import click

from confsync.cli.manual.command_help import options_of
from confsync.cli.manual.reference import markdown
from confsync.cli.options import cli, is_common
from confsync.errors import Exit
from confsync.registry.commands import COMMANDS, CommandEntry

# What these mean is the same for every command.
_ALWAYS = {
    Exit.DONE: "Done. Warnings do not change the exit code.",
    Exit.USAGE: "The command line is wrong. Nothing was done.",
    Exit.INTERRUPTED: "Interrupted. Run the command again.",
}
_ABOVE = "../../"


def command_pages() -> dict[str, str]:
    """Return the pages of all commands, by their names."""
    return {entry.name: _page(entry) for entry in COMMANDS}


def context_of(name: str) -> click.Context:
    """Return a context in which a command can be asked about itself."""
    root = click.Context(cli, info_name="confsync", **cli.context_settings)
    command = cli.get_command(root, name)
    if command is None:
        raise ValueError(f"there is no command '{name}'")
    return click.Context(command, parent=root, info_name=name)


def argument_names(command: click.Command) -> list[str]:
    """Return the arguments of a command, as its usage names them."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    names = [one.metavar or str(one.name).upper() for one in arguments]
    return [name[1:-1] if name.startswith("[") else name for name in names]


def _page(entry: CommandEntry) -> str:
    context = context_of(entry.name)
    first = f"After this page you can use `confsync {entry.name}` with each of its options."
    return markdown.page(f"confsync {entry.name}", first, _blocks(entry, context))


def _blocks(entry: CommandEntry, context: click.Context) -> Iterator[str]:
    command = context.command
    told, examples = _help_of(command)
    own, common = options_of(context, is_common)
    usage = [context.command_path, *command.collect_usage_pieces(context)]
    yield markdown.heading("Usage")
    yield markdown.code(" ".join(usage))
    yield markdown.heading("What it does")
    yield from (markdown.paragraph(markdown.with_code_marked(text)) for text in told)
    if entry.arguments:
        yield markdown.heading("Arguments")
        yield markdown.items(f"`{name}`: {said}" for name, said in entry.arguments.items())
    for title, records in (("Options", own), ("Common options", common)):
        if records:
            yield markdown.heading(title)
            yield markdown.items(_option(names, said) for names, said in records)
    yield markdown.heading("Exit codes")
    meanings = {**_ALWAYS, **entry.exits}
    yield markdown.items(f"`{int(code)}`: {meanings[code]}" for code in Exit if code in meanings)
    yield markdown.heading("Examples")
    yield from (markdown.code(example, "sh") for example in examples)
    yield markdown.heading("See also")
    yield markdown.items(markdown.link(place, _ABOVE) for place in entry.pages)


def _option(names: str, meaning: str) -> str:
    """Return what the list of options says of one of them."""
    return f"`{names}`: {markdown.with_code_marked(' '.join(meaning.split()))}"


def _help_of(command: click.Command) -> tuple[list[str], list[str]]:
    """Return the paragraphs of a command's help, and its examples, each of some lines."""
    told: list[str] = []
    examples: list[str] = []
    for block in (command.help or "").split("\n\n"):
        lines = [line.strip() for line in block.strip().split("\n")]
        if lines[0] == "\b":
            examples.append("\n".join(lines[1:]))
        else:
            told.append(" ".join(lines))
    return told, examples
