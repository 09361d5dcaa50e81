"""Documents that look as if git put them back (row 2d), and are not; and the ones that are.

Each is ordinary life with git: a pull that refused here would be in everybody's way.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from confsync.mirror.config_file import dump
from confsync.model.config import SpaceConfig
from confsync.pull.resolve.resolution import Way
from confsync.sync import fetch
from tests.flows.scene import CONFIG, GUIDE, Scene


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(fetch, "PAUSES", (0.0,))
    return Scene(tmp_path / "mirror")


def settled(scene: Scene) -> None:
    """Nothing more to do or to tell, on either side."""
    assert scene.pull().pages == () and scene.push().pages == ()
    assert scene.status() == {} and scene.status(remote=True) == {}


def test_a_revert_that_was_thought_over(scene: Scene) -> None:
    """revert, --theirs, commit, a colleague's edit: that comes as ever."""
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.pull(GUIDE, way=Way.THEIRS)
    scene.commit()
    settled(scene)
    scene.browser("FIRST", "THEIRS")
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    assert "MINE" in scene.text() and "THEIRS" in scene.text()


def test_a_revert_that_was_reverted(scene: Scene) -> None:
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.git("revert", "--no-edit", "HEAD")
    scene.browser("FIRST", "THEIRS")
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    settled(scene)


def went_back(scene: Scene, *words: str) -> None:
    """Restore the server from a backup of v1, and edit it since."""
    while (now := scene.store.page(scene.guide)).version > 1:
        first = scene.store.versions(scene.guide)[0]
        scene.store.edit(scene.guide, first.body, author="backup", raw=True)
        scene.store.delete_version(scene.guide, now.version)
        scene.store.delete_version(scene.guide, 1)
    for word in words:
        scene.browser("FIRST", word)


@pytest.mark.parametrize("edits", [0, 1, 2, 3])
def test_a_server_that_was_restored_from_a_backup(scene: Scene, edits: int) -> None:
    """Its v2 is not that of the stamp: with fewer versions than before, as many, and more."""
    scene.settle("LAST", "MINE")  # v2
    went_back(scene)
    assert scene.store.page(scene.guide).version == 1
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    scene.commit()
    for number in range(edits):
        scene.browser("between", f"between {number}")
    found = scene.told(scene.pull())
    assert found == ({GUIDE: "pulled"} if edits else {})
    assert scene.push().pages == ()
    assert scene.status(remote=True) == {}


def test_a_pull_may_write_an_older_version_without_a_question(scene: Scene) -> None:
    """The pull's own v1 is not committed yet, and HEAD has v2."""
    scene.settle("LAST", "MINE")
    went_back(scene)
    scene.pull()
    for number in range(3):
        scene.browser("between", f"between {number}")
        assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    assert scene.push().pages == ()


def test_what_the_server_does_not_confirm_is_told_by_no_status(scene: Scene) -> None:
    """A pull has asked the server: status, which does not ask the server, no longer guesses."""
    scene.settle("LAST", "MINE")
    went_back(scene)
    scene.pull()
    scene.commit()
    assert scene.pull().pages == ()
    assert scene.status() == {}
    assert scene.push().pages == ()
    shutil.rmtree(scene.root / ".confsync")  # a cache: without it, status guesses once more
    assert scene.status() == {GUIDE: "restored"}
    scene.pull()
    assert scene.status() == {}


def test_a_branch_switch_to_an_older_commit(scene: Scene) -> None:
    scene.settle("LAST", "MINE")
    scene.git("checkout", "-q", "HEAD~1")
    assert scene.status() == {}
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    assert "MINE" in scene.text()


def test_two_branches_of_which_one_is_behind(scene: Scene) -> None:
    scene.git("branch", "other")
    scene.settle("LAST", "MINE")
    scene.git("checkout", "-q", "other")
    (scene.root / "notes.txt").write_text("x")
    scene.commit()
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    scene.commit()
    scene.git("merge", "-q", "-m", "x", "main")
    settled(scene)


def test_a_branch_of_the_history_that_is_merged_with_an_older_side_line(scene: Scene) -> None:
    """`confluence/KEY` has the versions, and a side line begins before them."""
    scene.git("branch", "side")
    scene.git("branch", "confluence/ENG")
    scene.git("checkout", "-q", "confluence/ENG")
    for number in range(3):
        scene.browser("between", f"between {number}")
        scene.pull()
        scene.commit()
    scene.git("checkout", "-q", "side")
    (scene.root / "notes.txt").write_text("x")
    scene.commit()
    scene.git("merge", "-q", "-m", "x", "confluence/ENG")
    settled(scene)
    scene.browser("FIRST", "THEIRS")
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}


