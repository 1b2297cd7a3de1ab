"""Collects everything that the program logs, at any level, with the errors and what they say."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def listening() -> Iterator[list[str]]:
    """What is logged inside the block, each line with the trace and message of its exception."""
    heard: list[str] = []
    plain = logging.Formatter()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(plain.format(record))

    root, collector = logging.getLogger(), Collector()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(collector)
        root.setLevel(level)
