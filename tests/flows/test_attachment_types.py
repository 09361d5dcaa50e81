"""The media types and names under which attachments travel."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import requests

from confsync.document.attachments.media_types import guessed
from confsync.model.page import AttachmentInfo, Version
from confsync.remote import Credentials, open_remote, rows, transfers
from confsync.sandbox import Sandbox
from confsync.sandbox.v1 import files as v1_files
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
FILES = "ENG/guide.attachments"
TYPES = {
    "flow": "application/vnd.jgraph.mxfile",
    "plan": "application/gliffy+json",
    "a.puml": "text/x-plantuml",
    "b.png": "application/vnd.example; version=2",
}


@pytest.fixture
def desk(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    for name, kind in TYPES.items():
        wiki.store.attach(guide, name, b"first", kind)
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    return desk


def test_the_next_version_keeps_the_type_of_the_listing(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    for name in TYPES:
        desk.path(f"{FILES}/{name}").write_bytes(b"second")
    desk("push")
    found = {row.title: (row.version, row.media_type) for row in wiki.store.attachments(guide)}
    assert found == {name: (2, kind) for name, kind in TYPES.items()}


def test_a_new_one_has_the_type_of_its_name_on_every_machine(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mimetypes.guess_type", lambda *_, **__: ("x/registry", None))
    shown = ""
    for name in ("new.webp", "new.drawio", "Makefile"):
        desk.path(f"{FILES}/{name}").write_bytes(b"new")
        shown += f'<p><ri:attachment ri:filename="{name}" /></p>\n'
    desk.edit(GUIDE, "<h1>Ports</h1>\n", f"<h1>Ports</h1>\n{shown}")
    desk("push")
    found = {row.title: row.media_type for row in wiki.store.attachments(guide)}
    assert found == {
        **TYPES,
        "new.webp": "image/webp",
        "new.drawio": "application/vnd.jgraph.mxfile",
        "Makefile": "application/octet-stream",
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("a.PNG", "image/png"), ("a.b.md", "text/markdown"), ("png", "application/octet-stream")),
        *(("a.", "application/octet-stream"), (".png", "image/png"), ("a.é", guessed("x"))),
    ],
)
def test_a_suffix_tells_the_type(name: str, kind: str) -> None:
    assert guessed(name) == kind


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"mediaType": "image/png"}, "image/png"),
        ({"mediaType": "text/plain; charset=utf-8"}, "text/plain; charset=utf-8"),
        ({"mediaType": "image/png\r\nX-Evil: 1"}, ""),
        ({"mediaType": 7}, ""),
        ({"mediaType": None}, ""),
        ({}, ""),
    ],
)
def test_a_listing_that_says_no_type_is_no_type(row: dict[str, object], kind: str) -> None:
    assert rows.media_type_of({}, row) == kind


@pytest.mark.parametrize("name", ['say "hi".txt', "back\\slash.txt", "100%.txt", "é日😀.txt"])
def test_a_name_keeps_its_quotes_and_line_ends_over_a_new_version(
    wiki: Sandbox, desk: Desk, guide: str, name: str
) -> None:
    wiki.store.attach(guide, name, b"hers", "text/x-hers")
    before = {path for path in desk.files() if path.startswith(FILES)}
    desk("pull")
    (file,) = {path for path in desk.files() if path.startswith(FILES)} - before
    desk.path(file).write_bytes(b"mine")
    desk("push")
    (row,) = wiki.store.attachments(guide, name)
    assert (row.version, row.media_type) == (2, "text/x-hers")
    assert "nothing to do" in desk("push").out


def test_a_name_that_the_server_made_another_of_is_told(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.attach(guide, 'say "hi".txt', b"hers", "text/x-hers")
    before = {path for path in desk.files() if path.startswith(FILES)}
    desk("pull")
    (file,) = {path for path in desk.files() if path.startswith(FILES)} - before
    desk.path(file).write_bytes(b"mine")
    monkeypatch.setattr(v1_files, "_name_of", lambda one: "say %22hi%22.txt")
    run = desk("push", exit=1)
    assert "renamed the attachment 'say \"hi\".txt' to 'say %22hi%22.txt'" in run.out
    assert wiki.store.attachments(guide, "say %22hi%22.txt")[0].version == 2


@pytest.mark.parametrize("name", ["100%22.png", "a%0ab.txt", "a%0D.txt"])
def test_a_name_that_would_arrive_as_another_is_not_sent(
    wiki: Sandbox, desk: Desk, guide: str, name: str
) -> None:
    wiki.store.attach(guide, name, b"hers", "text/x-hers")
    desk("pull")
    desk("push")
    desk.path(f"{FILES}/{name}").write_bytes(b"mine")
    wiki.clear_requests()
    run = desk("push", exit=1)
    assert f"{name}: servers read %22, %0A and %0D as other characters" in run.out
    assert "hint: rename the file and the attachment in the page" in run.err
    assert writes(wiki) == []
    body = '<p><ac:image><ri:attachment ri:filename="new.png" /></ac:image></p>'
    desk.edit("ENG/guide.xhtml", "</h1>\n", f"</h1>\n{body}\n")
    desk.path(f"{FILES}/{name}").rename(desk.path(f"{FILES}/new.png"))
    desk("push")
    assert wiki.store.attachments(guide, "new.png")[0].version == 1


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('a"b.txt', b'filename="a%22b.txt"'),
        ("a\r\nb", b'filename="a%0D%0Ab"'),
        ("a\\b é", 'filename="a\\b é"'.encode()),
        ("100%.txt", b'filename="100%.txt"'),
    ],
)
def test_a_name_travels_as_browsers_send_it(
    name: str, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def post(api: object, url: str, headers: object, body: io.BytesIO) -> requests.Response:
        sent.append(body.read())
        answer = requests.Response()
        answer.status_code = 200
        answer._content = (
            b'{"id": "1", "title": "t", "version": {"number": 2}, "extensions": {"fileSize": 1}}'
        )
        return answer

    monkeypatch.setattr(transfers, "_post", post)
    remote = open_remote("http://127.0.0.1:1/wiki", Credentials("secret", "me"), flavor="cloud")
    replaced = AttachmentInfo("1", name, Version(1), 1, "text/x-kept")
    remote.upload("7", name, lambda: io.BytesIO(b"x"), comment="", replaces=replaced)
    remote.close()
    (head, *_) = sent[0].split(b"\r\n\r\n")
    assert b'form-data; name="file"; ' + written in head
    assert b"Content-Type: text/x-kept" in head
