"""The layout is a bijection, adds newlines alone, and takes linear time."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confsync.document import document
from confsync.document.layout import lay, lay_surely, unlay
from confsync.model.stamp import Layout, Stamp, digest

PIECES = [
    *("<p>", "</p>", "<p/>", "<p />", '<p class="x">', "<p\n>", "</p >", "<p", "</p", "</P>"),
    *("<td>", "</td>", "<tr/>", "</tr>", "<th/>", "</thead>", "</tbody>", "<table>", "</table>"),
    *("<h1>", "</h1>", "</h7>", "<hr/>", "<hr />", "<hr>", "<li>", "</li>", "</ul>", "<col/>"),
    *("<b>", "</b>", "<br/>", "<br />", "<span>", "</span>", "<a href='>'>", "</param>", "</pp>"),
    *("<pre>", "</pre>", "<pre/>", "<pre />", '<pre class="/">', "<pre ", "<prefix>", "</pre"),
    *("<pre/ >", "<pre\n>", "<PRE>", "<pre>>", "<pre/>/>", '<pre a="b>c">', "<pre x=/>"),
    *("<!--", "-->", "<!-->", "<!--->", "<!---->", "<!-", "->", "--"),
    *("<![CDATA[", "]]>", "]]]]><![CDATA[>", "<![CDATA", "]]", "]>", "<![cdata["),
    *("<ac:structured-macro ac:name='code'>", "</ac:structured-macro>", "<ac:parameter/>"),
    *("</ac:plain-text-body>", "</ac:rich-text-body>", "</ac:task>", "</ac:task-list>"),
    *("</ac:layout-cell>", "</ac:layout>", "</ac:link>", "<ri:page ri:content-title='p'/>"),
    *("\n", "\n\n", "\r", "\r\n", "\r\n\r\n", "\n\r", "\u2028", "\u0085", "\u00a0", " ", "\t"),
    *("<", ">", "/>", "</", "&nbsp;", "&lt;", "text", "é", "😀", "\0", "\ud800", "p", "/"),
]

bodies_of_pieces = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
bodies_of_anything = bodies_of_pieces | st.text(alphabet="<>/p re!-[]CDAT\n\r\u2028", max_size=60)


@given(bodies_of_anything | st.text())
@example("<pre></p>\n<p>")
@example("</p>\n<!--")
@example("</p>\n\n\r\n<")
@example("</pre>\n<pre>")
def test_every_body_comes_back(body: str) -> None:
    assert unlay(lay(body)) == body
    assert lay_surely(body) == lay(body)


@given(bodies_of_anything)
def test_a_second_layout_comes_back_too(body: str) -> None:
    assert unlay(unlay(lay(lay(body)))) == body


@given(bodies_of_anything)
def test_the_layout_adds_newlines_and_nothing_else(body: str) -> None:
    laid = lay(body)
    assert laid.replace("\n", "") == body.replace("\n", "")
    assert laid.count("\n") >= body.count("\n") + 1
    at = 0
    for character in body:  # body is a subsequence of what was laid, newlines apart
        while laid[at] != character:
            assert laid[at] == "\n"
            at += 1
        at += 1
    assert set(laid[at:]) == {"\n"}


@given(bodies_of_anything)
def test_two_bodies_never_have_the_same_layout(body: str) -> None:
    others = {body.replace("\n", "", 1), body + "\n", body.replace("><", ">\n<", 1)} - {body}
    assert lay(body) not in {lay(other) for other in others}


@given(bodies_of_anything.filter(lambda body: "\r" not in body.replace("\r\n", "")))
@example("<p>a</p>\r\n<p>b</p>")
def test_changing_a_files_line_ends_changes_the_bodys_and_nothing_else(body: str) -> None:
    laid = lay(body)
    with_lf = laid.replace("\r\n", "\n")
    assert unlay(with_lf) == body.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("body", "laid"),
    [
        ("", "\n"),
        ("<p>a</p><p>b</p>", "<p>a</p>\n<p>b</p>\n"),
        ("<p>a</p>text", "<p>a</p>text\n"),
        ("<p>a</p> <p>b</p>", "<p>a</p> <p>b</p>\n"),
        ("<p>a</p>\n<p>b</p>", "<p>a</p>\n\n<p>b</p>\n"),
        ("<p>a</p>\r\n<p>b</p>", "<p>a</p>\n\r\n<p>b</p>\n"),
        ("<hr/><p />\n", "<hr/>\n<p />\n\n"),
        ("<b>a</b><i>b</i>", "<b>a</b><i>b</i>\n"),
        ("<br/><p/><p/>", "<br/><p/>\n<p/>\n"),
        ("<![CDATA[</p><p>]]></p><p>", "<![CDATA[</p><p>]]></p>\n<p>\n"),
        ("<!--</p><p>--><p/><p/>", "<!--</p><p>--><p/>\n<p/>\n"),
        ("<pre></p><p></pre><p>", "<pre></p><p></pre>\n<p>\n"),
        ("<pre/><p></p><p>", "<pre/>\n<p></p>\n<p>\n"),
        ("<param></param><p>", "<param></param><p>\n"),
        ("<p>a</p>\u2028<p>", "<p>a</p>\u2028<p>\n"),
    ],
)
def test_the_layout_of(body: str, laid: str) -> None:
    assert lay(body) == laid


def test_a_missing_last_newline_loses_nothing() -> None:
    assert unlay("<p>a</p>\n<p>b</p>") == "<p>a</p><p>b</p>"


# -- time ------------------------------------------------------------------------------------------

HOSTILE = [
    *("<", "<p", "<p ", "</p", "</p>", "</p>\n", "</p>\n\n", "</p>\r\n", "\n", "\r\n"),
    *("<pre", "<pre ", "<pre>", "</pre>", "<pre></pre>", "<pre/>", "<pre /", "<pre/>\n<"),
    *("<!--", "<!-", "<!---->", "<![CDATA[", "]]>", "<![CDATA[]]>", "<t", "</h", "<ac:task-"),
    *("<p/", "<p />", "<p x", "<ac:parameter", "<ac:structured-macro "),
]


@pytest.mark.parametrize("direction", [lay, unlay])
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_bodies_take_linear_time(direction: Callable[[str], str], piece: str) -> None:
    size = 25_000
    for start in ("", "</p>", "<p ", "<pre "):
        small = start + piece * (size // len(piece))
        large = start + piece * (4 * size // len(piece))
        # Four times the text: four times the time if linear, sixteen if quadratic. The floor keeps
        # the noise of a busy machine out; quadratic time over this much text is far above it.
        assert _seconds(direction, large) < 10 * max(_seconds(direction, small), 0.02)


def test_the_measure_of_time_would_show_a_quadratic_pattern() -> None:
    slow = re.compile(r"<p[^>]*>")

    def quadratic(text: str) -> str:
        return slow.sub("", text)

    size = 4_000
    while _seconds(quadratic, "<p" * size) < 0.003:
        size *= 2
    assert _seconds(quadratic, "<p" * 6 * size) > 10 * _seconds(quadratic, "<p" * size)


def _seconds(direction: Callable[[str], str], text: str) -> float:
    """Return the best of three: what the work costs, without what else the machine did."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        direction(text)
        times.append(time.perf_counter() - start)
    return min(times)


# -- real bodies -----------------------------------------------------------------------------------


def test_every_body_of_the_corpus_comes_back(bodies: dict[str, str]) -> None:
    assert [name for name, body in bodies.items() if unlay(lay(body)) != body] == []


def test_every_body_of_the_corpus_comes_back_from_a_file(bodies: dict[str, str]) -> None:
    for name, body in bodies.items():
        stamp = Stamp("1", 1, digest(name, body))
        raw = document.render(name, body, stamp)
        read = document.parse(raw, name)
        assert (read.body, read.layout, read.modified) == (body, Layout.LINES, False)
        assert not document.parse(raw.replace(b"\r\n", b"\n"), name).modified, name
        crlf = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert not document.parse(crlf, name).modified, name


def test_the_longest_line_of_large_bodies_falls_by_half_at_least(bodies: dict[str, str]) -> None:
    large = [body for body in bodies.values() if len(body.encode()) > 2_000]
    before = statistics.median(_longest_line(body) for body in large)
    after = statistics.median(_longest_line(lay(body)) for body in large)
    assert after <= before / 2


def _longest_line(text: str) -> int:
    return max(len(line) for line in text.split("\n"))
