"""Every route declares who may use it; an app with a route that does not is refused at start."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from surveys.access.api_tokens import admit
from surveys.access.viewer import COOKIE, Viewer, find_viewer
from surveys.models.access import ApiToken
from surveys.models.enums import Role
from surveys.web import db, installation

View = TypeVar("View", bound=Callable[..., object])
ANYBODY = "anybody"
#: routes for staff with a personal link; they check the link themselves and log nothing
RESPONDENT = "respondent"
#: beside another policy: programs ask again and again, which is neither logged nor counted
PROBE = "probe"
#: beside another policy: what is sent is let in by a signed value of its form, without any cookie
SIGNED_FORM = "signed form"
SIGNED_IN = frozenset(Role)
#: begins the policy of routes for programs, before the scope that their token needs
TOKEN = "token "
#: the same for routes that a signed-in person may use too
OR_TOKEN = "or token "


def policy(*roles: str) -> Callable[[View], View]:
    """Declare who may use a view: ANYBODY, RESPONDENT, TOKEN + a scope, or one or more roles.

    OR_TOKEN + a scope beside roles: a token reads there what HR reads.
    """

    def declare(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def declared(app: Flask, endpoint: str) -> frozenset[str] | None:
    """The roles an endpoint declared, or None."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return frozenset({ANYBODY})
    return getattr(app.view_functions[endpoint], "roles", None)


def scope_of(roles: frozenset[str]) -> str | None:
    """The scope that a token needs for these routes; None if they are not for programs."""
    return next((role.removeprefix(TOKEN) for role in roles if role.startswith(TOKEN)), None)


def _scope_beside(roles: frozenset[str]) -> str | None:
    return next((role.removeprefix(OR_TOKEN) for role in roles if role.startswith(OR_TOKEN)), None)


def is_quiet(app: Flask, endpoint: str | None) -> bool:
    """Whether nothing may be logged or counted of a request.

    Where staff answer, and what tells the same: the style sheets that their browsers load with the
    form, and addresses that lead nowhere, such as a link typed wrongly.
    """
    if endpoint is None or endpoint == "static":
        return True
    return bool((declared(app, endpoint) or frozenset()) & {RESPONDENT, PROBE})


def check_every_route(app: Flask) -> None:
    """Raise RuntimeError if a route has no policy."""
    bare = [r.endpoint for r in app.url_map.iter_rules() if declared(app, r.endpoint) is None]
    if bare:
        raise RuntimeError(f"routes without a policy: {', '.join(bare)}")


def exempt_from_csrf(app: Flask, csrf: CSRFProtect) -> None:
    """Ask no CSRF token where no cookie is looked at: of programs with tokens, of signed forms."""
    for endpoint, view in app.view_functions.items():
        roles = declared(app, endpoint) or frozenset()
        if scope_of(roles) or SIGNED_FORM in roles:
            csrf.exempt(view)


def _token(scope: str) -> ApiToken:
    parts, header = installation(), request.headers.get("Authorization")
    return admit(parts.sessions, parts.settings, header, request.remote_addr, scope)


def enforce() -> Response | None:
    """Before each request: let in whom the policy names; all others see a 404 or sign in."""
    if request.endpoint is None:
        return None
    roles = declared(current_app, request.endpoint) or frozenset()
    if RESPONDENT in roles or request.endpoint == "static":
        return None
    scope = scope_of(roles)
    if scope is not None:
        g.token = _token(scope)
        return None
    if PROBE in roles:
        # Nobody is looked up: these answer without the database too.
        return None
    if request.headers.get("Authorization") and (scope := _scope_beside(roles)):
        g.token = _token(scope)
        g.viewer = Viewer(0, g.token.name, "", frozenset({Role.HR}), frozenset())
        return None
    g.viewer = find_viewer(db(), request.cookies.get(COOKIE))
    if ANYBODY in roles:
        return None
    if g.viewer is None:
        if request.path.startswith("/api/"):
            abort(401)
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("access.sign_in", next=wanted))
    if not g.viewer.roles & roles:
        # 404, not 403: what one may not see does not exist for one.
        abort(404)
    return None
