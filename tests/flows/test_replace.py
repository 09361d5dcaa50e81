"""`confsync replace`, through the command line: what changes, and what must stay as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from confsync.commands.bulk import replace as command
from confsync.mirror.mirror import Mirror
from confsync.model.config import Config, SpaceConfig
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, writes
from tests.flows.test_diff import on_a_terminal, posix
from tests.flows.test_output import commands_in

# Only files are read and written: a second server would say the same.
pytestmark = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)

GUIDE = "ENG/guide.xhtml"
TOOLS = "ENG/guide/tools.xhtml"
BODY = (
    '<h2>old tools</h2><p title="old">Run <code>old tools</code>, the <b>old</b> tools'
    ' <ac:link><ri:page ri:content-title="Guide" /></ac:link>'
    ' <a href="https://old.example/wiki/x?a=1&amp;b=2">old</a></p>'
    '<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:parameter ac:name="title">old'
    "</ac:parameter><ac:rich-text-body><p>old box</p></ac:rich-text-body></ac:structured-macro>"
    '<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:plain-text-body>'
    "<![CDATA[old = 1 < 2]]></ac:plain-text-body></ac:structured-macro><p>end</p>"
)


@pytest.fixture
def tools(wiki: Sandbox, guide: str) -> str:
    """Return the id of a page with all that must stay where a text changes."""
    return wiki.store.create_page("ENG", "Tools", BODY, parent=guide, author="Ana", raw=True).id


@pytest.fixture
def mirror(tools: str, desk_at: Callable[..., Desk]) -> Desk:
    return desk_at()


def body(desk: Desk, path: str = TOOLS) -> str:
    """Return the body of a document, without the line ends of its layout."""
    return re.sub(r"(?<=>)\n(?=<)", "", desk.text(path).split("---\n", 2)[2]).removesuffix("\n")


def check_spans_alone(desk: Desk, before: dict[str, bytes], finds: Run, new: str) -> None:
    """Split each old file by the spans that grep named. All else stands in the new file."""
    for path, raw in before.items():
        lines = raw.decode().split("\n")
        at, pieces = 0, []
        for one in finds.data["matches"]:
            if one["path"] == path:
                start = sum(len(line) + 1 for line in lines[: one["line"] - 1]) + one["column"] - 1
                pieces.append(raw.decode()[at:start])
                at = start + len(one["found"])
        assert desk.text(path) == new.join([*pieces, raw.decode()[at:]])


# -- texts -----------------------------------------------------------------------------------------


def test_a_text_changes_and_nothing_else(mirror: Desk) -> None:
    before = mirror.files()
    finds = mirror.json("grep", "--text", "old")
    run = mirror("replace", "--text", "old", "new <&>")
    assert run.out.splitlines()[:1] == [f"{TOOLS}: 4 places"]
    check_spans_alone(mirror, before, finds, "new &lt;&amp;&gt;")
    assert body(mirror).count("old") == 5


def test_the_inverse_gives_each_file_back(mirror: Desk) -> None:
    before = mirror.files()
    for old, new in (("old", "fresh"), ("port", "gate")):
        mirror("replace", "--text", old, new, "--in", "text,code,links,params")
        assert mirror.files() != before
        mirror("replace", "--text", new, old, "--in", "text,code,links,params")
        assert mirror.files() == before


@pytest.mark.parametrize(
    ("parts", "new", "wanted"),
    [
        ("code", "]]>", {"<code>old": "<code>]]&gt;", "[old = 1": "[]]]]><![CDATA[> = 1"}),
        ("params", "a & b", {">old</ac:p": ">a &amp; b</ac:p"}),
        ("links", '"<', {"//old": "//&quot;&lt;"}),
    ],
)
def test_code_parameters_and_targets_change_where_asked(
    mirror: Desk, parts: str, new: str, wanted: dict[str, str]
) -> None:
    text = mirror.text(TOOLS)
    mirror("replace", "--text", "old", new, "--in", parts, TOOLS)
    for old, changed in wanted.items():
        assert text.count(old) == 1
        text = text.replace(old, changed)
    assert mirror.text(TOOLS) == text
    assert mirror("check").exit == 0


def test_a_regular_expression_has_its_groups(mirror: Desk) -> None:
    mirror("replace", "--regex", "--text", r"(\w+) is (\d)(\d+)", r"\1: \g<3>\2")
    assert "<p>The first port: 0808.</p>" in body(mirror, GUIDE)


def test_a_text_across_tags_stays_unless_asked(mirror: Desk) -> None:
    before = mirror.files()
    run = mirror("replace", "--text", "the old tools", "a tool", exit=1)
    line = mirror.text(TOOLS).split("Run <code>")[0].count("\n") + 1
    column = mirror.text(TOOLS).split("\n")[line - 1].index("the <b>") + 1
    assert f"{TOOLS}:{line}:{column}: not replaced: tags interrupt the text" in run.out + run.err
    assert mirror.files() == before
    mirror("replace", "--text", "the old tools", "a tool", "--across-tags")
    assert ", a tool<b></b>" in body(mirror)


def test_a_dry_run_shows_the_diff_and_writes_nothing(mirror: Desk) -> None:
    before = mirror.files()
    run = mirror("replace", "-n", "--text", "8080", "8081")
    assert "-<p>The first port is 8080.</p>\n+<p>The first port is 8081.</p>" in run.out
    found = mirror.json("replace", "-n", "--text", "8080", "8081").data
    assert found["replaced"] == [{"path": GUIDE, "places": 1, "left": 0}]
    assert found["text"] == run.out
    assert mirror.files() == before
    mirror("replace", "-n", "--text", "nowhere", "x", exit=1)


def test_what_is_not_there_ends_with_1_and_is_no_change(mirror: Desk) -> None:
    before = mirror.files()
    assert mirror.json("replace", "--text", "nowhere", "x", exit=1).data["replaced"] == []
    assert mirror.files() == before


def test_documents_are_chosen_by_paths_and_labels(mirror: Desk) -> None:
    mirror.edit(TOOLS, "title: Tools\n", "title: Tools\nlabels: [Ops]\n")
    text = mirror.text(GUIDE)
    mirror("replace", "--text", "o", "0", "--label", "ops")
    mirror("replace", "--text", "e", "3", "ENG/guide")
    assert mirror.text(GUIDE) == text
    assert "<h2>0ld t00ls</h2>" in body(mirror)
    assert "<p>3nd</p>" in body(mirror)


def test_the_title_and_the_stamp_are_no_text(mirror: Desk) -> None:
    front = mirror.text(TOOLS).split("---\n")[1]
    mirror("replace", "--regex", "--text", r"\w+", "x", "--in", "text,code,links,params")
    assert mirror.text(TOOLS).split("---\n")[1] == front


# -- macros, links, elements -----------------------------------------------------------------------


def test_macros_and_parameters_get_other_names(mirror: Desk) -> None:
    before = mirror.files()
    mirror("replace", "--macro", "info", "--to", "panel")
    mirror("replace", "--macro", "panel", "--param", "title", "--to", 'a"b')
    assert body(mirror) == BODY.replace('"info"', '"panel"').replace('"title"', '"a&quot;b"')
    mirror("replace", "--macro", "panel", "--param", 'a"b', "--to", "title")
    mirror("replace", "--macro", "panel", "--param", "title=^old$", "--to", "info")
    assert mirror.files() == before


def test_macros_are_unwrapped_and_removed_with_their_lines(mirror: Desk) -> None:
    lines = mirror.text(TOOLS).split("\n")
    run = mirror("replace", "--macro", "*", "--unwrap", TOOLS)
    assert "the macro has no body to keep" in run.out + run.err
    kept = mirror.text(TOOLS).split("\n")
    assert [line for line in lines if line not in kept and "macro" not in line] == [
        line for line in lines if line.startswith(("<ac:param", "<ac:rich", "</ac:rich"))
    ]
    mirror("replace", "--macro", "code", "--remove")
    assert "macro" not in body(mirror)
    assert mirror.text(TOOLS).endswith("<p>old box</p>\n<p>end</p>\n")


@pytest.mark.parametrize(
    ("old", "new", "found", "wanted"),
    [
        ("Guide", "R&D", 'ri:content-title="Guide"', 'ri:content-title="R&amp;D"'),
        ("ENG:Guide", "OPS:G", '"Guide"', '"G" ri:space-key="OPS"'),
        ("https://old.example/wiki", "https://n.example", "old.example/wiki", "n.example"),
    ],
)
def test_links_get_another_target(
    mirror: Desk, old: str, new: str, found: str, wanted: str
) -> None:
    mirror("replace", "--link", old, new)
    assert body(mirror) == BODY.replace(found, wanted)
    assert mirror("grep", "-c", "--link", f"^{re.escape(new)}").out == f"{TOOLS}:1\n"


def test_elements_come_in_lines_of_their_own(mirror: Desk) -> None:
    mirror("replace", "--after", "//h2", "<p>new</p><hr/>", TOOLS)
    mirror("replace", "--before", "//p[. = 'end']", "<p>last</p>", TOOLS)
    assert "<h2>old tools</h2>\n<p>new</p>\n<hr/>\n<p title" in mirror.text(TOOLS)
    assert mirror.text(TOOLS).endswith("\n<p>last</p>\n<p>end</p>\n")


# -- what a push stores ----------------------------------------------------------------------------


def test_what_the_server_stores_differs_in_the_spans_alone(
    wiki: Sandbox, mirror: Desk, tools: str
) -> None:
    mirror("replace", "--text", "old", "new")
    mirror("replace", "--macro", "info", "--to", "tip")
    mirror("replace", "--link", "Guide", "Ports")
    mirror("replace", "--macro", "code", "--remove")
    mirror("replace", "--after", "//h2", "<p>more</p>")
    mirror("push")
    wanted = (
        BODY.replace(">old<", ">new<").replace("<h2>old", "<h2>new").replace("<p>old", "<p>new")
    )
    wanted = wanted.replace('"title">new', '"title">old').replace('"info"', '"tip"')
    wanted = wanted.replace('"Guide"', '"Ports"').replace("</h2>", "</h2><p>more</p>")
    wanted = re.sub(r'<ac:structured-macro ac:name="code".*?</ac:structured-macro>', "", wanted)
    wanted = wanted.replace("b>", "strong>")  # the server's own
    stored = re.sub(r' ac:macro-id="[^"]*"', "", wiki.store.page(tools).body)
    assert stored == wanted
    assert mirror("status").out.startswith("clean")


def test_a_change_and_its_inverse_send_nothing(wiki: Sandbox, mirror: Desk) -> None:
    mirror("replace", "--text", "old", "new")
    mirror("replace", "--text", "new", "old")
    wiki.clear_requests()
    mirror("push")
    assert writes(wiki) == []


# -- what stays as it is ---------------------------------------------------------------------------


def test_a_document_that_is_not_well_formed_stays_and_stops_no_other(mirror: Desk) -> None:
    mirror.edit(GUIDE, "8080.</p>", "8080.<b></p>")
    before = mirror.text(GUIDE)
    line = before.split("8080")[0].count("\n") + 1
    run = mirror("replace", "--text", "e", "E", exit=4)
    assert mirror.text(GUIDE) == before
    assert "<p>End</p>" not in before and "<p>End</p>" in body(mirror).replace("Ed", "nd")
    assert re.search(rf"{GUIDE}:{line}: stays as it is: .*\(column \d+\)", run.err)
    assert f"{TOOLS}: " in run.out


def test_a_document_that_would_not_be_well_formed_stays(mirror: Desk) -> None:
    before = mirror.files()
    mirror.edit(GUIDE, "8080", "]]8080>")
    changed = mirror.text(GUIDE)
    run = mirror("replace", "--text", "8080", "", exit=4)
    assert "after the replacement" in run.err
    assert mirror.text(GUIDE) == changed
    assert {**mirror.files(), GUIDE: b""} == {**before, GUIDE: b""}


def test_a_document_that_is_no_utf_8_stays_and_stops_no_other(mirror: Desk) -> None:
    mirror.path(GUIDE).write_bytes(mirror.path(GUIDE).read_bytes() + b"\xff old")
    before = mirror.path(GUIDE).read_bytes()
    run = mirror("replace", "--text", "old", "new", exit=4)
    assert mirror.path(GUIDE).read_bytes() == before
    assert "not UTF-8" in run.err
    assert "<p>new box</p>" in body(mirror)


def test_a_file_that_changes_meanwhile_is_left_alone(
    mirror: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = command.replace_all

    def late(*given: object) -> object:
        mirror.edit(GUIDE, "9090", "9091")
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "replace_all", late)
    run = mirror("replace", "--regex", "--text", "8080|old", "new", exit=4)
    assert "8080" in mirror.text(GUIDE) and "9091" in mirror.text(GUIDE)
    assert GUIDE in run.err
    assert "<p>new box</p>" in body(mirror)


def test_another_command_is_waited_for_or_told(mirror: Desk) -> None:
    before = mirror.files()
    config = Config("http://127.0.0.1:9/wiki", (SpaceConfig("ENG", "ENG"),), flavor="cloud")
    with Mirror(mirror.root, config).lock():
        run = mirror("replace", "--text", "old", "new", exit=None)
        assert run.exit not in (0, 1)
        mirror("replace", "-n", "--text", "old", "new")
    assert mirror.files() == before


def test_interrupting_leaves_whole_files(mirror: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mirror.files()
    write = command.fitted

    def interrupted(document: command.Document, edits: object) -> object:
        if document.title == "Tools":
            raise KeyboardInterrupt
        return write(document, edits)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "fitted", interrupted)
    assert mirror("replace", "--text", "o", "0", exit=130).exit == 130
    assert mirror.files()[TOOLS] == before[TOOLS]
    assert mirror.files().keys() == before.keys()
    monkeypatch.undo()
    mirror("replace", "--text", "o", "0")
    assert "o" not in body(mirror, GUIDE).split("<p>")[1].split("</p>")[0]


def test_documents_with_other_line_ends_keep_them(mirror: Desk) -> None:
    for path in (GUIDE, TOOLS):
        mirror.path(path).write_bytes(mirror.path(path).read_bytes().replace(b"\n", b"\r\n"))
    before = mirror.files()
    mirror("replace", "--text", "old", "two\nlines")
    mirror("replace", "--macro", "code", "--remove")
    mirror("replace", "--after", "//h1", "<p>n</p>")
    for path in (GUIDE, TOOLS):
        raw = mirror.path(path).read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert raw != before[path]
    assert b"</h1>\r\n<p>n</p>\r\n<p>The first" in mirror.path(GUIDE).read_bytes()


# -- hostile pages ---------------------------------------------------------------------------------


@posix
def test_a_terminal_is_not_controlled_by_a_diff(mirror: Desk) -> None:
    mirror.edit(GUIDE, "9090", "90\u202e\x9b90")
    shown = on_a_terminal(mirror, "replace", "-n", "--text", "second", "2nd", GIT_PAGER="cat")
    assert "\u202e" not in shown and "\x9b" not in shown
    assert "90\\u202e\\x9b90" in shown


def test_in_ci_no_line_of_a_diff_is_a_command(
    mirror: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.edit(GUIDE, "8080", "8080\n::error::no\n##[add-mask]e")
    monkeypatch.setenv("CI", "true")
    for given in ([], ["--json"]):
        run = mirror("replace", "-n", "--text", "8080", "x", *given)
        assert "add-mask" in run.out
        assert commands_in(run.out + run.err) == []


def test_many_macros_of_one_page_are_removed_at_once(mirror: Desk) -> None:
    mirror.edit(GUIDE, "<h1>", '<ac:structured-macro ac:name="m"/>\n' * 20_000 + "<h1>")
    run = mirror.json("replace", "--macro", "m", "--remove")
    assert run.data["replaced"] == [{"path": GUIDE, "places": 20_000, "left": 0}]
    assert body(mirror, GUIDE).startswith("<h1>Ports</h1><p>The first")


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "nothing to replace"),
        (["--text", "a", "b", "--macro", "x", "--remove"], "exclude each other"),
        (["--text", "", "b"], "the old text is empty"),
        (["--text", "a", "\x07"], "which a page cannot have"),
        (["--text", "a", "b", "--to", "c"], "--to needs --macro"),
        (["--link", "a", "b", "--regex"], "--regex needs --text"),
        (["--regex", "--text", "(old", "b"], "is not a regular expression"),
        (["--regex", "--text", "(old)", r"\2"], "does not fit the regular expression"),
        (["--regex", "--text", "old", r"\q"], "does not fit the regular expression"),
        (["--text", "old", "b", "--in", "text,title"], "--in has no part title"),
        (["--macro", "info"], "--macro alone changes nothing"),
        (["--macro", "info", "--unwrap", "--remove"], "exclude each other"),
        (["--macro", "info", "--remove", "--param", "title"], "needs --to"),
        (["--macro", "info", "--param", "a", "--param", "b", "--to", "c"], "one parameter only"),
        (["--macro", "info", "--param", "title=(x", "--remove"], "is not a regular expression"),
        (["--macro", "info", "--to", ""], "the new name is empty"),
        (["--link", "a", ""], "a target is empty"),
        (["--link", "Guide", "123"], "of different kinds: title and id"),
        (["--after", "//h2", "<p>"], "cannot stand in a page"),
        (["--after", "//h2", ""], "the new XML is empty"),
        (["--after", "//h2[", "<p/>"], "is no XPath for a body"),
        (["--before", "//h2/@title", "<p/>"], "must find elements"),
    ],
)
def test_a_wrong_command_line_changes_nothing_and_has_a_way_out(
    mirror: Desk, typed: list[str], said: str
) -> None:
    mirror.edit(
        TOOLS,
        "<h2>",
        "<p>(old</p><ac:task-list><ac:task/></ac:task-list><ac:structured-macro ac:name='info'>"
        "<ac:parameter ac:name='title'>(x</ac:parameter></ac:structured-macro><h2 title='a'>",
    )
    before = mirror.files()
    run = mirror("replace", *typed, exit=2)
    assert said in run.err
    mirror.follow(run, "confsync ")
    assert mirror.files() == before
    assert mirror.json("replace", *typed, exit=2).data["replaced"] == []
    assert mirror.files() == before


def test_a_path_that_is_none_is_told(mirror: Desk) -> None:
    run = mirror("replace", "--text", "old", "x", "ENG/nothing.xhtml", exit=2)
    assert "ENG/nothing.xhtml" in run.err


def test_the_json_has_no_second_line(mirror: Desk) -> None:
    out = mirror.json("replace", "--text", "old", "new").out
    assert out.count("\n") == 1
    assert json.loads(out)["text"] == ""
