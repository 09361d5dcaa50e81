"""Bodies to search: made by chance, well-formed, and with all that XML lets people write."""

from __future__ import annotations

from hypothesis import strategies as st

from confsync.document import document
from confsync.model.stamp import Layout, Stamp, digest

WORDS = ("alpha", "beta", "gamma", "Ports", "été", "x", "b]]c", "😀", "日本")
TITLES = ("Guide", "Old Guide", 'A "q" title', "R&D > all", "it's", "ENG:Home")
MACROS = ("info", "code", "panel", "my-macro")

_words = st.sampled_from(WORDS)
_blanks = st.sampled_from([" ", " ", "  ", "\n", " \n\t ", "&#32;", "&nbsp;"])
_escaped = st.sampled_from(["&lt;", "&amp;amp;", "&gt;", "&eacute;", "&#x41;", "&#66;", "&quot;"])
_comments = st.sampled_from(["<!--c-->", "<!-- a - b <p> -->", "<!--]]>-->"])
_cdata = st.sampled_from(
    ["<![CDATA[alpha]]>", "<![CDATA[a]]]]><![CDATA[>b]]>", "<![CDATA[]]>", "<![CDATA[<p>&lt;]]>"]
)
texts = st.lists(_words | _blanks | _escaped | _comments | _cdata, max_size=4).map("".join)


def _value(text: str) -> st.SearchStrategy[str]:
    """Return a value of an attribute with its quotes, and how it is joined to its name."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    ways = [
        '="' + plain.replace('"', "&quot;") + '"',
        "='" + plain.replace("'", "&#39;") + "'",
        ' = "' + plain.replace('"', "&#x22;").replace(">", "&gt;") + '"',
        "=\n'" + plain.replace("'", "&apos;") + "'",
    ]
    return st.sampled_from(ways)


@st.composite
def _tag(draw: st.DrawFn, name: str, end: str = "/>", **given: str) -> str:
    named = [f"{key.replace('_', ':', 1).replace('_', '-')}" for key in given]
    values = [draw(_value(text)) for text in given.values()]
    gap = st.sampled_from([" ", "\n", "  "])
    inside = "".join(f"{draw(gap)}{key}{value}" for key, value in zip(named, values, strict=True))
    return f"<{name}{inside}{draw(st.sampled_from(['', ' ']))}{end}"


@st.composite
def _element(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    name = draw(
        st.sampled_from(
            [
                *("p", "h2", "li", "td", "strong", "em", "span", "code", "pre", "div", "tt", "u"),
                *("blockquote", "ac:task-body", "ac:inline-comment-marker", "ac:placeholder"),
                *("ac:adf-mark", "ac:layout-cell"),
            ]
        )
    )
    extra = draw(st.sampled_from(["", "", ' class="alpha > beta"', "\n title='x'"]))
    return f"<{name}{extra}>{draw(inside)}</{name}>"


@st.composite
def _link(draw: st.DrawFn) -> str:
    title = draw(st.sampled_from(TITLES))
    target = draw(
        st.one_of(
            _tag("ri:page", ri_content_title=title),
            _tag("ri:page", ri_space_key="OPS", ri_content_title=title),
            _tag("ri:user", ri_account_id="u:1-2"),
            _tag("ri:attachment", ri_filename="alpha beta.png"),
            _tag("ri:content-entity", ri_content_id="4711"),
            st.just(""),
        )
    )
    body = draw(
        st.one_of(
            st.just(""),
            st.just(" \n"),
            st.just("<ac:plain-text-link-body><![CDATA[alpha]]></ac:plain-text-link-body>"),
            texts.map(lambda text: f"<ac:link-body>{text}</ac:link-body>"),
        )
    )
    opened = draw(st.sampled_from(["<ac:link>", "<ac:link ac:anchor='x y'>"]))
    return f"{opened}{target}{body}</ac:link>"


@st.composite
def _anchor(draw: st.DrawFn) -> str:
    address = "https://old.example/wiki/spaces/ENG/pages/4711/Guide?a=1&b=2"
    return draw(_tag("a", ">", href=address)) + draw(texts) + "</a>"


@st.composite
def _macro(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    opened = draw(_tag("ac:structured-macro", ">", ac_name=draw(st.sampled_from(MACROS))))
    parameter = draw(_tag("ac:parameter", ">", ac_name="title"))
    value = draw(texts | _link() | inside)
    body = draw(
        st.one_of(
            st.just(""),
            inside.map(lambda text: f"<ac:rich-text-body>{text}</ac:rich-text-body>"),
            st.just("<ac:rich-text-body/>"),
            _cdata.map(lambda text: f"<ac:plain-text-body>{text}</ac:plain-text-body>"),
        )
    )
    return f"{opened}{parameter}{value}</ac:parameter>{body}</ac:structured-macro>"


@st.composite
def _extension(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    text = draw(inside)
    return (
        '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">alpha'
        f"</ac:adf-attribute><ac:adf-content>{text}</ac:adf-content></ac:adf-node>"
        f"<ac:adf-fallback><div>{text}</div></ac:adf-fallback></ac:adf-extension>"
    )


_single = st.sampled_from(
    [
        *("<br/>", "<hr />", "<p/>", "<wbr/>", "<code/>", "<ac:emoticon ac:name='smile'/>"),
        "<time datetime='2026-01-01'/>",
        "<ac:task-id>alpha</ac:task-id><ac:task-status>incomplete</ac:task-status>",
        '<ac:image><ri:attachment ri:filename="alpha.png"/></ac:image>',
    ]
)
_leaves = texts | _single | _link() | _anchor()


def _more(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = inside | _element(inside) | _macro(inside) | _extension(inside)
    return st.lists(one, max_size=3).map("".join)


bodies = st.recursive(_leaves, _more, max_leaves=8)

STAMP = Stamp("4711", 3, digest("T", ""), "5")
WAYS = ("lines", "raw", "crlf", "raw crlf", "no last line end")


def written(body: str, way: str) -> bytes:
    """Return a document with a body, in one of `WAYS`."""
    how = Layout.RAW if way.startswith("raw") else Layout.LINES
    raw = document.render("T", body, STAMP, how=how)
    if way.endswith("crlf"):
        return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw.removesuffix(b"\n") if way.startswith("no") else raw


def read(raw: bytes) -> document.Document:
    return document.parse(raw, "ENG/t.xhtml")
