"""A pull of a space of which nothing is here: texts are written before their places are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from confsync.mirror import mirror
from confsync.mirror.state import disk
from confsync.model.filenames import TEMPORARY
from confsync.pull import prefetch
from confsync.remote.cloud import cloud
from confsync.remote.cloud.cloud import Cloud
from confsync.remote.datacenter.datacenter import DataCenter
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, writes

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def fresh(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a mirror of ENG that was never pulled."""
    return mirror_at("mirror", wiki, desk_at)


def mirror_at(name: str, wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    desk = desk_at(name, clone=None)
    desk("init", "--url", wiki.url, "--space", "ENG")
    wiki.clear_requests()
    return desk


def outcomes(run: Run) -> dict[str, str]:
    """Return path to outcome, without the home page, which every space has."""
    return {path: outcome for path, outcome in run.outcomes.items() if path != "ENG/index.xhtml"}


@pytest.fixture
def meanwhile(wiki: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Return an actor who does something once, when all pages are listed and no text is read."""
    remote = Cloud if wiki.flavor == "cloud" else DataCenter

    def do(act: Callable[[], object]) -> None:
        waiting = [act]

        def contents(self: Any, space: Any, **asked: Any) -> Iterator[Any]:
            listed = list(self.listing(space, **asked))
            while waiting:
                waiting.pop()()
            pages = self.pages(space, [info.id for info in listed])
            yield [(info, pages.get(info.id)) for info in listed]

        monkeypatch.setattr(remote, "contents", contents)

    return do


def hidden(desk: Desk) -> list[str]:
    """Return the files below the space's directory that are no documents."""
    return [name for name in desk.files() if TEMPORARY in name]


def a_tree(wiki: Sandbox) -> None:
    """Make a space with each thing that decides about a document's place and front matter."""
    store = wiki.store
    above = store.create_page("ENG", "Above", "<p>above</p>")
    for title in ("Same", "same?", "Other"):
        store.create_page("ENG", title, f"<p>{title}</p>", parent=above.id)
    unseen = store.create_page("ENG", "Unseen", "<p>x</p>", parent=above.id)
    store.create_page("ENG", "Below", "<p>below</p>", parent=unseen.id)
    store.trash(store.create_page("ENG", "Gone", "<p>x</p>").id)
    store.archive(store.create_page("ENG", "Old", "<p>old</p>").id)
    store.restrict(unseen.id)
    store.add_labels(above.id, ["one", "two"])
    if wiki.flavor == "cloud":
        folder = store.create_folder("ENG", "Folder")
        store.create_page("ENG", "Inside", "<p>inside</p>", parent=folder.id)
    store.create_post("ENG", "News", "<p>news</p>")


@pytest.mark.parametrize("more", ["", "labels: true\n", "layout: raw\n", "  archived: true\n"])
def test_the_mirror_is_that_of_a_pull_that_reads_its_texts_later(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    at_once, later = (mirror_at(name, wiki, desk_at) for name in ("at-once", "later"))
    a_tree(wiki)
    for desk in (at_once, later):
        text = desk.text(".confsync.yaml") + "  blog: true\n" + more
        desk.path(".confsync.yaml").write_text(text)
    wiki.clear_requests()
    at_once("pull")
    asked = len(wiki.requests)
    monkeypatch.setattr(prefetch, "_is_whole", lambda *_: False)
    wiki.clear_requests()
    later("pull")
    assert at_once.files() == later.files()
    assert len(at_once.files()) > 7
    assert any("place: top\n" in data.decode() for data in at_once.files().values())
    # One that stands at the top for want of its parent is read once more.
    assert asked - 1 <= len(wiki.requests)
    for desk in (at_once, later):
        assert desk.json("pull").data["pages"] == []
        assert desk.json("status").data["pages"] == []
        assert desk.json("status", "--remote").data["pages"] == []


def test_the_mirror_is_that_of_one_chain_and_the_next_pull_finds_nothing_new(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each space has many answers, whose order decides about no name of a file."""
    monkeypatch.setattr(cloud, "BULK", 3)
    for n in range(25):
        wiki.store.create_page("ENG", f"Same{'?' * (n % 9)}{n // 9 * '!'}", f"<p>{n}</p>")
    one, both, unsorted = (mirror_at(name, wiki, desk_at) for name in ("one", "both", "unsorted"))
    one("pull", "--jobs", "1")
    both("pull", "--jobs", "8")
    wiki.faults.order = "title"
    unsorted("pull", "--jobs", "8")
    assert len(one.files()) > 25
    assert one.files() == both.files() == unsorted.files()
    for order in ("title", "id", ""):
        wiki.faults.order = order  # type: ignore[assignment]
        for jobs in ("8", "1", "2"):
            assert both.json("pull", "--jobs", jobs).data["pages"] == []


@pytest.mark.parametrize("count", [1, 251])
def test_what_it_asks_for(wiki: Sandbox, fresh: Desk, count: int) -> None:
    for number in range(count - 1):  # and the home page
        wiki.store.create_page("ENG", f"Page {number}", f"<p>{number}</p>")
    fresh("pull")
    asked = [r for r in wiki.requests if "user" not in r.path]
    bodies = [r for r in asked if "body" in r.query]
    answers = -(-count // (250 if wiki.flavor == "cloud" else 50))
    assert len(bodies) == answers
    # Which kind of server it is, the space, and on Cloud the listing, which says whose bodies.
    # After its first answer, it is asked for from both ends.
    listing = (1 if count <= 250 else 3) if wiki.flavor == "cloud" else 0
    assert len(asked) - len(bodies) == 2 + listing


def test_a_page_that_is_moved_meanwhile_is_not_moved_back(
    wiki: Sandbox, fresh: Desk, meanwhile: Meanwhile
) -> None:
    a, b = (wiki.store.create_page("ENG", title, "<p>x</p>") for title in "AB")
    page = wiki.store.create_page("ENG", "New", "<p>one</p>", parent=a.id)
    meanwhile(lambda: wiki.store.edit(page.id, "<p>two</p>", parent=b.id, author="Ana"))
    assert outcomes(fresh.json("pull"))["ENG/a/new.xhtml"] == "created"
    assert "<p>two</p>" in fresh.text("ENG/a/new.xhtml")
    wiki.clear_requests()
    fresh("push")
    assert writes(wiki) == []
    assert outcomes(fresh.json("pull")) == {"ENG/b/new.xhtml": "moved"}
    assert wiki.store.page(page.id).parent_id == b.id


def test_a_page_that_is_retitled_meanwhile_gets_its_name_with_the_next_pull(
    wiki: Sandbox, fresh: Desk, meanwhile: Meanwhile
) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    meanwhile(lambda: wiki.store.edit(page.id, title="Newer", author="Ana"))
    run = fresh.json("pull")
    assert outcomes(run) == {"ENG/new.xhtml": "created"}
    told = next(one for one in run.data["pages"] if one["path"] == "ENG/new.xhtml")
    assert (told["title"], told["remote"]) == ("Newer", 2)
    assert "title: Newer\n" in fresh.text("ENG/new.xhtml")
    assert outcomes(fresh.json("pull")) == {"ENG/newer.xhtml": "renamed"}
    assert fresh("status").out.startswith("clean")


def test_a_page_that_is_gone_meanwhile_is_told_and_stops_no_other(
    wiki: Sandbox, fresh: Desk, meanwhile: Meanwhile
) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.store.create_page("ENG", "Other", "<p>two</p>")
    meanwhile(lambda: wiki.store.trash(page.id))
    run = fresh.json("pull")
    assert outcomes(run) == {"ENG/new.xhtml": "skipped", "ENG/other.xhtml": "created"}
    assert fresh.json("pull").data["pages"] == []


def test_a_file_that_appears_meanwhile_is_left_alone(
    wiki: Sandbox, fresh: Desk, meanwhile: Meanwhile
) -> None:
    wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.store.create_page("ENG", "Other", "<p>two</p>")

    def make() -> None:
        fresh.path("ENG").mkdir(exist_ok=True)
        fresh.path("ENG/new.xhtml").write_text("mine")

    meanwhile(make)
    run = fresh.json("pull", exit=None)
    assert run.exit != 0
    assert outcomes(run) == {"ENG/new.xhtml": "failed", "ENG/other.xhtml": "created"}
    assert fresh.text("ENG/new.xhtml") == "mine"
    assert hidden(fresh) == []


def test_where_no_listing_has_bodies_each_text_is_read_by_itself(
    wiki: Sandbox, fresh: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confsync.errors import ServerError

    def contents(*_: object, **__: object) -> Iterator[Any]:
        yield []
        raise ServerError("too much", status=500)

    monkeypatch.setattr(Cloud if wiki.flavor == "cloud" else DataCenter, "contents", contents)
    wiki.store.create_page("ENG", "New", "<p>one</p>")
    assert outcomes(fresh.json("pull")) == {"ENG/new.xhtml": "created"}
    assert hidden(fresh) == []


def test_what_cannot_be_written_early_is_written_when_its_turn_comes(
    wiki: Sandbox, fresh: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("New", "Other"):
        wiki.store.create_page("ENG", title, f"<p>{title}</p>")
    prepare = disk.prepare

    def full(path: Path, data: bytes, **how: bool) -> str:
        if TEMPORARY in str(path) and b"title: New" in data:
            raise OSError(28, "No space left on device")
        return prepare(path, data, **how)

    monkeypatch.setattr(disk, "prepare", full)
    run = fresh.json("pull")
    assert outcomes(run) == {"ENG/new.xhtml": "created", "ENG/other.xhtml": "created"}
    assert fresh("status").out.startswith("clean")


def test_an_interrupted_one_leaves_nothing_and_the_next_one_has_all(
    wiki: Sandbox, fresh: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.create_page("ENG", "New", "<p>one</p>")
    before = fresh.files()

    def interrupted(*_: object) -> None:
        assert len(hidden(fresh)) == 2, "no text waited for its name"
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("confsync.pull.run._plan", interrupted)
        assert fresh("pull", exit=None).exit == 130
    assert fresh.files() == before
    assert outcomes(fresh.json("pull")) == {"ENG/new.xhtml": "created"}


def test_what_a_killed_one_left_is_swept_away_and_nothing_else(wiki: Sandbox, fresh: Desk) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    fresh("pull")
    left, mixed = (fresh.path(f"ENG/{TEMPORARY}{name}") for name in ("left", "mixed"))
    for place in (left, mixed):
        place.mkdir()
        (place / f"{TEMPORARY}1-0").write_text("---\ntitle: New\n")
    (mixed / "mine.txt").write_text("mine")
    assert fresh("status").out.startswith("clean")
    wiki.store.edit(page.id, "<p>two</p>")
    assert outcomes(fresh.json("pull")) == {"ENG/new.xhtml": "pulled"}
    assert not left.exists()
    assert [path.name for path in mixed.iterdir()] == ["mine.txt"]


def test_the_directory_of_an_empty_space_is_not_left_behind(wiki: Sandbox, fresh: Desk) -> None:
    for row in wiki.store.pages("ENG"):
        wiki.store.trash(row.id)
    fresh("pull", exit=None)
    assert not fresh.path("ENG").exists()


def test_only_part_of_a_space_is_not_read_as_a_whole(
    wiki: Sandbox, fresh: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.store.create_page("ENG", "Other", "<p>two</p>")
    text = fresh.text(".confsync.yaml") + f"  exclude: ['{page.id}']\n"
    fresh.path(".confsync.yaml").write_text(text)
    rendered: list[Iterable[str]] = []
    monkeypatch.setattr(mirror.Mirror, "nameless", lambda *_: rendered.append("early"))
    assert outcomes(fresh.json("pull")) == {"ENG/other.xhtml": "created"}
    assert rendered == []


def test_a_dry_run_writes_nothing(wiki: Sandbox, fresh: Desk) -> None:
    wiki.store.create_page("ENG", "New", "<p>one</p>")
    before = fresh.files()
    assert outcomes(fresh.json("pull", "--dry-run")) == {"ENG/new.xhtml": "created"}
    assert fresh.files() == before
    assert not fresh.path("ENG").exists()
