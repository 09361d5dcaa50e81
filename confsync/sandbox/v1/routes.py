"""All routes that the two servers' v1 share."""

from __future__ import annotations

import flask

from . import files, jobs, pages, people, properties, search, spaces, write
from .blueprint import both, classic
from .talk import comments, watches

# each of these adds its routes to a part of v1 when it is imported
MODULES = (comments, files, jobs, pages, people, properties, search, spaces, watches, write)


def register(api: flask.Blueprint) -> None:
    """Add both parts to a server's v1, which has the credentials and the refusals."""
    api.register_blueprint(both)
    api.register_blueprint(classic)
