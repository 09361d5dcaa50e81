"""Runs the jobs of workflow files as GitHub and GitLab do: each step that is in them, with bash.

What a forge does itself is done here: it checks out, substitutes expressions, keeps artefacts and
opens changes. Each command of a job is the file's own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from confsync.version import __version__
from tests.examples.packages import environment

PROJECT = Path(__file__).parents[2]
ACTION = Path(".github/actions/confsync/action.yml")  # in the project
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True)
class Job:
    """The end of a job. `artefacts` are the files that it kept, by name."""

    ok: bool
    log: str
    artefacts: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """A run of a workflow, or of an action inside one, while it goes on."""

    workspace: Path
    branch: str
    commit: str
    log: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=directory, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()


class Forge:
    """A bare repository, and what belongs to it. `secrets` are the variables of its settings."""

    files: tuple[str, ...]

    def __init__(self, root: Path, tools: Path, secrets: Mapping[str, str]) -> None:
        self.root = root
        self.origin = root / "origin.git"
        self.secrets = secrets
        self._tools = tools
        self._runs = 0
        root.mkdir()
        git(root, "init", "-q", "--bare", "-b", "main", "origin.git")

    def changes(self) -> list[dict[str, str]]:
        """Return the changes that wait for a review: title and, where told, body."""
        raise NotImplementedError

    def run(self, name: str, branch: str = "main", commit: str = "") -> Job:
        """One job, for a push to a branch, a change that comes from it, or a schedule.

        `commit` is the one that started it, also if the branch has moved on since.
        """
        raise NotImplementedError

    def _workspace(self) -> Path:
        self._runs += 1
        path = self.root / f"run-{self._runs}"
        path.mkdir()
        return path

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return a runner's environment: only the tools, and the packages that they have."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("GIT_CONFIG_NOSYSTEM", "LANG"))
        }
        tools = [self._tools / "cache", self._tools / "bin", self.root / "bin"]
        path = ":".join([*map(str, tools), "/usr/local/bin:/usr/bin:/bin"])
        own = {"PATH": path, "HOME": str(self.root / "home"), "CI": "true", "PIP_NO_INDEX": "1"}
        return {**kept, **own, **more}

    def _bash(self, script: str, where: Path, environment: Mapping[str, str]) -> tuple[bool, str]:
        (self.root / "home").mkdir(exist_ok=True)
        file = self.root / "step.sh"
        file.write_text(script)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)],
            cwd=where,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return done.returncode == 0, done.stdout


class GitHub(Forge):
    """Its workflows are files of their own; a change is opened with its command, `gh`."""

    files = (".github/workflows",)

    def __init__(self, root: Path, tools: Path, secrets: Mapping[str, str]) -> None:
        super().__init__(root, tools, secrets)
        (root / "bin").mkdir()
        (root / "changes").mkdir()
        (root / "bin" / "gh").write_text(_GH.format(state=root / "changes"))
        (root / "bin" / "gh").chmod(0o755)

    def changes(self) -> list[dict[str, str]]:
        found = sorted((self.root / "changes").iterdir())
        return [
            {"title": (one / "title").read_text(), "body": (one / "body").read_text()}
            for one in found
        ]

    def run(self, name: str, branch: str = "main", commit: str = "") -> Job:
        text = git(self.origin, "show", f"{branch}:.github/workflows/{name}.yml")
        (job,) = yaml.safe_load(text)["jobs"].values()
        started = commit or git(self.origin, "rev-parse", branch)
        run = Run(self._workspace(), branch, started)
        ok = self._take(job["steps"], run)
        return Job(ok, run.log, run.kept)

    def _take(self, steps: Sequence[Mapping[str, Any]], run: Run) -> bool:
        """Take the steps of a job or of an action. Return whether all of them went well."""
        ok = True
        for step in steps:
            if self._is_wanted(str(step.get("if", "")), ok, run):
                ok = (self._type(step, run) if "run" in step else self._use(step, run)) and ok
        return ok

    def _is_wanted(self, condition: str, ok: bool, run: Run) -> bool:
        """Return what a condition says: terms with `&&`, and after a failure not without a word."""
        terms = condition.removeprefix("${{").removesuffix("}}").split("&&") if condition else []
        for term in [term.strip() for term in terms]:
            if term == "!cancelled()":
                ok = True
            else:
                value, _, text = term.partition(" == ")
                if self._evaluated(f"${{{{ {value} }}}}", run) != text.strip("'"):
                    return False
        return ok

    def _type(self, step: Mapping[str, Any], run: Run) -> bool:
        assert step["shell"] == "bash"
        common = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(run.workspace),
            "GITHUB_REF_NAME": run.branch,
        }
        given = {**common, **self._given(step.get("env", {}), run)}
        where = run.workspace / self._evaluated(step.get("working-directory", "."), run)
        assert "${{" not in step["run"], "a value that is put into a script can be a command"
        good, out = self._bash(step["run"], where, self._environment(given))
        run.log += f"# {step['name']}\n{out}"
        return good

    def _use(self, step: Mapping[str, Any], run: Run) -> bool:
        """Do what an action of the workflows does; an unknown action fails the test."""
        action, _, version = step["uses"].partition("@")
        given = self._given(step.get("with", {}), run)
        if action == "actions/checkout":
            depth = int(given.get("fetch-depth", 1))
            options = [f"--depth={depth}"] if depth else []
            git(run.workspace, "clone", "-q", *options, "--no-checkout", self.origin.as_uri(), ".")
            detached = [] if "ref" in given else ["--detach"]
            git(run.workspace, "checkout", "-q", *detached, given.get("ref", run.commit))
            return True
        if action == "actions/upload-artifact":
            path = run.workspace / given["path"]
            if path.exists():
                run.kept[given["name"]] = path.read_text()
            return path.exists()
        if action == "actions/setup-python":
            return True
        assert (action, version) == (f"tools/confsync/{ACTION.parent}", f"v{__version__}")
        made = yaml.safe_load((PROJECT / ACTION).read_text())
        assert made["runs"]["using"] == "composite"
        assert set(given) <= set(made["inputs"]), "an input that the action does not have"
        inputs = {name: one.get("default", "") for name, one in made["inputs"].items()}
        inside = Run(run.workspace, run.branch, run.commit, kept=run.kept)
        inside.inputs = {**inputs, **given, "package": self.secrets["CONFSYNC"]}
        good = self._take(made["runs"]["steps"], inside)
        run.log += inside.log
        return good

    def _given(self, names: Mapping[str, str], run: Run) -> dict[str, str]:
        return {name: self._evaluated(str(value), run) for name, value in names.items()}

    def _evaluated(self, text: str, run: Run) -> str:
        known = {"github.ref_name": run.branch, "github.token": "a-token-of-the-forge"}
        known |= {f"vars.{name}": value for name, value in self.secrets.items()}
        known |= {f"secrets.{name}": value for name, value in self.secrets.items()}
        known |= {f"inputs.{name}": value for name, value in run.inputs.items()}
        return _EXPRESSION.sub(lambda found: known[found[1]], text)


class GitLab(Forge):
    """All its jobs are in one file; a change is opened by the options of a push."""

    files = (".gitlab-ci.yml",)

    def __init__(self, root: Path, tools: Path, secrets: Mapping[str, str]) -> None:
        super().__init__(root, tools, secrets)
        git(self.origin, "config", "receive.advertisePushOptions", "true")
        hook = self.origin / "hooks" / "post-receive"
        hook.write_text(_POST_RECEIVE.format(log=root / "options"))
        hook.chmod(0o755)

    def changes(self) -> list[dict[str, str]]:
        log = self.root / "options"
        pushes = log.read_text().split("\n\n") if log.exists() else []
        found = [dict(re.findall(r"^merge_request\.(\w+)(?:=(.*))?$", one, re.M)) for one in pushes]
        opened = [one for one in found if "create" in one]
        return opened[-1:]  # of one branch there is one at a time; a later push updates it

    def run(self, name: str, branch: str = "main", commit: str = "") -> Job:
        config = yaml.safe_load(git(self.origin, "show", f"{branch}:.gitlab-ci.yml"))
        job = {**config[config[name]["extends"]], **config[name]}
        workspace = self._workspace()
        variables = {str(key): str(value) for key, value in config["variables"].items()}
        self._fetch(workspace, commit or branch, int(variables["GIT_DEPTH"]))
        given = {
            **variables,
            **self.secrets,
            "GITLAB_CI": "true",
            "CI_PROJECT_DIR": str(workspace),
            "CI_COMMIT_BRANCH": branch,
            "CI_DEFAULT_BRANCH": "main",
        }
        script = "\n".join([*job["before_script"], *job["script"]])
        ok, log = self._bash(script, workspace, self._environment(given))
        kept = job.get("artifacts")
        if not kept or (not ok and kept["when"] != "always"):
            return Job(ok, log)
        (path,) = (workspace / one for one in kept["paths"])
        return Job(ok, log, {kept["expose_as"]: path.read_text()} if path.exists() else {})

    def _fetch(self, workspace: Path, commit: str, depth: int) -> None:
        """As the runner does: the commit that started the job, on no branch."""
        git(workspace, "init", "-q")
        git(workspace, "remote", "add", "origin", self.origin.as_uri())
        options = [f"--depth={depth}"] if depth else []
        git(workspace, "fetch", "-q", *options, "origin")
        git(workspace, "checkout", "-q", "--detach", git(self.origin, "rev-parse", commit))


FORGES = {"github": GitHub, "gitlab": GitLab}


def installed(project: Path, at: Path) -> tuple[Path, Path]:
    """Return a Python for the runners, and the project as a wheel that they install."""
    python = environment(at / "venv")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(at / "wheel")]
    subprocess.run([str(python), "-m", "pip", "wheel", *options, str(project)], check=True)
    (wheel,) = (at / "wheel").glob("*.whl")
    (at / "venv" / "cache").mkdir()
    remembers = at / "venv" / "cache" / "python"
    remembers.write_text(
        _PYTHON.format(python=python, wheel=wheel, program=python.parent / "confsync")
    )
    remembers.chmod(0o755)
    return at / "venv", wheel


_PYTHON = """#!/bin/sh
# The first job installs the wheel. pip needs more than a second to see that the next ones have it.
if [ "$*" = '-m pip install --quiet {wheel}' ] && [ -x '{program}' ]; then exit 0; fi
exec '{python}' "$@"
"""

_GH = """#!/bin/bash
# As much of GitHub's command as a workflow needs: one change for each branch that is open.
what=$2; shift 2
if [ "$what" = edit ]; then head=$1; shift; fi
while [ $# -gt 0 ]; do
  case $1 in
    --base) base=$2 ;;
    --head) head=$2 ;;
    --title) title=$2 ;;
    --body) body=$2 ;;
    *) echo "unknown flag: $1" >&2; exit 1 ;;
  esac
  shift 2
done
[ -n "$GH_TOKEN" ] || {{ echo "gh: no token" >&2; exit 4; }}
at={state}/${{head//\\//-}}
if [ "$what" = create ] && [ -d "$at" ]; then
  echo "a pull request for branch \\"$head\\" into branch \\"$base\\" already exists" >&2
  exit 1
fi
mkdir -p "$at"
printf %s "$title" > "$at/title"
printf %s "$body" > "$at/body"
"""

_POST_RECEIVE = """#!/bin/sh
i=0
while [ $i -lt "${{GIT_PUSH_OPTION_COUNT:-0}}" ]; do
  eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >> {log}
  i=$((i + 1))
done
echo >> {log}
"""
