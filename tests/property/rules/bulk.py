"""Bulk work: replacing, reverting, planning a push and applying the plan."""

from __future__ import annotations

import re
from pathlib import Path

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from confsync.bulk.passages import Part
from confsync.bulk.replacements import TextReplacement
from confsync.commands.bulk.replace import ReplaceOptions, replace
from confsync.errors import Exit
from confsync.mirror.selection import Selection
from confsync.model.outcome import Outcome
from tests.property.rules.base import pick, who
from tests.property.rules.commands import Commands, cuts, moments, troubles
from tests.property.team.desk import Desk
from tests.property.team.files import read
from tests.property.team.lines import marks
from tests.property.team.planned import Planned
from tests.property.team.resolver import resolve_markers
from tests.property.team.reversal import Reversal, runs_in
from tests.store_remote import Trouble

_END = b"\n---\n"  # of the front matter


class Bulk(Commands):
    """Edits many documents, takes pushes back, and sends what was reviewed."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[Path] = []

    @rule(d=who, n=pick, where=pick, everywhere=st.booleans(), cut=cuts, moment=moments, me=pick)
    def replace(
        self, d: int, n: int, where: int, everywhere: bool, cut: int, moment: int, me: int
    ) -> None:
        """Write another line in place of one; every file is the old one or the new one."""
        desk = self.desk(d)
        path = self.path(desk, n)
        lines = sorted(m for m in marks(_body(path)) if m.startswith("L")) if path else []
        if not path or not lines:
            return
        old, new = lines[where % len(lines)], self.site.line()
        desk.note()
        for page_id, seen in desk.seen.items():
            self.site.journal.of[page_id].came |= {new} if old in seen.lines else set()
        before = {one: one.read_bytes() for one in desk.documents()}
        selection = Selection(() if everywhere else (desk.name_of(path),))
        text = TextReplacement(re.compile(old), lambda _: new, frozenset([Part.TEXT]))
        told = desk.edit(
            lambda mirror: replace(mirror, text, ReplaceOptions(selection)),
            cut,
            self.meddling(d, moment, me, me),
        )
        desk.typed -= {old}
        desk.typed |= {new} & marks(desk.text_of_all())
        for one, data in {} if moment else before.items():
            wanted = _replaced(data, old, new) if everywhere or one == path else data
            assert one.read_bytes() in (data, wanted), f"{one} is neither the old nor the new one"
            assert one.read_bytes() == wanted or not told or told.errors, f"{one} stays"

    @rule(d=who, n=pick, version=st.integers(1, 6), cut=cuts, moment=moments, me=pick)
    def revert_a_document(
        self, d: int, n: int, version: int, cut: int, moment: int, me: int
    ) -> None:
        """Write what a version said into a document without edits."""
        desk = self.desk(d)
        path = self.path(desk, n)
        row = desk.page_of(path) if path else None
        if not path or not row:
            return
        before, data = read(path), path.read_bytes()
        command = desk.revert(desk.name_of(path), version)
        desk.edit(command, cut, self.meddling(d, moment, me, me))
        after = read(path)
        if moment or path.read_bytes() == data:
            return
        assert before and after and not before.modified
        (old,) = (one for one in self.site.store.versions(row.id) if one.number == version)
        assert (after.title, after.body, after.stamp) == (old.title, old.body, before.stamp)

    @rule(d=who, n=pick, m=pick, named=st.booleans(), cut=cuts, moment=moments, me=pick)
    def revert_a_run(
        self, d: int, n: int, m: int, named: bool, cut: int, moment: int, me: int
    ) -> None:
        """Take back a push of any desk, in all documents or in one."""
        desk = self.desk(d)
        runs = runs_in(self.site, [*self.desks, desk])
        path = self.path(desk, m)
        if not runs or not path:
            return
        desk.note()
        run = runs[-1 - n % len(runs)]
        reversal = Reversal(desk, self.desks, run)
        command = desk.revert_run(run, *([desk.name_of(path)] if named else []))
        told = desk.edit(command, cut, self.meddling(d, moment, me, me))
        if not moment:
            reversal.check(told)
        resolve_markers(desk)

    @rule(d=who, n=pick, where=pick, hers=st.booleans(), cut=cuts)
    def work_and_take_it_back(self, d: int, n: int, where: int, hers: bool, cut: int) -> None:
        """Send a line in place of another, and take it back, with Ana's edits in between or not."""
        self.replace(d, n, where, everywhere=bool(n % 2), cut=0, moment=0, me=0)
        desk = self.desk(d)
        held = desk.held()
        desk.keeps(held, desk.run(desk.push(commit=True)))
        if hers:
            self.ana_types_a_line(n, where)
            self.ana_comments(where)
            self.catch_up(d)
        self.revert_a_run(d, n=0, m=0, named=False, cut=cut, moment=0, me=0)

    @rule(d=who, delete=st.booleans(), archive=st.booleans())
    def plan(self, d: int, delete: bool, archive: bool = False) -> None:
        """Write a plan, which changes nothing, and keep it."""
        desk, file = self.desk(d), self.base / f"plan-{len(self.plans)}.json"
        before = desk.files(), self.site.state()
        desk.run(desk.plan(file, delete=delete, archive=archive))
        assert (desk.files(), self.site.state()) == before
        self.plans += [file] if file.exists() else []

    @precondition(lambda self: self.plans)
    @rule(
        d=who,
        n=pick,
        whole=st.booleans(),
        cut=cuts,
        trouble=troubles,
        moment=moments,
        ana=pick,
        me=pick,
    )
    def apply(
        self,
        d: int,
        n: int,
        whole: bool,
        cut: int,
        trouble: Trouble | None,
        moment: int,
        ana: int,
        me: int,
    ) -> None:
        """Apply a plan at any desk, at any time. The oracle knows what it may send."""
        desk, file = self.desk(d), self.plans[n % len(self.plans)]
        disturbed = bool(cut or trouble or moment)
        held = {} if disturbed else desk.held()
        before = self.site.state()
        planned = Planned(file, self.site.store)
        command, meddle = desk.apply(file, whole=whole), self.meddling(d, moment, ana, me)
        told = desk.run(command, cut, trouble, meddle, planned=planned)
        desk.keeps(held, None)
        if disturbed or not told:
            return
        if told.exit is Exit.DONE:
            self._applies_again(desk, file, whole=whole)
        elif whole:
            assert self.site.state() == before, "a part of the plan was sent"

    def _applies_again(self, desk: Desk, file: Path, *, whole: bool) -> None:
        """Check that a plan which was applied changes nothing if it is applied again."""
        before, planned = (desk.files(), self.site.state()), Planned(file, self.site.store)
        told = desk.run(desk.apply(file, whole=whole), planned=planned)
        assert (desk.files(), self.site.state()) == before
        assert told and {page.outcome for page in told.pages} <= {Outcome.UNCHANGED}
        assert told.exit is Exit.DONE


def _body(path: Path) -> str:
    return path.read_bytes().partition(_END)[2].decode()


def _replaced(data: bytes, old: str, new: str) -> bytes:
    head, end, body = data.partition(_END)
    return head + end + body.replace(old.encode(), new.encode())
