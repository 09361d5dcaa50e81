"""In any front matter only confsync's own lines change, and they read back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confsync.document import document, frontmatter, frontmatter_fast
from confsync.document.document import Fields
from confsync.model.stamp import Attached, Layout, Stamp, digest
from tests.property.test_layout import bodies_of_anything

# What a server can hold: no lone surrogates (those are no UTF-8), no line feeds in a title.
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\x00"), max_size=40)
nasty = st.sampled_from(
    [
        *("2024", "on", "null", "~", "1.10", "a: b", "#x", "- x", "[x]", "&a", "!t", "*a", "|"),
        *("%", "@", "`", "'", '"', "\\", "trail ", "\u2028", "a\u2028b", "\u0085", "😀", "---"),
    ]
)
titles = (text | nasty | st.tuples(nasty, nasty).map(" ".join)).filter(
    lambda title: bool(title.strip(" \t\r\n"))
)
labels = st.lists(st.text("abc-_on1.:,#é😀", min_size=1, max_size=8), max_size=4).map(tuple)
ids = st.integers(1, 10**18).map(str)
_pages = st.builds(
    Stamp,
    id=ids,
    version=st.integers(1, 999_999_999),
    digest=st.text("0123456789abcdef", min_size=32, max_size=32)
    | st.text("0123456789", min_size=32, max_size=32)
    | st.sampled_from(["1e" + "0" * 30, "0" * 32, "1234567890e12345678901234567890a"[:32]]),
    parent=st.none() | ids,
    labels=st.none() | labels,
    top=st.booleans(),
)
stamps = _pages | st.builds(
    replace,
    _pages,
    parent=st.none(),
    top=st.just(False),
    posted=st.dates().map(str),
)
bodies = bodies_of_anything.filter(lambda body: "\ud800" not in body)

USERS = [
    *("# a comment", "#", "", "owner: platform-team   # why", "'id': \"7\""),
    *("version: 3", "tags: [a, b,\n  c]  # flow", "list:\n  - a\n  # between\n  - b", "empty:"),
    *("list2:\n- a\n- b", "text: |\n  title: no\n\n  labels: [no]", "folded: >+\n  a\n\n  b\n"),
    *("nested:\n  confluence:\n    id: 1\n  title: no", "wide: 日本語 😀 é", "quoted: 'it''s'"),
    *('dq: "a \\u2028 \u2028 b"', "long: a\n  b\n  c # end", "x  :   y", "n: ~"),
]


TITLE_STYLES = [
    *(
        " Old",
        "   'Old' ",
        ' "Old"  # why',
        " # why\n  Old",
        "\n  Old",
        " >-\n  Old",
        " |-\n  Old\n",
    ),
    *(" 'Old\n  title' # why", " Old\n  title", "\t'Old'", ' "a\\\n  b"'),
]
LABEL_STYLES = [
    *(" []", " [a, b] # why", "\n  - a\n  - b", "\n- a\n- 'b'", " # why\n  - a", " [a,\n  b,\n ]"),
]
BLOCKS = [
    'confluence:\n  id: "1"\n  version: 2\n  digest: {d}\n  parent: null',
    "confluence: # hands off\n  digest: {d}\n  id: 1\n  version: 2 # two",
    'confluence: {{id: "1", version: 2,\n  digest: {d}}}',
    'confluence:\n    id: "1"\n    # note\n    version: 2\n    digest: {d}\n    labels:\n    - a',
]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, bool, bool]:
    """Return a document's text with LF, and whether it has labels and a stamp."""
    parts = draw(st.lists(st.sampled_from(USERS), max_size=5, unique_by=_key))
    parts.append(f"title:{draw(st.sampled_from(TITLE_STYLES))}")
    managed, stamped = draw(st.booleans()), draw(st.booleans())
    if managed:
        parts.append(f"labels:{draw(st.sampled_from(LABEL_STYLES))}")
    if stamped:
        parts.append(draw(st.sampled_from(BLOCKS)).format(d="0a" * 16))
    front = "\n".join(draw(st.permutations(parts)))
    body = draw(st.sampled_from(["", "<p>a</p>\n", "<p>a</p>\n<p>b</p>\n", "text"]))
    return f"---\n{front}\n---\n{body}", managed, stamped


def _key(part: str) -> object:
    return part.partition(":")[0].strip("'\" ") if ":" in part else part


# Values are compared by where they were: each is cut out of both texts, with the space before it.
def _without(read: document.Document, names: tuple[str, ...]) -> str:
    spans = sorted((read.spans[n] for n in names if n in read.spans), key=lambda s: s.start)
    rest, at = "", 0
    for span in spans:
        rest += read.text[at : span.start]
        at = span.end
    return rest + read.text[at : read.body_start]


