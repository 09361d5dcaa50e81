"""Words of outcomes: both paths of a move, versions beside what else was sent, reasons apart."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, quiet

GUIDE = "ENG/guide.xhtml"
CHILD = "ENG/guide/child.xhtml"
OTHER = "ENG/other.xhtml"
FILES = "ENG/guide.attachments"


@pytest.fixture
def child(wiki: Sandbox, guide: str) -> str:
    wiki.store.create_page("ENG", "Other", "<p>other</p>", raw=True)
    return wiki.store.create_page("ENG", "Child", "<p>child</p>", parent=guide, raw=True).id


@pytest.fixture
def desk(child: str, desk_at: Callable[..., Desk]) -> Desk:
    return desk_at()


def attach(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """Give the guide a file of Ana's, and pull it."""
    wiki.store.attach(guide, "a.txt", b"first", author="Ana")
    desk.path(".confsync.yaml").write_text(desk.text(".confsync.yaml") + "attachments: true\n")
    desk("pull")


def type_hint(desk: Desk, err: str, number: int = 0) -> None:
    """Type a command of the first hint, as a shell reads it."""
    (hint, *_) = [line for line in err.splitlines() if line.startswith("hint: ")]
    words = shlex.split(hint.split("'")[2 * number + 1])
    if words[0] == "confsync":
        desk(*words[1:])
    else:
        assert words[0] == "mv"
        desk.path(words[1]).rename(desk.path(words[2]))


# -- moves and renames -----------------------------------------------------------------------------


def test_a_push_tells_a_move_and_a_new_title_apart_from_an_edit(wiki: Sandbox, desk: Desk) -> None:
    desk.path(CHILD).rename(desk.path("ENG/child.xhtml"))
    desk.edit(GUIDE, "title: Guide", "title: Manual")
    lines = (
        f" > moved       {CHILD} -> ENG/child.xhtml   v1{{}}\n",
        f" > renamed     {GUIDE}   v1{{}} (was 'Guide')\n",
    )
    rehearsed, run = desk("push", "--dry-run").out, desk("push").out
    assert all(line.format("") in rehearsed for line in lines)
    assert all(line.format(" -> v2") in run for line in lines)


