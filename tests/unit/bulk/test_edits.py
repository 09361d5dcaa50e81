"""Edits of exact spans: how new text is written in its place, and how the layout stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.bulk.edits import Edit, applied, escaped, forbidden
from confsync.bulk.layout_edits import fitted
from confsync.bulk.passage import Notation, Piece
from confsync.document.storage_format import check
from confsync.model.stamp import Layout
from tests.unit.bulk import reference
from tests.unit.bulk.bodies import read, written

VALUES = st.lists(st.sampled_from([*"ab]>&<\"' \n\té😀", "]]", "]]>"]), max_size=5).map("".join)


def replaced(source: str, old: str, new: str, notation: Notation, piece: str) -> str:
    """Return a source with new text for a part of a piece."""
    at = source.index(piece)
    start = at + piece.index(old)
    edit = Edit(start, start + len(old), new)
    return applied(source, [escaped(source, Piece(notation, at, at + len(piece)), edit)])


@pytest.mark.parametrize(
    ("source", "old", "new", "notation", "wanted"),
    [
        ("<p>aXb</p>", "X", "<&>\"'", Notation.TEXT, "<p>a&lt;&amp;&gt;\"'b</p>"),
        ("<p>aXb</p>", "X", "]]>\r\n\r", Notation.TEXT, "<p>a]]&gt;\n&#13;b</p>"),
        ("<p>aXb</p>", "X", "", Notation.TEXT, "<p>ab</p>"),
        ('<a b="aXb"/>', "X", "\"'<>&\n\t\r", Notation.ATTRIBUTE, None),
        ("<a b='aXb'/>", "X", "\"'", Notation.ATTRIBUTE, "<a b='a\"&#39;b'/>"),
        ("<![CDATA[aXb]]>", "X", "<&]]>", Notation.CDATA, "<![CDATA[a<&]]]]><![CDATA[>b]]>"),
        ("<![CDATA[]]Xb]]>", "X", ">", Notation.CDATA, "<![CDATA[]]]]><![CDATA[>b]]>"),
        ("<![CDATA[]X>]]>", "X", "]", Notation.CDATA, "<![CDATA[]]]]><![CDATA[>]]>"),
        ("<![CDATA[]]X>]]>", "X", "", Notation.CDATA, "<![CDATA[]]]]><![CDATA[>]]>"),
        ("<![CDATA[aX]]>", "X", "]]", Notation.CDATA, "<![CDATA[a]]]]>"),
        ("<![CDATA[X]]>", "X", "]]>]]>", Notation.CDATA, None),
    ],
)
def test_new_text_is_written_as_its_place_needs(
    source: str, old: str, new: str, notation: Notation, wanted: str | None
) -> None:
    piece = source[source.index("a") :] if "CDATA" not in source else source
    marks = {
        Notation.TEXT: (">", "</"),
        Notation.ATTRIBUTE: (source[5:6], source[5:6]),
        Notation.CDATA: ("[CDATA[", "]]>"),
    }
    begin, end = marks[notation]
    piece = source[source.index(begin) + len(begin) : source.rindex(end)]
    found = replaced(source, old, new, notation, piece)
    assert wanted is None or found == wanted
    assert check(found) is None


@given(VALUES, VALUES, VALUES)
def test_lxml_reads_a_section_with_any_new_text(before: str, new: str, after: str) -> None:
    piece = f"{before}X{after}"
    if "]]>" in piece:
        return
    source = f"<p><![CDATA[{piece}]]></p>"
    edit = Edit(12 + len(before), 13 + len(before), new)
    found = applied(source, [escaped(source, Piece(Notation.CDATA, 12, 12 + len(piece)), edit)])
    assert "".join(reference.parsed(found).itertext()) == f"{before}{new}{after}"


@given(VALUES, st.sampled_from("\"'"))
def test_lxml_reads_an_attribute_with_any_new_text(new: str, quote: str) -> None:
    source = f"<p title={quote}X{quote}>b</p>"
    found = applied(source, [escaped(source, Piece(Notation.ATTRIBUTE, 10, 11), Edit(10, 11, new))])
    assert reference.parsed(found)[0].get("title") == new


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_lacks_is_found(character: str) -> None:
    assert forbidden(f"a{character}b") == character
    assert forbidden("a\t\n é😀") == ""


# -- the layout ------------------------------------------------------------------------------------


def edited(body: str, old: str, new: str, way: str = "lines") -> tuple[str, str]:
    """Return the file's lines and the page's body after an edit of a document."""
    document = read(written(body, way))
    start = document.text.index(old, document.body_start)
    text = fitted(document, [Edit(start, start + len(old), new)])
    assert text is not None
    after = read(text.encode())
    return text[after.body_start :], after.body


MACRO = '<ac:structured-macro ac:name="x"><ac:rich-text-body><p>m</p></ac:rich-text-body>'


@pytest.mark.parametrize(
    ("body", "old", "lines"),
    [
        # Nothing of a removed block stays, not even its line end.
        ("<p>a</p><hr/><p>b</p>", "<hr/>", "<p>a</p>\n<p>b</p>\n"),
        ("<p>a</p><hr/>", "<hr/>", "<p>a</p>\n"),
        ("<hr/><p>b</p>", "<hr/>", "<p>b</p>\n"),
        ("text<hr/><p>b</p>", "<hr/>", "text<p>b</p>\n"),
        ("text<hr/>", "<hr/>", "text\n"),
        ("<hr/>", "<hr/>", "\n"),
        # Line ends of the page stay, and those of the layout come where the page has one.
        ("<p>a</p>\n<hr/>\n<p>b</p>", "<hr/>", "<p>a</p>\n\n\n<p>b</p>\n"),
        ("<p>a</p>x\n<p>b</p>", "x", "<p>a</p>\n\n<p>b</p>\n"),
        ("a<hr/>\n", "<hr/>", "a\n\n"),
        ("<pre>a</pre><p>b</p><pre>c</pre>", "<p>b</p>", "<pre>a</pre>\n<pre>c</pre>\n"),
        ("<p>a</p><em>b</em><p>c</p>", "<em>b</em>", "<p>a</p>\n<p>c</p>\n"),
    ],
)
@pytest.mark.parametrize("way", ["lines", "crlf", "no last line end"])
def test_a_line_end_of_the_layout_goes_with_its_block(
    body: str, old: str, lines: str, way: str
) -> None:
    text, after = edited(body, old, "", way)
    if way != "no last line end":
        assert text.replace("\r\n", "\n") == lines
    assert after == read(written(body, way)).body.replace(old, "")


@pytest.mark.parametrize(
    ("body", "before", "new", "lines"),
    [
        ("<h2>a</h2><p>b</p>", "<p>b", "<p>n</p><hr/>", "<h2>a</h2>\n<p>n</p>\n<hr/>\n<p>b</p>\n"),
        ("<td>a<p>b</p></td>", "</td>", "<p>n</p>", "<td>a<p>b</p>\n<p>n</p>\n</td>\n"),
        ("<p>ab</p>", "b</p>", "<br/>", "<p>a<br/>b</p>\n"),
        ("<p>ab</p>", "b</p>", "<p>n</p>", "<p>a<p>n</p>b</p>\n"),
        ("<p>a</p>\n<p>b</p>", "<p>b", "<hr/>", "<p>a</p>\n\n<hr/>\n<p>b</p>\n"),
        ("<p>a</p>", "<p>a", "<p>\n</p>\r\n<p>n</p>", None),
        ("<pre>ab</pre>", "b", "<p>n</p><p>o</p>", "<pre>a<p>n</p><p>o</p>b</pre>\n"),
    ],
)
@pytest.mark.parametrize("way", ["lines", "crlf"])
def test_new_elements_stand_in_lines_of_their_own(
    body: str, before: str, new: str, lines: str | None, way: str
) -> None:
    document = read(written(body, way))
    start = document.text.index(before, document.body_start)
    text = fitted(document, [Edit(start, start, new)])
    assert text is not None
    after = read(text.encode())
    at = body.index(before)
    assert after.body == body[:at] + new.replace("\r\n", "\n") + body[at:]
    if lines is not None:
        assert text[after.body_start :].replace("\r\n", "\n") == lines
    assert ("\r\n" in text) == (way == "crlf")
    assert way == "lines" or text.count("\n") == text.count("\r\n")


def test_a_file_with_both_line_ends_keeps_each_of_them() -> None:
    raw = written("<p>a</p><p>b</p><p>c</p><p>d</p>", "crlf").replace(b"b</p>\r\n", b"b</p>\n")
    document = read(raw)
    start = document.text.index("<p>c")
    text = fitted(document, [Edit(start, start + 8, "")])
    assert text == raw.decode().replace("<p>c</p>\r\n", "").replace("<p>c</p>", "")
    assert text.count("\n") - text.count("\r\n") == 1


def test_lines_that_a_person_joined_stay_joined() -> None:
    raw = written("<p>a</p><p>b</p><p>c</p>", "lines").replace(b"a</p>\n", b"a</p>")
    document = read(raw)
    start = document.text.index("b</p>")
    assert fitted(document, [Edit(start, start + 1, "n")]) == raw.decode().replace("b<", "n<")


def test_a_raw_document_and_a_byte_order_mark_stay() -> None:
    for raw in (
        written("<p>a</p><hr/><p>b</p>", "raw"),
        b"\xef\xbb\xbf" + written("a<hr/>b", "lines"),
    ):
        document = read(raw)
        start = document.text.index("<hr/>")
        assert fitted(document, [Edit(start, start + 5, "")]) == raw.decode().replace("<hr/>", "")
    assert read(written("a", "raw")).layout is Layout.RAW
