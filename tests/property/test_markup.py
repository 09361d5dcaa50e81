"""The reader of tags and attributes: total, linear, and of one mind with an XML parser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html.entities import name2codepoint
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from confsync.document import markup
from confsync.document.attachments.names import places, shown
from confsync.document.links import links
from confsync.document.markup import Kind, Lexeme, Names, decoded, edges, lexemes, tags
from confsync.document.storage_format import equivalent
from confsync.sandbox.store.storage_format import stored
from confsync.sync.compare import marker_refs, without_new_markers
from confsync.sync.preflight.lint import _oddities
from tests.property.test_layout import PIECES

MORE = [
    *("<ri:attachment ri:filename=", "'a'", '"b>c"', " = ", "ri:filename", "</ri:attachment>"),
    *("<a b='", '<a b="', "'", '"', "=", "<?", "?>", "<!DOCTYPE", "&#10;", "&quot;", "&bogus;"),
    *("<ac:inline-comment-marker ac:ref='r'>", "</ac:inline-comment-marker>"),
]
anything = st.lists(st.sampled_from(PIECES + MORE), max_size=30).map("".join) | st.text()


@given(anything, st.integers(0, 20))
@example("<a b='<c d=\"e\">'>", 0)
def test_the_lexemes_of_any_text_are_that_text(text: str, start: int) -> None:
    found = list(lexemes(text, start))
    assert "".join(text[lexeme.start : lexeme.end] for lexeme in found) == text[start:]
    assert [lexeme for lexeme in found if lexeme.name] == list(tags(text, start))
    for lexeme in found:
        for attribute in lexeme.attributes():
            assert lexeme.start < attribute.start <= attribute.end < lexeme.end
            assert text[attribute.start - 1] == text[attribute.end] in "\"'"
    named = [lexeme for lexeme in found if lexeme.name.startswith("ri:")]
    assert named == list(tags(text, start, named="ri:"))


NAMES = Names(
    frozenset(["b", "span", "a", "ri:page", "p"]), frozenset(["pre", "p", "ri:attachment"])
)


@given(anything, st.integers(0, 20))
@example("</p><td>\n<td/> </pp></pre><!--<td>--><b></br>", 0)
def test_the_edges_of_any_text_are_its_tags(text: str, start: int) -> None:
    each = [
        (tag.start, tag.end, tag if tag.name in NAMES.told else None)
        for tag in tags(text, start)
        if tag.name in NAMES.told or tag.name not in NAMES.inline
    ]
    assert list(edges(text, NAMES, start, joined=False)) == each
    joined = list(edges(text, NAMES, start, joined=True))
    inside = [[one for one in each if begin <= one[0] < end] for begin, end, _ in joined]
    assert [one for some in inside for one in some] == each
    for some, edge in zip(inside, joined, strict=True):
        assert edge == some[0] or (edge[:2] == (some[0][0], some[-1][1]) and edge[2] is None)
        assert all(tag is None for _, _, tag in some[1:])
        assert all(not text[a:b].strip(" \t\r\n") for (_, a, _), (b, _, _) in pairwise(some))
    for (_, end, one), (begin, _, other) in pairwise(joined):
        assert one or other or text[end:begin].strip(" \t\r\n")


@given(anything)
def test_any_text_is_read_as_its_lexemes(text: str) -> None:
    told = [(one.kind, text[one.start : one.end]) for one in lexemes(text)]
    sections = (Kind.TEXT, Kind.CDATA)
    assert markup.character_data(text) == "".join(
        decoded(one) if kind is Kind.TEXT else one.removeprefix("<![CDATA[").removesuffix("]]>")
        for kind, one in told
        if kind in sections
    )


# -- beside an XML parser --------------------------------------------------------------------------


class Written(NamedTuple):
    """A piece of a well-formed body, and what a reader must find in it."""

    text: str
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


spaces = st.sampled_from(["", "", " ", "\n", "\t  "])
gaps = st.sampled_from([" ", "\n", "  \n"])
values = st.text(st.sampled_from("ab>'\"&=/ -[]!é😀"), min_size=1, max_size=8)


@st.composite
def attributes(draw: st.DrawFn, name: str, value: str) -> str:
    """Return an attribute, written in one of the many ways that XML has."""
    quote = draw(st.sampled_from("\"'"))
    written = []
    for character in value:
        ways = [f"&#{ord(character)};", f"&#x{ord(character):X};"]
        named = {'"': "&quot;", "&": "&amp;", "'": "&apos;", "é": "&eacute;", ">": "&gt;"}
        ways += [named[character]] if character in named else []
        ways += [] if character in ("&", "<", quote) else [character] * 4
        written.append(draw(st.sampled_from(ways)))
    between = draw(spaces) + "=" + draw(spaces)
    return name + between + quote + "".join(written) + quote


@st.composite
def references(draw: st.DrawFn, element: str, key: str) -> tuple[str, str]:
    """Return an element with one attribute that matters among others, and its value."""
    value = draw(values)
    given = [draw(attributes(key, value))]
    for other in draw(st.lists(st.sampled_from(["ri:space-key", "x", "y-z"]), unique=True)):
        given.append(draw(attributes(other, draw(values))))
    draw(st.randoms()).shuffle(given)
    inside = "".join(draw(gaps) + one for one in given)
    return f"<{element}{inside}{draw(spaces)}", value


@st.composite
def pieces(draw: st.DrawFn) -> Written:
    kind = draw(st.sampled_from(["own", "others", "link", "text", "hidden"]))
    if kind == "own":
        text, name = draw(references("ri:attachment", "ri:filename"))
        end = draw(st.sampled_from(["/>", "></ri:attachment>", ">\n<!-- > --></ri:attachment>"]))
        return Written(text + end, (name,))
    if kind == "others":
        text, _ = draw(references("ri:attachment", "ri:filename"))
        page, title = draw(references("ri:page", "ri:content-title"))
        return Written(f"{text}>{page}/></ri:attachment>", (), (title,))
    if kind == "link":
        text, title = draw(references("ri:page", "ri:content-title"))
        return Written(f"<ac:link>{text}/></ac:link>", (), (title,))
    text, _ = draw(references("ri:attachment", "ri:filename"))
    if kind == "hidden":
        region = draw(st.sampled_from(["<![CDATA[{}]]>", "<!--{}-->"]))
        return Written(region.format(f"{text}/>".replace("-", "").replace("]", "")))
    return Written(
        draw(st.sampled_from(["a &gt; b", "<p title='&lt;>'>x</p>", " ri:filename='x' "]))
    )


def parsed(body: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a body with its attributes, in order, by an independent parser."""
    entities = "".join(f'<!ENTITY {n} "&#{c};">' for n, c in name2codepoint.items() if c > 62)
    known = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in ("ac", "ri", "at"))
    document = f"<!DOCTYPE body [{entities}]><body{known}>{body}</body>"
    parser = etree.XMLParser(resolve_entities=True, huge_tree=True, no_network=True)
    root = etree.fromstring(document.encode(), parser)

    def plain(name: object) -> str:
        return re.sub(r"\{.*?\}", "", re.sub(r"\{(ac|ri|at)\}", r"\1:", str(name)))

    return [
        (plain(one.tag), {plain(name): value for name, value in one.attrib.items()})
        for one in root.iter(etree.Element)
        if one is not root
    ]


