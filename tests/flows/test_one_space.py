"""A pull of one space: it is as whole as a pull of everything, and goes on beside other spaces."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from confsync.commands.pages.pull import pull
from confsync.commands.pages.push import push
from confsync.errors import LockedError
from confsync.mirror.config_file import dump
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.mirror.state import mutex
from confsync.mirror.state.sweep import sweep_top
from confsync.model.config import Comments, Config, SpaceConfig
from confsync.model.filenames import REMOVED, STATE, TEMPORARY
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.push.options import DeleteOptions, PushOptions
from confsync.sandbox import Store
from tests.files import contents_below
from tests.store_remote import StoreRemote

SPACES = tuple(SpaceConfig(key, f"docs/{key}") for key in ("ENG", "OPS", "HR"))
CONFIG = Config("http://127.0.0.1:9/wiki", SPACES, flavor="cloud")


@dataclass
class Wiki:
    """Three spaces on a server, each with a home page, Guide and, below it, Part."""

    root: Path
    config: Config = CONFIG
    store: Store = field(default_factory=Store)
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for space in SPACES:
            key = space.key
            self.store.create_space(key, key, f"{key} home")
            self.page(key, "Guide")
            self.page(key, "Part", f"{key} Guide")
        self.make(self.root)

    def make(self, root: Path) -> Path:
        root.mkdir()
        (root / ".confsync.yaml").write_text(dump(self.config))
        return root

    def page(self, key: str, title: str, parent: str = "") -> str:
        name = f"{key} {title}"
        above = self.ids.get(parent)
        made = self.store.create_page(key, name, f"<p>{name}</p>", above, raw=True)
        self.ids[name] = made.id
        return made.id

    @property
    def mirror(self) -> Mirror:
        return Mirror(self.root, self.config)

    @property
    def remote(self) -> StoreRemote:
        return StoreRemote(self.store)

    def pull(self, *names: str, **more: bool) -> Result:
        return pull(self.mirror, self.remote, PullOptions(Selection(names), **more))  # type: ignore[arg-type]

    def push(self, *names: str, delete: DeleteOptions | None = None) -> Result:
        return push(self.mirror, self.remote, PushOptions(Selection(names), delete=delete))

    def documents(self) -> set[str]:
        return {
            name.removeprefix("docs/").removesuffix(".xhtml")
            for name in contents_below(self.root)
            if name.endswith(".xhtml") and not name.startswith(".")
        }

    def files(self) -> dict[str, bytes]:
        return contents_below(self.root, {STATE, ".git"})

    def git(self, *words: str) -> str:
        run = subprocess.run(
            ["git", *words], cwd=self.root, check=True, capture_output=True, text=True
        )
        return run.stdout

    def committed(self) -> None:
        self.git("init", "-q", "-b", "main", "--template=")
        (self.root / ".gitignore").write_text(".confsync\n")
        self.git("add", "-A")
        self.git("commit", "-qm", "x")


@pytest.fixture
def wiki(tmp_path: Path) -> Wiki:
    return Wiki(tmp_path / "mirror")


@contextmanager
def at_work(wiki: Wiki, *keys: str) -> Iterator[None]:
    """Another process works on some spaces; without keys, on all."""
    spaces = tuple(space for space in SPACES if space.key in keys)
    with (wiki.mirror.part(spaces) if keys else wiki.mirror).lock():
        yield


def told(result: Result) -> dict[str, str]:
    return {page.path: page.outcome.value for page in result.pages}


OF_ENG = {"ENG/index", "ENG/eng-guide", "ENG/eng-guide/eng-part"}


# -- what comes ------------------------------------------------------------------------------------


def test_a_space_that_is_not_here_yet_comes_whole_and_no_other(wiki: Wiki) -> None:
    assert wiki.pull("docs/ENG").exit == 0
    assert wiki.documents() == OF_ENG


def test_new_pages_moves_and_removals_come_as_in_a_pull_of_everything(wiki: Wiki) -> None:
    wiki.pull()
    wiki.page("ENG", "New", "ENG Guide")
    wiki.page("OPS", "New")
    store, ids = wiki.store, wiki.ids
    store.edit(ids["ENG Part"], parent=store.space("ENG").homepage_id)
    store.edit(ids["OPS Part"], "<p>other</p>", raw=True)
    before = {name: data for name, data in wiki.files().items() if "/OPS/" in name}
    outcomes = told(wiki.pull("docs/ENG"))
    assert outcomes == {
        "docs/ENG/eng-guide/eng-new.xhtml": "created",
        "docs/ENG/eng-part.xhtml": "moved",
    }
    assert {name: data for name, data in wiki.files().items() if "/OPS/" in name} == before
    store.trash(ids["ENG Part"])
    assert told(wiki.pull("docs/ENG")) == {"docs/ENG/eng-part.xhtml": "deleted"}


def test_a_directory_above_all_spaces_is_a_pull_of_everything(wiki: Wiki) -> None:
    wiki.pull("docs")
    assert len(wiki.documents()) == 9
    with at_work(wiki, "HR"), pytest.raises(LockedError):
        wiki.pull("docs")


def test_one_space_after_the_other_is_the_mirror_of_one_pull(wiki: Wiki, tmp_path: Path) -> None:
    for space in SPACES:
        wiki.pull(space.path)
    files = wiki.files()
    other = wiki.make(tmp_path / "other")
    pull(Mirror(other, CONFIG), wiki.remote, PullOptions())
    assert contents_below(other, {STATE}) == files
    assert told(wiki.pull()) == {}


def test_two_spaces_can_be_named_together(wiki: Wiki) -> None:
    wiki.pull("docs/HR", "docs/ENG")
    assert wiki.documents() == {*OF_ENG, "HR/index", "HR/hr-guide", "HR/hr-guide/hr-part"}


def test_a_document_by_name_is_still_that_document_alone(wiki: Wiki) -> None:
    wiki.pull()
    wiki.page("ENG", "New")
    wiki.store.edit(wiki.ids["ENG Guide"], "<p>other</p>", raw=True)
    guide = "docs/ENG/eng-guide.xhtml"
    assert told(wiki.pull(guide)) == {guide: "pulled"}


def test_a_pull_with_nothing_new_reads_no_document(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confsync.mirror import entry

    wiki.pull("docs/ENG")
    wiki.pull("docs/ENG")
    read: list[str] = []
    original = entry.read
    monkeypatch.setattr(entry, "read", lambda root, name: read.append(name) or original(root, name))
    assert told(wiki.pull("docs/ENG")) == {}
    assert read == []


def test_comments_of_one_space_are_seen_by_the_pulls_of_that_space(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "mirror", CONFIG._replace(comments=Comments.NOTICE))
    for name in ("docs/ENG", "docs/OPS", "docs/ENG"):
        wiki.pull(name)
    wiki.store.add_comment(wiki.ids["ENG Guide"], "<p>why?</p>", author="Ana")
    assert [one.path for one in wiki.pull("docs/OPS").comments] == []
    assert [one.path for one in wiki.pull("docs/ENG").comments] == ["docs/ENG/eng-guide.xhtml"]
    assert [one.path for one in wiki.pull("docs/ENG").comments] == []


# -- subtrees and blogs ----------------------------------------------------------------------------


def test_the_directory_of_a_subtree_means_all_subtrees_of_its_space(tmp_path: Path) -> None:
    wiki = Wiki(tmp_path / "mirror")
    two = wiki.page("ENG", "Two")
    subtrees = (
        SpaceConfig("ENG", "one", wiki.ids["ENG Guide"], others=frozenset({two})),
        SpaceConfig("ENG", "two", two, others=frozenset({wiki.ids["ENG Guide"]})),
    )
    wiki.config = CONFIG._replace(spaces=(*subtrees, SPACES[1]))
    (wiki.root / ".confsync.yaml").write_text(dump(wiki.config))
    wiki.pull("one")
    wiki.store.edit(wiki.ids["ENG Part"], parent=two)
    assert told(wiki.pull("one")) == {"two/eng-part.xhtml": "moved"}
    assert not (wiki.root / "docs").exists()


# -- pages that change the space -------------------------------------------------------------------


def test_a_page_from_another_space_gets_no_second_document(wiki: Wiki) -> None:
    wiki.pull()
    wiki.store.move_to_space(wiki.ids["ENG Part"], "OPS")
    before = wiki.files()
    result = wiki.pull("docs/OPS")
    assert told(result) == {}
    assert wiki.files() == before
    assert [note.replace("\0", "") for note in result.notes] == [
        "left unchanged, because the pages are in space OPS now: "
        "docs/ENG/eng-guide/eng-part.xhtml; to have them there, move them below docs/OPS/",
    ]


def test_a_page_whose_document_was_deleted_in_another_space_is_not_written(wiki: Wiki) -> None:
    wiki.pull()
    wiki.committed()
    (wiki.root / "docs/ENG/eng-guide/eng-part.xhtml").unlink()
    wiki.store.move_to_space(wiki.ids["ENG Part"], "OPS")
    assert told(wiki.pull("docs/OPS")) == {}


# -- locks -----------------------------------------------------------------------------------------


def test_two_runs_of_one_space_exclude_each_other(wiki: Wiki) -> None:
    wiki.pull()
    guide = "docs/ENG/eng-guide.xhtml"
    with at_work(wiki, "ENG"):
        for run in (lambda: wiki.pull("docs/ENG"), lambda: wiki.push("docs/ENG")):
            with pytest.raises(LockedError, match=r"space ENG, process \d+ since"):
                run()
        with pytest.raises(LockedError):
            wiki.push(guide)
        with pytest.raises(LockedError):
            wiki.pull(guide)


def test_a_run_of_everything_and_one_of_a_space_exclude_each_other(wiki: Wiki) -> None:
    with at_work(wiki, "ENG"), pytest.raises(LockedError, match="space ENG"):
        wiki.pull()
    with at_work(wiki), pytest.raises(LockedError, match=r"\(process \d+ since"):
        wiki.pull("docs/ENG")
    wiki.pull("docs/ENG")
    wiki.pull()


def test_a_space_is_pulled_while_another_is_pushed(wiki: Wiki) -> None:
    wiki.pull()
    guide = wiki.root / "docs/OPS/ops-guide.xhtml"
    guide.write_text(guide.read_text().replace("<p>OPS", "<p>our OPS"))
    wiki.page("ENG", "New")
    with at_work(wiki, "OPS"):
        assert told(wiki.pull("docs/ENG")) == {"docs/ENG/eng-new.xhtml": "created"}
    with at_work(wiki, "ENG"):
        assert told(wiki.push("docs/OPS")) == {"docs/OPS/ops-guide.xhtml": "updated"}


def test_a_push_that_deletes_looks_at_every_space_and_so_has_the_mirror_alone(wiki: Wiki) -> None:
    wiki.pull()
    with at_work(wiki, "OPS"), pytest.raises(LockedError):
        wiki.push("docs/ENG", delete=DeleteOptions())


def test_a_run_of_one_space_sweeps_that_space_alone(wiki: Wiki) -> None:
    wiki.pull()
    left = [wiki.root / place / f"{TEMPORARY}1" for place in ("docs/ENG", "docs/OPS", ".")]
    for path in left:
        path.write_bytes(b"half")
    wiki.pull("docs/ENG")
    assert [path.exists() for path in left] == [False, True, False]
    wiki.pull()
    assert not any(path.exists() for path in left)


def test_a_run_of_one_space_sweeps_the_top_after_the_run_that_writes_there(wiki: Wiki) -> None:
    wiki.pull()
    left = wiki.root / f"{TEMPORARY}1"
    left.write_bytes(b"half")
    other = mutex.held(wiki.root / STATE)
    other.__enter__()
    held: list[bool] = []

    def end() -> None:
        held.append(left.exists())
        other.__exit__(None, None, None)

    finished(lambda: sweep_top(wiki.root), end)
    assert held == [True]
    assert not left.exists()


# -- commits ---------------------------------------------------------------------------------------


def test_a_commit_of_one_space_leaves_what_others_wrote(wiki: Wiki) -> None:
    wiki.pull()
    wiki.committed()
    for name in ("ENG Guide", "OPS Guide"):
        wiki.store.edit(wiki.ids[name], "<p>other</p>", raw=True)
    wiki.store.trash(wiki.ids["OPS Part"])
    wiki.pull("docs/OPS")
    wiki.pull("docs/ENG", commit=True)
    changed = wiki.git("show", "--name-only", "--format=", "HEAD").split()
    assert changed == ["docs/ENG/eng-guide.xhtml"]
    wiki.pull("docs/OPS", commit=True)
    changed = wiki.git("show", "--name-only", "--format=", "HEAD").split()
    files = {"docs/OPS/ops-guide.xhtml", "docs/OPS/ops-guide/ops-part.xhtml"}
    assert files < set(changed) < {*files, REMOVED, ".gitattributes", "x"}


def test_a_commit_of_one_space_leaves_the_folders_of_others(wiki: Wiki) -> None:
    folder = wiki.store.create_folder("OPS", "Folder").id
    wiki.store.create_page("OPS", "Inside", "<p>Inside</p>", folder, raw=True)
    wiki.pull()
    wiki.committed()
    (wiki.root / "docs/OPS/folder/inside.xhtml").unlink()
    (wiki.root / "docs/OPS/folder/.folder.yaml").unlink()
    wiki.store.edit(wiki.ids["ENG Guide"], "<p>other</p>", raw=True)
    wiki.pull("docs/ENG")
    wiki.pull("docs/ENG", commit=True)
    changed = wiki.git("show", "--name-only", "--format=", "HEAD").split()
    assert changed == ["docs/ENG/eng-guide.xhtml"]


def finished(work: Callable[[], object], meanwhile: Callable[[], None]) -> None:
    """Start work that another process holds up, do what it does meanwhile, and let it go on."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), "it did not wait"
    meanwhile()
    thread.join(60)
    assert not thread.is_alive()
    assert failed == []


def test_a_commit_waits_for_the_commit_of_another_space(wiki: Wiki) -> None:
    wiki.pull()
    wiki.committed()
    wiki.store.edit(wiki.ids["ENG Guide"], "<p>other</p>", raw=True)
    index_lock = wiki.root / ".git/index.lock"
    results: list[Result] = []
    other = mutex.held(wiki.root / STATE, mutex.GIT)
    other.__enter__()
    index_lock.touch()

    def end() -> None:
        index_lock.unlink()
        other.__exit__(None, None, None)

    finished(lambda: results.append(wiki.pull("docs/ENG", commit=True)), end)
    assert results[0].exit == 0
    assert results[0].notes[0].startswith("committed as ")
