"""A page that is written to stop the search costs no more than any other page of its size."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.bulk.edits import Edit
from confsync.bulk.elements import EvaluationError, tree
from confsync.bulk.layout_edits import fitted
from confsync.bulk.passages import Part
from confsync.bulk.queries import MacroQuery, Queries
from confsync.bulk.replacements import (
    Insertion,
    MacroRemoval,
    MacroRename,
    Replacement,
    TextReplacement,
)
from confsync.bulk.xpath import XPath
from confsync.document.document import Document
from tests.unit.bulk.bodies import read, written

ROOT = Path(__file__).parents[3]
MACRO = "<ac:structured-macro ac:name='m'>"
PARAMETER = f"{MACRO}<ac:parameter ac:name='p'>x"
NODE = "<ac:adf-node type='m'></ac:adf-node>"
UNITS = {
    "open tags": "<b>",
    "open blocks": "<div>x",
    "stray ends": "</b>x",
    "open code": "<code>x<ac:parameter>",
    "closed and open": "<p>x</b>",
    "open links": "<ac:link>x",
    "closed links": "<ac:link> </ac:link>",
    "comments": "wo<!--c-->",
    "half comments": "x<!--c->",
    "sections": "x<![CDATA[y]]>",
    "references": "&#x;&amp;&aaaaaaaaaaaaaaaaaaaa",
    "open quotes": "<a b='",
    "attributes": " a='x' b",
    "nested macros": PARAMETER,
    "macros beside": f"{MACRO}<ac:rich-text-body>x</ac:rich-text-body></ac:structured-macro>",
    "nodes beside": NODE,
    "blank lines": "\n",
    "carriage returns": "\r\n \r",
    "blocks": "<p>x</p>\n<p/>",
    "texts": "x<br/>",
    "words": "x ",
}
WORD = re.compile(r"\w+")
QUERIES = Queries((WORD,), (WORD,), (MacroQuery("m*", (("p", WORD),)),), (WORD,), (WORD,), ("u",))
REPLACEMENTS: list[Replacement] = [
    TextReplacement(WORD, lambda found: "<&", frozenset(Part), across=True),
    TextReplacement(re.compile("wo.*"), lambda found: "y", frozenset({Part.TEXT})),
    MacroRename(MacroQuery("m"), "n"),
    MacroRename(MacroQuery("m"), "n", "p"),
    MacroRemoval(MacroQuery("m")),
    MacroRemoval(MacroQuery("m"), unwrap=True),
]


def text_of(unit: str, size: int) -> str:
    before = {"attributes": "<a ", "nodes beside": "<ac:adf-extension>"}.get(unit, "")
    return before + UNITS[unit] * (size // len(UNITS[unit]))


def search_all() -> None:
    for unit in UNITS:
        QUERIES.spans(text_of(unit, 100_000))


def replace_all() -> None:
    for unit in UNITS:
        document = read(written(text_of(unit, 25_000), "lines"))
        for one in REPLACEMENTS:
            _fitted(document, one)


def ask_all() -> None:
    xpath = XPath("//text() | //@*")
    for unit in ("texts", "attributes", "blocks", "macros beside"):
        list(xpath.spans(text_of(unit, 20_000)))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of processor time")
@pytest.mark.parametrize("work", [search_all, replace_all, ask_all])
def test_no_page_takes_more_than_linear_time(work: Callable[[], None]) -> None:
    # Each of these pages would take quadratic work for many minutes. The kernel ends that.
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (120, 120))\n"
        f"from tests.unit.bulk.test_hostile import {work.__name__}\n"
        f"{work.__name__}()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def _fitted(document: Document, replacement: Replacement) -> str | None:
    return fitted(document, replacement.found(document, "ENG").edits)


def test_one_step_across_comments_is_no_search() -> None:
    body = "<p>wo" + "<!--c-->" * 500 + "<b>rd</b></p>"
    document = read(written(body, "lines"))
    found = TextReplacement(re.compile("word"), lambda found: "n", frozenset({Part.TEXT})).found(
        document, "ENG"
    )
    assert found.places == 0
    assert [why for _, why in found.left] == ["tags interrupt the text"]


def test_an_xpath_asks_for_no_page_that_is_nested_beyond_measure() -> None:
    deep = "<b>" * 1000 + "x"
    assert len(list(XPath("//b[contains(., 'x')]").spans(deep))) == 1000
    with pytest.raises(EvaluationError, match="1000 levels"):
        list(XPath("//b").spans("<b>" + deep))
    with pytest.raises(EvaluationError):
        Insertion(XPath("//b"), "<i/>").found(read(written("<b>" + deep, "lines")), "ENG")


def test_a_tree_of_any_depth_is_read() -> None:
    body = "<b>" * 100_000
    assert sum(1 for _ in tree(body).descendants()) == 100_001


def test_many_blocks_are_put_in_and_taken_out_at_once() -> None:
    body = "<p>a</p><hr/>" * 20_000
    document = read(written(body, "lines"))
    ranges = [found.span() for found in re.finditer("<hr/>", document.text)]
    gone = fitted(document, [Edit(start, end, "") for start, end in ranges])
    assert gone is not None and read(gone.encode()).body == "<p>a</p>" * 20_000
    more = fitted(document, [Edit(start, start, "<p>n</p>") for start, _ in ranges])
    assert more is not None and read(more.encode()).body == "<p>a</p><p>n</p><hr/>" * 20_000
