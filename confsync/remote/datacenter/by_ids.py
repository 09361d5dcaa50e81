"""Content by the parameter `ids`, which only some servers have.

A server that does not know the parameter answers an ordinary listing. So confsync checks each
answer: it must have asked content only, each once, and with bodies. After the first answer that
does not, confsync asks no more by ids in this run. The caller reads alone what is not answered.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

from confsync.errors import EVERYBODYS, APIAccessError
from confsync.remote import rows
from confsync.remote.client import MANY_BODIES, Client
from confsync.remote.datacenter.kinds import PAGES, Kind
from confsync.remote.rows import Row

log = logging.getLogger("confsync.remote")

PATH = "rest/api/content"
# The same version of a page is believed so many times. A push reads a page for its order, and
# again before it writes.
BELIEVED = 2


class ByIds:
    """Reads content by ids, if the server honours that. Pages and blog posts share it.

    `honoured` is None until the first answer. Several threads may use it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._told: Counter[tuple[str, str]] = Counter()
        self.honoured: bool | None = None

    def rows(self, page_ids: Sequence[str], kind: Kind) -> Iterator[Row]:
        """Yield the certain rows of current content of a kind.

        If the answer is cut, ask for the rest. Do not ask for a single id: the caller reads it.
        """
        waiting = list(page_ids)
        while len(waiting) > 1:
            found, is_cut = self._asked(waiting, kind)
            yield from (row for row in found if is_certain(row, kind) and self._is_new(row))
            ids = {id_in(row) for row in found}
            rest = [page_id for page_id in waiting if page_id not in ids]
            if not is_cut or len(rest) == len(waiting):
                return
            waiting = rest

    def _asked(self, page_ids: list[str], kind: Kind) -> tuple[list[Row], bool]:
        """Return the rows of an answer that is believed, and whether it is cut.

        Until the first answer is there, the other threads wait for it.
        """
        if self.honoured is None:
            with self._lock:
                if self.honoured is None:
                    return self._answer(page_ids, kind)
        return self._answer(page_ids, kind) if self.honoured else ([], False)

    def _answer(self, page_ids: list[str], kind: Kind) -> tuple[list[Row], bool]:
        # A server that ignores the ids answers no more pages than were asked for.
        params = {
            "ids": ",".join(page_ids),
            "type": kind.type,
            "expand": kind.body,
            "limit": len(page_ids),
        }
        found: list[Row] = []
        is_cut = False
        try:
            answer = self._client.get(PATH, params, limit=MANY_BODIES)
            found = rows.results_of(answer, PATH)
            is_cut = bool(rows.part_of(answer, "_links").get("next"))
        except EVERYBODYS:
            raise
        except APIAccessError as error:
            log.info("by ids: %s", error.message)
        if not found and self.honoured:
            return [], False
        if not is_believed(page_ids, found):
            log.info("the server does not honour 'ids': pages are read as without it")
            self.honoured = False
            return [], False
        if self.honoured is None:
            self.honoured = True
        return found, is_cut

    def _is_new(self, row: Row) -> bool:
        """Return whether a row may be new.

        If a page is older than a version that the caller knows, the caller asks again. An index may
        lag, and tell the old version each time. Then the page itself must be read.
        """
        told = id_in(row), str(rows.part_of(row, "version").get("number"))
        self._told[told] += 1
        return self._told[told] <= BELIEVED


def is_believed(page_ids: Sequence[str], found: Sequence[Row]) -> bool:
    """Return whether an answer has asked content only, each once, and some of it with its body."""
    ids = [id_in(row) for row in found]
    asked_only = len(ids) == len(set(ids)) and set(ids) <= set(page_ids)
    return asked_only and any(rows.body_of(row) is not None for row in found)


def is_certain(row: Row, kind: Kind) -> bool:
    """Return whether a row says all that places the content: kind, status, space and parent."""
    placed = isinstance(row.get("ancestors"), list) or kind is not PAGES
    in_space = isinstance(rows.part_of(row, "space").get("key"), str)
    return row.get("type") == kind.type and row.get("status") == "current" and in_space and placed


def id_in(row: Row) -> str:
    return str(row.get("id"))
