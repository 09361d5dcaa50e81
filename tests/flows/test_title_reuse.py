"""A new page takes the place of one that goes elsewhere in the same pull, files beside both.

Each row is one way in which the old page leaves. After the pull both sides are equal, a second pull
changes nothing, and neither `push` nor `push --delete` sends anything.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from confsync import failpoints
from confsync.commands.pages.pull import pull
from confsync.mirror.mirror import Mirror
from confsync.model.outcome import Outcome
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.sandbox import Store
from confsync.sandbox.store.rows import POST, ROOT
from tests.profiles import some
from tests.property.team.desk import Desk, desk_in, template
from tests.property.team.site import BLOG, CONFIG, SPACE, Site

MEMORY = Path("/dev/shm")
DAY = "2026-03-07"
NAMES = {"same": ("pic.png", "notes.txt"), "other": ("new.png", "list.txt")}


@dataclass(frozen=True)
class Row:
    """The way in which the old page leaves, its kind, and the files below and beside both pages."""

    leaves: str
    kind: str
    children: bool = False
    names: str = "same"

    def __str__(self) -> str:
        return f"{self.leaves}-{self.kind}{'-children' * self.children}-{self.names}"


ROWS = [
    *(Row(*one) for one in itertools.product(
        ("retitled", "moved", "trashed", "pruned"), ("page",), (False, True), NAMES
    )),
    *(Row(leaves, "post", names=names) for leaves, names in itertools.product(
        ("retitled", "moved", "trashed", "pruned"), NAMES
    )),
    *(Row(leaves, "home", True, names) for leaves, names in itertools.product(
        ("retitled", "moved", "trashed"), NAMES
    )),
]  # fmt: skip
# Each is killed before every step.
KILLED = [
    *(Row(leaves, "page", children=True) for leaves in ("retitled", "moved", "trashed", "pruned")),
    *(Row("moved", "home", children=True), Row("moved", "post"), Row("trashed", "post")),
]


class Scene:
    """A site and a desk that had the old page, before the pull."""

    def __init__(self, row: Row, place: Path) -> None:
        self.row = row
        self.site = Site(Store())
        store = self.site.store
        store.create_space(SPACE, "Engineering", "Home")
        home = store.space(SPACE).homepage_id
        for title in ("Other", "Else"):
            store.create_page(SPACE, title, f"<p>{title}</p>", parent=home)
        old = {
            "page": lambda: store.create_page(SPACE, "Guide", "<p>old</p>").id,
            "post": lambda: (
                store.create_post(SPACE, "Guide", "<p>old</p>", at=f"{DAY}T12:00:00.000Z").id
            ),
            "home": lambda: home,
        }
        self.old = old[row.kind]()
        if row.children:
            below = store.create_page(SPACE, "Install", "<p>below</p>", parent=self.old).id
            store.create_page(SPACE, "Linux", "<p>below</p>", parent=below)
            store.attach(below, "pic.png", b"of install")
        self._attach(self.old, NAMES["same"], "old")
        template(place / "template", self.site.config)
        self.desk = desk_in(self.site, place / "template", place / "desk", "one")
        self.pull()
        self.desk.commit()
        self._leave()
        self.new = self._arrive()

    def _attach(self, page_id: str, names: tuple[str, ...], whose: str) -> None:
        for number, name in enumerate(names):
            # The first one is the same picture on both.
            data = b"the same" if not number else f"{name} of {whose}".encode()
            self.site.store.attach(page_id, name, data)

    def _leave(self) -> None:
        store = self.site.store
        match self.row.leaves, self.row.kind:
            case "retitled", _:
                store.edit(self.old, title="Guide (old)", author="Ana")
            case "moved", "post":
                store.date_post(self.old, "2026-05-01T12:00:00.000Z")
            case "moved", "page":
                other = next(row.id for row in store.pages(SPACE) if row.title == "Other")
                store.edit(self.old, parent=other, author="Ana")
            case "trashed", kind:
                if kind == "home":
                    self._new_home()
                store.trash(self.old)
            case "pruned", _:
                store.restrict(self.old)

    def _new_home(self) -> str:
        store = self.site.store
        title = "Engineering Home" if self.row.leaves != "retitled" else "Home"
        row = store.create_page(SPACE, title, "<p>new</p>", parent=ROOT)
        store.database.execute(
            "UPDATE spaces SET homepage_id = ? WHERE key = ?", (int(row.id), SPACE)
        )
        return row.id

    def _arrive(self) -> str:
        store, row = self.site.store, self.row
        # A page that is not to be seen keeps its title; another with the same name comes.
        held = row.leaves == "pruned" or (row.leaves, row.kind) == ("moved", "page")
        title = "Guide?" if held else "Guide"
        if row.kind == "home":
            home = store.space(SPACE).homepage_id
            new = self._new_home() if home == self.old else home
        elif row.kind == "post":
            at = f"{DAY}T13:00:00.000Z"
            new = store.create_post(SPACE, title, "<p>new</p>", at=at).id
        else:
            new = store.create_page(SPACE, title, "<p>new</p>").id
            if row.children:
                below = store.create_page(SPACE, "Install!", "<p>new below</p>", parent=new).id
                store.attach(below, "pic.png", b"of the new install")
        self._attach(new, NAMES[row.names], "new")
        return new

    def pull(self, desk: Desk | None = None, cut: int = 0) -> Result | None:
        desk = desk or self.desk
        prune = self.row.leaves == "pruned"
        options = PullOptions(prune=prune)
        return desk.run(lambda mirror: pull(mirror, desk.remote, options), cut=cut)

    def is_settled(self, desk: Desk | None = None) -> None:
        """Nothing is left to do, and each page has its own files beside its document."""
        desk = desk or self.desk
        again = self.pull(desk)
        assert again is not None
        assert [page.path for page in again.pages if page.outcome is not Outcome.KEPT] == []
        assert again.exit == 0, again
        store, before = self.site.store, (self.site.state(), desk.files(), desk.remote.writes)
        for delete in (False, True):
            told = desk.run(desk.push(delete=delete))
            assert told is not None
            assert told.exit == 0, told
        assert (self.site.state(), desk.files(), desk.remote.writes) == before
        rows = {row.id: row for row in self.site.pages() if not row.restricted}
        seen = {}
        for scan in Mirror(desk.root, self.site.config).scan():
            for entry in scan.entries:
                assert entry.error is None, entry.error
                assert entry.document is not None
                row = rows[entry.page_id or ""]
                assert (entry.document.title, entry.document.body) == (row.title, row.body)
                if row.type != POST:
                    assert scan.wanted(entry) == row.parent_id
                directory = (desk.root / entry.path).with_suffix(".attachments")
                here = {p.name: p.read_bytes() for p in directory.glob("*")}
                there = {a.title: store.attachment_data(a.id) for a in store.attachments(row.id)}
                assert here == there, entry.path
                seen[row.id] = entry.path
        assert seen.keys() == rows.keys()
        assert not list(desk.root.rglob("moving~"))
        name = {"page": f"{SPACE}/guide.xhtml", "home": f"{SPACE}/index.xhtml"}
        assert seen[self.new] == name.get(self.row.kind, f"{BLOG}/2026/03/07/guide.xhtml")


@pytest.fixture
def place() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield root
    shutil.rmtree(root)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_new_page_in_the_place_of_one_that_goes_has_its_own_files(row: Row, place: Path) -> None:
    scene = Scene(row, place)
    told = scene.pull()
    assert told is not None
    assert told.exit == 0, [(page.path, page.error) for page in told.pages]
    scene.is_settled()
    scene.desk.commit()
    scene.is_settled()


@pytest.mark.parametrize("row", KILLED, ids=str)
def test_a_pull_that_is_killed_on_the_way_is_finished_by_the_next(row: Row, place: Path) -> None:
    scene = Scene(row, place)

    def copy(number: int) -> Desk:
        shutil.copytree(scene.desk.root, place / f"copy-{number}", symlinks=True)
        return Desk(scene.site, place / f"copy-{number}", "one")

    whole = copy(0)
    scene.pull(whole)
    end = whole.files()
    for cut in some(itertools.count(1)):
        desk = copy(cut)
        done = scene.pull(desk, cut)
        if done is not None:
            break
        after = scene.pull(desk)
        assert after is not None
        assert after.exit == 0, (cut, [(page.path, page.error) for page in after.pages])
        assert desk.files() == end, cut
        if cut % 8 == 0:
            scene.is_settled(desk)
        shutil.rmtree(desk.root)
    assert cut > 10


def test_no_file_of_a_new_page_goes_beside_a_document_that_stayed(place: Path) -> None:
    """The old page's document is edited while it is being removed, and is left alone."""
    scene = Scene(Row("trashed", "page"), place)
    root, mine = scene.desk.root / SPACE, b""

    def edit(number: int, what: str) -> None:
        nonlocal mine
        if what.startswith("rename") and "guide.attachments" in what and not mine:
            mine = (root / "guide.xhtml").read_bytes() + b"<p>mine</p>\n"
            (root / "guide.xhtml").write_bytes(mine)

    with failpoints.watched(edit):
        told = pull(Mirror(scene.desk.root, CONFIG), scene.desk.remote, PullOptions())
    assert told.exit == 4
    assert (root / "guide.xhtml").read_bytes() == mine
    assert not (root / "guide.attachments").exists()
    assert scene.new in {page.id for page in told.pages if page.outcome is Outcome.FAILED}


def test_an_edited_file_stays_with_its_page_whenever_a_pull_is_killed(place: Path) -> None:
    scene = Scene(Row("retitled", "page"), place)
    (scene.desk.root / SPACE / "guide.attachments/pic.png").write_bytes(b"mine")
    (scene.desk.root / SPACE / "guide.attachments/notes.txt").unlink()
    for cut in some(itertools.count(1)):
        shutil.copytree(scene.desk.root, place / "copy", symlinks=True)
        desk = Desk(scene.site, place / "copy", "one")
        done = scene.pull(desk, cut)
        scene.pull(desk)
        (path,) = (desk.root / SPACE).glob("**/guide-old.attachments/pic.png")
        assert path.read_bytes() == b"mine", cut
        assert (desk.root / SPACE / "guide.attachments/pic.png").read_bytes() == b"the same", cut
        shutil.rmtree(desk.root)
        if done is not None:
            return
