"""check: what a push would refuse, and what Confluence would drop, without any request."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.cli import main
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, each_git_format

GUIDE = "ENG/guide.xhtml"
LINE = "<p>The second is 9090.</p>"


def findings(desk: Desk, *arguments: str, exit: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.json("check", *arguments, exit=exit).data["findings"]
    return found


def test_a_clean_mirror_is_clean_and_no_server_is_asked(wiki: Sandbox, desk: Desk) -> None:
    assert desk("check").out == "check: nothing found in 2 documents\n"
    assert findings(desk) == []
    assert wiki.requests == []


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "said"),
    [
        ("<p>open", 11, 1, "malformed", "<p> is never closed"),
        ("<p>a &nope; b</p>", 11, 6, "malformed", "undefined entity"),
        ("<<<<<<< mine\n=======\n>>>>>>> theirs", 11, 0, "conflict-marker", "conflict marker"),
    ],
)
def test_an_error_has_its_line_and_column_in_the_file(
    desk: Desk, text: str, line: int, column: int, code: str, said: str
) -> None:
    desk.edit(GUIDE, LINE, text)
    (found,) = findings(desk, exit=1)
    assert (found["path"], found["line"], found["column"]) == (GUIDE, line, column)
    assert (found["severity"], found["code"]) == ("error", code)
    assert said in found["message"]
    run = desk("check", exit=1)
    assert f"{GUIDE}:{line}:{column or 1}: error: {found['message']}\n" in run.out
    assert run.out.endswith("check: 1 error in 2 documents\n")


def test_front_matter_and_ids_that_stand_twice_are_errors(desk: Desk) -> None:
    desk.path("ENG/copy.xhtml").write_bytes(desk.path(GUIDE).read_bytes())
    desk.path("ENG/bad.xhtml").write_text("---\ntitle: [\n---\n")
    found = findings(desk, exit=1)
    assert [(one["path"], one["code"]) for one in found] == [
        ("ENG/bad.xhtml", "document"),
        ("ENG/copy.xhtml", "document"),
        (GUIDE, "document"),
    ]
    assert "same page id" in found[1]["message"]
    assert [one["line"] for one in found[1:]] == [4, 4]  # where the id stands


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("<p><ac:blink>x</ac:blink></p>", "unknown-element", "<ac:blink>"),
        ('<p style="color: red; float: left;">x</p>', "style", "'float'"),
        ("<p style = 'color: red; float: left'>x</p>", "style", "'float'"),
        (
            "<ac:plain-text-body><![CDATA[a]]> b ]]&gt;</ac:plain-text-body>",
            "cdata",
            "outside the macro's CDATA",
        ),
        (
            "<ac:plain-text-body>a ]]&gt; <![CDATA[b]]></ac:plain-text-body>",
            "cdata",
            "outside the macro's CDATA",
        ),
        (
            '<p><ac:link><ri:page ri:content-title="Missing" /></ac:link></p>',
            "link",
            "no page 'Missing' in ENG",
        ),
    ],
)
def test_what_confluence_would_drop_is_a_warning(
    desk: Desk, text: str, code: str, said: str
) -> None:
    desk.edit(GUIDE, LINE, text)
    (found,) = findings(desk)
    assert (found["severity"], found["code"], found["line"]) == ("warning", code, 11)
    assert said in found["message"]


@pytest.mark.parametrize(
    "text",
    [
        "<p><![CDATA[<ac:blink> style='float:left']]></p><!-- <ac:blink> -->",
        "<ac:plain-text-body> <![CDATA[a]]]]><![CDATA[>b]]> </ac:plain-text-body>",
        "<ac:plain-text-body>a &lt; b</ac:plain-text-body><p>c</p>",
        "<p><code>&lt;p style='float:left'&gt;</code>, <code>p style=\"float:left\"</code></p>",
        '<p><ac:link><ri:page ri:content-title="GUIDE" /></ac:link></p>',
        '<p><ac:link><ri:page ri:space-key="OPS" ri:content-title="Missing" /></ac:link></p>',
    ],
)
def test_what_is_in_order_is_not_warned_of(desk: Desk, text: str) -> None:
    desk.edit(GUIDE, LINE, text)
    assert findings(desk) == []


def test_a_document_in_a_directory_of_no_page_is_told_and_not_one_below_a_deleted_page(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.create_page("ENG", "Ports", "<p>x</p>", parent=guide)
    desk("pull")
    desk.path("ENG/guide").rename(desk.path("ENG/nowhere"))
    (found,) = findings(desk)
    assert (found["path"], found["severity"]) == ("ENG/nowhere/ports.xhtml", "warning")
    assert found["code"] == "astray"
    assert "nothing to do" in desk("push", "--dry-run").out
    desk.path(GUIDE).unlink()
    assert findings(desk) == []


@pytest.mark.parametrize("label", ["two words", "c#", "a,b", "why?"])
def test_a_label_that_confluence_refuses_is_told_before_the_push(desk: Desk, label: str) -> None:
    configuration = desk.path(".confsync.yaml")
    configuration.write_text(configuration.read_text() + "labels: true\n")
    desk.edit(GUIDE, "title: Guide\n", f'title: Guide\nlabels: ["{label}", good-one]\n')
    (found,) = findings(desk)
    assert (found["code"], found["severity"], found["line"]) == ("label", "warning", 3)
    assert f"'{label}'" in found["message"]
    assert "the labels could not be changed" in desk("push", exit=1).out


def test_a_stamp_that_was_edited_by_hand_is_told(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    desk.edit(GUIDE, "\n  version: 1\n", "\n  version: 2\n")
    (found,) = findings(desk)
    assert (found["severity"], found["code"], found["line"]) == ("warning", "stamp", 3)
    assert found["message"] == "the stamp says v2, but its digest is that of v1"


def test_only_what_is_named_is_looked_at(desk: Desk) -> None:
    desk.edit(GUIDE, LINE, "<p>open")
    assert findings(desk, "ENG/index.xhtml") == []
    assert len(findings(desk, GUIDE, exit=1)) == 1


def test_a_name_that_was_mistyped_is_no_clean_document(desk: Desk) -> None:
    run = desk.json("check", "ENG/gudie.xhtml", exit=2)
    assert "ENG/gudie.xhtml: there is no such file" in run.err
    assert run.data["findings"] == []
    assert "0 documents" in desk("check", ".confsync.yaml").out


def test_quiet_tells_of_errors_alone(desk: Desk) -> None:
    desk.edit(GUIDE, LINE, '<p style="float: left">x</p>')
    assert desk("check", "-q") == Run(0, "", "")
    desk.edit(GUIDE, '<p style="float: left">x</p>', '<p style="float: left">open')
    run = desk("check", "-q", exit=1)
    assert run == Run(1, "", f"{GUIDE}:11:1: error: <p> is never closed\n")


def test_annotations_are_githubs(desk: Desk) -> None:
    desk.edit(GUIDE, LINE, "<p>100 % & more</p>")
    desk.path(GUIDE).rename(desk.path("ENG/a,b.xhtml"))
    run = desk("check", "--format", "github", exit=1)
    assert run.out == (
        "::error file=ENG/a%2Cb.xhtml,line=11,col=11,title=confsync malformed"
        "::not well-formed (invalid token)\n"
    )


def test_what_the_server_has_already_is_not_warned_of(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    body = '<p style="float: left">x</p><p>text</p>'
    wiki.store.create_page("ENG", "Guide", body, raw=True)
    desk = desk_at()
    assert findings(desk) == []
    desk.edit(GUIDE, "<p>text</p>", '<p style="clear: both; float: left">y</p>')
    (found,) = findings(desk)
    assert found["message"] == "Confluence drops 'clear' from a style"


def test_links_are_judged_only_where_every_title_is_known(desk: Desk) -> None:
    desk.edit(GUIDE, LINE, '<p><ac:link><ri:page ri:content-title="Missing" /></ac:link></p>')
    assert [one["code"] for one in findings(desk)] == ["link"]
    before = desk.text(".confsync.yaml")
    desk.path(".confsync.yaml").write_text(
        before.replace("key: ENG\n", "key: ENG\n  exclude: [archive]\n")
    )
    assert findings(desk) == []
    desk.path(".confsync.yaml").write_text(before)
    desk.path("ENG/missing.xhtml").write_text("---\ntitle: [\n---\n")
    assert [one["code"] for one in findings(desk, exit=1)] == ["document"]


def test_a_blog_posts_title_is_no_pages(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_post("ENG", "News", "<p>x</p>", author="Ana")
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("key: ENG\n", "key: ENG\n  blog: true\n"))
    desk("pull")
    desk.edit(GUIDE, LINE, '<p><ac:link><ri:page ri:content-title="News" /></ac:link></p>')
    assert [one["code"] for one in findings(desk)] == ["link"]


@each_git_format
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\n  version: 1\n", "\n  version: 4\n", "has the same digest with v1"),
        ("\n  digest: ", "\n  digest: 0", "has the same version with v1"),
        ("\n  parent: ", "\n  parent:  ", ""),
    ],
)
def test_git_tells_of_a_stamp_that_was_edited_where_the_cache_is_lost(
    desk: Desk, old: str, new: str, told: str
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    shutil.rmtree(desk.path(".confsync"))
    assert findings(desk) == []
    text = desk.text(GUIDE).replace(old, new)
    if "digest" in old:  # as long as it was
        text = re.sub(r"(?<=\n  digest: )(.{32}).", r"\1", text)
    desk.path(GUIDE).write_bytes(text.encode())
    found = findings(desk)
    assert [told in one["message"] for one in found if told] == [True] * bool(told)
    assert all(one["code"] == "stamp" for one in found)
    assert len(found) == bool(told)


def test_annotations_name_files_from_where_a_workflow_checked_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit(GUIDE, LINE, "<p>open")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(desk.root.parent))
    run = desk("check", "--format", "github", exit=1)
    assert run.out.startswith(f"::error file=mirror/{GUIDE},line=11,col=1,")


def test_files_are_found_in_their_mirrors_from_above(
    wiki: Sandbox,
    desk_at: Callable[..., Desk],
    guide: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = desk_at("one"), desk_at("two")
    one.edit(GUIDE, LINE, "<p>open")
    two.edit(GUIDE, LINE, "<p>open")
    (tmp_path / "other.xhtml").write_text("a JSF page")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["check", f"one/{GUIDE}", f"two/{GUIDE}", "other.xhtml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == [f"one/{GUIDE}", f"two/{GUIDE}"]
    assert lines[2] == "check: 2 errors in 2 documents"
    assert main(["check", "other.xhtml"]) == 4
    capsys.readouterr()
    assert main(["check", "one"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "check: 1 error in 2 documents"
