"""The commands for setup, credentials, `doctor`, and the sandbox.

Everything else is imported inside the functions, so that each command loads only its own modules.
"""

from __future__ import annotations

import contextlib
import os
import sys

import click

from confsync.cli import trust
from confsync.cli.connection import connected, remote_for, remote_of
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import base_url, finish, mirror_of, place_of, progress_on
from confsync.errors import UsageError


@cli.command()
@click.argument("directory_", metavar="[DIR]", required=False)
@click.option("--url", help="Base URL, such as https://acme.atlassian.net/wiki.")
@click.option("--space", "spaces", multiple=True, help="Space key; repeatable.")
@click.option("--root", help="Mirror only this page (by id) and the pages below it.")
@click.option("--git", is_flag=True, help="Let git merge documents with confsync.")
@common
@click.pass_obj
def init(
    settings: Settings,
    directory_: str | None,
    url: str | None,
    spaces: tuple[str, ...],
    root: str | None,
    git: bool,
) -> None:
    """Make a directory a mirror.

    In a mirror, --git alone lets git merge its documents with confsync. Each git clone of a
    repository needs that once.

    \b
    confsync init docs --url https://acme.atlassian.net/wiki --space ENG
    confsync init --git
    """
    from confsync.commands.setup.init import check_repository, init_git
    from confsync.commands.setup.init import init as run
    from confsync.mirror.config_file import find_root, settings_for
    from confsync.model.config import SpaceConfig
    from confsync.model.url import server_of

    place = place_of(settings, directory_ or "")
    if git and not (url or spaces or root):
        finish(settings, init_git(find_root(place)))
    for name, given in (("--url", url), ("--space", spaces)):
        if not given:
            raise click.UsageError(f"Missing option '{name}'.", click.get_current_context())
    if root and len(spaces) > 1:
        raise UsageError("--root goes with one space")
    if git:
        check_repository(place)
    made = settings_for(server_of(url or ""), [SpaceConfig(key, key, root) for key in spaces])
    finish(settings, run(place, made))


@cli.command()
@click.argument("url")
@click.argument("directory_", metavar="[DIR]", required=False)
@click.option("--git", is_flag=True, help="Commit the mirror, in a new repository if none is here.")
@click.option("--history", is_flag=True, help="Also record each version of each page as a commit.")
@common
@click.pass_obj
def clone(settings: Settings, url: str, directory_: str | None, git: bool, history: bool) -> None:
    """Mirror a space, a page with its children, or a folder, by its URL.

    Copy the URL from the browser. If a clone is interrupted, the same command continues it.

    \b
    confsync clone https://acme.atlassian.net/wiki/spaces/ENG
    confsync clone --git https://acme.atlassian.net/wiki/spaces/ENG docs
    confsync clone https://wiki.acme.com/display/ENG/Deployment+guide
    """
    from confsync.commands.setup.clone import CloneOptions
    from confsync.commands.setup.clone import clone as run
    from confsync.commands.setup.origin import origin_of
    from confsync.model.url import parse

    found = parse(url)
    with remote_of(settings, found.url) as remote, progress_on(settings) as progress:
        origin = origin_of(remote, found)
        root = place_of(settings, directory_ or origin.key)
        options = CloneOptions(git=git, history=history)
        result = run(root, origin, remote, options, progress)
    finish(settings, result, root)


@cli.command()
@click.argument("url", required=False)
@common
@click.pass_obj
def doctor(settings: Settings, url: str | None) -> None:
    """Check server, credentials, permissions and configuration.

    With a URL, no mirror is needed. Each failure comes with its likely cause.

    \b
    confsync doctor
    confsync doctor https://acme.atlassian.net/wiki/spaces/ENG
    """
    from confsync.commands.setup import doctor as examination
    from confsync.model.url import parse, server_of

    if url is not None:
        where, address = server_of(url), None
        with contextlib.suppress(UsageError):
            address = parse(url)
        finish(
            settings,
            examination.doctor_of_address(where, address, lambda: remote_of(settings, where)),
        )
    mirror, _ = mirror_of(settings, ())
    pinned = trust.pin(os.environ) is not None
    result = examination.doctor(mirror, lambda: remote_for(settings, mirror), pinned=pinned)
    finish(settings, result, mirror.root)


