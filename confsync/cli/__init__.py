"""The command line: click, the terminal, and how results read.

The only package that reads the environment and prints. What a command does is in `commands`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections.abc import Sequence

import click

from confsync.cli.options import Settings, cli
from confsync.cli.session import color_of
from confsync.errors import ConfsyncError, Exit

__all__ = ["cli", "main"]


# What the environment of hooks may say of git. Where the repository is: git then takes the place
# that it is started in for the whole work tree, which a mirror in a subfolder is not; the mirror's
# own place says it right. And how names are read that git's caller gave: ours say that themselves.
_SAID_TO_HOOKS = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_LITERAL_PATHSPECS"),
    *("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code. No traceback leaves here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    settings = Settings()
    for name in _SAID_TO_HOOKS:
        os.environ.pop(name, None)
    try:
        cli.main(given, prog_name="confsync", standalone_mode=False, obj=settings)
    except SystemExit as end:
        return int(end.code or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        if _in_json(settings, given):
            return _fail(settings, given, "usage", "no command", _help(error), Exit.USAGE)
        click.echo(error.format_message())
        return int(Exit.USAGE)
    except click.UsageError as error:
        return _fail(settings, given, "usage", error.format_message(), _help(error), Exit.USAGE)
    except ConfsyncError as error:
        return _fail(settings, given, error.code, error.message, error.hint, error.exit)
    except (KeyboardInterrupt, click.Abort):
        hint = "every file is whole; run the command again to go on"
        return _fail(settings, given, "interrupted", "interrupted", hint, Exit.INTERRUPTED)
    except Exception as error:
        if settings.verbose > 1:
            raise
        what = f"this should not happen: {type(error).__name__}: {error}"
        return _fail(
            settings, given, "internal", what, "-vv shows where; please report", Exit.LOCAL
        )
    return 0


def _help(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "confsync"
    return f"'{path} --help' explains"


def _fail(
    settings: Settings, given: list[str], code: str, message: str, hint: str, exit_code: Exit
) -> int:
    """An error without a result, in the form that was asked for."""
    from confsync.cli import render
    from confsync.model.result import Problem, Result

    problem = Problem(code, message, hint, exit_code)
    if _in_json(settings, given):
        import json

        failed = Result(settings.verb, errors=(problem,))
        with contextlib.suppress(OSError):  # nobody reads it any more
            click.echo(json.dumps(failed.as_json(), ensure_ascii=False))
    with contextlib.suppress(OSError):
        for line in render.problem_lines(problem):
            click.echo(line, err=True, color=color_of(settings))
    return int(exit_code)


def _in_json(settings: Settings, given: list[str]) -> bool:
    """Whether JSON was asked for, also where click gave up before it came to that option."""
    form = "--format=json" in given or ("--format", "json") in itertools.pairwise(given)
    return settings.as_json or "--json" in given or (form and settings.verb == "check")
