"""Every row of the decision table, and what a pull does with it: plain, or by a person's choice.

A choice is done as a whole, or refused with the reason; none is passed over in silence, and --ours
never takes the server's text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from confsync.model.hint import MIRROR
from confsync.pull.resolve.resolution import Way
from confsync.sync import fetch
from tests.flows.scene import GUIDE, Scene

ABSENT = 77

# -- the rows --------------------------------------------------------------------------------------


def untracked(scene: Scene) -> None:
    scene.path = "ENG/new.xhtml"
    (scene.root / scene.path).write_text("---\ntitle: New\n---\n<p>MINE</p>\n")


def gone(scene: Scene) -> None:
    scene.store.trash(scene.guide)


def gone_edited(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.store.trash(scene.guide)


def not_visible(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.store.restrict(scene.guide)


def moved_out(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.store.create_space("OPS", "Operations", "Operations")
    scene.store.move_to_space(scene.guide, "OPS")


def restored(scene: Scene) -> None:
    """Revert THEIRS, which was pushed from here and is on the server."""
    scene.settle("FIRST", "THEIRS")
    scene.git("revert", "--no-edit", "HEAD")


def restored_and_edited(scene: Scene) -> None:
    restored(scene)
    scene.edit("LAST", "MINE")


def restored_below_a_colleague(scene: Scene) -> None:
    scene.settle("LAST", "Last")
    scene.git("revert", "--no-edit", "HEAD")
    scene.browser("FIRST", "THEIRS")


def up_to_date(scene: Scene) -> None:
    pass


def equal(scene: Scene) -> None:
    scene.edit("FIRST", "THEIRS")
    scene.browser("FIRST", "THEIRS")


def behind(scene: Scene) -> None:
    scene.browser("FIRST", "THEIRS")


def landed(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    raw = scene.text()
    scene.push()
    (scene.root / GUIDE).write_text(raw)


def landed_below_a_colleague(scene: Scene) -> None:
    landed(scene)
    scene.browser("FIRST", "THEIRS")


def stamp_ahead(scene: Scene) -> None:
    for word in ("between", "Between"):
        scene.browser(word, word.swapcase())
    scene.pull()
    scene.edit("LAST", "MINE")
    scene.browser("FIRST", "THEIRS")
    for _ in range(2):
        scene.store.delete_version(scene.guide, 1)


def commented(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.store.comment(scene.guide, "FIRST")
    scene.pull()  # --ours gives up what was seen, where the number says nothing


def stamp_mismatch(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.browser("FIRST", "THEIRS")
    scene.store.delete_version(scene.guide, 1)
    scene.pull()


def ahead(scene: Scene) -> None:
    scene.edit("LAST", "MINE")


def restamped(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.store.edit(scene.guide, author="Ana")


def diverged(scene: Scene) -> None:
    scene.edit("LAST", "MINE")
    scene.browser("FIRST", "THEIRS")


@dataclass(frozen=True)
class Then:
    """Outcome (empty: nothing is told), and what the file has then: whose lines, which version.

    `stamp` is relative to the server's version; None for the file's own, as it was.
    """

    outcome: str
    text: str
    current: bool = False


KEPT = Then("rejected", "as it was")
TOOK = Then("pulled", "theirs", current=True)
OURS = Then("kept", "as it was", current=True)
# Row: plain, --merge, --theirs, --ours with the right number.
TABLE: dict[Callable[[Scene], None], tuple[Then, Then, Then, Then]] = {
    untracked: (Then("", "as it was"), Then("", "as it was"), KEPT, KEPT),
    gone: (Then("deleted", "none"), Then("deleted", "none"), Then("deleted", "none"), KEPT),
    gone_edited: (
        Then("kept", "as it was"),
        Then("kept", "as it was"),
        Then("deleted", "none"),
        KEPT,
    ),
    not_visible: (Then("kept", "as it was"), Then("kept", "as it was"), KEPT, KEPT),
    moved_out: (Then("kept", "as it was"), Then("kept", "as it was"), KEPT, KEPT),
    restored: (KEPT, Then("merged", "as it was", current=True), TOOK, OURS),
    restored_and_edited: (KEPT, Then("merged", "as it was", current=True), TOOK, OURS),
    restored_below_a_colleague: (KEPT, Then("merged", "both", current=True), TOOK, OURS),
    up_to_date: (Then("", "as it was"), Then("", "as it was"), Then("", "as it was"), OURS),
    equal: (
        Then("restamped", "as it was", current=True),
        Then("restamped", "as it was", current=True),
        TOOK,
        OURS,
    ),
    behind: (TOOK, TOOK, TOOK, OURS),
    landed: (
        Then("restamped", "as it was", current=True),
        Then("restamped", "as it was", current=True),
        TOOK,
        OURS,
    ),
    landed_below_a_colleague: (TOOK, TOOK, TOOK, OURS),
    stamp_ahead: (KEPT, Then("merged", "both", current=True), TOOK, OURS),
    commented: (KEPT, Then("merged", "both", current=True), TOOK, OURS),
    stamp_mismatch: (KEPT, Then("merged", "both", current=True), TOOK, OURS),
    ahead: (Then("kept", "as it was"), Then("kept", "as it was"), TOOK, OURS),
    restamped: (
        Then("restamped", "as it was", current=True),
        Then("restamped", "as it was", current=True),
        TOOK,
        OURS,
    ),
    diverged: (KEPT, Then("merged", "both", current=True), TOOK, OURS),
}
WAYS = ("nothing", "--merge", "--theirs", "--ours", "--ours, a wrong N", "--ours, an absent N")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(fetch, "PAUSES", (0.0,))
    return Scene(tmp_path / "mirror")


def asked(way: str, now: int) -> tuple[Way | None, int | None]:
    match way:
        case "nothing":
            return None, None
        case "--merge":
            return Way.MERGE, None
        case "--theirs":
            return Way.THEIRS, None
        case "--ours":
            return Way.OURS, now
        case "--ours, a wrong N":
            return Way.OURS, now - 1 or now + 1
        case _:
            return Way.OURS, ABSENT


def body_of(text: str) -> str:
    return text.rpartition("---\n")[2].replace("\n", "")


def version_of(text: str) -> int:
    found = [line for line in text.split("\n") if line.startswith("  version: ")]
    return int(found[0].partition(": ")[2]) if found else 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.__name__)
def test_each_row_by_each_way(scene: Scene, row: Callable[[Scene], None], way: str) -> None:
    row(scene)
    before, page = scene.text(), scene.store.page(scene.guide)
    choice, at = asked(way, page.version)
    named = (scene.path,) if choice in (Way.THEIRS, Way.OURS) else ()
    result = scene.pull(*named, way=choice, at=at)
    plain, merge, theirs, ours = TABLE[row]
    expected = dict(zip(WAYS, (plain, merge, theirs, ours, KEPT, KEPT), strict=True))[way]

    told = {one.path: one for one in result.pages}
    assert (told[scene.path].outcome.value if scene.path in told else "") == expected.outcome
    assert int(result.exit) == (1 if expected.outcome == "rejected" else 0)
    if expected.outcome == "rejected":
        assert told[scene.path].error
        assert scene.text() == before
    assert scene.store.page(scene.guide) == page, "a pull writes nothing to the server"
    if expected.text == "none":
        assert not (scene.root / scene.path).exists()
        return
    text = scene.text()
    match expected.text:
        case "as it was":
            assert body_of(text) == body_of(before)
        case "theirs":
            assert body_of(text) == page.body
        case "both":
            assert body_of(text) != body_of(before)
            assert "MINE" in text or "Last" not in text
            assert "THEIRS" in text or "inline-comment-marker" in text
    assert version_of(text) == (page.version if expected.current else version_of(before))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.__name__)
def test_a_choice_holds_for_the_next_push(scene: Scene, row: Callable[[Scene], None]) -> None:
    """--ours of the right version, then a push: the server has the file's text."""
    row(scene)
    before, page = scene.text(), scene.store.page(scene.guide)
    if TABLE[row][3] is KEPT:
        return
    scene.pull(scene.path, way=Way.OURS, at=page.version)
    result = scene.push()
    if row is commented:
        assert [page.error for page in result.pages] == [
            "the text drops an open comment: Ana on 'FIRST'"
        ]
        result = scene.push(drop_comments=True)
    assert int(result.exit) == 0, result.pages
    assert scene.store.page(scene.guide).body == body_of(before)
    assert scene.pull().pages == () and scene.push().pages == ()


