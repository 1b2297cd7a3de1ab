"""Figures of other systems by API: a program with a token puts the values of a pair's series.

The body is the very file of the page, CSV or XLSX: checked whole, all or nothing.
"""

from flask import Blueprint, g, jsonify, request
from werkzeug.wrappers import Response

from surveys.access.policy import TOKEN, policy
from surveys.database import write_session
from surveys.directory.tabulating import table_of
from surveys.improving import hard_data
from surveys.reading.pages import NoSuchPair, pair_of
from surveys.web import db, installation

blueprint = Blueprint("figures_api", __name__, url_prefix="/api/v1")


@blueprint.put("/pairs/<int:team_a>/<int:team_b>/series")
@policy(TOKEN + "figures")
def put_series(team_a: int, team_b: int) -> tuple[Response, int]:
    """Keep the values of a file; 422 with the problems by line if there are any."""
    pair = pair_of(db(), team_a, team_b)
    if pair is None:
        raise NoSuchPair
    table = table_of(request.get_data())
    both = frozenset({pair.a.id, pair.b.id})
    with write_session(installation().sessions) as session:
        plan = hard_data.plan_series(session, (pair.a, pair.b), table, both)
        if plan.problems:
            found = [
                {"line": p.line, "column": p.column, "says": p.sentence} for p in plan.problems
            ]
            refused = jsonify(title=found[0]["says"], status=422, problems=found)
            refused.content_type = "application/problem+json"
            return refused, 422
        hard_data.keep_series(session, f"API, token {g.token.id} ({g.token.name})", plan)
    return jsonify(kept={one.name: len(one.values) for one in plan.series}), 200
