"""The passages of a body: their parts, their texts, and where each character stands."""

from __future__ import annotations

from itertools import pairwise

import pytest

from confsync.bulk.passages import Part, passages

LINK = '<ac:link><ri:page ri:content-title="G"/>{}</ac:link>'
NODE = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="k">v</ac:adf-attribute>'
    "<ac:adf-content><p>a</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>a</p>"
    '<ac:structured-macro ac:name="code"><ac:parameter ac:name="l">sh</ac:parameter>'
    "<ac:plain-text-body><![CDATA[x]]></ac:plain-text-body></ac:structured-macro>"
    "</ac:adf-fallback></ac:adf-extension>"
)
CASES = {
    # Text, and the tags inside of a line.
    "<p>one <b>wo</b>rd</p>": "text:one word",
    "<p>a<sup>2</sup><span> b </span> c</p>": "text:a2 b c",
    "long<wbr/>word and lo<wbr></wbr>ng": "text:longword and long",
    "<p>a<br/>b<hr/>c</p>": "text:a text:b text:c",
    "<p>a<ac:emoticon ac:name='x'/>b <time datetime='2026-01-01'/> c</p>": "text:a text:b text:c",
    "<td>a</td><td>b</td>": "text:a text:b",
    "<ul><li>a<ul><li>b</li></ul>c</li></ul>": "text:a text:b text:c",
    "top <i>text</i><p>in</p>more": "text:top text text:in text:more",
    "<p>wo<!--c-->rd</p>": "text:word",
    "<p>wo<!-- <p> -- > ]]> -->rd</p>": "text:word",
    "<p>wo<?x y?>rd</p>": "text:word",
    '<p title="a > b">c</p>': "text:c",
    "<p title='a \"> b'>c</p>": "text:c",
    # White space, references and sections.
    "<p>  a \r\n\t b\rc </p>": "text:a b c",
    "<p>a <b> b</b></p>": "text:a b",
    "<p>a&#32;&#10;b</p>": "text:a b",
    "<p>&nbsp;a&nbsp; b</p>": "text:\xa0a\xa0 b",
    "<p>\xa0<b>a</b></p>": "text:\xa0a",
    "<p>&lt;x&gt; &amp;lt; &#x41;&#66; &eacute; &apos;</p>": "text:<x> &lt; AB é '",
    "<p>&bogus; &#1114112; & &;</p>": "text:&bogus; &#1114112; & &;",
    "<p>a<![CDATA[b]]]]><![CDATA[>c]]>d</p>": "text:ab]]>cd",
    "<p><![CDATA[a  &lt;\n b]]></p>": "text:a &lt; b",
    "<p>a<![CDATA[]]>b</p>": "text:ab",
    "<p> </p><p/>\n<p></p>": "",
    # Code and parameters.
    "<p>run <code>make  it</code> now</p>": "text:run code:make  it text:now",
    "<pre>a\r\n  <b>b</b>\n</pre>": "code:a\n  b\n",
    "<code>a<tt>b</tt></code>": "code:ab",
    "a<code/>b": "text:a text:b",
    "<code><ac:parameter ac:name='a'>p</ac:parameter>c</code>": "params:p code:c",
    "<ac:parameter ac:name='a'><p>a <code>b</code></p></ac:parameter>": "params:a b",
    "<ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b ]]></ac:plain-text-body>": "code:a]]>b ",
    "<ac:default-parameter>a</ac:default-parameter>b": "params:a text:b",
    "<ac:task><ac:task-id>7</ac:task-id><ac:task-uuid>u</ac:task-uuid><ac:task-status>s"
    "</ac:task-status><ac:task-body>a</ac:task-body></ac:task>": "text:a",
    "<style>a</style><script>b</script>": "",
    "<ac:structured-macro ac:name='info'><ac:rich-text-body><p>a<ac:structured-macro ac:name='b'>"
    "<ac:parameter ac:name='t'>OK</ac:parameter></ac:structured-macro>c</p></ac:rich-text-body>"
    "</ac:structured-macro>": "text:a params:OK text:c",
    NODE: "params:v text:a",
    # Links.
    f"see {LINK.format('<ac:link-body>the <b>g</b></ac:link-body>')} now": "text:see the g now",
    f"see {LINK.format('')} now": "text:see text:now",
    f"see {LINK.format(' ')} now": "text:see text:now",
    f"see {LINK.format('<ac:link-body> </ac:link-body>')} now": "text:see text:now",
    "see <ac:link/> now": "text:see text:now",
    f"see{LINK.format('<ac:plain-text-link-body><![CDATA[n]]></ac:plain-text-link-body>')}w": (
        "text:seenw"
    ),
    "<a href='x'>a</a>b": "text:ab",
    # What is not well-formed.
    "<p>a": "text:a",
    "</p>a<p>": "text:a",
    "</code>a</ac:parameter>b": "text:a text:b",
    "<code>a<p>b": "code:a code:b",
    "<ac:parameter>a<code>b</ac:parameter>c": "params:ab text:c",
    "a < b <1> <!--c": "text:a < b",
    "a<![CDATA[b": "text:ab",
    "<": "text:<",
}


@pytest.mark.parametrize("body", CASES)
def test_a_body_has_these_passages(body: str) -> None:
    told = [f"{one.part.value}:{one.text}" for one in passages(body) if one.part is not Part.LINKS]
    assert " ".join(told).rstrip(" ") == CASES[body].rstrip(" ")


@pytest.mark.parametrize("body", CASES)
def test_each_character_has_its_place(body: str) -> None:
    for start in (0, 7):
        source = "x<code>"[:start] + body
        for passage in passages(source, start, copies=True):
            written = passage.characters()
            assert "".join(one.text for one in written) == passage.text
            ranges = [(one.start, one.end) for one in written]
            assert ranges == sorted(ranges)
            assert all(start <= a < b <= len(source) for a, b in ranges)
            assert all(b <= c for (_, b), (c, _) in pairwise(ranges))
            for one in written:
                if one.text not in " \n" and one.end - one.start == 1:
                    assert source[one.start] == one.text


def test_a_copy_for_older_programs_has_its_own_parts() -> None:
    told = [(one.part.value, one.text) for one in passages(NODE, copies=True)]
    assert told == [("params", "v"), ("text", "a"), ("text", "a"), ("params", "sh"), ("code", "x")]


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ('<a href="x?a&amp;b" >', "x?a&b"),
        ("<a title='q' href = 'x\"y'>", 'x"y'),
        ('<ac:link ac:anchor="a b"><ri:user/></ac:link>', "a b"),
        ("<ri:page\nri:content-title='R&amp;D > all' ri:space-key='X'/>", "R&D > all"),
        ("<ri:blog-post ri:content-title='a\nb'/>", "a b"),
        ('<ri:url ri:value="http://x"/>', "http://x"),
        ('<ri:attachment ri:filename="x"/>', ""),
        ("<a href=''>", ""),
        ("<a href=x>", ""),
        ("</a href='x'>", ""),
    ],
)
def test_a_target_of_a_link_is_a_passage(tag: str, wanted: str) -> None:
    found = [one.text for one in passages(tag, parts=frozenset({Part.LINKS}))]
    assert found == [wanted] * bool(wanted)


def test_only_the_wanted_parts_are_read() -> None:
    body = "<p>a<code>b</code></p><ac:parameter ac:name='x'>c</ac:parameter><a href='d'/>"
    for part, text in zip(Part, "abcd", strict=True):
        assert [one.text for one in passages(body, parts=frozenset({part}))] == [text]
