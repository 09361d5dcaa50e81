"""Row 2d as people meet it: words, exit codes, JSON, attachments, and who else can tell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.git import repository as gitrepo
from confsync.sandbox import Sandbox, Store
from tests.flows.conftest import Desk, writes
from tests.hints.journal import commands_in

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def reverted(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a desk whose last push, v2, was reverted in git: text and stamp are those of v1."""
    committed(desk, "pulled")
    pushed(desk, "8080", "8081")
    desk.git("revert", "--no-edit", "HEAD")
    wiki.clear_requests()
    return desk


def committed(desk: Desk, message: str) -> None:
    """Commit everything, in a repository of the mirror's own."""
    if not desk.path(".git").exists():
        desk.git("init", "-q", "-b", "main", "--template=")
    desk.git("add", "-A")
    desk.git("commit", "-qm", message)


def pushed(desk: Desk, old: str, new: str, name: str = GUIDE) -> None:
    """Edit a document and push it, with a commit of what the server stored."""
    desk.edit(name, old, new)
    desk("push", name, "--commit", "-m", "new port")


def test_a_revert_is_told_with_what_happened_who_and_what_to_type(
    wiki: Sandbox, reverted: Desk
) -> None:
    run = reverted("status")
    assert " ! restored    ENG/guide.xhtml   git has v2, the file is based on v1\n" in run.out
    assert "hint: 'confsync status --remote ENG/guide.xhtml' asks the server" in run.err
    told = "git has v2 and put the file back to v1, the server has v2 (Me, just now:"
    assert (
        f' ! restored    ENG/guide.xhtml   {told} "new port")\n'
        in reverted("status", "--remote").out
    )
    for command in (("push",), ("pull",), ("push", "--since", "HEAD~1")):
        run = reverted(*command, exit=1)
        assert f' ! [rejected]  ENG/guide.xhtml   {told} "new port")\n' in run.out
        assert (
            "error: 1 page was rejected because git restored an older version than the server's.\n"
        ) in run.err
        verbs = [command.split()[1] for command in commands_in(run.err)]
        assert verbs == ["pull", "push", "pull"]
    assert writes(wiki) == []


def test_the_hints_commands_send_what_was_put_back(
    wiki: Sandbox, reverted: Desk, guide: str
) -> None:
    before = reverted.text(GUIDE)
    run = reverted("push", exit=1)
    reverted.follow(run, "confsync pull --ours")
    assert "version: 2" in reverted.text(GUIDE) and "8080" in before
    reverted.follow(run, "confsync push")
    assert "8080" in wiki.store.page(guide).body and wiki.store.page(guide).version == 3
    assert reverted("status", "--remote").out.startswith("clean")


def test_the_hints_commands_give_it_up(wiki: Sandbox, reverted: Desk, guide: str) -> None:
    reverted.follow(reverted("pull", exit=1), "confsync pull --theirs")
    assert "8081" in reverted.text(GUIDE) and "version: 2" in reverted.text(GUIDE)
    assert reverted("status", "--remote").out.startswith("clean")
    assert wiki.store.page(guide).version == 2


