"""`atlassian-python-api`, of which one module is used, loaded without the rest.

Its package loads every product of Atlassian's at once, with their parsers of HTML: 0.12 s of
processor for each command that asks a server, and confsync uses none of them. They are loaded
when somebody asks the package for something.
"""

from __future__ import annotations

import importlib.util
import sys


def _put_off() -> None:
    """Let the package run when something of it is asked for."""
    spec = None if "atlassian" in sys.modules else importlib.util.find_spec("atlassian")
    if spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def asked(name: str) -> object:
        if vars(package).pop("__getattr__", None):
            loader.exec_module(package)
        return getattr(package, name)

    vars(package)["__getattr__"] = asked
    sys.modules["atlassian"] = package


_put_off()

from atlassian.rest_client import AtlassianRestAPI  # noqa: E402 - the package before its module

__all__ = ["AtlassianRestAPI"]
