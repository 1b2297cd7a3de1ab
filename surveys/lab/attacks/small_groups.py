"""Attack 6: groups of nought to twelve, of one mind or with one dissenter, through the service.

Once as so many answers from a team of fourteen, once as a whole team of that size. Looked at are
the figures, themes, comments and handover points that were stored, the participation, and what HR,
who sees most, gets to see of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select

from analysis.disclosure.release import Withheld, measures
from analysis.disclosure.rule import MINIMUM
from analysis.lab.attack import promised
from surveys import clock
from surveys.handovers import HOURS, POINT
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
from surveys.models.ballots import Comment
from surveys.models.enums import Role
from surveys.models.pulses import Wave
from surveys.models.releases import HandoverFigure, Release, ThemeFigure
from surveys.models.themes import ReadableComment
from surveys.running import live

NAME = "small groups"
MAX_PEOPLE = 12
BIG = 14
#: all write the same, and name the same handover point: it is a theme as soon as it may be
COMMENT = "The forecast comes much too late and changes every week."
HANDOVER = {POINT: 1, HOURS: 3}
#: what the form says: answers for anything, people of a team, answers for words of one side
FEW, TEAM, WORDS = 5, 6, 10
#: what each of a group says, by its place in the group
MINDS: dict[str, Callable[[int, Random], dict[str, int]]] = {
    "mixed": lambda _place, rng: {code: rng.randrange(1, 6) for code in CODES},
    "of one mind": lambda _place, _rng: dict.fromkeys(CODES, 5),
    "one dissenter": lambda place, _rng: dict.fromkeys(CODES, 1 if place == 0 else 5),
}


@dataclass(frozen=True, slots=True)
class Group:
    """How many answered, of how many."""

    answers: int
    people: int

    @classmethod
    def of(cls, team: str) -> "Group":
        """By the name of its team."""
        kind, number = team.split()
        return cls(int(number), BIG if kind == "Part" else int(number))

    def __str__(self) -> str:
        return f"{self.answers} of {self.people} people"

    @property
    def has_figures(self) -> bool:
        """Whether it was promised that figures of it may be shown."""
        return self.answers >= FEW and self.people >= TEAM

    @property
    def has_words(self) -> bool:
        """Whether words of its own may be shown, as was promised: in a bigger team than needed."""
        return self.answers >= WORDS and self.people > WORDS


def small(app: Flask, rng: Random) -> AttackResult:
    """Every size, every kind of mind, a month each."""
    history, found = look(app, rng, tuple(MINDS))
    asked = sum(len(measures(cell.ratings)) for cell, _, _ in history.seen)
    says = f"{len(history.seen)} groups of 0 to {MAX_PEOPLE}, {', '.join(MINDS)}"
    return judged(NAME, asked, found, says)


def look(app: Flask, rng: Random, minds: Sequence[str]) -> tuple[History, list[str]]:
    """Every size, with these kinds of minds, a month each; all that tells too much."""
    sizes = {f"Part {n}": BIG for n in range(MAX_PEOPLE + 1)}
    sizes |= {f"Whole {n}": n for n in range(1, MAX_PEOPLE + 1)}
    names = list(sizes)
    pairs = [*zip(names[::2], names[1::2], strict=False), (names[-1], names[0])]
    partner = {a: b for one, two in reversed(pairs) for a, b in ((one, two), (two, one))}
    company = found_company(app, sizes, pairs, rng)
    add_account(company, HR, Role.HR)
    history, found = History(company), []
    for kind in minds:
        opinions: dict[str, Opinions] = {}
        for team in sizes:
            present = company.of_team(team)[: int(team.split()[1])]
            for place, who in enumerate(present):
                said = MINDS[kind](place, rng) | HANDOVER
                opinions[who.email] = {partner[team]: said}
        wave = history.hold(opinions, COMMENT)
        seen = [*_seen_by_hr(company, wave, pairs), *_participation(company, wave)]
        found += [f"{kind}: {line}" for line in [*seen, *_small_texts(company, wave)]]
    return history, [*found, *_small_figures(history), *history.leaks()]


def _small_figures(history: History) -> list[str]:
    """Figures of fewer than were promised, of teams too small, or that give an end away."""
    found = []
    for cell, roster, made in history.seen:
        n = len(cell.ratings.rows)
        for key, figure in made.figures.items():
            if isinstance(figure, Withheld):
                continue
            if n < promised(key.measure, MINIMUM) or len(roster) < TEAM:
                found.append(f"a figure of {n} people in a team of {len(roster)}: {key.measure}")
            if getattr(figure, "value", 50) in (0, 100):
                found.append(f"a figure says that all {n} are of one mind")
    return found


def _small_texts(company: Company, wave: Wave) -> list[str]:
    """Themes, comments and handover points of sides too small for words of their own."""
    groups = {ident: Group.of(name) for name, ident in company.teams.items()}
    with company.installed.sessions() as session:
        of_wave = Release.wave_id == wave.id
        themes = session.scalars(select(ThemeFigure).join(Release).where(of_wave)).all()
        points = session.scalars(select(HandoverFigure).join(Release).where(of_wave)).all()
        read = session.scalars(
            select(Comment.rater_id)
            .join(ReadableComment, ReadableComment.comment_key == Comment.key)
            .where(Comment.wave_id == wave.id)
        ).all()
    alone = {figure.rater_id for figure in themes if figure.rater_id is not None}
    found = [
        f"{kind} of {groups[side]}"
        for kind, sides in (
            ("a theme", alone), ("a comment", set(read)), ("a point", {p.rater_id for p in points})
        )
        for side in sides
        if not groups[side].has_words
    ]  # fmt: skip
    for one in themes:
        pair = [groups[one.team_a_id], groups[one.team_b_id]]
        heard = sum(group.answers for group in pair) >= WORDS
        if one.rater_id is None and not (heard and all(group.has_figures for group in pair)):
            found.append(f"a theme of {pair[0]} and {pair[1]}")
    return found


def _participation(company: Company, wave: Wave) -> list[str]:
    """Participation of small teams, or in bands that fit hardly more than one number of answers."""
    with company.installed.sessions() as session:
        lines = live.participation(session, session.get_one(Wave, wave.id))
    shown = [(Group.of(line.team), line.band) for line in lines if line.band is not None]
    found = [f"participation of {group}" for group, _ in shown if group.people < TEAM]
    fits = Counter(band for group, band in shown if group.people == BIG)
    return found + [f"{band} fits {n} numbers of {BIG}" for band, n in fits.items() if n < 3]


def _seen_by_hr(company: Company, wave: Wave, pairs: list[tuple[str, str]]) -> list[str]:
    """Numbers that the API shows of a side with fewer than five answers."""
    client, found = visitor(company, HR), []
    with clock.at(after(wave)):
        client = visitor(company, HR)
        for a, b in pairs:
            page = f"/api/v1/pairs/{company.teams[a]}/{company.teams[b]}"
            document: Any = client.get(page).get_json()
            for seam in document["seams"]:
                few = int(seam["rater"].split()[1]) < FEW
                numbers = [figure["value"] for figure in seam["figures"]]
                if few and (any(n is not None for n in numbers) or seam["change"]):
                    found.append(f"HR sees a figure of {seam['rater']} about {seam['target']}")
    return found
