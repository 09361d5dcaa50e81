"""The newest stamps that git knows, in repositories of every kind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.errors import FileError, UsageError
from confsync.mirror.committed.newest_stamps import remedy_of
from confsync.mirror.git import history
from confsync.mirror.git.trees import renames_since
from confsync.mirror.state import stamp_index
from tests.unit.mirror.histories import (
    CONFIG,
    History,
    attached,
    can,
    page,
    processes,
    stamp,
    text,
    versions,
)

FORMS = [form for form in ("sha1", "sha256") if can(form)]


@pytest.fixture(params=FORMS)
def told(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    """Return an empty repository whose top is the mirror."""
    return History(tmp_path / "repo", form=request.param)


# -- what counts -----------------------------------------------------------------------------------


def test_the_newest_stamp_counts_wherever_it_stands_in_the_history(told: History) -> None:
    told.commit(a=page("1", 1), b=page("2", 4))
    told.commit(a=page("1", 3, parent="9", labels=("ops",)))
    told.commit(a=page("1", 2))
    found = told.read()
    assert found.stamps["1"] == stamp("1", 3, parent="9", labels=("ops",))
    assert versions(found) == {"1": 3, "2": 4}
    assert (found.shallow, found.partial) == (False, False)
    assert found.newer_than(stamp("1", 1)) == (found.stamps["1"], stamp("1", 2))
    assert found.newer_than(stamp("1", 3)) == found.newer_than(stamp("7", 1)) == ()


def test_the_same_content_of_a_higher_version_is_not_newer(told: History) -> None:
    told.commit(a=page("1", 1))
    told.commit(a=page("1", 1).replace(b"version: 1", b"version: 5"))
    assert told.versions() == {"1": 5}
    assert told.read().newer_than(stamp("1", 1)) == ()


def test_after_versions_were_renumbered_the_lower_ones_are_there_still(told: History) -> None:
    for version in (9, 3, 4, 3):
        told.commit(a=page("1", version))
    found = told.read()
    assert [one.version for one in found.newer_than(stamp("1", 3))] == [9, 4]
    assert [one.version for one in found.candidates["1"]] == [9, 4, 3]


def test_both_stamps_of_one_version_are_candidates(told: History) -> None:
    other = stamp("1", 2).digest[::-1]
    told.commit(a=page("1", 2))
    told.commit(a=page("1", 2).replace(stamp("1", 2).digest.encode(), other.encode()))
    told.commit(a=page("1", 1))
    newer = told.read().newer_than(stamp("1", 1))
    assert {one.digest for one in newer} == {other, stamp("1", 2).digest}


def test_each_attachment_has_its_own_newest_stamp(told: History) -> None:
    told.commit(a=page("1", 2, attachments=(attached("a.png", 4), attached("b.png", 1))))
    told.commit(a=page("1", 3, attachments=(attached("a.png", 2), attached("b.png", 7))))
    found = told.read()
    assert {n: one.version for n, one in found.attachments["1"].items()} == {"a.png": 4, "b.png": 7}
    assert found.newer_attached("1", attached("a.png", 2)) == (attached("a.png", 4),)
    assert found.newer_attached("1", attached("a.png", 4)) == ()
    assert found.newer_attached("2", attached("a.png", 1)) == ()


def test_a_document_counts_under_any_path_below_the_mirror_and_nowhere_else(told: History) -> None:
    told.commit(a=page("1", 5))
    told.git("mv", "ENG/a.xhtml", "ENG/b.xhtml")
    told.commit(b=page("1", 2))
    told.git("mv", "ENG", "docs")
    told.commit()
    told.put("docs/b.attachments/c.xhtml", page("2", 1))
    told.put("docs/note.txt", page("3", 1))
    told.git("add", "-A")
    (told.root / "link.xhtml").symlink_to("docs/b.xhtml")
    told.commit()
    assert told.versions() == {"1": 5}


@pytest.mark.parametrize("raw", ["crlf", "bom", "conflict in the body", "own keys", "labels"])
def test_a_stamp_is_read_however_the_document_is_written(told: History, raw: str) -> None:
    plain = page("1", 3)
    said = {
        "crlf": plain.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + plain,
        "conflict in the body": plain + b"<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n\xff",
        "own keys": plain.replace(b"title: T\n", b"title: 'T: t'\nx: {a: [1]} # why\n"),
        "labels": plain.replace(b"title: T\n", b"title: T\nlabels: [a, b]\n"),
    }
    told.git("config", "core.autocrlf", "false")
    told.commit(a=said[raw])
    told.commit(a=page("1", 1))
    assert told.versions() == {"1": 3}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"title: T\n", b"title: T\n<<<<<<< a\n"),
        (b"title: T\n", b""),
        (b"title: T\n", b"title: T\ntitle: T\n"),
        (b"title: T\n", b"title: T\nx: [\n"),
        (b"title: T\n", b"title: T\nx: &a b\n"),
        (b"title: T\n", b"title: T\nlabels: x\n"),
        (b"version: 3", b"version: x"),
        (b"---\n<p>", b"<p>"),
        (b"title: T\n", b"title: \xff\n"),
    ],
)
def test_broken_front_matter_counts_for_nothing(told: History, old: bytes, new: bytes) -> None:
    assert old in page("1", 3)
    told.commit(a=page("1", 3).replace(old, new))
    told.commit(a=page("1", 1))
    assert told.versions() == {"1": 1}


# -- which commits count ---------------------------------------------------------------------------


def test_what_a_merge_threw_away_counts(told: History) -> None:
    told.commit(a=page("1", 1))
    told.git("checkout", "-qb", "side")
    told.commit(a=page("1", 2))
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 3))
    told.git("checkout", "-q", "main")
    assert told.versions() == {"1": 1}
    told.git("merge", "-q", "-s", "ours", "-m", "ours", "side")
    assert told.versions() == {"1": 5}, "extended"
    (told.root / ".confsync/stamps").unlink()
    assert told.versions() == {"1": 5}, "cold"


@pytest.mark.parametrize("cold", [False, True])
def test_what_only_a_merge_says_counts(told: History, cold: bool) -> None:
    told.commit(a=page("1", 1), b=page("2", 1))
    for side in ("one", "two"):
        told.git("checkout", "-qb", side, "main")
        told.commit(**{side: page("3", 1)})
    told.git("checkout", "-q", "main")
    told.commit(c=page("4", 1))
    assert cold or told.versions()
    told.git("merge", "-q", "--no-commit", "--no-ff", "one", "two")
    told.commit(a=page("1", 6))
    assert len(told.git("log", "-1", "--format=%p").split()) == 3
    told.commit(a=page("1", 1))
    assert told.versions() == {"1": 6, "2": 1, "3": 1, "4": 1}


def test_a_branch_that_goes_back_forgets_what_is_ahead(told: History) -> None:
    old = told.commit(a=page("1", 1))
    new = told.commit(a=page("1", 2))
    assert told.versions() == {"1": 2}
    told.git("checkout", "-q", old)
    assert told.versions() == {"1": 1}
    told.git("checkout", "-q", new)
    assert told.versions() == {"1": 2}
    told.git("checkout", "-qb", "other", old)
    told.commit(a=page("1", 7))
    assert told.versions() == {"1": 7}
    told.git("checkout", "-q", "main")
    assert told.versions() == {"1": 2}


def test_a_squash_has_only_what_it_says(told: History) -> None:
    told.commit(a=page("1", 1))
    told.git("checkout", "-qb", "side")
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 4))
    told.git("checkout", "-q", "main")
    told.git("merge", "-q", "--squash", "side")
    told.commit()
    assert told.versions() == {"1": 4}


def test_a_revision_that_is_named_counts_as_well(told: History) -> None:
    told.commit(a=page("1", 1))
    told.git("checkout", "-qb", "side")
    told.commit(a=page("1", 5))
    told.git("checkout", "-q", "main")
    assert told.versions(since="side") == {"1": 5}
    assert told.versions(since="HEAD") == {"1": 1}
    assert told.versions() == {"1": 1}, "a revision is not kept"
    with pytest.raises(UsageError):
        told.read(since="--all")


def test_what_replaces_or_grafts_commits_has_no_say(told: History) -> None:
    first = told.commit(a=page("1", 5))
    second = told.commit(a=page("1", 1))
    told.git("replace", "--graft", second)
    (told.top / ".git/info").mkdir(exist_ok=True)
    (told.top / ".git/info/grafts").write_text(f"{second}\n")
    assert told.versions() == {"1": 5}
    assert first


_SETTINGS = (
    *(("log.showRoot", "false"), ("log.follow", "true"), ("log.diffMerges", "off")),
    *(("diff.relative", "true"), ("diff.orderFile", "missing"), ("diff.renames", "copies")),
    *(("diff.renameLimit", "1"), ("diff.autoRefreshIndex", "false"), ("diff.noprefix", "true")),
    *(("diff.ignoreSubmodules", "all"), ("diff.submodule", "log"), ("diff.mnemonicPrefix", "true")),
    *(("core.quotePath", "true"), ("core.abbrev", "7"), ("format.pretty", "fuller")),
    *(("color.ui", "always"), ("log.decorate", "full"), ("log.showSignature", "true")),
)


@pytest.mark.parametrize(("key", "value"), _SETTINGS)
@pytest.mark.parametrize("below", ["", "docs/of-the-team"])
def test_no_setting_of_the_user_changes_what_git_tells(
    tmp_path: Path, below: str, key: str, value: str
) -> None:
    told = History(tmp_path / "repo", below)
    told.commit(a=page("1", 5), b=page("2", 1), c=page("3", 1))
    old = told.commit(a=page("1", 1))
    told.git("config", key, value)
    assert told.versions() == {"1": 5, "2": 1, "3": 1}
    names = {"b": "x", "c": "y"}
    prefix = f"{below}/" if below else ""
    for number, (name, other) in enumerate(names.items()):
        told.git("mv", f"{prefix}ENG/{name}.xhtml", f"{prefix}ENG/{other}.xhtml")
        told.put(f"ENG/{other}.xhtml", page(str(number + 2), 1) + b"<p>more</p>")
    told.git("add", "-A")
    moved = {f"ENG/{other}.xhtml": f"ENG/{name}.xhtml" for name, other in names.items()}
    assert renames_since(told.root, old) == moved


def test_nothing_that_a_repository_names_is_started(told: History, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    told.put(".gitattributes", b"*.xhtml diff=trap filter=trap\n")
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 1))
    for key in ("diff.trap.textconv", "diff.trap.command", "filter.trap.smudge", "core.fsmonitor"):
        told.git("config", key, str(trap))
    told.git("config", "diff.external", str(trap))
    told.git("config", "core.pager", str(trap))
    told.git("config", "gpg.program", str(trap))
    assert told.versions() == {"1": 5}
    assert not (tmp_path / "sprung").exists()


# -- where the mirror is ---------------------------------------------------------------------------


def test_a_mirror_below_the_top_has_its_own_documents_alone(told: History) -> None:
    docs, wiki = History(told.top, "docs"), History(told.top, "wiki")
    docs.put("ENG/a.xhtml", page("1", 2))
    wiki.put("ENG/a.xhtml", page("1", 9))
    told.commit(a=page("2", 1))
    assert docs.versions() == {"1": 2}
    assert wiki.versions() == {"1": 9}
    assert told.versions() == {"2": 1}, "the mirrors below are no part of the one above"


def test_a_mirror_that_is_made_below_another_is_no_part_of_it_any_more(told: History) -> None:
    told.put("docs/ENG/a.xhtml", page("1", 9))
    told.commit(a=page("1", 1))
    assert told.versions() == {"1": 9}
    History(told.top, "docs")
    assert told.versions() == {"1": 9}, "git does not know of it yet"
    told.commit()
    assert told.versions() == {"1": 1}
    (told.root / "docs/.confsync.yaml").unlink()
    assert told.versions() == {"1": 9}


def test_a_space_is_its_mirrors_whatever_stands_in_it(told: History) -> None:
    told.put("ENG/sub/.confsync.yaml", CONFIG.encode())
    told.put("ENG/sub/a.xhtml", page("1", 3))
    told.commit()
    assert told.versions() == {"1": 3}


def test_a_mirror_is_found_through_a_link(told: History, tmp_path: Path) -> None:
    docs = History(told.top, "docs")
    docs.put("ENG/a.xhtml", page("1", 2))
    told.commit(a=page("1", 9))
    (tmp_path / "link").symlink_to(docs.root)
    assert versions(docs.read(root=tmp_path / "link")) == {"1": 2}


def test_a_linked_work_tree_has_its_own_head(
    told: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.commit(a=page("1", 1))
    told.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    tree = History(tmp_path / "tree")
    tree.commit(a=page("1", 5))
    assert (told.versions(), tree.versions()) == ({"1": 1}, {"1": 5})
    with processes(monkeypatch) as started:
        assert (told.versions(), tree.versions()) == ({"1": 1}, {"1": 5})
    assert started == []


def test_a_hook_of_another_repository_changes_nothing(
    told: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.commit(a=page("1", 5))
    other = History(tmp_path / "other")
    other.commit(a=page("1", 9))
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.top))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.top / ".git/index"))
    assert told.versions() == {"1": 5}


def test_without_a_repository_or_a_commit_or_git_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    told = History(tmp_path / "repo")
    (tmp_path / "plain/HEAD").write_text("a file of that name makes no repository")
    for root in (tmp_path / "plain", told.root):
        found = told.read(root=root, since="HEAD~1")
        assert (dict(found.stamps), dict(found.attachments), found.shallow) == ({}, {}, False)
    told.commit(a=page("1", 1))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told.versions() == {}


def test_a_repository_that_git_cannot_read_is_told_of(told: History) -> None:
    told.commit(a=page("1", 1))
    told.commit(a=page("1", 2))
    tree = told.git("rev-parse", "HEAD~1^{tree}")
    path = told.top / ".git/objects" / tree[:2] / tree[2:]
    path.chmod(0o644)
    path.write_bytes(b"")
    with pytest.raises(FileError, match="git cannot read this repository"):
        told.read()


# -- clones that lack something --------------------------------------------------------------------


def clone(told: History, where: Path, *options: str) -> History:
    told.git("config", "uploadpack.allowFilter", "true")
    told.git("config", "gc.auto", "0")
    words = ["git", "clone", "-q", *options, told.top.as_uri(), str(where)]
    subprocess.run(words, check=True)
    made = History(where)
    made.git("config", "gc.auto", "0")
    return made


def test_a_shallow_clone_says_so_until_it_is_complete(told: History, tmp_path: Path) -> None:
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 1))
    shallow = clone(told, tmp_path / "shallow", "--depth=1")
    for _ in range(2):
        found = shallow.read()
        assert (versions(found), found.shallow) == ({"1": 1}, True)
    assert remedy_of(shallow.root, ["ENG"]) == "git fetch --unshallow"
    shallow.git("fetch", "-q", "--unshallow")
    found = shallow.read()
    assert (versions(found), found.shallow) == ({"1": 5}, False)
    assert remedy_of(shallow.root, ["ENG"]) == ""


@pytest.mark.parametrize("lacking", ["blob:none", "tree:0"])
@pytest.mark.parametrize("depth", [(), ("--depth=2",)])
def test_a_partial_clone_fetches_nothing_and_says_so(
    told: History, tmp_path: Path, lacking: str, depth: tuple[str, ...]
) -> None:
    told.commit(a=page("1", 9))
    told.commit(a=page("1", 5), b=page("2", 1))
    told.commit(a=page("1", 1))
    partial = clone(told, tmp_path / "partial", f"--filter={lacking}", *depth)
    before = list((partial.top / ".git/objects/pack").iterdir())
    for _ in range(2):
        found = partial.read()
        assert (versions(found), found.partial) == ({"1": 1, "2": 1}, True)
        assert found.shallow == bool(depth)
    assert list((partial.top / ".git/objects/pack").iterdir()) == before
    remedy = remedy_of(partial.root, ["ENG"])
    assert "--refetch" in remedy
    subprocess.run(remedy, shell=True, cwd=partial.root, check=True, capture_output=True)
    found = partial.read()
    assert (versions(found), found.partial, found.shallow) == ({"1": 9, "2": 1}, False, False)
    assert remedy_of(partial.root, ["ENG"]) == ""


# -- what is kept ----------------------------------------------------------------------------------


def test_nothing_new_starts_no_git(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    told.commit(a=page("1", 2))
    told.commit(a=page("1", 1))
    with processes(monkeypatch) as started:
        assert told.versions() == {"1": 2}
    assert started == ["rev-parse", "log", "cat-file"]
    told.git("pack-refs", "--all")
    with processes(monkeypatch) as started:
        assert told.versions() == {"1": 2}
        assert told.read().candidates["1"] == (stamp("1", 2), stamp("1", 1))
    assert started == []


def test_a_history_without_documents_is_known_as_well(
    told: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.commit()
    assert told.versions() == {}
    with processes(monkeypatch) as started:
        assert told.versions() == {}
    assert started == []


def test_a_commit_more_costs_what_it_has(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    told.commit(a=page("1", 1))
    told.read()
    told.commit(a=page("1", 2))
    asked: list[int] = []
    contents = history.contents_of

    def noted(root: Path, blobs: list[str], most: int) -> object:
        asked.append(len(blobs))
        return contents(root, blobs, most)

    monkeypatch.setattr(history, "contents_of", noted)
    assert told.versions() == {"1": 2}
    assert asked == [1]
    told.git("checkout", "-q", "HEAD~1")
    assert told.versions() == {"1": 1}
    assert asked == [1, 0], "a blob that was read is not read again"


def _torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _edited(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"1"', b'"2"'))


def _linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _foreign(path: Path) -> None:
    """Well-formed, with the right digest, and of another shape."""
    import hashlib

    about = path.read_bytes().split(b"\n")[1] + b"\n"
    rest = about + json.dumps([["", "", "", [], "", 0, []], {"1": "1 x"}]).encode()
    path.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)


@pytest.mark.parametrize("harm", [_torn, _edited, _linked, _emptied, _directory, _foreign])
def test_what_was_kept_and_is_corrupt_is_ignored(
    told: History, harm: Callable[[Path], None]
) -> None:
    told.commit(a=page("1", 5))
    told.commit(a=page("1", 1))
    told.read()
    path = told.root / ".confsync" / stamp_index.NAME
    harm(path)
    elsewhere = path.with_name("elsewhere")
    before = elsewhere.read_bytes() if elsewhere.exists() else None
    assert told.versions() == {"1": 5}
    assert before is None or elsewhere.read_bytes() == before
    if path.is_dir():
        return
    assert not path.is_symlink()
    assert stamp_index.load(told.root) is not None


def test_a_state_directory_that_is_a_link_is_not_used(told: History, tmp_path: Path) -> None:
    told.commit(a=page("1", 5))
    told.read()
    state = told.root / ".confsync"
    state.rename(tmp_path / "away")
    state.symlink_to(tmp_path / "away")
    kept = tmp_path / "away" / stamp_index.NAME
    kept.unlink()
    assert told.versions() == {"1": 5}
    assert not kept.exists()


def test_without_a_state_directory_nothing_is_written(told: History) -> None:
    told.commit(a=page("1", 5))
    told.git("rm", "-qr", "--cached", "--ignore-unmatch", ".confsync")
    (told.root / ".confsync/.gitignore").unlink()
    (told.root / ".confsync").rmdir()
    assert told.versions() == {"1": 5}
    assert not (told.root / ".confsync").exists()


def test_what_was_kept_is_another_mirrors_after_a_move(told: History) -> None:
    docs = History(told.top, "docs")
    docs.put("ENG/a.xhtml", page("1", 5))
    told.commit()
    assert docs.versions() == {"1": 5}
    docs.root.rename(told.top / "wiki")
    assert History(told.top, "wiki").versions() == {}


def test_head_may_move_while_it_is_read(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    told.commit(a=page("1", 1))
    named = history.named_below

    def moving(root: Path, tips: list[str], without: list[str] = []) -> object:  # noqa: B006
        with monkeypatch.context() as patched:
            patched.setattr(history, "named_below", named)
            told.commit(a=page("1", 2))
        return named(root, tips, without)

    monkeypatch.setattr(history, "named_below", moving)
    assert told.versions() == {"1": 1}
    monkeypatch.setattr(history, "named_below", named)
    assert told.versions() == {"1": 2}


def test_a_commit_that_is_gone_is_no_beginning(told: History) -> None:
    told.commit(a=page("1", 1))
    told.commit(a=page("1", 5))
    told.read()
    told.git("reset", "-q", "--hard", "HEAD~1")
    told.git("reflog", "expire", "--expire=now", "--all")
    told.git("gc", "-q", "--prune=now")
    told.commit(b=page("2", 1))
    assert told.versions() == {"1": 1, "2": 1}


def test_a_text_and_its_digest_belong_together() -> None:
    assert text("1", 2).encode() in page("1", 2)
