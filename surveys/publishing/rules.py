"""The release rule as it was frozen when the wave opened."""

from analysis.disclosure.rule import Rule
from surveys.models.pulses import Wave


def rule_of_wave(wave: Wave) -> Rule:
    """Thresholds of the wave; raises RuleTooWeak if somebody lowered them in the database."""
    frozen = wave.rule
    return Rule(
        index=frozen["index"],
        causes=frozen["causes"],
        items=max(10, frozen["causes"]),
        themes=frozen["verbatim"],
        verbatim=frozen["verbatim"],
        roster=frozen["roster"],
    )
