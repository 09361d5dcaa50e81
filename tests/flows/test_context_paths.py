"""A whole flow over sandboxes with other context paths, as `--context` makes them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from confsync.commands.setup.sandbox import Options, open_sandbox
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet

SERVED = [("datacenter", ""), ("datacenter", "/conf"), ("datacenter", "/a/b.c"), ("cloud", "")]
OWNERS = "OPS/service-catalogue-owners.xhtml"


@pytest.fixture(params=SERVED, ids=str)
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield the demo space below a context path."""
    flavor, context = request.param
    with open_sandbox(Options(flavor=flavor, context=context)) as sandbox:
        yield sandbox
        check_requests(sandbox)


def test_a_clone_an_edit_a_push_and_a_pull(wiki: Sandbox, desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(clone="OPS")
    assert f"url: {wiki.url}\n" in desk.text(".confsync.yaml")
    before = desk.text(OWNERS)
    desk.path(OWNERS).write_bytes(before.replace("<p>", "<p>Mine. ", 1).encode())
    desk("push")
    (page,) = [row for row in wiki.store.pages("OPS") if "Mine. " in row.body]
    wiki.store.edit(page.id, page.body.replace("Mine. ", "Yours. "))
    desk("pull")
    assert "<p>Yours. " in desk.text(OWNERS)
    quiet(wiki, desk)


def test_the_option_reaches_the_server() -> None:
    options = ["--port", "0", "--flavor", "datacenter", "--context", ""]
    with subprocess.Popen(
        [sys.executable, "-m", "confsync", "sandbox", *options],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as served:
        assert served.stdout
        told = [served.stdout.readline() for _ in range(6)]
        served.terminate()
    url = told[0].split()[3]
    assert url.count("/") == 2
    assert told[1].split()[-1] == f"{url}/"
    assert told[4].split() == ["confsync", "clone", f"{url}/spaces/OPS"]


@pytest.mark.parametrize("context", ["conf", "/conf/", "/", "/a//b", "/../b", "/<x>", "/a b"])
def test_an_impossible_path_is_refused(desk_at: Callable[..., Desk], context: str) -> None:
    desk = desk_at(clone=None)
    run = desk("sandbox", "--flavor", "datacenter", "--context", context, exit=2)
    assert f"--context {context}: a context path is like /confluence, or empty" in run.err


def test_a_cloud_has_its_own_path(desk_at: Callable[..., Desk]) -> None:
    run = desk_at(clone=None)("sandbox", "--context", "/conf", exit=2)
    assert "--context /conf: a Cloud site has /wiki" in run.err
