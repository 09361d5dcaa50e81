"""The state machine: two desks, a browser, git, kills and lost answers, in any order.

Rules do what people do; `check` looks after each that nothing was lost and nothing doubled.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from confsync.errors import APIAccessError
from confsync.mirror.mirror import STATE
from confsync.pull.resolve.resolution import Way
from confsync.sandbox import PageRow, Refusal
from confsync.sandbox.store.rows import PAGE
from tests.property.desks import BLOG, PLAIN, SPACE, Desk, Site, desk_in, marks, read, template
from tests.store_remote import Trouble

MEMORY = Path("/dev/shm")
pick = st.integers(0, 7)
who = st.integers(0, 2)
# Most runs come to their end; a run has some twenty steps.
cuts = st.one_of(st.just(0), st.integers(1, 30))
# Before which step of a command somebody else does something, and what.
moments = st.one_of(st.just(0), st.integers(1, 20))
troubles = st.sampled_from([None, None, *Trouble])


class Team(RuleBasedStateMachine):
    """Several people, one space."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.site = Site()
        self.desks: list[Desk] = []

    def teardown(self) -> None:
        try:
            if self.desks:
                self.quiet()
        finally:
            self.site.store.close()
            shutil.rmtree(self.base)

    @initialize(plain=st.booleans())
    def start(self, plain: bool = False) -> None:
        if plain:
            self.site.config = PLAIN
        store = self.site.store
        guide = store.create_page(SPACE, "Guide", self.text(3))
        store.create_page(SPACE, "Below", self.text(2), parent=guide.id)
        store.create_page(SPACE, "Other", self.text(3), labels=["old"])
        store.create_post(SPACE, "News", self.text(3))
        template(self.base / "template", self.site.config)
        for name in ("one", "two"):
            desk = desk_in(self.site, self.base / "template", self.base / name, name)
            desk.run(desk.pull())
            desk.commit()
            self.desks.append(desk)

    def text(self, lines: int) -> str:
        return "".join(f"<p>{self.site.line()}</p>" for _ in range(lines))

    def desk(self, number: int) -> Desk:
        return self.desks[number % len(self.desks)]

    def page(self, number: int) -> PageRow | None:
        rows = self.site.pages()
        return rows[number % len(rows)] if rows else None

    def path(self, desk: Desk, number: int) -> Path | None:
        paths = desk.documents()
        return paths[number % len(paths)] if paths else None

    # -- at a desk ---------------------------------------------------------------------------------

    @rule(d=who, n=pick, where=pick)
    def type_a_line(self, d: int, n: int, where: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.type_into(path, where)

    @rule(d=who, n=pick)
    def retitle(self, d: int, n: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.retitle(path, f"Title {self.site.line()}")

    @rule(d=who, n=pick, m=pick)
    def take_a_title(self, d: int, n: int, m: int) -> None:
        """That of another document, or the own one in other case."""
        desk = self.desk(d)
        path, other = self.path(desk, n), self.path(desk, m)
        found = read(other) if other else None
        if path and found:
            desk.retitle(path, found.title.swapcase() if path == other else found.title)

    @precondition(lambda self: self.site.config is PLAIN)
    @rule(d=who)
    def look(self, d: int) -> None:
        """What is clean now is known by its times from here on."""
        self.desk(d).run(self.desk(d).status())

    @rule(d=who, n=pick, m=pick)
    def write_a_file(self, d: int, n: int, m: int) -> None:
        """A file beside a document, which shows it; or one more line in one that is there."""
        desk = self.desk(d)
        path = self.path(desk, n)
        if path and self.site.config.attachments:
            file = path.with_suffix(".attachments") / f"file{m % 2}.txt"
            line = self.site.line()
            file.parent.mkdir(exist_ok=True)
            with file.open("a") as text:
                text.write(f"{line}\n")
            image = f'<p><ri:attachment ri:filename="{file.name}" /></p>\n'
            if image not in path.read_text():
                path.write_text(path.read_text() + image)
            desk.typed.add(line)

    @rule(d=who, n=pick)
    def delete_a_file(self, d: int, n: int) -> None:
        desk = self.desk(d)
        if paths := desk.attachments():
            file = paths[n % len(paths)]
            desk.commit()
            row = desk.page_of(file.parent.with_suffix(".xhtml"))
            if row:
                self.site.give_up_file(row.id, file.name, marks(file.read_text()))
            file.unlink()

    @rule(d=who, n=pick, label=st.sampled_from(["[]", "[old]", "[new]", "[old, new]"]))
    def relabel(self, d: int, n: int, label: str) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            lines = path.read_text().split("\n")
            found = [i for i, line in enumerate(lines) if line.startswith("labels:")]
            if found:
                lines[found[0]] = f"labels: {label}"
                path.write_text("\n".join(lines))

    @rule(d=who, n=pick)
    def copy_and_look(self, d: int, n: int) -> None:
        """A copy has the id of another document: neither is touched while both stand there."""
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

    @rule(d=who, n=pick)
    def write_a_new_document(self, d: int, n: int) -> None:
        desk = self.desk(d)
        directory = desk.root / SPACE
        if n % 2 and (path := self.path(desk, n)) and path.stem != "index":
            directory = path.with_suffix("")
        line = self.site.line()
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{line.lower()}.xhtml").write_text(
            f"---\ntitle: New {line}\n---\n<p>{line}</p>\n"
        )
        desk.typed.add(line)

    @rule(d=who, n=pick, m=pick, branch=st.booleans())
    def move_a_file(self, d: int, n: int, m: int, branch: bool) -> None:
        """Below another document, or into a folder; alone, or with what stands below it."""
        desk = self.desk(d)
        path, above = self.path(desk, n), self.path(desk, m)
        if not path or not above or path.stem == "index" or path == above:
            return
        if any(one.is_relative_to(desk.root / BLOG) for one in (path, above)):
            return  # what is refused, and the tests of blog posts see to that
        directory = path.parent if above.stem == "index" else above.with_suffix("")
        if m % 2 and (folders := desk.folder_files()):
            directory = folders[m % len(folders)].parent
        target = directory / path.name
        if directory.is_relative_to(path.with_suffix("")) or target.exists():
            return
        directory.mkdir(exist_ok=True)
        path.rename(target)
        below = path.with_suffix("")
        if branch and below.is_dir() and not target.with_suffix("").exists():
            below.rename(target.with_suffix(""))

    @rule(d=who)
    def lose_the_cache(self, d: int) -> None:
        """The trash goes with it: whoever does that gives up what stands there alone."""
        desk = self.desk(d)
        paths = [*desk.documents(), *desk.attachments()]
        kept = marks("".join(path.read_text() for path in paths))
        shutil.rmtree(desk.root / STATE, ignore_errors=True)
        desk.typed &= desk.committed | kept | self.site.ever_had()

    # -- git ---------------------------------------------------------------------------------------

    @rule(d=who)
    def commit(self, d: int) -> None:
        self.desk(d).commit()

    @rule(d=who, n=pick)
    def revert_a_file(self, d: int, n: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.git("checkout", "-q", "HEAD", "--", path.relative_to(desk.root).as_posix())
            desk.forget_but(path)

    @rule(d=who, n=st.integers(0, 1))
    def change_branches(self, d: int, n: int) -> None:
        desk = self.desk(d)
        desk.commit()
        name = ("main", "topic")[n]
        desk.git("checkout", "-q", name) or desk.git("checkout", "-q", "-b", name)

    @rule(d=who, squash=st.booleans())
    def merge_a_branch(self, d: int, squash: bool) -> None:
        desk = self.desk(d)
        desk.commit()
        how = ("--squash",) if squash else ("--no-edit",)
        desk.git("checkout", "-q", "main")
        if desk.git("merge", "-q", *how, "topic") or desk.git("reset", "-q", "--hard"):
            desk.git("commit", "-qm", "merged")

    @precondition(lambda self: len(self.desks) < 3)
    @rule(d=who)
    def clone(self, d: int) -> None:
        desk = self.desk(d)
        desk.commit()
        other = desk_in(self.site, desk.root, self.base / "three", "three")
        shutil.rmtree(other.root / STATE, ignore_errors=True)
        self.desks.append(other)

    # -- in the browser ----------------------------------------------------------------------------

    @rule(n=pick, where=pick)
    def ana_types_a_line(self, n: int, where: int) -> None:
        if row := self.page(n):
            blocks = row.body.split("</p>")
            at = where % len(blocks)
            new = [*blocks[:at], f"<p>{self.site.line()}", *blocks[at:]]
            self.site.store.edit(row.id, "</p>".join(new))

    @rule(n=pick, m=pick)
    def ana_attaches(self, n: int, m: int) -> None:
        """A new file, or one more line in one that is there."""
        if row := self.page(n):
            name, line = f"file{m % 3}.txt", f"{self.site.line()}\n".encode()
            found = self.site.store.attachments(row.id, name)
            if found:
                data = self.site.store.attachment_data(found[0].id)
                self.site.store.replace_attachment(found[0].id, data + line)
            else:
                self.site.store.attach(row.id, name, line)

    @rule(n=pick)
    def ana_removes_a_file(self, n: int) -> None:
        row = self.page(n)
        if row and (found := self.site.store.attachments(row.id)):
            one = found[n % len(found)]
            self.site.remove_file(row.id, one.title, one.id)

    @rule(n=pick)
    def ana_comments(self, n: int) -> None:
        row = self.page(n)
        lines = sorted(m for m in marks(row.body) if m.startswith("L")) if row else []
        if row and lines:
            self.site.store.comment(row.id, lines[n % len(lines)])

    @rule(n=pick)
    def ana_retitles(self, n: int) -> None:
        if row := self.page(n):
            self.site.store.edit(row.id, title=f"Title {self.site.line()}")

    @rule(n=pick)
    def ana_sets_a_state(self, n: int) -> None:
        if row := self.page(n):
            self.site.store.set_state(row.id)

    @rule(n=pick, label=st.sampled_from(["old", "new", "hers"]), add=st.booleans())
    def ana_labels(self, n: int, label: str, add: bool) -> None:
        row = self.page(n)
        if row and add:
            self.site.store.add_labels(row.id, [label])
        elif row and label in row.labels:
            self.site.store.remove_label(row.id, label)

    @rule(n=pick, m=pick)
    def ana_moves(self, n: int, m: int) -> None:
        row, above = self.page(n), self.page(m)
        home = self.site.store.space(SPACE).homepage_id
        pages = row and above and {row.type, above.type} == {PAGE}
        if row and above and pages and row.id != home:
            with contextlib.suppress(Refusal):  # not below itself
                self.site.store.edit(row.id, parent=above.id)

    @rule(n=pick, m=pick)
    def ana_uses_a_folder(self, n: int, m: int) -> None:
        """For a page; a new one, or one that is there."""
        row, above = self.page(n), self.page(m)
        folders, home = self.site.folders, self.site.store.space(SPACE).homepage_id
        if not row or not above or row.id in (home, above.id):
            return
        if {row.type, above.type} != {PAGE}:
            return
        if m % 2 or not folders:
            name = f"Folder {self.site.line()}"
            folders.append(self.site.store.create_folder(SPACE, name, parent=above.id).id)
        with contextlib.suppress(Refusal):
            self.site.store.edit(row.id, parent=folders[-1 if m % 2 else n % len(folders)])

    @precondition(lambda self: self.site.folders)
    @rule(n=pick, m=pick, what=st.sampled_from(["rename", "move", "remove"]))
    def ana_changes_a_folder(self, n: int, m: int, what: str) -> None:
        folder = self.site.folders[n % len(self.site.folders)]
        if what == "remove":
            self.site.store.remove_folder(folder)
            self.site.folders.remove(folder)
        elif what == "rename":
            self.site.store.change_folder(folder, f"Folder {self.site.line()}")
        elif (row := self.page(m)) and row.type == PAGE:
            with contextlib.suppress(Refusal):
                self.site.store.change_folder(folder, parent=row.id)

    @rule(n=pick)
    def ana_creates(self, n: int) -> None:
        if (row := self.page(n)) and len(self.site.pages()) < 9:
            line = self.site.line()
            given = (SPACE, f"New {line}", f"<p>{line}</p>")
            if row.type == PAGE:
                self.site.store.create_page(*given, parent=row.id)
            else:
                self.site.store.create_post(*given)

    @rule(n=pick)
    def ana_deletes_an_old_version(self, n: int) -> None:
        """One whose lines the next version has, too."""
        row = self.page(n)
        versions = self.site.store.versions(row.id) if row else ()
        if row and len(versions) > 1 and marks(versions[0].body) <= marks(row.body):
            self.site.store.delete_version(row.id, versions[0].number)

    @rule(n=pick)
    def ana_trashes(self, n: int) -> None:
        row = self.page(n)
        if row and row.id != self.site.store.space(SPACE).homepage_id:
            self.site.store.trash(row.id)

    @rule(n=pick)
    def ana_archives(self, n: int) -> None:
        row = self.page(n)
        if row and row.type == PAGE and row.id != self.site.store.space(SPACE).homepage_id:
            self.site.store.archive(row.id)

    @rule(n=pick)
    def ana_restores(self, n: int) -> None:
        rows = self.site.pages("trashed", "archived")
        row = rows[n % len(rows)] if rows else None
        if row and (row.status == "archived" or not self.taken(row.title)):
            self.site.store.restore(row.id)

    def taken(self, title: str) -> bool:
        rows = self.site.pages("current", "archived")
        return any(row.title.casefold() == title.casefold() for row in rows)

    # -- confsync ----------------------------------------------------------------------------------

    @rule(
        d=who,
        cut=cuts,
        merge=st.booleans(),
        refresh=st.booleans(),
        moment=moments,
        ana=pick,
        me=pick,
    )
    def pull(
        self, d: int, cut: int, merge: bool, refresh: bool, moment: int, ana: int, me: int
    ) -> None:
        desk = self.desk(d)
        command = desk.pull(way=Way.MERGE if merge else None, refresh=refresh)
        desk.run(command, cut, meddle=self.meddling(d, moment, ana, me))
        desk.resolve_markers()

    @rule(
        d=who, cut=cuts, trouble=troubles, delete=st.booleans(), moment=moments, ana=pick, me=pick
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
    ) -> None:
        desk = self.desk(d)
        desk.run(desk.push(delete=delete), cut, trouble, self.meddling(d, moment, ana, me))

    def meddling(
        self, d: int, moment: int, ana: int, me: int
    ) -> tuple[int, Callable[[], None]] | None:
        """Ana saves a page, or whoever works here a file, while a command runs."""
        if not moment:
            return None
        if moment % 2:
            return moment, lambda: self.ana_types_a_line(ana, me)
        return moment, lambda: self.type_a_line(d, me, ana)

    @rule(d=who, n=pick, cut=cuts)
    def take_theirs(self, d: int, n: int, cut: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.run(desk.pull(path.relative_to(desk.root).as_posix(), way=Way.THEIRS), cut)

    @rule(d=who, n=pick, cut=cuts)
    def keep_ours(self, d: int, n: int, cut: int) -> None:
        desk = self.desk(d)
        path = self.path(desk, n)
        row = desk.page_of(path) if path else None
        if path and row:
            self.site.give_up(row.id)
            name = path.relative_to(desk.root).as_posix()
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

    @rule(d=who, n=pick)
    def delete_a_document(self, d: int, n: int) -> None:
        desk = self.desk(d)
        path = self.path(desk, n)
        if path and path.stem != "index":
            desk.commit()
            path.unlink()

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def check(self) -> None:
        self.site.audit()
        self.site.no_version_twice()
        for desk in self.desks:
            desk.audit()

    def quiet(self) -> None:
        """Nobody edits any more: everybody resolves, and then nothing is left to do."""
        for desk in self.desks:
            desk.bring_back_deleted()
        for _ in range(2):
            for desk in self.desks:
                desk.settle_down()
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
        self.check()
        before = [desk.files() for desk in self.desks], self.site.state()
        for desk in self.desks:
            desk.run(desk.pull(refresh=True))
            desk.run(desk.push())
        assert ([desk.files() for desk in self.desks], self.site.state()) == before
        for desk in self.desks:
            desk.equals_the_site()
