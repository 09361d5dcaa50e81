"""The WSGI layer that gives each user the site with that user's rights.

A request of a limited user runs on the site as the user may see and change it: hidden spaces are
missing, others are read-only. Everything is undone at the end. Only a change that succeeds there
runs again, on the site as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask
from werkzeug.test import run_wsgi_app

from .site import SITE, AuthenticationError, Site, current_user
from .store.store import ME

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .store.actions.rights import Steps


class Limits:
    """Wraps an application. Every answer to a limited user is complete before it is sent."""

    def __init__(self, application: flask.Flask) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        site: Site = environ[SITE]
        if not site.store.rights or "HTTP_AUTHORIZATION" not in environ:
            return self._application(environ, start_response)
        with site.store.database.lock:
            limits, jobs = self._limits(site, environ), dict(site.store.jobs)
            if limits:
                with site.store.database.tentative(limits) as changed:
                    chunks, status, headers = run_wsgi_app(self._application, environ, True)
                    succeeds = changed() and status < "400"
                site.store.load_rights()  # the request may have changed them
                if not succeeds:
                    start_response(status, headers.to_wsgi_list())
                    return chunks
                site.store.jobs = jobs  # the request starts its job again
                environ["wsgi.input"].seek(0)
            return self._application(environ, start_response)

    def _limits(self, site: Site, environ: WSGIEnvironment) -> Steps:
        with self._application.request_context(environ):
            try:
                name = current_user().name
            except AuthenticationError:
                return ()  # the API itself refuses
        if name not in site.store.rights:
            return ()
        return site.store.limits(name, restricted=name != ME)
