"""Publish a closed wave: apply the release rule once, store figures, trends and themes."""

from collections import defaultdict
from itertools import starmap

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.figures import FigureKey, Published
from analysis.disclosure.release import Release as SafeFigures
from analysis.disclosure.release import release as apply_rule
from analysis.disclosure.rule import Base
from analysis.measures import Measure
from surveys import clock
from surveys.database import Sessions, write_session
from surveys.handovers import HOURS, POINT, POINTS
from surveys.models.audit import OutboxMessage
from surveys.models.ballots import Answer
from surveys.models.enums import MessageKind, Role, WaveState
from surveys.models.people import Account, Grant
from surveys.models.pulses import Wave
from surveys.models.releases import Figure, HandoverFigure, Release
from surveys.publishing.cells import bases_of, cells_of
from surveys.publishing.derived import add_pairs, add_profiles, add_quarters
from surveys.publishing.effects import judge_agreements
from surveys.publishing.figures import figure_row, published_figure
from surveys.publishing.theming import add_themes, read_themes
from surveys.publishing.trends import add_trends
from surveys.sending.events import announce


def publish(
    sessions: Sessions, wave_id: int, tell_trustee: bool = False, embedder: str = "wordllama"
) -> None:
    """Make and store the release of a closed wave, in one transaction; once only.

    The themes, which take longest, are read beforehand: nobody waits for them at the database.
    """
    with sessions() as session:
        wave = session.get_one(Wave, wave_id)
        if wave.state != WaveState.CLOSED:
            return
        bases = bases_of(cells_of(session, wave))
        themes = read_themes(session, wave, bases, embedder)
    with write_session(sessions) as session:
        wave = session.get_one(Wave, wave_id, with_for_update=True)
        if wave.state != WaveState.CLOSED:
            return
        cells = cells_of(session, wave)
        safe = apply_rule(cells, history(session, wave), wave.rule)
        stored = Release(
            wave_id=wave.id,
            number=wave.number,
            opened_on=wave.opens_at.date(),
            published_on=clock.now().date(),
        )
        session.add(stored)
        session.flush()
        for key, figure in safe.figures.items():
            session.add(figure_row(stored.id, key, figure))
        add_pairs(session, stored.id, safe)
        session.flush()
        add_profiles(session, wave, stored)
        add_quarters(session, wave, stored)
        add_trends(session, wave, stored)
        judge_agreements(session, wave)
        add_themes(session, stored, themes)
        _add_handovers(session, wave, stored, bases)
        wave.state = WaveState.PUBLISHED
        _tell_readers(session, wave, tell_trustee)
        announce(session, "wave.published", wave.id, wave=wave.number)


def history(session: Session, wave: Wave) -> list[SafeFigures]:
    """Every earlier release of the pulse, as the rule wants to see it."""
    rows = session.execute(
        select(Figure, Release.number)
        .join(Release, Release.id == Figure.release_id)
        .join(Wave, Wave.id == Release.wave_id)
        .where(Wave.pulse_id == wave.pulse_id, Figure.measure == Measure.INDEX)
    )
    return [SafeFigures(dict(starmap(_read, rows.all())))]


def _read(row: Figure, number: int) -> tuple[FigureKey, Published]:
    key = FigureKey(str(row.rater_id), str(row.target_id), number, row.measure)
    return key, published_figure(row)


def _add_handovers(
    session: Session, wave: Wave, stored: Release, bases: dict[tuple[int, int], Base]
) -> None:
    """Store the hand-over points that the release rule lets be shown, and the hours lost there."""
    said: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.wave_id == wave.id)):
        point = answer.scores.get(POINT)
        if point:
            seam = (answer.rater_id, answer.target_id)
            said[*seam, point].append(answer.scores.get(HOURS, 0))
    for (rater, target, point), hours in said.items():
        shown = wave.rule.handover(bases.get((rater, target)), hours)
        if shown is not None:
            persons, hours_lost = shown
            session.add(
                HandoverFigure(
                    release_id=stored.id,
                    rater_id=rater,
                    target_id=target,
                    point=POINTS[point - 1][0],
                    persons_band=persons,
                    hours_band=hours_lost,
                )
            )


def _tell_readers(session: Session, wave: Wave, tell_trustee: bool) -> None:
    if tell_trustee:
        once = f"trustee {wave.id}"
        session.add(
            OutboxMessage(once=once, kind=MessageKind.TRUSTEE, wave_id=wave.id, due_at=clock.now())
        )
    readers = (
        select(Account.id).join(Grant).where(Grant.role.in_((Role.HR, Role.MANAGER))).distinct()
    )
    for account_id in session.scalars(readers).all():
        session.add(
            OutboxMessage(
                once=f"release {wave.id} {account_id}",
                kind=MessageKind.RELEASE,
                wave_id=wave.id,
                account_id=account_id,
                due_at=clock.now(),
            )
        )
