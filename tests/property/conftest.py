"""Property tests, and the corpus of real pages that some of them run over.

The corpus is other people's text and no part of the project: CONFSYNC_CORPUS names a directory that
holds `bodies/`, `index.tsv`, `titles.tsv` and `page-tree.yaml`. Without it those tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bodies(corpus: Path) -> dict[str, str]:
    """Every body by its file name."""
    found = {path.name: path.read_bytes().decode() for path in sorted(corpus.glob("bodies/*"))}
    assert found
    return found
