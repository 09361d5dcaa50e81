"""Targets as people type them, the edits of links, and the tree of a body."""

from __future__ import annotations

import re

import pytest

from confsync.bulk.edits import applied
from confsync.bulk.elements import Element, tree
from confsync.bulk.link_targets import LinkReplacement, Naming, target
from confsync.bulk.queries import MacroQuery, Queries
from confsync.bulk.replacements import MacroRemoval, MacroRename
from confsync.bulk.xpath import XPath
from confsync.errors import UsageError
from tests.unit.bulk.bodies import read, written

SITE = "https://wiki.example/wiki"


@pytest.mark.parametrize(
    ("typed", "kind", "text", "space"),
    [
        ("Guide", Naming.TITLE, "Guide", ""),
        ("ENG:Guide", Naming.TITLE, "Guide", "ENG"),
        ("~ana:My page", Naming.TITLE, "My page", "~ana"),
        ("C++: a tour", Naming.TITLE, "C++: a tour", ""),
        ("Part 2: more", Naming.TITLE, "Part 2: more", ""),
        ("4711", Naming.ID, "4711", ""),
        ("٤٧", Naming.TITLE, "٤٧", ""),
        ("https://x/y", Naming.URL, "https://x/y", ""),
        ("/wiki/x", Naming.URL, "/wiki/x", ""),
        ("mailto:a@b.c", Naming.URL, "mailto:a@b.c", ""),
        ("", Naming.TITLE, "", ""),
    ],
)
def test_a_target_is_what_a_person_means(typed: str, kind: Naming, text: str, space: str) -> None:
    assert target(typed) == (kind, text, space)


PAGE = '<ri:page ri:content-title="Guide"/>'
SPACED = "<ri:page ri:space-key='ENG' ri:content-title = 'Guide' />"


@pytest.mark.parametrize(
    ("body", "old", "new", "wanted"),
    [
        # By title. In documents of ENG, a link without a space leads to ENG.
        (PAGE, "Guide", "N & 'M'", "<ri:page ri:content-title=\"N &amp; 'M'\"/>"),
        (SPACED, "Guide", "N", SPACED),
        (SPACED, "ENG:Guide", "N", SPACED.replace("Guide", "N")),
        (SPACED, "ENG:Guide", "OPS:N", SPACED.replace("Guide", "N").replace("ENG", "OPS")),
        (PAGE, "ENG:Guide", "OPS:N", '<ri:page ri:content-title="N" ri:space-key="OPS"/>'),
        (PAGE, "ENG:Guide", "ENG:N", PAGE.replace("Guide", "N")),
        (PAGE, "OPS:Guide", "OPS:N", PAGE),
        (PAGE, "Guide", "OPS:Guide", '<ri:page ri:content-title="Guide" ri:space-key="OPS"/>'),
        (PAGE.replace("page", "blog-post"), "Guide", "N", '<ri:blog-post ri:content-title="N"/>'),
        (PAGE, "guide", "N", PAGE),
        ("<ri:page ri:content-title='R&amp;D'/>", "R&D", "x", "<ri:page ri:content-title='x'/>"),
        ("<ri:page ri:content-title='a\nb'/>", "a b", "x", "<ri:page ri:content-title='x'/>"),
        # By id.
        (
            '<ri:content-entity ri:content-id="12"/>',
            "12",
            "3",
            '<ri:content-entity ri:content-id="3"/>',
        ),
        ('<ri:content-entity ri:content-id="123"/>', "12", "3", None),
        (
            '<a href="/wiki/spaces/ENG/pages/12/G?a=12">x</a>',
            "12",
            "3",
            '<a href="/wiki/spaces/ENG/pages/3/G?a=12">x</a>',
        ),
        (
            '<a href="/pages/viewpage.action?a=1&amp;pageId=12#x">x</a>',
            "12",
            "3",
            '<a href="/pages/viewpage.action?a=1&amp;pageId=3#x">x</a>',
        ),
        (
            f'<ri:url ri:value="{SITE}/pages/12"/>',
            "12",
            "3",
            f'<ri:url ri:value="{SITE}/pages/3"/>',
        ),
        ('<a href="https://other.example/pages/12">x</a>', "12", "3", None),
        ('<a href="/pages/123">12</a>', "12", "3", None),
        # By URL.
        (
            '<a href="http://a/b?c&amp;d">http://a/b</a>',
            "http://a/b",
            "http://n?x&y",
            '<a href="http://n?x&amp;y?c&amp;d">http://a/b</a>',
        ),
        ('<a href="http://a/bc">x</a>', "http://a/b", "http://n", None),
        ('<a href="http://a/b/c">x</a>', "http://a/b", "http://n", '<a href="http://n/c">x</a>'),
        (
            "<a href='http://a/?q=\"'>x</a>",
            "http://a/",
            "http://n/'",
            "<a href='http://n/&#39;?q=\"'>x</a>",
        ),
    ],
)
def test_a_link_is_repointed_and_nothing_else(
    body: str, old: str, new: str, wanted: str | None
) -> None:
    document = read(written(f"<p>{body}</p>", "lines"))
    found = LinkReplacement(target(old), target(new), SITE).found(document, "ENG")
    after = read(applied(document.text, found.edits).encode()).body
    assert after == f"<p>{body if wanted is None else wanted}</p>"
    assert found.places == (after != document.body)


