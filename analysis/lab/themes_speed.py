"""Time and memory of the engine from the start of a process, and the same answer in another one."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.themes.codebook import Codebook
from analysis.themes.embedders import EMBEDDERS, make_embedder
from analysis.themes.model import ThemeModel


@dataclass(frozen=True, slots=True)
class Speed:
    """One size: wall seconds and peak megabytes of a fresh process; a digest of its themes."""

    comments: int
    seconds: float
    megabytes: float
    digest: str


def speed(
    texts: Sequence[str], sizes: Sequence[int] = (1000, 10_000), embedder: str = EMBEDDERS[0]
) -> list[Speed]:
    """Fit texts made from the given ones, `sizes` of them, each in a process of its own.

    Raises RuntimeError when a process fails.
    """
    return [_measured(made(texts, size), embedder) for size in sizes]


def made(texts: Sequence[str], count: int) -> list[str]:
    """`count` different texts: the given ones, then pairs of them joined."""
    unique = list(dict.fromkeys(texts))
    out = unique[:count]
    step = 1
    while len(out) < count:
        pairs = zip(unique, unique[step:] + unique[:step], strict=True)
        out += [f"{a} {b}" for a, b in pairs][: count - len(out)]
        step += 1
    return out


def _measured(texts: list[str], embedder: str) -> Speed:
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "analysis.lab.themes_speed"],
        input=json.dumps([embedder, texts]),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr.strip().splitlines()[-1])
    megabytes, digest = json.loads(run.stdout)
    return Speed(len(texts), time.perf_counter() - start, megabytes, digest)


def _main() -> None:
    embedder, texts = json.load(sys.stdin)
    model = ThemeModel(Codebook.default(), make_embedder(embedder)).fit(texts)
    said = json.dumps([model.labels_.tolist(), [t.name for t in model.themes_], model.causes_])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([peak, hashlib.sha256(said.encode()).hexdigest()]))


if __name__ == "__main__":
    _main()
