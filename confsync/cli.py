"""The command line: the only place that reads the environment and prints."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from confsync import __version__
from confsync.errors import ConfsyncError, Exit, UsageError

if TYPE_CHECKING:
    from confsync.mirror import Mirror
    from confsync.progress import Progress
    from confsync.remote import Credentials, Remote
    from confsync.result import Result
    from confsync.selection import Selection

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """What the options that stand everywhere say; filled while click reads the command line."""

    directory: Path | None = None
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    jobs: int = 8
    color: str = "auto"

    @property
    def start(self) -> Path:
        """The directory to work in, absolute."""
        return Path.cwd() / (self.directory or "")


def _store(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value:
        setattr(context.ensure_object(Settings), str(option.name), value)


def _common(command: Command) -> Command:
    """The options that stand everywhere, before or after the verb."""
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
            type=click.Path(file_okay=False, path_type=Path),
            help="Work in DIR instead of here.",
            **everywhere,
        ),
    ):
        command = option(command)
    return command


class _Group(click.Group):
    """A group that guesses what was meant."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(context), 1)
            hint = f"Did you mean '{near[0]}'?" if near else "'confsync --help' lists them."
            raise click.UsageError(f"No such command '{args[0]}'. {hint}", context) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="confsync")
@_common
def cli() -> None:
    """git for Confluence pages: pull a space to files, edit them, push them back.

    A page goes back only if the server still has exactly what the file was based on.
    """


# -- commands --------------------------------------------------------------------------------------


@cli.command()
@click.argument("directory_", metavar="[DIR]", required=False)
@click.option("--url", required=True, help="Base URL, such as https://acme.atlassian.net/wiki.")
@click.option("--space", "spaces", required=True, multiple=True, help="Space key; repeatable.")
@click.option("--root", help="Mirror only this page (by id) and what hangs below it.")
@_common
@click.pass_obj
def init(
    settings: Settings, directory_: str | None, url: str, spaces: tuple[str, ...], root: str | None
) -> None:
    """Make a directory a mirror.

    \b
    confsync init docs --url https://acme.atlassian.net/wiki --space ENG
    """
    from confsync.commands.init import init as run
    from confsync.config import settings_for

    _finish(settings, run(settings.start / (directory_ or ""), settings_for(url, spaces, root)))


@cli.command()
@click.argument("url")
@click.argument("directory_", metavar="[DIR]", required=False)
@_common
@click.pass_obj
def clone(settings: Settings, url: str, directory_: str | None) -> None:
    """Mirror a space, or a page and all below it, by the URL from the browser.

    \b
    confsync clone https://acme.atlassian.net/wiki/spaces/ENG
    """
    from confsync import address
    from confsync.commands.clone import clone as run

    found = address.read(url)
    root = settings.start / (directory_ or found.key)
    with _remote(settings, found.url) as remote, _progress(settings) as progress:
        result = run(root, found, remote, progress=progress)
    _finish(settings, result, root)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--dry-run", "-n", is_flag=True, help="Say what would be done, do nothing.")
@click.option("--refresh", is_flag=True, help="Fetch every body: finds changes without a version.")
@click.option("--prune", is_flag=True, help="Remove unmodified files of pages not visible now.")
@click.option("--merge", is_flag=True, help="Merge pages that both sides changed.")
@click.option("--theirs", is_flag=True, help="Take the server's text of the named pages.")
@click.option("--ours", is_flag=True, help="Keep your text of the named page; needs --at.")
@click.option("--at", type=int, metavar="N", help="The server's version that --ours gives up.")
@_common
@click.pass_obj
def pull(
    settings: Settings,
    paths: tuple[str, ...],
    dry_run: bool,
    refresh: bool,
    prune: bool,
    merge: bool,
    theirs: bool,
    ours: bool,
    at: int | None,
) -> None:
    """Bring the server's changes to the files. What you edited is never overwritten.

    \b
    confsync pull
    confsync pull --merge docs/ENG/guide.xhtml
    confsync pull --ours docs/ENG/guide.xhtml --at 9
    """
    from confsync.commands.pull import pull as run
    from confsync.resolve import asked_for

    resolution = asked_for(merge=merge, theirs=theirs, ours=ours, at=at, paths=paths)
    mirror, selection = _mirror(settings, paths)
    with (
        _remote(settings, mirror.config.url, mirror.config.flavor) as remote,
        _progress(settings) as progress,
    ):
        result = run(
            mirror,
            remote,
            selection,
            dry_run=dry_run,
            refresh=refresh,
            prune=prune,
            resolution=resolution,
            progress=progress,
        )
    _finish(settings, result, mirror.root)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--message", "-m", default="", help="What the page's history shall say.")
