"""A hint about a whole space decides which pages are asked for their attachments, nothing else."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable

import pytest

from confsync.pull import run
from confsync.remote import client
from confsync.sandbox import Sandbox
from confsync.sync import space_pages
from confsync.sync.attachments import hints
from tests.flows.conftest import Desk

PAGES = 12
NESTED = 25


@pytest.fixture
def pages(wiki: Sandbox) -> list[str]:
    """Twelve pages; each but the last has an attachment."""
    ids = [wiki.store.create_page("ENG", f"P{n}", "<p>x</p>").id for n in range(PAGES)]
    for n, page_id in enumerate(ids[:-1]):
        wiki.store.attach(page_id, f"{n}.png", f"picture {n}".encode(), author="Ana")
    return ids


@pytest.fixture
def desk(wiki: Sandbox, pages: list[str], desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that has all of them, some minutes after it wrote anything."""
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    wiki.clear_requests()
    return desk


def kinds(wiki: Sandbox) -> Counter[str]:
    """Return how many times each kind of address was asked, without ids."""
    found = Counter(re.sub(r"\d{3,}", "N", r.path.partition("?")[0]) for r in wiki.requests)
    wiki.clear_requests()
    return found


def asked(wiki: Sandbox) -> list[str]:
    """Return the pages that were asked for their attachments by themselves, sorted."""
    paths = (r.path.partition("?")[0] for r in wiki.requests if r.method == "GET")
    found = (re.search(r"/(\d+)/(?:attachments|child/attachment)$", path) for path in paths)
    ids = sorted(match[1] for match in found if match)
    wiki.clear_requests()
    return ids


def one_of(wiki: Sandbox, page_id: str) -> str:
    (row,) = wiki.store.attachments(page_id)
    return row.id


def faulty(wiki: Sandbox, **faults: object) -> None:
    for name, value in faults.items():
        setattr(wiki.faults, name, value)


def is_search(method: str, path: str) -> bool:
    return path.endswith("/content/search")


def test_a_pull_with_nothing_new_asks_no_page_by_itself(wiki: Sandbox, desk: Desk) -> None:
    assert "nothing to do" in desk("pull").out
    if wiki.flavor == "cloud":
        assert kinds(wiki) == {
            "/wiki/api/v2/spaces": 1,
            "/wiki/api/v2/spaces/N/pages": 1,
            "/wiki/rest/api/content/search": 1,
        }
    else:
        assert kinds(wiki) == {
            "/confluence/rest/api/space/ENG": 1,
            "/confluence/rest/api/content/scan": 2,
        }
    assert "clean" in desk("status", "--remote").out
    assert asked(wiki) == []


def test_what_a_colleague_does_comes_with_the_next_pull(
    wiki: Sandbox, desk: Desk, pages: list[str]
) -> None:
    wiki.store.attach(pages[0], "more.txt", b"more")
    wiki.store.replace_attachment(one_of(wiki, pages[1]), b"second", "Ben")
    wiki.store.remove_attachment(one_of(wiki, pages[2]))
    wiki.store.attach(pages[-1], "first.txt", b"first")
    desk("pull")
    assert asked(wiki) == sorted([*pages[:3], pages[-1]])
    assert desk.path("ENG/p0.attachments/more.txt").read_bytes() == b"more"
    assert desk.path("ENG/p1.attachments/1.png").read_bytes() == b"second"
    assert not desk.path("ENG/p2.attachments").exists()
    assert desk.path("ENG/p11.attachments/first.txt").read_bytes() == b"first"
    desk("pull")
    assert asked(wiki) == []


def test_a_new_page_is_asked_by_itself(wiki: Sandbox, desk: Desk) -> None:
    new = wiki.store.create_page("ENG", "New", "<p>x</p>").id
    wiki.store.attach(new, "a.txt", b"a")
    desk("pull")
    assert asked(wiki) == [new]
    assert desk.path("ENG/new.attachments/a.txt").read_bytes() == b"a"


def test_a_document_whose_files_differ_is_asked_by_itself(
    wiki: Sandbox, desk: Desk, pages: list[str]
) -> None:
    desk.path("ENG/p0.attachments/0.png").unlink()
    desk.path("ENG/p1.attachments/1.png").write_bytes(b"edited here")
    desk.path("ENG/p2.attachments/2.png").write_bytes(b"PICTURE 2")
    assert desk.json("pull").outcomes == {"ENG/p0.xhtml": "refreshed"}
    assert asked(wiki) == sorted(pages[:3])
    assert desk.path("ENG/p0.attachments/0.png").read_bytes() == b"picture 0"
    assert desk.path("ENG/p1.attachments/1.png").read_bytes() == b"edited here"


