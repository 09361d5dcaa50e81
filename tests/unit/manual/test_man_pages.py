"""Man pages, made of the pages of the manual."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from confsync.cli.manual.man_pages import man_pages
from confsync.cli.manual.topics import topics


def test_each_page_of_the_manual_has_its_man_page(manual: Path) -> None:
    assert sorted(man_pages()) == [
        "man1/confsync-push.1",
        "man1/confsync.1",
        "man7/confsync-ci.7",
        "man7/confsync-conflicts.7",
        "man7/confsync-safety.7",
        "man7/confsync-stamp.7",
        "man7/confsync-tutorial.7",
    ]


def test_a_man_page_says_what_the_page_says(manual: Path) -> None:
    lines = man_pages()["man7/confsync-conflicts.7"].split("\n")
    assert lines[0].startswith('.TH "CONFSYNC-CONFLICTS" "7" "" "confsync ')
    assert lines[1:4] == [".SH NAME", "confsync\\-conflicts \\- Conflicts", ".SH DESCRIPTION"]
    assert ".SH BOTH SIDES CHANGED THE TITLE" in lines
    table = lines.index("both texts")
    command = "\\fBconfsync pull \\-\\-merge ENG/guide.xhtml\\fR"
    assert lines[table - 1 : table + 2] == [".TP", "both texts", f"type: {command}"]
    assert "$ confsync status \\-\\-remote" in lines
    assert ".IP 2. 4" in lines
    assert "inner, with a \\(aqquote\\(aq, a \\e and \\(ti/.netrc" in lines
    assert "\\&.dotted" in lines
    assert "\\&.plain {" in lines
    assert any("the stamp (\\fBconfsync help stamp\\fR)" in line for line in lines)


def test_a_command_s_man_page_has_its_summary(manual: Path) -> None:
    text = man_pages()["man1/confsync-push.1"]
    assert "\nconfsync\\-push \\- Send edited pages back" in text


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
def test_groff_has_nothing_against_any_of_them(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "confsync.cli.manual", "man", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""
    pages = sorted(tmp_path.rglob("confsync*"))
    assert len(pages) == len(topics())
    lint = [*("groff", "-K", "utf8", "-man", "-T", "utf8", "-ww", "-z"), *map(str, pages)]
    done = subprocess.run(lint, capture_output=True, text=True, check=False)
    warnings = re.sub(r"^.*cannot (break|adjust) line.*$\n?", "", done.stderr, flags=re.MULTILINE)
    assert (done.returncode, warnings) == (0, "")
