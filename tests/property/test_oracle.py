"""The oracle sees each kind of change without a cause, and says nothing of one that has a cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.document import document
from confsync.model.stamp import Stamp, digest
from confsync.sandbox import PageRow, Store
from tests.property.team.honest import no_stamp_says_more
from tests.property.team.journal import NEW, Seen
from tests.property.team.oracle import Audit, WatchedRemote
from tests.property.team.planned import Planned
from tests.property.team.restored import given_back, is_held
from tests.property.team.site import SPACE, Site

Change = Callable[[Store, PageRow], object]
FLOW = "application/vnd.jgraph.mxfile"


@pytest.fixture
def site() -> Iterator[Site]:
    with Store() as store:
        store.create_space(SPACE, "Engineering", "Home")
        yield Site(store)


@pytest.fixture
def page(site: Site) -> PageRow:
    """Return a page of two lines with a file, all seen by the site's book."""
    row = site.store.create_page(SPACE, "Guide", "<p>L901L</p><p>L902L</p>", labels=["old"])
    site.store.attach(row.id, "flow", b"L903L\n", FLOW)
    site.store.create_page(SPACE, "Other", "<p>L904L</p>")
    site.audit()
    return site.store.page(row.id)


def file_of(store: Store, row: PageRow) -> str:
    return store.attachments(row.id)[0].id


CHANGES: dict[str, tuple[Change, str]] = {
    "a line leaves": (lambda s, r: s.edit(r.id, "<p>L901L</p>"), "{'L902L'} left page"),
    "another page's line comes": (
        lambda s, r: s.edit(r.id, f"{r.body}<p>L904L</p>"),
        "{'L904L'} came to page",
    ),
    "a title": (lambda s, r: s.edit(r.id, title="Else"), "is called 'Else'"),
    "a place": (lambda s, r: s.edit(r.id, parent=s.pages(SPACE)[-1].id), "was moved"),
    "a label": (lambda s, r: s.remove_label(r.id, "old"), "has other labels"),
    "the page": (lambda s, r: s.trash(r.id), "was trashed"),
    "the page, archived": (lambda s, r: s.archive(r.id), "was archived"),
    "the file": (lambda s, r: s.remove_attachment(file_of(s, r)), "/flow was removed"),
    "a pointer": (
        lambda s, r: s.replace_attachment(file_of(s, r), b"version https://git-lfs.github.com"),
        "({'L903L'}) left",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_without_a_cause_is_seen(site: Site, page: PageRow, change: str) -> None:
    do, said = CHANGES[change]
    audit = Audit(site)
    before = audit.pages()
    do(site.store, page)
    audit.write(before, audit.pages())
    with pytest.raises(AssertionError, match="no one wanted this") as seen:
        audit.report()
    assert said in str(seen.value)


def wanted(site: Site, page: PageRow, audit: Audit) -> None:
    """Note that people want each of the changes."""
    audit.gone |= {page.id, f"{page.id}/flow"}
    intent = site.journal.of[page.id]
    intent.left.add("L902L")
    intent.came.add("L904L")
    intent.titles.add("Else")
    intent.labels.add("old")
    intent.moved = True
    site.journal.of[f"{page.id}/flow"].left.add("L903L")


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_a_plan_does_not_hold_is_seen(
    site: Site, page: PageRow, change: str, tmp_path: Path
) -> None:
    do, _ = CHANGES[change]
    (tmp_path / "plan.json").write_text('{"pages": []}')
    audit = Audit(site)
    wanted(site, page, audit)
    audit.planned = Planned(tmp_path / "plan.json", site.store)
    before = audit.pages()
    do(site.store, page)
    audit.write(before, audit.pages())
    with pytest.raises(AssertionError, match=r"not as planned|was trashed|was archived"):
        audit.report()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_with_a_cause_is_none(site: Site, page: PageRow, change: str) -> None:
    do, _ = CHANGES[change]
    audit = Audit(site)
    wanted(site, page, audit)
    before = audit.pages()
    do(site.store, page)
    audit.write(before, audit.pages())
    audit.report()


def seen(lines: set[str], version: int = 1) -> Seen:
    stamp = Stamp("1", version, f"{version}" * 32)
    return Seen("ENG/guide.xhtml", stamp, frozenset(), frozenset(), frozenset(lines), {})


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"L901L", "L902L", "L904L"}, "{'L904L'} came to the document"),
        ({"L901L"}, None),  # the page had L902L: the server took it away
        ({"L902L", "L901L"}, "{'L905L'} left the document"),
    ],
)
def test_a_file_changes_only_by_what_its_page_says(
    site: Site, page: PageRow, now: set[str], said: str | None
) -> None:
    audit = Audit(site)
    typed = {"L905L"} if said and "left" in said else set()
    audit.files({page.id: seen({"L901L", "L902L"} | typed)}, {page.id: seen(now)}, chosen=False)
    if said is None:
        audit.report()
        return
    with pytest.raises(AssertionError) as found:
        audit.report()
    assert said in str(found.value).replace("frozenset(", "").replace(")", "")


