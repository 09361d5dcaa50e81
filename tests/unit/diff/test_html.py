"""Pages side by side: what a reader sees of a body, and which words are marked.

Nothing of a body ever is markup.
"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confsync.diff import html_alignment as alignment
from confsync.diff import html_blocks, html_rows, html_shared, report
from confsync.diff.difference import Difference, Side
from confsync.diff.html_alignment import aligned, blocks_alike
from confsync.diff.html_blocks import Piece
from confsync.diff.html_page import MARK, item, page, section
from confsync.diff.html_rows import rows
from confsync.diff.html_shared import blocks_of
from confsync.errors import FileError
from confsync.model.result import Change

TAGS = frozenset(
    [
        *("html", "head", "meta", "title", "style", "body", "main", "section", "header", "nav"),
        *("div", "h1", "h2", "p", "ul", "li", "a", "span", "dl", "dt", "dd", "del", "ins", "br"),
        *("table", "tr", "td", "th", "details", "summary", "pre"),
        *("strong", "em", "u", "s", "code", "sub", "sup"),
    ]
)
ATTRIBUTES = frozenset(
    ["lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "title", "colspan"]
)


# The name that is told, and a block on both sides.
STYLES = [
    ("color", '<p><span style="color: red;">x</span></p>',
     '<p><span style="color: blue">x</span></p>'),
    ("color", "<p>x</p>", '<p><span style="COLOR:red">x</span></p>'),
    ("text-align", '<p style="text-align: left">x</p>', '<p style="text-align: right">x</p>'),
    ("start", "<ol><li>x</li></ol>", '<ol start="3"><li>x</li></ol>'),
    ("layout", "<table><tr><td>x</td></tr></table>",
     '<table data-layout="wide"><tr><td>x</td></tr></table>'),
    ("width", '<table><colgroup><col style="width: 20px;"/></colgroup><tr><td>x</td></tr></table>',
     '<table><colgroup><col style="width: 30px;"/></colgroup><tr><td>x</td></tr></table>'),
    ("colspan", "<table><tr><td>x</td></tr></table>",
     '<table><tr><td colspan="2">x</td></tr></table>'),
    ("rowspan", "<table><tr><td>x</td></tr></table>",
     '<table><tr><td rowspan="1">x</td></tr></table>'),
    ("highlight-colour", '<table><tr><td data-highlight-colour="red">x</td></tr></table>',
     '<table><tr><td data-highlight-colour="blue">x</td></tr></table>'),
    ("alt", '<p><ac:image ac:alt="a"><ri:attachment ri:filename="a.png"/></ac:image></p>',
     '<p><ac:image ac:alt="b"><ri:attachment ri:filename="a.png"/></ac:image></p>'),
    ("width", '<p><ac:image ac:width="1"><ri:attachment ri:filename="a.png"/></ac:image></p>',
     '<p><ac:image ac:width="2"><ri:attachment ri:filename="a.png"/></ac:image></p>'),
    ("breakout-mode", '<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell><p>x</p>'
     "</ac:layout-cell></ac:layout-section></ac:layout>",
     '<ac:layout><ac:layout-section ac:type="single" ac:breakout-mode="wide"><ac:layout-cell>'
     "<p>x</p></ac:layout-cell></ac:layout-section></ac:layout>"),
    ("class", "<hr/>", '<hr class="thick"/>'),
    ("small", "<p>x</p>", "<p><small>x</small></p>"),
    ("empty paragraph", "<p>x</p>", "<p/><p>x</p>"),
    ("title", '<p><a href="x">x</a></p>', '<p><a href="x" title="y">x</a></p>'),
    ("card-appearance", '<p><a href="x">x</a></p>',
     '<p><a href="x" data-card-appearance="block">x</a></p>'),
    ("layout", '<ac:structured-macro ac:name="code"/>',
     '<ac:structured-macro ac:name="code" data-layout="wide"/>'),
]  # fmt: skip
# Bodies that show the same.
MARKUP_ALONE = [
    ('<p local-id="1">x</p>', '<p local-id="2">x</p>'),
    ('<ac:structured-macro ac:name="toc" ac:macro-id="1"/>',
     '<ac:structured-macro ac:name="toc" ac:macro-id="2"/>'),
    ("<p>x &amp; y</p>", "<p>x &#38; y</p>"),
    ('<p style="color: red;">x</p>', "<p style='COLOR:  red'>x</p>"),
    ("<p><b>x</b></p>", "<p><strong>x</strong></p>"),
    ("<p>x<br /></p>", "<p>x<br/></p>"),
    ("<table><tr><td><p>x</p></td></tr></table>",
     "<table><tbody><tr><td><p>x</p></td></tr></tbody></table>"),
]  # fmt: skip


def text_of(fragment: str) -> str:
    """Return the text of a report, without tags."""
    return re.sub(r"<[^>]*>", "", fragment)


def seen(body: str) -> list[tuple[str, str]]:
    """Kind and text of each block."""
    return [
        (block.kind, "|".join("".join(t.text for t in cell.pieces) for cell in block.cells))
        for block in blocks_of(body)
    ]


def marks(old: str, new: str) -> list[tuple[str, list[str], list[str]]]:
    """Kind, deleted and inserted texts of each row that differs."""
    return [
        (
            row.kind,
            [text_of(found) for found in re.findall("<del>(.*?)</del>", row.old)],
            [text_of(found) for found in re.findall("<ins>(.*?)</ins>", row.new)],
        )
        for row in rows(old, new)
        if row.kind != "same"
    ]


class Reader(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def page_of(old: str, new: str, title: str = "Guide") -> str:
    sides = Side("base, v1", title, old, ("a",)), Side("local", f"{title}!", new, ("b",))
    change = Change("ENG/guide.xhtml", "7", 1, 1, ("body",))
    found = Difference("ENG/guide.xhtml", "7", *sides)
    parts = page([item(1, found, change)], [section(1, found, change, "")], title="Diff")
    return "".join(parts)


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("<p>One <strong>two</strong></p>\n<p/>three", [("p", "One two"), ("p", "three")]),
        ("<h2>Head</h2><hr/>", [("h2", "Head"), ("hr", "")]),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", [
            ("li", "a"), ("li", "b"), ("li", "c"), ("p", "d"),
        ]),
        ("<table><tbody><tr><th>A</th><td><p>x</p><p>y</p></td></tr></tbody></table>", [
            ("tr", "A|xy"),
        ]),
        ('<table><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table>', [
            ("tr", "a|b"), ("tr", "|c"),
        ]),
        ("<pre>one\n  two\n\nfour</pre>", [
            ("code", "one"), ("code", "  two"), ("code", ""), ("code", "four"),
        ]),
        ('<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">sh</ac:parameter>'
         "<ac:plain-text-body><![CDATA[a <b>\nc]]></ac:plain-text-body></ac:structured-macro>", [
            ("macro", "codelanguage: sh"), ("code", "a <b>"), ("code", "c"),
        ]),
        ('<ac:structured-macro ac:name="info"><ac:rich-text-body><p>in</p></ac:rich-text-body>'
         "</ac:structured-macro>", [("macro", "info"), ("p", "in")]),
        ('<p>is <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">OK'
         "</ac:parameter></ac:structured-macro> now</p>", [("p", "is status title: OK now")]),
        ('<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page '
         'ri:space-key="X" ri:content-title="T"/></ac:link></ac:parameter></ac:structured-macro>',
         [("macro", "includeX: T")]),
        ('<p><ac:image><ri:attachment ri:filename="a.png"><ri:page ri:content-title="P"/>'
         "</ri:attachment></ac:image> <ac:image/></p>", [("p", "a.png image")]),
        ('<p><ac:link><ri:page ri:content-title="T"/></ac:link>, <ac:link><ri:user '
         'ri:account-id="5"/></ac:link></p>', [("p", "T, @5")]),
        ("<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete"
         "</ac:task-status><ac:task-body>do it</ac:task-body></ac:task></ac:task-list>",
         [("task", "☑do it")]),
        ('<p>a<ac:inline-comment-marker ac:ref="r">b</ac:inline-comment-marker></p>', [
            ("p", "ab"),
        ]),
        ('<p><time datetime="2026-05-01"/> &euro; <ac:emoticon ac:name="tick"/></p>', [
            ("p", "2026-05-01 € :tick:"),
        ]),
        ("<blink>what?</blink>", [("p", "<blink>what?")]),
    ],
)  # fmt: skip
def test_what_a_reader_sees(body: str, blocks: list[tuple[str, str]]) -> None:
    assert seen(body) == blocks


def test_a_paragraph_in_an_item_is_the_item_and_numbers_are_no_difference() -> None:
    first, second = blocks_of("<ol><li>a</li><li><p>b</p></li></ol>")
    assert (first.mark, second.mark, second.inside) == ("1.", "2.", ("list",))
    assert marks("<ol><li>a</li><li>b</li></ol>", "<ol><li>new</li><li>a</li><li>b</li></ol>") == [
        ("fresh", [], ["new"])
    ]


def test_words_are_marked_and_a_space_between_two_of_them() -> None:
    old = "<p>The gateway runs on port 8080 at night and in winter.</p>"
    assert marks(old, old.replace("8080", "8081")) == [("change", ["8080"], ["8081"])]
    assert marks(old, old.replace("at night", "by day")) == [("change", ["at night"], ["by day"])]
    assert marks(old, "") == [("gone", [text_of(old)], [])]
    assert marks("", old) == [("fresh", [], [text_of(old)])]


def test_a_changed_cell_is_marked_in_its_row() -> None:
    old = "<table><tr><td>gateway</td><td>8080</td></tr><tr><td>x</td><td>y</td></tr></table>"
    assert marks(old, old.replace("8080", "8081")) == [("change", ["8080"], ["8081"])]
    added = old.replace("<tr><td>x", "<tr><td>new</td><td>1</td></tr><tr><td>x")
    assert marks(old, added) == [("fresh", [], ["new", "1"])]


def test_marks_images_links_and_comments_are_differences() -> None:
    for old, new in (
        ("<p>some word here</p>", "<p>some <em>word</em> here</p>"),
        ('<p>see <a href="https://a.example">it</a></p>', '<p>see <a href="https://b.example">it</a></p>'),
        ("<p>some word here</p>",
         '<p>some <ac:inline-comment-marker ac:ref="r">word</ac:inline-comment-marker> here</p>'),
        ('<p><ac:image><ri:attachment ri:filename="a.png"/></ac:image></p>',
         '<p><ac:image><ri:attachment ri:filename="b.png"/></ac:image></p>'),
    ):  # fmt: skip
        assert [row[0] for row in marks(old, new)] == ["change"], new
    shown = page_of("<p>a</p>", "<p>a<ac:inline-comment-marker/></p>")
    assert '<span class="chip">comment</span>' in shown


def test_the_target_of_a_link_stands_in_a_change() -> None:
    shown = page_of(
        '<p><a href="https://a.example">it</a></p>', '<p><a href="https://b.example">it</a></p>'
    )
    assert "→ https://b.example" in shown
    assert not [given for tag, given in Reader(shown).tags if tag == "a" and given["href"] != "#p1"]


def test_only_markup_that_differs_is_said_and_shown_as_text() -> None:
    for one, other in MARKUP_ALONE:
        shown = page_of(one, other)
        assert "only the markup differs" in shown, other
        assert "style changed" not in shown, other
    assert "is not well-formed" in page_of("<p>x</p>", "<p>x")
    assert "is not well-formed" not in page_of("<p>x</p>", "<p>y</p>")


@pytest.mark.parametrize(("name", "old", "new"), STYLES)
def test_a_style_that_changed_is_told_by_its_name(name: str, old: str, new: str) -> None:
    rest = "".join(f"<p>line {number}</p>" for number in range(20))
    for one, other in ((old, new), (new, old)):
        told = [row.styles for row in rows(f"{rest}{one}{rest}", f"{rest}{other}{rest}")]
        assert [styles for styles in told if styles] == [(name,)]
        shown = page_of(f"{rest}{one}{rest}", f"{rest}{other}{rest}")
        assert f"style changed: {name}<" in shown
        assert "only the markup differs" not in shown
        # The changed block and its neighbours stand outside of what is folded.
        assert shown.count("blocks without a change") == 2


def test_words_and_styles_of_one_block_are_both_told() -> None:
    (row,) = rows('<p style="color: red">one two</p>', '<p style="color: blue">one three</p>')
    assert (row.kind, row.styles) == ("change", ("color",))
    assert "<ins>three</ins>" in row.new


def test_the_style_of_many_rows_is_told_row_by_row() -> None:
    old = "".join(f"<tr><td>cell {number}</td></tr>" for number in range(300))
    new = old.replace("<td>", '<td class="red">')
    found = rows(f"<table>{old}</table>", f"<table>{new}</table>")
    assert [(row.kind, row.styles) for row in found] == [("style", ("class",))] * 300


def test_long_runs_without_a_change_are_folded() -> None:
    body = "".join(f"<p>line {n}</p>" for n in range(40))
    shown = page_of(body, body.replace("line 20<", "line twenty<"))
    assert shown.count('<details class="same">') == 2
    assert "17 blocks without a change" in shown


HOSTILE = (
    "<script>alert(1)</script>",
    '<p onclick="alert(1)" style="x" id="p1">a</p>',
    '<a href="javascript:alert(1)">a</a>',
    '<img src="https://evil.example/x.png" onerror="alert(1)"/>',
    "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    '<ac:structured-macro ac:name="&lt;script&gt;&quot; onload=&quot;x"/>',
    '<ac:image ac:alt="&quot; onload=&quot;x"><ri:url ri:value="&quot;&gt;&lt;script&gt;"/>'
    "</ac:image>",
    "<svg onload='x'/><iframe src='https://evil.example'/><style>body{}</style><base href='x'/>",
    "<p><script>",
    "<![CDATA[</pre><script>alert(1)</script>",
)


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("other", ["", "<p>a</p>"])
def test_nothing_of_a_body_is_markup(body: str, other: str) -> None:
    for shown in (page_of(body, other), page_of(other, body), page_of("", "<p/>", title=body)):
        found = Reader(shown).tags
        assert {tag for tag, _ in found} <= TAGS
        assert {name for _, given in found for name in given} <= ATTRIBUTES
        assert not re.search(r"<[^>]*(evil|javascript:|onload=x)[^>]*(href|src)", shown)


ELEMENTS = st.sampled_from(
    [
        *("p", "div", "h1", "ul", "ol", "li", "table", "tbody", "tr", "td", "th", "pre", "br"),
        *("blockquote", "strong", "a", "code", "script", "style", "svg", "hr", "ri:page"),
        *("ac:link", "ac:image", "ac:structured-macro", "ac:parameter", "ac:rich-text-body"),
        *("ac:plain-text-body", "ac:task", "ac:task-body", "ac:task-status"),
        *("ac:inline-comment-marker", "ac:layout-section"),
    ]
)
BODIES = st.recursive(
    st.text(max_size=8).map(
        lambda text: re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff&<>]", "", text)
    ),
    lambda inner: st.builds(
        lambda name, parts: f'<{name} title="&lt;b&gt;">{"".join(parts)}</{name}>',
        ELEMENTS,
        st.lists(inner, max_size=4),
    ),
    max_leaves=15,
)


@given(BODIES, BODIES)
def test_any_two_bodies_can_stand_side_by_side(old: str, new: str) -> None:
    shown = page_of(old, new)
    found = Reader(shown).tags
    assert {tag for tag, _ in found} <= TAGS
    assert {name for _, given in found for name in given} <= ATTRIBUTES
    assert all(row.kind == "same" for row in rows(old, old))


@given(st.lists(BODIES, max_size=3), st.lists(BODIES, max_size=3))
def test_every_block_of_either_side_stands_there_once_and_in_order(
    old: list[str], new: list[str]
) -> None:
    before, after = blocks_of("".join(old)), blocks_of("".join(new))
    pairs = list(aligned(before, after, blocks_alike))
    assert [a for a, _ in pairs if a] == list(before)
    assert [b for _, b in pairs if b] == list(after)


def test_what_is_very_long_is_told_as_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "_MAX_ITEMS", 10)
    monkeypatch.setattr(alignment, "_MAX_PAIRS", 10)
    old = "".join(f"<p>line a{n} of many</p>" for n in range(9))
    new = old.replace("a4", "b4").replace("a6", "b6")
    kinds = [row.kind for row in rows(old, new)]
    assert kinds == ["same"] * 4 + ["change", "same", "change"] + ["same"] * 2
    new = "".join(f"<p>b{n}</p>" for n in range(9))
    assert [row.kind for row in rows(old, new)] == ["gone"] * 9 + ["fresh"] * 9


def test_every_real_body_can_be_shown(corpus: Path) -> None:
    count = 0
    for path in sorted((corpus / "bodies").rglob("*")):
        if path.is_file():
            body = path.read_bytes().decode("utf-8", "replace")
            assert all(row.kind == "same" for row in rows(body, body)), path
            assert {tag for tag, _ in Reader(page_of(body, f"{body}<p>x</p>")).tags} <= TAGS
            count += 1
    assert count > 100


def test_a_report_replaces_a_report_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, [], against_server=False)
    assert path.read_text().startswith(MARK)
    assert "0 pages changed" in path.read_text()
    report.write(path, [], against_server=True)
    assert "What the server changed" in path.read_text()
    path.write_text("a user's own")
    with pytest.raises(FileError, match="did not change it"):
        report.write(path, [], against_server=False)
    assert path.read_text() == "a user's own"
    with pytest.raises(FileError, match="cannot be"):
        report.write(tmp_path, [], against_server=False)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # to look into it would wait for a writer
    with pytest.raises(FileError, match="it is not a regular file"):
        report.write(pipe, [], against_server=False)


# Elements that stand side by side. Some of them change how the next one is read.
PARTS = [
    *("<p>one two</p>", "<p>three</p>", "<p/>", "four ", " <em>five</em>", "<hr/>", "\n"),
    *("<ol><li>six</li><li>seven</li></ol>", "<ul><li><p>eight</p></li></ul>", "<br/>"),
    "<table><tr><td rowspan='2'>nine</td><td>ten</td></tr><tr><td>&eacute;</td></tr></table>",
    "<ac:structured-macro ac:name='code'><ac:plain-text-body><![CDATA[<p>a  \n b]]>"
    "</ac:plain-text-body></ac:structured-macro>",
    "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status></ac:task></ac:task-list>",
    *("<ac:task-status>complete</ac:task-status>", "<!-- <p>-->", "<![CDATA[<p>x</p>]]>"),
    *("<p style='color: red'>\u00fcber</p>", "<h1>\u4e2d</h1>", "<u:x xmlns:u='u'>y</u:x>"),
]


@given(*[st.lists(st.sampled_from(PARTS), max_size=6)] * 3, st.sampled_from(PARTS))
@example([], ["<p>one two</p>"], ["<p/>"], "\n")  # the empty paragraph belongs to the block before
def test_what_both_sides_have_shows_what_it_shows_alone(
    head: list[str], old: list[str], tail: list[str], part: str
) -> None:
    """Equal beginnings and ends are read once, and not word by word. The report is the same."""
    before, after = "".join([*head, *old, *tail]), "".join([*head, part, *tail])
    found = rows(before, after)
    for body, side in (
        (before, [text_of(row.old) for row in found if row.old]),
        (after, [text_of(row.new) for row in found if row.new]),
    ):
        assert side == [text_of(row.new) for row in rows(None, body) if row.new]
        assert side == texts_of_words(body)
    if before == after:
        assert {row.kind for row in found} <= {"same"}


def texts_of_words(body: str) -> list[str]:
    """Return the text of each block of a body, read word by word and alone."""
    return [text_of(html_rows._alone(block, "")) for block in blocks_of(body)]


def test_only_what_differs_is_divided_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    divided: list[str] = []

    def words(text: str, *more: object) -> tuple[Piece, ...]:
        divided.append(text)
        return html_blocks.pieces_of(text, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(html_shared.read, "__defaults__", (words,))
    many = [f"<p>paragraph {n}</p>" for n in range(500)]
    edited = [*many[:250], "<p>paragraph 250 again</p>", *many[251:]]
    found = rows("".join(many), "".join(edited))
    assert [row.kind for row in found] == ["same"] * 250 + ["change"] + ["same"] * 249
    assert divided == ["paragraph 250", "paragraph 250 again"]


def test_a_section_that_goes_on_into_the_equal_end_is_read_whole() -> None:
    """The end of both bodies is equal, but on one side it stands in a CDATA section or comment."""
    end = "<p><![CDATA[x]]></p><p>y</p>"
    for begun in ("<![CDATA[ <p>", "<p><![CDATA["):
        old, new = f"<p>a</p><p>b</p>{end}", f"<p>a</p>{begun}{end}"
        shown = [text_of(row.new) for row in rows(old, new) if row.new]
        alone = [text_of(row.new) for row in rows(None, new) if row.new]
        assert shown == alone


def test_a_comment_that_loses_its_words_is_named() -> None:
    marker = '<ac:inline-comment-marker ac:ref="r">a &lt; b</ac:inline-comment-marker>'
    old = Side("base", "T", f"<p>x {marker}</p>")
    for body, told in (("<p>x</p>", True), (f"<p>y {marker}</p>", False)):
        found = Difference("ENG/a.xhtml", "7", old, Side("file", "T", body))
        html = section(1, found, Change("ENG/a.xhtml", "7", 1, 1, ("body",)), "")
        said = "This drops the inline comment on 'a &lt; b'."
        assert (said in html) == told