def test_an_edit_that_moves_and_renames_says_all_of_it(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(CHILD, "<p>child</p>", "<p>mine</p>")
    desk.edit(CHILD, "title: Child", "title: Kind")
    desk.path(CHILD).rename(desk.path("ENG/child.xhtml"))
    said = f"{CHILD} -> ENG/child.xhtml   v1 -> v2 (moved, renamed, was 'Child')\n"
    assert f" * updated     {said}" in desk("push").out


def test_a_pull_tells_both_paths(wiki: Sandbox, desk: Desk, guide: str, child: str) -> None:
    wiki.store.edit(guide, title="Manual", author="Ana")
    desk.edit(CHILD, "<p>child</p>", "<p>mine</p>")
    lines = (
        f" * pulled      {GUIDE} -> ENG/manual.xhtml   v1 -> v2 (renamed)\n",
        f" . kept        {CHILD} -> ENG/manual/child.xhtml   v1 (moved)\n",
    )
    for command in (("pull", "--dry-run"), ("pull",)):
        out = desk(*command).out
        assert all(line in out for line in lines)
    wiki.store.edit(child, parent=wiki.store.space("ENG").homepage_id, author="Ana")
    (page,) = desk.json("pull", "--dry-run").data["pages"]
    assert (page["path"], page["old_path"]) == ("ENG/child.xhtml", "ENG/manual/child.xhtml")


@pytest.mark.parametrize("place", ["ENG/own.xhtml", "ENG/other/own.xhtml"])
def test_a_name_of_ones_own_stays_when_a_colleague_renames_and_moves_the_page(
    wiki: Sandbox, desk: Desk, guide: str, child: str, place: str
) -> None:
    desk.path(place).parent.mkdir(exist_ok=True)
    desk.path(CHILD).rename(desk.path(place))
    desk("push")
    wiki.store.edit(child, title="Kind", author="Ana")
    desk("pull")
    assert "title: Kind" in desk.text(place)
    wiki.store.edit(child, parent=guide, author="Ana")
    desk("pull")
    assert f'id: "{child}"' in desk.text("ENG/guide/own.xhtml")
    wiki.store.edit(child, "<p>hers</p>", title="Child", author="Ana")
    desk("pull")
    assert "hers" in desk.text("ENG/guide/own.xhtml")
    quiet(wiki, desk)


def test_a_name_of_ones_own_gives_way_to_a_document_that_has_it(
    wiki: Sandbox, desk: Desk, guide: str, child: str
) -> None:
    """The holder of a name keeps it; a newcomer of this name gets its id at the end."""
    wiki.store.create_page("ENG", "Own", "<p>own</p>", parent=guide, raw=True)
    desk.path(CHILD).rename(desk.path("ENG/own.xhtml"))
    desk("push")
    desk("pull")
    wiki.store.edit(child, parent=guide, author="Ana")
    desk("pull")
    assert "<p>own</p>" in desk.text("ENG/guide/own.xhtml")
    assert "<p>child</p>" in desk.text(f"ENG/guide/own-{child}.xhtml")
    quiet(wiki, desk)


# -- attachments -----------------------------------------------------------------------------------


def test_the_version_stands_beside_the_attachments(wiki: Sandbox, desk: Desk, guide: str) -> None:
    attach(wiki, desk, guide)
    desk.edit(GUIDE, "8080", "8081")
    desk.path(f"{FILES}/a.txt").write_text("second")
    said = f" * updated     {GUIDE}   v1{{}} (with attachments)\n"
    assert said.format("") in desk("push", "--dry-run").out
    assert said.format(" -> v2") in desk("push").out
    desk.path(f"{FILES}/a.txt").write_text("third")
    assert f" * updated     {GUIDE}   v2 (attachments)\n" in desk("push").out


def test_a_conflict_of_an_attachment_names_the_person(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    attach(wiki, desk, guide)
    (row,) = wiki.store.attachments(guide)
    wiki.store.replace_attachment(row.id, b"hers", "Ana")
    desk.path(f"{FILES}/a.txt").write_text("mine")
    for command in (("pull", "--dry-run"), ("pull",), ("push", "--dry-run"), ("push",)):
        assert "the server has v2 (Ana)" in desk(*command, exit=1).out


def test_theirs_says_that_a_copy_of_the_file_is_in_the_trash(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    attach(wiki, desk, guide)
    desk.path(f"{FILES}/a.txt").write_text("mine")
    out = desk("pull", "--theirs", f"{FILES}/a.txt").out
    assert "(a copy of your file is in .confsync/trash)" in out
    assert any(path.read_bytes() == b"mine" for path in desk.path(".confsync/trash").rglob("a*"))


def test_a_pull_says_that_labels_came(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(".confsync.yaml").write_text(desk.text(".confsync.yaml") + "labels: true\n")
    desk("pull")
    wiki.store.add_labels(guide, ["ops"])
    assert desk("pull").out == f" * refreshed   {GUIDE}   v1 (labels)\npull: 1 refreshed\n"


def test_a_page_that_was_just_created_is_not_refreshed(wiki: Sandbox, desk: Desk) -> None:
    desk.path(".confsync.yaml").write_text(desk.text(".confsync.yaml") + "labels: true\n")
    desk("pull")
    desk("new", "ENG/a.xhtml", "--title", "A")
    desk("push")
    assert "\nlabels: []\n" in desk.text("ENG/a.xhtml")
    assert desk("pull").out == "pull: nothing to do\n"


# -- reasons and hints -----------------------------------------------------------------------------


def test_pages_that_are_refused_for_different_reasons_are_told_apart(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    desk.edit(OTHER, "<p>other</p>", "<p>other")
    err = desk("push", exit=1).err
    assert (
        "error: 1 page was rejected because the server has changes that you do not have.\n" in err
    )
    assert "error: 1 page was rejected for another reason, which its line names.\n" in err
    assert err.index("confsync diff --remote") < err.index("another reason") < err.index("check")


def test_the_hints_about_places_are_commands_that_work(wiki: Sandbox, desk: Desk) -> None:
    for name in ("ENG/no/where/a.xhtml", "ENG/blog/2026/b.xhtml", "ENG/aux.xhtml"):
        desk.path(name).parent.mkdir(parents=True, exist_ok=True)
        desk.path(name).write_text(f"---\ntitle: {name}\n---\n<p>new</p>\n")
        type_hint(desk, desk("push", name, exit=1).err)
    assert set(desk.json("push").outcomes.values()) == {"created"}
    quiet(wiki, desk)


def test_a_directory_of_no_page_becomes_one_by_the_second_command(
    wiki: Sandbox, desk: Desk
) -> None:
    desk.path("ENG/no").mkdir()
    desk.path("ENG/no/a.xhtml").write_text("---\ntitle: A\n---\n<p>new</p>\n")
    type_hint(desk, desk("push", exit=1).err, 1)
    assert desk.json("push").outcomes == {"ENG/no.xhtml": "created", "ENG/no/a.xhtml": "created"}


def test_an_edited_document_of_an_excluded_page_can_be_given_up(wiki: Sandbox, desk: Desk) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("key: ENG", "key: ENG\n  exclude: ['guide/*']"))
    desk.edit(CHILD, "<p>child</p>", "<p>mine</p>")
    type_hint(desk, desk("push", exit=1).err)
    assert CHILD not in desk.files()
    assert any("mine" in path.read_text() for path in desk.path(".confsync/trash").rglob("*.x*"))
    quiet(wiki, desk)


def test_a_copy_is_taken_out_by_its_hint(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/a-copy.xhtml").write_bytes(desk.path(GUIDE).read_bytes())
    type_hint(desk, desk("push", exit=4).err)
    assert desk("push").out == (
        "not sent, because the name does not end with .xhtml:\n   ENG/a-copy.xhtml.txt\n"
        "push: nothing to do\n"
    )


def test_the_message_of_a_push_is_part_of_the_commits(wiki: Sandbox, desk: Desk) -> None:
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        desk.git(*arguments)
    desk.edit(GUIDE, "8080", "8081")
    desk("push", "-m", "New port", "--commit")
    assert desk.git("log", "-1", "--format=%s") == "confsync push: 1 page: New port\n"
