"""The floors: the least work without confsync, in plain loops.

Each is a program: `python -m tests.benchmarks.floors NAME …`. They import nothing of confsync.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from html.entities import name2codepoint
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from xml.parsers import expat

if TYPE_CHECKING:
    import requests

CLOUD_BODIES = {"limit": "250", "body-format": "storage"}
CLOUD_INFOS = {"limit": "250"}
DC = {"spaceKey": "ENG", "type": "page"}
DC_INFOS = {**DC, "limit": "200", "expand": "version,ancestors"}
DC_BODIES = {**DC, "limit": "50", "expand": "body.storage,version,ancestors,space"}
LATE_AT_MOST = 500  # bodies that wait to be written: no more are in memory

_here = threading.local()


def session() -> requests.Session:
    """Return a session for each thread: one connection, kept open."""
    if not hasattr(_here, "session"):
        import requests  # takes a tenth of a second, and not every floor asks a server

        _here.session = requests.Session()
        _here.session.auth = (os.environ["CONFSYNC_USER"], os.environ["CONFSYNC_TOKEN"])
        _here.session.trust_env = False
    found: requests.Session = _here.session
    return found


def rows(url: str, space: str, *, bodies: bool) -> Iterator[dict[str, Any]]:
    """Every page of the space as its bulk listing has it; on Cloud and on Data Center."""
    cloud = url.endswith("/wiki")
    path = f"{url}/api/v2/spaces/{space}/pages" if cloud else f"{url}/rest/api/content/scan"
    params = (
        (CLOUD_BODIES if bodies else CLOUD_INFOS) if cloud else DC_BODIES if bodies else DC_INFOS
    )
    while True:
        answer = session().get(path, params=params)
        answer.raise_for_status()
        found = answer.json()
        yield from found["results"]
        following = found["_links"].get("next")
        if not following:
            return
        params = dict(parse_qsl(urlsplit(following).query))


def listing(url: str, space: str) -> None:
    """Read the listing without bodies."""
    assert sum(1 for _ in rows(url, space, bodies=False))


def write(path: Path, body: str) -> None:
    with path.open("wb") as file:
        file.write(body.encode())
        file.flush()
        os.fsync(file.fileno())


def pull(url: str, space: str, directory: str, jobs: str) -> None:
    """Read the listing with bodies, write and fsync each, with so many threads that write."""
    into = Path(directory)
    into.mkdir(parents=True)
    found = (
        (into / row["id"], row["body"]["storage"]["value"]) for row in rows(url, space, bodies=True)
    )
    if jobs == "1":
        for path, body in found:
            write(path, body)
        return
    with ThreadPoolExecutor(int(jobs)) as pool:
        late: list[Future[None]] = []
        for path, body in found:
            late.append(pool.submit(write, path, body))
            if len(late) > LATE_AT_MOST:
                late.pop(0).result()
        for one in late:
            one.result()


def history(url: str, space: str, directory: str, jobs: str) -> None:
    """Read the versions of each page, with so many threads, and give their bodies to git."""
    subprocess.run(["git", "init", "-q", directory], check=True)
    ids = [row["id"] for row in rows(url, space, bodies=False)]
    params = {"limit": "50", "sort": "-modified-date", "body-format": "storage"}

    def versions(page_id: str) -> list[bytes]:
        answer = session().get(f"{url}/api/v2/pages/{page_id}/versions", params=params)
        answer.raise_for_status()
        return [
            one["page"]["body"]["storage"]["value"].encode() for one in answer.json()["results"]
        ]

    command = ["git", "fast-import", "--quiet"]
    with (
        subprocess.Popen(command, cwd=directory, stdin=subprocess.PIPE) as git,
        ThreadPoolExecutor(int(jobs)) as pool,
    ):
        assert git.stdin
        for bodies in pool.map(versions, ids):
            for body in bodies:
                git.stdin.write(b"blob\ndata %d\n%b\n" % (len(body), body))


def again(url: str, addresses: str) -> None:
    """Send the reading requests of a file once more, one after the other, and parse the answers."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    for address in Path(addresses).read_text(encoding="utf-8").splitlines():
        answer = session().get(f"{origin}{address}")
        if "json" in answer.headers.get("Content-Type", ""):  # else a file
            answer.json()


