"""Attack 8: every role at every address, with its own objects, others' and invented ones.

What is expected comes from the policy that each route declares and from who owns the object.
Another's object must look exactly like one that does not exist.
"""

from random import Random

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from surveys import clock
from surveys.access.policy import ANYBODY, RESPONDENT, SIGNED_IN, declared, scope_of
from surveys.lab.attacks.company import second_day
from surveys.lab.attacks.doors import (
    ROLES,
    House,
    Objects,
    address,
    furnish,
    nowhere,
    plain,
    rules_of,
)
from surveys.lab.attacks.result import AttackResult, judged

NAME = "roles and objects"
TEAM_SIZE = 12
WRONG_METHODS = ("PUT", "PATCH", "DELETE")
#: methods that change nothing, so that a role may try them on all that it owns
SAFE = ("GET", "OPTIONS")
OUTSIDE = ("nobody", "respondent")
OPENS = set(range(200, 400))


def knock(app: Flask, rng: Random) -> AttackResult:
    """Build a house, and knock at every door as everybody."""
    return knock_everywhere(furnish(app, TEAM_SIZE, rng))


def knock_everywhere(house: House, at: str = "") -> AttackResult:
    """The whole matrix (or the routes `at` one endpoint).

    A violation is a door that opens, or that tells what is behind it.
    """
    found: list[str] = []
    tries = 0
    with clock.at(second_day(house.open_wave)):
        for rule in rules_of(house.company.app, at):
            for method in (*sorted(rule.methods or ()), *WRONG_METHODS):
                for role in ROLES:
                    lines = _try(house, rule, method, role)
                    tries += len(lines)
                    found += [line for line in lines if line]
    says = f"{len(ROLES)} roles, {len(list(rules_of(house.company.app)))} routes, own, foreign"
    return judged(NAME, tries, found, says)


def _try(house: House, rule: Rule, method: str, role: str) -> list[str]:
    """What is wrong with the answers to one role at one route by one method; "" if nothing is."""
    held = {"other": "manager"}.get(role, role)
    allowed = declared(house.company.app, rule.endpoint) or frozenset()
    known = method in (rule.methods or ())
    if known and held in allowed & SIGNED_IN:
        return _as_allowed(house, rule, method, role)
    kinds = [nowhere(rule), house.own.get(role, house.own["manager"])]
    answers = [_ask(house, rule, method, role, kind) for kind in kinds[: 1 + bool(rule.arguments)]]
    where = f"{method} {rule.rule} as {role}"
    if not known:
        return [_unless({302, 401, 404, 405}, where, answer) for answer in answers if answer]
    if allowed & {ANYBODY, RESPONDENT}:
        return [_unless(set(range(500)), where, answer) for answer in answers if answer]
    if scope_of(allowed):
        # For programs with a token: whoever comes with a cookie is nobody there.
        return [_unless({401}, where, answer) for answer in answers if answer]
    refused = {302, 401} if role in OUTSIDE else {404}
    return [_unless(refused, where, answer) for answer in answers if answer]


def _as_allowed(house: House, rule: Rule, method: str, role: str) -> list[str]:
    """A role at a route of its own: its objects open, others' are as if they did not exist."""
    where = f"{method} {rule.rule} as {role}"
    lines = []
    if method in SAFE:
        own = _ask(house, rule, method, role, house.own[role])
        lines.append(_unless(OPENS, where, own) if own else "")
    if rule.arguments and role in house.foreign:
        unknown = _ask(house, rule, method, role, nowhere(rule))
        foreign = _ask(house, rule, method, role, house.foreign[role])
        if foreign and unknown:
            alike = foreign.status_code == unknown.status_code and plain(foreign) == plain(unknown)
            lines.append("" if alike else f"{where} tells another's object from none")
            hidden = {404} if method != "OPTIONS" else OPENS
            lines.append(_unless(hidden, f"{where} with another's object", foreign))
    return lines


def _ask(house: House, rule: Rule, method: str, role: str, objects: Objects) -> TestResponse | None:
    path = address(house.company.app, rule, objects)
    return None if path is None else house.visitors[role].open(path, method=method)


def _unless(fine: set[int], where: str, answer: TestResponse) -> str:
    return "" if answer.status_code in fine else f"{where} answers {answer.status_code}"
