"""The command `demo`: the whole story on the sandbox, with commands that really run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.commands.setup.sandbox import Options, open_sandbox
from confsync.errors import ConfsyncError, FileError

if TYPE_CHECKING:
    from confsync.sandbox import Sandbox

GUIDE = "OPS/deployment-guide.xhtml"
COLLEAGUE = "Ana Lima"

Tell = Callable[[str], None]


class DemoError(ConfsyncError):
    """A command of the story failed, or did something else than the story says."""

    code = "demo"


def demo(directory: Path | None, *, tell: Tell) -> None:
    """Tell the story in `directory` (new or empty), or in a temporary directory.

    Raise UsageError, FileError, DemoError.
    """
    base = directory or Path(tempfile.mkdtemp(prefix="confsync-demo-"))
    if base.exists() and any(base.iterdir()):
        raise FileError(f"{base} exists and is not empty", hint="name a new directory")
    base.mkdir(parents=True, exist_ok=True)
    state = base / "confluence.sqlite"
    with open_sandbox(Options(data=str(state))) as sandbox:
        credentials = {"URL": sandbox.url, "USER": sandbox.user, "TOKEN": sandbox.token}
        story = _Story(base / "OPS", credentials, tell)
        story.title("A Confluence look-alike runs on this machine. You clone one of its spaces.")
        story.run("clone", f"{sandbox.url}/spaces/OPS", "OPS", where=base)
        _push(story)
        page_id, theirs = _edit_meanwhile(story, sandbox)
        _be_refused(story)
        if sandbox.store.page(page_id).body != theirs:
            raise DemoError("the colleague's edit is gone")
        _merge(story)
        final = sandbox.store.page(page_id)
        if "<p>8081</p>" not in final.body or "about two minutes" not in final.body:
            raise DemoError("one of the two edits is gone")
        tell(f"\nBoth edits are on the server, as v{final.version}. Nothing was lost.")
        _go_on(base, state, sandbox.url, tell)


def _push(story: _Story) -> None:
    story.title("You edit a page with any editor, look at what you did, and push it.")
    story.edit("09:00 to 16:00 UTC", "09:00 to 17:00 UTC")
    story.run("status")
    story.run("diff")
    story.run("push", "-m", "One more hour for deployments")


def _edit_meanwhile(story: _Story, sandbox: Sandbox) -> tuple[str, str]:
    """Edit the page on both sides. Return its id, and its body after the colleague's edit."""
    story.title(f"Now {COLLEAGUE} edits the same page in the browser, and you do not know it.")
    page = next(p for p in sandbox.store.pages("OPS") if p.title == "Deployment guide")
    theirs = page.body.replace("<p>8080</p>", "<p>8081</p>")
    sandbox.store.edit(page.id, theirs, author=COLLEAGUE, message="The gateway's new port")
    story.tell(f"  ({COLLEAGUE}, in the browser: the port 8080 becomes 8081)")
    story.edit("takes about three minutes", "takes about two minutes")
    return page.id, theirs


def _be_refused(story: _Story) -> None:
    story.title("Your push is refused, as git refuses a non-fast-forward. Nothing is written.")
    story.run("push", expected=1)


def _merge(story: _Story) -> None:
    story.title("You look at what the server has that you do not, and merge it.")
    story.run("diff", "--remote", GUIDE)
    story.run("pull", "--merge", GUIDE)
    story.run("diff")
    story.run("push", "-m", "Rollbacks are quicker now")


class _Story:
    """Runs the story's steps and shows each of them."""

    def __init__(self, mirror: Path, credentials: dict[str, str], tell: Tell) -> None:
        self._mirror = mirror
        self.tell = tell
        secrets = {f"CONFSYNC_{name}": value for name, value in credentials.items()}
        self._environment = {**os.environ, **secrets, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}

    def title(self, text: str) -> None:
        self.tell(f"\n# {text}")

    def run(self, *arguments: str, expected: int = 0, where: Path | None = None) -> None:
        """Run one confsync command, and show it with its output and exit code."""
        shown = " ".join(f'"{a}"' if " " in a else a for a in arguments)
        self.tell(f"\n$ confsync {shown}")
        done = subprocess.run(  # noqa: S603 - our own command, without a shell
            [sys.executable, "-m", "confsync", *arguments],
            cwd=where or self._mirror,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self.tell(done.stdout.rstrip("\n"))
        if done.returncode != 0:
            self.tell(f"(exit code {done.returncode})")
        if done.returncode != expected:
            raise DemoError(f"'confsync {shown}' ended with {done.returncode}, not {expected}")

    def edit(self, old: str, new: str) -> None:
        """Change the guide as an editor would."""
        path = self._mirror / GUIDE
        text = path.read_bytes().decode()
        if text.count(old) != 1:
            raise DemoError(f"{GUIDE} does not have '{old}' exactly once")
        path.write_bytes(text.replace(old, new).encode())
        self.tell(f"  (you, in {GUIDE}: '{old}' becomes '{new}')")


def _go_on(base: Path, state: Path, url: str, tell: Tell) -> None:
    port = url.removesuffix("/wiki").rpartition(":")[2]
    tell(f"\nThe mirror is in {base / 'OPS'}. To go on with it, start the sandbox again:")
    tell(f"  confsync sandbox --port {port} --data {state}")
    tell("and in another terminal, with what it prints as credentials:")
    tell(f"  cd {base / 'OPS'} && confsync status --remote")
