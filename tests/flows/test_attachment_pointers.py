"""A checkout without Git LFS, git-annex or git-crypt: what only stands for a file is never sent."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.git import trees
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, writes
from tests.unit.document.test_pointers import (
    AGE,
    ANNEX,
    BIGSTORE,
    CRYPT,
    FAT,
    LFS,
    MEDIA,
    TRANSCRYPT,
)

GUIDE = "ENG/guide.xhtml"
FILES = "ENG/guide.attachments"
PNG = b"\x89PNG\r\n\x1a\n"
POINTERS = [
    pytest.param(LFS, "is a Git LFS pointer", "'git lfs pull'", id="lfs"),
    pytest.param(ANNEX, "is a git-annex pointer", f"'git annex get {FILES}/0.png'", id="annex"),
    pytest.param(CRYPT, "is encrypted by git-crypt", "'git crypt unlock'", id="crypt"),
    pytest.param(FAT, "is a git-fat pointer", "'git fat init && git fat pull'", id="fat"),
    pytest.param(MEDIA, "is a git-media pointer", "'git media sync'", id="media"),
    pytest.param(BIGSTORE, "is a git-bigstore pointer", "git bigstore pull'", id="bigstore"),
    pytest.param(TRANSCRYPT, "is encrypted by transcrypt", "'transcrypt'", id="transcrypt"),
    pytest.param(AGE, "is encrypted by age", f"git checkout -- {FILES}/0.png'", id="age"),
]


def picture(number: int) -> bytes:
    return PNG + bytes([number]) * 1000


@pytest.fixture
def desk(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone in a git repository; the guide has fifteen pictures."""
    for number in range(15):
        wiki.store.attach(guide, f"{number}.png", picture(number), "image/png")
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        desk.git(*arguments)
    wiki.clear_requests()
    return desk


def versions(wiki: Sandbox, page_id: str) -> set[int]:
    return {row.version for row in wiki.store.attachments(page_id)}


def said(run: Run) -> str:
    return run.out + run.err


def replaced(wiki: Sandbox, page_id: str, name: str, data: bytes) -> None:
    (row,) = wiki.store.attachments(page_id, name)
    wiki.store.replace_attachment(row.id, data, "Ben")


@pytest.mark.parametrize(("content", "what", "command"), POINTERS)
def test_a_single_one_is_refused_and_told_with_the_command_that_helps(
    wiki: Sandbox, desk: Desk, guide: str, content: bytes, what: str, command: str
) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(content)
    desk.edit(GUIDE, "8080", "8081")
    (found,) = desk.json("check", exit=1).data["findings"]
    assert (found["path"], found["severity"], found["code"]) == (
        f"{FILES}/0.png",
        "error",
        "pointer",
    )
    for told in (
        found["message"],
        said(desk("status")),
        said(desk("push", "--dry-run", exit=1)),
        said(desk("push", "--allow-mass-upload", exit=1)),
    ):
        assert what in told
        assert command in told
    assert writes(wiki) == []
    desk.path(f"{FILES}/0.png").write_bytes(picture(0))
    desk("push")
    assert versions(wiki, guide) == {1}
    assert "8081" in wiki.store.page(guide).body


def test_all_of_a_checkout_are_refused(wiki: Sandbox, desk: Desk, guide: str) -> None:
    for number in range(15):
        desk.path(f"{FILES}/{number}.png").write_bytes(LFS.replace(b"12345", b"%d" % number))
    run = desk("push", "--commit", exit=1)
    assert f"{FILES}/0.png is a Git LFS pointer, not the real file, and 14 more" in run.out
    assert len(desk.json("check", exit=1).data["findings"]) == 15
    assert versions(wiki, guide) == {1}


def test_a_new_page_is_not_created_with_one(wiki: Sandbox, desk: Desk) -> None:
    desk("new", "ENG/shown.xhtml", "--title", "Shown")
    desk.edit("ENG/shown.xhtml", "<p />", "<p><ri:attachment ri:filename='a.png'/></p>")
    desk.path("ENG/shown.attachments").mkdir()
    desk.path("ENG/shown.attachments/a.png").write_bytes(LFS)
    desk.path("ENG/shown.attachments/unused.png").write_bytes(LFS)
    run = desk("push", exit=1)
    assert "ENG/shown.attachments/a.png is a Git LFS pointer" in run.out
    assert [page.title for page in wiki.store.pages("ENG")].count("Shown") == 0
    desk.path("ENG/shown.attachments/a.png").write_bytes(PNG)
    desk("push")


