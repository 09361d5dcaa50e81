"""Write `--help`: a command's own options, then the common ones, then the manual's page."""

from __future__ import annotations

from collections.abc import Callable

import click

# Longer than any first sentence, so that none is cut.
_WHOLE = 1000

Records = list[tuple[str, str]]
# Says of an option whether every command has it.
IsCommon = Callable[[click.Parameter], bool]


def options_of(context: click.Context, is_common: IsCommon) -> tuple[Records, Records]:
    """Return a command's own options and the common ones, each as its names and its meaning."""
    own: Records = []
    common: Records = []
    for option in context.command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None:
            shared = is_common(option) or "--help" in option.opts
            (common if shared else own).append(record)
    return own, common


def write_options(
    context: click.Context, formatter: click.HelpFormatter, is_common: IsCommon
) -> None:
    """Write the sections of the options."""
    own, common = options_of(context, is_common)
    for heading, records in (("Options", own), ("Common options", common)):
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)


def write_manual_line(context: click.Context, formatter: click.HelpFormatter) -> None:
    """Write which command shows the manual's page of a command, or the list of all pages."""
    named = context.info_name if context.parent else ""
    command = f"confsync help {named}".strip()
    what = "shows the manual's page" if named else "lists the pages of the manual"
    formatter.write_paragraph()
    formatter.write_text(f"'{command}' {what}.")


def write_commands(
    group: click.Group, context: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write each command of a group with its whole first sentence."""
    with formatter.section("Commands"):
        formatter.write_dl(summaries(group, context))


def summaries(group: click.Group, context: click.Context) -> Records:
    """Return the commands of a group, each with its first sentence."""
    commands = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return [(name, command.get_short_help_str(_WHOLE)) for name, command in commands if command]
