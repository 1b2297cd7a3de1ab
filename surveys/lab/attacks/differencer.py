"""Attack 5: subtract what was published of one wave from another while people come and go.

Opinions never change here, which is the attacker's best case: two waves of one team then differ by
those who moved. Teams are small, most people answer, and one to three move each month.
"""

from collections.abc import Callable
from random import Random

from flask import Flask

from surveys.lab.attacks.company import CODES, Company, Member, found_company, member
from surveys.lab.attacks.releases_seen import History, Opinions
from surveys.lab.attacks.result import AttackResult, judged

NAME = "differencer"
SIZES = {"North": 6, "South": 7, "East": 8, "West": 9, "Stores": 12}
PAIRS = [("North", "South"), ("South", "East"), ("East", "West"), ("West", "Stores")]
WAVES = 12
RESPONSE = 0.9


def difference(
    app: Flask,
    rng: Random,
    waves: int = WAVES,
    progress: Callable[[int], None] = lambda _wave: None,
) -> AttackResult:
    """Hold the waves through the service, and let every subtracting attack at what it published."""
    company = found_company(app, SIZES, PAIRS, rng)
    history = History(company)
    partners = _partners()
    minds: dict[str, Opinions] = {}
    for number in range(waves):
        if number:
            _move(company, rng)
        for who in company.members:
            minds.setdefault(who.email, _opinions(partners[who.team], rng))
        everybody = number % 3 == 0
        here = [m for m in company.members if everybody or rng.random() < RESPONSE]
        history.hold({m.email: {t: minds[m.email][t] for t in partners[m.team]} for m in here})
        progress(number + 1)
    shown = sum(len(release.figures) for _cell, _roster, release in history.seen)
    says = f"{waves} waves, {len(history.numbers)} people, {shown} figures, every two compared"
    return judged(NAME, shown, history.leaks(), says)


def _partners() -> dict[str, list[str]]:
    both = [*PAIRS, *((b, a) for a, b in PAIRS)]
    return {team: [b for a, b in both if a == team] for team in SIZES}


def _opinions(teams: list[str], rng: Random) -> Opinions:
    """Mixed minds, with a good share of people who tick the end everywhere."""
    return {
        team: dict.fromkeys(CODES, rng.choice((1, 5)))
        if rng.random() < 0.3
        else {code: rng.randrange(1, 6) for code in CODES}
        for team in teams
    }


def _move(company: Company, rng: Random) -> None:
    """In every team up to three leave and up to three come; the manager stays."""
    moved: list[Member] = []
    for team in SIZES:
        members = company.of_team(team)
        leaving = rng.sample(members[1:], rng.choice((0, 0, 1, 1, 2, 3)))
        moved += [m for m in members if m not in leaving]
        moved += [member(90 + n, team, rng) for n in range(len(leaving) + rng.choice((-1, 0, 1)))]
    company.members = moved
