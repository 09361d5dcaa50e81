"""A bad row of an answer never stops the rest, and moves or removes no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from confsync.errors import CredentialsError
from confsync.remote import client, rows
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

Spoil = Callable[[str, dict[str, Any]], None]

HUGE = "9" * 5000


def _version(value: object) -> Callable[[dict[str, Any]], None]:
    def spoil(row: dict[str, Any]) -> None:
        if "version" in row:  # rows of what stands below a page have none
            row["version"]["number"] = value

    return spoil


def _set(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def spoil(row: dict[str, Any]) -> None:
        row[key] = value

    return spoil


def _below(page_id: str) -> Callable[[dict[str, Any]], None]:
    def spoil(row: dict[str, Any]) -> None:
        row |= {"parentId": page_id, "ancestors": [{"id": page_id}]}

    return spoil


def _drop(key: str) -> Callable[[dict[str, Any]], None]:
    def spoil(row: dict[str, Any]) -> None:
        row.pop(key, None)

    return spoil


BAD: dict[str, Callable[[dict[str, Any]], None]] = {
    "title null": _set("title", None),
    "title a number": _set("title", 7),
    "no title": _drop("title"),
    "title with half a character": _set("title", "Bad \ud83d page"),
    "title empty": _set("title", ""),
    "title a space": _set("title", " "),
    "title of two lines": _set("title", "Bad\npage"),
    "parent nought": _below("0"),
    "parent with a nought before": _below("0123"),
    "version null": _set("version", None),
    "version a list": _set("version", []),
    "no version": _drop("version"),
    "number null": _version(None),
    "number a text": _version("2"),
    "number true": _version(True),
    "number zero": _version(0),
    "number of ten digits": _version(10**9),
    "number of twenty digits": _version(10**20),
    "number of five thousand digits": _version(HUGE),
    "status a list": _set("status", ["current"]),
}
NAMELESS: dict[str, Callable[[dict[str, Any]], None]] = {
    "id null": _set("id", None),
    "no id": _drop("id"),
    "id a list": _set("id", []),
    "id a path": _set("id", "../../1"),
    "id of fifty digits": _set("id", "1" * 50),
    "id nought": _set("id", "0"),
}


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], None]:
    """Has answers changed on their way: called with the URL's path and the parsed answer."""
    real = client.answer_of

    def install(change: Spoil) -> None:
        def parsed(self: client.Client, response: Any) -> dict[str, Any]:
            content = response.content
            if response.status_code == 200 and content:
                answer = json.loads(content)
                change(response.request.path_url, answer)
                content = json.dumps(answer).replace(f'"{HUGE}"', HUGE).encode()
            return real(self.url, response.status_code, response.headers, content)

        monkeypatch.setattr(client.Client, "parsed", parsed)

    return install


def rows_of(page_id: str, change: Callable[[dict[str, Any]], None], *, among: bool) -> Spoil:
    """Spoil each row of a page; only those `among` others, or the answers for it alone, too."""

    def spoil(path: str, answer: dict[str, Any]) -> None:
        rows = answer.get("results", [] if among else [answer])
        for row in rows if isinstance(rows, list) else []:
            if row.get("id") == page_id and "title" in row and row.get("type") != "attachment":
                change(row)

    return spoil


@pytest.fixture
def three(wiki: Sandbox, guide: str) -> dict[str, str]:
    """Titles to ids of a page with one below it, beside the guide."""
    ids = {"Guide": guide}
    ids["Bad"] = wiki.store.create_page("ENG", "Bad", "<p>bad</p>").id
    ids["Below"] = wiki.store.create_page("ENG", "Below", "<p>b</p>", parent=ids["Bad"]).id
    return ids


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_row_is_an_error_of_its_page_and_the_first_pull_brings_the_rest(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str], spoil: Any, bad: str
) -> None:
    desk = desk_at(clone=None)
    desk("init", "--url", wiki.url, "--space", "ENG")
    spoil(rows_of(three["Bad"], BAD[bad], among=False))
    run = desk.json("pull", exit=3)
    (failed,) = [page for page in run.data["pages"] if page["outcome"] == "failed"]
    assert failed["id"] == three["Bad"]
    assert three["Bad"] in failed["error"]
    assert set(desk.files()) >= {"ENG/index.xhtml", "ENG/guide.xhtml", "ENG/below.xhtml"}
    assert three["Bad"] in desk("pull", exit=3).out
    spoil(lambda path, answer: None)
    desk("pull")
    assert desk.path("ENG/bad/below.xhtml").exists()
    assert desk.path("ENG/bad.xhtml").exists()
    assert "nothing to do" in desk("pull").out


