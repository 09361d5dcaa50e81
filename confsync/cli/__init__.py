"""The command line: click, the terminal, and the rendering of results.

The only package that reads the environment and prints. `commands` does the work.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import sys
from collections.abc import Sequence

import click

from confsync.cli.options import Settings, cli
from confsync.cli.session import color_of, lost_output
from confsync.errors import ConfsyncError, Exit, InternalError, StoppedError, UsageError

__all__ = ["cli", "main"]


# Git sets these variables for hooks. The first two name the repository. Git would then take its
# current directory for the whole work tree, which is wrong for a mirror in a subfolder. The
# mirror's own place is right. The others say how git's caller wants paths read; confsync says that
# itself.
_SAID_TO_HOOKS = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_LITERAL_PATHSPECS"),
    *("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Return the exit code. No traceback leaves here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    settings = Settings()
    for name in _SAID_TO_HOOKS:
        os.environ.pop(name, None)
    _prepare_completion()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a missing character must not stop a command
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(given, prog_name="confsync", standalone_mode=False, obj=settings)
    except SystemExit as end:
        return int(end.code or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        if _in_json(settings, given):
            return _fail(settings, given, UsageError("no command", hint=_help(settings, error)))
        return _explain(settings, error)
    except click.UsageError as error:
        hint = _instead(settings, error) or _help(settings, error)
        return _fail(settings, given, UsageError(error.format_message(), hint=hint))
    except ConfsyncError as error:
        return _fail(settings, given, error)
    except (KeyboardInterrupt, click.Abort):
        hint = "every file is complete; run the command again to continue"
        return _fail(settings, given, StoppedError("interrupted", hint=hint))
    except Exception as error:
        if isinstance(error, (OSError, ValueError)) and _while_printing(error):
            return _not_printed(settings, error)
        if settings.verbose > 1:
            raise
        what = f"this should not happen: {type(error).__name__}: {error}"
        return _fail(
            settings,
            given,
            InternalError(what, hint="run the command again with -vv and report the traceback"),
        )
    return 0


def _prepare_completion() -> None:
    """Let click use the scripts for shells, if a shell asks."""
    if "_CONFSYNC_COMPLETE" in os.environ:
        from confsync.cli.shell import scripts

        scripts.install()


def _explain(settings: Settings, error: click.UsageError) -> int:
    """Print the help if the command line has no command."""
    try:
        click.echo(error.format_message())
    except (OSError, ValueError) as lost:
        return _not_printed(settings, lost)
    return int(Exit.USAGE)


def _while_printing(error: BaseException) -> bool:
    """Return whether an error comes from writing to stdout or stderr."""
    place = error.__traceback__
    while place is not None and place.tb_frame.f_code is not click.echo.__code__:
        place = place.tb_next
    return place is not None


def _not_printed(settings: Settings, error: OSError | ValueError) -> int:
    """Report that the output cannot be written.

    Return the exit code: 0 if only its reader ended.
    """
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that closing it cannot fail again
    if isinstance(error, BrokenPipeError):
        return 0
    with contextlib.suppress(OSError, ValueError):
        click.echo(lost_output(error), nl=False, err=True, color=color_of(settings))
    return int(Exit.LOCAL)


def _instead(settings: Settings, error: click.UsageError) -> str:
    """Return what to type instead of an option that git has; else an empty text."""
    if not isinstance(error, click.NoSuchOption):
        return ""
    from confsync.registry.git_commands import instead_of_option

    return instead_of_option(settings.verb, error.option_name)


def _help(settings: Settings, error: click.UsageError) -> str:
    """Return the hint for a wrong command line. click does not always tell which command it was."""
    path = error.ctx.command_path if error.ctx else f"confsync {settings.verb}".strip()
    return f"'{path} --help' shows options and examples"


def _fail(settings: Settings, given: list[str], error: ConfsyncError) -> int:
    """Print an error that has no result, as text or as JSON. Return its exit code."""
    from pathlib import Path

    from confsync.cli import escape, render, session
    from confsync.model.filenames import root_above
    from confsync.model.result import Problem, Result

    failed = Result(settings.verb, errors=(Problem.of(error),))
    if _in_json(settings, given):
        with contextlib.suppress(OSError, ValueError):  # its reader may have ended
            click.echo(escape.json_line(failed.as_json()))
    with contextlib.suppress(OSError, ValueError):
        root = root_above(settings.place)
        told = failed.typed(session.standpoint_of(settings, Path(root) if root else None))
        lines = render.problem_lines(told.errors[0])
        for line in render.divided(lines, session.on_terminal(settings)):
            text = session.with_directory(settings, line)
            click.echo(text, err=True, color=color_of(settings))
    return int(error.exit)


def _in_json(settings: Settings, given: list[str]) -> bool:
    """Return whether JSON was asked for, even if click failed before it parsed that option."""
    form = "--format=json" in given or ("--format", "json") in itertools.pairwise(given)
    return settings.as_json or "--json" in given or (form and settings.verb == "check")
