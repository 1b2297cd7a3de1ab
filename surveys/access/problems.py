"""Errors become a page with one clear sentence, or an API problem document: here and only here."""

from http import HTTPStatus

from flask import Flask, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from surveys import logs
from surveys.errors import UserError

#: where programs speak SCIM
SCIM = "/scim/"
#: what programs read as text
PLAIN = {"operating.metrics"}


def add_error_pages(app: Flask) -> None:
    """Register the handlers of all errors."""
    app.register_error_handler(UserError, _refusal)
    app.register_error_handler(CSRFError, lambda _e: _problem(_expired(), 400))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(OperationalError, _storage_problem)
    app.register_error_handler(NoneFree, _storage_problem)
    app.register_error_handler(Exception, _our_fault)


def _refusal(error: UserError) -> tuple[str | Response, int]:
    g.meant = error.meant
    return _problem(error.sentence, error.status)


def _expired() -> str:
    if _is_staff():
        return str(
            _(
                "Your browser didn't send this page's cookie: the page was open for too long, or "
                "cookies are blocked. Allow cookies for this page, then open the link in your "
                "mail again."
            )
        )
    return str(_("This page was open for too long. Go back, reload it and send it again."))


def _http_problem(error: HTTPException) -> Response:
    code = error.code or 500
    sentences = {
        401: _("This address needs a signed-in session, or a token with the right scope."),
        404: _("There is nothing here for you: the address may be mistyped."),
        405: _("This address does not take that kind of request."),
        413: _("That is larger than one megabyte, the most this page takes."),
    }
    problem, status = _problem(str(sentences.get(code, error.name)), code)
    response = make_response(problem, status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _storage_problem(error: OperationalError | NoneFree) -> tuple[str | Response, int]:
    says = "no connection became free" if isinstance(error, NoneFree) else str(error.orig)
    logs.fault("the database failed", error, says=says)
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
        return _with_hints(response, status, "API"), status
    if request.endpoint in PLAIN:
        plain = Response(f"{sentence}\n", status, mimetype="text/plain")
        return _with_hints(plain, status, "figures"), status
    return render_template("problem.html", sentence=sentence, staff=_is_staff()), status


def _is_staff() -> bool:
    return request.path.startswith("/s/") or request.path == "/s"


def scim_problem(sentence: str, status: int, kind: str | None = None) -> Response:
    """An error as SCIM wants it (RFC 7644, 3.12); it needs no library for that."""
    document = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": sentence}
    response = jsonify(document | {"status": str(status)} | ({"scimType": kind} if kind else {}))
    response.content_type = "application/scim+json"
    response.status_code = status
    return _with_hints(response, status, "SCIM")


def _with_hints(response: Response, status: int, realm: str) -> Response:
    """Tell a program how to get in, and when to come again."""
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = f'Bearer realm="{realm}"'
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "900"
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        # A directory that was held back waits for HR; anything else is over sooner.
        response.headers["Retry-After"] = "900" if realm == "SCIM" else "60"
    return response
