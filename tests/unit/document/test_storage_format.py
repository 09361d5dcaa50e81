"""Checks of storage format: what no Confluence takes, told with its place."""

from __future__ import annotations

import contextlib
import csv
import gc
import html.entities
from pathlib import Path

import pytest

from confsync.diff.html_blocks import unsplit
from confsync.diff.html_reader import BodyReader
from confsync.document.layout import lay
from confsync.document.storage_format import MAX_BYTES, MAX_DEPTH, Flaw, check, oversize, walk

GOOD = [
    "",
    "text",
    "<p>a &nbsp;&hellip;&apos;&quot;&amp;&lt;&gt; b</p>",
    "<p>&#160;&#xA0;</p>",
    "<p/><p />",
    '<ac:link><ri:page ri:content-title="a &eacute; b" /></ac:link>',
    '<at:var at:name="x" />',
    "<ac:plain-text-body><![CDATA[</p> & ]]]]><![CDATA[>]]></ac:plain-text-body>",
    "<!-- </p> -->",
    "a\u2028b\u0085c\u00a0d",
    "<p>日本語 😀</p>\n",
    "<p>a</p>\r\n<p>b</p>",
    "<p>DOCTYPE &lt;!DOCTYPE&gt;</p><![CDATA[<!DOCTYPE x>]]>",
]


@pytest.mark.parametrize("body", GOOD)
def test_what_confluence_takes_has_no_flaw(body: str) -> None:
    assert check(body) is None
    assert check(lay(body)) is None


def test_every_named_entity_of_xhtml_is_known() -> None:
    body = "".join(f"&{name};" for name in html.entities.name2codepoint)
    assert check(f'<p title="{body}">{body}</p>') is None


@pytest.mark.parametrize(
    ("body", "offset", "message"),
    [
        ("<p>", 0, "<p> is never closed"),
        ("<p>é😀<b>", 5, "<b> is never closed"),
        ("<ac:link>", 0, "<ac:link> is never closed"),
        ("<p></b></p>", 5, "mismatched tag: </p> must come first"),
        ("日本<p>é</b>", 8, "mismatched tag: </p> must come first"),
        ("a</p>", 3, "this end tag has no start tag"),
        ("</body>", 7, ""),
        ("</body><body>", 7, "junk after document element"),
        ("</body><!--", 7, ""),
        ("a & b", 3, ""),
        ("<p>&bogus;</p>", 3, "undefined entity"),
        ("<p>&AMP;</p>", 3, "undefined entity"),
        ("<x:y/>", 0, "unbound prefix"),
        ("<p a='1' a='2'/>", 9, "duplicate attribute"),
        ("<p a=1/>", 5, ""),
        ("a]]>b", 3, ""),
        ("<br>", 0, "<br> is never closed"),
        ("<![CDATA[x", 10, ""),
        ("<!-- x", 0, ""),
        ("a\0b", 1, ""),
        ("a\x0bb", 1, ""),
        ("a\ud800b", 1, ""),
        ("é<!DOCTYPE x>", 1, "DOCTYPE is not allowed"),
        ("x<!ENTITY a 'b'>", 1, "ENTITY is not allowed"),
        ("<?xml version='1.0'?>", 0, ""),
        ("😀" * 10 + "<p>\n\n</b>", 17, ""),
    ],
)
def test_a_flaw_is_told_with_its_place(body: str, offset: int, message: str) -> None:
    flaw = check(body)
    assert flaw is not None
    assert message in flaw.message
    assert flaw.offset == offset


@pytest.mark.parametrize("body", ["<p></b>", "a & b", "</p>", "<!DOCTYPE x>", "<", "&", "</body>"])
def test_the_place_of_a_flaw_is_never_outside_the_body(body: str) -> None:
    flaw = check(body)
    assert flaw is not None
    assert 0 <= flaw.offset <= len(body)


def test_a_body_nested_too_deeply_is_told_where() -> None:
    # One level is the root that the check puts above a body.
    deepest = MAX_DEPTH - 1
    assert check("<b>" * deepest + "</b>" * deepest) is None
    deep = check("<b>" * 100_000)
    assert deep == Flaw(3 * deepest, f"nested more than {MAX_DEPTH} levels deep")


def test_a_body_over_five_megabytes_is_told() -> None:
    assert oversize("x" * MAX_BYTES) is None
    flaw = oversize("é" * (MAX_BYTES // 2 + 1))
    assert flaw is not None
    assert "5 MB" in flaw.message


def test_a_body_of_entities_alone_is_no_attack() -> None:
    assert check("&nbsp;" * 500_000) is None


def test_the_check_agrees_with_what_is_known_of_the_corpus(corpus: Path) -> None:
    with (corpus / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) > 100
    flaws = {
        row["file"]: check((corpus / "bodies" / row["file"]).read_bytes().decode()) for row in rows
    }
    parses = {row["file"]: row["parses"] == "true" for row in rows}
    assert {name: flaw for name, flaw in flaws.items() if (flaw is None) != parses[name]} == {}


@pytest.mark.parametrize("body", ["<p>x</p>" * MAX_DEPTH, "<p>x</p>" * MAX_DEPTH + "<p>"])
def test_a_parser_leaves_nothing_to_the_garbage_collector(body: str) -> None:
    """A parser keeps a copy of the body. Thousands of them would fill the memory for a while."""
    gc.collect()
    gc.disable()
    try:
        check(body)
        with contextlib.suppress(ValueError):
            walk(body, BodyReader(unsplit))
        assert gc.collect() == 0
    finally:
        gc.enable()