def create(url: str, edits: str, jobs: str) -> None:
    """POST each page of a file, with so many threads."""

    def post(line: str) -> None:
        edit = json.loads(line)
        body = {"representation": "storage", "value": edit["body"]}
        given = {"spaceId": edit["space"], "parentId": edit["parent"], "title": edit["title"]}
        given = {**given, "status": "current", "body": body}
        session().post(f"{url}/api/v2/pages", json=given).raise_for_status()

    with open(edits, encoding="utf-8") as file, ThreadPoolExecutor(int(jobs)) as pool:
        for _ in pool.map(post, file):
            pass


def push(url: str, edits: str, jobs: str) -> None:
    """PUT each page of a file of edits, with so many threads."""
    cloud = url.endswith("/wiki")

    def put(line: str) -> None:
        edit = json.loads(line)
        body = {"representation": "storage", "value": edit["body"]}
        given = {"id": edit["id"], "status": "current", "title": edit["title"]}
        given["version"] = {"number": edit["version"] + 1, "message": "edited"}
        given |= {"parentId": edit["parent"]} if "parent" in edit else {}
        given |= {"body": body} if cloud else {"type": "page", "body": {"storage": body}}
        path = "api/v2/pages" if cloud else "rest/api/content"
        session().put(f"{url}/{path}/{edit['id']}", json=given).raise_for_status()

    with open(edits, encoding="utf-8") as file, ThreadPoolExecutor(int(jobs)) as pool:
        for _ in pool.map(put, file):
            pass


def find(directory: str, wanted: str) -> None:
    """Parse each body with handlers that note places, and search each text for a pattern."""
    pattern = re.compile(wanted)
    before = _before()
    places: list[tuple[int, int]] = []

    def note(*_: object) -> None:
        places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber))

    def text(given: str) -> None:
        note()
        pattern.search(given)

    for path in sorted(Path(directory).rglob("*.xhtml")):
        parser = expat.ParserCreate()
        parser.StartElementHandler = parser.EndElementHandler = note
        parser.CharacterDataHandler = text
        places.clear()
        parser.Parse(before + path.read_bytes().partition(b"\n---\n")[2] + b"</b>", True)


def note(*places: str) -> None:
    """Parse the body of each document with handlers that note their positions."""
    noted: list[tuple[int, int]] = []

    def here(*_: object) -> None:
        noted.append((parser.CurrentLineNumber, parser.CurrentColumnNumber))

    for path in sorted(path for place in places for path in Path(place).rglob("*.xhtml")):
        parser = expat.ParserCreate()
        parser.StartElementHandler = parser.EndElementHandler = here
        parser.CharacterDataHandler = here
        noted.clear()
        parser.Parse(_before() + path.read_bytes().partition(b"\n---\n")[2] + b"</b>", True)
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = None


def merge(url: str, directory: str, addresses: str) -> None:
    """Read what a pull read, and merge each text with its base and with git."""
    again(url, addresses)
    for base in sorted(Path(directory, "old").rglob("*.xhtml")):
        mine = Path(directory, "new", base.name)
        command = ["git", "merge-file", "-p", "-q", str(mine), str(base), str(base)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _before() -> bytes:
    """Return the beginning that makes a body a document."""
    names = ((name, code) for name, code in name2codepoint.items() if name not in ("lt", "amp"))
    entities = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in names)
    return f"<!DOCTYPE b [{entities}]><b xmlns:ac='a' xmlns:ri='r'>".encode()


PROGRAMS = {
    "listing": listing,
    "pull": pull,
    "history": history,
    "push": push,
    "find": find,
    "again": again,
    "create": create,
    "note": note,
    "merge": merge,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
