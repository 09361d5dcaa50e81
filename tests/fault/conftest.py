"""Scenes: a site and a mirror, each time the same, and a command that brings them together."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from confsync.mirror.state import disk, mark, seen_comments
from confsync.mirror.state.base_cache import STATE
from confsync.sandbox import Faults, Sandbox, Store
from tests.fault.zygote import Ended, Zygote
from tests.files import contents_below
from tests.store_backup import Backup, content

INDEX = f"{STATE}/index"
# The number of the process in the name of a temporary file.
_RANDOM = re.compile(r"(?<=\.confsync-new-)[0-9a-f]+")


def body(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@dataclass(frozen=True)
class Play:
    """A command, and what happened on both sides before it.

    `before` is done to the site before the mirror is up to date, `remote` and `local` after it;
    `exit` is what the command ends with when nothing goes wrong. `planned` is a command that runs
    before it, and `later` what a person does between both.
    """

    name: str
    arguments: tuple[str, ...]
    remote: Callable[[Store, dict[str, str]], None] = lambda store, ids: None
    local: Callable[[Path], None] = lambda root: None
    exit: int = 0
    again: int = 0
    labels: bool = True
    attachments: bool = False
    before: Callable[[Store, dict[str, str]], None] | None = None
    blog: bool = False
    planned: tuple[str, ...] = ()
    later: Callable[[Path], None] = lambda root: None
    comments: str = ""

    def __str__(self) -> str:
        return self.name


class Stage:
    """A play set up: the site runs, the mirror stands."""

    def __init__(self, zygote: Zygote, sandbox: Sandbox, root: Path) -> None:
        self._zygote = zygote
        self.sandbox = sandbox
        self.root = root
        self._staged: dict[bytes, bytes] = {}

    def run(self, *arguments: str, die_at: int = 0, where: Path | None = None) -> Ended:
        secrets = {"CONFSYNC_USER": self.sandbox.user, "CONFSYNC_TOKEN": self.sandbox.token}
        ended = self._zygote.run(
            where or self.root, secrets, *arguments, "--jobs", "1", die_at=die_at
        )
        assert "Traceback" not in ended.err
        return ended

    def files(self) -> dict[str, bytes]:
        """Every file but the caches' and git's; the site's address is not the same each time."""
        return contents_below(self.root, {".confsync", ".git", ".confsync.yaml"})

    def left_behind(self) -> tuple[int, dict[str, bytes]]:
        """Return the number of writes, and every file but git's, as a killed command left them.

        What is another each time is left out: the clone's random mark, the number of the process,
        and the times in the audit trail.
        """
        state = self.root / STATE
        word = mark.known(state).encode()
        found = {}
        for name, data in contents_below(self.root, {".git"}).items():
            if name == f"{STATE}/{mark.NAME}" or name.endswith("holder"):
                continue
            if name == f"{STATE}/audit.jsonl":
                data = b"line\n" * data.count(b"\n")
            found[_RANDOM.sub("", name).replace(word.decode(), "")] = data.replace(word, b"")
        return self.writes(), found

    def state(self) -> Hashable:
        """Return all that the next run finds: from the same, two runs come to the same end.

        Times and inodes are left out. Of those in the index counts whether they are the files' own.
        """
        git = self.root / ".git"
        files = self.left_behind()[1]
        if INDEX in files:
            files[INDEX] = self._recognised((self.root / INDEX).read_text())
        files |= {f".git/{name}": data for name, data in contents_below(git).items()}
        files[".git/index"] = self._listed(files[".git/index"])
        return content(self.sandbox.store), frozenset(files.items())

    def _listed(self, index: bytes) -> bytes:
        """Return what git's index says, without times and inodes. Ask git once for each index."""
        if index not in self._staged:
            self._staged[index] = subprocess.run(
                ["git", "ls-files", "--stage"], cwd=self.root, capture_output=True, check=True
            ).stdout
        return self._staged[index]

    def _recognised(self, index: str) -> bytes:
        """Return what an index says, and of each key in it only whether it is a file's."""
        _, about, *lines = index.split("\n")
        found = []
        for line in lines:
            name, key, page, keys, files = line.split("\t")
            path = json.loads(name)
            place = self.root / path
            beside = place.with_suffix(".attachments")
            known = [
                (file, tuple(one) == disk.key(beside / file))
                for file, *one in ast.literal_eval(keys or "[]")
            ]
            is_known = tuple(map(int, key.split())) == disk.key(place)
            found.append((path, is_known, page, known, files))
        return repr((about.split()[:-1], found)).encode()

    def end(self) -> dict[str, Any]:
        """All that a run is to bring about, by file or page.

        Pages go by their titles and attachments by their names, since new ones do not have the
        same id each time. Who made a version is looked up for the conflict markers; that may fail
        without harm.
        """
        store = self.sandbox.store
        statuses = ("current", "archived", "trashed")
        rows = (*store.pages("ENG", statuses), *store.posts("ENG", statuses))
        titles = {row.id: row.title for row in rows}
        files = {name: raw.replace(b", Ana\n", b"\n") for name, raw in self.files().items()}
        attached = {
            row.id: (f"attachment {row.title} of {title}", row.version)
            for page_id, title in titles.items()
            for row in store.attachments(page_id)
        }
        named = titles | {row_id: name for row_id, (name, _) in attached.items()}
        for row_id, name_of_row in named.items():
            files = {
                name: raw.replace(f'"{row_id}"'.encode(), f'"{name_of_row}"'.encode())
                for name, raw in files.items()
            }
        pages = {
            f"page {row.title}": [
                (row.status, titles.get(row.parent_id or ""), row.version, row.body, row.labels),
                [(v.number, v.title, v.body, v.message, v.minor) for v in store.versions(row.id)],
            ]
            for row in rows
        }
        files_of_pages = {
            name: (version, store.attachment_data(row_id))
            for row_id, (name, version) in attached.items()
        }
        return {**files, **pages, **files_of_pages}

    def writes(self) -> int:
        return sum(request.method != "GET" for request in self.sandbox.requests)


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with Zygote() as running:
        _warm_up(running, tmp_path_factory.mktemp("warm-up"))
        yield running


