"""The command `sandbox`: the embedded Confluence look-alike, in the foreground."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.errors import FileError, UsageError

if TYPE_CHECKING:
    from confsync.sandbox import Sandbox

NEEDS = "the sandbox needs more packages"


def open_sandbox(
    *, port: int = 0, data: str | None = None, latency: float = 0.0, flavor: str = "cloud"
) -> Sandbox:
    """Return a sandbox that does not run yet. Add the demo space unless `data` has a space.

    `flavor` is cloud or datacenter, `latency` is in seconds. Raise UsageError without the extra
    `sandbox`. Raise FileError for a file that holds no sandbox.
    """
    try:
        from confsync.sandbox import Sandbox, demo_space, seed
    except ImportError as error:
        raise UsageError(
            f"{NEEDS}: {error.name} is missing", hint="pip install 'confsync[sandbox]'"
        ) from None
    import sqlite3

    try:
        sandbox = Sandbox(data=data, port=port, latency=latency, flavor=flavor)
        if not sandbox.store.spaces():
            seed(sandbox.store, demo_space())
    except sqlite3.Error as error:
        raise FileError(f"{data}: {error}") from None
    return sandbox


def serve(
    *, port: int, data: str | None, latency: float, flavor: str, tell: Callable[[str], None]
) -> None:
    """Run until ^C. Raise UsageError if the port is taken."""
    sandbox = open_sandbox(port=port, data=data, latency=latency, flavor=flavor)
    try:
        sandbox.start()
    except OSError as error:
        raise UsageError(
            f"port {port}: {error.strerror}", hint="'confsync sandbox --port 0' takes a free port"
        ) from None
    keys = ", ".join(space.key for space in sandbox.store.spaces())
    site = sandbox.url.removesuffix(sandbox.context)
    kept = f"state in {Path(data).resolve()}" if data else "state lost at the end (--data keeps it)"
    tell(f"Confluence look-alike on {sandbox.url} (spaces: {keys}; {kept})")
    tell(f"  in the browser, as the colleague:  {site}/")
    tell("  in another terminal, as yourself:")
    tell(f"    export CONFSYNC_USER={sandbox.user} CONFSYNC_TOKEN={sandbox.token}")
    tell(f"    confsync clone {sandbox.url}/spaces/{sandbox.store.spaces()[0].key}")
    tell("^C ends it.")
    sandbox.serve_forever()
