"""Man pages: one for each page of the manual, as `confsync-push(1)` and `confsync-conflicts(7)`."""

from __future__ import annotations

from confsync.cli.manual import tokens
from confsync.cli.manual.command_help import summaries
from confsync.cli.manual.reference.command_pages import context_of
from confsync.cli.manual.roff import escaped, roff
from confsync.cli.manual.topics import Topic, topics
from confsync.cli.options import cli
from confsync.version import __version__

_FIRST = "index"


def man_pages() -> dict[str, str]:
    """Return every man page, by its path in a directory of man pages."""
    root = context_of("help").find_root()
    about = dict(summaries(cli, root))
    return dict(_page(topic, about) for topic in topics())


def _page(topic: Topic, about: dict[str, str]) -> tuple[str, str]:
    """Return the path of a topic's man page, and its text. The index is `confsync(1)`."""
    command = topic.directory == "reference/commands"
    section = 1 if command or topic.name == _FIRST else 7
    name = "confsync" if topic.name == _FIRST else f"confsync-{topic.name}"
    said = about.get(topic.name, topic.title) if command else topic.title
    head = (
        f'.TH "{name.upper()}" "{section}" "" "confsync {__version__}" "confsync manual"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(said.rstrip('.'))}",
        ".SH DESCRIPTION",
    )
    body = roff(tokens.parse(topic, topic.text))
    return f"man{section}/{name}.{section}", "\n".join(head) + f"\n{body}"
