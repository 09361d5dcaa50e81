"""The commands for setup, credentials, `doctor`, and the sandbox.

Everything else is imported inside the functions, so that each command loads only its own modules.
"""

from __future__ import annotations

import os
import sys

import click

from confsync.cli import trust
from confsync.cli.connection import remote_for, remote_of
from confsync.cli.options import Settings, cli, common
from confsync.cli.session import base_url, finish, mirror_of, progress_on


@cli.command()
@click.argument("directory_", metavar="[DIR]", required=False)
@click.option("--url", required=True, help="Base URL, such as https://acme.atlassian.net/wiki.")
@click.option("--space", "spaces", required=True, multiple=True, help="Space key; repeatable.")
@click.option("--root", help="Mirror only this page (by id) and the pages below it.")
@common
@click.pass_obj
def init(
    settings: Settings, directory_: str | None, url: str, spaces: tuple[str, ...], root: str | None
) -> None:
    """Make a directory a mirror.

    \b
    confsync init docs --url https://acme.atlassian.net/wiki --space ENG
    """
    from confsync.commands.setup.init import init as run
    from confsync.mirror.config_file import settings_for

    finish(settings, run(settings.start / (directory_ or ""), settings_for(url, spaces, root)))


@cli.command()
@click.argument("url")
@click.argument("directory_", metavar="[DIR]", required=False)
@common
@click.pass_obj
def clone(settings: Settings, url: str, directory_: str | None) -> None:
    """Mirror a space, or a page and its children, by its URL.

    Copy the URL from the browser.

    \b
    confsync clone https://acme.atlassian.net/wiki/spaces/ENG
    """
    from confsync.commands.setup.clone import clone as run
    from confsync.model.url import parse

    found = parse(url)
    root = settings.start / (directory_ or found.key)
    with remote_of(settings, found.url) as remote, progress_on(settings) as progress:
        result = run(root, found, remote, progress=progress)
    finish(settings, result, root)


@cli.command()
@common
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check server, credentials, permissions and configuration.

    Each failure comes with its likely cause.

    \b
    confsync doctor
    confsync -C docs doctor
    """
    from confsync.commands.setup.doctor import doctor as run

    mirror, _ = mirror_of(settings, ())
    pinned = trust.pin(os.environ) is not None
    result = run(mirror, lambda: remote_for(settings, mirror), pinned=pinned)
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
    from confsync.remote import Credentials, open_remote, token_store

    where = base_url(settings, url)
    trust.check_pin(os.environ, where)
    interactive = sys.stdin.isatty()
    if interactive and user is None:
        user = click.prompt("User (empty for a personal access token)", default="") or None
    token = click.prompt("Token", hide_input=True) if interactive else sys.stdin.readline().strip()
    remote = open_remote(where, Credentials(token, user))
    try:
        name = remote.whoami().name
    finally:
        remote.close()
    token_store.save(where, user, token)
    told = f"you are {name}; the token for {where} is in the keyring"
    finish(settings, Result("login", notes=(told,)))


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
@common
def sandbox(port: int, data: str | None, latency: float, flavor: str) -> None:
    """Run a Confluence look-alike on this machine, for trials.

    \b
    confsync sandbox
    confsync sandbox --port 0 --data confluence.sqlite
    confsync sandbox --flavor datacenter
    """
    from confsync.commands.setup.sandbox import serve

    serve(port=port, data=data, latency=latency, flavor=flavor, tell=click.echo)


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