def _warm_up(zygote: Zygote, place: Path) -> None:
    """Let the process that forks do once what most commands do."""
    root = place / "mirror"
    with Sandbox() as sandbox:
        secrets = {"CONFSYNC_USER": sandbox.user, "CONFSYNC_TOKEN": sandbox.token}
        ids = base(sandbox.store)
        zygote.warm_up(place, secrets, "clone", f"{sandbox.url}/spaces/ENG", str(root))
        _commit(root)
        for number in range(3):
            sandbox.store.edit(ids["Guide"], body(f"Guide {number}"), author="Ana")
            zygote.warm_up(root, secrets, "pull", "--jobs", "1")
            guide = root / "ENG/guide.xhtml"
            guide.write_text(f"{guide.read_text()}<p>mine</p>\n")
            zygote.warm_up(root, secrets, "push", "--jobs", "1")


def base(store: Store) -> dict[str, str]:
    """Return the space as it is cloned: titles to ids."""
    store.create_space("ENG", "Engineering", "Home")
    ids = {"Home": store.space("ENG").homepage_id}
    for title, parent in (
        ("Guide", None),
        ("Part", "Guide"),
        ("Leaf", "Part"),
        ("Gone", None),
        ("State", None),
        ("Mine", None),
        ("Both", None),
        ("Clash", None),
    ):
        text = body(f"{title} one", f"{title} two", f"{title} three", f"{title} four")
        ids[title] = store.create_page("ENG", title, text, parent=ids.get(parent or "")).id
    store.add_labels(ids["Mine"], ["old"])
    return ids


def attach(store: Store, ids: dict[str, str]) -> None:
    """Attach the files that are there from the beginning."""
    for title, name in (("Mine", "a.txt"), ("Mine", "b.txt"), ("Guide", "c.txt"), ("Gone", "d")):
        store.attach(ids[title], name, f"{title} {name}".encode())


