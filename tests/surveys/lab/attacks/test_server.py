"""Attacks on the real server in a process of its own: its log, and its sudden death."""

from random import Random

from flask import Flask

from surveys.lab.attacks.crash_monkey import crash
from surveys.lab.attacks.log_joiner import join

LOGS_CODES = """
from surveys.answering import tokens
plain = tokens.entry_hash
def entry_hash(code):
    logging.getLogger("access").info("POST /s %s", code)
    return plain(code)
tokens.entry_hash = entry_hash
"""
COUNTS = """
from surveys.answering import tokens
plain, numbers = tokens.entry_hash, {}
def entry_hash(code):
    logging.getLogger("access").info("visitor %s", numbers.setdefault(code, len(numbers)))
    return plain(code)
tokens.entry_hash = entry_hash
"""
#: every tenth answer is acknowledged and not kept
FORGETS = """
from contextlib import contextmanager
from itertools import count
from surveys.answering import routes
numbers = count(1)
@contextmanager
def write_connection(engine):
    with engine.connect().execution_options(writes=True) as connection:
        yield connection
        connection.rollback() if next(numbers) % 10 == 0 else connection.commit()
routes.write_connection = write_connection
"""


def test_the_log_tells_of_nobody(ground: Flask) -> None:
    done = join(ground, 8, Random(1))
    assert done.passed, done.says
    assert done.tries > 100


def test_a_log_line_with_the_code_is_found(app: Flask) -> None:
    assert "somebody's own" in join(app, 8, Random(2), LOGS_CODES).says


def test_a_log_line_that_only_numbers_people_is_found(app: Flask) -> None:
    assert "of one person only" in join(app, 8, Random(3), COUNTS).says


def test_what_was_acknowledged_survives_being_killed(ground: Flask) -> None:
    done = crash(ground, 2, Random(4))
    assert done.passed, done.says
    assert done.tries > 20


def test_a_server_that_forgets_is_found(app: Flask) -> None:
    assert "lost" in crash(app, 1, Random(5), FORGETS).says
