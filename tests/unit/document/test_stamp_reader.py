"""The stamp of a document, by its front matter alone: as the parser reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.document import stamp_reader
from confsync.document.document import parse, render
from confsync.document.stamp_reader import stamp_in
from confsync.errors import DocumentError
from confsync.model.stamp import Attached, Stamp, digest

DIGEST = digest("T", "<p>a</p>")
BLOCK = f'confluence:\n  id: "7"\n  version: 3\n  digest: {DIGEST}\n  parent: "5"\n'

ids = st.integers(1, 10**19).map(str)
words = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
names = words.map(lambda word: f"{word}.png") | st.sampled_from(["a b.png", "ä.png", "con.png"])


@st.composite
def stamps(draw: st.DrawFn) -> Stamp:
    posted = draw(st.none() | st.dates().map(str))
    files = draw(st.lists(names, max_size=3, unique_by=str.casefold))
    return Stamp(
        draw(ids),
        draw(st.integers(1, 999)),
        DIGEST,
        None if posted else draw(st.none() | ids),
        draw(st.none() | st.lists(words, max_size=2, unique=True).map(tuple)),
        not posted and draw(st.booleans()),
        tuple(
            Attached(name, 2, DIGEST, name, draw(st.just("") | ids | ids.map("att{}".format)))
            for name in sorted(files)
            if name != "con.png"
        ),
        draw(st.booleans()),
        posted,
    )


# Lines as people write them, and lines that no one should write.
LINES = st.sampled_from(
    [
        *("owner: platform-team", "# a comment", "x: 1", "labels: [a, b]", "labels: []", "y: no"),
        *("title: Other", 'title: "Quoted: title"', "title: |", "x: [", "x: &a b", "x: *a"),
        *("<<<<<<< mine", "=======", "x: !t y", "  indented: x", "owner: a: b", "owner: a #b"),
        *("attachments: [a.png]", "labels: x", "labels: [on, 1.10]", "- a", "...", '"x": y', "x:"),
        *('title: ""', 'title: " "', "title: Über – alles", "owner: x\t", "\ttab: x", "# \x07", ""),
    ]
)


def as_parsed(raw: bytes) -> Stamp | None:
    try:
        return parse(raw, "x").stamp
    except DocumentError:
        return None


@given(stamps(), st.lists(LINES, max_size=3), st.lists(LINES, max_size=2), st.booleans())
def test_it_is_what_the_parser_reads(
    stamp: Stamp, before: list[str], after: list[str], crlf: bool
) -> None:
    raw = render("T", "<p>a</p>", stamp).decode()
    more = "".join(f"{line}\n" for line in before)
    raw = raw.replace("---\n", f"---\n{more}", 1)
    end = raw.index("\n---\n", 4) + 1
    raw = raw[:end] + "".join(f"{line}\n" for line in after) + raw[end:]
    written = (raw.replace("\n", "\r\n") if crlf else raw).encode()
    assert stamp_in(written) == as_parsed(written)


@pytest.mark.parametrize(
    "front",
    [
        f"title: T\n{BLOCK}",
        f"title: T\nlabels: [ops]\nowner: team\n# why\n{BLOCK}  labels: [ops]\n",
        f'title: "T: t"\n{BLOCK}  place: top\n  name: outdated\n',
        f'title: Ä\n{BLOCK}  attachments:\n    "a.png": {{version: 2, digest: {DIGEST}}}\n',
        f"title: Ä\n{BLOCK}  attachments:\n"
        f'    "a.png": {{id: "att7", version: 2, digest: {DIGEST}}}\n',
        f"title: Ä\n{BLOCK}  attachments:\n"
        f'    "a.png": {{id: "007", version: 2, digest: {DIGEST}}}\n',
        f"{BLOCK}  layout: raw\ntitle: T\n",
    ],
)
def test_plain_front_matter_needs_no_parser(front: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = f"---\n{front}---\n<p>a</p>\n".encode()
    wanted = as_parsed(raw)
    monkeypatch.setattr(stamp_reader, "_parsed", lambda _: pytest.fail("parsed"))
    assert stamp_in(raw) == wanted is not None


def test_no_more_than_the_front_matter_has_to_be_there() -> None:
    raw = f"---\ntitle: T\n{BLOCK}---\n<p>\xff".encode("latin-1")
    assert stamp_in(raw) == Stamp("7", 3, DIGEST, "5")
    assert stamp_in(raw[:60]) is None
    assert stamp_in(b"") is stamp_in(b"<p>confluence</p>") is None
