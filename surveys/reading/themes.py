"""Themes of one release as readers see them: bands of persons, and quotes that HR released."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.measures import Cause
from surveys.models.enums import ThemeChange, Tone
from surveys.models.people import Team
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme
from surveys.reading.causes import cause_name, theme_name


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


def theme_lines(session: Session, a: Team, b: Team, number: int) -> tuple[ThemeLine, ...]:
    """Themes of the pair in release `number`: those both sides raise first, then the larger."""
    rows = session.execute(
        select(ThemeFigure, Theme)
        .join(Theme, Theme.id == ThemeFigure.theme_id)
        .join(Release, Release.id == ThemeFigure.release_id)
        .where(
            ThemeFigure.team_a_id == a.id,
            ThemeFigure.team_b_id == b.id,
            Release.number == number,
            Theme.dismissed.is_(False),
        )
    ).all()
    quotes = _released_quotes(session, {theme.id for _figure, theme in rows}, number)
    names = {a.id: a.name, b.id: b.name, None: ""}
    lines: dict[int, ThemeLine] = {}
    for figure, theme in sorted(rows, key=lambda row: (row[1].id, row[0].rater_id or 0)):
        voice = Voice(
            names[figure.rater_id],
            figure.persons_band,
            figure.change,
            figure.tone,
            tuple(quotes.get((theme.id, figure.rater_id), ())),
        )
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
    inside = {theme.cause for _figure, theme in rows if theme.is_found}
    whole = {theme.id for _f, theme in rows if theme.is_cause and theme.cause in inside}
    kept = [line for line in lines.values() if line.theme_id not in whole]
    return _each_once(sorted(kept, key=lambda t: (not t.praise, not t.both, -_size(t), t.name)))


def _each_once(lines: list[ThemeLine]) -> tuple[ThemeLine, ...]:
    """A comment may stand for two themes; it is quoted under the first."""
    said: set[str] = set()
    found = []
    for line in lines:
        voices = []
        for voice in line.voices:
            fresh = tuple(quote for quote in voice.quotes if quote.text not in said)
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
