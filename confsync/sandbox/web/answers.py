"""The parts that all browser pages share: blueprint, its HTML, its addresses and its people."""

from __future__ import annotations

from urllib.parse import quote_plus, urlsplit

import flask
import jinja2

from ..errors import Refusal
from ..site import site, store
from ..store.rows import PageRow
from ..store.store import ME
from . import templates

DEFAULT_AUTHOR = "Ana"
FOREIGN = "This form came from another site."
_jinja = jinja2.Environment(
    loader=jinja2.DictLoader(templates.ALL),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def blueprint(name: str) -> flask.Blueprint:
    """Return a blueprint whose forms only its own pages can send."""
    made = flask.Blueprint(f"web-{name}", __name__)
    made.before_request(_refuse_foreign)
    made.register_error_handler(Refusal, _refused)
    return made


def show(template: str, status: int = 200, **values: object) -> flask.Response:
    """Return a template as an answer that loads nothing and that no other page can frame."""
    answer = flask.make_response(
        _jinja.get_template(template).render(context=site().context, **values), status
    )
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refuse_foreign() -> flask.Response | None:
    if flask.request.method != "POST" or _is_own():
        return None
    return show("problem", 403, heading="Refused", problem=FOREIGN)


def _is_own() -> bool:
    """Return whether no header names another site as the sender of this request.

    A browser always says where a form came from. A program without these headers may send forms.
    """
    headers = flask.request.headers
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    given = headers.get("Origin") or headers.get("Referer")
    return given is None or urlsplit(given).netloc == flask.request.host


def _refused(refusal: Refusal) -> flask.Response:
    heading = "Not found" if refusal.status == 404 else "Not done"
    return show("problem", refusal.status, heading=heading, problem=str(refusal))


def space_url(key: str) -> str:
    return f"{site().context}/spaces/{key}"


def url_of(space_key: str, page_id: str, title: str) -> str:
    return f"{space_url(space_key)}/pages/{page_id}/{quote_plus(title, safe='')}"


def page_url(page: PageRow) -> str:
    return url_of(page.space_key, page.id, page.title)


def author() -> str:
    """Return the person that a form names as its sender."""
    return flask.request.form.get("author") or DEFAULT_AUTHOR


def people() -> dict[str, object]:
    """Return the people for a form: colleagues first, then the API's user."""
    names = sorted(store().users(), key=lambda user: user.name == ME)
    if not any(user.name != ME for user in names):
        names = [store().add_user(DEFAULT_AUTHOR), *names]
    given = flask.request.values.get("author", DEFAULT_AUTHOR)
    return {"users": names, "chosen": given}
