"""The queries find what lxml finds, in the places where lxml sees it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from confsync.bulk.passages import passages
from confsync.bulk.queries import MacroQuery, Queries
from confsync.bulk.xpath import XPath
from confsync.document.document import Document
from tests.unit.bulk import reference
from tests.unit.bulk.bodies import WAYS, WORDS, bodies, read, written

# Finds that neither begin nor end with a blank, since lxml does not tell which blank was kept.
PATTERNS = [*map(re.escape, WORDS), r"\S+", r"\S+ \S+", r"(?i)[a-f]\S*", r"[<>&]+", r"(?<=a)\S"]
XPATHS = [
    "//p",
    "//ac:structured-macro[@ac:name='info']",
    "//ac:parameter[@ac:name='title']",
    "//ri:page[@ri:content-title='Guide']",
    "//p[contains(., 'alpha')]",
    "//*[@class]",
    "//ac:structured-macro//strong | //a",
    "//ac:rich-text-body/*[1]",
    "//li[last()]",
    "//ac:link[not(*)]",
    "//*[count(*) > 2]",
    "//code/ancestor::td",
]


def spans(document: Document, queries: Queries) -> list[tuple[int, int]]:
    """Return the finds as ranges of what stands behind the front matter."""
    start = document.body_start
    return [(a - start, b - start) for a, b in queries.spans(document.text, start)]


def check_texts(document: Document, kind: str, pattern: str) -> int:
    """Hold the finds of a pattern against lxml. Return their number."""
    source = document.text[document.body_start :]
    wanted = re.compile(pattern)
    queries = Queries(texts=(wanted,)) if kind == "text" else Queries(code=(wanted,))
    found = spans(document, queries)
    seen = [one.text for one in reference.texts(source) if one.kind == kind]
    marked = reference.texts(reference.marked(source, found))
    told = [one.text for one in marked if one.kind == kind]
    assert told == [
        wanted.sub(lambda at: f"{reference.BEGIN}{at[0]}{reference.END}" if at[0] else "", text)
        for text in seen
    ]
    return len(found)


def check_tags(document: Document, queries: Queries, wanted: list[etree._Element]) -> int:
    """Hold found start tags against elements of lxml's. Return their number."""
    source = document.text[document.body_start :]
    found = spans(document, queries)
    assert len(found) == len(wanted)
    if found:
        marked = reference.marked_elements(reference.with_marked_tags(source, found))
        assert [path_of(one) for one in marked] == [path_of(one) for one in wanted]
    return len(found)


def path_of(element: etree._Element) -> str:
    return str(element.getroottree().getpath(element))


def check_structure(document: Document) -> int:
    """Hold macros, links, attachments, people and XPaths against lxml."""
    root = reference.parsed(document.text[document.body_start :])
    every = list(reference.elements(root))
    count = 0
    for name in {name for one in every if (name := reference.macro_name(one))} | {"nothing"}:
        wanted = [one for one in every if reference.macro_name(one) == name]
        count += check_tags(document, Queries(macros=(MacroQuery(name),)), wanted)
    macros = [one for one in every if reference.macro_name(one) is not None]
    count += check_tags(document, Queries(macros=(MacroQuery("*"),)), macros)
    for pattern in ("Guide", "^OPS:", "4711", "^#", r"https?://[^/]*/", "[&>]"):
        seen = re.compile(pattern)
        wanted = [one for one in every if any(map(seen.search, reference.link_targets(one)))]
        count += check_tags(document, Queries(links=(seen,)), wanted)
    files = [
        one
        for one in every
        if reference.name_of(one) == "ri:attachment"
        and reference.attributes_of(one).get("ri:filename")
    ]
    count += check_tags(document, Queries(attachments=(re.compile("."),)), files)
    for person in {"u:1-2", *re.findall(r'ri:account-id="([^"&]*)"', document.text)}:
        named = [
            one
            for one in every
            if reference.name_of(one) == "ri:user"
            and reference.attributes_of(one).get("ri:account-id") == person
        ]
        count += check_tags(document, Queries(users=(person,)), named)
    for expression in XPATHS:
        wanted = [one for one in root.xpath(expression, namespaces=reference.URNS) if one != root]
        count += check_tags(document, Queries(xpaths=(XPath(expression),)), wanted)
    return count


@given(bodies, st.sampled_from(WAYS), st.sampled_from(PATTERNS))
def test_the_text_of_any_body_is_found_where_lxml_sees_it(
    body: str, way: str, pattern: str
) -> None:
    document = read(written(body, way))
    check_texts(document, "text", pattern)
    check_texts(document, "code", pattern)


@given(bodies, st.sampled_from(WAYS))
def test_the_structure_of_any_body_is_found_where_lxml_sees_it(body: str, way: str) -> None:
    check_structure(read(written(body, way)))


@given(bodies)
def test_the_passages_of_any_body_are_its_texts(body: str) -> None:
    kinds = {"text", "code", "params"}
    found = [(one.part.value, one.text) for one in passages(body) if one.part.value in kinds]
    assert [one for one in found if one[1]] == reference.texts(body)
    for one in passages(body, copies=True):
        assert "".join(each.text for each in one.characters()) == one.text


@given(bodies, st.sampled_from(["//text()", "//@*", "//node()", "//p/text()", "//@ac:name"]))
def test_texts_and_attributes_that_an_xpath_finds_stand_where_they_are_read(
    body: str, expression: str
) -> None:
    # A comment parts no text here.
    root = reference.parsed(re.sub(r"<!--.*?-->", "", body))
    asked = root.xpath(expression, namespaces=reference.URNS)
    # An empty section makes a text of no length, which XPath does not know.
    wanted = [one for one in asked if one is not root and one != ""]
    found = [body[start:end] for start, end in XPath(expression).spans(body)]
    seen = [text for text in found if not re.match("<[^!]", text)]
    assert [as_read(text) for text in seen] == [str(one) for one in wanted if isinstance(one, str)]
    assert len(found) == len(wanted)


def as_read(written: str) -> str:
    """Return a text or a value of an attribute, as lxml reads it where it stands alone."""
    return "".join(map(str, reference.parsed(written).xpath("//text()")))


# -- real bodies -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real(corpus: object) -> dict[str, str]:
    """Return the bodies of the corpus that lxml can read."""
    found = {}
    for path in sorted(corpus.glob("bodies/*")):  # type: ignore[attr-defined]
        body = path.read_bytes().decode()
        try:
            reference.parsed(body)
        except etree.XMLSyntaxError:
            continue
        found[path.name] = body
    assert len(found) > 500
    return found


@pytest.mark.parametrize("way", ["lines", "raw", "crlf"])
def test_the_text_of_real_bodies_is_found_where_lxml_sees_it(
    real: dict[str, str], way: str
) -> None:
    # Every body as confsync writes it; a third of them in the other ways.
    step = 1 if way == "lines" else 3
    documents = [read(written(body, way)) for body in list(real.values())[::step]]
    for kind, pattern in (("text", r"\w+ \S+"), ("text", "[<>&é]"), ("code", r"\w+")):
        assert sum(check_texts(one, kind, pattern) for one in documents) > 100


def test_the_structure_of_real_bodies_is_found_where_lxml_sees_it(real: dict[str, str]) -> None:
    some = list(real.values())[::3]
    assert sum(check_structure(read(written(body, "lines"))) for body in some) > 3_000
