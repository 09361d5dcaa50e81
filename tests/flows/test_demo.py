"""The demo and the sandbox command, as a newcomer runs them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import requests


def confsync(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "confsync", *arguments],
        cwd=cwd,
        env={**os.environ, **more},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_the_demo_tells_its_story_and_can_be_gone_on_with(tmp_path: Path) -> None:
    done = confsync("demo", str(tmp_path / "demo"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    commands = re.findall(r"^\$ confsync (\w+)", done.stdout, re.MULTILINE)
    assert commands == [
        "clone", "status", "diff", "push", "push", "diff", "pull", "diff", "push",
    ]  # fmt: skip
    assert " ! [rejected]  OPS/deployment-guide.xhtml" in done.stdout
    assert "(exit code 1)" in done.stdout
    assert "Nothing was lost." in done.stdout
    again = confsync("demo", str(tmp_path / "demo"), cwd=tmp_path)
    assert again.returncode == 4
    assert "not empty" in again.stderr

    data = str(tmp_path / "demo" / "confluence.sqlite")
    served = subprocess.Popen(
        [sys.executable, "-m", "confsync", "sandbox", "--port", "0", "--data", data],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert served.stdout is not None
        first = served.stdout.readline()
        url = re.findall(r"http://127\.0\.0\.1:\d+/wiki", first)[0]
        mirror = tmp_path / "demo" / "OPS"
        config = mirror / ".confsync.yaml"
        config.write_text(re.sub(r"http://127\.0\.0\.1:\d+/wiki", url, config.read_text()))
        credentials = {
            "CONFSYNC_USER": "me@example.com",
            "CONFSYNC_TOKEN": "sandbox-token-5e0c7b1d93",
        }
        status = confsync("status", "--remote", cwd=mirror, **credentials)
        assert status.stdout == "clean: 16 pages\n", status.stderr
        with urllib.request.urlopen(url.removesuffix("/wiki") + "/") as page:
            assert "Platform Operations" in page.read().decode()
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=10)
    assert served.returncode == 0


def test_the_sandbox_looks_like_a_data_center_when_asked(tmp_path: Path) -> None:
    served = subprocess.Popen(
        [sys.executable, "-m", "confsync", "sandbox", "--port", "0", "--flavor", "datacenter"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert served.stdout is not None
        told = ""
        while "^C ends it" not in told:
            line = served.stdout.readline()
            assert line, f"the sandbox ended: {told}"
            told += line
        credentials = dict(re.findall(r"(CONFSYNC_\w+)=(\S+)", told))
        (url,) = re.findall(r"confsync clone (\S+)", told)
        cloned = confsync("clone", url, "docs", cwd=tmp_path, **credentials)
        assert cloned.returncode == 0, cloned.stderr
        assert "flavor: datacenter\n" in (tmp_path / "docs" / ".confsync.yaml").read_text()
        (browser,) = re.findall(r"as the colleague:  (\S+)", told)
        assert "/confluence" not in browser
        with urllib.request.urlopen(browser) as page:
            assert "Platform Operations" in page.read().decode()
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=10)
    assert served.returncode == 0


def test_the_sandbox_can_lag_and_lack_parts() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "confsync", "sandbox", "--port=0", "--no-v1", "--search-lag=60"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as served:
        assert served.stdout is not None
        url = served.stdout.readline().split()[3]
        ask = requests.Session()
        ask.auth = ("me@example.com", "sandbox-token-5e0c7b1d93")
        assert ask.get(f"{url}/rest/api/content", timeout=30).status_code == 410
        (space,) = ask.get(f"{url}/api/v2/spaces", timeout=30).json()["results"]
        given = {"title": "New", "spaceId": space["id"]}
        made = ask.post(f"{url}/api/v2/pages", json=given, timeout=30)
        found = ask.get(f"{url}/rest/api/content/search?cql=title=New", timeout=30).json()
        served.terminate()
    assert (made.status_code, found["totalSize"]) == (200, 0)


def test_no_arguments_explain_themselves(tmp_path: Path) -> None:
    done = confsync(cwd=tmp_path)
    assert done.returncode == 2
    assert "Commands:" in done.stdout
    version = confsync("--version", cwd=tmp_path)
    assert version.stdout.startswith("confsync, version ")


def test_credentials_come_from_netrc_too(tmp_path: Path) -> None:
    from confsync.sandbox import Sandbox

    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        netrc = Path(os.environ["NETRC"])
        netrc.write_text(f"machine 127.0.0.1 login {sandbox.user} password {sandbox.token}\n")
        netrc.chmod(0o600)
        done = confsync("clone", f"{sandbox.url}/spaces/ENG", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert sandbox.token not in done.stdout + done.stderr
        for path in (tmp_path / "ENG").rglob("*"):
            assert not path.is_file() or sandbox.token.encode() not in path.read_bytes()