@given(
    documents(),
    stamps,
    st.none() | titles,
    st.none() | bodies,
    st.none() | labels,
    st.sampled_from(Layout),
    st.booleans(),
    st.booleans(),
)
def test_an_update_changes_the_tools_own_lines_and_they_read_back(
    made: tuple[str, bool, bool],
    stamp: Stamp,
    title: str | None,
    body: str | None,
    wanted: tuple[str, ...] | None,
    how: Layout,
    crlf: bool,
    marked: bool,
) -> None:
    source, managed, stamped = made
    raw = source.replace("\n", "\r\n" if crlf else "\n").encode()
    raw = b"\xef\xbb\xbf" + raw if marked else raw
    before = document.parse(raw, "x")
    new = document.update(before, stamp, Fields(title, body, wanted), how)
    after = document.parse(new, "x")

    assert after.stamp == stamp
    assert after.title == (before.title if title is None else title)
    assert after.labels == (before.labels if wanted is None else wanted)
    expected = before.body if body is None else body
    assert digest("", after.body) == digest("", expected)
    assert crlf or after.body == expected or digest("", before.body) == digest("", expected)
    assert after.newline == before.newline

    changed = ("title",) if title is not None else ()
    changed += ("labels",) if wanted is not None else ()
    kept = _without(after, (*changed, "confluence"))
    newline = "\r\n" if crlf else "\n"
    if wanted is not None and not managed:
        kept = kept.replace(f"labels:{newline}", "", 1)
    if not stamped:
        kept = re.sub(rf"{newline}---{newline}\Z", f"---{newline}", kept)
    assert kept == _without(before, (*changed, "confluence"))
    if body is None:
        assert after.text[after.body_start :] == before.text[before.body_start :]


@given(documents(), stamps, titles, bodies)
def test_the_same_update_twice_changes_nothing_more(
    made: tuple[str, bool, bool], stamp: Stamp, title: str, body: str
) -> None:
    once = document.update(document.parse(made[0].encode(), "x"), stamp, Fields(title, body))
    read = document.parse(once, "x")
    assert document.update(read, stamp, Fields(title, body, read.labels)) == once


@given(documents(), st.booleans())
def test_an_update_with_what_is_there_changes_the_block_alone(
    made: tuple[str, bool, bool], crlf: bool
) -> None:
    source, _, stamped = made
    raw = source.replace("\n", "\r\n" if crlf else "\n").encode()
    before = document.parse(raw, "x")
    stamp = before.stamp or Stamp("1", 1, "0" * 32)
    new = document.update(before, stamp, Fields(before.title, before.body, before.labels))
    if stamped:
        span = before.spans["confluence"]
        assert new.startswith(before.text[: span.start].encode())
        assert new.endswith(before.text[span.end :].encode())
    else:
        fence = before.text.rindex("---", 0, before.body_start)
        assert new.startswith(before.text[:fence].encode())
        assert new.endswith(before.text[fence:].encode())


@given(titles, bodies, stamps, st.none() | labels, st.sampled_from(Layout))
def test_what_is_rendered_is_read(
    title: str, body: str, stamp: Stamp, wanted: tuple[str, ...] | None, how: Layout
) -> None:
    raw = document.render(title, body, stamp, labels=wanted, how=how)
    read = document.parse(raw, "x")
    assert (read.title, read.body, read.stamp, read.labels) == (title, body, stamp, wanted)
    assert read.digest == digest(title, body)
    assert read.layout is how


@given(st.binary(max_size=200) | documents().map(lambda made: made[0].encode()), st.data())
def test_any_bytes_are_a_document_or_an_error_with_a_line(raw: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(raw)))
    junk = data.draw(st.binary(max_size=3) | st.sampled_from([b"\n", b"---\n", b"&a ", b"\xff"]))
    broken = raw[:cut] + junk + raw[cut:]
    try:
        read = document.parse(broken, "x")
    except document.DocumentError as error:
        assert 1 <= error.line <= broken.count(b"\n") + 1
    else:
        assert read.text.encode() == broken
        assert read.title


@given(
    st.from_regex(frontmatter._PLAIN, fullmatch=True)
    | st.sampled_from(sorted(frontmatter._WORDS)).flatmap(
        lambda word: st.sampled_from([word, word.upper(), word.title()])
    )
    | st.from_regex(r"[0-9a-f]{1,32}", fullmatch=True)
)
@example("12345e12")
@example("0b01")
@example("1e1")
def test_a_value_that_is_written_plain_without_a_trial_reads_back(text: str) -> None:
    plain = frontmatter._reads_back(f"k: {text}", text)
    assert frontmatter.scalar(text) == (text if plain else frontmatter.double_quoted(text))


