"""Hostile servers: answers too large, to be read elsewhere, or not what they should be."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from confsync.errors import NetworkError, ServerError
from confsync.remote import Credentials, client, open_remote, rows
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def stub(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """Yield a server that answers all requests in one way: its address, and what it saw."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            super().handle_one_request()

        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path} {self.headers.get('Authorization', '')}")
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            answer(self)

        do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/wiki", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        handler.wfile.write(b'{"results": ["')
        for _ in range(300):
            handler.wfile.write(b"x" * 1_000_000)
    except OSError:
        pass


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure")
def test_an_answer_without_end_is_refused_cheaply() -> None:
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from confsync.cli import main\n"
        "code = main(['clone', sys.argv[1] + '/spaces/ENG', sys.argv[2]])\n"
        # Not getrusage: its peak is the parent's, until the child's is higher.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())\n"
        "print(code, int(peak[1]) // 1024)\n"
    )
    with stub(huge) as (url, _):
        done = subprocess.run(
            [sys.executable, "-c", code, url, "mirror"],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "CONFSYNC_TOKEN": "t"},
            check=True,
        )
    exit_code, megabytes = map(int, done.stdout.split())
    assert exit_code == 3
    assert "the answer is over 64 MB" in done.stderr
    assert megabytes < 250


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "put", "post", "delete"])
def test_no_redirect_is_followed_and_no_credential_arrives_elsewhere(
    monkeypatch: pytest.MonkeyPatch, status: int, method: str
) -> None:
    with stub(lambda handler: handler.send_error(404)) as (elsewhere, seen):

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", elsewhere)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with stub(redirect) as (url, asked):
            mine = client.Client(url, Credentials("secret", "me"))
            arguments = ("api/v2/pages/1",) if method in ("get", "delete") else ("x", {"a": 1})
            with pytest.raises(ServerError, match="redirects to 127"):
                getattr(mine, method)(*arguments)
            mine.close()
        assert len(asked) == 1
        assert seen == []


def test_the_next_page_of_a_listing_is_asked_of_the_same_server() -> None:
    with stub(lambda handler: handler.send_error(404)) as (elsewhere, seen):

        def listing(handler: BaseHTTPRequestHandler) -> None:
            following = f"{elsewhere}/api/v2/spaces/1/pages?cursor=abc"
            data = {
                "results": [],
                "_links": {} if "cursor" in handler.path else {"next": following},
            }
            body = json.dumps(data).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        with stub(listing) as (url, asked):
            remote = open_remote(url, Credentials("secret", "me"), flavor="cloud")
            from confsync.model.page import Space

            assert list(remote.listing(Space("1", "ENG", "x", None))) == []
            remote.close()
        assert [line.split()[1].partition("cursor=")[2] for line in asked] == ["", "abc"]
        assert seen == []


@pytest.mark.parametrize(
    "value",
    ["../../x", "7/../..", "", "٣", "1" * 21, "1\n", None, True, 1.5, [], {}, "-1", "1e9", " 1"],
)
def test_an_id_is_digits_and_nothing_else(value: object) -> None:
    with pytest.raises(ServerError):
        rows.id_of({"id": value})


HOSTILE = (None, "", "../../x", 0, -1, 10**30, [], {}, True, "\x1b[31m", "\ud800", "x" * 70000)


def mutated(data: Any, chance: random.Random) -> Any:
    """Return an answer with another value in one place, or without that value."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            places.append((node, key))
            if isinstance(value, dict | list):
                walk(value)

    walk(data)
    if places:
        node, key = chance.choice(places)
        if chance.random() < 0.3 and isinstance(node, dict):
            del node[key]
        else:
            node[key] = chance.choice(HOSTILE)
    return data


@pytest.mark.parametrize("seed", range(60))
def test_whatever_a_server_answers_no_command_breaks_or_leaves_the_mirror(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """An answer of each command has one wrong value."""
    chance = random.Random(seed)
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(wiki.store.space("ENG").homepage_id, "<p>hers</p>", author="Ana")
    wiki.store.create_page("ENG", "New", "<p>new</p>", parent=guide)
    outside = sorted(path for path in desk.root.parent.rglob("*") if "mirror" not in path.parts)
    answer_of = client.answer_of

    def lie(*arguments: Any) -> Any:
        data = answer_of(*arguments)
        return mutated(data, chance) if chance.random() < 0.5 else data

    for command in (
        ("status", "--remote"),
        ("pull",),
        ("push",),
        ("log", guide),
        ("diff", "--remote"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(client, "answer_of", lie)
            run = desk(*command, exit=None)
        assert run.exit in (0, 1, 3, 4, 5), run.err
        assert "should not happen" not in run.err, f"{command}: {run.err}"
        assert "\x1b" not in run.out + run.err
    here = b"".join(desk.files().values())
    assert b"8081" in here or "8081" in wiki.store.page(guide).body
    now = sorted(path for path in desk.root.parent.rglob("*") if "mirror" not in path.parts)
    assert now == outside
    assert not list(desk.root.rglob("*x1b*"))


def test_a_server_that_hangs_up_in_the_middle_is_no_answer() -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"results"')
        handler.close_connection = True

    with stub(half) as (url, asked):
        mine = client.Client(url, Credentials("secret", "me"))
        with pytest.raises(NetworkError):
            mine.put("api/v2/pages/1", {})
        mine.close()
    assert len(asked) == 1


def test_documents_that_attack_a_parser_are_refused_before_any_request(
    wiki: Sandbox, desk: Desk
) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>'
    external = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>'
    deep = "<div>" * 100_000 + "</div>" * 100_000
    original = desk.text(GUIDE)
    head = original.partition("---\n<h1>")[0] + "---\n"
    for text, said in ((bomb, "DOCTYPE"), (external, "DOCTYPE"), (deep, "levels deep")):
        desk.path(GUIDE).write_text(head + text)
        run = desk("push", exit=1)
        assert said in run.out
    desk.path(GUIDE).write_text(head + "x" * 6_000_000)
    assert "over 5 MB" in desk("push", exit=1).out
    assert wiki.requests == []


def test_a_file_that_is_too_large_is_not_read(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.path("ENG/large.xhtml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    read = os.read
    sizes: list[int] = []

    def noted(handle: int, size: int) -> bytes:
        data = read(handle, size)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(os, "read", noted)
    run = desk("pull", exit=4)
    assert "ENG/large.xhtml:1: is over 16 MB" in run.err
    assert 0 < max(sizes) < 1_000_000
