"""A wave opens: everything that must not change while it runs is frozen, and everybody invited."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.answering.sealing import mail_secret, make_keys
from surveys.answering.tokens import entry_hash, personal_code
from surveys.models.agreements import Agreement
from surveys.models.audit import BY_CHAT, INVITATIONS, OutboxMessage
from surveys.models.enums import WaveState
from surveys.models.people import Person, Team
from surveys.models.pulses import Invitation, Wave, WaveSeam, WaveTeam
from surveys.running.instruments import items_of_wave
from surveys.sending.events import announce
from surveys.settings import Settings


def open_wave(session: Session, settings: Settings, wave: Wave) -> None:
    """Open a planned wave in the caller's transaction: freeze, invite, queue the mails."""
    pulse = wave.pulse
    wave.public_key = make_keys(settings, wave.id)
    wave.rule = pulse.rule
    wave.items = items_of_wave(pulse.instrument, wave.number, _action_running(session))
    wave.state = WaveState.OPEN
    # Opened late, it counts its reminders from now.
    wave.opens_at = max(wave.opens_at, clock.now() - timedelta(hours=1))
    pulse.instrument.used = True
    people = list(
        session.scalars(
            select(Person)
            .join(Team, Team.id == Person.team_id)
            .where(Person.active, Team.active)
            .order_by(Person.id)
        )
    )
    rosters: dict[int, list[int]] = {}
    for person in people:
        rosters.setdefault(person.team_id, []).append(person.id)
    _freeze_seams(session, wave, rosters)
    _invite(session, settings, wave, people)
    announce(session, "wave.opened", wave.id, wave=wave.number)


def _freeze_seams(session: Session, wave: Wave, rosters: dict[int, list[int]]) -> None:
    for team_id, roster in rosters.items():
        session.add(WaveTeam(wave_id=wave.id, team_id=team_id, roster=roster))
    for seam in wave.pulse.seams:
        if seam.rater_id in rosters and seam.target_id in rosters:
            session.add(
                WaveSeam(
                    wave_id=wave.id,
                    rater_id=seam.rater_id,
                    target_id=seam.target_id,
                    team_size=len(rosters[seam.rater_id]),
                )
            )


def _invite(session: Session, settings: Settings, wave: Wave, people: list[Person]) -> None:
    secret = mail_secret(settings, wave.id)
    raters = {seam.rater_id for seam in wave.pulse.seams}
    now = clock.now()
    for person in people:
        if person.team_id not in raters:
            continue
        code = personal_code(secret, wave.id, person.id)
        session.add(
            Invitation(
                wave_id=wave.id,
                person_id=person.id,
                team_id=person.team_id,
                token_hash=entry_hash(code),
            )
        )
        for kind in INVITATIONS:
            if kind in BY_CHAT and not settings.chat:
                continue
            session.add(
                OutboxMessage(
                    once=f"{kind} {wave.id} {person.id}",
                    kind=kind,
                    wave_id=wave.id,
                    person_id=person.id,
                    due_at=now,
                )
            )
    session.flush()


def _action_running(session: Session) -> bool:
    today = clock.now().date()
    return any(agreement.runs_on(today) for agreement in session.scalars(select(Agreement)))
