"""What pages show as JSON documents; `description` says the same as a schema."""

from dataclasses import asdict
from typing import Any

from flask import url_for

from surveys.curating.themes import RankedTheme
from surveys.models.releases import Release
from surveys.reading.agreements import AgreementView
from surveys.reading.causes import theme_name
from surveys.reading.figures import FigureView
from surveys.reading.hard_data import SeriesView
from surveys.reading.pages import PairPage
from surveys.reading.pairs import PairSummary


def figure_document(figure: FigureView) -> dict[str, Any]:
    """A figure: its state, and value, interval and band, or the reason why there is none.

    `reason` is a sentence in the reader's language, `reason_code` the same for programs.
    """
    return {
        "state": figure.state,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "answers": figure.n_band,
        "reason": figure.why or None,
        "reason_code": figure.reason,
    }


def pair_document(page: PairPage) -> dict[str, Any]:
    """All published figures of a pair; under `series`, apart, those of other systems."""
    return {
        "teams": [page.a.name, page.b.name],
        "team_ids": [page.a.id, page.b.id],
        "agreements": [_agreement(one) for one in page.agreements],
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
        "series": [_series(one) for one in page.series],
    }


def release_document(release: Release) -> dict[str, Any]:
    """A published wave."""
    return {
        "number": release.number,
        "opened_on": release.opened_on.isoformat(),
        "published_on": release.published_on.isoformat(),
    }


def summary_document(pair: PairSummary) -> dict[str, Any]:
    """A pair in the newest published wave, with the address of all its figures."""
    return {
        "teams": [{"id": team.id, "name": team.name} for team in (pair.a, pair.b)],
        "pair": figure_document(pair.level),
        "seams": [
            {"rater": rater, "figure": figure_document(figure), "alarm": alarm}
            for rater, figure, alarm in zip(
                (pair.a.name, pair.b.name), pair.seams, pair.alarms, strict=True
            )
        ],
        "all_figures": url_for("api.pair", team_a=pair.a.id, team_b=pair.b.id),
    }


def theme_document(line: RankedTheme) -> dict[str, Any]:
    """A theme with its sides: persons in bands, change and tone; quotes stay on the pages."""
    return {
        "id": line.theme.id,
        "name": theme_name(line.theme),
        "cause": line.theme.cause,
        "kind": line.theme.kind,
        "pair": line.pair,
        "team_ids": [line.theme.team_a_id, line.theme.team_b_id],
        "dismissed": line.theme.dismissed,
        "sides": [
            {
                "team": side.team,
                "persons": side.persons,
                "change": side.change,
                "tone": side.tone,
            }
            for side in line.sides
        ],
    }


def _agreement(one: AgreementView) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "cause": one.cause,
        "strategy": one.strategy,
        "text": one.text,
        "starts_on": one.starts_on.isoformat(),
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
        "effect": asdict(one.effect) if one.effect else None,
    }


def _series(one: SeriesView) -> dict[str, Any]:
    return {
        "name": one.name,
        "unit": one.unit,
        "better": one.better,
        "team": one.team or None,
        "points": [{"day": day.isoformat(), "value": value} for day, value in one.points],
    }
