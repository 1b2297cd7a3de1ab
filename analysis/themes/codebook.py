"""The codebook: root causes with what belongs, what does not, and seed phrases by language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

OTHER = "other"
_CODE = re.compile(r"[^\W_][\w\-]*")


class CodebookError(ValueError):
    """A codebook file that cannot be used; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Code:
    """One root cause: machine name, name for people, and the texts that describe it."""

    code: str
    name: str
    definition: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answered_by: tuple[str, ...] = ()

    def examples(self, languages: set[str] | None = None) -> list[str]:
        """Seed phrases, of the given languages (all by default) in alphabetical order."""
        known = [k for k in sorted(self.seeds) if languages is None or k in languages]
        return [phrase for language in known for phrase in self.seeds[language]]


@dataclass(frozen=True, slots=True)
class Codebook:
    """An ordered frame of codes. `friction_only`: praise belongs to none of them."""

    codes: tuple[Code, ...]
    name: str = ""
    friction_only: bool = False

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.codes:
            if entry.code in seen:
                raise CodebookError(f"The code “{entry.code}” stands twice in the codebook.")
            seen.add(entry.code)
        if not self.codes:
            raise CodebookError("The codebook has no codes; add at least one [[code]].")

    def __getitem__(self, code: str) -> Code:
        for entry in self.codes:
            if entry.code == code:
                return entry
        raise KeyError(code)

    @property
    def code_names(self) -> tuple[str, ...]:
        """The machine names in order."""
        return tuple(entry.code for entry in self.codes)

    @classmethod
    def default(cls) -> Codebook:
        """The product's root causes of friction between two teams."""
        return _default()

    @classmethod
    def from_names(cls, names: Iterable[str]) -> Codebook:
        """A frame of names only; each name is its own code. Raises CodebookError if empty."""
        return cls(tuple(Code(code=n, name=n) for n in dict.fromkeys(names)))

    @classmethod
    def from_file(cls, path: str | Path) -> Codebook:
        """Read a TOML codebook.

        Raises CodebookError with a sentence for a missing file, bad TOML or a wrong field.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CodebookError(f"The codebook {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CodebookError(
                f"The codebook {path} is not UTF-8 text; save it as UTF-8."
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise CodebookError(f"The codebook {path} is not valid TOML: {error}.") from None
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Codebook:
        """A codebook from parsed TOML or JSON. Raises CodebookError for a wrong field."""
        entries = data.get("code")
        if not isinstance(entries, list) or not entries:
            raise CodebookError("The codebook has no codes; add at least one [[code]].")
        return cls(
            codes=tuple(_code(entry, number) for number, entry in enumerate(entries, start=1)),
            name=str(data.get("name", "")),
            friction_only=bool(data.get("friction_only", False)),
        )

    def to_dict(self) -> dict[str, Any]:
        """The inverse of `from_dict`; JSON-able."""
        return {
            "name": self.name,
            "friction_only": self.friction_only,
            "code": [
                {
                    "code": c.code,
                    "name": c.name,
                    "definition": c.definition,
                    "includes": list(c.includes),
                    "excludes": list(c.excludes),
                    "seeds": {k: list(v) for k, v in c.seeds.items()},
                    "answered_by": list(c.answered_by),
                }
                for c in self.codes
            ],
        }


@cache
def _default() -> Codebook:
    return Codebook.from_file(Path(__file__).with_name("codebook.toml"))


def _code(entry: Any, number: int) -> Code:
    if not isinstance(entry, dict):
        raise CodebookError(f"Code {number} of the codebook must be a table ([[code]]).")
    code = entry.get("code") or entry.get("name")
    if not isinstance(code, str) or not _CODE.match(code):
        raise CodebookError(f"Code {number} of the codebook needs a “code” or a “name”.")
    seeds = entry.get("seeds", {})
    if isinstance(seeds, list):
        seeds = {"en": seeds}
    if not isinstance(seeds, dict):
        raise CodebookError(f"The seeds of “{code}” must be a list, or lists by language.")
    return Code(
        code=code,
        name=str(entry.get("name", code)),
        definition=str(entry.get("definition", "")),
        includes=_phrases(entry.get("includes", []), code, "includes"),
        excludes=_phrases(entry.get("excludes", []), code, "excludes"),
        seeds={k: _phrases(v, code, f"seeds.{k}") for k, v in seeds.items()},
        answered_by=_phrases(entry.get("answered_by", []), code, "answered_by"),
    )


def _phrases(value: Any, code: str, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise CodebookError(f"“{where}” of “{code}” must be a list of texts.")
    return tuple(v for v in value if v.strip())
