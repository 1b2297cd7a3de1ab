"""Every address of the app with real and invented objects in it, and those who knock there."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from werkzeug.test import TestResponse

from surveys import clock
from surveys.answering.routes import COOKIE as LINK
from surveys.answering.sealing import Ballot
from surveys.database import write_session
from surveys.improving import agreements, goals
from surveys.lab.attacks.company import (
    HR,
    Company,
    Member,
    add_account,
    cast,
    codes_of,
    end,
    found_company,
    numbered,
    open_next,
    second_day,
    visitor,
)
from surveys.lab.attacks.server import opened_form
from surveys.models.enums import Role
from surveys.models.hard_data import HardSeries
from surveys.models.pulses import Wave
from surveys.models.themes import Quote, Theme
from surveys.reading.playbook import playbook

TEAMS = ("North", "South", "East")
PAIRS = [("North", "South"), ("South", "East"), ("North", "East")]
#: role -> the team of a manager
MANAGES = {"manager": "North", "other": "East"}
ROLES = ("nobody", "respondent", "hr", "manager", "other", "admin")
UNKNOWN = 987_654
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')

Objects = Mapping[str, int]
#: what somebody writes into the open question
Writes = Callable[[Member], str | None]


@dataclass(slots=True)
class House:
    """A company with one published month and one open, and somebody of each role at the door."""

    company: Company
    open_wave: Wave
    visitors: dict[str, FlaskClient]
    #: role -> what is its own, and what belongs to others (both empty for HR, who owns all)
    own: dict[str, Objects]
    foreign: dict[str, Objects]


def furnish(app: Flask, size: int, rng: Random, writes: Writes = lambda _who: None) -> House:
    """Build the house; everybody answered in the first month, and wrote what `writes` says."""
    company = found_company(app, dict.fromkeys(TEAMS, size), PAIRS, rng)
    add_account(company, HR, Role.HR)
    add_account(company, "admin@example.org", Role.ADMIN)
    for role, team in MANAGES.items():
        add_account(company, f"{role}@example.org", Role.MANAGER, team)
    first = open_next(company)
    answer_all(company, first, rng, writes)
    end(company, first)
    pairs = [sorted(company.teams[team] for team in pair) for pair in PAIRS]
    with write_session(company.installed.sessions) as session:
        made = [_furnish_pair(session, a, b) for a, b in pairs]
    wave = open_next(company)
    own = {"manager": _objects(company, 0, made), "other": _objects(company, 1, made)}
    foreign = {"manager": own["other"], "other": own["manager"]}
    own["hr"] = own["admin"] = own["manager"]
    house = House(company, wave, {}, own, foreign)
    with clock.at(second_day(wave)):
        for role in ROLES:
            signed_in = role not in ("nobody", "respondent")
            house.visitors[role] = visitor(company, f"{role}@example.org" if signed_in else None)
    code = next(iter(codes_of(company, wave).values()))
    opening = opened_form(company.installed.settings, code)
    house.visitors["respondent"].set_cookie(LINK, opening, path="/s")
    return house


def _furnish_pair(session: Session, a: int, b: int) -> Objects:
    """An agreement with a step, a goal of each team in conflict, a series; their numbers."""
    today, plan = clock.now().date(), playbook()[0]
    made = agreements.propose(
        session, HR, (a, b), plan.causes[0], plan.code, "As said.", today,
        steps=[agreements.PlannedStep("Begin.", today)],
    )  # fmt: skip
    one, two = (
        goals.add_goal(session, HR, team, "Speed", "higher", "%", 90.0, "month") for team in (a, b)
    )
    conflict = goals.mark_conflict(session, HR, one, two, "Both want the same hours.")
    series = HardSeries(team_a_id=a, team_b_id=b, name="Late", unit="orders", better="lower")
    session.add(series)
    session.flush()
    return {
        "agreement_id": made.id,
        "step_id": made.steps[0].id,
        "goal_id": one.id,
        "conflict_id": conflict.id,
        "series_id": series.id,
    }


def answer_all(company: Company, wave: Wave, rng: Random, writes: Writes) -> None:
    """Everybody answers about both other teams."""
    codes = codes_of(company, wave)
    for who in company.members:
        comment = writes(who)
        parts = tuple(
            numbered(rng.randrange(5**7), ident, {"O1": comment} if comment else None)
            for team, ident in company.teams.items()
            if team != who.team
        )
        cast(company, wave, codes[who.email], Ballot(company.teams[who.team], parts))


def _objects(company: Company, pair: int, made: list[Objects]) -> Objects:
    a, b = (company.teams[team] for team in PAIRS[pair])
    found = {"team_a": a, "team_b": b, "account_id": 1, **made[pair]}
    with company.installed.sessions() as session:
        themes = select(Theme.id).where(Theme.team_a_id == min(a, b), Theme.team_b_id == max(a, b))
        theme = session.scalar(themes.limit(1))
        quote = session.scalar(select(Quote.id).where(Quote.theme_id == theme).limit(1))
        wave = session.scalar(select(Wave.id).order_by(Wave.number).limit(1))
    more = {"theme_id": theme, "quote_id": quote, "wave_id": wave}
    return {**found, **{name: value for name, value in more.items() if value is not None}}


def rules_of(app: Flask, at: str = "") -> Iterator[Rule]:
    """Every rule that leads to a page of ours, or to this endpoint only."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and at in ("", rule.endpoint):
            yield rule


def address(app: Flask, rule: Rule, objects: Objects) -> str | None:
    """The rule's path with these objects; None if it needs one that is not among them."""
    values: dict[str, int | str] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        elif name in objects:
            values[name] = objects[name]
        else:
            return None
    adapter = app.url_map.bind("localhost")
    return str(adapter.build(rule.endpoint, values, method=sorted(rule.methods or ())[0]))


def nowhere(rule: Rule) -> Objects:
    """Objects that do not exist, one for each argument."""
    numbers = (
        n for n in sorted(rule.arguments) if isinstance(rule._converters[n], IntegerConverter)
    )
    return {name: UNKNOWN + place for place, name in enumerate(numbers)}


def plain(response: TestResponse) -> str:
    """The body without what differs at every rendering."""
    return TOKEN.sub("", response.get_data(as_text=True))
