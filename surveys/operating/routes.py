"""For machines that watch: is the process alive, is it ready, and how does it run?"""

from flask import Blueprint, abort, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.wrappers import Response

from surveys.access.policy import ANYBODY, PROBE, TOKEN, policy
from surveys.operating import readiness, watching
from surveys.operating.metrics import exposition
from surveys.web import installation

blueprint = Blueprint("operating", __name__)
BLUEPRINTS = (blueprint,)


@blueprint.get("/healthz")
@policy(ANYBODY, PROBE)
def health() -> Response:
    """Answers as long as the process does; nothing else is asked."""
    return Response("ok", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@policy(ANYBODY, PROBE)
def ready() -> tuple[Response, int]:
    """Whether this process can serve pages: 200, or 503 and why not."""
    wrong = readiness.problems(installation())
    notes = readiness.notes(installation())
    return jsonify(ready=not wrong, problems=wrong, notes=notes), 503 if wrong else 200


@blueprint.get("/metrics")
@policy(TOKEN + "metrics", PROBE)
def metrics() -> Response:
    """Figures for Prometheus, if they were switched on."""
    counts = watching.counts(current_app)
    if counts is None:
        abort(404)
    return Response(exposition(installation(), counts), content_type=CONTENT_TYPE_LATEST)
