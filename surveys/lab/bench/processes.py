"""What a process and its children used, as Linux counts it."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024


def family(pid: int) -> list[int]:
    """The process and all that it started and that still lives."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """Seconds of processor time that the process and its living children used so far."""
    return sum(_own_cpu(one) for one in family(pid))


def _own_cpu(pid: int) -> float:
    # The name in brackets may hold anything; the numbers come after it.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def megabytes(pid: int) -> float:
    """Memory of one process that lies in the machine's own, in megabytes; 0 if it is gone."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / MEGABYTE
    return 0.0
