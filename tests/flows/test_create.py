"""Creating: parents before children, a taken title is told, a lost answer doubles nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, quiet, writes

NEW = "ENG/guide/ports.xhtml"
MACRO = '<ac:structured-macro ac:name="toc"/>'


def write(desk: Desk, name: str, title: str, body: str = "<p>new</p>", more: str = "") -> None:
    desk.path(name).parent.mkdir(parents=True, exist_ok=True)
    desk.path(name).write_text(f"---\n# mine\ntitle: {title}\n{more}---\n{body}\n")


def titled(wiki: Sandbox, title: str) -> list[str]:
    return [page.id for page in wiki.store.pages("ENG") if page.title == title]


def test_a_new_document_becomes_a_page_below_the_one_it_stands_below(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk("new", NEW, "--title", "Ports: all")
    desk.edit(NEW, "<p />", f"<p>8080</p>{MACRO}")
    assert desk.json("status").outcomes == {NEW: "untracked"}
    assert desk.json("push", "--dry-run").outcomes == {NEW: "created"}
    assert titled(wiki, "Ports: all") == []
    run = desk.json("push", "-m", "first")
    assert run.outcomes == {NEW: "created"}
    (page,) = titled(wiki, "Ports: all")
    now = wiki.store.page(page)
    assert now.parent_id == guide
    assert now.message.endswith("] first")
    assert f'id: "{page}"' in desk.text(NEW)
    assert "ac:macro-id=" in desk.text(NEW)
    quiet(wiki, desk)


def test_the_users_front_matter_survives_creation(wiki: Sandbox, desk: Desk) -> None:
    write(desk, NEW, "Ports", more="owner: 'me'   # keep\n")
    desk("push")
    assert desk.text(NEW).startswith(
        "---\n# mine\ntitle: Ports\nowner: 'me'   # keep\nconfluence:\n"
    )


def test_parents_are_created_before_their_children(wiki: Sandbox, desk: Desk) -> None:
    write(desk, "ENG/a/b/c.xhtml", "C")
    write(desk, "ENG/a/b.xhtml", "B")
    write(desk, "ENG/a.xhtml", "A")
    assert set(desk.json("push", "-n").outcomes.values()) == {"created"}
    run = desk.json("push")
    assert set(run.outcomes.values()) == {"created"}
    by_title = {page.title: page for page in wiki.store.pages("ENG")}
    assert by_title["A"].parent_id == wiki.store.space("ENG").homepage_id
    assert by_title["B"].parent_id == by_title["A"].id
    assert by_title["C"].parent_id == by_title["B"].id
    quiet(wiki, desk)


def test_a_directory_that_belongs_to_no_page_is_no_place(wiki: Sandbox, desk: Desk) -> None:
    write(desk, "ENG/nowhere/new.xhtml", "New")
    run = desk.json("push", exit=1)
    assert "belongs to no page" in run.data["pages"][0]["error"]
    assert writes(wiki) == []


@pytest.mark.parametrize("title", ["Later", "lATER"])
@pytest.mark.parametrize("archived", [False, True])
def test_a_title_that_is_taken_names_the_other_page(
    wiki: Sandbox, desk: Desk, title: str, archived: bool
) -> None:
    """A page that has no document here yet; of any other the mirror tells."""
    later = wiki.store.create_page("ENG", "Later", "<p>later</p>").id
    if archived:
        wiki.store.archive(later)
    before = wiki.store.page(later)
    write(desk, "ENG/other.xhtml", title)
    files = desk.files()
    run = desk.json("push", exit=1)
    where = " (archived)" if archived else ""
    error = run.data["pages"][0]["error"]
    assert error == f"the title '{title}' belongs to page {later}{where} already"
    assert desk.files() == files
    assert wiki.store.page(later) == before


def test_a_taken_title_stops_its_children_and_no_other_page(wiki: Sandbox, desk: Desk) -> None:
    write(desk, "ENG/a.xhtml", "Guide")
    write(desk, "ENG/a/b.xhtml", "B")
    write(desk, "ENG/c.xhtml", "C")
    run = desk.json("push", exit=1)
    assert run.outcomes == {
        "ENG/a.xhtml": "rejected",
        "ENG/a/b.xhtml": "skipped",
        "ENG/c.xhtml": "created",
    }


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("body", ["<p>new</p>", f"<p>new</p>{MACRO}<p></p><b>x</b>"])
def test_a_lost_answer_is_found_again_and_not_doubled(
    wiki: Sandbox, desk: Desk, drop: bool, body: str
) -> None:
    wiki.faults.drop_message_on_create = drop
    wiki.faults.lose_response = lambda method, path: method == "POST"
    write(desk, NEW, "Ports", body)
    desk("push")
    wiki.faults.lose_response = None
    assert len(titled(wiki, "Ports")) == 1
    quiet(wiki, desk)


@pytest.mark.parametrize("drop", [False, True])
def test_a_creation_whose_answer_was_lost_is_adopted_by_the_next_push(
    wiki: Sandbox, desk: Desk, drop: bool
) -> None:
    wiki.faults.drop_message_on_create = drop
    cut: list[str] = []

    def lose_everything_from_the_post_on(method: str, path: str) -> bool:
        cut.extend([path] if method == "POST" and not path.endswith("users-bulk") else [])
        return bool(cut)

    wiki.faults.lose_response = lose_everything_from_the_post_on
    write(desk, NEW, "Ports", f"<p>new</p>{MACRO}")
    desk("push", exit=3)
    wiki.faults.lose_response = None
    run = desk.json("pull")
    assert run.outcomes == {NEW: "skipped"}
    assert desk.json("push").outcomes == {NEW: "created"}
    assert len(titled(wiki, "Ports")) == 1
    quiet(wiki, desk)


def test_a_colleagues_page_of_that_title_and_text_is_not_adopted(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    theirs = wiki.store.create_page("ENG", "Ports", "<p>new</p>", parent=guide, author="Ana").id
    write(desk, NEW, "Ports")
    desk("push", exit=1)
    assert "confluence:" not in desk.text(NEW)
    assert wiki.store.page(theirs).version == 1


def test_a_page_that_was_edited_after_our_lost_creation_is_not_adopted(
    wiki: Sandbox, desk: Desk
) -> None:
    wiki.faults.lose_response = lambda method, path: method == "POST"
    cut: list[str] = []
    wiki.faults.refuse = lambda method, path: (
        503 if cut else (cut.append(path) if method == "POST" else None)  # type: ignore[func-returns-value]
    )
    write(desk, NEW, "Ports")
    desk("push", exit=3)
    wiki.faults.refuse = wiki.faults.lose_response = None
    (page,) = titled(wiki, "Ports")
    wiki.store.edit(page, "<p>theirs</p>", author="Ana")
    desk.path(".confsync/in-doubt").unlink()  # with the note it is settled as version 1
    desk("push", exit=1)
    assert wiki.store.page(page).body == "<p>theirs</p>"


def test_a_file_that_is_edited_while_its_page_is_created_is_left_alone(
    wiki: Sandbox, desk: Desk
) -> None:
    write(desk, NEW, "Ports")

    def editor(method: str, path: str) -> None:
        if method == "POST":
            wiki.faults.before = None
            desk.edit(NEW, "<p>new</p>", "<p>newer</p>")

    wiki.faults.before = editor
    run = desk.json("push", exit=4)
    assert "stays unchanged" in run.data["pages"][0]["error"]
    assert "newer" in desk.text(NEW)


def test_bad_text_is_not_created(wiki: Sandbox, desk: Desk) -> None:
    write(desk, NEW, "Ports", "<p>open")
    assert desk.json("push", exit=1).outcomes == {NEW: "rejected"}
    assert wiki.requests == []


def test_many_creations_with_every_answer_lost(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at()
    for n in range(12):
        write(desk, f"ENG/new-{n}.xhtml", f"New {n}", f"<p>{n}</p>{MACRO}")
    wiki.faults.lose_response = lambda method, path: method == "POST"
    desk("push", exit=None)
    desk("push", exit=None)
    wiki.faults.lose_response = None
    desk("push")
    assert {len(titled(wiki, f"New {n}")) for n in range(12)} == {1}
    assert {page.version for page in wiki.store.pages("ENG")} == {1}
    quiet(wiki, desk)


def test_new_is_only_for_places_in_the_mirror(wiki: Sandbox, desk: Desk) -> None:
    files = desk.files()
    for name, code in (("elsewhere/x.xhtml", 2), ("ENG/x.txt", 2), ("ENG/guide.xhtml", 4)):
        desk("new", name, "--title", "X", exit=code)
    desk("new", "ENG/x.xhtml", "--title", " ", exit=2)
    assert desk.files() == files


def test_of_two_documents_that_say_the_same_one_becomes_the_page(wiki: Sandbox, desk: Desk) -> None:
    """The other one's title is taken, by a page that is not what became of a lost creation."""
    for name in ("ENG/a.xhtml", "ENG/b.xhtml"):
        write(desk, name, "Double")
    run = desk.json("push", exit=1)
    assert run.outcomes == {"ENG/a.xhtml": "created", "ENG/b.xhtml": "rejected"}
    assert len(titled(wiki, "Double")) == 1
    assert "confluence:" not in desk.text("ENG/b.xhtml")
