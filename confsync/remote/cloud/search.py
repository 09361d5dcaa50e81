"""A whole space by a search, 200 rows in an answer: attachments, labels, properties and more.

They are a hint: they only decide which pages are asked by themselves, because an index lags.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from confsync.document.settings.restrictions import Names
from confsync.errors import RowError
from confsync.model.page import AttachmentHints, AttachmentInfo, PropertyInfo
from confsync.remote import rows, v1_rows
from confsync.remote.failures import GapError, or_none
from confsync.remote.rows import Row

Told = TypeVar("Told")

# Attachments of other content, such as a space's logo, do not count.
_HOLDERS = ("page", "blogpost")


def _found(answers: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of a search. Raise GapError if they are not as many as the server says."""
    count, total = 0, None
    for answer in answers:
        total = answer.get("totalSize", total)
        some = rows.results_of(answer, "search")
        count += len(some)
        yield from some
    if total is not None and total != count:
        raise GapError


@or_none
def labels_in(answers: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    """Return the labels of the pages that a search found; None if its answers do not add up.

    A page with a full list of labels is left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in _found(answers):
        part = rows.part_of(rows.part_of(row, "metadata"), "labels")
        some = rows.results_of(part, "metadata.labels") if part else []
        page_id = rows.id_of(row)
        if page_id in found:
            raise GapError
        if part and len(some) < rows.limit_of(part):
            names = (rows.text_of(r, "name") for r in some if r.get("prefix") == "global")
            found[page_id] = tuple(sorted(names))
    return found


@or_none
def properties_in(
    answers: Iterable[Row], keys: Collection[str]
) -> dict[str, tuple[PropertyInfo, ...]]:
    """Return the properties of the pages that a search found; None if its answers do not add up."""
    return _by_page(answers, lambda row: v1_rows.properties_in(row, keys))


@or_none
def restrictions_in(answers: Iterable[Row], user: Callable[[Row], str]) -> dict[str, Names]:
    """Return the restrictions of the pages that a search found; None if it does not add up."""

    def read(row: Row) -> Names | None:
        return v1_rows.restrictions_in(rows.part_of(row, "restrictions"), user)

    return _by_page(answers, read)


def _by_page(answers: Iterable[Row], read: Callable[[Row], Told | None]) -> dict[str, Told]:
    """Return what rows tell, by page, without unusable rows. Raise GapError for a page twice."""
    found: dict[str, Told] = {}
    seen: set[str] = set()
    for row in _found(answers):
        page_id = rows.id_of(row)
        if page_id in seen:
            raise GapError
        seen.add(page_id)
        with contextlib.suppress(RowError):
            if (told := read(row)) is not None:
                found[page_id] = told
    return found


@or_none
def searched(answers: Iterable[Row]) -> AttachmentHints:
    """Return the attachments that a search found; None if its answers do not add up.

    Without a search, the answer to the first request is an error.
    """
    found: dict[str, list[AttachmentInfo]] = {}
    seen: set[str] = set()
    for row in _found(answers):
        info, holder = v1_rows.attachment(row), rows.part_of(row, "container")
        if info.id in seen:
            raise GapError
        seen.add(info.id)
        if holder.get("type") in _HOLDERS:
            found.setdefault(rows.id_of(holder), []).append(info)
        elif not holder:
            raise GapError
    return AttachmentHints({i: tuple(infos) for i, infos in found.items()}, is_whole=True)
