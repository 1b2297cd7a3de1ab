"""What an organisation of a size needs, from measured rates: the busiest hour, simulated.

The hour before a wave closes is taken as the busiest. Its answers arrive at random, half of them in
the last ten minutes; each is served by the first free core, in the order of arrival (a queue
M(t)/D/c, simulated answer by answer).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from random import Random

#: of all who are invited, those who answer; of those, who does in the last hour
ANSWERING, IN_LAST_HOUR, IN_LAST_MINUTES = 0.75, 0.3, 0.5
HOUR, MINUTES = 3600.0, 600.0
#: seconds within which 99 of 100 must be acknowledged
TIMEOUT = 3.0
#: mails of one opening should be out within
MAILS_WITHIN = 2 * HOUR
CORES = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured on one machine: seconds of a core for each answer and each mail, and
    seconds of one worker to close and publish `closed` ballots."""

    answer: float
    mail: float
    closing: float
    closed: int


@dataclass(frozen=True, slots=True)
class Need:
    """What `staff` people need: cores for pages, the wait then, workers for mail, closing time."""

    staff: int
    busiest_minute: int
    cores: int
    slowest: float
    mail_workers: int
    closing: float


def needs(staff: int, rates: Rates, rng: Random) -> Need:
    """The fewest cores of CORES with which 99 of 100 wait no longer than TIMEOUT.

    Raises ValueError if even the most are too few.
    """
    times = arrivals(round(staff * ANSWERING * IN_LAST_HOUR), rng)
    for cores in CORES:
        slow = waits(times, rates.answer, cores)
        if slow <= TIMEOUT:
            break
    else:
        raise ValueError(f"{CORES[-1]} cores are too few for {staff} people")
    busiest = max(sum(m <= t < m + 60 for t in times) for m in range(0, round(HOUR), 60))
    workers = max(1, -(-round(staff * rates.mail) // round(MAILS_WITHIN)))
    closing = rates.closing * staff * ANSWERING / rates.closed
    return Need(staff, busiest, cores, slow, workers, closing)


def arrivals(answers: int, rng: Random) -> list[float]:
    """Seconds of the hour at which answers arrive, in order."""
    late = round(answers * IN_LAST_MINUTES)
    times = [rng.uniform(0, HOUR - MINUTES) for _n in range(answers - late)]
    times += [rng.uniform(HOUR - MINUTES, HOUR) for _n in range(late)]
    return sorted(times)


def waits(times: Sequence[float], service: float, cores: int) -> float:
    """Seconds from sending to acknowledgement that 99 of 100 do not exceed."""
    free = [0.0] * cores
    heapify(free)
    took = []
    for arrived in times:
        done = max(arrived, free[0]) + service
        heapreplace(free, done)
        took.append(done - arrived)
    return sorted(took)[int(0.99 * (len(took) - 1))] if took else 0.0


def table(found: Sequence[Need]) -> str:
    """The needs as text, a line for each size."""
    lines = [
        f"{'staff':>9} {'busiest minute':>15} {'cores for pages':>16} {'99 of 100 within':>17} "
        f"{'mail workers':>13} {'close and publish':>18}"
    ]
    for need in found:
        lines.append(
            f"{need.staff:>9,} {need.busiest_minute:>15,} {need.cores:>16} {need.slowest:>15.2f} s "
            f"{need.mail_workers:>13} {need.closing / 60:>14.1f} min"
        )
    return "\n".join(lines)
