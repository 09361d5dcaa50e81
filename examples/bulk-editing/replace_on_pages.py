"""Replace a text on many pages with the library, without a mirror: ids come on standard input.

    grep -rhoP '^  id: "\\K[0-9]+' docs/ENG | python replace_on_pages.py URL "old" "new"
    grep -rhoP '^  id: "\\K[0-9]+' docs/ENG | python replace_on_pages.py URL "old" "new" --write

Without --write it says what it would do. Each page is written only if it is still as it was
fetched. If a colleague changed it, it is fetched and changed anew, three times at most.
"""

import os
import sys

from confsync import APIAccessError, VersionConflictError, Wiki, connect

MAX_ATTEMPTS = 3


def replace_text(wiki: Wiki, page_id: str, old: str, new: str, *, write: bool) -> str:
    """Return what became of a page, in one line; empty if there is nothing to do.

    Raises APIAccessError, and VersionConflictError when a colleague was faster each time.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        page = wiki.fetch_page(page_id)
        count = page.content_storage.count(old)
        if count == 0:
            return ""
        told = f"{page_id} {page.title}: {count} times"
        if not write:
            return f"would change {told}"
        try:
            version = wiki.update_page(
                page_id=page_id,
                title=page.title,
                content=page.content_storage.replace(old, new),
                version=page.version,
                message=f"'{old}' is now '{new}'",
            )
        except VersionConflictError:
            if attempt == MAX_ATTEMPTS:
                raise
        else:
            return f"changed {told}, now v{version}"
    raise AssertionError("every attempt returns or raises")


def main() -> int:
    url, old, new, *options = sys.argv[1:]
    user, token = os.environ.get("CONFSYNC_USER"), os.environ["CONFSYNC_TOKEN"]
    failed = 0
    with connect(url, user=user, token=token) as wiki:
        for page_id in sys.stdin.read().split():
            try:
                told = replace_text(wiki, page_id, old, new, write="--write" in options)
            except APIAccessError as error:  # one page never stops the others
                print(f"{page_id}: {error}", file=sys.stderr)
                failed = 1
            else:
                print(told, end="\n" if told else "")
    return failed


if __name__ == "__main__":
    sys.exit(main())
