"""git tells whose documents new ones were, and in which order stamps came."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from confsync.mirror.committed import former_pages as pages
from confsync.mirror.committed.former_pages import former_pages
from confsync.mirror.committed.sequence import Past
from confsync.mirror.git import history
from confsync.mirror.git.history import Named
from confsync.model.stamp import Stamp
from tests.unit.mirror.histories import History, page, stamp


@pytest.fixture(params=["", "docs/of-the-team"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    """Return a mirror, at a repository's top or below it, whose one document lost its stamp."""
    found = History(tmp_path / "repo", request.param)
    found.commit(a=page("1", 1), b=page("2", 1))
    found.commit(a=b"---\ntitle: T\n---\n<p>new</p>\n")
    return found


@pytest.mark.parametrize("named", [0, 200])
def test_a_document_is_known_by_its_path_and_by_its_text(
    told: History, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    monkeypatch.setattr(pages, "_NAMED", named)
    asked = {
        "ENG/a.xhtml": "other",
        "ENG/moved.xhtml": stamp("2", 1).digest,
        "ENG/new.xhtml": "x",
        "ENG/*.xhtml": "y",
    }
    found = former_pages(told.root, ["ENG"], asked)
    assert found == {"ENG/a.xhtml": {"1"}, "ENG/moved.xhtml": {"2"}}


def was_before(
    root: Path, directories: list[str], older: Stamp, newer: Stamp, paths: list[str]
) -> bool:
    """Return whether one stamp of a page was in a commit before another stamp."""
    past = Past(root, directories)
    return past.went_back([past.of_stamps(older, newer, paths)]) == [True]


def test_a_path_that_several_pages_had_is_known_for_each(told: History) -> None:
    told.commit(a=page("3", 1))
    told.commit(a=b"---\ntitle: T\n---\n")
    found = former_pages(told.root, ["ENG"], {"ENG/a.xhtml": "other"})
    assert found == {"ENG/a.xhtml": {"1", "3"}}


def test_without_a_commit_or_a_repository_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for root in (History(tmp_path / "repo").root, tmp_path / "plain"):
        assert former_pages(root, ["ENG"], {"ENG/a.xhtml": "x"}) == {}
        assert not was_before(root, ["ENG"], stamp("1", 1), stamp("1", 2), ["ENG/a.xhtml"])


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_a_partial_clone_fetches_nothing_and_fails_at_nothing(
    told: History, tmp_path: Path, kind: str
) -> None:
    told.git("config", "uploadpack.allowFilter", "true")
    place = tmp_path / "clone"
    words = ["git", "clone", "-q", f"--filter={kind}", told.top.as_uri(), str(place)]
    subprocess.run(words, check=True)
    root = place / told.root.relative_to(told.top)
    asked = {"ENG/a.xhtml": "other", "ENG/moved.xhtml": stamp("2", 1).digest}
    assert former_pages(root, ["ENG"], asked) == {"ENG/moved.xhtml": {"2"}}
    assert not was_before(root, ["ENG"], stamp("1", 1), stamp("2", 1), ["ENG/a.xhtml"])


def test_the_order_of_commits_tells_which_stamp_was_before(tmp_path: Path) -> None:
    told = History(tmp_path / "repo")
    first, second = stamp("1", 1, labels=("a",)), stamp("1", 1, labels=("b",))
    paths = ["ENG/a.xhtml"]
    told.commit(a=page("1", 1, labels=("a",)))
    told.commit(a=page("1", 1, labels=("b",)))
    assert was_before(told.root, ["ENG"], first, second, paths)
    assert not was_before(told.root, ["ENG"], second, first, paths)
    assert not was_before(told.root, ["ENG"], first, second, ["ENG/b.xhtml"])
    told.commit(a=page("1", 1, labels=("a",)))
    assert was_before(told.root, ["ENG"], second, first, paths)


def test_git_is_asked_once_for_many_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = History(tmp_path / "repo")
    ids = [str(number) for number in range(1, 40)]
    for label in ("a", "b", "a"):
        told.commit(**{f"p{one}": page(one, 1, labels=(label,)) for one in ids})
    asked: list[object] = []
    named_at = history.named_at

    def counted(root: Path, commit: str, paths: Sequence[str]) -> Iterator[Named]:
        asked.append(paths)
        yield from named_at(root, commit, paths)

    monkeypatch.setattr(history, "named_at", counted)
    past = Past(told.root, ["ENG"])
    stamps = [(stamp(one, 1, labels=("a",)), stamp(one, 1, labels=("b",))) for one in ids]
    back = [past.of_stamps(a, b, [f"ENG/p{a.id}.xhtml"]) for a, b in stamps]
    never = past.of_stamps(stamps[0][0], stamp("1", 1, labels=("c",)), ["ENG/p1.xhtml"])
    assert past.went_back([*back, never]) == [*[True] * len(ids), False]
    assert asked == [["ENG"]]
