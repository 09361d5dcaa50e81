"""Names of files that are, or cannot be, those of attachments."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests import independent
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
FILES = "ENG/guide.attachments"


@pytest.fixture
def desk(guide: str, desk_at: Callable[..., Desk]) -> Desk:
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    desk.path(FILES).mkdir()
    return desk


def show(desk: Desk, *names: str) -> None:
    shown = "".join(f'<p><ri:attachment ri:filename="{html.escape(n)}" /></p>' for n in names)
    desk.edit(GUIDE, "<h1>Ports</h1>\n", f"<h1>Ports</h1>\n{shown}")


@pytest.mark.parametrize(
    "name",
    ["a b.txt", "Ü&ü.txt", "100%.txt", "x;y=z,.txt", "日本.png", "a'b", "plus+#hash.d", "~[1].txt"],
)
def test_any_name_that_all_systems_know_is_an_attachments(
    wiki: Sandbox, desk: Desk, guide: str, name: str
) -> None:
    (desk.path(FILES) / name).write_bytes(name.encode())
    show(desk, name)
    desk("push")
    (row,) = wiki.store.attachments(guide)
    assert (row.title, row.version) == (name, 1)
    assert wiki.store.attachment_data(row.id) == name.encode()
    wiki.clear_requests()
    assert desk("push").out == "push: nothing to do\n"
    assert desk("pull").out == "pull: nothing to do\n"
    independent.assert_equal(desk.root, wiki)


@pytest.mark.parametrize(
    "names", [['quote".txt'], ["a:b.txt"], ["con.txt"], ["dot."], ["Plan.txt", "plan.TXT"]]
)
def test_a_name_that_not_all_systems_know_is_refused_and_breaks_nothing(
    wiki: Sandbox, desk: Desk, guide: str, names: list[str]
) -> None:
    for name in names:
        (desk.path(FILES) / name).write_bytes(name.encode())
    show(desk, *names)
    files = desk.files()
    assert desk("check").out.count("this name is not possible on every system") == len(names)
    run = desk("push", exit=1)
    assert f"[rejected]  {GUIDE}   {', '.join(sorted(names))}: this name is not possible" in run.out
    assert "rename the file and the attachment in the page" in run.err
    assert writes(wiki) == []
    desk("pull")
    assert desk.files() == files
    (desk.path(FILES) / names[0]).rename(desk.path(FILES) / "other.txt")
    text = desk.text(GUIDE).replace(html.escape(names[0]), "other.txt")
    desk.path(GUIDE).write_text(text)
    desk("push")
    assert {row.title for row in wiki.store.attachments(guide)} == {"other.txt", *names[1:]}
    independent.assert_equal(desk.root, wiki)


def test_a_file_that_no_page_shows_may_have_any_name(wiki: Sandbox, desk: Desk, guide: str) -> None:
    (desk.path(FILES) / 'q".txt').write_text("mine")
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert wiki.store.attachments(guide) == ()
    assert (desk.path(FILES) / 'q".txt').read_text() == "mine"


def test_another_ones_file_of_a_name_that_stands_here_has_its_own(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    (desk.path(FILES) / "a:b.txt").write_text("mine")
    (desk.path(FILES) / "plan.txt").write_text("mine")
    wiki.store.attach(guide, "a:b.txt", b"hers")
    wiki.store.attach(guide, "Plan.txt", b"hers")
    desk("pull")
    assert (desk.path(FILES) / "a:b.txt").read_text() == "mine"
    assert (desk.path(FILES) / "plan.txt").read_text() == "mine"
    hers = [p.name for p in desk.path(FILES).iterdir() if p.read_text() == "hers"]
    assert len(hers) == 2
    for name in ("a:b.txt", "plan.txt"):
        (desk.path(FILES) / name).unlink()
    desk("pull")
    independent.assert_equal(desk.root, wiki)


def test_a_name_in_another_form_of_unicode_is_the_same(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    decomposed = unicodedata.normalize("NFD", "Größe.txt")
    (desk.path(FILES) / decomposed).write_text("mine")
    show(desk, "Größe.txt")
    desk("push")
    assert [row.title for row in wiki.store.attachments(guide)] == ["Größe.txt"]
    for command in ("push", "pull"):
        assert desk(command).out == f"{command}: nothing to do\n"
    (desk.path(FILES) / decomposed).write_text("mine, new")
    desk("push")
    (row,) = wiki.store.attachments(guide)
    assert row.version == 2


def test_a_missing_file_comes_back_and_that_is_told(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.attach(guide, "hers.txt", b"hers")
    desk("pull")
    (desk.path(FILES) / "hers.txt").unlink()
    run = desk.json("pull")
    assert run.outcomes == {GUIDE: "refreshed"}
    assert run.data["pages"][0]["note"] == "1 attachment"
    independent.assert_equal(desk.root, wiki)


def test_every_file_that_a_page_shows_is_sent_however_its_name_is_written(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    written = {
        "one.png": "ri:filename='one.png'",
        "two.png": 'ri:filename = "two.png"',
        "three.png": 'ri:version-at-save="1>0" ri:filename="three.png"',
        "f&ur.png": "ri:filename='f&amp;u&#114;.png'",
    }
    shown = "".join(f"<p><ri:attachment {one}/></p>\n" for one in written.values())
    desk.edit(GUIDE, "<h1>Ports</h1>\n", f"<h1>Ports</h1>\n{shown}")
    found = desk.json("check").data["findings"]
    assert [one["message"].partition("'")[2].partition("'")[0] for one in found] == [*written]
    for name in written:
        (desk.path(FILES) / name).write_bytes(b"image")
    assert desk.json("check").data["findings"] == []
    desk("push")
    assert {row.title for row in wiki.store.attachments(guide)} == set(written)