def read(body: str) -> list[tuple[str, dict[str, str]]]:
    """Return the same by our reader."""
    return [
        (tag.name, {a.name: a.value for a in tag.attributes() if a.name != "xmlns"})
        for tag in tags(body)
        if tag.kind is not Kind.CLOSE
    ]


@given(st.lists(pieces(), max_size=6))
def test_generated_bodies_are_read_as_a_parser_reads_them(written: list[Written]) -> None:
    body = "".join(one.text for one in written)
    assert read(body) == parsed(body)
    assert [name for _, name in places(body)] == [n for one in written for n in one.names]
    assert [link.title for link in links(body)] == [t for one in written for t in one.titles]
    assert all(body.startswith("<ri:attachment", offset) for offset, _ in places(body))
    assert equivalent(body, stored(body)), "as the sandbox, which has a reader of its own, saves it"


def test_every_body_of_the_corpus_is_read_as_a_parser_reads_it(bodies: dict[str, str]) -> None:
    compared = 0
    for name, body in bodies.items():
        try:
            elements = parsed(body)
        except (etree.XMLSyntaxError, ValueError):
            continue
        compared += 1
        assert read(body) == elements, name
        pages = [given for tag, given in elements if tag in ("ri:page", "ri:blog-post")]
        titles = [given["ri:content-title"] for given in pages if "ri:content-title" in given]
        assert [link.title for link in links(body)] == titles, name
        files = {given.get("ri:filename") for tag, given in elements if tag == "ri:attachment"}
        assert shown(body) <= files, name
    assert compared > 400