def test_a_pointer_that_was_attached_on_purpose_is_no_fault(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.attach(guide, "example.txt", LFS)
    desk("pull")
    assert desk.path(f"{FILES}/example.txt").read_bytes() == LFS
    assert desk.json("check").data["findings"] == []
    assert "nothing to do" in desk("push").out
    assert desk("status", "--remote").out.startswith("clean")


def test_a_pull_takes_none_for_an_edit_and_theirs_brings_the_real_file(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    one, two = (desk.path(f"{FILES}/{number}.png") for number in range(2))
    one.write_bytes(LFS)
    two.write_bytes(LFS)
    desk("pull")
    assert (one.read_bytes(), two.read_bytes()) == (LFS, LFS)
    replaced(wiki, guide, "0.png", picture(100))
    run = desk("pull", exit=1)
    assert "0.png: is a Git LFS pointer" in run.out
    assert "'git lfs pull'" in run.err
    assert one.read_bytes() == LFS
    desk("pull", "--theirs", f"{FILES}/0.png", f"{FILES}/1.png")
    assert (one.read_bytes(), two.read_bytes()) == (picture(100), picture(1))
    assert "nothing to do" in desk("push").out
    assert versions(wiki, guide) == {1, 2}


def test_who_gives_the_servers_up_for_a_pointer_sends_none(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(LFS)
    replaced(wiki, guide, "0.png", picture(100))
    desk("pull", "--ours", f"{FILES}/0.png", "--at", "2")
    assert "is a Git LFS pointer" in desk("push", exit=1).out
    assert writes(wiki) == []


def test_a_page_that_is_gone_leaves_a_pointer_alone(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(LFS)
    wiki.store.trash(guide)
    desk("pull")
    assert desk.path(f"{FILES}/0.png").read_bytes() == LFS


# -- links into git-annex's store ------------------------------------------------------------------


@pytest.fixture
def link(desk: Desk, tmp_path: Path) -> Path:
    """Return a picture that git-annex holds locked: a link into its store."""
    store = tmp_path / "mirror/.git/annex/objects/x"
    store.mkdir(parents=True)
    path = desk.path(f"{FILES}/0.png")
    path.rename(store / "KEY")
    path.symlink_to("../../.git/annex/objects/x/KEY")
    return path


def test_a_link_of_git_annex_is_refused_with_the_command_that_helps(
    wiki: Sandbox, desk: Desk, guide: str, link: Path
) -> None:
    command = f"git annex get {FILES}/0.png && git annex unlock {FILES}/0.png"
    (found,) = desk.json("check", exit=1).data["findings"]
    for told in (found["message"], said(desk("status")), said(desk("push", exit=1))):
        assert "is a link into git-annex's store" in told
        assert command in told
    assert (writes(wiki), versions(wiki, guide)) == ([], {1})


def test_a_pull_leaves_a_link_of_git_annex_alone_and_tells_of_a_newer_version(
    wiki: Sandbox, desk: Desk, guide: str, link: Path
) -> None:
    assert "nothing to do" in desk("pull").out
    assert not [r for r in wiki.requests if "/download" in r.path]
    replaced(wiki, guide, "0.png", picture(100))
    run = desk("pull", exit=4)
    assert "is a link into git-annex's store" in run.out + run.err
    assert link.is_symlink()
    assert link.read_bytes() == picture(0)


# -- other links -----------------------------------------------------------------------------------


def test_a_link_to_another_file_is_refused_with_the_command_that_helps(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path("shared").mkdir()
    desk.path("shared/b.png").write_bytes(picture(77))
    path = desk.path(f"{FILES}/0.png")
    path.unlink()
    path.symlink_to("../../shared/b.png")
    command = f"cp -RL {FILES}/0.png {FILES}/0.png~ && rm {FILES}/0.png"
    (found,) = desk.json("check", exit=1).data["findings"]
    for told in (found["message"], said(desk("status")), said(desk("push", exit=1))):
        assert "is a link to ../../shared/b.png, and confsync follows no links" in told
        assert command in told
    assert "nothing to do" in desk("pull").out
    assert writes(wiki) == []
    assert path.is_symlink()
    run_as_printed(desk, desk("push", exit=1))
    desk("check")
    desk("push")
    assert {wiki.store.attachment_data(a.id) for a in wiki.store.attachments(guide, "0.png")} == {
        picture(77)
    }


def test_a_new_page_is_not_created_without_the_picture_behind_a_link(
    wiki: Sandbox, desk: Desk
) -> None:
    image = '<ac:image><ri:attachment ri:filename="n.png" /></ac:image>'
    desk.path("ENG/new.xhtml").write_text(f"---\ntitle: New\n---\n<p>{image}</p>\n")
    desk.path("ENG/new.attachments").mkdir()
    desk.path("ENG/new.attachments/n.png").symlink_to("nowhere.png")
    (found,) = desk.json("check", exit=1).data["findings"]
    told = said(desk("push", exit=1))
    for text in (found["message"], told):
        assert "is a link to nowhere.png, which does not exist" in text
        assert "'rm ENG/new.attachments/n.png' removes the link" in text
    assert writes(wiki) == []


def test_a_directory_of_attachments_that_is_a_link_is_told_and_changes_nothing(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    desk.path(FILES).rename(elsewhere)
    (elsewhere / "0.png").write_bytes(picture(77))
    desk.path(FILES).symlink_to(elsewhere)
    (found,) = desk.json("check", exit=1).data["findings"]
    for text in (found["message"], said(desk("status")), said(desk("push", "--delete", exit=1))):
        assert f"is a link to {elsewhere}, and confsync follows no links" in text
    assert "nothing to do" in desk("pull").out
    assert writes(wiki) == []
    replaced(wiki, guide, "1.png", picture(100))
    run = desk("pull", exit=4)
    assert "is a link to" in said(run)
    assert (elsewhere / "1.png").read_bytes() == picture(1)
    run_as_printed(desk, desk("push", exit=1))
    desk("push")
    desk("pull")
    assert desk.path(f"{FILES}/1.png").read_bytes() == picture(100)
    assert versions(wiki, guide) == {1, 2}


def printed(run: Run) -> str:
    """Return the command of a hint."""
    (hint,) = [line for line in said(run).split("\n") if line.startswith("hint: ")]
    return hint[hint.index("'") + 1 : hint.rindex("'")]


def run_as_printed(desk: Desk, run: Run) -> None:
    command = printed(run)
    subprocess.run(command, shell=True, check=True, cwd=desk.path("."))


# -- one of another kind ---------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"cut off", b"<html>not found</html>", b"\0"])
def test_a_single_file_of_another_kind_is_sent_only_when_that_is_meant(
    wiki: Sandbox, desk: Desk, guide: str, content: bytes
) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(content)
    run = desk("push", exit=1)
    assert f"{FILES}/0.png is not image/png, the type of the attachment that it replaces" in said(
        run
    )
    assert (writes(wiki), versions(wiki, guide)) == ([], {1})
    command = printed(run).split()
    assert command[0] == "confsync"
    desk(*command[1:])
    assert versions(wiki, guide) == {1, 2}
    desk.path(f"{FILES}/0.png").write_bytes(content + b"more")
    desk("push")  # what was no picture before need not be one now
    assert versions(wiki, guide) == {1, 3}


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0 jpeg", b"GIF89a", b"%PDF-1.7", b"\0\0\0 ftypavif"]
)
def test_a_single_file_of_another_known_kind_is_sent(
    wiki: Sandbox, desk: Desk, guide: str, content: bytes
) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(content)
    desk("push")
    assert versions(wiki, guide) == {1, 2}


# -- documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what", "command"),
    [
        (LFS, "is a Git LFS pointer", "git lfs pull"),
        (ANNEX, "is a git-annex pointer", f"git annex get {GUIDE}"),
        (CRYPT, "is encrypted by git-crypt", "git crypt unlock"),
    ],
)
def test_a_document_that_is_one_is_told_and_its_page_is_not_written_beside_it(
    wiki: Sandbox, desk: Desk, guide: str, content: bytes, what: str, command: str
) -> None:
    before = desk.path(GUIDE).read_bytes()
    desk.path(GUIDE).write_bytes(content)
    kept = desk.files()
    for verb in ("check", "status", "push", "pull"):
        run = desk(verb, exit=None)
        assert run.exit in (1, 4)
        assert what in run.out + run.err, verb
        assert command in run.out + run.err, verb
    assert writes(wiki) == []
    assert desk.files() == kept
    wiki.store.create_page("ENG", "News", "<p>news</p>")
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk("pull", exit=4)
    assert desk.files() == kept
    desk.path(GUIDE).write_bytes(before)
    desk("pull")
    assert "hers" in desk.text(GUIDE)
    assert desk.path("ENG/news.xhtml").exists()


# -- many at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("poorer", [PNG + b"small", b"no picture " * 1000])
def test_uploads_that_make_many_files_poorer_are_asked_about(
    wiki: Sandbox, desk: Desk, guide: str, poorer: bytes
) -> None:
    for number in range(11):
        desk.path(f"{FILES}/{number}.png").write_bytes(poorer)
    for arguments in (("push",), ("push", "--dry-run")):
        run = desk.json(*arguments, exit=1)
        (error,) = run.data["errors"]
        assert error["code"] == "mass-change"
        assert "would replace 11 of the 15 attachments" in error["message"]
    assert versions(wiki, guide) == {1}
    desk("push", "--dry-run", "--allow-mass-upload")
    assert versions(wiki, guide) == {1}
    desk("push", "--allow-mass-upload")
    assert versions(wiki, guide) == {1, 2}


def test_uploads_of_few_or_of_good_files_are_not_asked_about(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    for number in range(10):
        desk.path(f"{FILES}/{number}.png").write_bytes(PNG)
    desk("push")
    for number in range(15):
        desk.path(f"{FILES}/{number}.png").write_bytes(picture(number + 100))
    desk("push")
    assert versions(wiki, guide) == {2, 3}


def test_the_text_of_a_link_is_never_sent(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checkout without symbolic links, as on Windows, has the target of each as a file's text."""
    desk.path("shared").mkdir()
    desk.path(f"{FILES}/0.png").rename(desk.path("shared/0.png"))
    desk.path(f"{FILES}/0.png").symlink_to("../../shared/0.png")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "one picture for two pages")
    elsewhere = tmp_path / "windows"
    desk.git("clone", "-q", "-c", "core.symlinks=false", ".", str(elsewhere))
    windows = Desk(elsewhere, capsys)
    assert windows.path(f"{FILES}/0.png").read_bytes() == b"../../shared/0.png"
    wiki.clear_requests()
    for arguments in (("check",), ("push", "--dry-run"), ("push",)):
        run = windows(*arguments, exit=1)
        assert f"{FILES}/0.png" in said(run)
        assert "is the text of a link to shared/0.png, not the real file" in said(run)
        assert f"'cp shared/0.png {FILES}/0.png' brings the real file" in said(run)
    assert writes(wiki) == []
    windows.path(f"{FILES}/0.png").write_bytes(windows.path("shared/0.png").read_bytes())
    windows("check")
    windows("push")
    assert versions(wiki, guide) == {1}


def test_git_is_asked_only_of_a_short_text_that_the_page_does_not_have(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(trees, "is_link_as_text", lambda _, name, __: asked.append(name))
    for number in (0, 1):
        desk.path(f"{FILES}/{number}.png").write_bytes(b"a short text")
    desk("push", "--allow-mass-upload")
    desk.path(f"{FILES}/1.png").write_bytes(b"another text")
    asked.clear()
    desk("check")
    desk("push", "--dry-run")
    assert set(asked) == {f"{FILES}/1.png"}


def test_a_short_text_that_git_has_as_a_file_is_sent(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(b"../../shared/0.png")
    assert "a link" not in said(desk("check"))
    desk("push", "--allow-mass-upload")
    assert versions(wiki, guide) == {1, 2}


@pytest.mark.parametrize("theirs", [False, True])
def test_a_dry_run_foresees_the_refusal_of_one_file(
    wiki: Sandbox, desk: Desk, guide: str, theirs: bool
) -> None:
    desk.path(f"{FILES}/0.png").write_bytes(b"no picture")
    if theirs:
        one = next(one for one in wiki.store.attachments(guide) if one.title == "0.png")
        wiki.store.replace_attachment(one.id, picture(99), "Ana")
    told = [desk.json("push", *options, exit=1).data["pages"] for options in (("--dry-run",), ())]
    assert told[0] == told[1]
    (page,) = told[0]
    why = "0.png: the file here is based on v1" if theirs else "0.png is not image/png"
    assert why in page["error"]
    assert writes(wiki) == []
