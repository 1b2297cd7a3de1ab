"""Play the example company through the same doors as real data.

Import, launch, invitations, sealed ballots, close, release: nothing is written past them, so the
demo is also the longest test of the whole way.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from analysis.lab.simulate import PARTNERS, TEAM_SIZES, Company, Response
from surveys import clock
from surveys.access import accounts
from surveys.answering import ballot_box, tokens
from surveys.answering.sealing import Ballot, SeamBallot, mail_secret
from surveys.curating.deciding import decide_quote
from surveys.database import Sessions, write_connection, write_session
from surveys.directory import importing
from surveys.handovers import HOURS, POINT
from surveys.lab.demo import acting, story
from surveys.lab.demo.remarks import Remarks
from surveys.models.agreements import Note
from surveys.models.enums import QuoteState, Role
from surveys.models.people import Account, Person, Team
from surveys.models.pulses import Wave
from surveys.models.releases import Release
from surveys.models.themes import Quote
from surveys.operating import worker
from surveys.running import calendar, setup
from surveys.running.opening import open_wave
from surveys.settings import Settings

Progress = Callable[[str, int, int], None]
ZONE = "Europe/Berlin"
OPEN_SINCE = timedelta(days=3)
ANSWERED_SO_FAR = 0.4


#: share of the answers that name a point of the hand-over
NAMES_A_POINT = 0.7


@dataclass(frozen=True, slots=True)
class Links:
    """What the demo prints: the way in for everybody."""

    staff: str
    hr: str
    managers: dict[str, str]


@dataclass(slots=True)
class Stage:
    """The installation that the story is played on."""

    sessions: Sessions
    engine: Engine
    settings: Settings
    world: Company
    remarks: Remarks
    teams: dict[str, int]


def play(sessions: Sessions, engine: Engine, settings: Settings, progress: Progress) -> Links:
    """Play the whole story; returns the links to print. The instance must be empty."""
    world = story.company()
    names = [story.name_of(p) for team in TEAM_SIZES for p in world.roster(team, 0)]
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    first = today - OPEN_SINCE - timedelta(weeks=4 * story.MONTHS)
    begin = datetime.combine(first, time(8), ZoneInfo(ZONE))
    stage = Stage(sessions, engine, settings, world, Remarks(story.SEED, names), {})
    with clock.at(begin):
        _set_up(stage, first)
    for month in range(story.MONTHS):
        progress("Playing fourteen months", month, story.MONTHS + 1)
        _play_month(stage, month)
    progress("Opening the present month", story.MONTHS, story.MONTHS + 1)
    code = _play_open_month(stage)
    links = _links(stage, code)
    progress("Ready", story.MONTHS + 1, story.MONTHS + 1)
    return links


def _set_up(stage: Stage, first: date) -> None:
    with write_session(stage.sessions) as session:
        pulse = setup.the_pulse(session)
        hr = accounts.add_account(session, story.HR[1], story.HR[0])
        accounts.grant(session, hr, Role.HR)
        importing.apply_import(
            session, importing.plan_import(session, story.directory(stage.world, 0))
        )
        stage.teams = {team.name: team.id for team in session.scalars(select(Team))}
        for a, b in PARTNERS:
            setup.add_pair(session, hr.email, pulse, stage.teams[a], stage.teams[b])
        setup.set_calendar(session, hr.email, pulse, first, 4, 10, ZONE)
        setup.launch(session, hr.email, pulse)


def _play_month(stage: Stage, month: int) -> None:
    wave = _open_next(stage, month)
    with clock.at(wave.opens_at + timedelta(days=2)):
        _answer(stage, wave, stage.world.month(month), month)
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        worker.close_and_publish_due(stage.sessions, stage.engine, stage.settings)
        _happen(stage, month)


def _play_open_month(stage: Stage) -> str:
    """Open the present wave, let some answer, and return the code of somebody who has not."""
    wave = _open_next(stage, story.MONTHS)
    responses = stage.world.month(story.MONTHS)
    people = sorted({r.person for r in responses})
    early = set(Random(story.SEED).sample(people, int(len(people) * ANSWERED_SO_FAR)))
    silent = next(p for p in stage.world.roster("Procurement", story.MONTHS)[1:] if p not in early)
    _answer(stage, wave, [r for r in responses if r.person in early], story.MONTHS)
    with stage.sessions() as session:
        person = session.scalars(
            select(Person).where(Person.email == story.address_of(silent))
        ).one()
        secret = mail_secret(stage.settings, wave.id)
        return tokens.grouped(tokens.personal_code(secret, wave.id, person.id))


def _open_next(stage: Stage, month: int) -> Wave:
    with write_session(stage.sessions) as session:
        wave = session.scalars(select(Wave).where(Wave.is_planned)).one()
        with clock.at(wave.opens_at):
            text = story.directory(stage.world, month)
            importing.apply_import(session, importing.plan_import(session, text, True))
            open_wave(session, stage.settings, wave)
            calendar.plan_next(session, wave.pulse)
    return wave


def _answer(stage: Stage, wave: Wave, responses: list[Response], month: int) -> None:
    by_person: dict[int, list[Response]] = defaultdict(list)
    for response in responses:
        by_person[response.person].append(response)
    with stage.sessions() as session:
        ids = {person.email: person.id for person in session.scalars(select(Person))}
    secret = mail_secret(stage.settings, wave.id)
    stage.remarks.new_month()
    rng = Random(month)
    for person, parts in by_person.items():
        code = tokens.personal_code(secret, wave.id, ids[story.address_of(person)])
        ballot = Ballot(
            stage.teams[parts[0].team], tuple(_part(stage, wave, p, rng) for p in parts)
        )
        with write_connection(stage.engine) as connection:
            ballot_box.cast(connection, ballot_box.admit(connection, code), code, ballot)


def _part(stage: Stage, wave: Wave, response: Response, rng: Random) -> SeamBallot:
    target = stage.teams[response.target]
    if response.no_dealings:
        return SeamBallot(target, met=False, scores={}, comments={})
    given = {code: score for code, score in response.answers.items() if code in wave.items}
    if "A1" in wave.items and "C5" in given:
        # The simulator knows no item on noticed change: those at ease are likelier to see one.
        given["A1"] = max(1, min(5, given["C5"] + rng.choice((-1, 0, 0, 1))))
    # Dice of their own: the rest of the story is the same with and without these two answers.
    own = Random(f"{wave.number} {response.team} {response.target} {sorted(given.items())}")
    if own.random() < NAMES_A_POINT:
        given[POINT] = own.choice(story.POINTS_OF_CAUSE.get(response.cause or "", story.POINTS))
        given[HOURS] = own.choice((0, 1, 1, 2, 2, 3, 4, 6))
    core = {response.team, response.target} == set(story.CENTRE)
    written = stage.remarks.about(response.cause, response.team, response.target, core)
    return SeamBallot(target, met=True, scores=given, comments=written)


def _happen(stage: Stage, month: int) -> None:
    """What managers and HR do after a release."""
    pair = tuple(sorted(stage.teams[name] for name in story.CENTRE))
    with write_session(stage.sessions) as session:
        if month + 1 == story.SHOCK_MONTH:
            session.add(
                Note(
                    team_a_id=pair[0],
                    team_b_id=pair[1],
                    happened_on=clock.now().date(),
                    text=story.NOTE,
                )
            )
        if month + 1 == story.AGREEMENT_MONTH:
            acting.agree(session, stage.teams)
        acting.tick_off(session)
        if month + 1 == story.MONTHS:
            acting.bring_figures(session, stage.teams)
        _release_quotes(session, month + 1)


def _release_quotes(session: Session, number: int) -> None:
    """HR reads the quotes of the newest release and lets every other one be seen."""
    hr = session.scalars(select(Account).where(Account.email == story.HR[1])).one()
    proposed = session.scalars(
        select(Quote).join(Release).where(Release.number == number).order_by(Quote.id)
    )
    for quote in list(proposed)[::2]:
        decide_quote(session, quote.id, QuoteState.RELEASED, hr.id)


def _links(stage: Stage, code: str) -> Links:
    base = stage.settings.base_url
    with write_session(stage.sessions) as session:
        entrances = {}
        for team in story.CENTRE:
            account = acting.manager_of(session, stage.teams[team])
            accounts.set_password(account, story.PASSWORD)
            entrances[team] = f"{base}/enter#{accounts.make_link(session, account)}"
        hr = session.scalars(select(Account).where(Account.email == story.HR[1])).one()
        accounts.set_password(hr, story.PASSWORD)
        hr_link = f"{base}/enter#{accounts.make_link(session, hr)}"
    return Links(f"{base}/s#{code}", hr_link, entrances)