def post(store: Store, ids: dict[str, str]) -> None:
    """Write the blog posts that are there from the beginning."""
    for title, day in (("News", 7), ("Notes", 7), ("Draft", 8), ("Past", 9)):
        at = f"2026-03-{day:02}T12:00:00.000Z"
        text = body(f"{title} one", f"{title} two", f"{title} three", f"{title} four")
        ids[title] = store.create_post("ENG", title, text, at=at).id


class _Prepared:
    """A play that was set up: what the site and the mirror are like before the command."""

    def __init__(self, staged: Stage, kept: Path) -> None:
        self._staged, self._kept = staged, kept
        self._site = Backup(staged.sandbox.store, counter=True)
        shutil.copytree(staged.root, kept)

    def again(self) -> Stage:
        """Put both sides back."""
        staged = self._staged
        shutil.rmtree(staged.root, ignore_errors=True)
        shutil.copytree(self._kept, staged.root, dirs_exist_ok=True)
        _adopt_state(staged.root / STATE)
        self._site.restore()
        for name, value in asdict(Faults()).items():
            setattr(staged.sandbox.faults, name, value)
        staged.sandbox.store.jobs = {}
        staged.sandbox.clear_requests()
        return staged


@pytest.fixture
def stage(zygote: Zygote, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Yield a function that sets a play up many times; what takes long is done once."""
    with ExitStack() as running:
        prepared: dict[tuple[Play, str], _Prepared] = {}

        @contextmanager
        def set_up(play: Play, flavor: str = "cloud") -> Iterator[Stage]:
            if (play, flavor) not in prepared:
                sandbox = running.enter_context(Sandbox(flavor=flavor))
                staged = Stage(zygote, sandbox, tmp_path / "mirror")
                _build(play, staged)
                prepared[play, flavor] = _Prepared(staged, tmp_path / f"prepared-{len(prepared)}")
            yield prepared[play, flavor].again()

        yield set_up


def _build(play: Play, staged: Stage) -> None:
    """Bring the site and the mirror to where the command of a play begins."""
    store, root = staged.sandbox.store, staged.root
    ids = base(store)
    if play.attachments:
        attach(store, ids)
    if play.before:
        play.before(store, ids)
    if play.blog:
        store.clock = lambda: datetime(2026, 3, 10, tzinfo=UTC)
        post(store, ids)
    cloned = staged.run("clone", f"{staged.sandbox.url}/spaces/ENG", str(root), where=root.parent)
    assert cloned.exit == 0, cloned.err
    config = (root / ".confsync.yaml").read_text().split("\n")
    config += ["labels: true"] if play.labels else []
    if play.blog:
        config.insert(config.index("- key: ENG") + 1, "  blog: true")
    config += ["attachments: true"] if play.attachments else []
    config += [f"comments: {play.comments}"] if play.comments else []
    (root / ".confsync.yaml").write_text("\n".join(config) + "\n")
    assert staged.run("pull").exit == 0
    _commit(root)
    play.remote(store, ids)
    play.local(root)
    if play.planned:
        made = staged.run(*play.planned)
        assert made.exit == 0, made.out + made.err
    play.later(root)


def _adopt_state(state: Path) -> None:
    """Give a copy of a mirror what its original knows: a copy is a clone with another mark."""
    for bases in (state / "bases").iterdir():
        bases.rename(bases.with_name(mark.made(state)))
    seen = state / seen_comments.NAME
    if seen.exists():
        _, _, rest = seen.read_text().partition("\n")
        seen.write_text(f"{mark.made(state)}\n{rest}")


def _commit(root: Path) -> None:
    subprocess.run(["git", "init", "-q", "--template="], cwd=root, check=True)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    subprocess.run(["git", "commit", "-qm", "pulled"], cwd=root, check=True)


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the differences of two ends, with both sides of each."""
    return {
        name: (one.get(name), other.get(name))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }
