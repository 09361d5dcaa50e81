"""`confsync grep`, through the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from confsync.bulk.queries import Queries
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.flows.test_diff import on_a_terminal, posix
from tests.flows.test_output import commands_in

# Only files are read and written: a second server would say the same.
pytestmark = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)

GUIDE = "ENG/guide.xhtml"
TOOLS = "ENG/guide/tools.xhtml"
BODY = (
    "<h2>Tools &amp; more</h2><p>Run <code>make tools</code>, the <b>to</b>ols"
    ' <ac:link><ri:page ri:content-title="Guide" /></ac:link> need.</p>'
    '<ac:structured-macro ac:name="info"><ac:parameter ac:name="title">Tools</ac:parameter>'
    "<ac:rich-text-body><p>Ask <ac:link><ri:user ri:account-id='u:1' /></ac:link> for tools, or"
    ' see <ri:attachment ri:filename="tools.png" /></p></ac:rich-text-body></ac:structured-macro>'
)


@pytest.fixture
def tools(wiki: Sandbox, guide: str) -> str:
    """Return the id of a page with macros and links, below the guide."""
    return wiki.store.create_page("ENG", "Tools", BODY, parent=guide, author="Ana", raw=True).id


@pytest.fixture
def mirror(tools: str, desk_at: Callable[..., Desk]) -> Desk:
    return desk_at()


def line_of(desk: Desk, path: str, part: str) -> int:
    """Return the line of a file that has a part, from 1."""
    lines = desk.text(path).split("\n")
    return next(number for number, line in enumerate(lines, 1) if part in line)


# -- what is printed -------------------------------------------------------------------------------


def test_a_find_has_its_path_line_and_column(mirror: Desk) -> None:
    run = mirror("grep", "--text", "port is")
    line = line_of(mirror, GUIDE, "first port")
    assert run.out == f"{GUIDE}:{line}:14:<p>The first port is 8080.</p>\n"
    assert run.err == ""


def test_two_finds_in_a_line_are_one_line(mirror: Desk) -> None:
    line = line_of(mirror, TOOLS, "<b>to</b>")
    out = mirror("grep", "--text", "Run|tools", "--code", "tools", TOOLS).out
    assert [one.split(":", 3)[:3] for one in out.splitlines()] == [
        [TOOLS, str(line), "4"],
        [TOOLS, str(line_of(mirror, TOOLS, "Ask")), "82"],
    ]
    text = mirror.text(TOOLS).split("\n")[line - 1]
    assert out.splitlines()[0].endswith(f":4:{text}")


def test_the_json_has_each_find(mirror: Desk) -> None:
    run = mirror.json("grep", "--text", "tools", "--link", "Guide", "--user", "u:1", TOOLS)
    found = run.data["matches"]
    lines = mirror.text(TOOLS).split("\n")
    for one in found:
        assert one["path"] == TOOLS
        assert lines[one["line"] - 1] == one["text"]
        assert lines[one["line"] - 1][one["column"] - 1 :].startswith(one["found"])
    assert [one["found"] for one in found] == [
        "to</b>ols",
        '<ri:page ri:content-title="Guide" />',
        "<ri:user ri:account-id='u:1' />",
        "tools",
    ]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        (["--text", "PORTS|tools", "-i"], [GUIDE, TOOLS]),
        (["--text", "PORTS|tools"], [TOOLS]),
        (["--text", "Tools & more"], [TOOLS]),
        (["--code", "make"], [TOOLS]),
        (["--macro", "in*"], [TOOLS]),
        (["--macro", "info", "--param", "title=^Tools$"], [TOOLS]),
        (["--attachment", r"\.png$"], [TOOLS]),
        (["--user", "u:1"], [TOOLS]),
        (["--link", "^Guide$"], [TOOLS]),
        (["--xpath", "//ac:structured-macro[@ac:name='info']//p"], [TOOLS]),
        (["--text", "port", "--macro", "info"], [GUIDE, TOOLS]),
    ],
)
def test_each_query_finds_its_documents(mirror: Desk, query: list[str], paths: list[str]) -> None:
    out = mirror("grep", *query, "-l").out
    assert out.split() == paths
    assert mirror("grep", "-c", *query).out.count("\n") == len(paths)


@pytest.mark.parametrize(
    "query",
    [
        ["--text", "make"],
        ["--text", "title"],
        ["--code", "Run"],
        ["--macro", "inf?"],
        ["--macro", "info", "--param", "title=Guide"],
        ["--user", "u"],
        ["--attachment", "jpg"],
        ["--xpath", "//ac:task"],
        ["--text", "x*"],
    ],
)
def test_what_is_not_there_ends_with_1(mirror: Desk, query: list[str]) -> None:
    run = mirror("grep", *query, exit=1)
    assert (run.out, run.err) == ("", "")
    assert mirror.json("grep", *query, exit=1).data["matches"] == []


def test_a_document_or_a_directory_is_searched_alone(mirror: Desk) -> None:
    for given, paths in (
        ([GUIDE], []),
        ([TOOLS], [TOOLS]),
        (["ENG/guide"], [TOOLS]),
        (["ENG"], [TOOLS]),
        ([], [TOOLS]),
    ):
        found = mirror("grep", "-l", "--text", "tools", *given, exit=None)
        assert found.out.split() == paths
        assert found.exit == (0 if paths else 1)


def test_paths_are_those_of_the_place_where_a_person_stands(mirror: Desk) -> None:
    mirror.below = "ENG/guide"
    assert mirror("grep", "-l", "--text", "port|tools").out.split() == [
        "../guide.xhtml",
        "tools.xhtml",
    ]
    mirror.below = ".."  # with -C
    assert mirror("grep", "-l", "--text", "tools").out.split() == [TOOLS]


def test_documents_are_chosen_by_labels(mirror: Desk) -> None:
    mirror.edit(GUIDE, "title: Guide\n", "title: Guide\nlabels: [Ops, team a]\n")
    for labels, code in ((["ops"], 0), (["ops", "team a"], 0), (["ops", "x"], 1), (["x"], 1)):
        given = [word for label in labels for word in ("--label", label)]
        assert mirror("grep", "-l", "--text", "port|tools", *given, exit=code).out == (
            f"{GUIDE}\n" if code == 0 else ""
        )


def test_line_and_column_are_those_of_a_file_with_other_line_ends(mirror: Desk) -> None:
    before = mirror.json("grep", "--text", "8080|9090", "--xpath", "//h2").data["matches"]
    for path in (GUIDE, TOOLS):
        mirror.path(path).write_bytes(mirror.path(path).read_bytes().replace(b"\n", b"\r\n"))
    assert mirror.json("grep", "--text", "8080|9090", "--xpath", "//h2").data["matches"] == before
    assert "\r" not in mirror("grep", "--text", "8080").out.removesuffix("\r\n")


def test_a_long_line_is_whole_for_people_and_short_for_programs(mirror: Desk) -> None:
    mirror.edit(GUIDE, "The second is 9090.", "word and " * 3000)
    out = mirror("grep", "--text", "word", GUIDE).out
    assert out.count("\n") == 1
    assert out.count("word") == 3000
    run = mirror.json("grep", "--text", "word", GUIDE)
    found = run.data["matches"]
    assert len(found) == 3000
    assert all(one["found"] in one["text"] and len(one["text"]) <= 404 for one in found)


def test_it_asks_no_server(wiki: Sandbox, mirror: Desk) -> None:
    wiki.clear_requests()
    mirror("grep", "--text", "tools")
    assert wiki.requests == []


# -- hostile pages ---------------------------------------------------------------------------------


@posix
def test_a_terminal_is_not_controlled_by_a_text(mirror: Desk) -> None:
    mirror.edit(GUIDE, "8080", "80\x1b[2J\u202e80 ::error::x")
    assert "\x1b[2J" in mirror("grep", "--text", "first").out
    shown = on_a_terminal(mirror, "grep", "--text", "first", GIT_PAGER="cat")
    assert "\x1b[2J" not in shown and "\u202e" not in shown
    assert "80\\x1b[2J\\u202e80" in shown
    assert "\x1b[31m\x1b[1mfirst\x1b[0m" in shown
    plain = on_a_terminal(mirror, "grep", "--text", "first", GIT_PAGER="cat", NO_COLOR="1")
    assert "\x1b" not in plain


def test_in_ci_no_find_is_a_command(mirror: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.edit(GUIDE, "8080", "\r::error::no ##[add-mask]e\r##vso[task]x")
    assert len(commands_in(mirror("grep", "--text", "error").out)) == 1
    monkeypatch.setenv("CI", "true")
    for given in ([], ["--json"], ["-l"], ["-c"]):
        run = mirror("grep", "--text", "error", *given)
        assert commands_in(run.out + run.err) == []


def test_a_document_that_cannot_be_read_stops_no_other(mirror: Desk) -> None:
    mirror.path(GUIDE).write_bytes(mirror.path(GUIDE).read_bytes() + b"\xff port")
    run = mirror("grep", "-l", "--text", "port|tools", exit=4)
    assert run.out == f"{TOOLS}\n"
    assert f"{GUIDE}:{line_of(mirror, TOOLS, '---')}" not in run.out
    assert "not UTF-8" in run.err and GUIDE in run.err
    assert mirror.json("grep", "--text", "tools", exit=4).data["errors"][0]["code"] == "document"


def test_an_xpath_that_fails_for_one_page_stops_no_other(mirror: Desk) -> None:
    mirror.edit(TOOLS, ">Tools<", ">7<")
    mirror.edit(
        GUIDE,
        "<h1>",
        "<ac:structured-macro ac:name='x'><ac:parameter ac:name='y'>z</ac:parameter>"
        "</ac:structured-macro><h1>",
    )
    run = mirror("grep", "-l", "--xpath", "//ac:parameter[xs:integer(.) > 5]", exit=4)
    assert run.out == f"{TOOLS}\n"
    assert f"{GUIDE}:1: the XPath fails here" in run.err
    mirror.edit(GUIDE, "8080", "<b>" * 1200)
    assert f"{GUIDE}:1: nested more than 1000 levels deep" in (
        mirror("grep", "--xpath", "//h1", exit=4).err
    )


def test_a_page_that_is_not_well_formed_is_searched(mirror: Desk) -> None:
    mirror.edit(GUIDE, "</h1>", "</h1></p><b>tools")
    assert mirror("grep", "-l", "--text", "tools", "--xpath", "//b").out.split() == [GUIDE, TOOLS]


def test_a_body_of_5_mb_is_searched(mirror: Desk) -> None:
    mirror.edit(GUIDE, "8080", "<b>x</b> " * 600_000 + "needle")
    found = mirror("grep", "-c", "--text", "needle|x x x").out
    assert found == f"{GUIDE}:200001\n"


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "nothing to look for"),
        (["port"], "nothing to look for"),
        (["two words"], "nothing to look for"),
        (["--param", "title=Tools"], "needs a --macro"),
        (["--text", "(port"], "is not a regular expression"),
        (["--code", "make)"], "is not a regular expression"),
        (["--macro", "info", "--param", "title=(x"], "is not a regular expression"),
        (["--macro", "info", "--param", "title"], "has no ="),
        (["--xpath", "//p["], "is no XPath for a body"),
        (["--xpath", "count(//p)"], "must find elements"),
        (["--xpath", "//nope:p"], "is no XPath for a body"),
        (["--xpath", "//p[. = $x]"], "is no XPath for a body"),
        (["--xpath", "doc('file:///etc/passwd')"], "is no XPath for a body"),
        (["--xpath", "error()"], "is no XPath for a body"),
        (["--xpath", "1 idiv 0"], "is no XPath for a body"),
    ],
)
def test_a_wrong_command_line_has_a_way_out(mirror: Desk, typed: list[str], said: str) -> None:
    # What the hints look for stands there, so that they succeed.
    mirror.edit(
        TOOLS,
        "<h2>",
        "<p>WORD two words (port</p><code>make)</code><ac:task-list><ac:task><ac:task-body>t"
        "</ac:task-body></ac:task></ac:task-list><ac:structured-macro ac:name='info'>"
        "<ac:parameter ac:name='title'>(x</ac:parameter></ac:structured-macro><h2>",
    )
    run = mirror("grep", *typed, exit=2)
    assert said in run.err
    assert run.out == ""
    mirror.follow(run, "confsync grep")
    assert mirror.json("grep", *typed, exit=2).data["matches"] == []


def test_a_path_that_is_none_is_told(mirror: Desk) -> None:
    run = mirror("grep", "--text", "x", "ENG/nothing.xhtml", exit=2)
    assert "ENG/nothing.xhtml" in run.err


def test_interrupting_keeps_what_was_found(mirror: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = Queries.spans

    def interrupted(queries: Queries, text: str, start: int = 0) -> Any:
        if "tools" in text:
            raise KeyboardInterrupt
        return spans(queries, text, start)

    monkeypatch.setattr(Queries, "spans", interrupted)
    run = mirror("grep", "-l", "--text", "port", exit=130)
    assert run.out == f"{GUIDE}\n"
