"""No command's memory grows with the bodies of a space.

The bodies take several times the memory that each command may use. A command that held them, or
their documents, or the server's answers, would need more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox

from .mirror import Mirror
from .runner import Machine
from .space import KEY

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux to measure"
)
PAGES = 2000
BODY = 60_000  # characters; all bodies are 120 MB
# The modules take 45 MB. A bulk answer has 250 bodies, and three come at a time. At worst, each of
# the three is there as bytes, as text and as values: 3 * 46 MB. With all bodies, it would be 300.
MEGABYTES = 80
WITH_ANSWERS = 190
# New documents take 60 MB on the disk. Their bytes, texts and bodies would take 180 MB.
NEW, NEW_BODY = 300, 200_000


@pytest.fixture(scope="module")
def wiki() -> Iterator[Sandbox]:
    """Yield a sandbox with large pages; some have an attachment and a label."""
    with Sandbox() as sandbox:
        store = sandbox.store
        with store.batch():
            space = store.create_space(KEY, "Engineering", "Home", raw=True)
            for number in range(PAGES):
                paragraph = f"<p>Page {number} says {'words ' * 100}</p>"
                body = paragraph * (BODY // len(paragraph))
                page = store.create_page(KEY, f"P {number}", body, space.homepage_id, raw=True)
                if number % 20 == 0:
                    store.attach(page.id, "a.txt", b"text")
                    store.add_labels(page.id, ["topic"])
        yield sandbox


@pytest.fixture(scope="module")
def mirror(wiki: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """Return a mirror of it, with labels and attachments, in git."""
    work = tmp_path_factory.mktemp("memory")
    here = Mirror(Machine(work), work / "mirror")
    here.root.mkdir()
    url = ("--url", wiki.url, "--space", KEY)
    here.machine.run(sys.executable, "-m", "confsync", "init", *url, at=here.root)
    config = here.root / ".confsync.yaml"
    config.write_text(f"{config.read_text()}labels: true\nattachments: true\n")
    peak(here, wiki, "pull")  # its own test is in test_counts.py
    here.committed()
    return here


def peak(here: Mirror, wiki: Sandbox, *arguments: str) -> float:
    """Return the most megabytes of a command, with all processes that it starts."""
    known = {"CONFSYNC_USER": wiki.user, "CONFSYNC_TOKEN": wiki.token}
    command = (sys.executable, "-m", "confsync", *arguments)
    return here.machine.run(*command, at=here.root, more=known).megabytes


def test_no_memory_grows_with_the_bodies_of_a_space(mirror: Mirror, wiki: Sandbox) -> None:
    """Nothing changed: each command reads what it needs, and lets go of it."""
    one = mirror.documents()[1].relative_to(mirror.root).as_posix()
    commands = (
        *(("status",), ("check",), ("diff",), ("pull",), ("push",), ("diff", "--remote")),
        *(("log", one), ("doctor",), ("show", one)),
    )
    found = {" ".join(words): peak(mirror, wiki, *words) for words in commands}
    print(found)
    assert {words: most for words, most in found.items() if most > MEGABYTES} == {}
    assert peak(mirror, wiki, "pull", "--refresh") < WITH_ANSWERS


def test_a_push_holds_one_new_document_at_a_time(mirror: Mirror, wiki: Sandbox) -> None:
    for number in range(NEW):
        paragraph = f"<p>New page {number} says {'words ' * 100}</p>\n"
        text = f"---\ntitle: N {number}\n---\n{paragraph * (NEW_BODY // len(paragraph))}"
        (mirror.root / KEY / f"n-{number}.xhtml").write_text(text)
    most = peak(mirror, wiki, "push")
    print(most)
    assert most < MEGABYTES + 20
