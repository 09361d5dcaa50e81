from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.sandbox.errors import Malformed
from confsync.sandbox.store import storage_format
from confsync.sandbox.store.storage_format import check, stored, with_marker


def rewritten(body: str) -> str:
    numbers = itertools.count(1)
    return stored(body, lambda: f"id-{next(numbers)}")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "plain text",
        "<p>a &nbsp; &hellip; &apos; &amp; &#x2014; &#8212;</p>",
        '<ac:structured-macro ac:name="toc" /><ri:page ri:content-title="&eacute;" />',
        "<at:var at:name='x' />",
        "<ac:plain-text-body><![CDATA[<b>&nope; ]]]]><![CDATA[>]]></ac:plain-text-body>",
        "<!-- <p> &nope; -->",
        '<p title="a > b">\u2028\u0085\u00a0</p>\n',
        '<x:y xmlns:x="urn:x"><x:z /></x:y>',
        "<p>\U0001f600</p>",
    ],
)
def test_well_formed(body: str) -> None:
    check(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "<p>one</br></p>",
            "Error parsing xhtml: Unexpected close tag </br>; expected </p>.\n"
            " at [row,col {unknown-source}]: [1,7]",
        ),
        ("<p>open", "Unexpected close tag </xml>; expected </p>."),
        ("text</div>", "Unexpected close tag </div>; expected </xml>."),
        ("a</xml><xml>b", "Unexpected close tag </xml>"),
        (
            "<p>&nope;</p>",
            'Undeclared general entity "nope"\n at [row,col {unknown-source}]: [1,4]',
        ),
        ("<foo:bar />", 'Undeclared namespace prefix "foo"'),
        ('<p foo:bar="1" />', 'Undeclared namespace prefix "foo"'),
        ("<p a=1 />", "[1,"),
        ("<p>a & b</p>", "[1,"),
        ("a < b", "[1,"),
        ('<p a="1" a="2" />', "[1,"),
        ("one\n\n  <p>\n</q>", "[4,1]"),
        ('<!DOCTYPE p [<!ENTITY x "y">]><p>&x;</p>', "[1,"),
        ('<!ENTITY x "y">', "[1,"),
        ("<?xml version='1.0'?><p />", "[1,"),
        ("<![CDATA[open", "[1,"),
        ("\x00", "[1,1]"),
        ("a\ud800", "[1,2]"),
    ],
)
def test_malformed(body: str, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        check(body)
    assert str(refused.value).startswith("Error parsing xhtml: ")
    assert message in str(refused.value)


def test_the_position_counts_characters_of_the_body_that_was_sent() -> None:
    with pytest.raises(Malformed) as refused:
        check("<p>äöü\U0001f600</q></p>")
    assert (refused.value.row, refused.value.column) == (1, 8)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<br/>", "<br />"),
        ("<br  />", "<br  />"),
        ('<img src="a/"/>', '<img src="a/" />'),
        ("<p></p>", "<p />"),
        ('<p class="x"></p>', '<p class="x" />'),
        ("<p> </p>", "<p> </p>"),
        ("<div><p></p></div>", "<div><p /></div>"),
        ("<b>x</b>", "<strong>x</strong>"),
        ('<b class="y"></b>', '<strong class="y" />'),
        ("<blockquote>x</blockquote>", "<blockquote>x</blockquote>"),
        (
            '<ac:structured-macro ac:name="toc"/>',
            '<ac:structured-macro ac:name="toc" ac:schema-version="1" ac:macro-id="id-1" />',
        ),
        (
            '<ac:structured-macro ac:name="a" ac:macro-id="kept"><p/></ac:structured-macro>',
            '<ac:structured-macro ac:name="a" ac:macro-id="kept" ac:schema-version="1"><p />'
            "</ac:structured-macro>",
        ),
        (
            '<ac:structured-macro ac:name="ac:macro-id=">x</ac:structured-macro>',
            '<ac:structured-macro ac:name="ac:macro-id=" ac:schema-version="1" '
            'ac:macro-id="id-1">x</ac:structured-macro>',
        ),
        ("<![CDATA[<b/><p></p>]]>", "<![CDATA[<b/><p></p>]]>"),
        ("<!-- <b/><p></p> -->", "<!-- <b/><p></p> -->"),
        ("<p><!-- --></p>", "<p><!-- --></p>"),
        ("&nbsp;\u00a0\u2028\r\n '\" ", "&nbsp;\u00a0\u2028\r\n '\" "),
    ],
)
def test_what_a_server_rewrites(body: str, expected: str) -> None:
    assert rewritten(body) == expected


NAMES = st.sampled_from(["p", "b", "br", "div", "ac:structured-macro", "ri:user", "td"])
ATTRIBUTES = st.sampled_from(["", " ", ' class="x"', " id='>'", ' ac:macro-id="m"', "\n a = '/'"])
LEAVES = st.one_of(
    st.text(st.characters(exclude_characters="<>&", exclude_categories=["Cs", "Cc"]), max_size=5),
    st.sampled_from(["&nbsp;", "<![CDATA[<b/>]]>", "<!--<p></p>-->", "<br/>", "\n"]),
)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.tuples(NAMES, ATTRIBUTES, st.lists(inner, max_size=3))
    return parts.map(lambda t: f"<{t[0]}{t[1]}>{''.join(t[2])}</{t[0]}>")


BODIES = st.lists(st.recursive(LEAVES, element, max_leaves=12), max_size=4).map("".join)


@settings(deadline=None)
@given(BODIES)
def test_storing_again_changes_nothing(body: str) -> None:
    check(body)
    once = rewritten(body)
    check(once)
    assert rewritten(once) == once


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_but_a_refusal_comes_out_of_the_check(body: str) -> None:
    try:
        check(body)
    except Malformed as refused:
        assert refused.row >= 1
        assert refused.column >= 1


def test_a_marker_stands_in_text_only() -> None:
    body = '<p class="port">a <!-- port --><![CDATA[port]]> port, port</p>'
    assert with_marker(body, "port", "r") == (
        '<p class="port">a <!-- port --><![CDATA[port]]> '
        '<ac:inline-comment-marker ac:ref="r">port</ac:inline-comment-marker>, port</p>'
    )
    assert with_marker(body, "nowhere", "r") is None


LEAVES = [
    "",
    "<p/>",
    "<p />",
    "<x t='/'/>",
    '"',
    "x",
    ">",
    " ",
    "<!-- <p/> -->",
    '<![CDATA["<b>]]>',
]
MACRO = "ac:structured-macro"
PAIRS = [
    *(("<p>", "</p>"), ("<b>", "</b>"), ("<b\n>", "</b\n>"), ('<a t="x>y">', "</a>")),
    *(("<a t='\"'>", "</a>"), ('<a t="x/>">', "</a>"), (f"<{MACRO}>", f"</{MACRO}>")),
    (f'<{MACRO} ac:schema-version="1" ac:macro-id="2">', f"</{MACRO}>"),
    (f'<{MACRO} t=" ac:schema-version= ac:macro-id=">', f"</{MACRO}>"),
]
BODIES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.tuples(st.sampled_from(PAIRS), inner, st.sampled_from(LEAVES)).map(
        lambda made: f"{made[0][0]}{made[1]}{made[0][1]}{made[2]}"
    ),
    max_leaves=4,
)


@given(BODIES, st.booleans())
@settings(max_examples=300)
def test_what_is_not_looked_at_closely_would_not_have_changed(body: str, quotes: bool) -> None:
    check(body)
    found = stored(body, lambda: "id", escape_quotes=quotes)
    assert found == storage_format._rewritten(body, lambda: "id", quotes)
