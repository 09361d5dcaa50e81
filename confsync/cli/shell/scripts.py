"""The scripts with which shells ask for completions: click's, with no space after a directory."""

from __future__ import annotations

from click.shell_completion import BashComplete, ZshComplete, add_completion_class

_BASH = "COMPREPLY+=($value)"
_BASH_HERE = f"{_BASH}\n            [[ $value == */ ]] && compopt -o nospace"
_ZSH = "compadd -U -V unsorted -a completions"
_ZSH_HERE = (
    "local -a suffix; [[ ${completions[-1]} == */ ]] && suffix=(-S '')\n"
    "        compadd -U $suffix -V unsorted -a completions"
)


class _Bash(BashComplete):
    source_template = BashComplete.source_template.replace(_BASH, _BASH_HERE)


class _Zsh(ZshComplete):
    source_template = ZshComplete.source_template.replace(_ZSH, _ZSH_HERE)


def install() -> None:
    """Let click use these scripts."""
    add_completion_class(_Bash)
    add_completion_class(_Zsh)
