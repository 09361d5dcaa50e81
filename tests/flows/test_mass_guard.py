"""A change of a good part of a space waits for permission; what it does not concern goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests import independent
from tests.flows.conftest import Desk, writes

Change = Callable[[Sandbox, dict[str, str]], None]


@pytest.fixture
def space(wiki: Sandbox) -> dict[str, str]:
    """Titles to ids: a section of 12 pages, and 48 more."""
    store = wiki.store
    ids = {"Section": store.create_page("ENG", "Section", "<p>s</p>").id}
    for n in range(12):
        title = f"Part {n}"
        ids[title] = store.create_page("ENG", title, f"<p>{n}</p>", parent=ids["Section"]).id
    for n in range(46):
        ids[f"Page {n}"] = store.create_page("ENG", f"Page {n}", f"<p>{n}</p>").id
    return ids


def retitled(wiki: Sandbox, ids: dict[str, str]) -> None:
    for n in range(12):
        wiki.store.edit(ids[f"Part {n}"], title=f"Chapter {n}", author="Ana")


def moved(wiki: Sandbox, ids: dict[str, str]) -> None:
    for n in range(12):
        wiki.store.edit(ids[f"Part {n}"], parent=ids["Page 1"], author="Ana")


def trashed(wiki: Sandbox, ids: dict[str, str]) -> None:
    for n in range(12):
        wiki.store.trash(ids[f"Part {n}"])


def below_new_parents(wiki: Sandbox, ids: dict[str, str]) -> None:
    """Retitle the section, and give a new section its old title, its place and its pages."""
    retitled(wiki, ids)
    wiki.store.edit(ids["Section"], title="Former section", author="Ana")
    new = wiki.store.create_page("ENG", "Section", "<p>new</p>").id
    ids["New section"] = new
    kept = wiki.store.create_page("ENG", "Kept", "<p>k</p>", parent=new).id
    wiki.store.create_page("ENG", "Below kept", "<p>k</p>", parent=kept)
    wiki.store.edit(ids["Part 3"], parent=new, title="Part 3", author="Ana")


CHANGES: list[Change] = [retitled, moved, trashed, below_new_parents]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_mass_change_does_not_concern_goes_on(
    wiki: Sandbox, space: dict[str, str], desk_at: Callable[..., Desk], change: Change
) -> None:
    desk = desk_at()
    before = desk.files()
    change(wiki, space)
    wiki.store.edit(space["Page 7"], "<p>news</p>", author="Ana")
    if change is not moved:  # a page that would take the place of one that waits
        wiki.store.create_page("ENG", "Part 5", "<p>another</p>", parent=space["Section"])
    wiki.store.create_page("ENG", "Quite new", "<p>new</p>", parent=space["Section"])
    run = desk("pull", exit=1)
    assert "these wait, the rest is done" in run.err
    assert "--allow-mass-delete" in run.err
    after = desk.files()
    assert "news" in after["ENG/page-7.xhtml"].decode()
    assert "ENG/section/quite-new.xhtml" in after
    assert {name: after[name] for name in before if name != "ENG/page-7.xhtml"} == (
        {name: data for name, data in before.items() if name != "ENG/page-7.xhtml"}
    )
    wiki.clear_requests()
    assert desk("push").out == "push: nothing to do\n"
    assert writes(wiki) == []
    assert desk("status").out.startswith("clean")
    desk("pull", exit=1)
    assert desk.files() == after
    desk("pull", "--allow-mass-delete")
    independent.assert_equal(desk.root, wiki)
    assert "nothing to do" in desk("pull").out
    assert desk("push").out == "push: nothing to do\n"


def test_a_retitle_above_a_subtree_is_one_move(
    wiki: Sandbox, space: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    wiki.store.edit(space["Section"], title="Chapters", author="Ana")
    desk("pull")
    assert desk.path("ENG/chapters/part-11.xhtml").exists()
    independent.assert_equal(desk.root, wiki)


def test_a_folder_that_is_renamed_is_one_move(
    wiki: Sandbox, space: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Folder")
    for n in range(12):
        wiki.store.edit(space[f"Part {n}"], parent=folder.id, author="Ana")
    desk = desk_at()
    wiki.store.change_folder(folder.id, "Directory")
    desk("pull")
    assert desk.path("ENG/directory/part-11.xhtml").exists()
    for n in range(12):
        wiki.store.edit(space[f"Part {n}"], title=f"Chapter {n}", author="Ana")
    wiki.store.change_folder(folder.id, "Register")
    other = wiki.store.create_folder("ENG", "Other folder")
    wiki.store.create_page("ENG", "Inside", "<p>new</p>", parent=other.id)
    desk("pull", exit=1)
    assert desk.path("ENG/directory/part-11.xhtml").exists()
    assert desk.path("ENG/other-folder/inside.xhtml").exists()
    assert desk("push").out == "push: nothing to do\n"
    desk("pull", "--allow-mass-delete")
    assert desk.path("ENG/register/chapter-11.xhtml").exists()
    independent.assert_equal(desk.root, wiki)


def test_many_attachments_that_would_go_wait_with_their_pages(
    wiki: Sandbox, space: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    for n in range(12):
        wiki.store.attach(space[f"Part {n}"], "a.png", b"%d" % n)
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    for n in range(12):
        (row,) = wiki.store.attachments(space[f"Part {n}"])
        wiki.store.remove_attachment(row.id)
    wiki.store.edit(space["Page 7"], "<p>news</p>", author="Ana")
    desk("pull", exit=1)
    assert "news" in desk.text("ENG/page-7.xhtml")
    assert len(list(desk.root.glob("ENG/section/*.attachments/a.png"))) == 12
    desk("pull", "--allow-mass-delete")
    assert not list(desk.root.glob("ENG/section/*.attachments/a.png"))


def test_pages_that_go_to_another_subtree_wait_and_the_rest_goes_on(
    wiki: Sandbox, space: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at(clone=None)
    spaces = [
        {"key": "ENG", "root": space[title], "path": title.replace(" ", "-").lower()}
        for title in ("Section", "Page 0")
    ]
    data = {"url": wiki.url, "flavor": wiki.flavor, "spaces": spaces}
    desk.path(".confsync.yaml").write_text(yaml.safe_dump(data))
    desk("pull")
    before = desk.files()
    for n in range(12):
        wiki.store.edit(space[f"Part {n}"], parent=space["Page 0"], author="Ana")
    wiki.store.edit(space["Section"], "<p>news</p>", author="Ana")
    run = desk("pull", exit=1)
    assert "other subtrees" in run.err
    after = desk.files()
    changed = [name for name in after if after[name] != before.get(name)]
    assert len(changed) == 1
    assert before.keys() == after.keys()
    assert "news" in after[changed[0]].decode()
    assert desk("push").out == "push: nothing to do\n"
    desk("pull", "--allow-mass-delete")
    assert len(list(desk.root.glob("page-0/**/part-*.xhtml"))) == 12


# -- several spaces --------------------------------------------------------------------------------

KEYS = ("ENG", "OPS")


@pytest.fixture
def two_spaces(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a committed clone of two spaces, each with a page and six pages with a picture."""
    store = wiki.store
    store.create_space("OPS", "Ops", "Ops home")
    for key in KEYS:
        store.create_page(key, f"{key} section", "<p>s</p>")
        for n in range(6):
            page = store.create_page(key, f"{key} {n}", f"<p>{n}</p>").id
            store.attach(page, "a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    text = config.read_text().replace("  path: ENG\n", "  path: ENG\n- key: OPS\n  path: OPS\n")
    config.write_text(text + "attachments: true\n")
    desk("pull")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        desk.git(*arguments)
    wiki.clear_requests()
    return desk


def of_all(desk: Desk, pattern: str) -> list[Path]:
    return [path for key in KEYS for path in sorted(desk.path(key).glob(pattern))]


def cut_off(desk: Desk) -> None:
    for path in of_all(desk, "*/a.png"):
        path.write_bytes(b"\x89PNG\r\n\x1a\n")


def without_files(desk: Desk) -> None:
    for path in of_all(desk, "*/a.png"):
        path.unlink()


def without_pages(desk: Desk) -> None:
    for path in of_all(desk, "*-[0-9].xhtml"):
        path.unlink()
        (path.with_suffix(".attachments") / "a.png").unlink()


def in_the_section(desk: Desk) -> None:
    for path in of_all(desk, "*-[0-9].*"):
        below = path.parent / f"{path.parent.name.lower()}-section"
        below.mkdir(exist_ok=True)
        path.rename(below / path.name)


@pytest.mark.parametrize(
    ("change", "option", "said"),
    [
        (cut_off, "--allow-mass-upload", "would replace 12 of the 12 attachments"),
        (without_files, "--allow-mass-delete", "would delete 12 attachments"),
        (without_pages, "--allow-mass-delete", "would delete 12 pages"),
        (in_the_section, "--allow-mass-move", "would move 12 of the 16 pages"),
    ],
)
def test_what_is_much_in_all_spaces_together_waits_too(
    wiki: Sandbox, two_spaces: Desk, change: Callable[[Desk], None], option: str, said: str
) -> None:
    change(two_spaces)
    for more in ((), ("--dry-run",)):
        run = two_spaces.json("push", "--delete", *more, exit=1)
        (error,) = run.data["errors"]
        assert error["code"] == "mass-change"
        assert f"ENG, OPS: this push {said}" in error["message"]
    assert writes(wiki) == []
    two_spaces("push", "--delete", option)
    assert len(writes(wiki)) >= 12


def test_little_in_each_of_two_spaces_is_not_asked_about(wiki: Sandbox, two_spaces: Desk) -> None:
    for path in of_all(two_spaces, "*-[0-4].attachments/a.png"):
        path.write_bytes(b"\x89PNG\r\n\x1a\n")
    two_spaces("push")
    assert len(writes(wiki)) == 10
