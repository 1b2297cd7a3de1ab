"""Attack 6: groups of nought to twelve, of one mind or with one dissenter, through the service.

Once as so many answers from a team of fourteen, once as a whole team of that size. Looked at are
the figures that were stored, and what HR, who sees most, gets to see of them.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from flask import Flask

from analysis.disclosure.release import Rule, Withheld, measures
from surveys import clock
from surveys.lab.attacks.company import (
    CODES,
    HR,
    Company,
    add_account,
    after,
    found_company,
    visitor,
)
from surveys.lab.attacks.releases_seen import History, Opinions
from surveys.lab.attacks.result import AttackResult, judged
from surveys.models.enums import Role
from surveys.models.pulses import Wave

NAME = "small groups"
MAX_PEOPLE = 12
BIG = 14
#: what each of a group says, by its place in the group
MINDS: dict[str, Callable[[int, Random], dict[str, int]]] = {
    "mixed": lambda _place, rng: {code: rng.randrange(1, 6) for code in CODES},
    "of one mind": lambda _place, _rng: dict.fromkeys(CODES, 5),
    "one dissenter": lambda place, _rng: dict.fromkeys(CODES, 1 if place == 0 else 5),
}


def small(app: Flask, rng: Random) -> AttackResult:
    """Every size, every kind of mind, a month each."""
    sizes = {f"Part {n}": BIG for n in range(MAX_PEOPLE + 1)}
    sizes |= {f"Whole {n}": n for n in range(1, MAX_PEOPLE + 1)}
    names = list(sizes)
    pairs = [*zip(names[::2], names[1::2], strict=False), (names[-1], names[0])]
    partner = {a: b for one, two in reversed(pairs) for a, b in ((one, two), (two, one))}
    company = found_company(app, sizes, pairs, rng)
    add_account(company, HR, Role.HR)
    history, found = History(company), []
    for kind, mind in MINDS.items():
        opinions: dict[str, Opinions] = {}
        for team in sizes:
            present = company.of_team(team)[: int(team.split()[1])]
            for place, who in enumerate(present):
                opinions[who.email] = {partner[team]: mind(place, rng)}
        wave = history.hold(opinions)
        found += [f"{kind}: {line}" for line in _seen_by_hr(company, wave, pairs)]
    found += [*_small_figures(history), *history.leaks()]
    asked = sum(len(measures(cell.ratings)) for cell, _, _ in history.seen)
    says = f"{len(history.seen)} groups of 0 to {MAX_PEOPLE}, {', '.join(MINDS)}"
    return judged(NAME, asked, found, says)


def _small_figures(history: History) -> list[str]:
    """Figures of fewer than were promised, of teams too small, or that give an end away."""
    rule, found = Rule(), []
    for cell, roster, made in history.seen:
        n = len(cell.ratings.rows)
        for key, figure in made.figures.items():
            if isinstance(figure, Withheld):
                continue
            if n < rule.needed(key.measure) or len(roster) < rule.roster:
                found.append(f"a figure of {n} people in a team of {len(roster)}: {key.measure}")
            if getattr(figure, "value", 50) in (0, 100):
                found.append(f"a figure says that all {n} are of one mind")
    return found


def _seen_by_hr(company: Company, wave: Wave, pairs: list[tuple[str, str]]) -> list[str]:
    """Numbers that the API shows of a side with fewer than five answers."""
    client, found = visitor(company, HR), []
    with clock.at(after(wave)):
        client = visitor(company, HR)
        for a, b in pairs:
            page = f"/api/v1/pairs/{company.teams[a]}/{company.teams[b]}"
            document: Any = client.get(page).get_json()
            for seam in document["seams"]:
                few = int(seam["rater"].split()[1]) < Rule().index
                numbers = [figure["value"] for figure in seam["figures"]]
                if few and (any(n is not None for n in numbers) or seam["change"]):
                    found.append(f"HR sees a figure of {seam['rater']} about {seam['target']}")
    return found