@pytest.mark.parametrize("row", [untracked, not_visible, moved_out])
def test_a_choice_without_another_side_is_refused(
    scene: Scene, row: Callable[[Scene], None]
) -> None:
    row(scene)
    for way, at in ((Way.THEIRS, None), (Way.OURS, 1)):
        (page,) = scene.pull(scene.path, way=way, at=at).pages
        assert page.outcome.value == "rejected" and page.error


def test_theirs_of_a_trashed_page_keeps_the_edit_in_the_trash(scene: Scene) -> None:
    gone_edited(scene)
    before = scene.text()
    (page,) = scene.pull(scene.path, way=Way.THEIRS).pages
    assert page.outcome.value == "deleted"
    assert (scene.root / ".confsync/trash" / scene.path).read_text() == before


def test_ours_keeps_what_it_gives_up_in_the_trash(scene: Scene) -> None:
    behind(scene)
    (page,) = scene.pull(GUIDE, way=Way.OURS, at=2).pages
    assert "a copy is in .confsync/trash" in page.typed(MIRROR).note
    assert "THEIRS" in (scene.root / ".confsync/trash" / GUIDE).read_text()


def test_a_landed_answer_is_no_restored_document(scene: Scene) -> None:
    """Only the commit of the stamp is taken back: the text is on the server, as it was pushed."""
    scene.edit("LAST", "MINE")
    scene.commit()
    scene.push()
    scene.commit()
    scene.git("revert", "--no-edit", "HEAD")
    scene.browser("FIRST", "THEIRS")
    assert [page.decision for page in scene.pull().pages] == ["landed"]
    assert "MINE" in scene.text() and "THEIRS" in scene.text()
