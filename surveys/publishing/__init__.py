"""The one door from answers to figures: close, redact, shuffle, analyse, apply the release rule."""

import os

# Before the analysis loads: its linear algebra keeps to one core, since the worker shares its
# machine with the pages. Of as many threads as there are cores, all but the first turn round while
# they wait for a core that others use, and the work takes ten times as long.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
