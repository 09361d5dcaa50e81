"""The examples of bulk editing, over many pages, each first as a dry run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, desk_at, writes

__all__ = ["desk_at"]

EXAMPLES = Path(__file__).parents[2] / "examples" / "bulk-editing"
PAGES = 60
HEADING = "<h2>Contacts</h2>"
CHART = '<ac:structured-macro ac:name="app-chart"><ac:parameter ac:name="n">1</ac:parameter>' + (
    "</ac:structured-macro>"
)
BOX = (
    '<ac:structured-macro ac:name="app-box"><ac:rich-text-body><p>boxed</p></ac:rich-text-body>'
    "</ac:structured-macro>"
)
ADDED = re.compile(' ac:(?:schema-version|macro-id)="[^"]*"')
PANEL = (
    '<ac:structured-macro ac:name="{name}"><ac:rich-text-body><p>a&nbsp;b &ouml; &lt;</p>'
    "</ac:rich-text-body></ac:structured-macro>"
    '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[curl old.example.com &&]]>'
    "</ac:plain-text-body></ac:structured-macro><p>one<br />two</p>"
    '<p><ac:link><ri:page ri:content-title="Page 1" /></ac:link></p>'
)


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a space of many pages: panels, an app's macros, labels, and a host in each."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        with sandbox.store.batch():
            for n in range(PAGES):
                body = f"<p>see https://old.example.com/a?b={n}&amp;c</p>"
                body += PANEL.format(name="info") if n % 3 == 0 else ""
                body += f"{CHART}{BOX}" if n % 3 == 1 else ""
                body += f"{HEADING}<p>Ana</p>"
                page = sandbox.store.create_page("ENG", f"Page {n}", body, author="Ana")
                if n % 10 == 0:
                    sandbox.store.add_labels(page.id, ["runbook"])
        yield sandbox


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a mirror of it, committed."""
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("labels: true\n")
    desk("pull")
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    wiki.clear_requests()
    return desk


