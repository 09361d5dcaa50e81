"""A person at a desk, with an editor and the shell's ``mv`` and ``rm``."""

from __future__ import annotations

import shutil

import hypothesis.strategies as st
from hypothesis.stateful import rule

from confsync.mirror.mirror import STATE
from tests.property.rules.base import Base, pick, who
from tests.property.team.files import read, retitle
from tests.property.team.lines import marks
from tests.property.team.site import BLOG, SPACE


class Editor(Base):
    """Types, retitles, moves, attaches, deletes."""

    @rule(d=who, n=pick, where=pick)
    def type_a_line(self, d: int, n: int, where: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            desk.type_into(path, where)

    @rule(d=who, n=pick)
    def retitle(self, d: int, n: int) -> None:
        desk = self.desk(d)
        if path := self.path(desk, n):
            retitle(path, f"Title {self.site.line()}")

    @rule(d=who, n=pick, m=pick)
    def take_a_title(self, d: int, n: int, m: int) -> None:
        """Take the title of another document, or the document's own title in another case."""
        desk = self.desk(d)
        path, other = self.path(desk, n), self.path(desk, m)
        found = read(other) if other else None
        if path and found:
            retitle(path, found.title.swapcase() if path == other else found.title)

    @rule(d=who, n=pick, m=pick)
    def write_a_file(self, d: int, n: int, m: int) -> None:
        """Write a file beside a document, which shows it; or add a line to one that is there."""
        desk = self.desk(d)
        path = self.path(desk, n)
        if path and self.site.config.attachments:
            directory = path.with_suffix(".attachments")
            drawing = directory / "flow"
            file = drawing if m > 5 and drawing.exists() else directory / f"file{m % 2}.txt"
            if file in desk.damaged:
                return
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

    @rule(d=who, n=pick, m=pick, branch=st.booleans(), by_git=st.booleans())
    def move_a_file(self, d: int, n: int, m: int, branch: bool, by_git: bool = False) -> None:
        """Below another document, or into a folder; alone, or with what stands below it.

        Git moves what it knows; the rest is moved by name.
        """
        desk = self.desk(d)
        desk.repair()
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
        if not by_git or not desk.git("mv", desk.name_of(path), desk.name_of(target)):
            path.rename(target)
        below = path.with_suffix("")
        if branch and below.is_dir() and not target.with_suffix("").exists():
            below.rename(target.with_suffix(""))

    @rule(d=who, n=pick)
    def delete_a_document(self, d: int, n: int) -> None:
        desk = self.desk(d)
        path = self.path(desk, n)
        if path and path.stem != "index":
            desk.commit()
            path.unlink()

    @rule(d=who)
    def lose_the_cache(self, d: int) -> None:
        """Delete the state, and with it the trash: the person gives up what stands only there."""
        desk = self.desk(d)
        desk.repair()
        paths = [*desk.documents(), *desk.attachments()]
        kept = marks("".join(desk.bytes_of(path).decode() for path in paths))
        shutil.rmtree(desk.root / STATE, ignore_errors=True)
        desk.typed &= desk.committed | kept | self.site.ever_had()