@click.option("--dry-run", "-n", is_flag=True, help="Say what would be done, do nothing.")
@_common
@click.pass_obj
def push(settings: Settings, paths: tuple[str, ...], message: str, dry_run: bool) -> None:
    """Send edited pages back, each only if nobody changed it meanwhile.

    \b
    confsync push -m "New ports"
    confsync push --dry-run docs/ENG
    """
    from confsync.commands.push import push as run

    mirror, selection = _mirror(settings, paths)
    with (
        _remote(settings, mirror.config.url, mirror.config.flavor) as remote,
        _progress(settings) as progress,
    ):
        result = run(mirror, remote, selection, message=message, dry_run=dry_run, progress=progress)
    _finish(settings, result, mirror.root)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--remote", "look", is_flag=True, help="Ask the server, too.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when anything is not clean.")
@_common
@click.pass_obj
def status(settings: Settings, paths: tuple[str, ...], look: bool, exit_code: bool) -> None:
    """Show what was edited here and, with --remote, what changed there."""
    from confsync.commands.status import status as run

    mirror, selection = _mirror(settings, paths)
    config = mirror.config
    asked = _remote(settings, config.url, config.flavor) if look else contextlib.nullcontext()
    with asked as remote, _progress(settings) as progress:
        result = run(mirror, remote, selection, exit_code=exit_code, progress=progress)
    _finish(settings, result, mirror.root)


@cli.command()
@click.argument("paths", nargs=-1)
@click.option("--remote", "against_server", is_flag=True, help="Show what the server changed.")
@_common
@click.pass_obj
def diff(settings: Settings, paths: tuple[str, ...], against_server: bool) -> None:
    """Show what you changed or, with --remote, what the server changed, since the base."""
    from confsync.commands.diff import diff as run

    mirror, selection = _mirror(settings, paths)
    with _remote(settings, mirror.config.url, mirror.config.flavor) as remote:
        result = run(mirror, remote, selection, against_server=against_server)
    _finish(settings, result, mirror.root)


@cli.command()
@_common
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check URL, credentials, permissions and configuration, and say what to do about each."""
    from confsync.commands.doctor import doctor as run

    mirror, _ = _mirror(settings, ())
    config = mirror.config
    result = run(mirror, lambda: _remote(settings, config.url, config.flavor))
    _finish(settings, result, mirror.root)


@cli.command()
@click.argument("url", required=False)
@click.option("--user", help="E-mail address (Cloud) or name; none for a personal access token.")
@_common
@click.pass_obj
def login(settings: Settings, url: str | None, user: str | None) -> None:
    """Keep a token in the system's keyring, after trying it.

    The token is asked for, or read from standard input when that is no terminal.
    """
    from confsync import keychain
    from confsync.remote import Credentials, open_remote

    where = _base_url(settings, url)
    interactive = sys.stdin.isatty()
    if interactive and user is None:
        user = click.prompt("User (empty for a personal access token)", default="") or None
    token = click.prompt("Token", hide_input=True) if interactive else sys.stdin.readline().strip()
    remote = open_remote(where, Credentials(token, user))
    try:
        name = remote.whoami().name
    finally:
        remote.close()
    keychain.save(where, user, token)
    click.echo(f"you are {name}; the token for {where} is in the keyring")


@cli.command()
@click.argument("url", required=False)
@_common
@click.pass_obj
def logout(settings: Settings, url: str | None) -> None:
    """Take the token out of the keyring."""
    from confsync import keychain

    where = _base_url(settings, url)
    had = keychain.forget(where)
    click.echo(f"{'forgot the' if had else 'there was no'} token for {where}")


@cli.command()
@click.option("--port", default=8090, show_default=True, help="0: any free one.")
@click.option("--data", type=click.Path(dir_okay=False), help="Keep the state in this file.")
@click.option("--latency", default=0.0, help="Seconds to wait before each answer.")
@_common
def sandbox(port: int, data: str | None, latency: float) -> None:
    """Run a Confluence look-alike on this machine, for trying and rehearsing."""
    from confsync.commands.sandbox import serve

    serve(port=port, data=data, latency=latency, tell=click.echo)


@cli.command()
@click.argument("directory_", metavar="[DIR]", required=False)
@_common
@click.pass_obj
def demo(settings: Settings, directory_: str | None) -> None:
    """See it work: clone, edit, push, a colleague's edit in between, the refusal."""
    from confsync.commands.demo import demo as run

    given = settings.start / directory_ if directory_ else None
    sys.exit(run(given, tell=click.echo))


