"""The meeting kit: what both managers go through together, shared praise first, made by rule."""

from dataclasses import dataclass

from flask_babel import gettext as _

from analysis.measures import Cause
from surveys.reading import words
from surveys.reading.agreements import AgreementView
from surveys.reading.figures import FigureView
from surveys.reading.pages import CauseRow, PairPage
from surveys.reading.playbook import Strategy, strategies_for
from surveys.reading.themes import ThemeLine

MAX_THEMES = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """The root cause to begin with, why, and what the playbook has for it."""

    cause: Cause
    name: str
    why: str
    strategies: tuple[Strategy, ...]


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item of the agenda, with its minutes."""

    minutes: int
    says: str


@dataclass(frozen=True, slots=True)
class MeetingKit:
    """One hour for two managers over one page.

    `one_side`: per team, the themes that only its people raise. `proposal`: None while no root
    cause has a figure.
    """

    page: PairPage
    state: str
    praise: tuple[ThemeLine, ...]
    both: tuple[ThemeLine, ...]
    one_side: tuple[tuple[str, tuple[ThemeLine, ...]], ...]
    running: tuple[AgreementView, ...]
    proposal: Proposal | None

    @property
    def agenda(self) -> tuple[AgendaItem, ...]:
        """Sixty minutes in the order that keeps a talk from becoming a trial."""
        return (
            AgendaItem(5, _("What goes well, said by each side about the other")),
            AgendaItem(10, _("The trend: what moved, and what is only chance")),
            AgendaItem(15, _("What both sides raise")),
            AgendaItem(10, _("What one side raises: the other listens and asks")),
            AgendaItem(
                5,
                _("What was agreed: did it help?")
                if self.running
                else _("What was tried so far, if anything"),
            ),
            AgendaItem(15, _("One root cause, one strategy, one start: agree")),
        )


def meeting_kit(page: PairPage) -> MeetingKit:
    """The kit of a pair's newest month."""
    friction = [theme for theme in page.themes if not theme.praise]
    alone = [theme for theme in friction if not theme.both]
    sides = ((page.a.name, page.lines[0].rater), (page.b.name, page.lines[1].rater))
    running = tuple(agreement for agreement in page.agreements if agreement.is_running)
    return MeetingKit(
        page=page,
        state=words.state_sentence(page.lines),
        praise=tuple(theme for theme in page.themes if theme.praise)[:MAX_THEMES],
        both=tuple(theme for theme in friction if theme.both)[:MAX_THEMES],
        one_side=tuple(
            (name, raised)
            for name, rater in sides
            if (raised := tuple(t for t in alone if t.voices[0].team == rater)[:MAX_THEMES])
        )
        + (
            (("", together),)
            if (together := tuple(t for t in alone if not t.voices[0].team)[:MAX_THEMES])
            else ()
        ),
        running=running,
        proposal=_proposal(page, {agreement.cause for agreement in running}),
    )


def _proposal(page: PairPage, taken: set[Cause]) -> Proposal | None:
    """The root cause that both sides together meet most, over four months where they are known.

    One that an agreement is at work on is left alone: its effect would not be told apart.
    """
    open_ones = [row for row in page.causes if row.code not in taken and _met(row)]
    if not open_ones:
        return None
    first = max(open_ones, key=_met)
    shown = [
        str(_("%(team)s: %(words)s", team=line.rater, words=figure.digits))
        for line, figure in zip(page.lines, _best(first), strict=True)
        if figure.value is not None
    ]
    why = _(
        "Of the root causes without an agreement this one is met most, on the scale from 0 to 100 "
        "(%(values)s).",
        values=str(_("; ")).join(shown),
    )
    return Proposal(first.code, first.name, why, strategies_for(first.code))


def _best(row: CauseRow) -> tuple[FigureView, FigureView]:
    one, two = (
        recent if recent.value is not None else now
        for recent, now in zip(row.recent, row.sides, strict=True)
    )
    return one, two


def _met(row: CauseRow) -> float:
    known = [figure.value for figure in _best(row) if figure.value is not None]
    return sum(known) / len(known) if known else 0.0
