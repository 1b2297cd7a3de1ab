"""The last minute: many people send at once; every acknowledged answer is there, and nobody waits.

Whoever sends is another thread of this machine, so the rate is a lower bound.
"""

import time
from http.client import HTTPException
from random import Random
from threading import Thread

from flask import Flask
from sqlalchemy import text

from surveys.answering.questions import field_name
from surveys.lab.attacks.company import codes_of, end, found_company, open_next
from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.result import AttackResult, judged
from surveys.lab.attacks.server import FORM, Browser, Server, opened_form, receipt_in

NAME = "the last minute"
SLOWEST = 3.0
"""Seconds within which 99 of 100 must be acknowledged."""
Sent = list[tuple[bool, float]]


def rush(app: Flask, answers: int, at_once: int, rng: Random) -> AttackResult:
    """`answers` people send, `at_once` at a time; nothing may be lost, doubled or slow."""
    sizes = {"North": answers // 2, "South": answers - answers // 2}
    company = found_company(app, sizes, [("North", "South")], rng)
    wave = open_next(company)
    codes = codes_of(company, wave)
    other = {"North": company.teams["South"], "South": company.teams["North"]}
    settings = company.installed.settings
    ballots = [(opened_form(settings, codes[m.email]), other[m.team]) for m in company.members]
    server = Server(company.installed.settings, free_port())
    server.start()
    sent: Sent = []
    begun = time.monotonic()
    senders = [
        Thread(target=_send, args=(server.port, ballots[first::at_once], sent))
        for first in range(at_once)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.monotonic() - begun
    server.stop()
    end(company, wave)
    with company.installed.engine.connect() as connection:
        query = f"SELECT count(*) FROM answer WHERE wave_id = {wave.id}"
        kept = int(connection.execute(text(query)).scalar_one())
    return _judge(sent, kept, seconds, at_once)


def _judge(sent: Sent, kept: int, seconds: float, at_once: int) -> AttackResult:
    taken = sum(acknowledged for acknowledged, _took in sent)
    slow = sorted(took for _acknowledged, took in sent)[int(0.99 * (len(sent) - 1))]
    found = ["an answer was refused" for acknowledged, _took in sent if not acknowledged]
    if kept != taken:
        found.append(f"{taken} answers were acknowledged, {kept} are there")
    if slow > SLOWEST:
        found.append(f"one in a hundred waited {slow:.1f} s")
    says = (
        f"{taken / seconds:.0f} answers a second, {at_once} at once; "
        f"99 of 100 within {slow:.2f} s, all there once"
    )
    return judged(NAME, len(sent), found, says)


def _send(port: int, ballots: list[tuple[str, int]], sent: Sent) -> None:
    with Browser(port) as browser:
        for opening, target in ballots:
            fields = {field_name(target, f"C{number}"): "3" for number in range(1, 6)}
            begun = time.monotonic()
            try:
                page = browser.post(FORM, {"opening": opening, **fields})
            except (OSError, HTTPException):
                page = (0, "")
            sent.append((receipt_in(*page) is not None, time.monotonic() - begun))
