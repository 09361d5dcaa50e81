"""A sandbox, and a desk at which confsync is run against it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import jsonschema
import pytest

from confsync.cli import main
from confsync.cli.manual.topics import MANUAL
from confsync.model.shell import quoted
from confsync.registry.outcomes import OUTCOMES
from confsync.remote import client
from confsync.sandbox import Sandbox
from confsync.sync import fetch
from tests.conformance import check_requests
from tests.files import contents_below
from tests.flows import clones
from tests.hints.journal import JOURNAL, commands_in

# What programs may rely on: every envelope that a test looks at is held against it.
SCHEMA = json.loads((MANUAL / "reference/result.schema.json").read_text(encoding="utf-8"))
# The commands that report an outcome, as the manual says.
REPORTED = {(name, entry.outcome.value) for entry in OUTCOMES for name in entry.commands}


@cache
def envelope_of(command: str) -> jsonschema.Draft202012Validator:
    """Return what holds a command's envelopes against the schema, without other commands' rows."""
    rows = [(row["if"]["properties"]["command"]["const"], row["then"]) for row in SCHEMA["allOf"]]
    own = [keys for name, keys in rows if name == command]
    return jsonschema.Draft202012Validator({**SCHEMA, "allOf": own or [True]})


@dataclass(frozen=True)
class Run:
    """The result of one command: exit code and outputs."""

    exit: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The JSON envelope; stdout must hold nothing else."""
        found: dict[str, Any] = json.loads(self._envelope)
        return found

    @cached_property
    def _envelope(self) -> str:
        """The output, held against the schema and the registry of outcomes once."""
        found = json.loads(self.out)
        envelope_of(str(found.get("command"))).validate(found)
        told = {(found["command"], page["outcome"]) for page in found["pages"]}
        assert told <= REPORTED, "registry/outcomes.py lacks a command of an outcome"
        return self.out

    @property
    def outcomes(self) -> dict[str, str]:
        """Path to outcome."""
        return {page["path"]: page["outcome"] for page in self.data["pages"]}


# How git keeps objects and references: as it always did, and as git 3 does by default.
GIT_FORMATS = {
    "sha1": {},
    "sha256": {"GIT_DEFAULT_HASH": "sha256"},
    "reftable": {"GIT_DEFAULT_REF_FORMAT": "reftable"},
    "git 3": {"GIT_DEFAULT_HASH": "sha256", "GIT_DEFAULT_REF_FORMAT": "reftable"},
}


