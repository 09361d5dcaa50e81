"""The settings of a space's pages: from a hint, and from the pages that must be asked themselves.

A page is not asked if the hint and its stamp are equal. Nothing is recorded from that. In any other
case, the page's own listing decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from confsync.document.settings.names import OF_PAGE, key_of, name_of
from confsync.document.settings.of_page import settings_of
from confsync.document.settings.values import stamped
from confsync.errors import APIAccessError, NotVisibleError
from confsync.mirror.entry import Entry
from confsync.model.page import PageInfo, PropertyInfo, Status
from confsync.model.stamp import Property
from confsync.remote import Remote
from confsync.sync.fetch import Case, Reader
from confsync.sync.report import or_own_error
from confsync.sync.settings.beside import changed, keys_of

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
    keys = keys_of(asking.chosen)
    asked = keys - OF_PAGE
    infos = {**{i: case.page.info for i, case in cases.items() if case.page}, **fresh}
    own = {page_id: settings_of(info, keys) for page_id, info in infos.items()}
    page_ids = [*infos]
    hints = _hints(reader, asked, asking, page_ids)
    known: set[str] = set()
    if hints is not None:
        # A new document of a page without settings has no stamp of any.
        bare = {page_id for page_id in fresh if hints.get(page_id) == ()}
        known = bare if asked else {*page_ids}
        agreed = {*_agreed(hints, own, entries, cases, asking), *(i for i in bare if not own[i])}
        page_ids = [page_id for page_id in page_ids if page_id not in agreed]
    reader.agreed_settings = not page_ids

    archived = {i for i, info in infos.items() if info.status is Status.ARCHIVED}
    to_ask = [page_id for page_id in page_ids if page_id not in known]
    answers = reader.remote.workers.each(partial(_listed, reader.remote, asked), to_ask)
    told: dict[str, Properties] = {i: own[i] for i in page_ids if i in known}
    for page_id, found in zip(to_ask, answers, strict=True):
        if not (page_id in archived and isinstance(found, NotVisibleError)):
            told[page_id] = found if isinstance(found, APIAccessError) else (*found, *own[page_id])
    return told


def _hints(
    reader: Reader, asked: frozenset[str], asking: Asking, page_ids: Sequence[str]
) -> Mapping[str, Sequence[PropertyInfo]] | None:
    """Return the content properties of pages from a hint, or None if there is none.

    Without any to ask for, it is certain that there is nothing.
    """
    if not asked:
        return dict.fromkeys(page_ids, ())
    if asking.recent is None or not page_ids:
        return None
    if reader.property_hints is None:
        reader.property_hints = reader.remote.property_hints(reader.space, asked)
    return reader.property_hints


def _agreed(
    hints: Mapping[str, Sequence[PropertyInfo]],
    own: Mapping[str, Sequence[PropertyInfo]],
    entries: Iterable[Entry],
    cases: Mapping[str, Case],
    asking: Asking,
) -> Iterator[str]:
    """Yield the pages whose hint, with their own settings, equals their document's stamp.

    Documents whose settings were changed here are left out.
    """
    for entry in entries:
        case, hint = cases.get(entry.page_id or ""), hints.get(entry.page_id or "")
        if case is None or hint is None or case.page is None:
            continue
        if case.page.info.status is not Status.CURRENT or case.stamp.id in (asking.recent or ()):
            continue
        if entry.document and changed(entry.document, asking.chosen):
            continue  # a person may choose between both sides
        held = stamps_of((*hint, *own[case.stamp.id]), asking.chosen)
        if held == _managed(case.stamp.properties, asking.chosen):
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
