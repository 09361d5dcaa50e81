"""The manual: the command `help`, `--help`, and the pages that are made from the program itself.

The pages stand in `confsync/manual/`; `python -m confsync.cli.manual` makes the reference and the
man pages. A command that works on pages must not load anything of this.
"""
