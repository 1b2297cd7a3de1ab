"""The pair page as a JSON document, and the OpenAPI description of the API."""

from dataclasses import asdict
from typing import Any

from surveys.reading.figures import FigureView
from surveys.reading.pages import PairPage


def figure_document(figure: FigureView) -> dict[str, Any]:
    """A figure: its state, and value, interval and band, or the reason why there is none."""
    return {
        "state": figure.state,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "answers": figure.n_band,
        "reason": figure.why or None,
    }


def pair_document(page: PairPage) -> dict[str, Any]:
    """All published figures of a pair; under `series`, apart, those of other systems."""
    return {
        "teams": [page.a.name, page.b.name],
        "months": [{"number": m.number, "opened_on": m.opened_on.isoformat()} for m in page.months],
        "seams": [
            {
                "rater": line.rater,
                "target": line.target,
                "figures": [figure_document(f) for f in line.figures],
                "alarm": line.alarm,
                "change": asdict(line.change) if line.change else None,
                "smallest_change": line.smallest_change,
                "blind_spot": figure_document(line.blind_spot),
            }
            for line in page.lines
        ],
        "pair": figure_document(page.level),
        "gap": figure_document(page.gap),
        "causes": [
            {
                "code": c.code,
                "name": c.name,
                "sides": [figure_document(s) for s in c.sides],
                "four_months": [figure_document(s) for s in c.recent],
            }
            for c in page.causes
        ],
        "series": [
            {
                "name": s.name,
                "unit": s.unit,
                "better": s.better,
                "team": s.team or None,
                "points": [{"day": day.isoformat(), "value": value} for day, value in s.points],
            }
            for s in page.series
        ],
    }


def openapi() -> dict[str, Any]:
    """The description of the API."""
    number = {"in": "path", "required": True, "schema": {"type": "integer"}}
    csv = {"text/csv": {"schema": {"type": "string"}}}
    problem = {"description": "Problem", "content": {"application/problem+json": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tribometer", "version": "1"},
        "paths": {
            "/api/v1/pairs/{team_a}/{team_b}": {
                "get": {
                    "summary": "Published figures of a pair, all months",
                    "parameters": [{**number, "name": "team_a"}, {**number, "name": "team_b"}],
                    "responses": {
                        "200": {"description": "The pair", "content": {"application/json": {}}},
                        "401": problem,
                        "404": problem,
                    },
                }
            },
            "/api/v1/pairs/{team_a}/{team_b}/series": {
                "put": {
                    "summary": "Bring in figures of other systems, all or nothing",
                    "security": [{"token": ["figures"]}],
                    "parameters": [{**number, "name": "team_a"}, {**number, "name": "team_b"}],
                    "requestBody": {"required": True, "content": csv},
                    "responses": {
                        "200": {"description": "Kept", "content": {"application/json": {}}},
                        "400": problem,
                        "401": problem,
                        "404": problem,
                        "422": problem,
                    },
                }
            },
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
