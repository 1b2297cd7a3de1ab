"""Companies with known truth: who answers what, month by month, and what was really the case.

The latent of a pair is rater leniency + target + pair + quarter end + drift + shocks - actions;
a person's latent adds a lasting mood, a lasting view of the other team and the month's wobble.
Everything is drawn from the seed; events change the latents but none of the other draws, so two
companies with the same seed differ by their events alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.lab import answer_model as model
from analysis.lab.events import Event, WorldError, check_world
from analysis.measurement.instrument import CAUSES
from analysis.measurement.trend import MONTHLY_TURNOVER

__all__ = ["Company", "Event", "Response", "WorldError"]

TEAM_SIZES: Final = {
    "Procurement": 18,
    "Sales": 26,
    "Logistics": 14,
    "Finance": 12,
    "Quality": 9,
    "Legal": 4,
}
PARTNERS: Final = (
    ("Procurement", "Sales"),
    ("Procurement", "Logistics"),
    ("Procurement", "Quality"),
    ("Sales", "Logistics"),
    ("Sales", "Finance"),
    ("Finance", "Legal"),
)
SEAMS: Final = tuple(seam for a, b in PARTNERS for seam in ((a, b), (b, a)))

LENIENCY_SD, TARGET_SD, PAIR_SD, RECIPROCITY = 0.3, 0.4, 0.5, 0.4
QUARTER_END, DRIFT_AR, DRIFT_SD = 0.15, 0.9, 0.08
SHOCKS_A_YEAR, SHOCK_SD = 0.3, 0.6
PROFILE_SD = 0.3
LEVEL = -0.6
"""Mean latent: an index of about 36. Zero would put the average company at 47, a high figure."""
TURNOVER = MONTHLY_TURNOVER
NO_DEALINGS = (0.05, 0.15)
MAX_PARTNERS = 3
CAUSE_SHARE = 3.0
"""An event with a cause moves that cause's item this many times as much as its size."""


@dataclass(frozen=True, slots=True)
class Response:
    """One person's answers about one team. `cause`: what a comment would be about, if any.

    With `no_dealings` there are no answers and no comment.
    """

    person: int
    team: str
    target: str
    answers: dict[str, int]
    no_dealings: bool
    cause: str | None


