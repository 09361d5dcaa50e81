"""A second opinion on a mirror and on its server, by a reader that shares no code with confsync.

The files are read as the design words them, the server over plain HTTP. This second
implementation does not share confsync's own mistakes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
import yaml

from confsync.sandbox import Sandbox

# The tags at whose ends a body is broken into lines.
_TAGS = (
    "p td tr th thead table tbody tfoot li h1 h2 h3 h4 h5 h6 hr ul ol dl dt dd div col colgroup "
    "blockquote pre ac:structured-macro ac:parameter ac:rich-text-body ac:plain-text-body "
    "ac:layout ac:layout-section ac:layout-cell ac:task-list ac:task ac:task-id ac:task-uuid "
    "ac:task-status ac:task-body"
)
BLOCKS = frozenset(_TAGS.split())
# Every value is the text that stands there.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NAME = re.compile(r"</?([A-Za-z][\w:.-]*)")


@dataclass(frozen=True)
class Seen:
    """A page as one side shows it; `attachments` are the bytes by name."""

    title: str
    body: str
    version: int
    parent: str | None
    labels: frozenset[str]
    attachments: Mapping[str, bytes]


@dataclass(frozen=True)
class Folder:
    title: str
    parent: str | None


@dataclass(frozen=True)
class Side:
    """All pages and folders, by id; `places` are the files of the pages."""

    pages: dict[str, Seen] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def assert_equal(root: Path, wiki: Sandbox, where: str = "") -> Side:
    """Assert that the files of a mirror and the spaces that it mirrors are equal in everything.

    Answers the server's side.
    """
    files = files_of(root)
    server = server_of(wiki, [space["key"] for space in _spaces(root)], [*files.folders])
    assert_alike(files, server, where)
    return server


def assert_alike(files: Side, server: Side, where: str = "") -> None:
    """Two sides are the same in everything but in where the files stand."""
    for kind in ("pages", "folders"):
        here, there = getattr(files, kind), getattr(server, kind)
        unlike = [
            f"{files.places.get(one, one)}: here {here.get(one)}, on the server {there.get(one)}"
            for one in sorted(here.keys() | there.keys())
            if here.get(one) != there.get(one)
        ]
        assert not unlike, "\n".join([where, *unlike])


# -- the files -------------------------------------------------------------------------------------


def files_of(root: Path) -> Side:
    """Return the pages of the documents. A document that differs from its own stamp fails."""
    side = Side()
    for space in _spaces(root):
        _read_space(root, space.get("path", space["key"]), side)
    return side


def _spaces(root: Path) -> list[dict[str, str]]:
    return list(_yaml((root / ".confsync.yaml").read_bytes())["spaces"])


def _read_space(root: Path, directory: str, side: Side) -> None:
    found = {
        path.relative_to(root / directory).as_posix(): path for path in _documents(root / directory)
    }
    fronts = {name: front_of(path) for name, path in found.items() if path.name != ".folder.yaml"}
    owners: dict[str, str] = {
        name.removesuffix(".xhtml"): front["confluence"]["id"]
        for name, (front, _) in fronts.items()
    }
    home = owners.pop("index", None)
    for name, path in found.items():
        if path.name == ".folder.yaml":
            data = _yaml(path.read_bytes())
            owners[name.rpartition("/")[0]] = data["id"]
    ids = {front["confluence"]["id"] for front, _ in fronts.values()} | set(owners.values())

    def parent_of(name: str, stamp: dict[str, Any]) -> str | None:
        above, base = name.rpartition("/")[0], stamp["parent"]
        old = None if base == "null" else str(base)
        if above:
            return owners.get(above, old)
        stays = name == "index.xhtml" or "place" in stamp or old not in ids
        return old if stays else home

    for name, (front, body) in fronts.items():
        stamp = front["confluence"]
        parent = parent_of(name, stamp)
        digest = hashlib.sha256(f"{front['title']}\0{body}".encode()).hexdigest()[:32]
        assert stamp["digest"] == digest, f"{name} is not what its stamp says"
        assert stamp["parent"] == (parent or "null"), f"{name} does not stand where its stamp says"
        labels = frozenset(front.get("labels") or ())
        assert frozenset(stamp.get("labels") or ()) == labels, f"{name}: labels"
        side.places[stamp["id"]] = f"{directory}/{name}"
        side.pages[stamp["id"]] = Seen(
            front["title"],
            body,
            int(stamp["version"]),
            parent,
            labels,
            _attachments(found[name], stamp),
        )
    for name, path in found.items():
        if path.name == ".folder.yaml":
            data = _yaml(path.read_bytes())
            above = name.rpartition("/")[0].rpartition("/")[0]
            parent = owners.get(above) if above else home
            side.folders[data["id"]] = Folder(data["title"], parent)


def _yaml(text: bytes | str) -> Any:
    return yaml.load(text, Loader=_LOADER)


def _documents(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root).parts
        hidden = any(part.startswith(".") for part in inner[:-1])
        if hidden or any(part.endswith(".attachments") for part in inner) or not path.is_file():
            continue
        if path.name == ".folder.yaml" or path.suffix == ".xhtml":
            assert "moving~" not in inner, f"{path} is on its way"
            yield path


def front_of(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter, every value as the text that stands there, and body of a document."""
    fence, front, written = path.read_bytes().decode("utf-8").split("---\n", 2)
    assert fence == ""
    data = _yaml(front)
    raw = data.get("confluence", {}).get("layout") == "raw"
    return data, written if raw else unlaid(written)


