"""The project's files beside its code: pins, the action, the release, and the container."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from confsync.version import __version__
from tests.examples.forges import ACTION, PROJECT

EXAMPLES = PROJECT / "examples"
RELEASE = PROJECT / ".github" / "workflows" / "release.yml"
DOCKERFILE = EXAMPLES / "docker" / "Dockerfile"
# Where a version of confsync is named: of a package, of a wheel, of the action, of the hooks.
PIN = re.compile(
    r"confsync==([\w.]+)|confsync-([\d.]+)-py3|actions/confsync@v([\w.]+)"
    r"|tools/confsync\b.*\n    rev: v([\w.]+)"
)
PINNED = {
    "bulk-editing/plan.yml": 2,
    "docker/Dockerfile": 1,
    "docker/README.md": 2,
    "docs-as-code/.github/workflows/check.yml": 1,
    "docs-as-code/.github/workflows/pull.yml": 1,
    "docs-as-code/.github/workflows/push.yml": 1,
    "docs-as-code/.gitlab-ci.yml": 1,
    "docs-as-code/.pre-commit-config.yaml": 1,
    "many-spaces/.github/workflows/spaces.yml": 1,
}
# Each example, and the test that runs it.
TESTED = {
    "bulk-editing": "test_bulk_editing.py",
    "cron": "test_cron.py",
    "docker": "test_packaging.py",
    "docs-as-code": "test_docs_as_code.py",
    "many-spaces": "test_many_spaces.py",
    "retry_on_conflict.py": "test_retry_on_conflict.py",
}


def workflows() -> list[Path]:
    """Return the workflows and the action of the project, and those of the examples."""
    plan = EXAMPLES / "bulk-editing" / "plan.yml"
    return [PROJECT / ACTION, RELEASE, plan, *EXAMPLES.rglob(".github/workflows/*.yml")]


def steps(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    jobs = parsed["jobs"].values() if "jobs" in parsed else [parsed["runs"]]
    return [step for job in jobs for step in job["steps"]]


def test_each_example_has_a_test() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(TESTED)
    assert all((Path(__file__).parent / test).is_file() for test in TESTED.values())


def test_the_examples_pin_the_version_that_the_project_has() -> None:
    found = {}
    for path in EXAMPLES.rglob("*"):
        if path.is_file():
            pins = ["".join(pin) for pin in PIN.findall(path.read_text(encoding="utf-8"))]
            assert set(pins) <= {__version__}, f"{path} pins another version"
            found |= {path.relative_to(EXAMPLES).as_posix(): len(pins)} if pins else {}
    assert found == PINNED


@pytest.mark.parametrize("path", workflows(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_workflow_uses_known_actions_and_puts_nothing_into_a_script(path: Path) -> None:
    for step in steps(yaml.safe_load(path.read_text(encoding="utf-8"))):
        if "uses" in step:
            owner, _, version = step["uses"].partition("@")
            own = f"tools/confsync/{ACTION.parent}"
            allowed = owner.startswith("actions/") or owner in (own, "pypa/gh-action-pypi-publish")
            assert allowed, step
            assert re.fullmatch(r"v\d+(\.\d+)*|release/v1", version), step
        else:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "an expression in a script runs what others wrote"
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def test_the_action_gives_the_token_only_to_steps_that_need_it() -> None:
    action = yaml.safe_load((PROJECT / ACTION).read_text(encoding="utf-8"))
    with_token = {step["name"] for step in steps(action) if "CONFSYNC_TOKEN" in step.get("env", {})}
    assert with_token == {"Push the pages", "Pull the pages"}
    used = set(re.findall(r"inputs\.([\w-]+)", (PROJECT / ACTION).read_text(encoding="utf-8")))
    assert used == set(action["inputs"]), "an input without a use, or without a description"
    assert all(one["description"] for one in action["inputs"].values())


def script(parsed: dict[str, Any], name: str) -> str:
    (text,) = (step["run"] for step in steps(parsed) if step.get("name") == name)
    return str(text)


def test_the_action_refuses_a_command_that_it_does_not_have() -> None:
    action = yaml.safe_load((PROJECT / ACTION).read_text(encoding="utf-8"))
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script(action, "Install")],
        env={"PATH": "/usr/bin:/bin", "COMMAND": "pusch", "PACKAGE": "none"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == "::error::confsync: 'command' is check, push or pull, not 'pusch'\n"


def test_a_release_is_built_tried_and_published_without_a_token() -> None:
    release = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))
    assert release[True] == {"push": {"tags": ["v*"]}}  # YAML reads 'on' as true
    jobs = release["jobs"]
    assert jobs["test"]["needs"] == "build"
    assert jobs["publish"]["needs"] == ["build", "test"]
    assert release["permissions"] == {"contents": "read"}
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == [
        "publish"
    ]
    assert all("run" not in step for step in jobs["publish"]["steps"])
    assert "secrets." not in RELEASE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("tag", "code"), [(f"v{__version__}", 0), ("v99.0", 1), ("", 1)])
def test_a_tag_that_is_not_the_version_is_not_released(tag: str, code: int) -> None:
    release = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script(release, "Compare the tag with the version")],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code
    assert done.stdout.startswith("::error::") is bool(code)


def test_what_was_installed_is_tried(tmp_path: Path) -> None:
    """The last step of a release's test, with this Python in place of the new environment."""
    release = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))
    tools = tmp_path / "fresh" / "bin"
    tools.mkdir(parents=True)
    (tools / "activate").write_text(f'PATH="{tools}:$PATH"\n')
    (tools / "confsync").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m confsync "$@"\n')
    (tools / "confsync").chmod(0o755)
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script(release, "Try it")],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"version {__version__}" in done.stdout
    assert "Nothing was lost." in done.stdout
    assert "tutorial" in (tmp_path / "help.txt").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with its lines put together."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def test_the_container_has_what_confsync_needs_and_no_rights() -> None:
    found = instructions()
    named = dict(found)
    assert [name for name, _ in found] == [
        *("FROM", "RUN", "ARG", "WORKDIR", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD")
    ]
    python = re.fullmatch(r"python:(\d+)\.(\d+)-slim", named["FROM"])
    assert python and (int(python[1]), int(python[2])) >= (3, 11)
    runs = [rest for name, rest in found if name == "RUN"]
    assert "ca-certificates git" in runs[0]
    assert '"$CONFSYNC"' in runs[1]
    assert named["ARG"] == f"CONFSYNC=confsync=={__version__}"
    assert named["USER"] != "root"
    assert named["ENTRYPOINT"] == '["confsync"]'
    for run in runs:
        subprocess.run(["bash", "-n", "-c", re.sub(r"^--mount=\S+", "", run)], check=True)


def test_the_commands_for_the_container_are_well_formed() -> None:
    text = (DOCKERFILE.parent / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    subprocess.run(["bash", "-n", "-c", block], check=True)
    commands = re.sub(r"\\\n\s*", "", block).splitlines()
    assert commands[0] == "docker build --tag confsync examples/docker"
    for command in commands[1:]:
        assert command.startswith("docker run --rm --user "), command
        assert re.search(r' --volume "\$PWD:/mirror" ', command), command
        assert "CONFSYNC_TOKEN=" not in command, "a token in a command line is seen by everybody"
    if docker := shutil.which("docker"):
        for given in ("build", "run"):
            shown = subprocess.run([docker, given, "--help"], capture_output=True, check=False)
            if shown.returncode == 0:
                known = set(re.findall(r"--[\w-]+", shown.stdout.decode()))
                used = {
                    option
                    for command in commands
                    if command.startswith(f"docker {given}")
                    for option in re.findall(r"--[\w-]+", command)
                }
                assert used <= known
