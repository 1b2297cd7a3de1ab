"""Fail if a dependency of pyproject.toml is not pinned with a hash in the lock files.

Extras that a package asks of another must be pinned with their names too: otherwise pip looks for
the newest release of `pydantic[email]` beside the pinned `pydantic`, and the day one appears the
installation fails.
"""

import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
wanted = {
    "requirements.txt": project["dependencies"] + extras["build"],
    "requirements-test.txt": project["dependencies"] + extras["build"] + extras["test"],
}
installed = {canonicalize_name(found.name): found for found in distributions()}
wrong = []
for file, requirements in wanted.items():
    text = Path(file).read_text(encoding="utf-8")
    pinned = {}
    for line in re.findall(r"^([\w.\-]+(?:\[[^\]]*\])?==[^\s;]+)[^\n]*\\\n\s+--hash", text, re.M):
        pin = Requirement(line)
        pinned[canonicalize_name(pin.name)] = pin.extras
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        if name != "tribometer" and name not in pinned:
            wrong.append(f"{file}: {name} is not pinned")
    for name, with_extras in pinned.items():
        found = installed.get(name)
        for asked in map(Requirement, (found and found.requires) or []):
            chosen = asked.marker is None or any(
                asked.marker.evaluate({"extra": extra}) for extra in ("", *with_extras)
            )
            missing = asked.extras - pinned.get(canonicalize_name(asked.name), set())
            if chosen and missing:
                wrong.append(f"{file}: {name} asks for {asked}, which is pinned without its extra")
    if re.search(r"https?://|--index-url|--find-links", text):
        wrong.append(f"{file} names a place to download from")
print("\n".join(wrong) or "fine")
sys.exit(bool(wrong))