def test_with_a_colleagues_edit_the_hints_commands_combine_both(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    body = wiki.store.page(guide).body.replace("<p>The second", "<p>a</p><p>b</p><p>The second")
    wiki.store.edit(guide, body, author="Ana", raw=True)
    desk("pull")
    committed(desk, "pulled")
    pushed(desk, "8080", "8081")
    desk.git("revert", "--no-edit", "HEAD")
    now = wiki.store.page(guide).body
    wiki.store.edit(guide, now.replace("9090", "9091"), author="Ana", raw=True)
    run = desk("push", exit=1)
    assert "git has v3 and put the file back to v2, the server has v4 (Ana" in run.out
    desk.follow(run, "confsync pull --merge")
    desk.follow(run, "confsync push")
    body = wiki.store.page(guide).body
    assert "8080" in body and "9091" in body and "8081" not in body


def test_the_envelope_says_restored(reverted: Desk) -> None:
    for command, outcome, code in (("push", "rejected", 1), ("pull", "rejected", 1)):
        (page,) = reverted.json(command, exit=code).data["pages"]
        assert (page["decision"], page["outcome"]) == ("restored", outcome)
        assert (page["base"], page["remote"]) == (1, 2)
    for words in (("status",), ("status", "--remote")):
        data = reverted.json(*words).data
        assert data["summary"] == {"clean": 1, "restored": 1}
    assert reverted("status", "--exit-code", exit=1).out
    assert reverted("status", "--fresh").exit == 0, "the server has changed nothing"


def test_fresh_minds_what_the_server_changed_since(
    wiki: Sandbox, reverted: Desk, guide: str
) -> None:
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    assert "the server has changed 1 of these pages" in reverted("status", "--fresh", exit=1).err


def test_a_dry_run_says_the_same(wiki: Sandbox, reverted: Desk) -> None:
    for command in ("push", "pull"):
        (page,) = reverted.json(command, "--dry-run", exit=1).data["pages"]
        assert (page["decision"], page["outcome"]) == ("restored", "rejected")
    assert writes(wiki) == []


@pytest.mark.parametrize(
    ("hide", "why"),
    [
        (Store.restrict, "the page is not visible: deleted, restricted, or no permission"),
        (Store.trash, "the page is trashed on the server"),
        (Store.archive, "the page is archived on the server"),
    ],
)
def test_a_push_passes_over_no_restored_document_whose_page_cannot_be_read(
    wiki: Sandbox, reverted: Desk, guide: str, hide: Callable[[Store, str], object], why: str
) -> None:
    hide(wiki.store, guide)
    for command in (("push",), ("push", "--since", "HEAD~1"), ("push", "--dry-run")):
        run = reverted(*command, exit=1)
        assert f" ! [rejected]  ENG/guide.xhtml   {why}" in run.out
    assert writes(wiki) == []


@pytest.mark.parametrize("at", ["1", "3", "77"])
def test_ours_of_another_version_is_refused_and_changes_nothing(reverted: Desk, at: str) -> None:
    before = reverted.files()
    run = reverted("pull", "--ours", GUIDE, "--at", at, exit=1)
    assert f"the server has v2, not v{at}" in run.out
    assert reverted.files() == before


def test_ours_takes_one_document_and_no_directory(reverted: Desk) -> None:
    before = reverted.files()
    run = reverted("pull", "--ours", "ENG", "--at", "2", exit=2)
    assert "--ours needs one path" in run.err
    assert reverted.files() == before


# -- attachments -----------------------------------------------------------------------------------

PLAN = "ENG/guide.attachments/plan.txt"


@pytest.fixture
def attached(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a desk whose push of an attachment, v2, was reverted in git."""
    wiki.store.attach(guide, "plan.txt", b"one")
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}attachments: true\n")
    desk("pull")
    committed(desk, "pulled")
    desk.path(PLAN).write_bytes(b"two")
    desk("push", "--commit")
    desk.git("revert", "--no-edit", "HEAD")
    assert desk.path(PLAN).read_bytes() == b"one"
    wiki.clear_requests()
    return desk


def on_server(wiki: Sandbox, guide: str) -> tuple[int, bytes]:
    (one,) = wiki.store.attachments(guide)
    return one.version, wiki.store.attachment_data(one.id)


def test_an_attachment_that_git_put_back_is_refused_by_itself(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    assert (
        "restored    ENG/guide.xhtml   attachments: git has v2 of plan.txt"
        in attached("status").out
    )
    assert attached.json("status", "--remote").outcomes == {GUIDE: "restored"}
    for command in ("pull", "push"):
        run = attached(command, exit=1)
        assert "plan.txt: git has v2 and put the file back to v1, the server has v2" in run.out
    assert attached.path(PLAN).read_bytes() == b"one"
    assert writes(wiki) == []
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    attached("pull", exit=1)
    assert "<p>new</p>" in attached.text(GUIDE), "the text comes all the same"
    assert attached.path(PLAN).read_bytes() == b"one"


def test_its_hints_commands_keep_it_or_give_it_up(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    run = attached("pull", exit=1)
    before = attached.files()
    attached("pull", "--ours", PLAN, "--at", "7", exit=1)
    assert attached.files() == before
    attached.follow(run, "confsync pull --ours")
    assert attached.path(PLAN).read_bytes() == b"one"
    attached("push")
    assert on_server(wiki, guide) == (3, b"one")
    assert attached("status", "--remote").out.startswith("clean")
    attached.git("checkout", "-q", "--", ".")
    attached.follow(run, "confsync pull --theirs")
    assert attached.path(PLAN).read_bytes() == b"one"


def test_theirs_takes_the_servers_attachment(wiki: Sandbox, attached: Desk, guide: str) -> None:
    attached("pull", "--theirs", PLAN)
    assert attached.path(PLAN).read_bytes() == b"two"
    assert attached("status", "--remote").out.startswith("clean")
    assert on_server(wiki, guide) == (2, b"two")


def test_a_server_that_has_another_attachment_of_that_number_is_pulled_from(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    """The server was restored from a backup, and the attachment was replaced since."""
    (one,) = wiki.store.attachments(guide)
    wiki.store.remove_attachment(one.id)
    made = wiki.store.attach(guide, "plan.txt", b"one")
    wiki.store.replace_attachment(made.id, b"another", "Ana", "")
    attached("pull")
    assert attached.path(PLAN).read_bytes() == b"another"


def test_ours_keeps_an_unmodified_attachment_too(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """The pull took the server's file, with nothing in the trash."""
    made = wiki.store.attach(guide, "plan.txt", b"one")
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}attachments: true\n")
    desk("pull")
    wiki.store.replace_attachment(made.id, b"two", "Ana", "")
    run = desk("pull", "--ours", PLAN, "--at", "77", exit=1)
    assert "plan.txt: the server has v2, not v77" in run.out
    assert desk.path(PLAN).read_bytes() == b"one"
    desk("pull", "--ours", PLAN, "--at", "2")
    assert desk.path(PLAN).read_bytes() == b"one"
    assert desk.path(f".confsync/trash/{PLAN}").read_bytes() == b"two"
    desk("push")
    assert on_server(wiki, guide) == (3, b"one")


@pytest.mark.parametrize("attachments", [True, False])
def test_a_choice_for_no_attachment_is_refused(
    wiki: Sandbox, desk: Desk, guide: str, attachments: bool
) -> None:
    if attachments:
        wiki.store.attach(guide, "plan.txt", b"one")
        config = desk.path(".confsync.yaml")
        config.write_text(f"{config.read_text()}attachments: true\n")
        desk("pull")
    run = desk("pull", "--theirs", "ENG/guide.attachments/none.txt", exit=1)
    assert "none.txt: no attachment of this page" in run.out


def test_a_directory_of_attachments_is_no_name_of_one(attached: Desk) -> None:
    for words in (("--theirs", PLAN.rpartition("/")[0]), ("--ours", PLAN.rpartition("/")[0])):
        at = ("--at", "2") if words[0] == "--ours" else ()
        assert "is a directory: name each attachment" in attached("pull", *words, *at, exit=2).err


# -- who else can tell -----------------------------------------------------------------------------


@pytest.fixture
def shallow(wiki: Sandbox, reverted: Desk, tmp_path: Path) -> Desk:
    """Return a clone of the reverted history that has its last commit alone."""
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", reverted.root.as_uri(), str(tmp_path / "shallow")],
        check=True,
    )
    reverted.root = tmp_path / "shallow"
    return reverted


