"""A push does what its dry run says: both are held against each other over a list of mirrors.

`check` asks no server. It names each document that the mirror alone shows to be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from confsync.document import storage_format
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
CHILD = "ENG/guide/child.xhtml"
OTHER = "ENG/other.xhtml"
DONE = {"created", "updated", "moved", "renamed"}


@dataclass(frozen=True)
class Scene:
    """A mirror that a person changes, and its server."""

    wiki: Sandbox
    desk: Desk

    def new(self, name: str, title: str, text: str = "<p>new</p>") -> None:
        path = self.desk.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\n{text}\n")

    def title(self, name: str, old: str, new: str) -> None:
        self.desk.edit(name, f"title: {old}\n", f"title: {new}\n")

    def move(self, old: str, new: str) -> None:
        self.desk.path(new).parent.mkdir(parents=True, exist_ok=True)
        self.desk.path(old).rename(self.desk.path(new))

    def colleague_edits(self, title: str) -> None:
        (page,) = (page for page in self.wiki.store.pages("ENG") if page.title == title)
        self.wiki.store.edit(page.id, "<p>hers</p>", author="Ana")

    def configure(self, lines: str) -> None:
        with self.desk.path(".confsync.yaml").open("a") as file:
            file.write(lines)

    def exclude(self, rule: str) -> None:
        self.desk.edit(".confsync.yaml", "key: ENG", f"key: ENG\n  exclude: ['{rule}']")


@dataclass(frozen=True)
class Row:
    """A mirror, the documents that `check` must name, and the paths to push."""

    name: str
    make: Callable[[Scene], object]
    named: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def new_pages(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "A")
    scene.new("ENG/a/b.xhtml", "B")
    scene.new("ENG/guide/c.xhtml", "C")


def a_title_of_a_page(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "GUIDE")
    scene.new("ENG/a/b.xhtml", "B")


def one_title_twice(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "Same")
    scene.new("ENG/b.xhtml", "same")
    scene.new("ENG/guide/a.xhtml", "Same")


def two_get_one_title(scene: Scene) -> None:
    scene.title(GUIDE, "Guide", "Same")
    scene.title(OTHER, "Other", "Same")


def a_title_is_passed_on(scene: Scene) -> None:
    scene.title(GUIDE, "Guide", "Manual")
    scene.new("ENG/a.xhtml", "Guide")


def a_ring_of_titles(scene: Scene) -> None:
    scene.title(GUIDE, "Guide", "Other")
    scene.title(OTHER, "Other", "Guide")


def long_titles(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "a" * 255)
    scene.new("ENG/b.xhtml", "b" * 256)
    scene.title(GUIDE, "Guide", "c" * 256)


def no_page_above(scene: Scene) -> None:
    scene.new("ENG/no/where/a.xhtml", "A")
    scene.new("ENG/guide/no/b.xhtml", "B")
    scene.new("ENG/blog/2026/01/01/c.xhtml", "C")


def names_of_devices(scene: Scene) -> None:
    for number, name in enumerate(("aux", "con.1", "a?", "b.", "lpt¹", "fine.1")):
        scene.new(f"ENG/{name}.xhtml", f"T {number}")
    scene.move(OTHER, "ENG/nul.xhtml")


def texts_that_are_refused(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "A", "<p>")
    scene.new("ENG/a/b.xhtml", "B")
    scene.desk.edit(GUIDE, "<h1>Ports</h1>", "<<<<<<< mine\n<h1>Ports</h1>")


def edits(scene: Scene) -> None:
    scene.desk.edit(GUIDE, "8080", "8081")
    scene.desk.edit(CHILD, "title: Child", "title: Kind\nlabels: [ops]")
    scene.move(OTHER, "ENG/guide/other.xhtml")


def an_edited_page_moves_below_a_new_one(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "A")
    scene.desk.edit(GUIDE, "8080", "8081")
    scene.move(GUIDE, "ENG/a/guide.xhtml")


def a_page_moves_below_one_that_is_refused(scene: Scene) -> None:
    scene.new("ENG/a.xhtml", "Guide")
    scene.move(OTHER, "ENG/a/other.xhtml")


def a_page_moves_below_itself(scene: Scene) -> None:
    scene.move(GUIDE, "ENG/guide/child/guide.xhtml")


def a_copy(scene: Scene) -> None:
    scene.desk.path("ENG/copy.xhtml").write_bytes(scene.desk.path(GUIDE).read_bytes())


def a_colleague_was_there(scene: Scene) -> None:
    scene.desk.edit(GUIDE, "8080", "8081")
    scene.colleague_edits("Guide")
    for title in ("Hers", "Theirs"):
        scene.wiki.store.create_page("ENG", title, "<p>hers</p>", author="Ana")
    scene.new("ENG/a.xhtml", "Hers")
    scene.new("ENG/a/b.xhtml", "B")
    scene.title(OTHER, "Other", "theirs")


def edited_and_excluded(scene: Scene) -> None:
    scene.exclude("guide/*")
    scene.desk.edit(CHILD, "title: Child", "title: Kind")
    scene.new("ENG/guide/new.xhtml", "New")


def attachments(scene: Scene) -> None:
    scene.configure("attachments: ['*']\n")
    scene.desk.edit(GUIDE, "8080", "8081")
    for document in (GUIDE, OTHER, "ENG/a.xhtml"):
        directory = scene.desk.path(document.replace(".xhtml", ".attachments"))
        directory.mkdir()
        (directory / "a.txt").write_text("text")
    image = '<ac:image><ri:attachment ri:filename="a.txt"/></ac:image>'
    scene.new("ENG/a.xhtml", "A", f"<p>{image}</p>")
    scene.desk.edit(GUIDE, "<h1>Ports", f"<p>{image}</p>\n<h1>Ports")


ROWS = (
    Row("new pages", new_pages),
    Row("a title that a page has", a_title_of_a_page, ("ENG/a.xhtml",)),
    Row("one title twice", one_title_twice, ("ENG/b.xhtml", "ENG/guide/a.xhtml")),
    Row("two get one title", two_get_one_title, (OTHER,)),
    Row("a title is passed on", a_title_is_passed_on),
    Row("half of it", a_title_is_passed_on, ("ENG/a.xhtml",), ("ENG/a.xhtml",)),
    Row("a ring of titles", a_ring_of_titles),
    Row("long titles", long_titles, ("ENG/b.xhtml", GUIDE)),
    Row(
        "no page above",
        no_page_above,
        ("ENG/blog/2026/01/01/c.xhtml", "ENG/guide/no/b.xhtml", "ENG/no/where/a.xhtml"),
    ),
    Row(
        "names of devices",
        names_of_devices,
        ("ENG/a?.xhtml", "ENG/aux.xhtml", "ENG/b..xhtml", "ENG/con.1.xhtml", "ENG/lpt¹.xhtml"),
    ),
    Row("texts that are refused", texts_that_are_refused, ("ENG/a.xhtml", GUIDE)),
    Row("edits", edits),
    Row("below a new page", an_edited_page_moves_below_a_new_one),
    Row("below a refused page", a_page_moves_below_one_that_is_refused, ("ENG/a.xhtml",)),
    Row("below itself", a_page_moves_below_itself),
    Row("a copy", a_copy, ("ENG/copy.xhtml", GUIDE)),
    Row("a colleague was there", a_colleague_was_there),
    Row("edited and excluded", edited_and_excluded, (CHILD, "ENG/guide/new.xhtml")),
    Row("attachments", attachments),
)


@pytest.fixture
def scene(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Scene:
    wiki.store.create_page("ENG", "Child", "<p>child</p>", parent=guide, raw=True)
    wiki.store.create_page("ENG", "Other", "<p>other</p>", raw=True)
    return Scene(wiki, desk_at())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_dry_run_and_the_push_say_the_same(scene: Scene, row: Row) -> None:
    desk = scene.desk
    row.make(scene)
    files = desk.files()
    checked = desk.json("check", *row.paths, exit=1 if row.named else 0)
    findings = checked.data["findings"]
    errors = {found["path"] for found in findings if found["severity"] == "error"}
    assert errors == set(row.named)
    scene.wiki.clear_requests()
    foretold = desk.json("push", "--dry-run", *row.paths, exit=None)
    assert writes(scene.wiki) == []
    assert desk.files() == files
    done = desk.json("push", *row.paths, exit=None)
    assert foretold.outcomes == done.outcomes
    assert foretold.exit == done.exit
    assert [_said(page) for page in foretold.data["pages"]] == [
        _said(page) for page in done.data["pages"]
    ]
    assert not errors & {path for path, outcome in done.outcomes.items() if outcome in DONE}
    assert foretold.data["errors"] == done.data["errors"]


def _said(page: dict[str, object]) -> tuple[object, ...]:
    return tuple(page[key] for key in ("path", "old_path", "outcome", "error", "note"))


def test_new_refuses_what_a_push_would_refuse(scene: Scene) -> None:
    desk = scene.desk
    files = desk.files()
    for name, title, why in (
        ("ENG/a.xhtml", "guide", f"{GUIDE} has the title 'guide' already"),
        ("ENG/a.xhtml", "a" * 256, "the title has 256 characters; Confluence accepts 255"),
        ("ENG/no/a.xhtml", "A", "its directory ENG/no/ belongs to no page"),
        ("ENG/blog/a.xhtml", "A", "a blog post needs 'blog: true' for ENG"),
        ("ENG/aux.xhtml", "A", "'aux' is the name of a device on Windows"),
    ):
        assert why in desk("new", name, "--title", title, exit=2).err
    assert desk.files() == files


def test_the_hint_of_new_is_a_command_that_works(scene: Scene) -> None:
    err = scene.desk("new", "ENG/no/a.xhtml", "--title", "A's page", exit=2).err
    assert """hint: 'confsync new ENG/a.xhtml --title "A's page"' would do""" in err
    scene.desk("new", "ENG/a.xhtml", "--title", "A's page")
    assert scene.desk.json("push").outcomes == {"ENG/a.xhtml": "created"}


def test_the_limit_of_size_is_that_of_the_body(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layout adds a line end to each block; Confluence never gets them."""
    monkeypatch.setattr(storage_format, "MAX_BYTES", 1000)
    scene.new("ENG/a.xhtml", "A", "<p>text</p>\n" * 90)
    scene.new("ENG/b.xhtml", "B", "<p>text</p>\n" * 91)
    run = scene.desk.json("check", exit=1)
    assert [found["path"] for found in run.data["findings"]] == ["ENG/b.xhtml"]
    run = scene.desk.json("push", exit=1)
    assert run.outcomes == {"ENG/a.xhtml": "created", "ENG/b.xhtml": "rejected"}
