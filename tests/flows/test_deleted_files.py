"""An attachment that was deleted here stays deleted, wherever its page goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

FILES = "ENG/guide.attachments"
Change = Callable[[Sandbox, Desk, str, str], None]


@pytest.fixture
def top(wiki: Sandbox) -> str:
    return str(wiki.store.create_page("ENG", "Top", "<p>top</p>").id)


@pytest.fixture
def desk(wiki: Sandbox, guide: str, top: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a committed clone; the guide has two attachments, of which one was deleted here."""
    assert top
    for name in ("gone.png", "kept.png"):
        wiki.store.attach(guide, name, name.encode())
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        desk.git(*arguments)
    desk.path(f"{FILES}/gone.png").unlink()
    return desk


def on_server(wiki: Sandbox, page_id: str) -> set[str]:
    return {row.title for row in wiki.store.attachments(page_id)}


def here(desk: Desk) -> set[str]:
    return {name for name in desk.files() if name.endswith(".png")}


def retitled(wiki: Sandbox, _desk: Desk, guide: str, _top: str) -> None:
    wiki.store.edit(guide, title="Manual")


def moved(wiki: Sandbox, _desk: Desk, guide: str, top: str) -> None:
    wiki.store.edit(guide, parent=top)


def moved_and_retitled_above(wiki: Sandbox, desk: Desk, guide: str, top: str) -> None:
    moved(wiki, desk, guide, top)
    desk("pull")
    wiki.store.edit(top, title="Summit")


def moved_here(_wiki: Sandbox, desk: Desk, _guide: str, _top: str) -> None:
    desk.path("ENG/top").mkdir()
    for name in ("guide.xhtml", "guide.attachments"):
        desk.path(f"ENG/{name}").rename(desk.path(f"ENG/top/{name}"))


def replaced_by_another(wiki: Sandbox, _desk: Desk, guide: str, _top: str) -> None:
    """Another page takes the title and the place, and has an attachment of the same name."""
    wiki.store.edit(guide, title="Manual")
    other = wiki.store.create_page("ENG", "Guide", "<p>another</p>").id
    wiki.store.attach(other, "gone.png", b"another")


CHANGES: list[Change] = [retitled, moved, moved_and_retitled_above, moved_here, replaced_by_another]


@pytest.mark.parametrize(
    ("change", "commit"),
    [
        *((change, ()) for change in CHANGES),
        # In the last one the commit has another page's file at the only path that tells.
        *((change, ("--commit",)) for change in CHANGES[:-1]),
    ],
)
def test_a_deletion_follows_the_page_and_not_the_path(
    wiki: Sandbox, desk: Desk, guide: str, top: str, change: Change, commit: tuple[str, ...]
) -> None:
    change(wiki, desk, guide, top)
    desk("pull", *commit)
    before = here(desk)
    assert len([name for name in before if name.endswith("kept.png")]) == 1
    assert len(before) == 1 + (change is replaced_by_another)
    desk("pull", *commit)
    assert here(desk) == before
    if change is not moved_here:
        assert "attachments: gone.png" in desk("status").out
    desk("push", "--delete", *commit)
    assert on_server(wiki, guide) == {"kept.png"}
    others = {p.id for p in wiki.store.pages("ENG") if p.title == "Guide"} - {guide}
    assert [on_server(wiki, other) for other in others] == [{"gone.png"}] * len(others)
    assert here(desk) == before
    if commit:
        assert desk.git("status", "--porcelain") == ""


def test_a_file_without_its_document_may_be_the_one(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """A move was cut off between the document and its files, and one of these was edited."""
    stray = "ENG/lost.attachments/gone.png"
    desk.path(stray).parent.mkdir()
    desk.path(stray).write_bytes(b"edited")
    run = desk("push", "--delete", exit=1)
    assert f"gone.png: {stray} may be its file" in run.out + run.err
    assert on_server(wiki, guide) == {"gone.png", "kept.png"}
    desk.path(stray).unlink()
    desk("push", "--delete")
    assert on_server(wiki, guide) == {"kept.png"}
