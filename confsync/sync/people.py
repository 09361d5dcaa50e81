"""Give the display names of accounts: from the mirror where it knows them, else from the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.errors import APIAccessError
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import User

if TYPE_CHECKING:
    from confsync.remote import Remote


# Where a page stands against somebody else's edit.
_WHO_MATTERS = (Outcome.REJECTED, Outcome.DIVERGED, Outcome.COMMENTED, Outcome.RESTORED)


def with_names(
    mirror: Mirror, remote: Remote, pages: Iterable[PageResult]
) -> tuple[PageResult, ...]:
    """The results, with people's names in place of account ids where a page was refused."""
    listed = tuple(pages)
    refused = [p.version for p in listed if p.version and p.outcome in _WHO_MATTERS]
    authors = {version.author for version in refused}
    names = names_of(mirror, remote, authors) if refused else {}
    return tuple(
        replace(page, version=page.version._replace(author=names.get(page.version.author, "")))
        if page.version and page.outcome in _WHO_MATTERS
        else page
        for page in listed
    )


def names_of(mirror: Mirror, remote: Remote, accounts: Iterable[str]) -> Mapping[str, str]:
    """Display names by account, as far as they are to be had.

    They are asked for in bulk, where the mirror does not know them.
    """
    wanted = {account for account in accounts if account}
    known = mirror.people.get(wanted)
    missing = wanted - known.keys()
    people = people_of(remote, missing) if missing else {}
    found = {account: user.name for account, user in people.items()}
    mirror.people.put({account: name for account, name in found.items() if name != account})
    return {**known, **found}


def people_of(remote: Remote, accounts: Iterable[str]) -> Mapping[str, User]:
    """People by account, or none: a token that may not read them is no reason to fail."""
    try:
        return remote.people(accounts)
    except APIAccessError:
        return {}
