"""The display names of accounts: from the mirror's cache, else from the server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from confsync.errors import APIAccessError, NotVisibleError, PermissionDeniedError
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import User
from confsync.model.result import NewComment

if TYPE_CHECKING:
    from confsync.remote import Remote


# Outcomes that name the author of the server's version.
_WHO_MATTERS = (Outcome.REJECTED, Outcome.DIVERGED, Outcome.COMMENTED, Outcome.RESTORED)


def with_names(
    mirror: Mirror, remote: Remote, pages: Iterable[PageResult]
) -> tuple[PageResult, ...]:
    """Return the results with display names instead of account ids, if a page was refused."""
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


def with_authors(
    mirror: Mirror, remote: Remote, comments: Iterable[NewComment]
) -> tuple[NewComment, ...]:
    """Return comments with display names instead of account ids, as far as known."""
    listed = tuple(comments)
    names = names_of(mirror, remote, (comment.author for comment in listed)) if listed else {}
    return tuple(comment._replace(author=names.get(comment.author, "")) for comment in listed)


def names_of(mirror: Mirror, remote: Remote, accounts: Iterable[str]) -> Mapping[str, str]:
    """Return display names by account, as far as known.

    Names that the mirror does not know are requested in bulk.
    """
    wanted = {account for account in accounts if account}
    known = mirror.people.get(wanted)
    missing = wanted - known.keys()
    people = people_of(remote, missing) if missing else {}
    found = {account: user.name for account, user in people.items()}
    mirror.people.put({account: name for account, name in found.items() if name != account})
    return {**known, **found}


def names_for_files(mirror: Mirror, remote: Remote, accounts: Iterable[str]) -> Mapping[str, str]:
    """Return display names by account as `names_of` does, for a file that is not written again.

    Raise APIAccessError if the server fails. Names that it does not tell are missing.
    """
    wanted = {account for account in accounts if account}
    missing = wanted - mirror.people.get(wanted).keys()
    if missing:
        with contextlib.suppress(PermissionDeniedError, NotVisibleError):
            found = {account: user.name for account, user in remote.people(missing).items()}
            mirror.people.put({account: name for account, name in found.items() if name != account})
            return {**mirror.people.get(wanted), **found}
    return mirror.people.get(wanted)


def people_of(remote: Remote, accounts: Iterable[str]) -> Mapping[str, User]:
    """Return people by account; empty if the token may not read them."""
    try:
        return remote.people(accounts)
    except APIAccessError:
        return {}
