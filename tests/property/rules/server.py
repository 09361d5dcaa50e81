"""Faults of the server itself: it is restored from a backup, or answers oddly."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from tests.property.rules.base import Base, pick, who
from tests.property.team.oracle import Odd, Search
from tests.store_backup import Backup


class Server(Base):
    """Goes back in time, and has rows that cannot be used."""

    backup: Backup | None = None

    @rule()
    def back_up(self) -> None:
        self.backup = Backup(self.site.store)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore_the_backup(self) -> None:
        """Go back; what the pages lost is given up, and what stood nowhere else is, too."""
        if self.backup:
            self.site.audit()
            self.backup.restore()
            self.site.begin_anew()
            for desk in self.desks:
                desk.forget()

    @rule(d=who, n=pick, odd=st.sampled_from([None, *Odd]))
    def answer_oddly(self, d: int, n: int, odd: Odd | None) -> None:
        """Answer a desk so from now on; None ends that."""
        row = self.page(n)
        if row:
            self.desk(d).remote.mislead(row.id, odd)

    @rule(d=who, search=st.sampled_from(Search))
    def search_so(self, d: int, search: Search) -> None:
        """Answer a desk's searches for attachments so from now on."""
        self.desk(d).remote.search(search)
