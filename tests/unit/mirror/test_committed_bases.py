"""The bases that git has, wherever in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.mirror.committed.bases import committed_bases
from confsync.model.stamp import Stamp, digest
from tests.unit.mirror.histories import History, can, page, processes, stamp, text


@pytest.fixture(params=[form for form in ("sha1", "sha256") if can(form)])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> History:
    """Return a mirror below the top of a repository."""
    return History(tmp_path / "repo", "docs", form=request.param)


def found(told: History, *stamps: Stamp) -> dict[str, str]:
    """Return the bodies that are found, by page id."""
    bases = committed_bases(told.root, ["ENG"], stamps)
    return {page_id: body for (page_id, _), (_, body) in bases.items()}


def edited(raw: bytes) -> bytes:
    return raw.replace(b"<p>", b"<p>my ")


def test_all_bases_are_found_in_one_pass(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [str(number) for number in range(1, 9)]
    told.commit(**{f"p{name}": page(name, 1) for name in names})
    told.commit(**{f"p{name}": edited(page(name, 1)) for name in names})
    stamps = [stamp(name, 1) for name in names]
    with processes(monkeypatch) as started:
        assert found(told, *stamps) == {name: text(name, 1) for name in names}
    assert started == ["rev-parse", "log", "cat-file", "cat-file"]
    with processes(monkeypatch) as started:
        assert len(found(told, *stamps)) == 8
    assert started == ["cat-file"]


@pytest.mark.parametrize("where", ["branch", "tag", "stash", "another mirror", "the top"])
def test_a_base_is_found_anywhere_in_the_repository(told: History, where: str) -> None:
    told.commit(a=page("1", 2))
    match where:
        case "branch":
            told.git("checkout", "-qb", "side")
            told.commit(a=page("1", 1))
            told.git("checkout", "-q", "main")
        case "tag":
            told.git("checkout", "-q", "--detach")
            told.git("tag", told.commit(a=page("1", 1))[:7])
            told.git("checkout", "-q", "main")
        case "stash":
            told.put("ENG/a.xhtml", page("1", 1))
            told.git("stash", "-q")
        case "another mirror":
            History(told.top, "wiki").put("ENG/a.xhtml", page("1", 1))
            told.commit()
        case "the top":
            (told.top / "old.xhtml").write_bytes(page("1", 1))
            told.commit()
    assert found(told, stamp("1", 1)) == {"1": text("1", 1)}


def test_the_digest_decides(told: History) -> None:
    told.commit(a=edited(page("1", 1)))
    told.commit(a=page("1", 1).replace(b'id: "1"', b'id: "2"'))
    assert found(told, stamp("1", 1)) == {}
    told.commit(a=page("1", 1).replace(b"version: 1", b"version: 8"))
    assert found(told, stamp("1", 1)) == {"1": text("1", 1)}


def test_of_many_edits_the_one_that_was_not_edited_is_found(told: History) -> None:
    told.git("config", "core.autocrlf", "false")
    told.commit(a=edited(page("1", 1)))
    told.commit(a=page("1", 1).replace(b"\n", b"\r\n"))
    told.commit(a=edited(edited(page("1", 1))))
    bases = committed_bases(told.root, ["ENG"], [stamp("1", 1)])
    (((page_id, of), (title, body)),) = bases.items()
    assert (page_id, of) == ("1", digest(title, body))


def test_without_a_repository_there_is_none(tmp_path: Path) -> None:
    assert committed_bases(tmp_path, ["ENG"], [stamp("1", 1)]) == {}