class Company:
    """A company over `months` waves (0 .. months-1).

    `seams`: directed (rater, target). `kappa`: how strongly the unhappy stay silent (0 or .4).
    `level`: mean latent.
    `random_shocks`, `drift`, `quarter_end` switch those parts of the latent off. Raises
    WorldError for unknown teams or causes.
    """

    def __init__(
        self,
        seed: int,
        team_sizes: Mapping[str, int] = TEAM_SIZES,
        seams: Sequence[tuple[str, str]] = SEAMS,
        months: int = 12,
        events: Sequence[Event] = (),
        kappa: float = 0.0,
        *,
        level: float = LEVEL,
        random_shocks: bool = True,
        drift: bool = True,
        quarter_end: bool = True,
        turnover: float = TURNOVER,
        comment_rate: float = 0.6,
        skipped: float = 0.0,
    ) -> None:
        check_world(team_sizes, seams, months, events)
        self.seed, self.months, self.kappa = seed, months, kappa
        self.team_sizes, self.seams = dict(team_sizes), tuple(seams)
        self.comment_rate, self.skipped = comment_rate, skipped
        self._number = {seam: number for number, seam in enumerate(self.seams)}
        self._draw_people(np.random.default_rng([seed, 1]), turnover)
        self._draw_latents(np.random.default_rng([seed, 2]), level, drift, quarter_end)
        shocks = self._random_shocks(np.random.default_rng([seed, 3])) if random_shocks else ()
        self.events: tuple[Event, ...] = (*events, *shocks)
        for event in self.events:
            self._apply(event)

    def roster(self, team: str, t: int) -> tuple[int, ...]:
        """The people of a team in month t."""
        self._check_month(t)
        return tuple(int(person) for person in self._rosters[team][t])

    def joiners(self, team: str, t: int) -> tuple[int, ...]:
        """People who are in the team in month t and were not a month before; none in month 0."""
        return tuple(sorted(set(self.roster(team, t)) - set(self.roster(team, max(t - 1, 0)))))

    def leavers(self, team: str, t: int) -> tuple[int, ...]:
        """People who were in the team a month before t and are no more."""
        return tuple(sorted(set(self.roster(team, max(t - 1, 0))) - set(self.roster(team, t))))

    def truth(self, rater: str, target: str, t: int) -> float:
        """Latent mean of the index, 0..100: the expected score of everybody in the rater team.

        NaN for a team of nobody; WorldError for a seam that does not exist.
        """
        self._check_month(t)
        if (rater, target) not in self._number:
            raise WorldError(f"no seam leads from {rater} to {target}")
        if not len(self._rosters[rater][t]):
            return float("nan")
        people, seam = self._rosters[rater][t], self._number[rater, target]
        lasting = self._latent[seam, t] + self._mood[people] + self._view[people, seam]
        expected = model.expected_index(lasting, self._yes[people], self._causes[seam, t])
        return float(expected.mean())

    def month(self, t: int) -> list[Response]:
        """What comes in in month t, in random order; people who do not answer are not in it."""
        self._check_month(t)
        rng = np.random.default_rng([self.seed, 4, t])
        wobble = rng.normal(0, model.MONTH_SD, self._view.shape)
        chance = rng.random(len(self._mood))
        responses: list[Response] = []
        for team in self.team_sizes:
            people = self._rosters[team][t]
            numbers = self._seams_of(team)
            if len(people) == 0 or len(numbers) == 0:
                continue
            theta = (
                self._latent[numbers, t]
                + self._mood[people, None]
                + self._view[people][:, numbers]
                + wobble[people][:, numbers]
            )
            odds = model.ANSWER_LOGIT + model.PERSISTENCE * self._loyal[people]
            willing = chance[people] < 1 / (1 + np.exp(self.kappa * theta.mean(axis=1) - odds))
            for column, number in enumerate(numbers):
                responses += self._seam(rng, t, int(number), people, theta[:, column], willing)
        return [responses[i] for i in rng.permutation(len(responses))]

    def _seams_of(self, team: str) -> NDArray[np.int64]:
        mine = [number for seam, number in self._number.items() if seam[0] == team]
        return np.array(mine, dtype=np.int64)

    def _seam(
        self,
        rng: np.random.Generator,
        t: int,
        seam: int,
        people: NDArray[np.int64],
        theta: NDArray[np.float64],
        willing: NDArray[np.bool_],
    ) -> list[Response]:
        """One team about another. All draws are made for the whole roster, used or not."""
        causes = self._causes[seam, t]
        items = theta[:, None] + causes @ model.cause_matrix(model.CURVES)
        given = model.answers(rng, items, self._yes[people], model.CURVES)
        away = rng.random(len(people)) < self._no_dealings[seam]
        skip = rng.random(given.shape) < self.skipped
        writes = rng.random(len(people)) < self.comment_rate
        odds = np.exp(2.0 * (causes + rng.normal(0, 0.5, (len(people), len(CAUSES)))))
        odds /= odds.sum(axis=1, keepdims=True)
        about = (rng.random((len(people), 1)) > odds.cumsum(axis=1)).sum(axis=1).clip(max=4)
        rater, target = self.seams[seam]
        return [
            Response(
                int(people[i]),
                rater,
                target,
                {}
                if away[i]
                else {
                    curve.code: int(given[i, j])
                    for j, curve in enumerate(model.CURVES)
                    if not skip[i, j]
                },
                bool(away[i]),
                CAUSES[about[i]] if writes[i] and not away[i] else None,
            )
            for i in np.flatnonzero(willing & self._asked[people, seam])
        ]

    def _draw_people(self, rng: np.random.Generator, turnover: float) -> None:
        self._rosters: dict[str, list[NDArray[np.int64]]] = {}
        count = 0
        for team, size in self.team_sizes.items():
            roster = np.arange(count, count + size)
            count += size
            self._rosters[team] = []
            for month in range(self.months):
                gone = rng.random(size) < (turnover if month else 0.0)
                roster = roster.copy()
                roster[gone] = np.arange(count, count + int(gone.sum()))
                count += int(gone.sum())
                self._rosters[team].append(roster)
        shape = (count, len(self.seams))
        self._mood = rng.normal(0, model.MOOD_SD, count)
        self._view = rng.normal(0, model.VIEW_SD, shape)
        self._yes = rng.normal(0, model.ACQUIESCENCE_SD, count)
        self._loyal = rng.normal(0, 1, count)
        self._asked = np.ones(shape, dtype=np.bool_)
        order = rng.random(shape)
        for team in self.team_sizes:
            numbers = self._seams_of(team)
            if len(numbers) > MAX_PARTNERS:
                ranks = order[:, numbers].argsort(axis=1).argsort(axis=1)
                self._asked[:, numbers] = ranks < MAX_PARTNERS

    def _draw_latents(
        self, rng: np.random.Generator, level: float, drift: bool, quarter_end: bool
    ) -> None:
        teams = sorted({team for seam in self.seams for team in seam})
        lenient = dict(zip(teams, rng.normal(0, LENIENCY_SD, len(teams)), strict=True))
        as_target = dict(zip(teams, rng.normal(0, TARGET_SD, len(teams)), strict=True))
        shared: dict[frozenset[str], float] = {}
        self._latent = np.empty((len(self.seams), self.months))
        self._causes = np.empty((len(self.seams), self.months, len(CAUSES)))
        self._no_dealings = rng.uniform(*NO_DEALINGS, len(self.seams))
        for number, (rater, target) in enumerate(self.seams):
            common = shared.setdefault(frozenset((rater, target)), float(rng.normal()))
            own = float(rng.normal())
            pair = PAIR_SD * (np.sqrt(RECIPROCITY) * common + np.sqrt(1 - RECIPROCITY) * own)
            profile = rng.normal(0, PROFILE_SD, len(CAUSES))
            path = drift_path(rng, self.months) * drift
            quarter = QUARTER_END * quarter_end * (np.arange(self.months) % 3 == 2)
            self._latent[number] = level + lenient[rater] + as_target[target] + pair
            self._latent[number] += path + quarter
            self._causes[number] = profile - profile.mean()

    def _random_shocks(self, rng: np.random.Generator) -> tuple[Event, ...]:
        shocks = []
        for pair in dict.fromkeys(tuple(sorted(seam)) for seam in self.seams):
            for month in np.flatnonzero(rng.random(self.months) < SHOCKS_A_YEAR / 12):
                cause = CAUSES[int(rng.integers(len(CAUSES)))]
                size = float(rng.normal(0, SHOCK_SD))
                shocks.append(Event("shock", (pair[0], pair[1]), int(month), size, cause))
        return tuple(shocks)

    def _apply(self, event: Event) -> None:
        shape = np.zeros(len(CAUSES))
        if event.cause is not None:
            rest = (len(CAUSES) - CAUSE_SHARE) / (len(CAUSES) - 1)
            shape = np.where(np.array(CAUSES) == event.cause, CAUSE_SHARE, rest) - 1.0
        for seam in (event.pair, event.pair[::-1]):
            if seam in self._number:
                effect = np.array([event.at(t) for t in range(self.months)])
                self._latent[self._number[seam]] += effect
                self._causes[self._number[seam]] += effect[:, None] * shape

    def _check_month(self, t: int) -> None:
        if not 0 <= t < self.months:
            raise WorldError(f"month {t} is not among 0..{self.months - 1}")


def drift_path(rng: np.random.Generator, months: int) -> NDArray[np.float64]:
    """AR(1) path with innovations of DRIFT_SD, started in its stationary spread."""
    steps = rng.normal(0, DRIFT_SD, months)
    path = np.empty(months)
    now = float(rng.normal(0, DRIFT_SD / np.sqrt(1 - DRIFT_AR**2)))
    for month in range(months):
        path[month] = now
        now = DRIFT_AR * now + steps[month]
    return path
