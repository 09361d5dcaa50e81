"""The command `sandbox`: the embedded Confluence look-alike, in the foreground."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.commands.setup import sandbox_users
from confsync.errors import FileError, UsageError

if TYPE_CHECKING:
    from confsync.sandbox import Sandbox

NEEDS = "the sandbox needs more packages"
# What a server can have: letters and digits in segments, no dot at the start of one
_CONTEXT = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a sandbox. `data` is a file that keeps the state; `latency` is in seconds.

    `flavor` is cloud or datacenter. `context` is the path before every address: "" for none, None
    for the default of the flavor.

    `users` are like NAME or NAME:PASSWORD, `rights` like NAME:SPACE:LEVEL. `search_lag` is in
    seconds. `classic_v1` False takes v1's content and spaces from a Cloud site.
    """

    port: int = 0
    data: str | None = None
    latency: float = 0.0
    flavor: str = "cloud"
    context: str | None = None
    users: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    search_lag: float = 0.0
    classic_v1: bool = True


def open_sandbox(options: Options) -> Sandbox:
    """Return a sandbox that does not run yet. Add the demo space unless `data` has a space.

    Raise UsageError without the extra `sandbox`, and for an impossible context path, user or right.
    Raise FileError for a file that holds no sandbox.
    """
    try:
        from confsync.sandbox import Sandbox, demo_space, seed
    except ImportError as error:
        raise UsageError(
            f"{NEEDS}: {error.name} is missing", hint="pip install 'confsync[sandbox]'"
        ) from None
    import sqlite3

    _check_context(options)
    try:
        sandbox = Sandbox(
            options.data,
            options.port,
            options.flavor,
            options.latency,
            context=options.context,
            classic_v1=options.classic_v1,
        )
        sandbox.faults.search_lag = options.search_lag
        if not sandbox.store.spaces():
            seed(sandbox.store, demo_space())
        sandbox_users.add(sandbox, options.users, options.rights)
    except sqlite3.Error as error:
        raise FileError(f"{options.data}: {error}") from None
    return sandbox


def _check_context(options: Options) -> None:
    context, wrong = options.context or "", None
    if not _CONTEXT.fullmatch(context):
        wrong = "a context path is like /confluence, or empty"
    elif options.flavor == "cloud" and context not in ("", "/wiki"):
        wrong = "a Cloud site has /wiki"
    if wrong:
        raise UsageError(
            f"--context {context}: {wrong}",
            hint="'confsync sandbox --flavor datacenter --context /conf' has another path",
        )


def serve(options: Options, tell: Callable[[str], None]) -> None:
    """Run until ^C. Raise UsageError if the port is taken."""
    sandbox = open_sandbox(options)
    try:
        sandbox.start()
    except OSError as error:
        raise UsageError(
            f"port {options.port}: {error.strerror}",
            hint="'confsync sandbox --port 0' takes a free port",
        ) from None
    keys = ", ".join(space.key for space in sandbox.store.spaces())
    site = sandbox.url.removesuffix(sandbox.context)
    data = options.data
    kept = f"its state is in {Path(data).resolve()}" if data else "its state is lost then"
    tell(f"Confluence look-alike on {sandbox.url} (spaces: {keys})")
    tell(f"  in the browser, as the colleague:  {site}/")
    tell("  in another terminal, as yourself:")
    tell(f"    export CONFSYNC_USER={sandbox.user} CONFSYNC_TOKEN={sandbox.token}")
    tell(f"    confsync clone {sandbox.url}/spaces/{sandbox.store.spaces()[0].key}")
    for line in sandbox_users.lines(sandbox):
        tell(line)
    tell(f"^C ends it; {kept}{'' if data else ' (--data FILE keeps it)'}.")
    sandbox.serve_forever()
