"""The form in which a colleague edits a page. It saves only over the version that it showed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import flask
from werkzeug.wrappers import Response

from ..errors import Refusal
from ..site import store
from ..store.rows import PageRow
from .answers import author, blueprint, page_url, people, show

pages = blueprint("edits")
NOT_SAVED = (
    "Not saved: {who} saved version {now} after you opened version {then}. Your text is still "
    "below. Copy what you need, open the page again and edit it there."
)
CHANGED = (
    "Not saved: the page changed after you opened it, without a new version (an inline comment "
    "does that). Your text is still below. Open the page again and edit it there."
)


@dataclass(frozen=True, slots=True)
class _Opened:
    """The state of the page when an edit form was opened."""

    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Typed:
    """The content of an edit form."""

    title: str
    body: str


def typed_body() -> str:
    """Return the body of a form with the line ends of the page. A form always sends CRLF."""
    return flask.request.form.get("body", "").replace("\r\n", "\n")


def _digest(page: PageRow) -> str:
    return hashlib.sha256(page.body.encode()).hexdigest()


@pages.get("/spaces/<key>/pages/edit-v2/<page_id>")
def open_page(key: str, page_id: str) -> flask.Response:
    page = store().page(page_id)
    opened = _Opened(str(page.version), _digest(page))
    return _form(page, opened, _Typed(page.title, page.body))


@pages.post("/spaces/<key>/pages/edit-v2/<page_id>")
def save_page(key: str, page_id: str) -> Response:
    form = flask.request.form
    opened = _Opened(form.get("version", ""), form.get("digest", ""))
    typed = _Typed(form.get("title", ""), typed_body())
    who, message = author(), form.get("message", "")
    with store().batch():
        page = store().page(page_id)
        if opened.version != str(page.version):
            problem = NOT_SAVED.format(who=page.author, now=page.version, then=opened.version)
            return _form(page, opened, typed, problem, 409)
        if opened.digest != _digest(page):
            return _form(page, opened, typed, CHANGED, 409)
        try:
            saved = store().edit(page_id, typed.body, typed.title, author=who, message=message)
        except Refusal as refusal:
            return _form(page, opened, typed, f"Not saved: {refusal}", refusal.status)
    return flask.redirect(page_url(saved), 303)


def _form(
    page: PageRow, opened: _Opened, typed: _Typed, problem: str = "", status: int = 200
) -> flask.Response:
    return show(
        "edit",
        status,
        page=page,
        opened=opened,
        title=typed.title,
        body=typed.body,
        problem=problem,
        message=flask.request.form.get("message", ""),
        url=page_url(page),
        **people(),
    )
