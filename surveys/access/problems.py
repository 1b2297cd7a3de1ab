"""Errors become a page with one clear sentence, or an API problem document: here and only here."""

from flask import Flask, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from surveys import logs
from surveys.errors import UserError

#: where programs speak SCIM
SCIM = "/scim/"


def add_error_pages(app: Flask) -> None:
    """Register the handlers of all errors."""
    app.register_error_handler(UserError, lambda e: _problem(e.sentence, e.status))
    app.register_error_handler(CSRFError, lambda _e: _problem(_expired(), 400))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(OperationalError, _storage_problem)
    app.register_error_handler(Exception, _our_fault)


def _expired() -> str:
    return str(_("This page was open for too long. Go back, reload it and send it again."))


def _http_problem(error: HTTPException) -> tuple[str | Response, int]:
    code = error.code or 500
    sentences = {
        401: _("This address needs a signed-in session."),
        404: _("There is nothing here for you: the address may be mistyped."),
        405: _("This address does not take that kind of request."),
        413: _("That is larger than one megabyte, the most this page takes."),
    }
    return _problem(str(sentences.get(code, error.name)), code)


def _storage_problem(error: OperationalError) -> tuple[str | Response, int]:
    logs.fault("the database failed", error, says=str(error.orig))
    return _problem(
        str(_("The database is busy or away. Nothing was saved; please send it again.")), 503
    )


def _our_fault(error: Exception) -> tuple[str | Response, int]:
    logs.fault("a page failed", error, endpoint=request.endpoint)
    return _problem(str(_("Something went wrong on our side. Nothing was lost; try again.")), 500)


def _problem(sentence: str, status: int) -> tuple[str | Response, int]:
    if request.path.startswith(SCIM):
        return scim_problem(sentence, status), status
    if request.path.startswith("/api/"):
        response = jsonify(title=sentence, status=status)
        response.content_type = "application/problem+json"
        return response, status
    staff = request.path.startswith("/s/") or request.path == "/s"
    return render_template("problem.html", sentence=sentence, staff=staff), status


def scim_problem(sentence: str, status: int, kind: str | None = None) -> Response:
    """An error as SCIM wants it (RFC 7644, 3.12); it needs no library for that."""
    document = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": sentence}
    response = jsonify(document | {"status": str(status)} | ({"scimType": kind} if kind else {}))
    response.content_type = "application/scim+json"
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    if status in (429, 503):
        response.headers["Retry-After"] = "900"
    return response