def shape(element: Element, source: str) -> str:
    """Return an element with its parts in brackets, to see where it ends."""
    inner = "".join(
        shape(one, source) if isinstance(one, Element) else source[one.start : one.end]
        for one in element.children
    )
    assert source[element.start : element.inner_start].startswith("<")
    return f"[{element.name}:{inner}]"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<a>x<b/>y</a>z", "[a:x[b:]y]z"),
        ("<a><a>x</a></a>", "[a:[a:x]]"),
        ("<a>x<b>y</a>z", "[a:x[b:y]]z"),
        ("</a>x<b></c></b>", "x[b:]"),
        ("<a>x", "[a:x]"),
        ("<body>x</body></body>y", "[body:x]y"),
        ("<a><!--</a>--><![CDATA[</a>]]></a>", "[a:<!--</a>--><![CDATA[</a>]]>]"),
        ("<a b='</a>'>x</a>", None),
    ],
)
def test_a_tree_takes_every_text(body: str, wanted: str | None) -> None:
    root = tree(body)
    if wanted is not None:
        told = [
            shape(one, body) if isinstance(one, Element) else body[one.start : one.end]
            for one in root.children
        ]
        assert "".join(told) == wanted
    for one in root.descendants():
        assert one.start <= one.inner_start <= one.inner_end <= one.end <= len(body)


NODES = (
    "<ac:adf-extension><ac:adf-node type='panel'><ac:adf-content><p>a</p></ac:adf-content>"
    "</ac:adf-node>{}<ac:adf-fallback><ac:structured-macro ac:name='info'/>b</ac:adf-fallback>"
    "</ac:adf-extension>"
)
MACRO = "<ac:structured-macro ac:name='{}'>{}</ac:structured-macro>"
RICH = "<ac:rich-text-body>{}</ac:rich-text-body>"


