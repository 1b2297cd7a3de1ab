"""The OpenAPI description of the API; tests hold every answer to it (schemathesis)."""

from typing import Any

from analysis.measures import ROOT_CAUSES
from surveys.integrations.api.listing import MAX_PER_PAGE, USUAL
from surveys.models.enums import Better, Direction, FigureState, ThemeKind
from surveys.reading.agreements import AgreementState
from surveys.reading.figures import REASONS
from surveys.reading.template_tools import MAX_ID
from surveys.sending.events import EVENTS

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
DAY: Schema = {"type": "string", "format": "date"}
SWITCH: Schema = {"type": "boolean"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}


def _object(required: tuple[str, ...] | None, **properties: Schema) -> Schema:
    """An object; None: all of its properties are always there, and no others."""
    closed = {"additionalProperties": False} if required is None else {}
    needed = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "required": needed, **closed}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


FIGURE = _ref("Figure")
SCHEMAS: Schema = {
    "Problem": _object(
        ("title", "status"), title=TEXT, status=WHOLE,
        problems=_list(_object((), line=WHOLE, column=TEXT, says=TEXT)),
    ),
    "Figure": _object(
        None, state={"enum": list(FigureState)}, value=_maybe(WHOLE),
        low=_maybe(WHOLE), high=_maybe(WHOLE), answers=_maybe(TEXT), reason=_maybe(TEXT),
        reason_code={"enum": [*REASONS, None]},
    ),
    "Alarm": {"enum": [*Direction, None]},
    "Release": _object(None, number=WHOLE, opened_on=DAY, published_on=DAY),
    "PairSummary": _object(
        None, teams=_list(_object(None, id=ID, name=TEXT)), pair=FIGURE,
        seams=_list(_object(None, rater=TEXT, figure=FIGURE, alarm=_ref("Alarm"))),
        all_figures=TEXT,
    ),
    "Pair": _object(
        None, teams=_list(TEXT), team_ids=_list(ID),
        months=_list(_object(None, number=WHOLE, opened_on=DAY)),
        seams=_list(_ref("Seam")), pair=FIGURE, gap=FIGURE, causes=_list(_ref("Cause")),
        agreements=_list(_ref("Agreement")), series=_list(_ref("Series")),
    ),
    "Seam": _object(
        None, rater=TEXT, target=TEXT, figures=_list(FIGURE), alarm=_ref("Alarm"),
        change=_maybe(_object(None, value=WHOLE, low=WHOLE, high=WHOLE, stands_out=SWITCH,
                              fragile=SWITCH)),
        smallest_change=_maybe(WHOLE), blind_spot=FIGURE,
    ),
    "Cause": _object(
        None, code={"enum": list(ROOT_CAUSES)}, name=TEXT, sides=_list(FIGURE),
        four_months=_list(FIGURE),
    ),
    "Agreement": _object(
        None, id=ID, state={"enum": list(AgreementState)}, cause=TEXT,
        strategy=TEXT, text=TEXT, starts_on=DAY, ended_on=_maybe(DAY),
        effect=_maybe({"type": "object"}),
    ),
    "Series": _object(
        None, name=TEXT, unit=TEXT, better={"enum": list(Better)}, team=_maybe(TEXT),
        points=_list(_object(None, day=DAY, value={"type": "number"})),
    ),
    "Theme": _object(
        None, id=ID, name=TEXT, cause=_maybe(TEXT),
        kind={"enum": [ThemeKind.FOUND, ThemeKind.PRAISE]}, pair=TEXT, team_ids=_list(ID),
        dismissed=SWITCH,
        sides=_list(_object(None, team=TEXT, persons=TEXT, change=_maybe(TEXT),
                            tone=_maybe(TEXT))),
    ),
}  # fmt: skip

ABOUT = (
    "Published results of the organisation's pulse, and figures of other "
    "systems brought in. Nothing here is about a person. Names and sentences are in the "
    "language of Accept-Language or of the parameter lang, codes never change. Figures "
    "are in points from 0 (no friction) to 100; “under” and “over” bound one that would "
    "say too much about each answer. A seam's figures stand in the order of its months."
)


def openapi() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tribometer", "version": "1", "description": ABOUT},
        "security": [{"token": []}],
        "paths": {
            "/api/v1/releases": {
                "get": _listed("releases", "Published waves, newest first", "Release")
            },
            "/api/v1/pairs": {
                "get": _listed("pairs", "Pairs in the newest wave, most friction first",
                               "PairSummary", True)
            },
            "/api/v1/pairs/{team_a}/{team_b}": {
                "parameters": [_id("team_a"), _id("team_b")],
                "get": _operation("pair", "All published figures of a pair", _ref("Pair"), "404"),
            },
            "/api/v1/pairs/{team_a}/{team_b}/series": {
                "parameters": [_id("team_a"), _id("team_b")],
                "put": _put_series(),
            },
            "/api/v1/themes": {
                "get": _listed("themes", "Themes of the newest wave, in bands of persons",
                               "Theme", True)
            },
        },
        "webhooks": {event: {"post": _told(event)} for event in EVENTS},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token for “results”; one for “figures” to bring figures in.",
                }
            },
            "schemas": SCHEMAS,
        },
    }  # fmt: skip


def _operation(name: str, summary: str, answer: Schema, *problems: str) -> Schema:
    found = {
        "200": _response("Found", answer),
        "304": {"description": "Unchanged since the ETag that was sent with If-None-Match"},
    }
    answers = found | _problems("401", "429", *problems)
    return {"operationId": name, "summary": summary, "responses": answers}


def _listed(name: str, summary: str, kind: str, of_a_wave: bool = False) -> Schema:
    given: Schema = {"items": _list(_ref(kind)), "next": _maybe(TEXT)}
    if of_a_wave:
        given["wave"] = _maybe(WHOLE)
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": USUAL}
    asked = [
        {"name": "limit", "in": "query", "schema": limit},
        {"name": "after", "in": "query", "schema": TEXT,
         "description": "What the address under “next” says."},
    ]  # fmt: skip
    operation = _operation(name, summary, _object(None, **given), "400", "404")
    return {**operation, "parameters": asked}


def _put_series() -> Schema:
    answer = _object(None, kept={"type": "object", "additionalProperties": WHOLE})
    return {
        "operationId": "put_series",
        "summary": "Bring in figures of other systems, all or nothing",
        "requestBody": {"required": True, "content": {"text/csv": {"schema": TEXT}}},
        "responses": {"200": _response("Kept, values by series", answer)}
        | _problems("400", "401", "404", "413", "422", "429"),
    }


def _told(event: str) -> Schema:
    """What a program is sent of an event, signed as Standard Webhooks are."""
    of_wave = event.startswith("wave.")
    data = {"wave": WHOLE} if of_wave else {"agreement": ID, "teams": _list(ID)}
    body = _object(
        None,
        type={"const": event},
        timestamp={"type": "string", "format": "date-time"},
        data=_object(None, **data),
    )
    header = {"in": "header", "required": True, "schema": TEXT}
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "summary": f"Sent to programs that asked for {event}",
        "parameters": [{"name": name, **header} for name in names],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "2XX": {"description": "Taken"},
            "410": {"description": "Nobody listens here any more: the webhook ends"},
        },
    }


def _problems(*codes: str) -> Schema:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {code: {"description": "What is wrong, in a sentence", "content": content}
            for code in codes}  # fmt: skip


def _response(says: str, schema: Schema) -> Schema:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


def _id(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": ID}