@pytest.mark.parametrize("bad", {**BAD, **NAMELESS})
@pytest.mark.parametrize("flags", [(), ("--prune",)], ids=str)
def test_nothing_here_goes_or_moves_for_a_bad_row(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    three: dict[str, str],
    spoil: Any,
    bad: str,
    flags: tuple[str, ...],
) -> None:
    desk = desk_at()
    before = desk.files()
    wiki.store.edit(three["Guide"], "<p>news</p>", author="Ana")
    spoil(rows_of(three["Bad"], {**BAD, **NAMELESS}[bad], among=False))
    run = desk.json("pull", *flags, exit=3)
    assert run.outcomes["ENG/guide.xhtml"] == "pulled"
    assert "failed" in run.outcomes.values()
    after = desk.files()
    assert "news" in after.pop("ENG/guide.xhtml").decode()
    del before["ENG/guide.xhtml"]
    assert after == before
    told = desk.json("status", "--remote", exit=3)
    assert "failed" in told.outcomes.values()
    assert "invalid" not in told.outcomes.values()


def test_an_answer_that_makes_no_document_fails_alone_and_puts_no_file_in_place(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    three: dict[str, str],
    spoil: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wiki.store.attach(three["Bad"], "a.png", b"one")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\nlabels: true\n")
    desk("pull")
    before = desk.files()
    for title in ("Bad", "Guide"):
        wiki.store.edit(three[title], "<p>news</p>", author="Ana")
    wiki.store.replace_attachment(wiki.store.attachments(three["Bad"])[0].id, b"two")
    monkeypatch.setattr(rows, "is_title", lambda text: True)
    spoil(rows_of(three["Bad"], _set("title", " "), among=False))
    told = "cannot be written as a document: title must be one line"
    assert told in str(desk.json("pull", exit=3).data)
    after = desk.files()
    assert "news" in after["ENG/guide.xhtml"].decode()
    assert before["ENG/bad.xhtml"] in after.values()
    assert b"two" not in after.values()
    wiki.store.add_labels(three["Bad"], ["new"])
    assert told in str(desk.json("pull", exit=3).data)


def test_a_row_that_is_bad_in_a_bulk_answer_alone_is_read_by_itself(
    wiki: Sandbox, desk: Desk, three: dict[str, str], spoil: Any
) -> None:
    desk("pull")
    for title in ("Bad", "Guide"):
        wiki.store.edit(three[title], "<p>news</p>", author="Ana")

    def bodies(path: str, answer: dict[str, Any]) -> None:
        if "body" in path and "results" in answer:
            rows_of(three["Bad"], _drop("title"), among=True)(path, answer)

    spoil(bodies)
    assert set(desk.json("pull").outcomes) == {"ENG/bad.xhtml", "ENG/guide.xhtml"}


def test_a_bulk_answer_that_fails_for_one_page_stops_no_other(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str]
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("bulk answers are Cloud's")
    desk = desk_at()
    for title in three:
        wiki.store.edit(three[title], f"<p>news of {title}</p>", author="Ana")
    wiki.faults.refuse = lambda method, path: (
        500 if path.endswith(("/api/v2/pages", f"/pages/{three['Bad']}")) else None
    )
    first = desk_at("first", clone=None)
    first("clone", f"{wiki.url}/spaces/ENG", ".", exit=3)
    assert set(first.files()) >= {"ENG/index.xhtml", "ENG/guide.xhtml", "ENG/bad/below.xhtml"}
    run = desk.json("pull", exit=3)
    assert run.outcomes == {
        "ENG/bad.xhtml": "failed",
        "ENG/bad/below.xhtml": "pulled",
        "ENG/guide.xhtml": "pulled",
    }


def test_a_title_with_half_a_character_leaves_the_first_clone_whole(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str], spoil: Any
) -> None:
    spoil(rows_of(three["Bad"], _set("title", "Bad \udfff"), among=False))
    desk = desk_at(clone=None)
    desk("clone", f"{wiki.url}/spaces/ENG", ".", exit=3)
    assert desk.path("ENG/guide.xhtml").exists()
    assert desk.path("ENG/below.xhtml").exists()


def test_two_rows_of_one_page_are_one_page(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str], spoil: Any
) -> None:
    desk = desk_at()
    before = desk.files()

    def twice(path: str, answer: dict[str, Any]) -> None:
        for row in list(answer.get("results", [])):
            if row.get("id") == three["Bad"] and "title" in row:
                older = {**row, "title": "Other", "version": {**row["version"], "number": 1}}
                row["version"]["number"] = max(row["version"]["number"], 1)
                answer["results"].insert(0, older if row["version"]["number"] > 1 else dict(row))

    spoil(twice)
    assert "nothing to do" in desk("pull").out
    assert desk.files() == before
    elsewhere = desk_at("elsewhere")
    assert set(elsewhere.files()) == set(before)


