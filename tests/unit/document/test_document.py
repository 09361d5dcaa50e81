"""The document, case by case: what is read, what is refused with its line, what is rewritten."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest

from confsync.document import document, layout
from confsync.document.document import Fields, conflict_line, parse, render, update, update_laid
from confsync.document.frontmatter import flow, scalar
from confsync.errors import DocumentError
from confsync.model.stamp import (
    Layout,
    Local,
    Stamp,
    digest,
    message_with_token,
    message_without_token,
    token,
    token_in,
)

STAMP = Stamp("98310", 7, "8c1f0e5d2a7b4c6d9e0f1a2b3c4d5e6f", "98304")
NEW = Stamp("98310", 8, "0123456789abcdef0123456789abcdef", "98305")

BLOCK = """\
confluence:
  id: "98310"
  version: 7
  digest: 8c1f0e5d2a7b4c6d9e0f1a2b3c4d5e6f
  parent: "98304"
"""
NEW_BLOCK = """\
confluence:
  id: "98310"
  version: 8
  digest: 0123456789abcdef0123456789abcdef
  parent: "98305"
"""


def document_of(front: str, body: str = "<p>a</p>\n") -> document.Document:
    return parse(f"---\n{front}---\n{body}".encode(), "guide.xhtml")


def updated(front: str, **new: object) -> str:
    """Return the front matter after an update with a new stamp."""
    raw = update(document_of(front), NEW, Fields(**new))  # type: ignore[arg-type]
    return raw.decode().removeprefix("---\n").removesuffix("---\n<p>a</p>\n")


# -- reading ---------------------------------------------------------------------------------------


def test_the_example_of_the_design() -> None:
    text = """\
---
title: Deployment guide
labels: [ops, runbook]
owner: platform-team        # the user's own key and comment: kept byte for byte
confluence:
  id: "98310"
  version: 7
  digest: 8c1f0e5d2a7b4c6d9e0f1a2b3c4d5e6f
  parent: "98304"
  labels: [ops, runbook]
