"""The settings of a space's pages: from a hint, and from the pages that must be asked themselves.

A page is not asked if the hint and its stamp are equal. Nothing is recorded from that. In any other
case, the page's own listing decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from confsync.document.settings.names import key_of, name_of
from confsync.document.settings.values import stamped
from confsync.errors import APIAccessError, NotVisibleError
from confsync.mirror.entry import Entry
from confsync.model.page import PageInfo, PropertyInfo, Status
from confsync.model.stamp import Property
from confsync.remote import Remote
from confsync.sync.fetch import Case, Reader
from confsync.sync.report import or_own_error
from confsync.sync.settings.beside import keys_of

Properties = tuple[PropertyInfo, ...] | APIAccessError


class Asking(NamedTuple):
    """The managed settings of a space, and whether a hint may tell which pages to ask.

    `recent` are the pages that this mirror wrote a short time ago, because a hint may lag. It is
    None if every page is asked.
    """

    chosen: tuple[str, ...]
    recent: Set[str] | None = None


def properties_of(
    reader: Reader,
    entries: Iterable[Entry],
    cases: Mapping[str, Case],
    fresh: Mapping[str, PageInfo],
    asking: Asking,
) -> dict[str, Properties]:
    """Return the properties of each page that must be asked by itself.

    `fresh` are the pages without a document here. A server may not tell the properties of an
    archived page. Then the result lacks the page, and its document stays as it is.
    """
    page_ids = [*(i for i, case in cases.items() if case.page), *fresh]
    keys = keys_of(asking.chosen)
    if asking.recent is not None and page_ids:
        hints = reader.property_hints
        if hints is None:
            hints = reader.property_hints = reader.remote.property_hints(reader.space, keys)
        if hints is not None:
            # A new document of a page without settings has no stamp of any.
            bare = (page_id for page_id in fresh if hints.get(page_id) == ())
            agreed = {*_agreed(hints, entries, cases, asking), *bare}
            page_ids = [page_id for page_id in page_ids if page_id not in agreed]
    reader.agreed_settings = not page_ids

    infos = {**{i: case.page.info for i, case in cases.items() if case.page}, **fresh}
    archived = {i for i, info in infos.items() if info.status is Status.ARCHIVED}
    listed = partial(_listed, reader.remote, keys)
    answers = zip(page_ids, reader.remote.workers.each(listed, page_ids), strict=True)
    return {
        page_id: found
        for page_id, found in answers
        if not (page_id in archived and isinstance(found, NotVisibleError))
    }


def _agreed(
    hints: Mapping[str, Sequence[PropertyInfo]],
    entries: Iterable[Entry],
    cases: Mapping[str, Case],
    asking: Asking,
) -> Iterator[str]:
    """Yield the pages whose hint equals their document's stamp."""
    for entry in entries:
        case, hint = cases.get(entry.page_id or ""), hints.get(entry.page_id or "")
        if case is None or hint is None or case.page is None:
            continue
        if case.page.info.status is not Status.CURRENT or case.stamp.id in (asking.recent or ()):
            continue
        if stamps_of(hint, asking.chosen) == _managed(case.stamp.properties, asking.chosen):
            yield case.stamp.id


def properties_of_some(
    remote: Remote, page_ids: Iterable[str], chosen: Sequence[str]
) -> dict[str, Properties]:
    """Return the managed properties of a few pages, or the error of each."""
    keys = keys_of(chosen)
    return {page_id: _listed(remote, keys, page_id) for page_id in page_ids}


def _listed(remote: Remote, keys: frozenset[str], page_id: str) -> Properties:
    """Return the properties of a page, or the error that concerns this page alone."""
    return or_own_error(lambda one: remote.properties(one, keys), page_id)


def stamps_of(infos: Iterable[PropertyInfo], chosen: Iterable[str]) -> dict[str, Property]:
    """Return the stamps that properties would have now, by key."""
    names = {key_of(name): name for name in chosen}
    made = (stamped(names.get(info.key, name_of(info.key)), info) for info in infos)
    return {one.key: one for one in made if one is not None}


def _managed(stamps: Iterable[Property], chosen: Iterable[str]) -> dict[str, Property]:
    keys = keys_of(chosen)
    return {one.key: one for one in stamps if one.key in keys}