# -- places, values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "<ri:attachment ri:filename='one.png'/>",
        '<ri:attachment ri:filename = "one.png" />',
        '<ri:attachment\n ri:version-at-save="1>0"\n ri:filename\n=\n"one.png"></ri:attachment>',
        "<ri:attachment x='ri:filename=\"no.png\"' ri:filename='one&#46;png'/>",
    ],
)
def test_a_file_name_is_read_however_it_is_written(written: str) -> None:
    assert list(places(f"<p>{written}</p>")) == [(3, "one.png")]


def test_attributes_know_their_places() -> None:
    text = "<p>&#39;</p><ri:page ri:content-title='a&amp;b' x = \"y>z\"/>"
    (tag,) = tags(text, named="ri:")
    assert tag == Lexeme(Kind.EMPTY, 12, len(text), "ri:page", tag.inside)
    first, second = tag.attributes()
    assert (first.value, text[first.start : first.end]) == ("a&b", "a&amp;b")
    assert (second.value, text[second.start : second.end]) == ("y>z", "y>z")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a&quot;&apos;&amp;&lt;&gt;b", "a\"'&<>b"),
        ("&amp;quot;", "&quot;"),
        ("&#128;&#x1F600;&eacute;", "\x80😀é"),
        ("&bogus; & &#xD800; &#0; &#x110000; &#9999999; &amp", None),
    ],
)
def test_references_are_read_as_xml_reads_them(text: str, meant: str | None) -> None:
    assert decoded(text) == (text if meant is None else meant)


def test_a_marker_is_taken_out_however_it_is_written_and_nothing_else() -> None:
    marker = "<ac:inline-comment-marker\n x='>' ac:ref = 'new'>"
    body = f"<p>a {marker}b</ac:inline-comment-marker><![CDATA[{marker}]]></p>"
    assert marker_refs(body) == {"new"}
    assert without_new_markers(body, frozenset()) == f"<p>a b<![CDATA[{marker}]]></p>"


def test_bodies_that_differ_in_code_are_not_equivalent() -> None:
    one, other = (f'<p><![CDATA[<x local-id="{n}"/>]]></p>' for n in "12")
    assert not equivalent(one, other)
    assert equivalent("<b local-id='1'>a &amp; &quot;</b>", '<strong >a &amp; "</strong>')
    assert not equivalent("<p>a</p>", "<p>b</p>")


# -- time ------------------------------------------------------------------------------------------

HOSTILE = [
    *("<", "<a", "<a ", "<a b='", "<p style='", " style='", "<ri:attachment", "<ri:attachment "),
    *("<ri:page ri:content-title=", '<ri:attachment ri:filename="', "ri:filename", " = ", "="),
    *("<ri:attachment ri:filename='x' ", "<ri:attachment ri:filename='a'>", "<!--", "<!-", "-"),
    *("<![CDATA[", "]", "]]", "<?", "?", "&", "&#1", "&a", "a", " ", '"', "<ac:plain-text-body>"),
    *('<ac:inline-comment-marker ac:ref="', "<ac:inline-comment-marker ac:ref='x'>", '" "'),
    *(' ri:filename="a"', " ri:content-title='a'", "<ac:plain-text-body><![CDATA["),
]
READERS: dict[str, Callable[[str], object]] = {
    "attachments": shown,
    "links": lambda text: list(links(text)),
    "lexemes": lambda text: [list(lexeme.attributes()) for lexeme in lexemes(text)],
    "oddities": lambda text: list(_oddities(text)),
    "markers": lambda text: without_new_markers(text, marker_refs(text)),
    "equivalent": lambda text: equivalent(text, text + " "),
}


@pytest.mark.parametrize("reader", sorted(READERS))
@pytest.mark.parametrize("start", ["", "<ri:attachment ", "<ri:page ", "<ac:plain-text-body>"])
def test_hostile_bodies_take_linear_time(reader: str, start: str) -> None:
    size = 8_000
    for piece in HOSTILE:
        small = start + piece * (size // len(piece))
        large = start + piece * (4 * size // len(piece))
        # Four times the text: four times the time if linear, sixteen if quadratic. The floor keeps
        # the noise of a busy machine out; quadratic time over this much text is far above it.
        slow = _seconds(READERS[reader], large)
        if slow > 0.2:
            slow = min(slow, *(_seconds(READERS[reader], large) for _ in range(2)))
            fast = max(0.03, *(_seconds(READERS[reader], small) for _ in range(2)))
            assert slow < 10 * fast, piece


def test_the_body_of_the_report_is_read_in_no_time() -> None:
    # 400 kB, for which the pattern needed minutes.
    body = "<ri:attachment" + ' ri:filename="a"' * 25_000
    assert _seconds(shown, body) < 5


def _seconds(reader: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    reader(text)
    return time.process_time() - start