def test_a_version_of_another_size_under_the_same_number_is_asked_for(
    wiki: Sandbox, desk: Desk, pages: list[str]
) -> None:
    """As after the deletion of an old version, which renumbers the newer ones."""
    row = one_of(wiki, pages[0])
    wiki.store.remove_attachment(row)
    wiki.store.attach(pages[0], "0.png", b"another picture")
    desk("pull")
    assert pages[0] in asked(wiki)
    assert desk.path("ENG/p0.attachments/0.png").read_bytes() == b"another picture"


def test_refresh_asks_every_page(wiki: Sandbox, desk: Desk, pages: list[str]) -> None:
    desk("pull", "--refresh")
    assert set(asked(wiki)) >= set(pages)


def test_a_named_page_is_asked_by_itself(wiki: Sandbox, desk: Desk, pages: list[str]) -> None:
    desk("pull", "ENG/p0.xhtml")
    assert asked(wiki) == [pages[0]]


def test_a_page_that_was_written_a_moment_ago_is_asked_by_itself(
    wiki: Sandbox, desk: Desk, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.path("ENG/p0.attachments/0.png").write_bytes(b"pushed")
    desk("push")
    wiki.clear_requests()
    desk("pull")
    assert asked(wiki) == [pages[0]]
    monkeypatch.setattr(hints, "LAG", -hints.LAG)
    desk("pull")
    assert asked(wiki) == []


def test_an_archived_page_is_asked_by_itself(wiki: Sandbox, desk: Desk, pages: list[str]) -> None:
    """No search finds it, so that a hint without files says nothing."""
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("path: ENG", "path: ENG\n  archived: true"))
    archived = [pages[0], pages[-1]]  # the last one has no files
    for page_id in archived:
        wiki.store.archive(page_id)
    desk("pull")
    wiki.clear_requests()
    desk("pull")
    assert asked(wiki) == sorted(archived)


def test_few_pages_are_asked_without_a_hint(
    wiki: Sandbox, desk: Desk, pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "WORTH", 100)
    desk("pull")
    assert not [r for r in wiki.requests if is_search(r.method, r.path.partition("?")[0])]
    assert set(asked(wiki)) >= set(pages)


# -- a hint that is wrong --------------------------------------------------------------------------


def test_a_search_that_lags_delays_and_loses_nothing(
    wiki: Sandbox, desk: Desk, pages: list[str]
) -> None:
    wiki.faults.search_lag_count = 2
    wiki.store.attach(pages[0], "more.txt", b"more")
    before, path = desk.files(), desk.path("ENG/p0.attachments/more.txt")
    desk("pull")
    if wiki.flavor == "cloud":
        assert desk.files() == before
        assert asked(wiki) == []
        desk("pull", "--refresh")
    assert path.read_bytes() == b"more"
    wiki.clear_requests()
    # The search still does not know it, and so the page is asked, and nothing is removed.
    desk("pull")
    assert asked(wiki) == ([pages[0]] if wiki.flavor == "cloud" else [])
    assert path.read_bytes() == b"more"
    desk("pull")
    assert asked(wiki) == []


def test_what_a_search_hides_is_not_removed(wiki: Sandbox, desk: Desk, pages: list[str]) -> None:
    faulty(wiki, search_hides=lambda content_id: True)
    before = desk.files()
    assert "nothing to do" in desk("pull").out
    assert desk.files() == before
    if wiki.flavor == "cloud":
        assert asked(wiki) == sorted(pages[:-1])


@pytest.fixture
def spoil(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[[dict[str, object]], object]], None]:
    """Has the answers of a hint changed on their way."""
    real = client.Client.get

    def install(change: Callable[[dict[str, object]], object]) -> None:
        def get(self: client.Client, path: str, params: object = None, **more: object) -> object:
            answer = real(self, path, params, **more)  # type: ignore[arg-type]
            if is_search("GET", path) or "children" in str(params):
                change(answer)  # type: ignore[arg-type]
            return answer

        monkeypatch.setattr(client.Client, "get", get)

    return install


def doubled(answer: dict[str, object]) -> None:
    rows = answer["results"]
    assert isinstance(rows, list)
    rows.append(rows[0])


def cut(answer: dict[str, object]) -> None:
    rows = answer["results"]
    assert isinstance(rows, list)
    del rows[3:]


