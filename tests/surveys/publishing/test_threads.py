"""The worker's arithmetic leaves the other cores to the pages, unless the environment says else."""

import os
import subprocess
import sys

import pytest

SAYS = """
import surveys.publishing.release
from threadpoolctl import threadpool_info
print({pool["num_threads"] for pool in threadpool_info()})
"""
THREADS = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"


@pytest.mark.parametrize("wanted", [None, "2"])
def test_publishing_computes_on_one_core(wanted: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in THREADS}
    if wanted:
        if (os.cpu_count() or 1) < int(wanted):
            pytest.skip("several threads of arithmetic (this machine has one core)")
        environment |= dict.fromkeys(THREADS, wanted)
    done = subprocess.run(
        [sys.executable, "-c", SAYS], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{{{wanted or 1}}}"