def test_a_document_goes_only_with_its_page(site: Site, page: PageRow) -> None:
    audit = Audit(site)
    audit.files({page.id: seen(set()), NEW: seen(set())}, {}, chosen=False)
    with pytest.raises(AssertionError, match="went away"):
        audit.report()
    site.store.trash(page.id)
    audit.files({page.id: seen(set())}, {}, chosen=False)
    audit.report()


def document_of(page: PageRow, version: int, body: str) -> document.Document:
    said = digest(page.title, body)
    stamp = f'confluence:\n  id: "{page.id}"\n  version: {version}\n  digest: {said}\n'
    text = f"---\ntitle: {page.title}\n{stamp}---\n{body}\n"
    return document.parse(text.encode(), "guide.xhtml")


def test_what_git_put_back_is_held_if_the_server_confirms_the_newer_stamp(
    site: Site, page: PageRow
) -> None:
    old = document_of(page, 1, page.body)
    newer = Stamp(page.id, 2, digest(page.title, "<p>L901L</p>"))
    row, versions = page, site.store.versions(page.id)
    assert not is_held(old, newer, row, versions), "the server went back"
    row = site.store.edit(page.id, "<p>L901L</p>")
    versions = site.store.versions(page.id)
    assert is_held(old, newer, row, versions)
    assert not is_held(document_of(page, 2, "<p>L901L</p>"), newer, row, versions)
    assert not is_held(old, Stamp(page.id, 2, "0" * 32), row, versions), "not confirmed"
    assert not is_held(old, newer, None, versions), "the page is gone"
    row = site.store.edit(page.id, page.body)
    assert not is_held(old, newer, row, site.store.versions(page.id)), "it equals the page"


def test_an_older_stamp_was_given_back() -> None:
    assert given_back({"1": seen(set(), 2)}, {"1": seen(set(), 1)})["1"].version == 2
    assert given_back({"1": seen(set(), 1)}, {"1": seen(set(), 2)}) == {}


def test_a_stamp_that_says_more_than_its_text_is_seen(
    site: Site, page: PageRow, tmp_path: Path
) -> None:
    body = f"{page.body}<p>L905L</p>"
    site.store.edit(page.id, body, raw=True)
    stamp = Stamp(page.id, 2, digest(page.title, body))
    path = tmp_path / "guide.xhtml"
    path.write_bytes(document.render(page.title, body, stamp))
    no_stamp_says_more([path], site)
    path.write_bytes(document.render(page.title, page.body, stamp))
    with pytest.raises(AssertionError, match=r"v2 has .'L905L'., and"):
        no_stamp_says_more([path], site)
    site.journal.give_up(page.id, {"L905L"})
    no_stamp_says_more([path], site)


def test_each_write_of_a_desk_is_watched(site: Site, page: PageRow) -> None:
    audit = Audit(site)
    WatchedRemote(site.store, "me", audit).add_labels(page.id, ["unwanted"])
    with pytest.raises(AssertionError, match="has other labels"):
        audit.report()