---
<h1>Deploying</h1>
<p>First &hellip;</p>
"""
    found = parse(text.encode(), "guide.xhtml")
    assert found.title == "Deployment guide"
    assert found.labels == ("ops", "runbook")
    assert found.stamp == replace(STAMP, labels=("ops", "runbook"))
    assert found.body == "<h1>Deploying</h1><p>First &hellip;</p>"
    assert found.layout is Layout.LINES
    assert found.text[found.body_start :].startswith("<h1>")
    assert found.digest == digest("Deployment guide", found.body)
    assert found.modified


def test_a_document_without_a_stamp_is_a_page_yet_to_be_created() -> None:
    found = document_of("title: New page\n")
    assert (found.stamp, found.labels, found.modified) == (None, None, True)


def test_labels_absent_are_not_managed_and_an_empty_list_means_none() -> None:
    assert document_of("title: T\n").labels is None
    assert document_of("title: T\nlabels: []\n").labels == ()


def test_labels_are_the_text_that_stands_there() -> None:
    assert document_of("title: T\nlabels: [on, 1.10, ~, 2024-01-01]\n").labels == (
        *("on", "1.10", "~", "2024-01-01"),
    )


def test_a_raw_document_is_read_as_it_stands() -> None:
    found = document_of(f"title: T\n{BLOCK}  layout: raw\n", "<p>a</p>\n<p>b</p>\n")
    assert (found.layout, found.body) == (Layout.RAW, "<p>a</p>\n<p>b</p>\n")


def test_an_empty_parent() -> None:
    front = BLOCK.replace('"98304"', "null")
    found = document_of(f"title: T\n{front}")
    assert found.stamp == replace(STAMP, parent=None)


def test_a_document_may_end_with_its_front_matter() -> None:
    assert parse(b"---\ntitle: T\n---", "x").body == ""
    assert parse(b"---\ntitle: T\n---\n", "x").body == ""


def test_a_byte_order_mark_and_crlf_are_read_over() -> None:
    found = parse(b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n<p>a</p>\r\n<p>b</p>\r\n", "x")
    assert (found.title, found.newline, found.body) == ("T", "\r\n", "<p>a</p><p>b</p>")


# -- titles ----------------------------------------------------------------------------------------

TITLES = [
    *(
        "2024",
        "1.10",
        "on",
        "off",
        "yes",
        "No",
        "true",
        "null",
        "Null",
        "~",
        "0x1F",
        "1e3",
        "1_000",
    ),
    *(
        "2024-01-01",
        "12:30:45",
        ".inf",
        ".nan",
        "=",
        "<<",
        "0o17",
        "-",
        "- x",
        "? x",
        ": x",
        "a: b",
    ),
    *(
        "a:",
        "#x",
        "a #b",
        "a#b",
        "'",
        '"',
        "'a'",
        '"a"',
        'say "hi"',
        "it's",
        "\\",
        "a\\nb",
        "\\x41",
    ),
    *("[x]", "[", "{a: 1}", "}", "&a", "!t", "!!str x", "*a", "|", ">", "%", "%TAG", "@", "`", ","),
    *(
        "a, b",
        "---",
        "...",
        "--- x",
        " lead",
        "trail ",
        "a  b",
        "a\tb",
        "\ttab",
        "a\u00a0b",
        "\u00a0",
    ),
    *("a\u2028b", "a\u2029b", "a\u0085b", "\ufeffx", "x\ufeff", "\u200f\u05d0", "😀", "日本語: 一"),
    *(
        "\x07bell",
        "\x7f",
        "\x00",
        "\ud7ff",
        "\ue000",
        "\ufffd",
        "\U0010ffff",
        "a\rb",
        "é",
        "e\u0301",
    ),
    "x" * 255,
    "😀" * 255,
    "word " * 50 + "end",
    "confluence:",
    "title: x",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_comes_back_from_the_file(title: str) -> None:
    found = parse(render(title, "<p>a</p>", STAMP, labels=(title, "x")), "x")
    assert (found.title, found.labels, found.stamp) == (title, (title, "x"), STAMP)
    again = parse(update(document_of(f"title: Old\n{BLOCK}"), STAMP, Fields(title)), "x")
    assert (again.title, again.stamp) == (title, STAMP)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Deployment guide", "Deployment guide"),
        ("it's", "it's"),
        ("C# & F#", "C# & F#"),
        ("日本語", "日本語"),
        ("2024", '"2024"'),
        ("on", '"on"'),
        ("a: b", '"a: b"'),
        ("trail ", '"trail "'),
    ],
)
def test_a_title_is_plain_where_anybodys_yaml_reads_it_so(title: str, written: str) -> None:
    assert scalar(title) == written


def test_a_list_quotes_only_what_must_be() -> None:
    assert flow(("ops", "on", "a,b", "1.10", "")) == '[ops, "on", "a,b", "1.10", ""]'
    assert flow(()) == "[]"


# -- malformed front matter ------------------------------------------------------------------------

WIDE = "# 日本語 😀 \u00a0 é e\u0301\n"
# Separators that YAML takes for line ends, and an editor does not.
WIDER = 'wide: "日本語 😀 \u2028 \u0085 \u2029 x"\n# \U0001f680\n'


@pytest.mark.parametrize("before", ["", WIDE * 3, WIDER])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("front", "line", "problem"),
    [
        ("owner: x\n", None, "no title"),
        ("title:\n", 1, "one line of text"),
        ("title: ''\n", 1, "one line of text"),
        ('title: "  "\n', 1, "one line of text"),
        ("title: [a]\n", 1, "title must be text"),
        ("a: 1\ntitle: |\n  a\n  b\n", 2, "one line of text"),
        ("title: T\nlabels: ops\n", 2, "labels must be a list"),
        ("title: T\nlabels:\n", 2, "labels must be a list"),
        ("title: T\nlabels:\n  - [a]\n", 3, "a label must be text"),
        ("title: T\ntitle: U\n", 2, "'title' occurs twice"),
        ("title: T\nx: 1\n\nx: 2\n", 4, "'x' occurs twice"),
        ("title: T\nx: &a 1\n", 2, "anchors"),
        ("title: T\nx: *a\n", 2, "alias"),
        ("title: T\nx: !!python/object:os.system 1\n", 2, "tags"),
        ("title: !t T\n", 1, "tags"),
        ("title: T\nx: [1\n", None, "front matter"),
        ("title: T\nx: 'a\n", None, "front matter"),
        ("title: T\n\tx: 1\n", 2, "front matter"),
        ("title: T\nx: a: b\n", 2, "front matter"),
        ("title: T\nx: \x07\n", 2, "front matter"),
        ("title: T\n? x\n: 1\n", 2, "start their line"),
        ("title: T\n[a]: 1\n", 2, "must be text"),
        ("title: T\n<<<<<<< HEAD\nx: 1\n", 2, "conflict marker"),
        ("title: T\n>>>>>>> main\n", 2, "conflict marker"),
        ("title: T\nconfluence: x\n", 2, "the block that confsync wrote"),
        ("title: T\nconfluence: [1]\n", 2, "the block that confsync wrote"),
        (f"title: T\n{BLOCK}  owner: x\n", 7, "unknown key 'owner'"),
        (f'title: T\n{BLOCK}  id: "1"\n', 7, "'id' occurs twice"),
        ("title: T\nconfluence:\n  version: 7\n", 3, "has no 'id'"),
        (f"title: T\n{BLOCK}".replace("version: 7", "version: 0"), 4, "is not a valid version"),
        (f"title: T\n{BLOCK}".replace("version: 7", "version: 7.0"), 4, "is not a valid version"),
        (f"title: T\n{BLOCK}".replace("version: 7", "version: [7]"), 4, "must be text"),
        (f"title: T\n{BLOCK}".replace('"98310"', "../x"), 3, "is not a valid id"),
        (f"title: T\n{BLOCK}".replace('"98310"', '"٣"'), 3, "is not a valid id"),
        (f"title: T\n{BLOCK}".replace("8c1f", "8C1F"), 5, "is not a valid digest"),
        (f"title: T\n{BLOCK}".replace('"98304"', "~"), 6, "is not a valid parent"),
        (f"title: T\n{BLOCK}  layout: lines\n", 7, "is not a valid layout"),
        (f"title: T\n{BLOCK}  labels: x\n", 7, "labels must be a list"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_malformed_front_matter_is_told_with_its_line(
    front: str, line: int | None, problem: str, before: str, ends: str
) -> None:
    text = f"---\n{before}{front}---\n<p/>\n".replace("\n", ends)
    with pytest.raises(DocumentError) as caught:
        parse(text.encode(), "ENG/guide.xhtml")
    error = caught.value
    assert problem in error.problem
    assert error.message == f"ENG/guide.xhtml:{error.line}: {error.problem}"
    if line is not None:
        assert error.line == 1 + before.count("\n") + line
    assert 1 <= error.line <= text.count("\n")


def test_front_matter_that_is_nested_too_deeply_is_an_error_of_that_file() -> None:
    for opened, closed in ((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b"")):
        front = b"title: T\nx:\n " + opened * 100_000 + b"1" + closed * 100_000
        with pytest.raises(DocumentError, match="nest") as caught:
            parse(b"---\n" + front + b"\n---\n", "x")
        assert caught.value.line == 4


@pytest.mark.parametrize("front", ["- title\n", "{title: T}\n", "title\n", "'title: T'\n"])
@pytest.mark.parametrize("before", ["", WIDE * 3])
def test_front_matter_that_is_no_mapping_is_told_with_its_line(front: str, before: str) -> None:
    with pytest.raises(DocumentError, match="'key: value' lines") as caught:
        parse(f"---\n{before}{front}---\n".encode(), "x")
    assert caught.value.line == 2 + before.count("\n")


@pytest.mark.parametrize(
    ("raw", "line", "problem"),
    [
        (b"", 1, "no front matter"),
        (b"<p>a</p>\n", 1, "no front matter"),
        (b"---", 1, "no front matter"),
        (b"----\ntitle: T\n---\n", 1, "no front matter"),
        (b"\n---\ntitle: T\n---\n", 1, "no front matter"),
        (b"---\ntitle: T\n", 1, "no closing"),
        (b"---\ntitle: T\n ---\n", 1, "no closing"),
        (b"---\ntitle: T\n----\n", 1, "no closing"),
        (b"---\n---\n<p/>\n", 2, "no title"),
        (b"---\n# only a comment\n---\n<p/>\n", 2, "no title"),
        (b"---\ntitle: T\n---\n<p>\xe4</p>\n", 4, "not UTF-8 (byte 20"),
        (b"---\ntitle: \xff\n---\n", 2, "not UTF-8 (byte 11"),
        ("---\ntitle: é\n---\n".encode("utf-16"), 1, "not UTF-8"),
        (b"---\ntitle: T\n---\n<p>\xed\xa0\x80</p>\n", 4, "not UTF-8"),
    ],
)
def test_what_is_no_document_is_told_with_its_line(raw: bytes, line: int, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(raw, "guide.xhtml")
    assert problem in caught.value.problem
    assert (caught.value.path, caught.value.line) == ("guide.xhtml", line)


# -- rewriting -------------------------------------------------------------------------------------


def test_a_new_stamp_changes_the_block_alone() -> None:
    front = f"# mine\ntitle: 'T'   # why\n\nowner:  x\n{BLOCK}# below\nlast: [1,\n  2]\n"
    assert updated(front) == front.replace(BLOCK, NEW_BLOCK)


def test_the_block_is_rewritten_whole_with_what_the_user_wrote_into_it() -> None:
    front = BLOCK.replace("  version", "  # a note\n  version").replace("7\n", "7 # seven\n")
    assert updated(f"title: T\n{front}# stays\n") == f"title: T\n{NEW_BLOCK}# stays\n"


def test_a_block_in_flow_style_is_rewritten_too() -> None:
    flow_block = f'confluence: {{id: "98310", version: 7,\n  digest: {STAMP.digest}}} # x\n'
    front = f"title: T\n{flow_block}z: 1\n"
    assert updated(front) == f"title: T\n{NEW_BLOCK}z: 1\n"


def test_labels_and_a_raw_layout_stand_in_the_block() -> None:
    stamp = replace(NEW, labels=("a", "on"))
    found = document_of(f"title: T\n{BLOCK}  layout: raw\n")
    raw = update(found, stamp)
    assert b'  labels: [a, "on"]\n  layout: raw\n---\n' in raw
    assert parse(raw, "x").stamp == stamp
    assert parse(raw, "x").layout is Layout.RAW


def test_the_first_stamp_of_a_document_goes_to_the_end_of_its_front_matter() -> None:
    assert updated("title: T # ---\nowner: x\n") == f"title: T # ---\nowner: x\n{NEW_BLOCK}"


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("title: Old # why\n", "title: New # why\n"),
        ("title:    'Old'\n", "title:    New\n"),
        ('"title" : "Old"\n', '"title" : New\n'),
        ("title: # why\n  Old\n", "title: # why\n  New\n"),
        ("title:\n\n  Old # why\n", "title:\n\n  New # why\n"),
        ("title: Old\n  title # why\n", "title: New # why\n"),
        ("title: >-\n  Old\n  title\n\n# why\n", "title: New\n\n# why\n"),
        ("title: |-\n  Old # no comment\n# why\nx: 1\n", "title: New\n# why\nx: 1\n"),
        ("x: 1\ntitle: 'Old\n  title' # why\ny: 2\n", "x: 1\ntitle: New # why\ny: 2\n"),
        ("title:\tOld\n", "title:\t New\n"),
    ],
)
def test_a_new_title_replaces_the_value_and_nothing_else(front: str, expected: str) -> None:
    assert updated(front + BLOCK, title="New") == expected + NEW_BLOCK
    assert updated(BLOCK + front, title="New") == NEW_BLOCK + expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("labels: [a, b] # why\n", "labels: [x, y] # why\n"),
        ("labels: []\n", "labels: [x, y]\n"),
        ("labels: # why\n  - a\n  - b\n# more\n", "labels: # why\n  [x, y]\n# more\n"),
        ("labels:\n- a\n- b # gone with its label\n", "labels:\n [x, y] # gone with its label\n"),
        ("labels: [a,\n  b,\n]\n\n", "labels: [x, y]\n\n"),
    ],
)
def test_new_labels_replace_the_value_and_nothing_else(front: str, expected: str) -> None:
    before, after = f"title: T\n{front}{BLOCK}", f"title: T\n{expected}{NEW_BLOCK}"
    assert updated(before, labels=("x", "y")) == after
    assert document_of(after).labels == ("x", "y")


def test_values_that_are_the_same_keep_their_writing() -> None:
    front = f"title: 'T'\nlabels:\n  - 'a'\n{BLOCK}"
    kept = updated(front, title="T", labels=("a",), body="<p>a</p>")
    assert kept == front.replace(BLOCK, NEW_BLOCK)


def test_labels_come_in_where_none_were_managed_and_stay_away_where_none_are_given() -> None:
    assert updated(f"title: T\n{BLOCK}", labels=("a",)) == f"title: T\nlabels: [a]\n{NEW_BLOCK}"
    assert updated(f"title: T\n{BLOCK}") == f"title: T\n{NEW_BLOCK}"


def test_a_new_body_is_laid_out_and_the_rest_stays() -> None:
    raw = update(document_of(f"title: T\n{BLOCK}"), NEW, Fields(body="<p>a</p><p>b</p>"))
    assert raw.decode() == f"---\ntitle: T\n{NEW_BLOCK}---\n<p>a</p>\n<p>b</p>\n"


def test_a_body_written_raw_says_so_and_comes_back() -> None:
    raw = update(
        document_of(f"title: T\n{BLOCK}"), NEW, Fields(body="<p>a</p><p>b</p>"), Layout.RAW
    )
    assert raw.decode() == f"---\ntitle: T\n{NEW_BLOCK}  layout: raw\n---\n<p>a</p><p>b</p>"
    assert parse(raw, "x").body == "<p>a</p><p>b</p>"
    lines = update(parse(raw, "x"), NEW, Fields(body="<p>c</p>"))
    assert lines.decode() == f"---\ntitle: T\n{NEW_BLOCK}---\n<p>c</p>\n"


def test_a_body_that_does_not_survive_the_layout_is_written_raw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layout, "_UNLAY", re.compile("(?!)()()"))  # which takes nothing out again
    raw = render("T", "<p>a</p><p>b</p>", STAMP)
    assert raw.endswith(b"  layout: raw\n---\n<p>a</p><p>b</p>")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_new_body_below_front_matter_without_a_last_line_end(end: str) -> None:
    newline = "\r\n" if end == "\r\n" else "\n"
    text = f"---\ntitle: T\n{BLOCK}---".replace("\n", newline) + end
    raw = update(parse(text.encode(), "x"), NEW, Fields(body="<p>new</p>"))
    assert raw.decode().replace("\r\n", "\n") == f"---\ntitle: T\n{NEW_BLOCK}---\n<p>new</p>\n"
    assert parse(raw, "x").body == "<p>new</p>"


@pytest.mark.parametrize(
    "body",
    [
        "<p>a</p>\r\n<p>b</p>",
        "<p>a</p>\n\r\n<p>b</p>\r\n",
        "a\rb",
        "a\r",
        "<p>a</p>\r<p>b</p>",
        "\r\r\n",
        "<p>a</p>\r\r\n<p>b</p>",
        "\n",
        "",
    ],
)
@pytest.mark.parametrize("how", Layout)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_body_with_any_line_ends_is_unmodified_after_it_was_written(
    body: str, how: Layout, newline: str
) -> None:
    stamp = replace(NEW, digest=digest("T", body))
    before = parse(f"---\ntitle: T\n{BLOCK}---\n<p>x</p>\n".replace("\n", newline).encode(), "x")
    found = parse(update(before, stamp, Fields(body=body), how), "x")
    assert not found.modified
    assert found.newline == newline
    if newline == "\n":
        assert found.body == body


def test_a_body_already_laid_out_is_written_as_it_is_in_the_files_line_ends() -> None:
    laid = "<p>a</p>\n<<<<<<< here\n<p>b</p>\n"
    before = parse(b"---\r\ntitle: T\r\n---\r\n", "x")
    assert update_laid(before, NEW, laid).decode().endswith(laid.replace("\n", "\r\n"))


# -- conflict markers ------------------------------------------------------------------------------

CONFLICT = "<<<<<<< HEAD\n<p>mine</p>\n=======\n<p>theirs</p>\n>>>>>>> main\n"


def conflicted(body: str) -> document.Document:
    return document_of(f"title: T\n{BLOCK}", body)


def test_a_conflict_marker_is_told_with_its_line_in_the_file() -> None:
    assert conflict_line(conflicted(f"<p>a</p>\n{CONFLICT}"), "<p>a</p>") == 10


@pytest.mark.parametrize("marker", ["<<<<<<< x", "=======", ">>>>>>> x", "||||||| x", "<<<<<<<"])
def test_every_kind_of_marker_counts(marker: str) -> None:
    assert conflict_line(conflicted(f"{marker}\n"), "") == 9


@pytest.mark.parametrize("text", ["<<<<<<<< x", "<<<<<<<x", " <<<<<<< x", "======", "a ======="])
def test_what_only_looks_like_a_marker_does_not(text: str) -> None:
    assert conflict_line(conflicted(f"{text}\n"), "") == 0


def test_an_unmodified_document_is_never_conflicted() -> None:
    body = f"<pre>{CONFLICT}</pre>"
    stamp = replace(STAMP, digest=digest("About git", body))
    found = parse(render("About git", body, stamp), "x")
    assert conflict_line(found, None) == 0


def test_markers_that_the_base_has_are_the_pages_own_text() -> None:
    base = f"<pre>\n{CONFLICT}</pre>"
    assert conflict_line(conflicted(f"<p>new</p>\n{base}\n"), base) == 0
    assert conflict_line(conflicted(f"<p>new</p>\n{base}\n"), base.replace("\n", "\r\n")) == 0
    assert conflict_line(conflicted(f"<p>new</p>\n{base}\n"), None) == 11


def test_a_marker_that_stands_once_more_than_in_the_base_is_a_conflict() -> None:
    base = f"<pre>\n{CONFLICT}</pre>"
    assert conflict_line(conflicted(f"{base}\n{CONFLICT}"), base) == 16


def test_markers_are_found_in_a_crlf_file() -> None:
    text = f"---\ntitle: T\n{BLOCK}---\n{CONFLICT}".replace("\n", "\r\n")
    assert conflict_line(parse(text.encode(), "x"), "") == 9


# -- digest and token ------------------------------------------------------------------------------


def test_the_digest_is_over_title_nul_and_body() -> None:
    assert digest("T", "<p/>") == hashlib.sha256(b"T\0<p/>").hexdigest()[:32]
    assert digest("Tx", "y") != digest("T", "xy")
    assert digest("T", "a") != digest("U", "a") != digest("U", "b")


def test_the_digest_reads_crlf_as_lf_and_nothing_else() -> None:
    assert digest("T", "a\r\nb") == digest("T", "a\nb")
    assert len({digest("T", f"a{end}b") for end in ("\n", "\r", "\n\n", "\u2028", "")}) == 5
    assert digest("T", "a") != digest("T", "a\n")


def test_the_digest_takes_text_that_is_no_unicode() -> None:
    assert digest("T", "\ud800") != digest("T", "\ud801")


LOCAL = Local("T", "<p/>", digest("T", "<p/>"), "98304")


@pytest.mark.parametrize(
    ("stamp", "local"),
    [
        (replace(STAMP, id="98311"), LOCAL),
        (replace(STAMP, version=8), LOCAL),
        (replace(STAMP, digest="0" * 32), LOCAL),
        (STAMP, replace(LOCAL, wanted="98305")),
        (STAMP, replace(LOCAL, wanted=None)),
        (STAMP, replace(LOCAL, title="U")),
        (STAMP, replace(LOCAL, body="<p />")),
        (None, LOCAL),
    ],
)
def test_the_token_covers_each_of_its_parts(stamp: Stamp | None, local: Local) -> None:
    assert token(stamp, local) != token(STAMP, LOCAL)


def test_the_token_looks_at_nothing_that_the_server_can_change_and_at_no_line_ends() -> None:
    assert token(replace(STAMP, parent="1", labels=("x",)), LOCAL) == token(STAMP, LOCAL)
    assert token(STAMP, replace(LOCAL, labels=("x",))) == token(STAMP, LOCAL)
    one, other = replace(LOCAL, body="a\r\nb"), replace(LOCAL, body="a\nb")
    assert token(STAMP, one) == token(STAMP, other)


def test_the_token_stands_first_in_the_message_and_is_found_there_alone() -> None:
    message = message_with_token("3f2a9c1b4d5e", "new ports")
    assert message == "[confsync 3f2a9c1b4d5e] new ports"
    assert token_in(message) == "3f2a9c1b4d5e"
    assert message_without_token(message) == "new ports"
    assert message_with_token("3f2a9c1b4d5e", "") == "[confsync 3f2a9c1b4d5e]"
    for other in ("", "new ports", f"x {message}", "[confsync 3f2a]", "[confsync 3F2A9C1B4D5E]"):
        assert token_in(other) is None
        assert message_without_token(other) == other
