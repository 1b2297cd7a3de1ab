"""SCIM 2.0: the door through which an identity provider brings people and teams.

It opens to a token only, never to a cookie. What it says is the directory, nothing else.
"""

import json

from flask import Blueprint, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.access.policy import TOKEN, policy
from surveys.directory import provisioning
from surveys.errors import UserError
from surveys.web import installation

ROOT = "/scim/v2"
blueprint = Blueprint("scim", __name__, url_prefix=ROOT)
BLUEPRINTS = (blueprint,)


class NotInstalled(UserError):
    """The extra with the protocol is missing."""

    status = 501


@blueprint.get("/ServiceProviderConfig")
@blueprint.get("/ResourceTypes")
@blueprint.get("/ResourceTypes/<name>")
@blueprint.get("/Schemas")
@blueprint.get("/Schemas/<name>")
@blueprint.route("/Users", methods=["GET", "POST"])
@blueprint.post("/Users/.search")
@blueprint.route("/Users/<int:person_id>", methods=["GET", "PUT", "PATCH", "DELETE"])
@blueprint.route("/Groups", methods=["GET", "POST"])
@blueprint.post("/Groups/.search")
@blueprint.route("/Groups/<int:group_id>", methods=["GET", "PUT", "PATCH", "DELETE"])
@policy(TOKEN + "scim")
def answer(**_place: object) -> Response:
    """Whatever is asked of people, teams and of what is offered here."""
    if not provisioning.installed():
        raise NotInstalled(_("SCIM needs the extra “scim”: install Tribometer with it."))
    # Loaded at the first request: the libraries take almost a second, and few need them.
    from scim2_server.requests import ScimRequest

    from surveys.integrations.scim.protocol import respond

    asked = ScimRequest(
        method="GET" if request.method == "HEAD" else request.method,
        base_url=installation().settings.base_url + ROOT,
        path=request.path.removeprefix(ROOT),
        query=request.args.to_dict(),
        headers=list(request.headers.items()),
        body=request.get_data(),
    )
    done = respond(installation(), f"SCIM, token {g.token.id} ({g.token.name})", asked)
    body = None if done.body is None else json.dumps(done.body)
    return Response(body, status=done.status, headers=done.headers)
