"""The check of the server that may get the credentials. The environment overrules a file.

Other people may write `.confsync.yaml`: by merging a change, or in a directory above this one.
`CONFSYNC_URL` names the only server that credentials go to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from confsync.cli.escape import is_ci, safe
from confsync.errors import UntrustedError, UsageError
from confsync.model.filenames import CONFIG
from confsync.model.url import check_url, same_server

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.mirror import Mirror
    from confsync.remote import Credentials

PIN = "CONFSYNC_URL"


def pin(environment: Mapping[str, str]) -> str | None:
    """Return the server that the environment allows, None for any. Raise UsageError."""
    given = environment.get(PIN, "").strip()
    try:
        return check_url(given) if given else None
    except ValueError as error:
        raise UsageError(f"{PIN}: {error}") from None


def check_pin(environment: Mapping[str, str], url: str) -> None:
    """Raise UntrustedError if the environment allows another server than this one."""
    allowed = pin(environment)
    if allowed is not None and not same_server(allowed, url):
        raise UntrustedError(
            f"{PIN} allows only {allowed}: no credentials go to {url}", hint=_pinning(url)
        )


def foreign_owner(root: str, environment: Mapping[str, str]) -> int | None:
    """Return the user (uid) who owns a directory's configuration; None for the process's own user.

    Under sudo, files of the calling user count as own. Root may own the directory. On a system
    without owners, every file counts as own.
    """
    if not hasattr(os, "geteuid"):
        return None
    own = {os.geteuid()}
    caller = environment.get("SUDO_UID", "")
    if own == {0} and caller.isascii() and caller.isdecimal():
        own.add(int(caller))
    try:
        file, directory = os.lstat(os.path.join(root, CONFIG)).st_uid, os.stat(root).st_uid
    except OSError:
        return None  # the code that reads it reports the error
    if file not in own:
        return file
    return None if directory in own | {0} else directory


def check_owner(environment: Mapping[str, str], root: Path, start: Path | None, url: str) -> None:
    """Raise UntrustedError for another user's configuration, unless the environment names its URL.

    `start` is the directory that the user works in. With it, only a configuration above `start`
    counts: a command without credentials may read the one in `start`.
    """
    owner = foreign_owner(str(root), environment)
    if owner is None or (start is not None and root.resolve() not in start.resolve().parents):
        return
    allowed = pin(environment)
    if allowed is None or not same_server(allowed, url):
        raise UntrustedError(
            f"{root / CONFIG} belongs to another user (uid {owner}): no credentials go to {url}",
            hint=_pinning(url),
        )


def check_range(environment: Mapping[str, str], mirror: Mirror, since: str) -> None:
    """Raise UntrustedError if another server was configured here at the commit `since`.

    A configuration in a directory above counts, too: a change may add a nearer one, and confsync
    reads the nearest. If the environment names the server, no file decides. Raise UsageError for an
    invalid revision, ConfigError in a clone that is too shallow, FileError without a repository.
    """
    if pin(environment) is not None:
        return  # every connection checks it
    from confsync.errors import ConfigError
    from confsync.mirror import config_file
    from confsync.mirror.git import worktree

    before = worktree.nearest_before(mirror.root, CONFIG, since)
    if before is None:
        return
    now = mirror.config.url
    try:
        old = config_file.parse(before.decode()).url
    except (ConfigError, UnicodeDecodeError):
        old = "an unreadable value"
    if old == "an unreadable value" or not same_server(old, now):
        raise UntrustedError(
            f"since '{since}' the 'url' of {CONFIG} changed from {old} to {now}: nothing was sent",
            hint=_pinning(now),
        )


def warning(environment: Mapping[str, str], credentials: Credentials, url: str) -> str:
    """Return a warning if CI would give its token to any server; empty for none."""
    of_environment = credentials.token and environment.get("CONFSYNC_TOKEN", "").strip()
    if not (is_ci(environment) and of_environment) or pin(environment) is not None:
        return ""
    return (
        f"{PIN} is not set: CONFSYNC_TOKEN goes to any server that {CONFIG} names. "
        f"Set {PIN}={safe(url)} where the token is set"
    )


def _pinning(url: str) -> str:
    from confsync.model.shell import quoted  # rarely needed

    return f"'export {PIN}={quoted(url)}' if you trust that server"
