"""The report of `diff --html`, looked at in a real browser, where this machine has Chromium."""

from __future__ import annotations

import http.server
import shutil
import struct
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--force-device-scale-factor=1", "--window-size=1200,1400"),
)
GUIDE = "ENG/guide.xhtml"
# As in the style sheet, in light colours: rows and words, old and new.
OLD, NEW = (0xFF, 0xEB, 0xE9), (0xE6, 0xFF, 0xEC)
OLD_WORD, NEW_WORD = (0xFF, 0xC1, 0xBC), (0x9F, 0xE8, 0xB1)


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., str]:
    """Return a function that opens a page in a new profile, and returns the browser's document."""

    def look(path: Path, *flags: str) -> str:
        profile = tmp_path / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        done = subprocess.run(
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", *flags, path.as_uri()],
            capture_output=True,
            timeout=120,
            check=False,
        )
        shutil.rmtree(profile, ignore_errors=True)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
        return done.stdout.decode()

    return look


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a server, and what it was asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


class Marked(HTMLParser):
    """The texts in `del` and `ins`, the title, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: dict[str, list[str]] = {"del": [], "ins": [], "title": []}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in self.texts:
            self._open.append(tag)
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag][-1] += data


def pixels(path: Path) -> list[list[tuple[int, int, int]]]:
    """Return the rows of a PNG as the browser writes one: 8 bits, RGB or RGBA, not interlaced."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    assert (depth, interlaced) == (8, 0)
    size = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    raw = zlib.decompress(packed)
    stride = width * size
    above = bytearray(stride)
    rows = []
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], line, above, size)
        rows.append([(line[x], line[x + 1], line[x + 2]) for x in range(0, stride, size)])
        above = line
    return rows


def _unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    for x in range(len(line)):
        left = line[x - size] if x >= size else 0
        up, corner = above[x], above[x - size] if x >= size else 0
        nearest = left + up - corner
        far = [abs(nearest - left), abs(nearest - up), abs(nearest - corner)]
        paeth = (left, up, corner)[far.index(min(far))]
        line[x] = (line[x] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255


def test_the_changes_are_seen_side_by_side(
    wiki: Sandbox, desk: Desk, browser: Callable[..., str], tmp_path: Path
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("a report looks the same for both")
    desk.edit(GUIDE, "8080", "8081")
    desk.edit(GUIDE, "<p>The second is 9090.</p>", "<p>The second is 9090.</p><p>And a third.</p>")
    report = tmp_path / "report.html"
    run = desk("diff", "--html", str(report))
    assert f"note: the pages side by side are in ../{report.name}" in run.err
    found = Marked(browser(report, "--dump-dom"))
    assert found.texts["del"] == ["8080"]
    assert found.texts["ins"] == ["8081", "And a third."]
    assert found.texts["title"] == ["confsync diff: 1 page changed"]

    browser(report, f"--screenshot={tmp_path / 'seen.png'}")
    rows = pixels(tmp_path / "seen.png")
    middle = len(rows[0]) // 2
    left = [color for row in rows for color in row[:middle]]
    right = [color for row in rows for color in row[middle:]]
    for here, there, color, least in (
        (left, right, OLD, 2000),
        (right, left, NEW, 2000),
        (left, right, OLD_WORD, 100),
        (right, left, NEW_WORD, 100),
    ):
        assert here.count(color) > least
        assert there.count(color) == 0


def test_a_hostile_page_runs_nothing_and_sends_no_request(
    wiki: Sandbox,
    desk: Desk,
    browser: Callable[..., str],
    tmp_path: Path,
    asked: tuple[str, list[str]],
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("a report looks the same for both")
    url, paths = asked
    run = f"document.title='owned';fetch('{url}/fetched')"
    hostile = (
        f'<script>{run}</script><p onclick="{run}"><img src="{url}/a.png" onerror="{run}" />'
        f'<a href="javascript:{run}">x</a><iframe src="{url}/frame"></iframe></p>'
        f"<p>&lt;/style&gt;&lt;/title&gt;&lt;script&gt;{run}&lt;/script&gt;"
        f"&lt;img src={url}/b.png&gt;</p>"
        f'<link rel="stylesheet" href="{url}/c.css" /><style>@import "{url}/d.css";</style>'
        f'<svg onload="{run}"><image href="{url}/e.png" /></svg><object data="{url}/f" />'
        f'<meta http-equiv="refresh" content="0;url={url}/g" /><base href="{url}/" />'
        f'<ac:image ac:alt="&quot; onload=&quot;{run}"><ri:url ri:value="{url}/h.png" /></ac:image>'
    )
    desk.edit(GUIDE, "<h1>Ports</h1>", hostile)
    desk.edit(GUIDE, "title: Guide", f'title: "</title><script>{run}</script>"')
    report = tmp_path / "report.html"
    desk("diff", "--html", str(report))
    found = Marked(browser(report, "--dump-dom", "--virtual-time-budget=2000"))
    assert found.texts["title"] == ["confsync diff: 1 page changed"]
    assert not found.tags & {"script", "img", "iframe", "link", "svg", "object", "base", "image"}
    assert paths == []


def test_the_pages_own_policy_stops_what_would_get_through(
    browser: Callable[..., str], tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    from confsync.diff import html_page as sidebyside

    url, paths = asked
    trap = f"<script>document.title='owned'</script><img src='{url}/a.png'>"
    whole = "".join(sidebyside.page([], [], title="Diff"))
    path = tmp_path / "report.html"
    path.write_text(whole.replace("<main>", f"<main>{trap}"))
    found = Marked(browser(path, "--dump-dom", "--virtual-time-budget=2000"))
    assert found.texts["title"] == ["confsync diff: 0 pages changed"]
    assert paths == []
    path.write_text(
        whole.replace("<main>", f"<main>{trap}").replace("Content-Security-Policy", "x")
    )
    found = Marked(browser(path, "--dump-dom", "--virtual-time-budget=2000"))
    assert found.texts["title"] == ["owned"]
    assert paths == ["/a.png"]
