"""Which documents git's HEAD has: one look, without a library, beside what else is looked at.

Here, too, stands how git is kept from starting anything that a repository names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from confsync.attachments import document_of
from confsync.paths import SUFFIX

# A repository that lies in somebody's work tree, such as in an unpacked archive, is not used.
OPTIONS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "log.showSignature=false",
)
# Nothing is fetched, be it over a transport that a configuration names, and no index is written.
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


def is_document(name: str) -> bool:
    return name.endswith(SUFFIX) and document_of(name) is None


def documents_of_head(
    root: Path, directories: Iterable[str]
) -> Callable[[], frozenset[str] | None]:
    """Begin to ask git which documents HEAD has; what is answered, when called, are their paths.

    None, where only a closer look can tell, be it for trouble with the repository. Without one
    there are none.
    """
    if not any(os.path.lexists(above / ".git") for above in (root, *root.absolute().parents)):
        known = None if _is_bare_at(root) else frozenset[str]()
        return lambda: known
    import subprocess
    import threading

    options = [word for option in OPTIONS for word in ("-c", option)]
    command = ["git", *options, "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *directories]
    environment = {**os.environ, **ENVIRONMENT}
    answers: list[bytes] = []

    def ask() -> None:
        with contextlib.suppress(OSError):
            found = subprocess.run(  # noqa: S603 - the words are ours and the configuration's
                command, cwd=root, env=environment, capture_output=True, check=False
            )
            answers.extend([found.stdout] if found.returncode == 0 else [])

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()

    def answered() -> frozenset[str] | None:
        asking.join()
        if not answers:
            return None
        names = answers[0].decode("utf-8", "surrogateescape").split("\0")
        return frozenset(filter(is_document, names))

    return answered


def _is_bare_at(root: Path) -> bool:
    """Whether the mirror may lie in a repository's own directory, which has no '.git'."""
    return any((above / "HEAD").is_file() for above in (root, *root.absolute().parents))