def test_a_pull_in_a_shallow_clone_warns_also_when_it_is_quiet(
    wiki: Sandbox, shallow: Desk
) -> None:
    run = shallow("pull", "-q")
    assert run.out == ""
    assert "warning: this clone is shallow" in run.err and GUIDE in run.err
    assert shallow("pull", "-q").err == "", "nothing is replaced"


def test_the_warning_stands_beside_the_envelope(shallow: Desk) -> None:
    run = shallow.json("pull")
    assert run.outcomes == {GUIDE: "pulled"}
    assert "warning: this clone is shallow" in run.err


def test_a_pull_that_commits_in_a_shallow_clone_refuses_to_replace(
    wiki: Sandbox, shallow: Desk
) -> None:
    before = shallow.files()
    run = shallow("pull", "--commit", exit=4)
    assert shallow.files() == before
    shallow.follow(run, "git fetch --unshallow")
    assert "[rejected]" in shallow("pull", "--commit", exit=1).out
    assert shallow.files() == before


def test_a_pull_that_commits_in_a_shallow_clone_may_be_allowed_to(shallow: Desk) -> None:
    shallow("pull", "--commit", "--allow-shallow")
    assert "8081" in shallow.text(GUIDE)


def test_a_pull_that_commits_new_pages_in_a_shallow_clone_is_none_of_that(
    wiki: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    committed(desk, "pulled")
    committed_twice = desk.path("notes.txt")
    committed_twice.write_text("x")
    committed(desk, "more")
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", desk.root.as_uri(), str(tmp_path / "shallow")],
        check=True,
    )
    desk.root = tmp_path / "shallow"
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    assert desk.json("pull", "--commit").outcomes == {"ENG/other.xhtml": "created"}