def test_labels_that_cannot_be_read_take_none_from_a_page(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str], spoil: Any
) -> None:
    wiki.store.add_labels(three["Guide"], ["ops"])
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("labels: true\n")
    desk("pull")
    before = desk.files()
    wiki.store.edit(three["Bad"], "<p>news</p>", author="Ana")

    def nameless(path: str, answer: dict[str, Any]) -> None:
        label = answer.get("metadata", {}).get("labels", {}).get("results", [])
        label = label or [
            one
            for row in answer.get("results", [])
            for one in row.get("metadata", {}).get("labels", {}).get("results", [])
        ]
        label = label or (answer.get("results", []) if "/content/labels" in path else [])
        for one in label:
            one["name"] = None

    spoil(nameless)
    run = desk.json("pull", exit=3)
    assert run.outcomes["ENG/bad.xhtml"] == "pulled"
    after = desk.files()
    for files in (before, after):
        del files["ENG/bad.xhtml"]
    assert after == before


def test_a_folder_that_cannot_be_read_moves_no_page(
    wiki: Sandbox, desk_at: Callable[..., Desk], three: dict[str, str]
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Folder")
    wiki.store.create_page("ENG", "Inside", "<p>x</p>", parent=folder.id)
    desk = desk_at()
    before = set(desk.files())
    wiki.store.edit(three["Guide"], "<p>news</p>", author="Ana")
    wiki.faults.refuse = lambda method, path: 500 if f"/folders/{folder.id}" in path else None
    run = desk.json("pull", exit=3)
    assert run.outcomes["ENG/guide.xhtml"] == "pulled"
    assert folder.id in json.dumps(run.data["pages"])
    assert set(desk.files()) == before
    wiki.faults.refuse = None
    assert "nothing to do" in desk("pull").out


# -- 404 'Not Found' -------------------------------------------------------------------------------


def _not_found(monkeypatch: pytest.MonkeyPatch, meant: Callable[[str], bool]) -> None:
    """Cloud's answer to credentials that it does not accept, for some paths."""
    real = client.answer_of
    body = json.dumps({"errors": [{"status": 404, "code": "NOT_FOUND", "title": "Not Found"}]})

    def parsed(self: client.Client, response: Any) -> dict[str, Any]:
        status, content = response.status_code, response.content
        if meant(response.request.path_url):
            status, content = 404, body.encode()
        return real(self.url, status, response.headers, content)

    monkeypatch.setattr(client.Client, "parsed", parsed)


def test_not_found_for_one_page_alone_stops_no_other(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    three: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = desk_at()
    wiki.store.edit(three["Guide"], "<p>news</p>", author="Ana")
    wiki.store.restrict(three["Bad"])
    _not_found(monkeypatch, lambda path: three["Bad"] in path and "?id=" not in path)
    run = desk.json("pull")
    assert run.outcomes["ENG/guide.xhtml"] == "pulled"
    assert run.outcomes["ENG/bad.xhtml"] == "kept"


@pytest.mark.parametrize("passes", [False, True])
@pytest.mark.parametrize("listing", ["content/labels", "?id=", "limit="])
def test_not_found_for_a_listing_is_load_and_no_page(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    three: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    listing: str,
    passes: bool,
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("Data Center names what it does not find")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "labels: true\n")
    desk("pull")
    wiki.store.edit(three["Guide"], "<p>news</p>", author="Ana")
    asked: list[str] = []

    def meant(path: str) -> bool:
        asked.extend([path] if listing in path else [])
        return listing in path and not (passes and len(asked) > 1)

    _not_found(monkeypatch, meant)
    alone = listing == "?id="  # then the pages are read by themselves
    run = desk("pull", exit=0 if passes or alone else 3)
    assert ("news" in desk.text("ENG/guide.xhtml")) == (passes or alone)
    assert "for this page" not in run.out + run.err
    if not (passes or alone):
        assert "the server answers 'Not Found' for api/v2/" in run.err
        assert "hint: try again later" in run.err


def test_not_found_for_everything_is_still_about_the_credentials(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    three: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that is revoked while a pull runs: no page passes for one that is not visible."""
    desk = desk_at()
    before = desk.files()
    for page in ("Bad", "Below"):
        wiki.store.restrict(three[page])
    listed: list[str] = []

    def after_the_listing(path: str) -> bool:
        listed.append(path)
        return any("limit=" in one for one in listed[:-1])

    _not_found(monkeypatch, after_the_listing)
    run = desk.json("pull", "--prune", exit=5)
    assert run.data["errors"][0]["code"] == CredentialsError.code
    assert desk.files() == before