# -- what the commands share -----------------------------------------------------------------------


def _mirror(settings: Settings, paths: tuple[str, ...]) -> tuple[Mirror, Selection]:
    from confsync import config
    from confsync.mirror import Mirror
    from confsync.selection import Selection

    start = settings.start
    if not start.is_dir():
        raise UsageError(f"{start} is not a directory")
    root = config.find_root(start)
    return Mirror(root, config.load(root)), Selection.of(root, start, paths)


def _base_url(settings: Settings, url: str | None) -> str:
    """The Confluence that is meant: as typed, or the mirror's."""
    from confsync import config

    if url is None:
        return config.load(config.find_root(settings.start)).url
    try:
        return config.check_url(url)
    except ValueError as error:
        raise UsageError(str(error)) from None


@contextlib.contextmanager
def _remote(settings: Settings, url: str, flavor: str | None = None) -> Iterator[Remote]:
    from confsync.remote import open_remote

    credentials = _credentials(os.environ, url)
    remote = open_remote(url, credentials, flavor=flavor, jobs=settings.jobs)
    try:
        yield remote
    finally:
        remote.close()


def _credentials(environment: Mapping[str, str], url: str) -> Credentials:
    """The environment's token, else the keyring's; without one the library looks into .netrc."""
    from confsync import keychain
    from confsync.remote import Credentials

    certificate = environment.get("CONFSYNC_CLIENT_CERT") or None
    token = environment.get("CONFSYNC_TOKEN", "").strip()
    if token:
        user = environment.get("CONFSYNC_USER", "").strip() or None
        return Credentials(token, user, certificate)
    user, token = keychain.load(url) or (None, "")
    return Credentials(token, user, certificate)


@contextlib.contextmanager
def _progress(settings: Settings) -> Iterator[Progress]:
    from confsync.progress import silent

    if settings.quiet or settings.as_json or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


def _finish(settings: Settings, result: Result, root: Path | None = None) -> None:
    """Print a result and end with its exit code."""
    from confsync import render

    color = _color(settings)
    if settings.as_json:
        click.echo(render.as_json(result))
    else:
        out, err = render.as_text(
            result,
            shown=_shown(settings, root),
            verbose=settings.verbose > 0,
            now=datetime.now(UTC),
        )
        if not settings.quiet:
            click.echo(out, nl=False, color=color)
        click.echo(err, nl=False, err=True, color=color)
    sys.exit(int(result.exit))


def _shown(settings: Settings, root: Path | None) -> Callable[[str], str]:
    """Turns mirror paths into paths as typed in the directory where the user is."""

    def shown(path: str) -> str:
        if root is None:
            return path
        return Path(os.path.relpath(root / path, settings.start)).as_posix()

    return shown


def _color(settings: Settings) -> bool | None:
    """True, False, or None: only on a terminal."""
    if settings.color == "always":
        return True
    return False if settings.color == "never" or os.environ.get("NO_COLOR") else None


def _log(verbose: int) -> None:
    if verbose > 1:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        logger = logging.getLogger("confsync")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code. No traceback leaves here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    settings = Settings()
    try:
        cli.main(given, prog_name="confsync", standalone_mode=False, obj=settings)
    except SystemExit as end:
        return int(end.code or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return int(Exit.USAGE)
    except click.UsageError as error:
        return _fail(settings, given, "usage", error.format_message(), _help(error), Exit.USAGE)
    except ConfsyncError as error:
        return _fail(settings, given, error.code, error.message, error.hint, error.exit)
    except (KeyboardInterrupt, click.Abort):
        hint = "every file is whole; run the command again to go on"
        return _fail(settings, given, "interrupted", "interrupted", hint, Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that closing it cannot fail again
        return int(Exit.DONE)
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
    from confsync import render
    from confsync.result import Problem, Result

    problem = Problem(code, message, hint, exit_code)
    if settings.as_json or "--json" in given:
        verb = next((word for word in given if word in cli.commands), "")
        click.echo(json.dumps(Result(verb, errors=(problem,)).as_json(), ensure_ascii=False))
    for line in render.problem_lines(problem):
        click.echo(line, err=True, color=_color(settings))
    return int(exit_code)
