"""The opening of a connection: the choice of the server and of the credentials."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from confsync.cli import trust
from confsync.cli.options import Settings
from confsync.cli.session import color_of
from confsync.errors import ConfigError
from confsync.model.filenames import CONFIG

if TYPE_CHECKING:
    from confsync.mirror.mirror import Mirror
    from confsync.remote import Credentials, Remote


@contextlib.contextmanager
def remote_of(settings: Settings, url: str, flavor: str | None = None) -> Iterator[Remote]:
    """Connect with the credentials for a server. Raise UntrustedError."""
    trust.check_pin(os.environ, url)
    credentials = _credentials(os.environ, url)
    warning = trust.warning(os.environ, credentials, url)
    if warning:
        told = click.style("warning:", fg="yellow") + f" {warning}"
        with contextlib.suppress(OSError, ValueError):
            click.echo(told, err=True, color=color_of(settings))
    with connected(settings, url, credentials, flavor) as remote:
        yield remote


@contextlib.contextmanager
def connected(
    settings: Settings, url: str, credentials: Credentials, flavor: str | None = None
) -> Iterator[Remote]:
    """Connect with given credentials. The caller knows that the server may have them."""
    from confsync.cli import malloc
    from confsync.remote import open_remote

    malloc.limit()
    with _log(settings.verbose):
        remote = open_remote(
            url, credentials, flavor=flavor, jobs=settings.jobs, tell=teller(settings)
        )
        try:
            yield remote
        finally:
            remote.close()


def teller(settings: Settings) -> Callable[[str], None] | None:
    """Return a function that prints a line about a wait on stderr; with --json only with -v.

    Logs of CI runs need the line as terminals do. With -vv the log has it already. The line is
    written to `sys.stderr` itself: a progress bar is there, and moves down for it.
    """
    shown = not settings.as_json
    if settings.quiet or settings.verbose > 1 or not (shown or settings.verbose):
        return None

    def tell(line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    return tell


@contextlib.contextmanager
def remote_for(settings: Settings, mirror: Mirror) -> Iterator[Remote]:
    """Connect to a mirror's Confluence.

    Raise UntrustedError. Raise ConfigError if the server has none of a setting that is chosen.
    """
    trust.check_owner(os.environ, mirror.root, None, mirror.config.url)
    with remote_of(settings, mirror.config.url, mirror.config.flavor) as remote:
        if missing := sorted(remote.missing_settings & {*mirror.config.settings}):
            raise ConfigError(
                f"{CONFIG}: settings: a Data Center tells no {missing[0]} of a page",
                hint=f"take '{missing[0]}' out of the list",
            )
        yield remote


@contextlib.contextmanager
def remote_when_asked(settings: Settings, mirror: Mirror) -> Iterator[Callable[[], Remote]]:
    """Provide a function that connects at its first call.

    Without a call, no credentials are needed.
    """
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda: stack.enter_context(remote_for(settings, mirror)))


def _credentials(environment: Mapping[str, str], url: str) -> Credentials:
    """Return the environment's token, or else the keyring's. Without one, requests use .netrc."""
    from confsync.remote import Credentials, Source, token_store

    certificate = environment.get("CONFSYNC_CLIENT_CERT") or None
    token = environment.get("CONFSYNC_TOKEN", "").strip()
    if token:
        user = environment.get("CONFSYNC_USER", "").strip() or None
        return Credentials(token, user, certificate, Source.ENVIRONMENT)
    user, token = token_store.load(url) or (None, "")
    return Credentials(token, user, certificate, Source.KEYRING)


@contextlib.contextmanager
def _log(verbose: int) -> Iterator[None]:
    """With -vv, log a line for each request on stderr. Never log a body or a header."""
    if verbose < 2:
        yield
        return
    import logging

    from confsync.cli.escape import safe

    class Line(logging.Formatter):
        """Formats a record as one line, whatever a server put into it."""

        def format(self, record: logging.LogRecord) -> str:
            return safe(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(Line("%(name)s: %(message)s"))
    logger = logging.getLogger("confsync")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
