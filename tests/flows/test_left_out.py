"""`status`, `push` and `check` tell what is not sent, with the reason and the way out."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from confsync.mirror import snapshot
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, Run, writes

GUIDE = "ENG/guide.xhtml"
NEW = "---\ntitle: New\n---\n<p>mine</p>\n"


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a server of Cloud. What is told here is the same for each."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        yield sandbox
        check_requests(sandbox)


def commit(desk: Desk, *names: str) -> None:
    """Commit some files, or all; make the repository first."""
    if not desk.path(".git").exists():
        desk.git("init", "-q", "--template=")
    desk.git("add", "-A", *(["--", *names] if names else []))
    desk.git("commit", "-qm", "x", "--allow-empty")


def put(desk: Desk, name: str, text: str = "x") -> str:
    """Write a file that a person puts there."""
    desk.path(name).parent.mkdir(parents=True, exist_ok=True)
    desk.path(name).write_text(text)
    return name


def told(run: Run) -> dict[str, str]:
    """Return the files that a command leaves out, each with its heading."""
    assert all(len(line) <= 80 for line in (run.out + run.err).splitlines()), run.out + run.err
    found: dict[str, str] = {}
    heading = ""
    for line in run.out.splitlines():
        if line.startswith("   "):
            found[line.strip()] = heading
        else:
            heading = line
    return found


def hints(run: Run) -> list[str]:
    """Return the first command of each hint."""
    return re.findall(r"^hint: '([^']*)'", run.out + run.err, re.MULTILINE)


def obey(desk: Desk, command: str) -> Run | None:
    """Type a command as it stands in a hint."""
    words = shlex.split(command)
    if words[0] == "confsync":
        return desk(*words[1:])
    subprocess.run(words, cwd=desk.root, check=True, capture_output=True)
    return None


FILES = [
    ("ENG/notes.md", NEW, "no-document", "the name does not end with .xhtml:"),
    ("ENG/guide/page.html", "<p>x</p>", "no-document", "the name does not end with .xhtml:"),
    ("ENG/Upper.XHTML", NEW, "suffix", ".xhtml in small letters:"),
    ("drafts/new.xhtml", NEW, "outside", "it is outside every space's directory:"),
]


@pytest.mark.parametrize(("name", "text", "reason", "heading"), FILES)
def test_a_file_that_is_not_sent_is_told_with_the_reason(
    wiki: Sandbox, desk: Desk, name: str, text: str, reason: str, heading: str
) -> None:
    put(desk, name, text)
    for command in ("status", "push"):
        for _ in range(3):  # also where a snapshot could hide it
            time.sleep(0.03)
            assert told(desk(command))[name].endswith(heading)
        assert desk.json(command).data["left_out"] == [{"path": name, "reason": reason}]
        desk("pull")
    assert writes(wiki) == []
    assert desk("push").out.endswith("push: nothing to do\n")
    assert "\nclean: 2 pages\n" in desk("status").out
    desk("status", "--exit-code")
    run = desk("status", name, exit=2)
    assert name in run.err and "document" in run.err
    assert desk("push", name, exit=2).err == run.err
    run = desk("check", name)
    assert f"note: {name}: " in run.err
    desk.path(name).unlink()
    assert desk("status").out == "clean: 2 pages\n"


@pytest.mark.parametrize("name", ["ENG/Upper.XHTML", "drafts/new.xhtml"])
def test_the_hint_makes_a_document_of_it(wiki: Sandbox, desk: Desk, name: str) -> None:
    put(desk, name, NEW)
    (command,) = hints(desk("status"))
    obey(desk, command)
    assert list(desk.json("status").outcomes.values()) == ["untracked"]
    assert list(desk.json("push").outcomes.values()) == ["created"]


def test_many_files_are_counted(desk: Desk) -> None:
    for number in range(25):
        put(desk, f"ENG/{number:02}.md")
    out = desk("status").out
    assert "   … and 15 more (-v lists them all)\n" in out
    assert "ENG/24.md" not in out
    assert "ENG/24.md" in desk("status", "-v").out


def test_what_git_ignores_and_hidden_files_are_not_listed(desk: Desk) -> None:
    put(desk, ".gitignore", "*.orig\n/scratch/\n.confsync/\n")
    commit(desk)
    put(desk, "ENG/guide.xhtml.orig")
    put(desk, "ENG/.guide.xhtml.swp")
    put(desk, "scratch/new.xhtml", NEW)
    put(desk, "web/other.xhtml", "<html><body>no document of confsync</body></html>")
    assert desk("status").out == "clean: 2 pages\n"
    assert desk("push").out == "push: nothing to do\n"
    put(desk, ".gitignore", ".confsync/\n")
    assert set(told(desk("status"))) == {"ENG/guide.xhtml.orig", "scratch/new.xhtml"}


def test_a_stray_keeps_no_pull_from_being_quick(wiki: Sandbox, desk: Desk) -> None:
    put(desk, "ENG/notes.md")
    for _ in range(3):
        time.sleep(0.03)
        desk("pull")
    assert snapshot.Snapshot(desk.root).unchanged() == 2
    assert snapshot.clean(desk.root) is None


def test_only_what_is_named_is_told(desk: Desk) -> None:
    put(desk, "ENG/guide/notes.md")
    put(desk, "ENG/notes.md")
    put(desk, "ENG/guide/new.xhtml", NEW)
    assert set(told(desk("status", "ENG/guide"))) == {"ENG/guide/notes.md"}
    assert told(desk("status", GUIDE)) == {}


# -- attachments -----------------------------------------------------------------------------------


def test_an_attachment_that_no_page_shows_is_told(wiki: Sandbox, desk: Desk, guide: str) -> None:
    name = put(desk, "ENG/guide.attachments/a.png")
    directory = "ENG/guide.attachments/"
    run = desk("status")
    assert told(run)[directory] == "not sent, because this mirror has no attachments:"
    assert "hint: 'attachments: true' in .confsync.yaml" in run.out
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    run = desk("status")
    assert told(run)[name] == "not sent, because no page shows it:"
    assert told(desk("push"))[name] == "not sent, because no page shows it:"
    assert wiki.store.attachments(guide) == ()
    (line,) = hints(run)
    desk.edit(GUIDE, "\nconfluence:", f"\n{line}\nconfluence:")
    assert told(desk("status")) == {}
    desk("push")
    assert [one.title for one in wiki.store.attachments(guide)] == ["a.png"]
    assert desk("status").out == "clean: 2 pages\n"


def test_an_attachment_that_no_pattern_fits_is_told(desk: Desk) -> None:
    with desk.path(".confsync.yaml").open("a") as config:
        config.write('attachments: ["*.png"]\n')
    desk("pull")
    name = put(desk, "ENG/guide.attachments/a.csv")
    desk.edit(
        GUIDE, "</h1>", '</h1><p><ac:link><ri:attachment ri:filename="a.csv" /></ac:link></p>'
    )
    assert told(desk("status"))[name] == (
        "not sent, because no pattern of 'attachments' fits its name:"
    )


def test_a_deleted_attachment_in_the_directory_of_an_earlier_path_is_told(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.attach(guide, "a.png", b"hers")
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    commit(desk)
    desk.path("ENG/guide.attachments/a.png").unlink()
    desk.edit(".confsync.yaml", "path: ENG", "path: docs")
    assert desk.json("status").outcomes[GUIDE] == "modified"
    run = desk("push", exit=1)
    assert GUIDE in run.out


def test_a_deleted_attachment_that_stays_on_the_server_is_told(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.attach(guide, "a.png", b"hers")
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    commit(desk)
    name = "ENG/guide.attachments/a.png"
    desk.path(name).unlink()
    for command in ("push", "status"):
        run = desk(command)
        assert told(run)[name].startswith("deleted here; 'confsync push --delete'")
    assert hints(run)[-1] == "confsync push --delete"
    obey(desk, hints(run)[-1])
    assert wiki.store.attachments(guide) == ()
    assert told(desk("push")) == {}


# -- deletions -------------------------------------------------------------------------------------


def test_a_document_deleted_without_git_is_told_until_a_pull_brings_it_back(
    wiki: Sandbox, desk: Desk
) -> None:
    desk("status")
    desk.path(GUIDE).unlink()
    heading = "deleted here, and not in git; 'confsync pull' brings it back:"
    for _ in range(3):
        time.sleep(0.03)
        assert told(desk("status")) == told(desk("push")) == {GUIDE: heading}
    assert told(desk("status", GUIDE)) == {GUIDE: heading}
    desk("pull")
    assert desk.path(GUIDE).exists()
    assert desk("status").out == "clean: 2 pages\n"


def test_the_hint_deletes_the_page_of_a_document_that_git_never_had(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.path(GUIDE).unlink()
    (command,) = hints(desk("status"))
    obey(desk, command)
    assert wiki.store.page(guide).status == "trashed"
    assert desk("status").out == "clean: 1 page\n"


def test_a_page_that_a_push_made_is_missed_at_once(wiki: Sandbox, desk: Desk) -> None:
    """A snapshot from before the page must not hide that its document is gone."""
    commit(desk)
    for _ in range(2):
        time.sleep(0.03)
        desk("status")
    put(desk, "ENG/new.xhtml", NEW)
    desk("push")
    desk.path("ENG/new.xhtml").unlink()
    assert set(told(desk("status"))) == {"ENG/new.xhtml"}


def test_of_what_git_once_had_git_alone_tells(desk: Desk) -> None:
    commit(desk)
    desk("status")
    desk.git("rm", "-q", GUIDE)
    assert desk.json("status").outcomes == {GUIDE: "deleted"}
    desk.git("commit", "-qm", "x")
    assert desk("status").out == "clean: 1 page\n"


def test_what_only_another_branch_has_is_not_missing(desk: Desk) -> None:
    commit(desk, "ENG/index.xhtml", ".confsync.yaml")
    desk.git("switch", "-qc", "more")
    commit(desk, GUIDE)
    desk("status")
    desk.git("switch", "-q", "-")
    assert not desk.path(GUIDE).exists()
    assert desk("status").out == "clean: 1 page\n"


def test_a_pending_deletion_is_told_by_a_push(wiki: Sandbox, desk: Desk, guide: str) -> None:
    commit(desk)
    desk.path(GUIDE).unlink()
    run = desk("push")
    assert (
        told(run)[GUIDE] == "deleted here; 'confsync push --delete' deletes it on the server, too:"
    )
    assert run.out.endswith("push: nothing to do\n")
    assert wiki.store.page(guide).status == "current"
    assert desk("push", GUIDE, exit=2).err.startswith(f"error: {GUIDE}: was deleted here\n")
    (command,) = hints(desk("push", GUIDE, exit=2))
    obey(desk, command)
    assert wiki.store.page(guide).status == "trashed"


def test_a_deletion_of_a_document_that_stands_here_says_so(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    commit(desk)
    run = desk("push", "--delete", GUIDE, exit=1)
    assert f" . skipped     {GUIDE}   the document stands here, so its page stays" in run.out
    assert desk("push", "--delete", "ENG").out == "push: nothing to do\n"
    desk("push", "--delete", "--since", "HEAD", GUIDE, exit=None)
    assert wiki.store.page(guide).status == "current"
    (command,) = hints(run)
    obey(desk, command)
    assert wiki.store.page(guide).status == "trashed"
    assert not desk.path(GUIDE).exists()


def test_the_list_of_removals_is_told_until_it_is_committed(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    commit(desk)
    wiki.store.trash(guide)
    desk("pull")
    for _ in range(3):
        time.sleep(0.03)
        run = desk("status")
        assert told(run)[".confsync.removed"].startswith("not committed")
        desk("pull")
    commit(desk, "ENG")
    assert ".confsync.removed" in told(desk("status"))
    (command,) = hints(desk("status"))
    obey(desk, command)
    assert ".confsync.removed" in told(desk("status")), "it is staged, and not yet committed"
    desk.git("commit", "-qm", "x")
    for _ in range(3):
        time.sleep(0.03)
        assert desk("status").out == "clean: 1 page\n"
    assert snapshot.clean(desk.root) == 1


# -- the next command ------------------------------------------------------------------------------


def test_a_status_says_how_to_send_and_how_to_discard(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    push, discard = hints(desk("status"))
    obey(desk, discard)
    assert desk("status").out == "clean: 2 pages\n"
    assert desk("status").err == ""
    desk.edit(GUIDE, "8080", "8081")
    obey(desk, push)
    assert "8081" in wiki.store.page(guide).body


def test_a_status_says_how_to_restore_and_how_to_delete(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    commit(desk)
    desk.path(GUIDE).unlink()
    back, delete = hints(desk("status"))
    obey(desk, back)
    assert desk("status").out == "clean: 2 pages\n"
    desk.path(GUIDE).unlink()
    obey(desk, delete)
    assert wiki.store.page(guide).status == "trashed"


def test_a_page_in_the_trash_comes_back_as_the_hint_says(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.trash(guide)
    (command,) = hints(desk("status", "--remote"))
    obey(desk, command)
    assert wiki.store.page(guide).status == "current"


@pytest.mark.parametrize("edited", [False, True], ids=["behind", "diverged"])
def test_the_first_hint_of_a_fresh_status_works(
    wiki: Sandbox, desk: Desk, guide: str, edited: bool
) -> None:
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    if edited:
        desk.edit(GUIDE, "8080", "8081")
    run = desk("status", "--fresh", exit=1)
    assert len(hints(run)) == 1
    for command in re.findall(r"'(confsync [^']*)'", run.out + run.err):
        code = 1 if "--merge" in command else 0
        desk(*shlex.split(command)[1:], exit=code)
    state = desk.json("status", "--remote").outcomes
    assert state == ({GUIDE: "conflicted"} if edited else {})


def test_a_quiet_status_gives_no_advice(desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    run = desk("status", "-q")
    assert (run.out, run.err) == ("", "")


def test_paths_are_those_of_the_directory_where_they_are_typed(desk: Desk) -> None:
    put(desk, "ENG/Upper.XHTML", NEW)
    desk.edit(GUIDE, "8080", "8081")
    run = desk("-C", "ENG", "status")
    assert "   Upper.XHTML\n" in run.out
    assert "'confsync -C ENG pull --theirs guide.xhtml'" in run.out


def test_a_directory_without_documents_is_told(desk: Desk, desk_at: Callable[..., Desk]) -> None:
    desk.path("ENG/empty").mkdir()
    assert "no document is in this directory" in desk("push", "ENG/empty", exit=2).err
    assert "note: ENG/empty: no document is in this directory" in desk("check", "ENG/empty").err
