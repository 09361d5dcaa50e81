"""The pages that a branch of a history has already, and no other documents."""

from __future__ import annotations

from pathlib import Path

import git

from confsync.history.recorded import document_of, recorded

STAMPED = """---
title: Guide
confluence:
  id: "98310"
  version: 3
  digest: 11c4ae0f8a3b3d9e5a6f7b8c9d0e1f2a
  parent: "98305"
---
<p>text</p>
"""


def test_a_document_that_a_person_committed_there_is_no_page_of_the_history(tmp_path: Path) -> None:
    repo = git.Repo.init(tmp_path)
    (tmp_path / "ENG").mkdir()
    (tmp_path / "ENG/guide.xhtml").write_text(STAMPED)
    (tmp_path / "ENG/new.xhtml").write_text("---\ntitle: New\n---\n<p>new</p>\n")
    repo.git.add("-A")
    repo.git.execute(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x"])
    tip = repo.head.commit.hexsha
    assert list(recorded(repo.git, tip, ["ENG"]).pages) == ["98310"]
    assert document_of(repo.git, tip, ["ENG"], "98310") is not None
    assert document_of(repo.git, tip, ["ENG"], "98311") is None
    repo.close()