def unlaid(text: str) -> str:
    """Return a body without the newlines that its layout in lines added."""
    if text.endswith("\n"):
        text = text[:-1]
    parts: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        end, closes = _token(text, start)
        parts.append(text[at:end])
        at = end
        if closes and text.startswith("\n", at) and text[at:].lstrip("\n").startswith("<"):
            at += 1
    return "".join([*parts, text[at:]])


def _token(text: str, start: int) -> tuple[int, bool]:
    """Return the end of the element at `start`, and whether it ends a block."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>")):
        if text.startswith(opening, start):
            return _after(text, closing, start), False
    end = _after(text, ">", start)
    named = _NAME.match(text, start)
    name, tag = named[1] if named else "", text[start:end]
    if name == "pre" and not tag.startswith("</") and not tag.endswith("/>"):
        return _after(text, "</pre>", start), True
    return end, name in BLOCKS and (tag.startswith("</") or tag.endswith("/>"))


def _after(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    return len(text) if found < 0 else found + len(what)


def _attachments(document: Path, stamp: Mapping[str, Any]) -> dict[str, bytes]:
    known = stamp.get("attachments") or {}
    names = {one.get("file", name): name for name, one in known.items()}
    directory = document.with_name(f"{document.stem}.attachments")
    found: dict[str, bytes] = {}
    for path in directory.glob("*") if directory.is_dir() else ():
        data, name = path.read_bytes(), names.get(path.name, path.name)
        digest = hashlib.sha256(data).hexdigest()[:32]
        assert known[name]["digest"] == digest, f"{path} is not what the stamp says"
        found[name] = data
    assert found.keys() == known.keys(), f"{document}: its attachments are not all there"
    return found


# -- the server ------------------------------------------------------------------------------------


def server_of(wiki: Sandbox, keys: list[str], folders: list[str]) -> Side:
    """Return the pages of the spaces, by Cloud's v2 or Data Center's v1.

    A folder in which no page stands is in no listing; it is asked for by its id, in `folders`.
    """
    side = Side()
    with requests.Session() as session:
        session.auth = (wiki.user, wiki.token)
        session.trust_env = False
        reader = _Cloud if wiki.flavor == "cloud" else _DataCenter
        for key in keys:
            reader(session, wiki.url).read(key, side, folders)
    return side


class _Server:
    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self._url = url

    def ask(self, path: str, **params: object) -> dict[str, Any]:
        answer = self._session.get(urljoin(self._url, path), params=params, timeout=30)  # type: ignore[arg-type]
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:200]}"
        found: dict[str, Any] = answer.json()
        return found

    def all(self, path: str, **params: object) -> Iterator[dict[str, Any]]:
        """Every row of a listing, however many answers it takes."""
        answer = self.ask(path, **params)
        yield from answer["results"]
        while following := answer["_links"].get("next"):
            inside = following if following.startswith(self._context) else self._context + following
            answer = self.ask(inside)
            yield from answer["results"]

    def bytes_of(self, link: str) -> bytes:
        answer = self._session.get(f"{self._url}{link}", timeout=30)
        assert answer.status_code == 200, f"{link}: {answer.status_code}"
        return answer.content

    @property
    def _context(self) -> str:
        return "/" + self._url.split("/", 3)[3]


class _Cloud(_Server):
    def read(self, key: str, side: Side, known: list[str]) -> None:
        api = f"{self._context}/api/v2"
        (space,) = self.ask(f"{api}/spaces", keys=key)["results"]
        listing = f"{api}/spaces/{space['id']}/pages"
        params = {"limit": 100, "status": "current", "body-format": "storage"}
        folders = list(known)
        for row in self.all(listing, **params):
            page = f"{api}/pages/{row['id']}"
            labels = {label["name"] for label in self.all(f"{page}/labels", prefix="global")}
            files = {
                one["title"]: self.bytes_of(one["downloadLink"])
                for one in self.all(f"{page}/attachments")
            }
            side.pages[row["id"]] = Seen(
                row["title"],
                row["body"]["storage"]["value"],
                row["version"]["number"],
                row["parentId"],
                frozenset(labels),
                files,
            )
            folders += [row["parentId"]] if row["parentType"] == "folder" else []
        while folders:
            one = self.ask(f"{api}/folders/{folders.pop()}")
            side.folders[one["id"]] = Folder(one["title"], one["parentId"])
            folders += [one["parentId"]] if one["parentType"] == "folder" else []


class _DataCenter(_Server):
    def read(self, key: str, side: Side, known: list[str]) -> None:
        assert not known, "there are no folders here"
        listing = f"{self._context}/rest/api/content"
        expand = "body.storage,version,ancestors,metadata.labels"
        for row in self.all(listing, spaceKey=key, type="page", limit=50, expand=expand):
            above = row["ancestors"]
            seen = Seen(
                row["title"],
                row["body"]["storage"]["value"],
                row["version"]["number"],
                above[-1]["id"] if above else None,
                frozenset(one["name"] for one in row["metadata"]["labels"]["results"]),
                {},
            )
            files = {
                one["title"]: self.bytes_of(one["_links"]["download"])
                for one in self.all(f"{listing}/{row['id']}/child/attachment")
            }
            side.pages[row["id"]] = replace(seen, attachments=files)