@cli.command()
@click.argument("url", required=False)
@click.option("--user", help="E-mail address (Cloud) or name; none for a personal access token.")
@common
@click.pass_obj
def login(settings: Settings, url: str | None, user: str | None) -> None:
    """Store a token in the system's keyring, after testing it.

    The command asks for the token, or reads it from standard input if that is no terminal.

    \b
    confsync login https://acme.atlassian.net/wiki --user me@acme.com
    """
    from confsync.model.result import Result
    from confsync.remote import Credentials, Source, token_store

    where = base_url(settings, url)
    trust.check_pin(os.environ, where)
    token_store.check()
    interactive = sys.stdin.isatty()
    if interactive and user is None:
        user = click.prompt("User (empty for a personal access token)", default="") or None
    token = click.prompt("Token", hide_input=True) if interactive else sys.stdin.readline().strip()
    if not token:
        raise UsageError("no token was given", hint="type it, or give it on standard input")
    with connected(settings, where, Credentials(token, user, source=Source.TYPED)) as remote:
        name = remote.whoami().name
    token_store.save(where, user, token)
    notes = [f"you are {name}; the token for {where} is in the keyring"]
    if os.environ.get("CONFSYNC_TOKEN", "").strip():
        notes.append("CONFSYNC_TOKEN is also set, and confsync uses it instead")
    finish(settings, Result("login", notes=tuple(notes)))


@cli.command()
@click.argument("url", required=False)
@common
@click.pass_obj
def logout(settings: Settings, url: str | None) -> None:
    """Delete the token from the keyring.

    \b
    confsync logout https://acme.atlassian.net/wiki
    """
    from confsync.model.result import Result
    from confsync.remote import token_store

    where = base_url(settings, url)
    had = token_store.forget(where)
    told = f"{'deleted the' if had else 'there was no'} token for {where}"
    finish(settings, Result("logout", notes=(told,)))


@cli.command()
@click.option("--port", default=8090, show_default=True, help="0 takes any free port.")
@click.option("--data", type=click.Path(dir_okay=False), help="Keep the state in this file.")
@click.option("--latency", default=0.0, help="Seconds to wait before each answer.")
@click.option(
    "--flavor",
    type=click.Choice(["cloud", "datacenter"]),
    default="cloud",
    show_default=True,
    help="The kind of Confluence.",
)
@click.option(
    "--context",
    metavar="PATH",
    help='The path before every address; "" for none. [default: /wiki or /confluence]',
)
@click.option(
    "--user",
    "users",
    metavar="NAME[:PASSWORD]",
    multiple=True,
    help="Add a user besides yourself; repeatable.",
)
@click.option(
    "--right",
    "rights",
    metavar="NAME:SPACE:LEVEL",
    multiple=True,
    help="What a user may do in a space (* for all): none, read or edit; repeatable.",
)
@click.option(
    "--search-lag",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Seconds by which searches lag behind.",
)
@click.option(
    "--no-v1",
    is_flag=True,
    help="On Cloud, answer 410 to v1's pages and spaces, too.",
)
@common
def sandbox(
    port: int,
    data: str | None,
    latency: float,
    flavor: str,
    context: str | None,
    users: tuple[str, ...],
    rights: tuple[str, ...],
    search_lag: float,
    no_v1: bool,
) -> None:
    """Run a Confluence look-alike on this machine, for trials.

    \b
    confsync sandbox
    confsync sandbox --port 0 --data confluence.sqlite
    confsync sandbox --flavor datacenter
    confsync sandbox --flavor datacenter --context ""
    confsync sandbox --user ana --right ana:OPS:read
    """
    from confsync.commands.setup.sandbox import Options, serve

    known = (port, data, latency, flavor, context, users, rights, search_lag)
    options = Options(*known, classic_v1=not no_v1)
    serve(options, tell=click.echo)


@cli.command()
@click.argument("directory_", metavar="[DIR]", required=False)
@common
@click.pass_obj
def demo(settings: Settings, directory_: str | None) -> None:
    """Show the whole story on a sandbox, from clone to merge.

    \b
    confsync demo
    confsync demo /tmp/story
    """
    from confsync.commands.setup.demo import demo as run
    from confsync.model.result import Result

    given = settings.start / directory_ if directory_ else None
    run(given, tell=lambda text: click.echo(text, err=settings.as_json))
    if settings.as_json:
        finish(settings, Result("demo"))