@pytest.mark.parametrize(
    ("body", "name", "unwrap", "wanted", "places"),
    [
        # A node goes with its copy, and a copy's macros go with it.
        (NODES.format(""), "*", True, "<p>a</p>", 1),
        (NODES.format(""), "*", False, "", 1),
        # A node beside others goes alone.
        (
            NODES.format("<ac:adf-node type='x'/>"),
            "x",
            False,
            NODES.format(""),
            1,
        ),
        (
            MACRO.format("a", RICH.format("x" + MACRO.format("b", RICH.format("y")))),
            "*",
            True,
            "xy",
            2,
        ),
        (MACRO.format("a", RICH.format(MACRO.format("b", ""))), "*", False, "", 1),
        (MACRO.format("a", "<ac:rich-text-body/>"), "a", True, "", 1),
        (MACRO.format("a", ""), "a", True, None, 0),
        (
            MACRO.format(
                "a",
                "<ac:parameter ac:name='p'>"
                + MACRO.format("b", RICH.format("y"))
                + "</ac:parameter>"
                + RICH.format("x"),
            ),
            "*",
            True,
            "x",
            1,
        ),
    ],
)
def test_macros_are_unwrapped_and_removed_whole(
    body: str, name: str, unwrap: bool, wanted: str | None, places: int
) -> None:
    document = read(written(body, "raw"))
    found = MacroRemoval(MacroQuery(name), unwrap).found(document, "ENG")
    after = read(applied(document.text, found.edits).encode()).body
    assert after == (body if wanted is None else wanted)
    assert found.places == places
    assert len(found.left) == (wanted is None)


def test_only_a_star_is_special_in_the_name_of_a_macro() -> None:
    body = "".join(MACRO.format(name, "") for name in ("ab", "a?", "a[b]"))
    for name, count in (("a*", 3), ("a?", 1), ("a[b]", 1), ("[ab]b", 0), ("A*", 0), ("", 0)):
        assert len(Queries(macros=(MacroQuery(name),)).spans(body)) == count


def test_a_parameter_has_the_value_that_stands_in_it() -> None:
    inner = MACRO.format("b", "<ac:parameter ac:name='p'>deep</ac:parameter>")
    body = MACRO.format(
        "a",
        f"<ac:parameter ac:name='p'>on<b>e</b> <ri:page ri:content-title='G'/>{inner}"
        "</ac:parameter><ac:parameter ac:name='q'><![CDATA[<x>]]></ac:parameter>",
    )
    for name, value, count in (("p", "one", 1), ("p", "G", 1), ("q", "^<x>$", 1), ("p", "deep", 1)):
        query = MacroQuery("*", ((name, re.compile(value)),))
        found = Queries(macros=(query,)).spans(body)
        assert len(found) == count, (name, value)
    both = MacroQuery("a", (("p", re.compile("one")), ("q", re.compile("none"))))
    assert Queries(macros=(both,)).spans(body) == []


def test_an_inner_parameter_is_renamed_with_its_own_macro_alone() -> None:
    inner = MACRO.format("b", "<ac:parameter ac:name='p'>x</ac:parameter>")
    body = MACRO.format("a", f"<ac:parameter ac:name='p'>y</ac:parameter>{RICH.format(inner)}")
    document = read(written(body, "raw"))
    found = MacroRename(MacroQuery("a"), "n", "p").found(document, "ENG")
    assert read(applied(document.text, found.edits).encode()).body == body.replace(
        "ac:name='p'>y", "ac:name='n'>y"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<{x}>a",
        "<a:b:c d:e:f='1' {y}='2' a:='3'>q",
        "<:a>",
        "<é ü='1'>ö",
        "<p a='1' a='2'/>",
        "<1>",
        "<ac:x xmlns:ac='q' xmlns='p'/>",
        "<p x='&bogus;'>&bogus;",
        "<\x01>\x02",
    ],
)
@pytest.mark.parametrize("expression", ["//*", "//@*", "//text()", "//node()"])
def test_an_xpath_takes_every_text(body: str, expression: str) -> None:
    for start, end in XPath(expression).spans(body):
        assert 0 <= start <= end <= len(body)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "//p[",
        "//x:p",
        "$x",
        "//p[$x]",
        "1",
        "'a'",
        "count(//p)",
        "error()",
        "1 idiv 0",
        "foo()",
    ],
)
def test_what_is_no_xpath_for_a_body_is_refused_before_the_search(expression: str) -> None:
    with pytest.raises(UsageError, match="is no XPath for a body"):
        list(XPath(expression).spans("<p>x</p>"))
