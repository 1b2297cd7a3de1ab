"""The JSON API: what the pages show, for programs."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask_babel import get_locale
from sqlalchemy import select
from werkzeug.wrappers import Response

from surveys.access.policy import ANYBODY, OR_TOKEN, policy
from surveys.access.viewer import viewer
from surveys.curating.themes import theme_board
from surveys.integrations.api import documents
from surveys.integrations.api.description import openapi
from surveys.integrations.api.listing import page_of
from surveys.models.enums import Role
from surveys.models.releases import Release
from surveys.reading.pages import readable_pair
from surveys.reading.pairs import pair_map
from surveys.web import db

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
RESULTS = OR_TOKEN + "results"


@blueprint.get("/openapi.json")
@policy(ANYBODY)
def description() -> Response:
    """What the API offers."""
    return _answer(openapi())


@blueprint.get("/releases")
@policy(Role.HR, Role.MANAGER, RESULTS)
def releases() -> Response:
    """The published waves, newest first."""
    found = db().scalars(select(Release).order_by(Release.number.desc())).all()
    return _answer(page_of(found, lambda r: str(r.number), documents.release_document))


@blueprint.get("/pairs")
@policy(Role.HR, Role.MANAGER, RESULTS)
def pairs() -> Response:
    """The pairs in the newest published wave, most friction first."""
    found = pair_map(db(), viewer())
    listed = page_of(found.pairs, lambda p: f"{p.a.id}-{p.b.id}", documents.summary_document)
    return _answer({"wave": found.number, **listed})


@blueprint.get("/pairs/<int:team_a>/<int:team_b>")
@policy(Role.HR, Role.MANAGER, RESULTS)
def pair(team_a: int, team_b: int) -> Response:
    """One pair's published figures."""
    return _answer(documents.pair_document(readable_pair(db(), viewer(), team_a, team_b)))


@blueprint.get("/themes")
@policy(Role.HR, RESULTS)
def themes() -> Response:
    """The themes of the newest published wave with persons in bands; nobody's words."""
    board = theme_board(db())
    listed = page_of(board.themes, lambda t: str(t.theme.id), documents.theme_document)
    return _answer({"wave": board.number, **listed})


def _answer(document: dict[str, Any]) -> Response:
    """The document with a tag of its content: who has it already gets an empty 304."""
    response = jsonify(document)
    response.content_language.add(str(get_locale()))
    response.vary.update(("Accept-Language", "Authorization", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
