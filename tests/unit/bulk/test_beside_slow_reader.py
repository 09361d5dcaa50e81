"""The passages of any text, well-formed or not, are those of a reader without shortcuts."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from confsync.bulk.passage import Part
from confsync.bulk.passages import passages
from tests.unit.bulk import slow_reader
from tests.unit.bulk.bodies import bodies

NAMES = [
    *("p", "td", "br", "pp", "b", "strong", "span", "a", "wbr", "code", "codex", "pre", "tt"),
    *("ac:link", "ac:link-body", "ac:plain-text-link-body", "ri:page", "ac:placeholder"),
    *("ac:parameter", "ac:plain-text-body", "ac:rich-text-body", "ac:adf-fallback", "ac:task-id"),
    *("style", "col"),
]
TAGS = ["<{}>", "<{}>", "</{}>", "</{}>", "<{}/>", "</{} >", "<{} \n/>", "<{} a='x>y'>", "<{} a='"]
TEXTS = [
    *("a", "b b", "été", " ", "  ", "\n", "\r\n", "\t", "\r", "\xa0", "\u2028", "\0"),
    *("&amp;", "&nbsp;", "&#32;", "&#10;", "&#x41;", "&bogus;", "&", "<", ">", "&#13;\n", "&am"),
    *("<!--c-->", "<!-- <p> -->", "<!--", "-->", "<?x y?>", "<?", "]]>", "<![CDATA["),
    *("<![CDATA[a  b]]>", "<![CDATA[]]>", "<![CDATA[ \r\n&amp;<p>]]>"),
]
tags = st.builds(str.format, st.sampled_from(TAGS), st.sampled_from(NAMES))
soup = st.lists(st.sampled_from(TEXTS) | tags, max_size=25).map("".join)
kinds = [frozenset(some) for n in (1, 2, 3) for some in combinations(tuple(Part)[:3], n)]
PATTERNS = list(
    map(re.compile, [r"\S+", r"\w+ \S", "a", "[<>&é ]", r"\A.", r".\Z", "b$", r"(?s).+"])
)


@given(soup | bodies, st.sampled_from(kinds), st.booleans(), st.integers(0, 5))
@example("<p>a&nbsp;<b>b</b>\n</p>\n<p>\n c</p>", frozenset([Part.TEXT]), False, 0)
@example("<ac:link>&#32;<![CDATA[]]></ac:link>a", frozenset([Part.TEXT]), False, 0)
def test_the_passages_of_any_text_are_those_of_a_slow_reader(
    source: str, parts: frozenset[Part], copies: bool, start: int
) -> None:
    wanted = [
        one
        for one in slow_reader.passages(source, start)
        if Part(one.kind) in parts and (copies or not one.is_copy)
    ]
    found = list(passages(source, start, parts, copies=copies))
    assert [(one.part.value, one.text) for one in found] == [(w.kind, w.text) for w in wanted]
    for one, slow in zip(found, wanted, strict=True):
        ranges = [(each.text, each.start, each.end) for each in one.characters()]
        assert ranges == [(each.text, each.start, each.end) for each in slow.letters]
        middle = len(ranges) // 2
        assert one.characters(1, middle) == one.characters()[1:middle]
        for pattern in PATTERNS:
            assert [tuple(span) for span in one.places(pattern)] == slow.places(pattern)