def test_two_mirrors_of_one_page_in_one_repository(scene: Scene, tmp_path: Path) -> None:
    """One mirror's file is older, which concerns the other mirror alone."""
    other = Scene.__new__(Scene)
    other.__dict__.update(scene.__dict__)
    other.root = scene.root / "second"
    other.root.mkdir()
    (other.root / ".confsync.yaml").write_text(dump(CONFIG))
    other.pull()
    scene.commit()
    scene.settle("LAST", "MINE")
    assert other.status() == {}
    assert other.told(other.pull()) == {GUIDE: "pulled"}
    assert "MINE" in other.text()


def test_versions_that_are_renumbered_downwards(scene: Scene) -> None:
    for number in range(3):
        scene.browser("between", f"between {number}")
    scene.pull()
    scene.commit()
    scene.store.delete_version(scene.guide, 1)
    assert scene.told(scene.pull()) == {GUIDE: "restamped"}
    settled(scene)
    for word in ("FIRST", "THEIRS"):
        scene.browser(word, "THEIRS and more")
        assert scene.told(scene.pull()) == {GUIDE: "pulled"}
        settled(scene)


def test_a_renumbered_edit(scene: Scene) -> None:
    """An old version is deleted and a new one made: the number says nothing."""
    for number in range(3):
        scene.browser("between", f"between {number}")
    scene.pull()
    scene.commit()
    for _ in range(2):
        scene.store.delete_version(scene.guide, 1)
    scene.browser("FIRST", "THEIRS")
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    scene.browser("THEIRS", "THEIRS again")
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    settled(scene)


@pytest.mark.parametrize("pulls", [0, 1])
def test_a_revert_after_the_server_went_back_is_restored_all_the_same(
    scene: Scene, pulls: int
) -> None:
    """Git knows v4 from before the backup, which the server never confirms; v2 is the true one."""
    for number in range(3):
        scene.browser("between", f"between {number}")
    scene.pull()
    scene.commit()
    went_back(scene)
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    scene.commit()
    scene.settle("LAST", "MINE")  # v2, over v1
    scene.git("revert", "--no-edit", "HEAD")
    for _ in range(pulls):
        assert scene.told(scene.pull()) == {GUIDE: "rejected"}
        assert scene.status() == {GUIDE: "restored"}
    (page,) = scene.push().pages
    assert page.decision == "restored" and "git has v2" in page.error
    assert "MINE" not in scene.text() and "MINE" in scene.store.page(scene.guide).body


def test_a_document_that_is_renamed_in_git(scene: Scene) -> None:
    scene.settle("LAST", "MINE")
    scene.git("mv", GUIDE, "ENG/handbook.xhtml")
    scene.commit()
    settled(scene)
    scene.browser("FIRST", "THEIRS")
    assert scene.told(scene.pull()) == {"ENG/handbook.xhtml": "pulled"}


def test_pulls_and_pushes_without_commits(scene: Scene) -> None:
    for number in range(3):
        scene.browser("between", f"between {number}")
        assert scene.told(scene.pull()) == {GUIDE: "pulled"}
        scene.edit("LAST", f"LAST {number}") if not number else None
        scene.push()
    settled(scene)


def test_an_edit_on_an_older_branch_diverges_as_ever(scene: Scene) -> None:
    scene.git("branch", "other")
    scene.settle("FIRST", "THEIRS")
    scene.git("checkout", "-q", "other")
    scene.edit("LAST", "MINE")
    scene.commit()
    (page,) = scene.push().pages
    assert page.decision == "diverged"
    scene.pull(way=Way.MERGE)
    assert "MINE" in scene.text() and "THEIRS" in scene.text()


# -- and what is one ------------------------------------------------------------------------------


def sides(scene: Scene, how: str) -> None:
    """Each way in which git puts an older document back. MINE is pushed, and taken back."""
    scene.settle("LAST", "MINE")
    match how:
        case "revert":
            scene.git("revert", "--no-edit", "HEAD")
        case "revert, uncommitted":
            scene.git("revert", "--no-commit", "HEAD")
        case "checkout OLD -- page":
            scene.git("checkout", "HEAD~1", "--", GUIDE)
        case "merge -s ours":
            scene.git("checkout", "-qb", "side", "HEAD~1")
            scene.git("merge", "-q", "-s", "ours", "-m", "x", "main")
        case "reset --soft":
            scene.git("checkout", "-q", "--detach", "HEAD~1")
            scene.git("reset", "-q", "--soft", "main")
        case "below another name":
            scene.git("mv", GUIDE, "ENG/handbook.xhtml")
            scene.commit()
            scene.path = "ENG/handbook.xhtml"
            old = subprocess.run(
                ["git", "show", f"HEAD~2:{GUIDE}"], cwd=scene.root, check=True, capture_output=True
            )
            (scene.root / scene.path).write_bytes(old.stdout)


