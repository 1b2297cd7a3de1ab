"""Guesses that come at the same moment: none is tried beyond the limit, none goes uncounted."""

import time
from concurrent.futures import ThreadPoolExecutor

from surveys.access import throttle
from surveys.database import write_session
from surveys.models.people import SignInFailure
from surveys.web import Installation


def test_guesses_at_the_same_moment_are_held_to_the_limit(either: Installation) -> None:
    bucket = throttle.account_bucket("a@x.org", None)
    tried = []

    def wrong() -> bool:
        tried.append(1)
        time.sleep(0.02)  # a hash that is slow on purpose
        return False

    def guess(_number: int) -> None:
        try:
            with write_session(either.sessions) as session:
                throttle.limited(session, bucket, wrong)
        except throttle.TooManyTries:
            return

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(24)))
    assert len(tried) == bucket.limit


def test_failures_counted_at_the_same_moment_are_all_counted(either: Installation) -> None:
    bucket = throttle.place_bucket(either.settings, "203.0.113.9")

    def fail(_number: int) -> None:
        with write_session(either.sessions) as session:
            throttle.count(session, bucket)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(fail, range(24)))
    with either.sessions() as session:
        assert session.get_one(SignInFailure, bucket.key).count == 24
