"""Pages of published results: the map of pairs and the page of a pair."""

from flask import Blueprint, render_template

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.models.enums import Role
from surveys.reading import words
from surveys.reading.agreements import agreements_begun
from surveys.reading.figures import heat_words
from surveys.reading.graph import pair_graph
from surveys.reading.pages import readable_pair
from surveys.reading.pairs import pair_map
from surveys.reading.rendering import meeting_html, pair_html
from surveys.web import db

blueprint = Blueprint("reading", __name__)
BLUEPRINTS = (blueprint,)


@blueprint.get("/pairs")
@policy(Role.HR, Role.MANAGER)
def pairs() -> str:
    """The map of all pairs the viewer may read."""
    found = pair_map(db(), viewer())
    return render_template(
        "reading/pairs.html",
        map=found,
        graph=pair_graph(found),
        tried=agreements_begun(db(), viewer()),
        heat_words=heat_words(),
        words=words,
    )


@blueprint.get("/pairs/<int:team_a>/<int:team_b>")
@policy(Role.HR, Role.MANAGER)
def pair(team_a: int, team_b: int) -> str:
    """One pair, the same for both managers."""
    return pair_html(readable_pair(db(), viewer(), team_a, team_b))


@blueprint.get("/pairs/<int:team_a>/<int:team_b>/meeting")
@policy(Role.HR, Role.MANAGER)
def meeting(team_a: int, team_b: int) -> str:
    """What both managers go through together, for one hour."""
    return meeting_html(readable_pair(db(), viewer(), team_a, team_b))
