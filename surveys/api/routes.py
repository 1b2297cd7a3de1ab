"""The JSON API: what the pages show, for programs."""

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from surveys.access.policy import ANYBODY, policy
from surveys.access.viewer import viewer
from surveys.api.documents import openapi, pair_document
from surveys.reading.pages import readable_pair
from surveys.web import db

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@policy(ANYBODY)
def description() -> Response:
    """What the API offers."""
    return jsonify(openapi())


@blueprint.get("/pairs/<int:team_a>/<int:team_b>")
@policy("hr", "manager")
def pair(team_a: int, team_b: int) -> Response:
    """One pair's published figures."""
    return jsonify(pair_document(readable_pair(db(), viewer(), team_a, team_b)))