WAYS = (
    "revert",
    "revert, uncommitted",
    "checkout OLD -- page",
    "merge -s ours",
    "reset --soft",
    "below another name",
)


@pytest.mark.parametrize("how", WAYS)
def test_each_way_in_which_git_puts_a_document_back_is_an_edit(scene: Scene, how: str) -> None:
    sides(scene, how)
    before = scene.text()
    assert "LAST" in before
    assert scene.status() == {scene.path: "restored"}
    assert scene.status(remote=True) == {scene.path: "restored"}
    for run in (scene.pull, scene.push):
        (page,) = run().pages
        assert (page.decision, page.outcome.value, int(page.exit)) == ("restored", "rejected", 1)
    assert scene.text() == before
    scene.pull(scene.path, way=Way.OURS, at=2)
    assert scene.told(scene.push()) == {scene.path: "updated"}
    assert "LAST" in scene.store.page(scene.guide).body
    assert scene.store.page(scene.guide).version == 3
    settled(scene)


@pytest.mark.parametrize("later", [0, 1])
def test_a_comment_on_the_version_that_was_taken_back_changes_nothing(
    scene: Scene, later: int
) -> None:
    """An inline comment writes its marker into the version, without a new number."""
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.store.comment(scene.guide, "FIRST")
    for _ in range(later):
        scene.browser("between", "in between")
    (page,) = scene.pull().pages
    assert page.decision == "restored"


def test_a_version_that_is_gone_counts_as_confirmed(scene: Scene) -> None:
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.browser("FIRST", "THEIRS")
    scene.remote.old_page = lambda page_id, version: scene.remote.page("7")  # type: ignore[method-assign]
    (page,) = scene.pull().pages
    assert page.decision == "restored"


def test_what_was_taken_back_and_made_again_here_is_no_edit(scene: Scene) -> None:
    """The file has the server's text, with any stamp."""
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.edit("LAST", "MINE")
    assert scene.status() == {GUIDE: "modified"}
    assert scene.told(scene.pull()) == {GUIDE: "restamped"}
    settled(scene)


def test_a_merge_begins_at_the_newer_stamp_and_never_at_the_older(scene: Scene) -> None:
    """A revert that is edited once more keeps both through --merge."""
    scene.settle("FIRST", "THEIRS")
    scene.git("revert", "--no-edit", "HEAD")
    scene.edit("LAST", "MINE")
    scene.browser("between", "in between")
    assert scene.told(scene.pull(way=Way.MERGE)) == {GUIDE: "merged"}
    text = scene.text()
    assert "FIRST" in text and "MINE" in text and "in between" in text and "THEIRS" not in text
    scene.push()
    settled(scene)


def test_the_place_and_the_labels_are_put_back_too(tmp_path: Path) -> None:
    config = CONFIG._replace(labels=True)
    scene = Scene(tmp_path / "mirror", config=config)
    parent = scene.store.create_page("ENG", "Ops", "<p>ops</p>").id
    scene.pull()
    scene.edit("labels: []\nconf", "labels: [ops]\nconf")
    scene.push()
    scene.commit()
    (scene.root / "ENG/ops").mkdir()
    scene.git("mv", GUIDE, "ENG/ops/guide.xhtml")
    scene.path = "ENG/ops/guide.xhtml"
    scene.edit("labels: [ops]\nconf", "labels: [mine]\nconf")
    scene.edit("LAST", "MINE")
    scene.push()
    scene.commit()
    assert scene.store.page(scene.guide).parent_id == parent
    scene.git("revert", "--no-edit", "HEAD")
    scene.path = GUIDE
    before = scene.text()
    assert scene.told(scene.pull()) == {GUIDE: "rejected"}
    assert scene.text() == before
    scene.pull(GUIDE, way=Way.OURS, at=scene.store.page(scene.guide).version)
    assert scene.told(scene.push()) == {GUIDE: "updated"}
    page = scene.store.page(scene.guide)
    assert page.parent_id != parent and [one.name for one in scene.store.labels(page.id)] == ["ops"]
    assert scene.pull().pages == () and scene.push().pages == ()


def moved(scene: Scene) -> str:
    """Move the page below another one, push and commit that, and revert it: a version by place."""
    parent = scene.store.create_page("ENG", "Ops", "<p>ops</p>").id
    scene.pull()
    scene.commit()
    (scene.root / "ENG/ops").mkdir()
    scene.git("mv", GUIDE, "ENG/ops/guide.xhtml")
    scene.push()
    scene.commit()
    assert scene.store.page(scene.guide).parent_id == parent
    scene.git("revert", "--no-edit", "HEAD")
    return parent


