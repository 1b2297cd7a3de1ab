"""One progress bar for all long commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Progress = Callable[[str, float, float], None]
LOOK = "{desc:<30.30} |{bar:30}| {percentage:3.0f}%"


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Gives `progress(step, done, total)`; the bar goes to the terminal's error stream.

    In a log or a mail of cron, where nobody watches, there is none.
    """
    with tqdm(total=1.0, bar_format=LOOK, leave=False, disable=None) as bar:

        def progress(step: str, done: float, total: float) -> None:
            if not bar.disable:
                bar.desc, bar.n, bar.total = step, done, max(total, 1e-9)
                bar.refresh()

        yield progress
