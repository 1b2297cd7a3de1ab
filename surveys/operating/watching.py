"""One line of the log and one count for each request; its number also stands in its answer.

Nothing of that where staff answer (surveys.access.policy.is_quiet). No line holds an address, a
query, a name or what was sent.
"""

import re
import secrets
from http import HTTPStatus
from time import perf_counter

from flask import Flask, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wrappers import Response

from surveys import logs
from surveys.access.policy import is_quiet
from surveys.operating.metrics import Counts

COUNTS = "tribometer_counts"
HEADER = "X-Request-Id"
#: a number that a web server in front may give; anything else is not taken over
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def watch(app: Flask, counting: bool) -> None:
    """Watch every request of the app; to be called before anything that may refuse one."""
    app.extensions[COUNTS] = Counts() if counting else None
    app.before_request(_begin)
    app.after_request(_end)


def counts(app: Flask) -> Counts | None:
    """What is counted of the app's requests, if anything is."""
    found: Counts | None = app.extensions[COUNTS]
    return found


def _begin() -> None:
    clear_contextvars()  # this thread answered another request before
    if request.url_rule is None or is_quiet(current_app, request.endpoint):
        logs.hush()
        return
    given = request.headers.get(HEADER, "")
    g.request_id = given if WELL_FORMED.fullmatch(given) else secrets.token_hex(8)
    g.begun = perf_counter()
    bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if logs.is_hushed() or request.url_rule is None:
        return response
    response.headers[HEADER] = g.request_id
    took, route = perf_counter() - g.begun, request.url_rule.rule
    logs.log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(1000 * took, 1),
        role=_role(),
    )
    if counted := counts(current_app):
        # What is not offered (501) has not failed, nor what was held back on purpose.
        meant = response.status_code == HTTPStatus.NOT_IMPLEMENTED or g.get("meant", False)
        counted.count(request.method, route, response.status_code, took, meant)
    return response


def _role() -> str:
    """What whoever asked may do here; never who it is."""
    if "token" in g:
        return "program"
    viewer = g.get("viewer")
    return "+".join(sorted(viewer.roles)) if viewer else "nobody"