def test_a_move_alone_is_put_back_too(scene: Scene) -> None:
    """The move leaves the digest as it was, so the parent in the stamp tells."""
    parent = moved(scene)
    assert scene.status() == {GUIDE: "restored"}
    assert scene.told(scene.pull()) == {GUIDE: "rejected"}
    assert scene.told(scene.push()) == {GUIDE: "rejected"}
    scene.pull(GUIDE, way=Way.OURS, at=2)
    assert scene.told(scene.push()) == {GUIDE: "moved"}
    assert scene.store.page(scene.guide).parent_id != parent
    settled(scene)


def test_theirs_takes_the_servers_place_with_the_next_full_pull(scene: Scene) -> None:
    moved(scene)
    (page,) = scene.pull(GUIDE, way=Way.THEIRS).pages
    assert "'confsync pull' without a path brings the server's place" in page.note
    assert scene.push().pages == ()
    assert scene.told(scene.pull()) == {"ENG/ops/guide.xhtml": "moved"}
    settled(scene)


def test_a_revert_of_many_is_refused_page_by_page_and_others_are_pulled(scene: Scene) -> None:
    other = scene.store.create_page("ENG", "Other", "<p>other</p>", raw=True).id
    scene.pull()
    scene.commit()
    scene.settle("LAST", "MINE")
    scene.git("revert", "--no-edit", "HEAD")
    scene.store.edit(other, "<p>new</p>", author="Ana")
    assert scene.told(scene.pull()) == {GUIDE: "rejected", "ENG/other.xhtml": "pulled"}


def test_a_blog_post_is_put_back_like_a_page(tmp_path: Path) -> None:
    spaces = (SpaceConfig("ENG", "ENG", blog=True), SpaceConfig("ENG", "ENG/blog", posts=True))
    scene = Scene(tmp_path / "mirror", config=CONFIG._replace(spaces=spaces))
    post = scene.store.create_post("ENG", "News", "<p>news</p>")
    scene.pull()
    scene.commit()
    scene.path = next(p for p in scene.status_paths() if p.endswith("news.xhtml"))
    scene.guide = post.id
    scene.settle("news</p>", "MINE</p>")
    scene.git("revert", "--no-edit", "HEAD")
    assert scene.status() == {scene.path: "restored"}
    assert scene.told(scene.pull()) == {scene.path: "rejected"}
    assert scene.told(scene.push()) == {scene.path: "rejected"}
    scene.pull(scene.path, way=Way.OURS, at=2)
    assert scene.told(scene.push()) == {scene.path: "updated"}


def test_what_head_has_counts_before_what_the_named_revision_alone_has(scene: Scene) -> None:
    """`push --since REV`: HEAD itself does not reach v3, and v2 is what was put back."""
    scene.settle("between", "in between")
    scene.git("branch", "base")
    scene.settle("LAST", "MINE")
    scene.git("checkout", "-qb", "side", "base")
    old = subprocess.run(
        ["git", "show", f"HEAD~1:{GUIDE}"], cwd=scene.root, check=True, capture_output=True
    )
    (scene.root / GUIDE).write_bytes(old.stdout)
    scene.commit()
    (page,) = scene.push(since="main").pages
    assert page.decision == "restored"
    assert page.error == "git has v2 and put the file back to v1, the server has v3"
    assert "--merge" in page.hint and "--ours" not in page.hint, "v3 is not merged here yet"


def test_nothing_is_asked_for_where_nothing_was_put_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No old version is read: not for a pull, nor a status, nor a push."""

    def blow_up(*_: object) -> None:
        raise AssertionError("an old version is asked for")

    monkeypatch.setattr(scene.remote, "old_page", blow_up)
    scene.settle("LAST", "MINE")
    scene.browser("FIRST", "THEIRS")
    scene.status(remote=True)
    scene.pull()
    scene.commit()
    went_back(scene)
    assert scene.told(scene.pull()) == {GUIDE: "pulled"}
    settled(scene)


def test_a_status_that_said_clean_does_not_hide_it(scene: Scene) -> None:
    """HEAD moves and no file changes: the snapshot of the last status holds no more."""
    import time

    from confsync.mirror import snapshot

    scene.settle("LAST", "MINE")
    scene.git("checkout", "-q", "--detach", "HEAD~1")
    time.sleep(0.03)
    assert scene.status() == {}
    assert snapshot.clean(scene.root) == 2
    scene.git("merge", "-q", "-s", "ours", "-m", "x", "main")
    assert snapshot.clean(scene.root) is None
    assert scene.status() == {GUIDE: "restored"}
    assert snapshot.clean(scene.root) is None
    scene.git("reset", "-q", "--soft", "HEAD~1")
    assert scene.status() == {}
    assert snapshot.clean(scene.root) == 2
