"""confsync's commands, some killed, some in trouble, some while another person does something."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from confsync.errors import APIAccessError
from confsync.pull.resolve.resolution import Way
from tests.property.rules.base import pick, who
from tests.property.rules.browser import Browser
from tests.property.rules.damage import Damage
from tests.property.rules.editor import Editor
from tests.property.team.files import read
from tests.property.team.resolver import resolve_markers
from tests.property.team.site import PLAIN
from tests.store_remote import Trouble

# Most runs come to their end; a run has some twenty steps.
cuts = st.one_of(st.just(0), st.integers(1, 30))
# The step of a command before which another person does something, and what.
moments = st.one_of(st.just(0), st.integers(1, 20))
troubles = st.sampled_from([None, None, *Trouble])


class Commands(Editor, Browser, Damage):
    """Pulls, pushes, resolves and restores."""

    @precondition(lambda self: self.site.config is PLAIN)
    @rule(d=who)
    def look(self, d: int) -> None:
        """Let the snapshot recognise clean documents by their times from now on."""
        self.desk(d).run(self.desk(d).status())

    @rule(d=who, n=pick)
    def copy_and_look(self, d: int, n: int) -> None:
        """Copy a document with its id: neither is touched while both stand there."""
        desk = self.desk(d)
        path = self.path(desk, n)
        found = read(path) if path else None
        if path and found and found.stamp:
            copy = path.with_name("a-copy.xhtml")
            shutil.copy(path, copy)
            before = path.read_bytes()
            desk.run(desk.pull())
            desk.run(desk.push())
            same = [path for path in desk.documents() if path.read_bytes() == before]
            assert len(same) == 2, "a document whose id stands twice was written"
            # A pull may have given both another place, with the pages above them.
            next((path for path in same if path.name == copy.name), same[-1]).unlink()

    @rule(
        d=who,
        cut=cuts,
        merge=st.booleans(),
        refresh=st.booleans(),
        commit=st.booleans(),
        moment=moments,
        ana=pick,
        me=pick,
    )
    def pull(
        self,
        d: int,
        cut: int,
        merge: bool,
        refresh: bool,
        moment: int,
        ana: int,
        me: int,
        commit: bool = False,
    ) -> None:
        desk = self.desk(d)
        command = desk.pull(way=Way.MERGE if merge else None, refresh=refresh, commit=commit)
        held = {} if cut or moment or merge else desk.held()
        told = desk.run(command, cut, meddle=self.meddling(d, moment, ana, me))
        desk.keeps(held, told)
        resolve_markers(desk)

    @rule(
        d=who,
        cut=cuts,
        trouble=troubles,
        delete=st.booleans(),
        archive=st.booleans(),
        commit=st.booleans(),
        moment=moments,
        ana=pick,
        me=pick,
    )
    def push(
        self,
        d: int,
        cut: int,
        trouble: Trouble | None,
        delete: bool,
        moment: int,
        ana: int,
        me: int,
        commit: bool = False,
        archive: bool = False,
    ) -> None:
        desk = self.desk(d)
        held = {} if cut or moment or trouble else desk.held()
        command = desk.push(delete=delete, archive=archive, commit=commit)
        told = desk.run(command, cut, trouble, self.meddling(d, moment, ana, me))
        desk.keeps(held, told)

    @rule(d=who, n=pick, where=pick)
    def work(self, d: int, n: int, where: int) -> None:
        """Type a line, send it, and commit what the server stored: a day without trouble."""
        desk = self.desk(d)
        self.type_a_line(d, n, where)
        held = desk.held()
        desk.keeps(held, desk.run(desk.push(commit=True)))

    @rule(d=who)
    def catch_up(self, d: int) -> None:
        """Bring and commit what the server has, as a nightly run does."""
        desk = self.desk(d)
        held = desk.held()
        desk.keeps(held, desk.run(desk.pull(commit=True)))

    def meddling(
        self, d: int, moment: int, ana: int, me: int
    ) -> tuple[int, Callable[[], None]] | None:
        """Ana saves a page, or the person here saves or empties a file, while a command runs."""
        if not moment:
            return None
        if moment % 3 == 2:
            return moment, self.breaking(self.desk(d), me)
        if moment % 2:
            return moment, lambda: self.ana_types_a_line(ana, me)
        return moment, lambda: self.type_a_line(d, me, ana)

    @rule(d=who, n=pick, cut=cuts)
    def take_theirs(self, d: int, n: int, cut: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.run(desk.pull(desk.name_of(path), way=Way.THEIRS), cut, chosen=True)

    @rule(d=who, n=pick, cut=cuts)
    def keep_ours(self, d: int, n: int, cut: int) -> None:
        desk = self.desk(d)
        path = self.path(desk, n)
        row = desk.page_of(path) if path else None
        if path and row:
            desk.give_up(row.id)
            name = desk.name_of(path)
            desk.run(desk.pull(name, way=Way.OURS, at=row.version), cut)

    @rule(d=who, n=pick, cut=cuts, trouble=troubles)
    def restore(self, d: int, n: int, cut: int, trouble: Trouble | None) -> None:
        rows = self.site.pages("trashed")
        if rows:
            desk = self.desk(d)
            with contextlib.suppress(
                APIAccessError
            ):  # the title is taken, or the server in trouble
                desk.run(desk.restore(rows[n % len(rows)].id), cut, trouble)
