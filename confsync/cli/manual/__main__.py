"""`python -m confsync.cli.manual`: makes the reference and the man pages."""

from __future__ import annotations

from pathlib import Path

import click

from confsync.cli.manual.topics import MANUAL


@click.group()
def manual() -> None:
    """Make parts of confsync's manual from the program and from its pages."""


_DIRECTORY = click.Path(file_okay=False, path_type=Path)


@manual.command()
@click.argument("directory", type=_DIRECTORY, default=MANUAL)
def reference(directory: Path) -> None:
    """Write the pages of the reference, and name those that changed.

    They go to confsync/manual of this source tree, or to another DIRECTORY.
    """
    from confsync.cli.manual.reference.files import write

    for place in write(directory):
        click.echo(place)


@manual.command()
@click.argument("directory", type=_DIRECTORY)
def man(directory: Path) -> None:
    """Write a man page for each page of the manual into DIRECTORY/man1 and DIRECTORY/man7."""
    from confsync.cli.manual.man_pages import man_pages

    for place, text in man_pages().items():
        path = directory / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    manual(prog_name="python -m confsync.cli.manual")
