"""Special and endless files of a mirror are reported, and never waited for."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.document import folder_file, frontmatter, yaml_nodes
from confsync.errors import ConfigError, DocumentError
from confsync.mirror import config_file
from confsync.mirror.state import regular
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
FOLDER = "ENG/things/.folder.yaml"
posix = pytest.mark.skipif(os.name == "nt", reason="pipes and devices are files elsewhere")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def device(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))
    except OSError:
        pytest.skip("no devices here")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def directory(path: Path) -> None:
    path.mkdir()


STRANGE = [pipe, zero, device, huge, directory]


def put(path: Path, make: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    make(path)


COMMANDS = (("status",), ("check",), ("diff",), ("pull",), ("push",), ("doctor",))
NAMES = (GUIDE, "ENG/new.xhtml", FOLDER, ".confsync.yaml", ".confsync/index", ".confsync/snapshot")
MORE = (".confsync/audit.jsonl", ".confsync/people.json", ".confsync/lock")
LAST = (".confsync/index.new", ".confsync/mark", ".confsync/.gitignore", ".confsync/holder")


@posix
@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", NAMES + MORE + LAST)
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_no_file_of_a_mirror_makes_a_command_wait_or_fail(
    wiki: Sandbox, desk: Desk, guide: str, name: str, make: Callable[[Path], None]
) -> None:
    began = time.monotonic()
    put(desk.path(name), make)
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    for command in (*COMMANDS, ("log", "--local"), ("log", guide)):
        run = desk(*command, exit=None)
        assert "should not happen" not in run.err, run.err
        assert run.exit in (0, 1, 2, 4)
    assert time.monotonic() - began < 20


@posix
@pytest.mark.parametrize("make", [pipe, zero, device, huge], ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", [GUIDE, FOLDER, ".confsync.yaml", ".gitattributes"])
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_what_is_no_regular_file_of_a_plausible_size_is_named(
    wiki: Sandbox, desk: Desk, name: str, make: Callable[[Path], None]
) -> None:
    put(desk.path(name), make)
    if name == ".gitattributes":
        desk.path(".confsync.yaml").unlink()
        told = desk("init", "--url", wiki.url, "--space", "ENG", exit=4).err
        assert "hint: 'ls -l " in told
    else:
        run = desk("status", exit=4)
        told = run.err + run.out
    assert name in told
    said = {pipe: "not a regular file", zero: "is a link", device: "not a regular", huge: "is over"}
    assert said[make] in told


@posix
@pytest.mark.parametrize("make", [pipe, zero], ids=lambda make: make.__name__)
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_an_attachment_is_a_regular_file(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], make: Callable[[Path], None]
) -> None:
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    wiki.store.attach(guide, "a.bin", b"first")
    desk("pull")
    put(desk.path("ENG/guide.attachments/a.bin"), make)
    for command in (("status",), ("pull",), ("push",), ("pull", "--theirs", GUIDE)):
        assert "should not happen" not in desk(*command, exit=None).err


@posix
def test_a_file_that_grows_while_it_is_read_has_an_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert regular.read(path, 100) == b"x" * 100
    with pytest.raises(regular.IrregularError, match="is over 0 kB"):
        regular.read(path, 99)
    with pytest.raises(regular.IrregularError, match="not a regular file"):
        regular.read("/dev/zero", 100)


# -- YAML -----------------------------------------------------------------------------------------

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in itertools.pairwise("abcdefghijklmnopq")
)
BAD = {
    "nested": "id: " + "[" * 4000 + "\n",
    "laughs": f"{LAUGHS}id: *q\ntitle: *q\n",
    "date": "id: 2024-13-45\n",
    "moment": "id: 7\ntitle: 2024-13-45 99:99:99\n",
    "number": "id: 0x_\n",
    "tag": "id: !!python/object:os.system 7\n",
    "list": "id: [7]\n",
    "many": "id: 7\n---\nid: 8\n",
    "nothing": "",
    "text": "7\n",
    "bytes": "id: \udcff\n",
    "control": "id: \x07\n",
    "large": "id: 7\n#" + "x" * folder_file.MAX_BYTES,
    "merge": "<<: *x\nid: 7\n",
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_folder_file_of_anybodys_is_told_with_its_line(desk: Desk, kind: str) -> None:
    desk.path(FOLDER).parent.mkdir()
    desk.path(FOLDER).write_bytes(BAD[kind].encode("utf-8", "surrogateescape"))
    began = time.monotonic()
    run = desk("status", exit=None)
    assert "should not happen" not in run.err
    if kind == "moment":  # is text, as everything there
        assert run.exit == 0
    else:
        assert (run.exit, f"error: {FOLDER}:" in run.err) == (4, True), run.err
        assert f"hint: 'rm {FOLDER} && confsync pull' writes" in run.err or kind == "large"
        assert desk("check", exit=1).out.startswith(f"{FOLDER}:")
    desk("pull")
    desk("push", exit=None)
    assert time.monotonic() - began < 10


def test_a_folder_file_says_what_it_did() -> None:
    assert folder_file.parse(b"id: '7'\ntitle: 2024\n", "x") == ("7", "2024")
    assert folder_file.parse(b"id: 7\n", "x") == ("7", "")
    with pytest.raises(DocumentError, match="x:2: title must be text"):
        folder_file.parse(b"id: 7\ntitle: [a]\n", "x")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("url: " + "[" * 100_000, 1, "nest"),
        ("url: x\nspaces: " + "{a: " * 200, 2, "is nested too deeply"),
        (f"{LAUGHS}url: *q\n", 1, "anchors and aliases are not allowed"),
        ("url: !!timestamp 2024-13-45\n", 1, "tags are not allowed"),
        ("url: 2024-13-45\nspaces: [{key: ENG}]\n", 1, "is not a URL"),
        ("? [a, [b]]\n: c\n", 1, "unknown key"),
    ],
)
def test_a_configuration_of_anybodys_is_told_with_its_line(
    text: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        config_file.parse(text)
    assert str(caught.value).startswith(f".confsync.yaml:{line}: ")
    assert len(caught.value.message) < 300


def test_a_title_of_a_server_that_is_nested_is_written_as_text() -> None:
    for opened in ("[", "{a: ", "[{"):
        title = opened * 50_000
        written = frontmatter.scalar(title)
        assert written.startswith('"')
        node = yaml_nodes.compose(f"k: {written}", "it")
        assert node is not None and node.value[0][1].value == title
    assert frontmatter.flow(("[" * 1000,)).startswith('["')
