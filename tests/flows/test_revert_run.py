"""Taking back a whole push: texts, titles, labels, places and attachments, in the files first."""

from __future__ import annotations

import re
import shutil
import webbrowser
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
NOTES = "ENG/notes.xhtml"
BELOW = "ENG/guide/deep.xhtml"
FILES = "ENG/notes.attachments"
both = pytest.mark.parametrize("how", ["trail", "commit"])


def page_of(wiki: Sandbox, title: str) -> str:
    return next(page.id for page in wiki.store.pages("ENG") if page.title == title)


@pytest.fixture
def rich(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a committed mirror with labels and attachments: two pages, and one below the first."""
    store = wiki.store
    notes = store.create_page("ENG", "Notes", "<p>one</p>").id
    store.create_page("ENG", "Deep", "<p>deep</p>", parent=guide)
    store.add_labels(notes, ["kept", "old"])
    store.attach(notes, "a.csv", b"one")
    store.edit(notes, "<p>one</p><p>two</p><p>three</p>" + shown("a.csv"))
    configuration = desk.path(".confsync.yaml")
    configuration.write_text(configuration.read_text() + "labels: true\nattachments: true\n")
    desk("pull")
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    return desk


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a browser that opens every address."""
    monkeypatch.setattr(webbrowser, "open", lambda _: True)


def shown(name: str) -> str:
    return f'<p><ac:image><ri:attachment ri:filename="{name}" /></ac:image></p>'


def state(wiki: Sandbox) -> dict[str, object]:
    """Return the title, text, place, labels and files of each page."""
    store = wiki.store
    return {
        page.id: (
            page.title,
            page.body,
            page.parent_id,
            {label.name for label in store.labels(page.id)},
            {row.title: store.attachment_data(row.id) for row in store.attachments(page.id)},
        )
        for page in store.pages("ENG")
    }


@both
def test_all_that_a_push_changed_goes_back(wiki: Sandbox, rich: Desk, how: str) -> None:
    before, files = state(wiki), rich.files()
    rich.edit(NOTES, "title: Notes", "title: Minutes")
    rich.edit(NOTES, "<p>two</p>", "<p>2</p>")
    rich.edit(NOTES, "\nlabels: [kept, old]", "\nlabels: [kept, new]")
    rich.path(f"{FILES}/a.csv").write_bytes(b"two")
    rich.path("ENG/notes").mkdir()
    rich.git("mv", GUIDE, "ENG/notes/guide.xhtml")
    rich.git("mv", "ENG/guide", "ENG/notes/guide")
    rich("push", "--commit")
    assert state(wiki) != before
    if how == "commit":
        shutil.rmtree(rich.path(".confsync"))
    run = rich.json("revert", "--run", rich.last_run())
    assert run.outcomes == {NOTES: "modified", GUIDE: "moved"}
    assert set(rich.files()) == set(files)
    assert writes(wiki)[-1:] != []
    wiki.clear_requests()
    rich("push")
    assert state(wiki) == before


def test_the_last_push_needs_no_id(rich: Desk) -> None:
    assert "no push is known here" in rich("revert", "--run", "last", exit=2).err
    for port in ("8081", "8082"):
        rich.edit(GUIDE, "8080" if port == "8081" else "8081", port)
        rich("push")
    rich("revert", "--run", "last")
    assert "8081" in rich.text(GUIDE)


def test_only_files_change(wiki: Sandbox, rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    wiki.clear_requests()
    run = rich("revert", "--run", rich.last_run())
    assert writes(wiki) == []
    assert "8080" in rich.text(GUIDE)
    assert "confsync push --dry-run" in run.out + run.err


def check_two_reversals(wiki: Sandbox, desk: Desk) -> None:
    """Take the last push back, and then its reversal: the server is as after the push."""
    after = state(wiki)
    for _ in range(2):
        desk("revert", "--run", desk.last_run())
        desk("push")
    assert state(wiki) == after


def test_the_reversal_of_a_reversal_is_the_push_again(wiki: Sandbox, rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    check_two_reversals(wiki, rich)


def test_a_repeat_changes_nothing(rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich.edit(NOTES, "\nlabels: [kept, old]", "\nlabels: [kept]")
    rich("push")
    run = rich.last_run()
    rich("revert", "--run", run)
    once = rich.files()
    assert set(rich.json("revert", "--run", run).outcomes.values()) == {"unchanged"}
    assert rich.files() == once


def test_what_colleagues_wrote_since_stays(wiki: Sandbox, desk: Desk) -> None:
    """A push of many pages, of which colleagues edited some: apart, and at the same place."""
    text = "<p>first</p><p>old</p><p>between</p><p>more</p><p>last</p>"
    ids = [wiki.store.create_page("ENG", f"Page {n:02}", text).id for n in range(12)]
    desk("pull")
    desk("replace", "--text", "old", "new")
    desk("push", "--allow-mass-move")
    new = text.replace("old", "new")
    for page in ids[:2]:
        wiki.store.edit(page, new.replace("last", "hers"))
    for page in ids[2:4]:
        wiki.store.edit(page, new.replace("new", "newer"))
    desk("pull")
    run = desk.json("revert", "--run", desk.last_run(), exit=1)
    counts = {word: list(run.outcomes.values()).count(word) for word in ("modified", "conflicted")}
    assert counts == {"modified": 10, "conflicted": 2}
    for word in ("newer", "new", "old"):
        assert word in desk.text("ENG/page-02.xhtml")
    desk("push", exit=1)
    bodies = [re.findall("<p>(.*?)</p>", wiki.store.page(page).body) for page in ids]
    assert bodies[0] == ["first", "old", "between", "more", "hers"]
    assert bodies[2] == ["first", "newer", "between", "more", "last"]
    assert bodies[4:] == [["first", "old", "between", "more", "last"]] * 8


@both
@pytest.mark.parametrize("edited", [False, True])
def test_a_comment_on_what_a_push_wrote_stays(
    wiki: Sandbox, rich: Desk, guide: str, how: str, edited: bool
) -> None:
    """A comment gives a page no new version: the version of the push has it, too."""
    rich.edit(GUIDE, "8080", "8081")
    rich("push", "--commit")
    wiki.store.comment(guide, "9090")
    if edited:
        wiki.store.edit(guide, f"{wiki.store.page(guide).body}<p>hers</p>")
    rich("pull", "--refresh")
    if how == "commit":
        shutil.rmtree(rich.path(".confsync"))
    rich("revert", "--run", rich.last_run())
    rich("push")
    body = wiki.store.page(guide).body
    assert ">9090</ac:inline-comment-marker>" in body
    assert "8080" in body
    assert ("hers" in body) == edited


def test_a_comment_that_a_push_sent_goes_with_its_text(
    wiki: Sandbox, rich: Desk, guide: str
) -> None:
    """The paragraph with the comment comes by the first reversal, and goes by the second."""
    wiki.store.comment(guide, "9090")
    wiki.store.resolve(wiki.store.comments(guide)[-1].id)
    rich("pull", "--refresh")
    line = next(line for line in rich.text(GUIDE).split("\n") if "9090" in line)
    rich.edit(GUIDE, f"{line}\n", "")
    rich("push")
    check_two_reversals(wiki, rich)


def test_a_comment_on_the_text_of_a_push_is_a_conflict(
    wiki: Sandbox, rich: Desk, guide: str
) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    wiki.store.comment(guide, "8081")
    rich("pull", "--refresh")
    run = rich.json("revert", "--run", "last", exit=1)
    assert run.outcomes == {GUIDE: "conflicted"}


def test_a_conflict_can_be_taken_back(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("8081", "9000"))
    desk("pull")
    before = desk.text(GUIDE)
    name = desk.last_run()
    run = desk("revert", "--run", name, exit=1)
    assert "the page changed at the same place after that push" in run.out
    again = desk.json("revert", "--run", name, exit=1)
    assert again.outcomes == {GUIDE: "conflicted"}
    desk.follow(run, "confsync pull --abort")
    assert desk.text(GUIDE) == before


def test_created_and_deleted_pages_are_named(wiki: Sandbox, rich: Desk) -> None:
    rich("new", "ENG/new.xhtml", "--title", "New")
    rich.path(NOTES).unlink()
    rich("push", "--delete", "--commit")
    assert "Notes" not in {page.title for page in wiki.store.pages("ENG")}
    run = rich("revert", "--run", rich.last_run())
    assert "that push created its page" in run.out
    assert "that push deleted its page" in run.out
    rich.follow(run, "confsync restore")
    rich.follow(run, "confsync push --delete")
    assert {page.title for page in wiki.store.pages("ENG")} >= {"Notes", "Guide"}
    assert "New" not in {page.title for page in wiki.store.pages("ENG")}


def test_edits_are_not_overwritten(wiki: Sandbox, rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    rich.edit(GUIDE, "8081", "mine")
    before = rich.files()
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "it has edits that are not pushed" in run.out
    assert rich.files() == before
    rich.follow(run, "confsync diff")
    rich.follow(run, "confsync pull --theirs")
    assert "8081" in rich.text(GUIDE)


def test_a_document_that_cannot_be_read_is_named(rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    rich.edit(GUIDE, "title: Guide", "title: [")
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "cannot be read" in run.out
    rich.follow(run, "confsync check", exit=1)


def test_versions_that_have_other_numbers_now_are_not_taken_for_the_runs(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    """When an old version is deleted, each newer one takes the number before it."""
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    name = desk.last_run()
    for port in ("8082", "8083"):
        wiki.store.edit(guide, wiki.store.page(guide).body.replace("8081", port))
    wiki.store.delete_version(guide, 1)
    desk("pull")
    before = desk.text(GUIDE)
    run = desk("revert", "--run", name, exit=1)
    assert "v2 is not what that push wrote: older versions were deleted" in run.out
    assert desk.text(GUIDE) == before
    desk.follow(run, "confsync log")


def test_a_document_that_is_older_than_the_run_is_pulled_first(
    wiki: Sandbox, rich: Desk, guide: str
) -> None:
    old = rich.path(GUIDE).read_bytes()
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    rich.path(GUIDE).write_bytes(old)
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "it is based on v1, and that push wrote v2" in run.out
    assert rich.path(GUIDE).read_bytes() == old
    rich.follow(run, "confsync pull")
    rich("revert", "--run", rich.last_run())
    assert "8080" in rich.text(GUIDE)


def test_a_document_that_is_not_here_is_named(rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    rich.path(GUIDE).unlink()
    shutil.rmtree(rich.path(".git"))
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "its document is not here" in run.out
    rich.follow(run, "confsync pull")
    rich("revert", "--run", rich.last_run())
    assert "8080" in rich.text(GUIDE)


def test_named_documents_alone_go_back(rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich.edit(NOTES, "<p>two</p>", "<p>2</p>")
    rich("push")
    run = rich.json("revert", "--run", rich.last_run(), NOTES)
    assert run.outcomes == {NOTES: "modified"}
    assert "8081" in rich.text(GUIDE)


def test_without_trail_and_commit_the_versions_tell(wiki: Sandbox, rich: Desk) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    name = rich.last_run()
    shutil.rmtree(rich.path(".confsync"))
    run = rich("revert", "--run", name, exit=2)
    assert f"no push with the id '{name}' is known here" in run.err
    assert rich.json("revert", "--run", name, GUIDE).outcomes == {GUIDE: "modified"}
    assert "8080" in rich.text(GUIDE)
    rich.follow(run, "confsync log --runs")


def test_a_first_version_is_no_proof_that_a_push_created_the_page(
    wiki: Sandbox, rich: Desk, guide: str
) -> None:
    rich.edit(GUIDE, "8080", "8081")
    rich("push")
    name = rich.last_run()
    shutil.rmtree(rich.path(".confsync"))
    wiki.store.delete_version(guide, 1)
    before = rich.files()
    run = rich("revert", "--run", name, GUIDE)
    assert "v1 is of that push: it created the page, or older versions were deleted" in run.out
    assert "push --delete" not in run.out + run.err
    assert rich.files() == before
    rich.follow(run, "confsync log")


def test_a_title_that_changed_again_stays(wiki: Sandbox, rich: Desk, guide: str) -> None:
    rich.edit(GUIDE, "title: Guide", "title: Handbook")
    rich("push")
    wiki.store.edit(guide, wiki.store.page(guide).body, title="Manual")
    rich("pull")
    path = next(
        p for p in rich.files() if p.startswith("ENG/") and b"title: Manual" in rich.files()[p]
    )
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "that push changed the title to 'Handbook', and now it is 'Manual'" in run.out
    assert "title: Manual" in rich.text(path)
    rich.follow(run, "confsync show")


def test_an_attachment_that_changed_again_stays(wiki: Sandbox, rich: Desk) -> None:
    rich.path(f"{FILES}/a.csv").write_bytes(b"two")
    rich("push", "--commit")
    notes = page_of(wiki, "Notes")
    (row,) = wiki.store.attachments(notes)
    wiki.store.replace_attachment(row.id, b"hers")
    rich("pull")
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "attachment 'a.csv' changed after that push, and stays" in run.out
    assert rich.path(f"{FILES}/a.csv").read_bytes() == b"hers"


def test_an_attachment_that_git_lacks_is_named(rich: Desk) -> None:
    shutil.rmtree(rich.path(".git"))
    rich.path(f"{FILES}/a.csv").write_bytes(b"two")
    rich("push")
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "git does not have the earlier bytes of attachment 'a.csv'" in run.out
    assert rich.path(f"{FILES}/a.csv").read_bytes() == b"two"
    rich.follow(run, "confsync open")


def test_a_new_attachment_goes_and_a_deleted_one_comes_back(wiki: Sandbox, rich: Desk) -> None:
    before = state(wiki)
    rich.edit(NOTES, '"a.csv" />', '"b.csv" />')
    rich.path(f"{FILES}/a.csv").unlink()
    rich.path(f"{FILES}/b.csv").write_bytes(b"new")
    rich("push", "--delete", "--commit")
    assert state(wiki) != before
    run = rich("revert", "--run", rich.last_run())
    assert sorted(path.name for path in rich.path(FILES).iterdir()) == ["a.csv"]
    rich.follow(run, "confsync push --delete")
    assert state(wiki) == before


def _child_up_and_parent_down(desk: Desk) -> None:
    desk.path("ENG/notes").mkdir()
    desk.git("mv", GUIDE, "ENG/notes/guide.xhtml")
    desk.git("mv", BELOW, "ENG/deep.xhtml")


def _parent_below_its_child(desk: Desk) -> None:
    desk.git("mv", BELOW, "ENG/deep.xhtml")
    desk.path("ENG/deep").mkdir()
    desk.git("mv", GUIDE, "ENG/deep/guide.xhtml")


def _with_an_edited_child(desk: Desk) -> None:
    desk.edit(BELOW, "deep", "deeper")
    desk.path("ENG/notes").mkdir()
    desk.git("mv", GUIDE, "ENG/notes/guide.xhtml")
    desk.git("mv", "ENG/guide", "ENG/notes/guide")


@pytest.mark.parametrize(
    "change", [_child_up_and_parent_down, _parent_below_its_child, _with_an_edited_child]
)
@both
def test_a_page_goes_back_after_the_page_above_its_former_place(
    wiki: Sandbox, rich: Desk, change: Callable[[Desk], None], how: str
) -> None:
    before, files = state(wiki), set(rich.files())
    change(rich)
    rich("push", "--commit")
    name = rich.last_run()
    if how == "commit":
        shutil.rmtree(rich.path(".confsync"))
    run = rich.json("revert", "--run", name)
    assert run.outcomes == {
        GUIDE: "moved",
        BELOW: "modified" if "edited" in change.__name__ else "moved",
    }
    assert set(rich.files()) == files
    rich("push")
    assert state(wiki) == before


def test_a_place_that_is_gone_is_named(wiki: Sandbox, rich: Desk) -> None:
    rich.git("mv", BELOW, "ENG/deep.xhtml")
    rich("push", "--commit")
    name = rich.last_run()
    rich.path(GUIDE).unlink()
    rich("push", "--delete", "--commit")
    run = rich("revert", "--run", name, exit=1)
    assert "the document of its former parent is not here" in run.out
    assert rich.path("ENG/deep.xhtml").exists()
    rich.follow(run, "confsync open")
    rich("pull")


def test_a_document_on_its_way_elsewhere_stays(wiki: Sandbox, rich: Desk) -> None:
    rich.git("mv", BELOW, "ENG/deep.xhtml")
    rich("push", "--commit")
    rich.path("ENG/notes").mkdir()
    rich.git("mv", "ENG/deep.xhtml", "ENG/notes/deep.xhtml")
    run = rich("revert", "--run", rich.last_run(), exit=1)
    assert "its move to another place is not finished" in run.out
    assert rich.path("ENG/notes/deep.xhtml").exists()
    rich.follow(run, "confsync status")


def test_a_document_that_moved_again_stays(wiki: Sandbox, rich: Desk) -> None:
    rich.git("mv", BELOW, "ENG/deep.xhtml")
    rich("push", "--commit")
    name = rich.last_run()
    wiki.store.edit(page_of(wiki, "Deep"), "<p>deep</p>", parent=page_of(wiki, "Notes"))
    rich("pull")
    run = rich("revert", "--run", name, exit=1)
    assert "it was moved again after that push" in run.out
    assert rich.path("ENG/notes/deep.xhtml").exists()


def test_the_options_exclude_each_other(desk: Desk) -> None:
    assert "exclude each other" in desk("revert", "--run", "a", "--to", "1", GUIDE, exit=2).err
    run = desk("revert", exit=2)
    assert "revert needs documents, or --run" in run.err
    desk.follow(run, "confsync log --runs")
