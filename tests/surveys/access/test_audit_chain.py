"""The chain of the audit log holds with many writers at once."""

from concurrent.futures import ThreadPoolExecutor

from surveys.access import audit
from surveys.database import write_session
from surveys.web import Installation


def test_writers_at_once_make_one_chain(either: Installation) -> None:
    def write(number: int) -> None:
        with write_session(either.sessions) as session:
            audit.record(session, f"hr{number}@example.org", "did something")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with either.sessions() as session:
        assert audit.first_broken(session) is None
