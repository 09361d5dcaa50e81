"""Readers for language models load pages from both flavours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .conftest import Peer, failures

pytestmark = pytest.mark.peers
HERE = Path(__file__).parent


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
@pytest.mark.parametrize(
    ("requirement", "program"),
    [
        ("llama-index-readers-confluence", "llama_index_reader.py"),
        (
            "langchain-community atlassian-python-api<5 beautifulsoup4 lxml",
            "langchain_loader.py",
        ),
    ],
)
def test_a_space_a_query_and_a_label_are_loaded(
    request: pytest.FixtureRequest,
    peer: Callable[[str], Peer],
    tmp_path: Path,
    flavor: str,
    requirement: str,
    program: str,
) -> None:
    sandbox: Sandbox = request.getfixturevalue("cloud" if flavor == "cloud" else "server")
    sandbox.store.create_page("ENG", "A guide", "<p>one <b>two</b></p>", labels=["ops"])
    shutil.copy(HERE / program, tmp_path / "program.py")
    where = (sandbox.url, sandbox.user, sandbox.token, flavor)
    said = peer(requirement).run("python", "program.py", *where, cwd=tmp_path)
    space, query, label = json.loads(said.splitlines()[-1])
    assert [title for title, _ in space] == ["A guide", "Home"]
    assert [title for title, _ in query] == ["A guide"]
    ((title, text),) = label
    assert (title, "one" in text and "two" in text, "<" in text) == ("A guide", True, False)
    assert failures(sandbox) == []
