"""v1's attachments, on both flavours, and the bytes of a file."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import flask
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from .. import parameters
from ..errors import Invalid, Missing
from ..site import (
    CLOUD,
    CLOUD_ID,
    AuthenticationError,
    as_proxy,
    current_user,
    site,
    store,
    unauthorized,
)
from ..store import queries
from ..store.attachments import Upload
from ..store.rows import AttachmentRow
from .blueprint import both, classic
from .contents import attachment, attachments
from .lists import expand, listing, outer_links
from .shapes import Expand

files = flask.Blueprint("files", __name__)
NO_CHECK = re.compile(r"no-?check", re.IGNORECASE)
FILE_NAME = re.compile(r'\bfilename="((?:[^"\\]|\\.)*)"', re.DOTALL)
OTHER_HOST = "localhost"  # another host than 127.0.0.1, as a media service is


def _visible(page_id: str) -> str:
    return queries.page(store().database, page_id, hidden=False).id


def _of(page_id: str, attachment_id: str) -> AttachmentRow:
    row = store().attachment(attachment_id)
    if row.page_id != page_id:
        raise Missing("attachment", attachment_id)
    return row


def list_files(page_id: str) -> dict[str, Any]:
    """Return a page's files, or its file with a given name."""
    found = store().attachments(_visible(page_id), flask.request.args.get("filename"))
    kind, asked = flask.request.args.get("mediaType"), expand()
    rows = [row for row in found if kind in (None, row.media_type)]
    return listing(
        lambda start, size: rows[start : start + size],
        lambda some: attachments(some, asked),
        asked,
    )


def _uploads() -> list[FileStorage]:
    if not NO_CHECK.fullmatch(flask.request.headers.get("X-Atlassian-Token", "")):
        raise Forbidden("XSRF check failed")
    found = flask.request.files.getlist("file")
    if not found:
        raise Invalid("At least one file must be given, in the part 'file'.")
    return found


def _name_of(one: FileStorage) -> str:
    """Return the name of a part as browsers write it: line ends and quotes percent-encoded.

    A backslash stands for itself, except before a quote.
    """
    written = FILE_NAME.search(one.headers.get("Content-Disposition", ""))
    name = written[1].replace('\\"', '"') if written else one.filename or ""
    return name.replace("%0D", "\r").replace("%0A", "\n").replace("%22", '"')


def _type_of(one: FileStorage) -> str:
    return one.content_type or "application/octet-stream"


def _comment() -> str:
    return flask.request.form.get("comment", "")


def add_files(page_id: str) -> dict[str, Any]:
    """Add new files. A name that the page has already is refused, or with PUT its next version."""
    added: list[AttachmentRow] = []
    with store().batch():
        page = store().editable(page_id)
        for one in _uploads():
            sent = Upload(one.read(), _name_of(one), _type_of(one))
            added.append(_added(page.id, sent))
    shown = attachments(added, Expand.of("version,container"))
    counts = {"start": 0, "limit": len(shown), "size": len(shown)}
    return {"results": shown, **counts, "_links": outer_links()}


def _added(page_id: str, sent: Upload) -> AttachmentRow:
    who, comment = flask.g.user.name, _comment()
    old = store().attachments(page_id, sent.title)
    if old and flask.request.method == "PUT":
        return store().upload(old[0].id, sent, who, comment)
    title, data, kind = sent.title, sent.data, sent.media_type
    return store().attach(page_id, title, data, kind, author=who, comment=comment)


def replace_file(page_id: str, attachment_id: str) -> dict[str, Any]:
    """Add a version of a file, with the name and the type of the uploaded one."""
    with store().batch():
        store().editable(page_id)
        row = _of(page_id, attachment_id)
        one = _uploads()[0]
        sent = Upload(one.read(), _name_of(one), _type_of(one))
        row = store().upload(row.id, sent, flask.g.user.name, _comment())
    return attachment(row, Expand.of("version,container"))


def describe_file(page_id: str, attachment_id: str) -> dict[str, Any]:
    """Give a file another name or type."""
    given = parameters.document()
    with store().batch():
        store().editable(page_id)
        row = _of(page_id, attachment_id)
        about = given.get("metadata")
        about = about if isinstance(about, dict) else {}
        kind = parameters.text(about, "mediaType") or row.media_type
        row = store().describe_attachment(row.id, str(given.get("title", row.title)), str(kind))
    return attachment(row, Expand.of("version"))


def delete_file(page_id: str, attachment_id: str) -> tuple[str, int]:
    with store().batch():
        store().editable(page_id)
        store().remove_attachment(_of(page_id, attachment_id).id)
    return "", HTTPStatus.NO_CONTENT


@files.get("/download/attachments/<page_id>/<path:name>")
def download(page_id: str, name: str) -> Response:
    """Answer a file's bytes.

    Cloud redirects; Data Center redirects anonymous users to its login.
    """
    try:
        current_user()
    except AuthenticationError as error:
        if site().flavor == CLOUD or not error.anonymous:
            return unauthorized()
        return flask.redirect(f"{site().context}/login.action")
    try:
        (row,) = store().attachments(_visible(page_id), name)
    except (Missing, ValueError):
        raise NotFound from None
    wanted = flask.request.args.get("version", type=int)
    return elsewhere(row, wanted) if site().flavor == CLOUD else _bytes(row, wanted)


def elsewhere(row: AttachmentRow, wanted: int | None) -> Response:
    """Redirect to the media service. The address holds everything that the service needs."""
    asked = flask.request.host
    host = f"media.{asked}" if as_proxy() else f"{OTHER_HOST}:{asked.rpartition(':')[2]}"
    where = f"http://{host}/media/{row.id}/{wanted or row.version}"
    return flask.redirect(f"{where}?token={CLOUD_ID}")


def media(attachment_id: str, number: int) -> Response:
    """Answer as the media service. Refuse a request with credentials beside the token."""
    if "Authorization" in flask.request.headers:
        return flask.Response("Only one auth mechanism allowed\n", HTTPStatus.BAD_REQUEST)
    if flask.request.args.get("token") != CLOUD_ID:
        return flask.Response("Forbidden\n", HTTPStatus.FORBIDDEN)
    try:
        return _bytes(store().attachment(attachment_id), number)
    except Missing:
        raise NotFound from None


def _bytes(row: AttachmentRow, number: int | None) -> flask.Response:
    data = store().attachment_data(row.id, number)
    answer = flask.Response(data, mimetype=row.media_type)
    where = f"attachment; filename*=UTF-8''{quote(row.title, safe='')}"
    answer.headers["Content-Disposition"] = where
    answer.make_conditional(flask.request, accept_ranges=True, complete_length=len(data))
    return answer


_FILES = "/content/<page_id>/child/attachment"
classic.add_url_rule(_FILES, view_func=list_files, methods=["GET"])
both.add_url_rule(_FILES, view_func=add_files, methods=["POST", "PUT"])
both.add_url_rule(f"{_FILES}/<attachment_id>/data", view_func=replace_file, methods=["POST"])
both.add_url_rule(f"{_FILES}/<attachment_id>", view_func=describe_file, methods=["PUT"])
both.add_url_rule(f"{_FILES}/<attachment_id>", view_func=delete_file, methods=["DELETE"])
