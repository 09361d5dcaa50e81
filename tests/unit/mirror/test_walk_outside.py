"""The walk of what is in no space's directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confsync.mirror.walk import Seen, look_outside
from tests.caseless import Caseless


def made(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def paths(found: list[Seen]) -> set[str]:
    return {f"{inner}/{name}" for inner, names, _ in found for name in names}


def test_only_what_is_outside_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "ENG/a.xhtml", "wiki/team/OPS/b.xhtml", "wiki/team/c.xhtml", "top.xhtml")
    made(tmp_path, ".hidden/d.xhtml", "x.attachments/e.xhtml", "other/.confsync.yaml")
    made(tmp_path, "other/in/f.xhtml", "clone/.git/HEAD", "clone/g.xhtml", "tree/.git")
    made(tmp_path, "tree/h.xhtml", ".git/HEAD", ".confsync.yaml", "old/.folder.yaml")
    opened: list[str] = []
    real = os.open

    def noted(path: str, *rest: int) -> int:
        opened.append(os.path.relpath(path, tmp_path))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", noted)
    found = list(look_outside(os.fspath(tmp_path), ["ENG", "wiki/team/OPS"]))
    assert paths(found) == {"/top.xhtml", "wiki/team/c.xhtml"}
    assert not {"ENG", "wiki/team/OPS", "other/in"} & set(opened)


@pytest.mark.parametrize("name", ["eng", "link"])
def test_a_space_directory_by_another_name_is_not_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made(tmp_path, "eng/a.xhtml", "eng/below/b.xhtml")
    if name == "link":
        (tmp_path / "ENG").symlink_to("eng")
    else:
        Caseless(tmp_path, monkeypatch)
    assert list(look_outside(os.fspath(tmp_path), ["ENG"])) == []
