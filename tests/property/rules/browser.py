"""Ana, who works in the browser."""

from __future__ import annotations

import contextlib

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from confsync.sandbox import Refusal
from confsync.sandbox.store.rows import PAGE
from tests.property.rules.base import Base, pick
from tests.property.team.lines import marks
from tests.property.team.site import SPACE


class Browser(Base):
    """Types, attaches, comments, moves, trashes and restores."""

    @rule(n=pick, where=pick)
    def ana_types_a_line(self, n: int, where: int) -> None:
        if row := self.page(n):
            blocks = row.body.split("</p>")
            at = where % len(blocks)
            new = [*blocks[:at], f"<p>{self.site.line()}", *blocks[at:]]
            self.site.store.edit(row.id, "</p>".join(new))

    @rule(n=pick, m=pick)
    def ana_attaches(self, n: int, m: int) -> None:
        """Attach a new file, or add a line to one that is there."""
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
        """Add a comment to text that the next version has, too."""
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

    @rule(n=pick, m=pick, trash=st.booleans())
    def ana_reuses_a_title(self, n: int, m: int, trash: bool) -> None:
        """Put a page away, and write another one with its title; both have a file of one name."""
        row, store = self.page(n), self.site.store
        if not row or row.type != PAGE or row.id == store.space(SPACE).homepage_id:
            return
        name = f"file{m % 3}.txt"
        if not store.attachments(row.id, name):
            store.attach(row.id, name, f"{self.site.line()}\n".encode())
        if trash:
            store.trash(row.id)
        else:
            store.edit(row.id, title=f"Title {self.site.line()}")
        here = {*(page.id for page in self.site.pages()), *self.site.folders}
        parent = row.parent_id if row.parent_id in here else None
        new = store.create_page(SPACE, row.title, self.text(1), parent=parent)
        store.attach(new.id, name, f"{self.site.line()}\n".encode())

    @rule(n=pick)
    def ana_draws(self, n: int) -> None:
        """Attach a drawing, whose media type no name tells."""
        row, store = self.page(n), self.site.store
        if row and not store.attachments(row.id, "flow"):
            line = f"{self.site.line()}\n".encode()
            store.attach(row.id, "flow", line, "application/vnd.jgraph.mxfile")

    @rule(n=pick)
    def ana_restores(self, n: int) -> None:
        rows = self.site.pages("trashed", "archived")
        row = rows[n % len(rows)] if rows else None
        if row and (row.status == "archived" or not self.taken(row.title)):
            self.site.store.restore(row.id)

    def taken(self, title: str) -> bool:
        rows = self.site.pages("current", "archived")
        return any(row.title.casefold() == title.casefold() for row in rows)
