"""Change a page that other people edit, too: fetch, change, update, and once more on a conflict.

    CONFSYNC_USER=me@acme.com CONFSYNC_TOKEN=... \\
        python retry_on_conflict.py https://acme.atlassian.net/wiki 123456 "old text" "new text"

Each round starts from what the server has then, so no edit is ever overwritten.
"""

import os
import sys

from confsync import VersionConflictError, Wiki, connect

MAX_ATTEMPTS = 3


def replace_text(wiki: Wiki, page_id: str, old: str, new: str) -> int:
    """Replace a text on a page; answers the page's version. Raises VersionConflictError in the end.

    What changes the content must be able to run again on other content: that is what makes a
    retry safe.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        page = wiki.fetch_page(page_id)
        changed = page.content_storage.replace(old, new)
        try:
            return wiki.update_page(
                page_id=page.page_id,
                title=page.title,
                content=changed,
                version=page.version,
                message=f"'{old}' is now '{new}'",
            )
        except VersionConflictError as conflict:
            if attempt == MAX_ATTEMPTS:
                raise
            print(f"{conflict}; trying again", file=sys.stderr)
    raise AssertionError("every attempt returns or raises")


def main() -> None:
    url, page_id, old, new = sys.argv[1:]
    user, token = os.environ.get("CONFSYNC_USER"), os.environ["CONFSYNC_TOKEN"]
    with connect(url, user=user, token=token) as wiki:
        print(f"page {page_id} is at version {replace_text(wiki, page_id, old, new)}")


if __name__ == "__main__":
    main()