def swapped(answer: dict[str, object]) -> None:
    """Leave out the newest row, and keep the number of rows right."""
    rows = answer["results"]
    assert isinstance(rows, list)
    answer["results"] = [rows[0] if row["title"] == "more.txt" else row for row in rows]


def no_containers(answer: dict[str, object]) -> None:
    rows = answer["results"]
    assert isinstance(rows, list)
    for row in rows:
        row.pop("container", None)
        row.pop("children", None)


def no_listing(answer: dict[str, object]) -> None:
    answer["results"] = "none"


def bad_rows(answer: dict[str, object]) -> None:
    rows = answer["results"]
    assert isinstance(rows, list)
    for row in rows:
        row["id"] = "../7"


WRONG = [doubled, cut, swapped, no_containers, no_listing, bad_rows]


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_a_hint_that_does_not_add_up_is_not_used(
    wiki: Sandbox,
    desk: Desk,
    pages: list[str],
    spoil: Callable[[object], None],
    change: Callable[[dict[str, object]], None],
) -> None:
    spoil(change)
    before = desk.files()
    wiki.store.attach(pages[5], "more.txt", b"more")
    assert desk.json("pull").outcomes == {"ENG/p5.xhtml": "refreshed"}
    assert set(before) <= set(desk.files())
    assert desk.path("ENG/p5.attachments/more.txt").read_bytes() == b"more"
    if wiki.flavor == "cloud":
        assert set(asked(wiki)) >= set(pages)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_without_a_search_every_page_is_asked(
    wiki: Sandbox, desk: Desk, pages: list[str], status: int
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("a Data Center is not searched")
    faulty(wiki, refuse=lambda method, path: status if is_search(method, path) else None)
    assert "nothing to do" in desk("pull").out
    assert set(asked(wiki)) >= set(pages)


def test_a_page_with_a_full_list_is_asked_by_itself(
    wiki: Sandbox, desk: Desk, pages: list[str]
) -> None:
    """The list looks the same with one more attachment."""
    for number in range(NESTED - 1):
        wiki.store.attach(pages[0], f"more {number}.txt", b"more")
    desk("pull")
    assert len(list(desk.path("ENG/p0.attachments").iterdir())) == NESTED
    wiki.clear_requests()
    desk("pull")
    assert set(asked(wiki)) == (set() if wiki.flavor == "cloud" else {pages[0]})
    wiki.store.attach(pages[0], "one too many.txt", b"last")
    desk("pull")
    assert desk.path("ENG/p0.attachments/one too many.txt").read_bytes() == b"last"


# -- a pull with nothing new -----------------------------------------------------------------------


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """Return a mirror with labels in which a pull has found nothing new."""
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    desk("pull")
    time.sleep(0.02)  # some ticks of the file system: what was changed just now is not trusted
    assert "nothing to do" in desk("pull").out
    return desk


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the pulls that read every document."""
    found: list[object] = []
    real = run.pull_mirror

    def noted(*given: object) -> object:
        found.append(given)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "pull_mirror", noted)
    return found


def test_where_nothing_changed_no_document_and_no_file_is_read(
    wiki: Sandbox, settled: Desk, whole: list[object]
) -> None:
    for _ in range(2):
        assert "nothing to do" in settled("pull").out
    assert whole == []
    assert settled("status").out == f"clean: {PAGES + 1} pages\n"


def attach(wiki: Sandbox, desk: Desk, page_id: str) -> None:
    wiki.store.attach(page_id, "more.txt", b"more")


def replace(wiki: Sandbox, desk: Desk, page_id: str) -> None:
    wiki.store.replace_attachment(one_of(wiki, page_id), b"second", "Ben")


def remove(wiki: Sandbox, desk: Desk, page_id: str) -> None:
    wiki.store.remove_attachment(one_of(wiki, page_id))


def label(wiki: Sandbox, desk: Desk, page_id: str) -> None:
    wiki.store.add_labels(page_id, ["ops"])


def lose(wiki: Sandbox, desk: Desk, page_id: str) -> None:
    desk.path("ENG/p0.attachments/0.png").unlink()


@pytest.mark.parametrize("change", [attach, replace, remove, label, lose])
def test_any_news_is_found_although_nothing_was_new_before(
    wiki: Sandbox,
    settled: Desk,
    whole: list[object],
    pages: list[str],
    change: Callable[[Sandbox, Desk, str], None],
) -> None:
    change(wiki, settled, pages[0])
    assert settled.json("pull").outcomes == {"ENG/p0.xhtml": "refreshed"}
    assert len(whole) == 1
    assert "nothing to do" in settled("pull").out


def test_nothing_is_recorded_while_a_page_differs_from_its_hint(
    wiki: Sandbox, settled: Desk, whole: list[object], pages: list[str]
) -> None:
    """Else what its own listing says later would not be asked for any more."""
    if wiki.flavor != "cloud":
        pytest.skip("a Data Center is not searched")
    faulty(wiki, search_hides=lambda content_id: True)
    for count in (1, 2, 3):
        assert "nothing to do" in settled("pull").out
        assert len(whole) == count
    wiki.store.attach(pages[0], "more.txt", b"more")
    assert settled.json("pull").outcomes == {"ENG/p0.xhtml": "refreshed"}


def test_nothing_is_recorded_without_a_hint(
    wiki: Sandbox, settled: Desk, whole: list[object], pages: list[str]
) -> None:
    faulty(wiki, refuse=lambda method, path: 501 if is_search(method, path) else None)
    for _ in range(2):
        assert "nothing to do" in settled("pull").out
    assert len(whole) == (2 if wiki.flavor == "cloud" else 0)


# -- labels ----------------------------------------------------------------------------------------


def asked_labels(wiki: Sandbox) -> list[str]:
    """Return the pages that were asked for their labels by themselves, sorted."""
    paths = (r.path for r in wiki.requests if r.method == "GET")
    ids = sorted(m[1] for path in paths if (m := re.search(r"/pages/(\d+)/labels$", path)))
    wiki.clear_requests()
    return ids


def test_a_pull_with_nothing_new_searches_for_labels(wiki: Sandbox, settled: Desk) -> None:
    for number in range(30):
        wiki.store.add_labels(wiki.store.pages("ENG")[0].id, [f"label-{number}"])
    settled("pull")
    wiki.clear_requests()
    assert "nothing to do" in settled("pull").out
    if wiki.flavor == "cloud":
        assert kinds(wiki) == {
            "/wiki/api/v2/spaces": 1,
            "/wiki/api/v2/spaces/N/pages": 1,
            "/wiki/rest/api/content/search": 2,
        }


def test_labels_that_a_hint_says_differ_are_asked_for(
    wiki: Sandbox, settled: Desk, pages: list[str]
) -> None:
    wiki.clear_requests()
    wiki.store.add_labels(pages[0], ["ops"])
    settled("pull")
    assert asked_labels(wiki) == ([pages[0]] if wiki.flavor == "cloud" else [])
    assert "labels: [ops]" in settled.text("ENG/p0.xhtml")
    wiki.store.remove_label(pages[0], "ops")
    settled("pull")
    assert "labels: []" in settled.text("ENG/p0.xhtml")


def test_labels_that_a_search_does_not_know_yet_are_neither_lost_nor_removed(
    wiki: Sandbox, settled: Desk, pages: list[str]
) -> None:
    wiki.faults.search_lag_count = 4
    wiki.store.add_labels(pages[0], ["ops"])
    wiki.clear_requests()
    settled("pull")
    assert asked_labels(wiki) == []
    settled("pull", "--refresh")
    assert "labels: [ops]" in settled.text("ENG/p0.xhtml")
    wiki.clear_requests()
    settled("pull")  # the search still does not know them
    assert "labels: [ops]" in settled.text("ENG/p0.xhtml")
    settled("pull")
    assert "labels: [ops]" in settled.text("ENG/p0.xhtml")


@pytest.mark.parametrize("many", [False, True])
def test_if_many_pages_differ_or_one_fails_the_labels_of_the_space_are_listed(
    wiki: Sandbox,
    settled: Desk,
    pages: list[str],
    many: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for page_id in pages:
        wiki.store.add_labels(page_id, ["ops"])
    if many:
        monkeypatch.setattr(space_pages, "MANY", 5)
    else:
        faulty(wiki, refuse=lambda method, path: 404 if path.endswith("0/labels") else None)
    wiki.clear_requests()
    assert len(settled.json("pull").outcomes) == len(pages)
    if wiki.flavor == "cloud" and many:
        assert asked_labels(wiki) == []


def test_a_search_for_labels_that_fails_changes_nothing(
    wiki: Sandbox, settled: Desk, pages: list[str]
) -> None:
    faulty(wiki, refuse=lambda method, path: 501 if is_search(method, path) else None)
    wiki.store.add_labels(pages[0], ["ops"])
    assert settled.json("pull").outcomes == {"ENG/p0.xhtml": "refreshed"}