@pytest.fixture
def blobless(reverted: Desk, tmp_path: Path) -> Desk:
    """Return a clone of the reverted history with all commits, and the last one's files."""
    reverted.git("config", "uploadpack.allowFilter", "true")
    words = ["git", "clone", "-q", "--filter=blob:none", reverted.root.as_uri()]
    subprocess.run([*words, str(tmp_path / "blobless")], check=True)
    reverted.root = tmp_path / "blobless"
    return reverted


def test_a_partial_clone_cannot_tell_either(blobless: Desk) -> None:
    before = blobless.files()
    run = blobless("pull", "--commit", exit=4)
    assert "this clone lacks files of its history (a partial clone)" in run.err and GUIDE in run.err
    assert blobless.files() == before
    blobless.follow(run, "git")
    assert "git has v2 and put the file back to v1" in blobless("pull", "--commit", exit=1).out
    assert blobless.files() == before


def test_a_pull_in_a_partial_clone_warns(blobless: Desk) -> None:
    assert "warning: this clone lacks files of its history" in blobless("pull", "-q").err
    assert "8081" in blobless.text(GUIDE)
    assert blobless("pull", "-q").err == "", "nothing is replaced"


def test_a_pull_that_commits_in_a_partial_clone_may_be_allowed_to(blobless: Desk) -> None:
    blobless("pull", "--commit", "--allow-shallow")
    assert "8081" in blobless.text(GUIDE)


def test_an_attachment_is_not_replaced_in_a_shallow_clone_either(
    attached: Desk, tmp_path: Path
) -> None:
    words = ["git", "clone", "-q", "--depth", "1", attached.root.as_uri()]
    subprocess.run([*words, str(tmp_path / "shallow")], check=True)
    attached.root = tmp_path / "shallow"
    run = attached("pull", "--commit", exit=4)
    assert "this clone is shallow" in run.err and PLAN in run.err
    assert attached.path(PLAN).read_bytes() == b"one"
    assert PLAN in attached("pull", "-q").err
    assert attached.path(PLAN).read_bytes() == b"two"


def test_a_new_attachment_in_a_shallow_clone_is_none_of_that(
    wiki: Sandbox, attached: Desk, guide: str, tmp_path: Path
) -> None:
    attached("pull", "--theirs", PLAN)
    committed(attached, "thought over")
    words = ["git", "clone", "-q", "--depth", "1", attached.root.as_uri()]
    subprocess.run([*words, str(tmp_path / "shallow")], check=True)
    attached.root = tmp_path / "shallow"
    wiki.store.attach(guide, "new.txt", b"new")
    attached("pull", "--commit")
    assert attached.path(PLAN.replace("plan", "new")).read_bytes() == b"new"


