"""What was published through the service, beside the answers behind it: food for the attackers.

`analysis.lab.attack` knows how to attack figures; here the figures are those that the running
service stored and shows, and the people are those who really answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select

from analysis.disclosure.figures import FigureKey, Published
from analysis.disclosure.release import Cell, CellKey, Release, measures
from analysis.lab.attack import attack_world
from analysis.lab.attack_worlds import Seen
from analysis.measurement.scoring import Ratings
from analysis.measures import Measure
from surveys.answering.sealing import Ballot, SeamBallot
from surveys.lab.attacks.company import Company, Member, cast, codes_of, end, open_next
from surveys.models import releases
from surveys.models.pulses import Item, Wave
from surveys.publishing.figures import published_figure

#: what one person says about each team: item code to 1..5
Opinions = Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class History:
    """Everything published so far, with the truth behind it."""

    company: Company
    seen: list[Seen] = field(default_factory=list)
    #: a number for each person, by address
    numbers: dict[str, int] = field(default_factory=dict)

    def hold(self, opinions: Mapping[str, Opinions], comment: str | None = None) -> Wave:
        """One wave: those with opinions (by address) answer; it is closed and published.

        `comment`: what each of them writes about each team.
        """
        company = self.company
        wave = open_next(company)
        codes, written = codes_of(company, wave), {"O1": comment} if comment else {}
        for who in company.members:
            said = opinions.get(who.email)
            if said:
                parts = tuple(
                    SeamBallot(company.teams[team], True, dict(scores), written)
                    for team, scores in said.items()
                )
                cast(company, wave, codes[who.email], Ballot(company.teams[who.team], parts))
        end(company, wave)
        self._remember(wave, opinions)
        return wave

    def leaks(self) -> list[str]:
        """What the attack programs find out from all that was published."""
        names = {str(ident): team for team, ident in self.company.teams.items()}
        return [
            f"{leak.attack}: {leak.people} people of {names[leak.key.rater]}, wave {leak.key.wave}"
            for leak in attack_world(self.seen)
        ]

    def _remember(self, wave: Wave, opinions: Mapping[str, Opinions]) -> None:
        with self.company.installed.sessions() as session:
            rows = session.scalars(
                select(releases.Figure)
                .join(releases.Release, releases.Release.id == releases.Figure.release_id)
                .where(releases.Release.wave_id == wave.id)
            ).all()
            items = session.scalars(
                select(Item).where(Item.code.in_(wave.items), ~Item.is_open)
                .order_by(Item.position)
            ).all()  # fmt: skip
        figures: dict[FigureKey, Published] = {
            FigureKey(str(r.rater_id), str(r.target_id), wave.number, r.measure):
            published_figure(r) for r in rows if r.measure not in (Measure.GAP, Measure.BLIND_SPOT)
        }  # fmt: skip
        seams = {(r.rater_id, r.target_id) for r in rows if r.measure == Measure.INDEX}
        for rater, target in sorted(seams):
            cell, roster = self._cell(wave, rater, target, items, opinions)
            asked = set(measures(cell.ratings))
            own = {k: f for k, f in figures.items() if k.cell == cell.key and k.measure in asked}
            self.seen.append((cell, roster, Release(own)))

    def _cell(
        self, wave: Wave, rater: int, target: int, items: object, opinions: Mapping[str, Opinions]
    ) -> tuple[Cell, frozenset[int]]:
        """The cell as the service must have seen it, with the real people as its rows."""
        team = {ident: name for name, ident in self.company.teams.items()}
        members = self.company.of_team(team[rater])
        said = {
            self._number(m): opinions[m.email][team[target]]
            for m in members
            if team[target] in opinions.get(m.email, {})
        }
        asked: list[Item] = list(items)  # type: ignore[call-overload]
        codes = tuple(item.code for item in asked)
        values = np.array([[s.get(c, np.nan) for c in codes] for s in said.values()], dtype=float)
        ratings = Ratings(
            codes,
            tuple(item.reverse for item in asked),
            values.reshape(-1, len(codes)),
            tuple(said),
        )
        key = CellKey(str(rater), str(target), wave.number)
        return Cell(key, len(members), ratings), frozenset(map(self._number, members))

    def _number(self, who: Member) -> int:
        return self.numbers.setdefault(who.email, len(self.numbers))
