"""The command `open`: show a page in the browser. It asks no server."""

from __future__ import annotations

from collections.abc import Callable

from confsync.errors import Exit
from confsync.model.result import Problem, Result
from confsync.sync.target import Target


def open_page(url: str, target: Target, browse: Callable[[str], bool]) -> Result:
    """Open a page; `url` is the base URL. Return the page's address as text.

    `browse` opens an address, and returns whether it could. Both servers know an address that names
    a page by its id alone.
    """
    address = f"{url}/pages/viewpage.action?pageId={target.page_id}"
    errors = () if browse(address) else (_NO_BROWSER,)
    return Result("open", text=f"{address}\n", errors=errors)


_NO_BROWSER = Problem(
    "browser",
    "no browser can be started here",
    "open the address above in a browser, or name one in BROWSER",
    Exit.LOCAL,
)
