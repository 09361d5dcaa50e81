"""Labels and places make no version: what can be told when they go, come, and go again.

What the file says, A or B, in git's history and on the server, and what a pull does:

| HEAD's history | file | server | what happened | pull |
| --- | --- | --- | --- | --- |
| A B | B | A | a colleague took it back in the browser | brings A |
| A B A | A | B | git went back to A, or a colleague changed it twice | brings B, and warns |
| A B A | A | C | a colleague changed it to a new text | brings C |
| A | A | B | a colleague changed it; git has nothing of it | brings B |
| A B A | A | A | both went back | nothing |

Nothing in a file or on a server tells the two apart of the second row. A refusal would stop
nightly pulls wherever a colleague changes a label twice; so a pull warns.
"""

from __future__ import annotations

import shutil

import pytest

from confsync.sandbox import Sandbox
from confsync.sandbox.store import changes
from tests.flows.conftest import Desk
from tests.flows.test_restored import GUIDE, committed

BELOW = "ENG/ops/guide.xhtml"
AGAIN = "again that git had reverted"


@pytest.fixture
def nightly(wiki: Sandbox, desk: Desk) -> Desk:
    """Return a mirror with labels, committed."""
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}labels: true\n")
    wiki.store.create_page("ENG", "Ops", "<p>ops</p>")
    desk("pull")
    committed(desk, "pulled")
    return desk


def browser(wiki: Sandbox, guide: str, what: str) -> None:
    """Put a label on the page or take it off, or move the page: no version is made."""
    before = wiki.store.page(guide).version
    home, ops = (next(p.id for p in wiki.store.pages("ENG") if p.title == t) for t in TITLES)
    match what:
        case "label":
            wiki.store.add_labels(guide, ["secret"])
        case "another label":
            wiki.store.add_labels(guide, ["other"])
        case "no label":
            wiki.store.remove_label(guide, "secret")
        case _:
            with wiki.store.batch():
                changes.place(wiki.store.database, guide, ops if what == "below" else home)
    assert wiki.store.page(guide).version == before


TITLES = ("Engineering", "Ops")
LABELS = ("label", "no label")
PLACES = ("below", "above")


def night(wiki: Sandbox, desk: Desk, guide: str, what: str) -> str:
    """Change the page in the browser, and return what the pull of that night warned of."""
    browser(wiki, guide, what)
    return desk("pull", "--commit", "-q").err


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("ways", [LABELS, PLACES], ids=["labels", "places"])
def test_what_git_went_back_from_comes_again_with_a_warning(
    wiki: Sandbox, nightly: Desk, guide: str, ways: tuple[str, str], kept: bool
) -> None:
    assert night(wiki, nightly, guide, ways[0]) == ""
    nightly.git("revert", "--no-edit", "HEAD")
    if not kept:
        shutil.rmtree(nightly.path(".confsync"))
    run = nightly("pull", "-q")
    name = GUIDE if ways is LABELS else BELOW
    what = "the labels" if ways is LABELS else "the place"
    assert f"warning: {name}: this pull brings {what} {AGAIN}" in run.err
    if ways is PLACES:
        assert f"move the file back to {GUIDE} and push" in run.err
    assert nightly("pull", "-q").err == ""


def test_what_the_warning_says_takes_the_label_off_for_good(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    nightly.edit(GUIDE, "\nlabels: []\nconf", "\nlabels: [secret]\nconf")
    nightly("push", "--commit")
    nightly.git("revert", "--no-edit", "HEAD")
    assert AGAIN in nightly("pull", "-q").err
    nightly.edit(GUIDE, "\nlabels: [secret]\nconf", "\nlabels: []\nconf")
    nightly("push", "--commit")
    assert wiki.store.labels(guide) == ()
    assert nightly("pull", "-q").err == ""


def test_a_text_that_comes_with_them_hides_nothing(
    wiki: Sandbox, nightly: Desk, guide: str
) -> None:
    night(wiki, nightly, guide, "label")
    nightly.git("revert", "--no-edit", "HEAD")
    wiki.store.edit(guide, "<p>new</p>", author="Ana")
    assert AGAIN in nightly("pull", "-q").err
    assert "<p>new</p>" in nightly.text(GUIDE)


@pytest.mark.parametrize("ways", [LABELS, PLACES], ids=["labels", "places"])
def test_a_colleague_who_thinks_again_is_pulled_every_night(
    wiki: Sandbox, nightly: Desk, guide: str, ways: tuple[str, str]
) -> None:
    """A warning at most, and only from the third change on; no pull is refused."""
    told = [night(wiki, nightly, guide, ways[number % 2]) for number in range(4)]
    assert [AGAIN in one for one in told] == [False, False, True, True]


def test_what_git_never_had_is_none_of_that(wiki: Sandbox, nightly: Desk, guide: str) -> None:
    night(wiki, nightly, guide, "label")
    assert night(wiki, nightly, guide, "no label") == ""
    assert night(wiki, nightly, guide, "another label") == ""
    browser(wiki, guide, "label")
    browser(wiki, guide, "no label")
    assert nightly("pull", "-q").err == ""


def test_what_many_documents_get_again_is_told_once(wiki: Sandbox, nightly: Desk) -> None:
    """Names of three documents are enough, whatever their number."""
    pages = [wiki.store.create_page("ENG", f"P{number}", "<p>x</p>").id for number in range(7)]
    nightly("pull", "--commit")
    for page_id in pages:
        wiki.store.add_labels(page_id, ["secret"])
    assert AGAIN not in nightly("pull", "--commit").err
    nightly.git("revert", "--no-edit", "HEAD")
    warned = [line for line in nightly("pull").err.splitlines() if AGAIN in line]
    assert [line.partition(": this pull")[0] for line in warned] == [
        "warning: ENG/p0.xhtml, ENG/p1.xhtml, ENG/p2.xhtml and 4 more"
    ]