def each_git_format(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in repositories of each format that the installed git knows."""
    formats = pytest.mark.parametrize("git_format", GIT_FORMATS, indirect=True)
    return pytest.mark.usefixtures("git_format")(formats(test))  # type: ignore[no-any-return]


@pytest.fixture
def git_format(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repositories that are made in the test have this format."""
    name = str(request.param)
    for key, value in GIT_FORMATS[name].items():
        monkeypatch.setenv(key, value)
    probe = tmp_path / "probe.git"
    done = subprocess.run(["git", "init", "-q", "--bare", str(probe)], check=False)
    made = (probe / "config").read_text() if done.returncode == 0 else ""
    wanted = [value for value in GIT_FORMATS[name].values() if value not in made]
    shutil.rmtree(probe, ignore_errors=True)
    if done.returncode or wanted:
        pytest.skip(f"this git makes no repository of the format {name}")


class Desk:
    """Runs confsync in a mirror, in this process, and looks at its files."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.between: Callable[[], None] = lambda: None
        # The directory from which commands are typed; from the mirror's own parent, with -C.
        self.below = "."
        self._capsys = capsys

    def __call__(self, *arguments: str, exit: int | None = 0) -> Run:
        """Type a command; its paths are the mirror's."""
        return self._type(*map(self.as_typed, arguments), exit=exit)

    @property
    def stand(self) -> Path:
        """The directory in which commands are typed."""
        return self.root / self.below

    @property
    def option(self) -> str:
        """The option that names the mirror for commands that are typed above it."""
        return f"-C {quoted(self.root.name)}" if self.below == ".." else ""

    def as_typed(self, argument: str) -> str:
        """Return an argument as it is typed here, if it is a path of the mirror."""
        other = argument.startswith("-") or "://" in argument or not set("./") & set(argument)
        if other or self.below in (".", ".."):
            return argument
        return os.path.relpath(self.root / argument, self.stand)

    def plain(self, text: str) -> str:
        """Return an output without the option that names the mirror."""
        if not self.option:
            return text
        text = text.replace(f" {self.option} ", " ")
        return re.sub(rf"\(cd {re.escape(quoted(self.root.name))} && (.*?)\)", r"\1", text)

    def _type(self, *arguments: str, exit: int | None) -> Run:
        self._capsys.readouterr()
        self.stand.mkdir(exist_ok=True)
        with contextlib.chdir(self.stand):
            code = main([*shlex.split(self.option), *arguments])
        out, err = self._capsys.readouterr()
        assert Sandbox.token not in out + err, "a token is printed"
        if exit is not None:
            assert code == exit, f"{arguments}: exit {code}\n{out}\n{err}"
        assert "Traceback" not in err
        if "--json" not in arguments:
            self._check_paths(out + err)
        if code == 0:
            JOURNAL.type(("confsync", *arguments))
        JOURNAL.print(self.plain(out))
        JOURNAL.print(self.plain(err))
        self.between()
        run = Run(code, out, err)
        if "--json" in arguments and out:
            assert run.data["exit"] == code
        return run

    def _check_paths(self, said: str) -> None:
        """Assert that each path in an output begins where the command was typed."""
        assert "\0" not in said
        assert r"\x00" not in said
        if self.below not in (".", ".."):
            # A diff has the mirror's paths in its heads, as git's has the repository's.
            lines = [one for one in said.splitlines() if not one.startswith(("--- ", "+++ "))]
            from_root = [one for one in lines if re.search(r"(?<![\w./-])[A-Z]{2,}/", one)]
            assert not from_root, f"not typed in '{self.below}':\n{said}"

    def choose(self, *settings: str, properties: str = "") -> None:
        """Let the mirror manage settings."""
        lines = f"settings: [{', '.join(settings)}]\n" if settings else ""
        lines += f"properties: [{properties}]\n" if properties else ""
        config = self.path(".confsync.yaml")
        config.write_text(config.read_text() + lines)

    def follow(self, run: Run, start: str = "", exit: int = 0) -> str:
        """Type the first command that a run's hints name, as it stands. Return what it prints.

        `start` is how that command begins.
        """
        named = [c for c in commands_in(run.out + run.err) if self.plain(c).startswith(start)]
        assert named, f"no hint names '{start}':\n{run.out}{run.err}"
        printed = ""
        parts = [named[0]] if named[0].startswith("(") else named[0].split(" && ")
        for part in parts:
            if part.startswith("confsync "):
                done = self._type(*shlex.split(self.plain(part))[1:], exit=exit)
                printed += done.out + done.err
            else:
                printed += _type(part, self.stand, exit)
        JOURNAL.type(self.plain(named[0]))
        return printed

    def json(self, *arguments: str, exit: int | None = 0) -> Run:
        return self(*arguments, "--json", exit=exit)

    def last_run(self) -> str:
        """Return the id of the newest push."""
        return str(self.json("log", "--runs").data["runs"][-1]["run"])

    def path(self, name: str) -> Path:
        return self.root / name

    def text(self, name: str) -> str:
        return self.path(name).read_bytes().decode()

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.text(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.path(name).write_bytes(text.replace(old, new).encode())

    def files(self) -> dict[str, bytes]:
        """Every file but the state directory's."""
        return contents_below(self.root, {".confsync", ".git"})

    def commit(self) -> None:
        """Commit everything, in a new repository if there is none."""
        if not self.path(".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "work")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        JOURNAL.type(("git", *arguments))
        return done.stdout


def _type(command: str, directory: Path, exit: int) -> str:
    """Type a command in a shell. Return what it prints."""
    typed = ["bash", "-c", command]
    done = subprocess.run(typed, cwd=directory, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == exit, f"{command}: exit {done.returncode}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield a sandbox with an empty space ENG."""
    with Sandbox(flavor=request.param) as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        sandbox.clear_requests()
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def guide(wiki: Sandbox) -> str:
    """Return the id of a page to edit."""
    body = "<h1>Ports</h1><p>The first port is 8080.</p><p>The second is 9090.</p>"
    return wiki.store.create_page("ENG", "Guide", body, author="Ana", raw=True).id


@pytest.fixture
def other(wiki: Sandbox, guide: str) -> str:
    """Make a second page after the first, and return its id."""
    return wiki.store.create_page("ENG", "Other", "<p>some words</p>").id


@pytest.fixture
def desk_at(
    wiki: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Desk]:
    """Return a function that makes desks: clones of a space, or directories to work in.

    `copied` False is for tests that change what `clone` works with, or look at what it does.
    """
    monkeypatch.setenv("CONFSYNC_USER", wiki.user)
    monkeypatch.setenv("CONFSYNC_TOKEN", wiki.token)
    monkeypatch.setattr(fetch, "PAUSES", (0.01, 0.02, 0.05, 0.1))
    monkeypatch.setattr(client.Pace, "pause", lambda *_: None)
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)

    def make(name: str = "mirror", *, clone: str | None = "ENG", copied: bool = True) -> Desk:
        root = tmp_path / name
        if clone is None:
            root.mkdir()
            return Desk(root, capsys)
        if clone == "ENG":
            clones.put(wiki, root, copied=copied)
        else:
            assert main(["clone", f"{wiki.url}/spaces/{clone}", str(root)]) == 0
        wiki.clear_requests()
        return Desk(root, capsys)

    return make


@pytest.fixture
def desk(guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone of ENG with the guide in it."""
    return desk_at()


class Typed:
    """Standard input that is no terminal."""

    def __init__(self, text: str) -> None:
        self._text = text

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return self._text


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Return a keyring of our own, where the package may not even be installed."""
    kept: dict[tuple[str, str], str] = {}
    fake = ModuleType("keyring")
    fake.get_keyring = lambda: SimpleNamespace(priority=5)  # type: ignore[attr-defined]
    fake.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    fake.set_password = lambda s, n, secret: kept.__setitem__((s, n), secret)  # type: ignore[attr-defined]
    fake.delete_password = lambda service, name: kept.pop((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)
    return kept


def status_of(wiki: Sandbox, page_id: str) -> str:
    return wiki.store.page(page_id).status


def writes(wiki: Sandbox) -> list[tuple[str, int]]:
    """Return the writes that the server saw: method and status."""
    return [
        (r.method, r.status)
        for r in wiki.requests
        if r.method != "GET" and not r.path.endswith("users-bulk")
    ]


def asks_the_same(wiki: Sandbox, one: Desk, other: Desk) -> None:
    """Assert that two desks send the same requests when they look at the server."""
    for command in (("pull",), ("pull", "--refresh"), ("status", "--remote")):
        asked = []
        for desk in (one, other):
            wiki.clear_requests()
            desk(*command)
            asked.append(sorted((r.method, r.path, r.query) for r in wiki.requests))
        assert asked[0] == asked[1]


def quiet(wiki: Sandbox, desk: Desk) -> None:
    """Nothing more to do on either side."""
    wiki.clear_requests()
    files = desk.files()
    for command in ("push", "pull", "push"):
        desk(command)
    assert writes(wiki) == []
    assert desk.files() == files
    assert desk("status", "--remote").out.startswith("clean")
