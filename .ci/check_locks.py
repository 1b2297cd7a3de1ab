"""Fail if a dependency of pyproject.toml is not pinned with a hash in the lock files."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
wanted = {
    "requirements.txt": project["dependencies"] + extras["build"],
    "requirements-test.txt": project["dependencies"] + extras["build"] + extras["test"],
}
wrong = []
for file, requirements in wanted.items():
    text = Path(file).read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.\-]+)(?:\[[^\]]*\])?==(\S+)[^\n]*\\\n\s+--hash", text, re.M))
    for requirement in requirements:
        name = re.split(r"[\[<>=!~ ]", requirement)[0].lower()
        if name != "tribometer" and name not in pinned:
            wrong.append(f"{file}: {name} is not pinned")
    if re.search(r"https?://|--index-url|--find-links", text):
        wrong.append(f"{file} names a place to download from")
print("\n".join(wrong) or "fine")
sys.exit(bool(wrong))
