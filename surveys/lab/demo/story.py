"""The example company's story: who works there, who works with whom, and what happened when.

Fourteen months. In month 6 Sales is reorganised and the quarter goes badly: friction between
Procurement and Sales rises on both sides. In month 8 both managers agree on a weekly joint
meeting; by month 11 it is easier than it was before. Month 15 is open.
"""

from itertools import product
from random import Random
from typing import Final

from analysis.lab.events import Event
from analysis.lab.simulate import PARTNERS, TEAM_SIZES, Company

SEED: Final = 3
MONTHS: Final = 14
CENTRE: Final = ("Procurement", "Sales")
SHOCK_MONTH, AGREEMENT_MONTH = 6, 8
AGREEMENT: Final = (
    "communication",
    "joint_meetings",
    "Half an hour every Monday: forecast, changes to orders, and who needs what by when.",
)
#: points less that both expected, and after how many days
EXPECTED: Final = (10, 140)
#: what, due so many days after the agreement, by whom (none: both), and whether it is done by now
STEPS: Final = (
    ("Fix day, hour and the people of both teams", 4, "Sales", True),
    ("Hold the first meeting, with one page on what is coming and what changed", 11, None, True),
    ("Give Procurement the forecast of the next eight weeks, every Friday", 60, "Sales", True),
    ("Ask both teams what to keep and what to drop", 200, "Procurement", False),
)
#: name, which way is better, unit, target, period
GOALS: Final = {
    "Procurement": (
        ("Purchasing cost against last year", "lower", "%", 97.0, "year"),
        ("Orders with an approved supplier", "higher", "%", 95.0, "quarter"),
    ),
    "Sales": (
        ("New revenue", "higher", "million €", 4.5, "quarter"),
        ("Offers sent within two days", "higher", "%", 90.0, "month"),
    ),
}
CONFLICT: Final = (
    "An offer within two days leaves no time to find an approved supplier for it.",
    "Orders with an approved supplier",
    "Offers sent within two days",
)
#: orders delivered late in each month: they follow the friction by a month
LATE_ORDERS: Final = (14, 12, 15, 13, 14, 16, 23, 27, 25, 19, 14, 12, 10, 11)
NOTE: Final = "Sales reorganised into regions"
EVENTS: Final = (
    Event("shock", CENTRE, SHOCK_MONTH, 0.8, "communication"),
    Event("action", CENTRE, AGREEMENT_MONTH, 2.0, "communication", ramp=3),
)
HR: Final = ("Ines Alvarado", "hr@example.com")
PASSWORD: Final = "tribometer-demo"
_FIRST: Final = (
    "Amira", "Bogdan", "Carla", "Daniyar", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jasmin",
    "Kofi", "Leonie", "Mateo", "Noor", "Olga", "Paulo", "Rania", "Sven", "Tamara", "Ulrich",
    "Vera", "Wiktor", "Ximena", "Yusuf", "Zora",
)  # fmt: skip
_LAST: Final = (
    "Abendroth", "Bielska", "Castellanos", "Dimitrov", "Eriksen", "Fontaine", "Grigoryan",
    "Haddad", "Ilves", "Jovanovic", "Kaplan", "Lindqvist", "Moretti", "Nakamura", "Okafor",
)  # fmt: skip


def company() -> Company:
    """The company with its whole past and the open month, the same at every run."""
    seams = [seam for a, b in PARTNERS for seam in ((a, b), (b, a))]
    return Company(
        SEED,
        TEAM_SIZES,
        seams,
        MONTHS + 1,
        EVENTS,
        level=-0.6,
        random_shocks=False,
        comment_rate=0.7,
        skipped=0.01,
    )


def name_of(person: int) -> str:
    """The name of the company's person of this number."""
    names = [f"{first} {last}" for first, last in product(_FIRST, _LAST)]
    Random(SEED).shuffle(names)
    return names[person]


def address_of(person: int) -> str:
    """The e-mail address of the person."""
    return name_of(person).lower().replace(" ", ".") + "@example.com"


def directory(world: Company, month: int) -> str:
    """The CSV of everybody in a month, as HR would upload it; the first of each team manages it."""
    lines = ["name,email,team,manager"]
    for team in TEAM_SIZES:
        for place, person in enumerate(world.roster(team, month)):
            manages = "yes" if place == 0 else ""
            lines.append(f"{name_of(person)},{address_of(person)},{team},{manages}")
    return "\n".join(lines) + "\n"


#: where work grates when nothing in particular is the cause
POINTS: Final = (5, 6, 6, 6)
#: points of the hand-over (numbers of surveys.handovers.POINTS) at which each cause shows
POINTS_OF_CAUSE: Final = {
    "objectives": (3, 5),
    "communication": (5, 6, 6),
    "competitiveness": (4, 5),
    "resources": (1, 2, 6),
}
