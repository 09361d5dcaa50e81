"""`atlassian-python-api`, loaded without the modules that confsync does not use.

Its package imports the clients of every Atlassian product and their HTML parsers, which takes 0.12
s of processor. confsync uses one module of it. The rest is loaded when code asks the package for a
name.
"""

from __future__ import annotations

import importlib.util
import sys


def _put_off() -> None:
    """Replace the package by one that loads itself at the first use of a name."""
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
