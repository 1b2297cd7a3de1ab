"""Attack 7: more ballots than people; there may never be more than invitations."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random

from flask import Flask
from sqlalchemy import text

from surveys import clock
from surveys.answering import ballot_box, tokens
from surveys.answering.ballot_box import CodeUsed, NotAccepted
from surveys.answering.sealing import Ballot
from surveys.database import write_connection
from surveys.lab.attacks.company import (
    Company,
    after,
    cast,
    codes_of,
    end,
    found_company,
    numbered,
    open_next,
    second_day,
)
from surveys.lab.attacks.result import AttackResult, judged
from surveys.models.pulses import Wave

NAME = "ballot stuffer"
TEAMS = {"North": 8, "South": 8}
CONCURRENCY = 8


def stuff(app: Flask, tries: int, rng: Random) -> AttackResult:
    """Vote with codes that were never issued, used ones, old ones and receipts, also at once."""
    company = found_company(app, TEAMS, [("North", "South")], rng)
    first = open_next(company)
    old = list(codes_of(company, first).values())
    end(company, first)
    wave = open_next(company)
    issued = codes_of(company, wave)
    codes = list(issued.values())
    ballots = {issued[m.email]: _ballot(company, m.team) for m in company.members}
    ballot = ballots[codes[0]]
    receipts = {code: cast(company, wave, code, ballots[code]) for code in codes[::2]}
    bad = [*_invented(codes, tries, rng), *old, *receipts.values()]
    found = [_taken(company, second_day(wave), code, ballot) for code in bad]
    found += [_withdrawn(company, wave, code) for code in (*_invented(codes, tries, rng), *codes)]
    halves = [_half(receipt) for receipt in receipts.values()]
    found += [_withdrawn(company, wave, half) for half in halves]
    found += [_replaced(company, wave, code, ballots[code]) for code in receipts]
    rest = codes[1::2]
    repeated = rng.sample(rest * CONCURRENCY, len(rest) * CONCURRENCY)
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        answers = pool.map(lambda code: _replaced(company, wave, code, ballots[code]), repeated)
        taken = sum(answer is not None for answer in answers)
    found.append(None if taken == len(rest) else f"{taken} taken at once, {len(rest)} issued")
    found.append(_too_many(company, "ballot_box", wave, len(codes)))
    end(company, wave)
    found += [_taken(company, after(wave), code, ballot) for code in codes]
    found.append(_too_many(company, "answer", wave, len(codes)))
    says = f"{len(codes)} issued, {len(codes)} in: unknown, old, used, receipts, at once, too late"
    return judged(NAME, len(found) + len(repeated), [line for line in found if line], says)


def _ballot(company: Company, team: str) -> Ballot:
    other = next(name for name in TEAMS if name != team)
    return Ballot(company.teams[team], (numbered(1, company.teams[other]),))


def _invented(codes: list[str], tries: int, rng: Random) -> list[str]:
    """Codes never issued: half of them at random, half one letter off a real one."""
    made = ["", "0", "'; DROP TABLE ballot_box; --"]
    for n in range(tries):
        letters = rng.choices(tokens.ALPHABET, k=tokens.CODE_LENGTH)
        if n % 2:
            letters = list(rng.choice(codes))
            place = rng.randrange(len(letters))
            letters[place] = rng.choice(tokens.ALPHABET.replace(letters[place], ""))
        made.append("".join(letters))
    return made


def _taken(company: Company, moment: datetime, code: str, ballot: Ballot) -> str | None:
    """What a code opened that must open nothing."""
    engine = company.installed.engine
    with clock.at(moment):
        try:
            with engine.connect() as connection:
                ballot_box.enter(connection, code)
            return "a code that must not open showed the form"
        except NotAccepted:
            pass
        try:
            with write_connection(engine) as connection:
                entry = ballot_box.admit(connection, code)
                ballot_box.cast(connection, entry, code, ballot)
            return "the box took a ballot for a code that must not open"
        except NotAccepted:
            return None


def _replaced(company: Company, wave: Wave, code: str, ballot: Ballot) -> str | None:
    """A second form of a code that was used, as HR with its cards could open one."""
    try:
        cast(company, wave, code, ballot)
        return "a used code replaced the ballot"
    except CodeUsed:
        return None


def _half(receipt: str) -> str:
    """What follows from the code alone, with a guessed second half."""
    return receipt[: tokens.BALLOT_PART] + tokens.make_nonce()


def _withdrawn(company: Company, wave: Wave, code: str) -> str | None:
    """Only a whole receipt takes an answer back, not a code or what can be computed from it."""
    try:
        with clock.at(second_day(wave)), write_connection(company.installed.engine) as connection:
            ballot_box.withdraw(connection, code)
        return "an answer was taken back without its receipt"
    except NotAccepted:
        return None


def _too_many(company: Company, table: str, wave: Wave, issued: int) -> str | None:
    """Counted by the database itself: rows of the wave, and people marked as having answered."""
    with company.installed.engine.connect() as connection:
        rows, answered = (
            connection.execute(text(query)).scalar_one()
            for query in (
                f"SELECT count(*) FROM {table} WHERE wave_id = {wave.id}",
                f"SELECT count(*) FROM invitation WHERE wave_id = {wave.id} AND answered",
            )
        )
    fits = rows == answered == issued
    return None if fits else f"{rows} rows in {table}, {answered} marked, {issued} issued"