def run(wiki: Sandbox, where: Path, *command: str, given: str = "") -> str:
    """Run an example, which must succeed. Return what it prints."""
    tools = Path(sys.executable).parent
    done = subprocess.run(
        command,
        cwd=where,
        env={
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "CONFSYNC_USER": wiki.user,
            "CONFSYNC_TOKEN": wiki.token,
        },
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def bodies(wiki: Sandbox) -> dict[str, tuple[int, str]]:
    """Version and body of each page but the home page, by title, without what the server adds."""
    pages = (page for page in wiki.store.pages("ENG") if page.parent_id)
    return {page.title: (page.version, ADDED.sub("", page.body)) for page in pages}


def example(wiki: Sandbox, desk: Desk, name: str, *words: str) -> str:
    """Run an example, which must send nothing. Return what it prints."""
    before = bodies(wiki)
    told = run(wiki, desk.root, str(EXAMPLES / name), *words)
    assert bodies(wiki) == before
    assert writes(wiki) == []
    return told


def pushed(wiki: Sandbox, desk: Desk) -> dict[str, str]:
    """Push the edits. Return the bodies of the pages with a new version."""
    before = bodies(wiki)
    desk("push", "-m", "in bulk")
    after = bodies(wiki)
    assert "clean" in desk("status").out
    return {title: body for title, (v, body) in after.items() if v == before[title][0] + 1}


def test_a_macro_has_another_name(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    told = example(wiki, desk, "rename_macro.sh", "info", "note")
    assert f"push --dry-run: {PAGES // 3} updated" in told
    assert "check: nothing found" in told
    after = pushed(wiki, desk)
    assert after == {
        title: body.replace('"info"', '"note"')
        for title, (_, body) in before.items()
        if '"info"' in body
    }
    assert len(after) == PAGES // 3


def test_a_host_has_another_name_outside_code(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    told = example(wiki, desk, "replace_host.sh", "old.example.com", "new.example.com")
    assert f"push --dry-run: {PAGES} updated" in told
    assert told.count("curl old.example.com") == PAGES // 3  # told, and left alone
    code = "<![CDATA[curl old.example.com"
    assert pushed(wiki, desk) == {
        title: body.replace("old.example.com", "new.example.com").replace(
            code.replace("old", "new"), code
        )
        for title, (_, body) in before.items()
    }


def test_links_follow_a_page_that_was_moved(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    told = example(wiki, desk, "repoint_links.sh", "Page 1", "DOCS:Page 1")
    assert f"push --dry-run: {PAGES // 3} updated" in told
    old = 'ri:content-title="Page 1"'
    assert pushed(wiki, desk) == {
        title: body.replace(old, f'{old} ri:space-key="DOCS"')
        for title, (_, body) in before.items()
        if old in body
    }


def test_the_macros_of_a_retired_app_go(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    told = example(wiki, desk, "remove_macros.sh", "app-*")
    assert f"push --dry-run: {PAGES // 3} updated" in told
    assert pushed(wiki, desk) == {
        title: body.replace(CHART, "").replace(BOX, "<p>boxed</p>")
        for title, (_, body) in before.items()
        if BOX in body
    }


def test_a_notice_stands_under_a_heading_of_pages_with_a_label(
    wiki: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    before = bodies(wiki)
    notice = tmp_path / "notice.xhtml"
    notice.write_text('<ac:structured-macro ac:name="tip" /><p>New &amp; true</p>\n')
    told = example(wiki, desk, "add_notice.sh", "runbook", "Contacts", str(notice))
    assert f"push --dry-run: {PAGES // 10} updated" in told
    assert pushed(wiki, desk) == {
        f"Page {n}": before[f"Page {n}"][1].replace(HEADING, HEADING + notice.read_text().strip())
        for n in range(0, PAGES, 10)
    }


def test_pages_by_their_ids_with_the_library(wiki: Sandbox) -> None:
    before = bodies(wiki)
    some = [p.id for p in wiki.store.pages("ENG")]
    script = str(EXAMPLES / "replace_on_pages.py")
    command = (sys.executable, script, wiki.url, "old.example.com", "new.example.com")
    told = run(wiki, EXAMPLES, *command, given="\n".join(some))
    assert told.count("would change") == PAGES  # the home page names no host
    assert bodies(wiki) == before

    colleague = iter([lambda: wiki.store.edit(some[5], "<p>old.example.com, hers</p>")])

    def meanwhile(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(some[5]):
            for edit in colleague:
                edit()

    wiki.faults.before = meanwhile
    told = run(wiki, EXAMPLES, *command, "--write", given="\n".join(some))
    assert told.count("\n") == PAGES
    page = wiki.store.page(some[5])
    assert (page.version, page.body) == (3, "<p>new.example.com, hers</p>")
    assert sum("new.example.com" in body for _, body in bodies(wiki).values()) == PAGES


# -- the workflow with a plan ----------------------------------------------------------------------

WORKFLOW = yaml.safe_load((EXAMPLES / "plan.yml").read_text(encoding="utf-8"))


def checkout(origin: Path, to: Path, branch: str) -> Path:
    """Clone a branch, with the whole history, as the first step of each job does."""
    subprocess.run(["git", "clone", "-q", "-b", branch, str(origin), str(to)], check=True)
    return to


def job(wiki: Sandbox, name: str, workspace: Path, artefacts: Path, exit: int = 0) -> str:
    """Run the commands of a job but for pip's, as a runner does. Return what they print."""
    gh = workspace.parent / "bin" / "gh"
    gh.parent.mkdir(exist_ok=True)
    gh.write_text(f'#!/bin/sh\n[ "$1 $2 $3" = "run download --name" ] && cp {artefacts}/* .\n')
    gh.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{gh.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CONFSYNC_URL": wiki.url,
        "CONFSYNC_USER": wiki.user,
        "CONFSYNC_TOKEN": wiki.token,
        "GITHUB_STEP_SUMMARY": str(workspace.parent / "summary"),
        "PLAN": "plan-1",
        "TITLE": "We have notes",
    }
    printed, code = "", 0
    for step in WORKFLOW["jobs"][name]["steps"]:
        script = step.get("run", "")
        if script and "pip install" not in script and not code:
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
                cwd=workspace / step.get("working-directory", "."),
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
            )
            printed, code = printed + done.stdout, done.returncode
    for name in ("plan.json", "plan.html"):
        if (workspace / name).exists():
            artefacts.mkdir(exist_ok=True)
            shutil.copy(workspace / name, artefacts)
    assert code == exit, printed
    return printed


@pytest.mark.parametrize("ana", [False, True])
def test_a_merge_applies_exactly_the_plan_of_its_pull_request(
    wiki: Sandbox, desk_at: Callable[..., Desk], tmp_path: Path, ana: bool
) -> None:
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
    desk = desk_at("ours/docs")
    repository = Desk(desk.root.parent, desk._capsys)
    repository.git("init", "-q", "-b", "main")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "pulled")
    repository.git("remote", "add", "origin", str(origin))
    repository.git("push", "-q", "origin", "main")
    repository.git("switch", "-qc", "notes")
    desk("replace", "--macro", "info", "--to", "note", "ENG/page-0.xhtml", "ENG/page-3.xhtml")
    repository.git("commit", "-qam", "Notes")
    repository.git("push", "-q", "origin", "notes")
    before, artefacts = bodies(wiki), tmp_path / "artefacts"

    told = job(wiki, "plan", checkout(origin, tmp_path / "run-1", "notes"), artefacts)
    assert "push --dry-run: 2 updated" in told
    assert "2 updated" in (tmp_path / "summary").read_text()
    assert "note" in (artefacts / "plan.html").read_text()
    assert bodies(wiki) == before

    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-edit", "notes")
    repository.git("push", "-q", "origin", "main")
    if ana:
        page = next(page for page in wiki.store.pages("ENG") if page.title == "Page 3")
        wiki.store.edit(page.id, "<p>hers</p>", author="Ana Lima")
    at = checkout(origin, tmp_path / "run-2", "main")
    told = job(wiki, "apply", at, artefacts, exit=int(ana))
    after = bodies(wiki)
    changed = {title for title in after if after[title] != before[title]}
    assert changed == {"Page 0", "Page 3"}
    assert 'ac:name="note"' in after["Page 0"][1]
    assert (after["Page 3"][1] == "<p>hers</p>") is ana
    assert ("[rejected]  ENG/page-3.xhtml" in told and "Ana Lima" in told) is ana
    # The new stamps are on the branch.
    then = Desk(checkout(origin, tmp_path / "later", "main") / "docs", desk._capsys)
    assert "Page 0" not in then("push", "--dry-run", exit=int(ana)).out
