"""Themes of one release as readers see them: bands of persons, and quotes that HR released."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from analysis.measures import Cause
from surveys.models.enums import ThemeChange, Tone
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme
from surveys.reading.causes import cause_name, theme_name
from surveys.reading.pairs import Pair


@dataclass(frozen=True, slots=True)
class Said:
    """A released quote: the writer's words, or HR's (`in_hrs_words`) instead of them."""

    text: str
    in_hrs_words: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """What one side (or, with an empty name, the pair as a whole) says of a theme."""

    team: str
    persons: str
    change: ThemeChange | None
    tone: Tone | None
    quotes: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme of a pair in one month."""

    theme_id: int
    name: str
    cause: Cause | None
    cause_name: str
    praise: bool
    voices: tuple[Voice, ...]

    @property
    def tells_cause(self) -> bool:
        """Whether its root cause is still to be told beside its name."""
        return self.cause is not None and self.cause_name not in self.name

    @property
    def both(self) -> bool:
        """Whether both sides raise it."""
        return len(self.voices) > 1


def theme_lines(
    session: Session, pairs: Iterable[Pair], number: int
) -> dict[Pair, tuple[ThemeLine, ...]]:
    """Themes of each pair in release `number`: those both sides raise first, then the larger.

    They have no quotes yet: see `quoted`.
    """
    by_ids = {(pair.a.id, pair.b.id): pair for pair in pairs}
    rows = session.execute(
        select(ThemeFigure, Theme)
        .join(Theme, Theme.id == ThemeFigure.theme_id)
        .join(Release, Release.id == ThemeFigure.release_id)
        .where(
            tuple_(ThemeFigure.team_a_id, ThemeFigure.team_b_id).in_(by_ids),
            Release.number == number,
            Theme.dismissed.is_(False),
        )
    )
    found: dict[Pair, list[tuple[ThemeFigure, Theme]]] = {pair: [] for pair in by_ids.values()}
    for figure, theme in rows:
        found[by_ids[figure.team_a_id, figure.team_b_id]].append((figure, theme))
    return {pair: _of_pair(pair, figures) for pair, figures in found.items()}


def _of_pair(pair: Pair, figures: list[tuple[ThemeFigure, Theme]]) -> tuple[ThemeLine, ...]:
    names: dict[int | None, str] = {team.id: team.name for team in (pair.a, pair.b)}
    lines: dict[int, ThemeLine] = {}
    for figure, theme in sorted(figures, key=lambda row: (row[1].id, row[0].rater_id or 0)):
        team = names.get(figure.rater_id, "")
        voice = Voice(team, figure.persons_band, figure.change, figure.tone, ())
        before = lines.get(theme.id)
        voices = (*before.voices, voice) if before else (voice,)
        lines[theme.id] = ThemeLine(
            theme.id,
            theme_name(theme),
            theme.cause,
            cause_name(theme.cause),
            theme.is_praise,
            voices,
        )
    # A root cause as a whole is listed only where no theme inside it is.
    inside = {theme.cause for _figure, theme in figures if theme.is_found}
    whole = {theme.id for _f, theme in figures if theme.is_cause and theme.cause in inside}
    kept = [line for line in lines.values() if line.theme_id not in whole]
    return tuple(sorted(kept, key=lambda t: (not t.praise, not t.both, -_size(t), t.name)))


def quoted(
    session: Session, pair: Pair, lines: Iterable[ThemeLine], number: int
) -> tuple[ThemeLine, ...]:
    """The lines of a pair with what HR released of release `number`.

    A comment may stand for two themes; it is quoted under the first.
    """
    lines = tuple(lines)
    quotes = _released_quotes(session, {line.theme_id for line in lines}, number)
    raters = {team.name: team.id for team in (pair.a, pair.b)}
    said: set[str] = set()
    found = []
    for line in lines:
        voices = []
        for voice in line.voices:
            of_side = quotes.get((line.theme_id, raters.get(voice.team)), ())
            fresh = tuple(quote for quote in of_side if quote.text not in said)
            said |= {quote.text for quote in fresh}
            voices.append(replace(voice, quotes=fresh))
        found.append(replace(line, voices=tuple(voices)))
    return tuple(found)


def _size(line: ThemeLine) -> int:
    return sum(int("".join(c for c in v.persons.split("–")[0] if c.isdigit())) for v in line.voices)


def _released_quotes(
    session: Session, themes: set[int], number: int
) -> dict[tuple[int, int | None], list[Said]]:
    rows = session.scalars(
        select(Quote)
        .join(Release, Release.id == Quote.release_id)
        .where(Quote.theme_id.in_(themes), Quote.is_released, Release.number == number)
        .order_by(Quote.id)
    )
    found: dict[tuple[int, int | None], list[Said]] = {}
    for quote in rows:
        said = Said(quote.paraphrase or quote.text, bool(quote.paraphrase))
        found.setdefault((quote.theme_id, quote.rater_id), []).append(said)
    return found