def _by_the_parser(raw: bytes) -> document.Document:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(frontmatter_fast, "front_matter", lambda text: None)
        return document.parse(raw, "x")


plain_titles = st.from_regex(re.compile(frontmatter_fast.PLAIN_TITLE), fullmatch=True)


@given(titles | plain_titles, bodies, stamps, st.sampled_from(Layout))
@example("yes", "", Stamp("1", 1, "0" * 32), Layout.LINES)
@example("2024-01-01", "<p>a</p>", Stamp("1", 1, "1e" + "0" * 30, "7"), Layout.LINES)
@example("a  b", "---\n", Stamp("1", 1, "a" * 32), Layout.LINES)
def test_front_matter_that_needs_no_parser_is_read_as_the_parser_does(
    title: str, body: str, stamp: Stamp, how: Layout
) -> None:
    written = document.render(title, body, stamp, how=how)
    plain = f"---\ntitle: {title}\n".encode() + written.partition(b"\nconfluence:")[2].join(
        [b"confluence:", b""]
    )
    new = f"---\ntitle: {title}\n---\n{body}".encode()
    for raw in (written, plain, new, written.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + written):
        if frontmatter_fast.front_matter(raw.decode()) is not None:
            assert document.parse(raw, "x") == _by_the_parser(raw)


@pytest.mark.parametrize("labels", [None, (), ("ops",), ("ops", "on-call")])
@pytest.mark.parametrize("files", [(), ("a.png",), ("Plan 2.pdf", "ä.png")])
def test_a_document_with_nothing_special_needs_no_parser(
    labels: tuple[str, ...] | None, files: tuple[str, ...]
) -> None:
    base = digest("Deployment guide", "<p>a</p>")
    attached = tuple(Attached(name, 3, base, name, "att7") for name in files)
    stamp = Stamp("98310", 7, base, "98304", labels, attachments=attached)
    raw = document.render("Deployment guide", "<p>a</p>", stamp, labels=labels)
    assert frontmatter_fast.front_matter(raw.decode()) is not None
    assert document.parse(raw, "x") == _by_the_parser(raw)


plain_labels = st.lists(
    st.from_regex(r"[A-Za-z][a-z0-9_-]{0,8}", fullmatch=True)
    | st.sampled_from(["on", "null", "ä"]),
    max_size=3,
)
file_names = st.sampled_from(
    ["a.png", "A.png", "b c.pdf", "con.png", "end.", "1.txt", "ﬁ.png", "e\u0301.png", "x" * 250]
)
lines_of_files = st.lists(
    st.tuples(file_names, st.sampled_from(["", "7", "att7", "x"]), st.integers(0, 99)), max_size=3
)


@given(plain_labels, st.none() | plain_labels, lines_of_files, st.sampled_from(["", " ", "x: 1\n"]))
@example(["a"], None, [("a.png", "7", 1), ("A.png", "7", 1)], "")
@example(["a"], None, [("b.png", "7", 1), ("a.png", "7", 1)], "")
@example(["a", "a"], ["a"], [("con.png", "7", 1)], "")
def test_labels_and_attachments_are_read_as_the_parser_does(
    labels: list[str], base: list[str] | None, files: list[tuple[str, str, int]], more: str
) -> None:
    block = f'confluence:\n  id: "7"\n  version: 3\n  digest: {"a" * 32}\n  parent: "5"\n'
    block += "" if base is None else f"  labels: [{', '.join(base)}]\n"
    block += "  attachments:\n" if files else ""
    for name, number, version in files:
        told = f'id: "{number}", ' if number else ""
        block += f'    "{name}": {{{told}version: {version}, digest: {"b" * 32}}}\n'
    front = f"title: T\nlabels: [{', '.join(labels)}]\n{more}{block}"
    raw = f"---\n{front}---\n<p>a</p>\n".encode()
    if frontmatter_fast.front_matter(raw.decode()) is not None:
        assert document.parse(raw, "x") == _by_the_parser(raw)


@pytest.mark.parametrize("title", ["One page", "yes", "12345e12", "2024-01-01", "null", "0x1f"])
def test_a_new_document_with_a_plain_title_needs_no_parser(title: str) -> None:
    raw = f"---\ntitle: {title}\n---\n<p>a</p>\n".encode()
    assert frontmatter_fast.front_matter(raw.decode()) is not None
    assert document.parse(raw, "x") == _by_the_parser(raw)