@pytest.fixture
def encoded(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a repository that stores documents in other letters, where a push was reverted."""
    desk.git("init", "-q", "-b", "main", "--template=")
    for way in ("clean", "smudge"):
        desk.git("config", f"filter.rot.{way}", "tr a-z n-za-m")
    desk.path(".gitattributes").write_text("*.xhtml filter=rot\n")
    committed(desk, "pulled")
    pushed(desk, "8080", "8081")
    desk.git("revert", "--no-edit", "HEAD")
    assert "gvgyr:" in desk.git("show", f"HEAD:{GUIDE}")
    return desk


def test_of_documents_that_git_stores_through_a_filter_it_cannot_tell(encoded: Desk) -> None:
    before = encoded.files()
    run = encoded("pull", "--commit", exit=4)
    assert "git stores documents here through a filter" in run.err and GUIDE in run.err
    assert encoded.files() == before
    assert "8081" in encoded.follow(run, "confsync diff --remote")
    told = encoded.follow(run, "confsync pull --commit")
    assert "warning: git stores documents here through a filter" in told
    assert "no commit" not in told, "there was one"
    assert "8081" in encoded.text(GUIDE)


def test_a_filter_of_long_ago_stops_no_pull(wiki: Sandbox, encoded: Desk, guide: str) -> None:
    encoded("pull", "--theirs", GUIDE)
    encoded.path(".gitattributes").write_text("")
    encoded.git("add", "--renormalize", "-A")
    committed(encoded, "as it is")
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    run = encoded("pull", "--commit")
    assert run.err == "" and "<p>new</p>" in encoded.text(GUIDE)


@pytest.mark.parametrize(
    "raw", [b"<p>no front matter</p>\n", b"", b"---\ntitle: T\n<<<<<<< a\n---\n", b"\xff\x00"]
)
def test_a_document_that_was_never_valid_stops_no_pull(
    wiki: Sandbox, desk: Desk, guide: str, raw: bytes
) -> None:
    desk.path("ENG/other.xhtml").write_bytes(raw)
    committed(desk, "pulled")
    desk.path("ENG/other.xhtml").unlink()
    committed(desk, "gone")
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    run = desk("pull", "--commit")
    assert run.err == "" and "<p>new</p>" in desk.text(GUIDE)


def test_without_a_git_program_a_pull_says_that_nothing_can_tell(
    reverted: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.rmtree(reverted.path(".confsync"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gitrepo, "_git", lambda: None)
    run = reverted("pull")
    assert "warning: git is not installed here, so confsync cannot tell" in run.err
    assert GUIDE in run.err and "install git" in run.err
    assert reverted("pull", "-q").err == "", "nothing is replaced"


def test_without_git_and_without_a_repository_nothing_is_to_be_told(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gitrepo, "_git", lambda: None)
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    assert desk("pull").err == ""
    assert "<p>new</p>" in desk.text(GUIDE)


@pytest.mark.parametrize("way", [("stash",), ("checkout", "--", GUIDE)])
def test_what_was_pushed_without_a_commit_and_taken_back_is_warned_about(
    wiki: Sandbox, desk: Desk, guide: str, way: tuple[str, ...]
) -> None:
    """Git has no commit of it and is no witness; the audit trail is, for a warning."""
    committed(desk, "pulled")
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    desk.git(*way)
    assert "8080" in desk.text(GUIDE)
    run = desk("pull", "-q")
    assert f"warning: {GUIDE}: v2 was pushed from here; no commit of this branch has it" in run.err
    assert "8081" in desk.text(GUIDE)
    assert desk("pull").err == ""


def test_a_push_whose_answer_was_lost_is_not_warned_about(
    wiki: Sandbox, desk: Desk, guide: str, desk_at: Callable[..., Desk]
) -> None:
    committed(desk, "pulled")
    desk.edit(GUIDE, "8080", "8081")
    raw = desk.path(GUIDE).read_bytes()
    desk("push")
    desk.path(GUIDE).write_bytes(raw)
    wiki.store.edit(guide, wiki.store.page(guide).body + "<p>more</p>", author="Ana", raw=True)
    run = desk("pull")
    assert "warning" not in run.err
    assert "8081" in desk.text(GUIDE) and "more" in desk.text(GUIDE)


# -- what it costs ---------------------------------------------------------------------------------


def test_requests_are_as_ever_where_nothing_was_put_back(wiki: Sandbox, desk: Desk) -> None:
    """With a repository, and without one."""
    counts = []
    for _ in range(2):
        wiki.clear_requests()
        for command in ("pull", "push", "status"):
            desk(command)
        counts.append(len(wiki.requests))
        if not desk.path(".git").exists():
            committed(desk, "pulled")
    assert counts[0] == counts[1]


def test_a_status_that_has_nothing_to_tell_starts_one_process_of_gits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(desk, "pulled")
    for _ in range(2):
        desk("status")
    started: list[object] = []
    begin = subprocess.Popen.__init__

    def noted(self: object, *given: object, **more: object) -> None:
        started.append(given[0])
        begin(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    assert desk("status").out == "clean: 2 pages\n"
    assert len(started) == 1


# -- what another revision has, and HEAD's history has not -----------------------------------------


@pytest.fixture
def feature(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a branch with an edit of v1; main has a colleague's v2, and is not merged."""
    committed(desk, "pulled")
    desk.git("checkout", "-q", "-b", "feature")
    desk.edit(GUIDE, "8080", "8081")
    committed(desk, "my edit")
    desk.git("checkout", "-q", "main")
    body = wiki.store.page(guide).body + "<p>9091</p>"
    wiki.store.edit(guide, body, author="Ana", raw=True)
    desk("pull", "--commit")
    desk.git("checkout", "-q", "feature")
    wiki.clear_requests()
    return desk


def test_a_branch_that_is_behind_the_one_of_since_put_nothing_back(
    wiki: Sandbox, feature: Desk, guide: str
) -> None:
    run = feature("push", "--since", "main", exit=1)
    assert f" ! [rejected]  {GUIDE}   local is based on v1, the server has v2 (Ana" in run.out
    assert "put" not in run.out + run.err.replace("push", "")
    (page,) = feature.json("push", "--since", "main", exit=1).data["pages"]
    assert page["decision"] == "diverged"
    assert writes(wiki) == []
    assert "9091" in feature.follow(run, "confsync diff --remote")
    feature.follow(run, "confsync pull --merge")
    feature("push", "--since", "main")
    body = wiki.store.page(guide).body
    assert "8081" in body and "9091" in body


def test_what_head_itself_has_was_put_back_whatever_since_names(
    wiki: Sandbox, reverted: Desk
) -> None:
    """The branch of since goes on, and HEAD's history has v2 all the same."""
    reverted.git("checkout", "-q", "-b", "further")
    reverted("pull", "--theirs", GUIDE)
    committed(reverted, "v2 again")
    pushed(reverted, "8081", "8082")
    reverted.git("checkout", "-q", "main")
    told = "git has v2 and put the file back to v1, the server has v3"
    assert told in reverted("push", "--since", "further~3", exit=1).out
    assert writes(wiki)


def test_an_attachment_of_a_branch_that_is_behind_was_not_put_back(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    made = wiki.store.attach(guide, "plan.txt", b"one")
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}attachments: true\n")
    desk("pull")
    committed(desk, "pulled")
    desk.git("checkout", "-q", "-b", "feature")
    desk.path(PLAN).write_bytes(b"mine")
    committed(desk, "my edit")
    desk.git("checkout", "-q", "main")
    wiki.store.replace_attachment(made.id, b"two", "Ana", "")
    desk("pull", "--commit")
    desk.git("checkout", "-q", "feature")
    wiki.clear_requests()
    run = desk("push", "--since", "main", exit=1)
    assert "plan.txt: the file here is based on v1, the server has v2" in run.out
    assert writes(wiki) == []


def deleted_after_a_pull(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """Commit a colleague's v2 after the tag `last-ci`, then delete the document."""
    committed(desk, "pulled")
    desk.git("tag", "last-ci")
    wiki.store.edit(guide, "<p>v2</p>", author="Ana")
    desk("pull", "--commit")
    desk.git("rm", "-q", GUIDE)
    committed(desk, "not needed any more")
    wiki.clear_requests()


def test_what_was_deleted_at_a_later_version_than_since_is_deleted(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    deleted_after_a_pull(wiki, desk, guide)
    desk("push", "--delete", "--since", "last-ci")
    assert wiki.store.page(guide).status == "trashed"


def test_what_was_edited_after_it_was_deleted_here_stays(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    deleted_after_a_pull(wiki, desk, guide)
    wiki.store.edit(guide, "<p>v3</p>", author="Ana")
    run = desk("push", "--delete", "--since", "last-ci", exit=1)
    assert "local is based on v2, the server has v3 (Ana" in run.out
    assert writes(wiki) == []


def test_what_only_since_has_seen_is_not_deleted(wiki: Sandbox, feature: Desk, guide: str) -> None:
    feature.git("rm", "-q", GUIDE)
    committed(feature, "not needed any more")
    run = feature("push", "--delete", "--since", "main", exit=1)
    assert "local is based on v1, the server has v2 (Ana" in run.out
    assert writes(wiki) == []


# -- a stamp that git took away --------------------------------------------------------------------

NEW = "ENG/plan.xhtml"


@pytest.fixture
def unsettled(wiki: Sandbox, desk: Desk) -> Desk:
    """Return a desk whose creation of a page was pushed, and the commit of its stamp reverted."""
    committed(desk, "pulled")
    desk("new", NEW, "--title", "Plan")
    desk.edit(NEW, "<p />", "<p>one</p>")
    committed(desk, "a new page")
    desk("push", "--commit")
    desk.git("revert", "--no-edit", "HEAD")
    assert "confluence:" not in desk.text(NEW)
    wiki.clear_requests()
    return desk


def plans(wiki: Sandbox) -> list[tuple[str, int]]:
    """Title and version of each page that was made here."""
    pages = [page for page in wiki.store.pages("ENG") if "Plan" in page.title]
    return [(page.title, page.version) for page in pages if page.status == "current"]


@pytest.mark.parametrize("edited", ["title", "text", "moved", "nothing"])
def test_a_creation_whose_settle_was_reverted_makes_no_second_page(
    wiki: Sandbox, unsettled: Desk, edited: str
) -> None:
    name = NEW
    if edited == "title":
        unsettled.edit(NEW, "title: Plan", "title: Plan 2027")
    elif edited == "text":
        unsettled.edit(NEW, "<p>one</p>", "<p>two</p>")
    elif edited == "moved":
        name = "ENG/guide/plan.xhtml"
        unsettled.path(name).parent.mkdir()
        unsettled.git("mv", NEW, name)
    told = "git's history has this as the document of page"
    before = unsettled.files()
    assert told in unsettled("pull").out
    assert unsettled.files() == before, "the page is not written beside its document"
    run = unsettled("push", exit=1)
    assert told in run.out and plans(wiki) == [("Plan", 1)] and writes(wiki) == []
    assert told in unsettled("push", "--dry-run", exit=1).out
    assert commands_in(run.err)[1] == f"confsync pull --theirs {name}"
    unsettled.follow(run, "confsync pull --ours")
    unsettled("push")
    assert plans(wiki) == [
        ("Plan 2027" if edited == "title" else "Plan", 2 - (edited == "nothing"))
    ]
    assert unsettled("status", "--remote").out.startswith("clean")


def test_its_page_may_be_taken_as_the_server_has_it(wiki: Sandbox, unsettled: Desk) -> None:
    unsettled.edit(NEW, "title: Plan", "title: Plan 2027")
    unsettled.follow(unsettled("push", exit=1), "confsync pull --theirs")
    assert unsettled("status", "--remote").out.startswith("clean")
    assert plans(wiki) == [("Plan", 1)]


def test_another_name_makes_a_new_page(wiki: Sandbox, unsettled: Desk) -> None:
    unsettled.edit(NEW, "title: Plan", "title: Plan 2027")
    unsettled.path(NEW).rename(unsettled.path("ENG/another.xhtml"))
    unsettled("push")
    assert plans(wiki) == [("Plan", 1), ("Plan 2027", 1)]


@pytest.mark.parametrize("way", ["deleted", "moved"])
def test_a_new_document_where_another_stood_makes_a_new_page(
    wiki: Sandbox, desk: Desk, guide: str, way: str
) -> None:
    """The page of the one before is in the trash, or its document stands elsewhere."""
    committed(desk, "pulled")
    if way == "deleted":
        desk.git("rm", "-q", GUIDE)
        desk("push", "--delete")
    else:
        desk.git("mv", GUIDE, "ENG/other.xhtml")
    committed(desk, "gone from there")
    desk("new", GUIDE, "--title", "Plan")
    desk("pull")
    desk("push", GUIDE)
    assert plans(wiki) == [("Plan", 1)]
