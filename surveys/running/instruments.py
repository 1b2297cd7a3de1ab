"""The questionnaire: loading the default one, and which items a wave asks."""

import tomllib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.models.enums import Rotation
from surveys.models.pulses import Instrument, Item

DEFAULT = Path(__file__).with_name("instrument.toml")
ROTATION = (Rotation.A, Rotation.B, Rotation.C, Rotation.D)


def default_instrument(session: Session) -> Instrument:
    """The default instrument, put into the database when first asked for."""
    raw = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    found = session.scalar(
        select(Instrument).where(
            Instrument.name == raw["name"], Instrument.version == raw["version"]
        )
    )
    if found is not None:
        return found
    instrument = Instrument(name=raw["name"], version=raw["version"])
    instrument.items = [
        Item(
            code=item["code"],
            position=position,
            rotation=Rotation(item["rotation"]),
            construct=item["construct"],
            cause=item.get("cause"),
            reverse=item["key"] == "-",
            wording=item["wording"],
        )
        for position, item in enumerate(raw["item"])
    ]
    session.add(instrument)
    session.flush()
    return instrument


def items_of_wave(instrument: Instrument, number: int, action_running: bool) -> list[str]:
    """Codes that wave `number` (from 1) asks: core, one pair in turn, open questions.

    The item on a running agreement is added only while one runs.
    """
    asked = {Rotation.CORE, Rotation.OPEN, ROTATION[(number - 1) % len(ROTATION)]}
    if action_running:
        asked.add(Rotation.ACTION)
    return [item.code for item in instrument.items if item.rotation in asked]
