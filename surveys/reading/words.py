"""Plain sentences made by rule from published figures; no generated text."""

from collections.abc import Sequence
from functools import reduce

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from analysis.measures import Design
from surveys.languages import written
from surveys.models.agreements import Agreement
from surveys.models.enums import Direction
from surveys.reading.agreements import AgreementView
from surveys.reading.figures import FigureView
from surveys.reading.pages import PairPage, SeamLine

#: published months that set the usual level (docs/measurement.md, alarm)
BASELINE = 6


def state_sentence(lines: Sequence[SeamLine]) -> str:
    """One sentence on where the two sides of a pair stand, readable in a few seconds."""
    if not any(line.figures for line in lines):
        return str(_("No results yet: the first ones appear when the first survey has closed."))
    alarms = [line for line in lines if line.alarm]
    known = [line for line in lines if not line.now.withheld]
    if not known:
        return str(_("This month has no figure for either side; below is why."))
    said = [_("%(team)s: %(words)s", team=line.rater, words=line.now.words) for line in known]
    stand = _("%(statement)s.", statement=str(_("; ")).join(said))
    return sentences(stand, *([_moved(line) for line in alarms] or [_steady(lines)]))


def sentences(*several: str) -> str:
    """Sentences one after another, those that are not empty; not every language puts a space."""
    said = [str(one) for one in several if one]
    return reduce(lambda one, two: str(_("%(one)s %(two)s", one=one, two=two)), said or [""])


def line_sentence(line: SeamLine) -> str:
    """What one side's newest figure says, with its uncertainty."""
    now = line.now
    if now.withheld:
        return str(_("No figure this month: %(why)s.", why=now.why))
    if not now.shown:
        return str(
            _(
                "%(words)s: %(digits)s on the scale from 0 to 100 (%(n)s answers).",
                words=upper_first(now.words),
                digits=now.digits,
                n=now.n_band,
            )
        )
    return str(
        _(
            "%(words)s: %(value)s on the scale from 0 to 100, very likely between %(low)s "
            "and %(high)s (95 %%; %(n)s answers).",
            words=upper_first(now.words),
            value=now.value,
            low=now.low,
            high=now.high,
            n=now.n_band,
        )
    )


def upper_first(text: str) -> str:
    """The text with a capital at its start; the rest keeps its own (German nouns have theirs)."""
    return text[:1].upper() + text[1:]


def change_sentence(line: SeamLine) -> str:
    """What changed since the month published before, and what could have been seen."""
    if line.now.withheld:
        return ""
    if line.change is None:
        return str(_("A change can be judged from the second value on."))
    if not line.change.stands_out:
        return str(
            _(
                "Since the figure before: no change beyond chance among all pairs; this many "
                "answers show one of %(points)s points or more.",
                points=line.smallest_change,
            )
        )
    low, high = sorted((abs(line.change.low), abs(line.change.high)))
    side = _("less") if line.change.value < 0 else _("more")
    said = _(
        "Since the figure before: %(low)s to %(high)s points %(side)s, beyond chance among all "
        "pairs; %(points)s points or more could be seen.",
        low=low,
        high=high,
        side=side,
        points=line.smallest_change,
    )
    silent = _("Those who did not answer could undo it, if they feel otherwise.")
    return sentences(said, silent) if line.change.fragile else str(said)


def gap_sentence(page: PairPage) -> str:
    """Which side finds it harder, if the figures can tell."""
    gap = page.gap
    if not gap.shown or gap.low is None or gap.high is None or gap.value is None:
        return str(
            _("Whether both sides see it alike cannot be said: one side has no value this month.")
        )
    if gap.low <= 0 <= gap.high:
        return str(_("Both sides see it about alike, as far as this many answers can tell."))
    harder = page.a.name if gap.value > 0 else page.b.name
    low, high = sorted((abs(gap.low), abs(gap.high)))
    return str(
        _(
            "%(team)s finds it harder, by %(low)s to %(high)s points.",
            team=harder,
            low=low,
            high=high,
        )
    )


def quarter_sentence(quarter: FigureView) -> str:
    """By how much a pair's friction changed since the quarter before; empty without a figure."""
    if quarter.value is None or quarter.low is None or quarter.high is None:
        return ""
    low, high = sorted((abs(quarter.low), abs(quarter.high)))
    side = _("less") if quarter.value < 0 else _("more")
    return str(_("%(low)s to %(high)s points %(side)s", low=low, high=high, side=side))


def blind_spot_sentence(line: SeamLine) -> str:
    """Whether a side guesses the other side's view rightly, and by how much it errs."""
    spot = line.blind_spot
    if not spot.shown or spot.low is None or spot.high is None or spot.value is None:
        return ""
    low, high = spot.low, spot.high
    if low <= 0 <= high:
        said = _(
            "%(team)s guesses the other side's view about rightly (off by %(low)s to %(high)s "
            "points).",
            team=line.rater,
            low=format_decimal(low),
            high=format_decimal(high),
        )
        return str(said)
    low, high = sorted((abs(low), abs(high)))
    given = {"team": line.rater, "low": low, "high": high}
    if spot.value < 0:
        said = _(
            "%(team)s thinks it goes better for the other side than it does, by %(low)s to "
            "%(high)s points.",
            **given,
        )
    else:
        said = _(
            "%(team)s thinks it goes worse for the other side than it does, by %(low)s to "
            "%(high)s points.",
            **given,
        )
    return str(said)


def verdict_sentence(agreement: Agreement | AgreementView) -> str:
    """Did it help? With its interval and its design, beside what the other pairs did."""
    found = agreement.effect
    if not found and isinstance(agreement, AgreementView) and agreement.has_ended:
        return str(_("It ended before anything could be said."))
    if not found:
        return str(_("Too early to say."))
    against, low, high = found.against_others, found.low, found.high
    if not found.changed:
        given = {"low": _signed(low), "high": _signed(high)}
        said = (
            _("No visible change against the other pairs (%(low)s to %(high)s points).", **given)
            if against
            else _("No visible change (%(low)s to %(high)s points).", **given)
        )
    else:
        low, high = sorted((abs(low), abs(high)))
        said = _changed(found.value, against, low, high)
    others = found.others
    beside = "" if others is None else _("The other pairs moved by %(n)s.", n=_signed(others))
    return sentences(said, method_name(found.method), beside)


def verdict_in_short(agreement: AgreementView) -> str:
    """The verdict for a list: what it moved, if anything; the pair page says by which design."""
    found = agreement.effect
    if not found:
        return verdict_sentence(agreement)
    if not found.changed:
        ends = {"low": _signed(found.low), "high": _signed(found.high)}
        return str(_("No visible change (%(low)s to %(high)s points).", **ends))
    low, high = sorted((abs(found.low), abs(found.high)))
    if found.value < 0:
        return str(_("%(low)s to %(high)s points less friction.", low=low, high=high))
    return str(_("%(low)s to %(high)s points more friction.", low=low, high=high))


def expected_sentence(agreement: AgreementView) -> str:
    """What both expected, beside what was measured; empty where nothing was expected."""
    if agreement.expected is None or agreement.expected_by is None:
        return ""
    given = {
        "expected": _signed(agreement.expected),
        "day": written(agreement.expected_by, "yMMMd", str(get_locale())),
    }
    found = agreement.effect
    if not found:
        return str(_("Expected %(expected)s points by %(day)s.", **given))
    return str(
        _(
            "Expected %(expected)s points by %(day)s, measured %(value)s, between %(low)s and "
            "%(high)s.",
            **given,
            value=_signed(found.value),
            low=_signed(found.low),
            high=_signed(found.high),
        )
    )


def _signed(points: int) -> str:
    """A number with its sign, which Arabic keeps on the left by a mark that is not seen."""
    return str(format_decimal(points, "+#,##0;-#,##0"))


def _changed(value: int, against: bool, low: int, high: int) -> str:
    points = {"points": abs(value), "low": low, "high": high}
    if value < 0:
        said = (
            _(
                "%(points)s points less friction than in the other pairs since then, very likely "
                "%(low)s to %(high)s.",
                **points,
            )
            if against
            else _(
                "%(points)s points less friction since then, very likely %(low)s to %(high)s.",
                **points,
            )
        )
    else:
        said = (
            _(
                "%(points)s points more friction than in the other pairs since then, very likely "
                "%(low)s to %(high)s.",
                **points,
            )
            if against
            else _(
                "%(points)s points more friction since then, very likely %(low)s to %(high)s.",
                **points,
            )
        )
    return str(said)


def method_name(design: Design) -> str:
    """The design behind a verdict, in brackets."""
    return {
        Design.DIFFERENCES: str(_("(Measured against pairs without an agreement.)")),
        Design.SEGMENTED: str(_("(Level before and after, with the trend taken out.)")),
        Design.BEFORE_AFTER: str(_("(Mean before and after.)")),
    }[design]


def _moved(line: SeamLine) -> str:
    if line.alarm == Direction.RISING:
        return str(_("For %(team)s friction has risen above its usual level.", team=line.rater))
    return str(_("For %(team)s friction has fallen below its usual level.", team=line.rater))


def _steady(lines: Sequence[SeamLine]) -> str:
    """What may be said without an alarm: it needs the usual level of several months."""
    months = max(len([f for f in line.figures if f.shown]) for line in lines)
    if months <= BASELINE:
        return str(
            _("A lasting change can be told from the month after the first six published ones on.")
        )
    return str(_("No lasting change beyond what this many answers wobble by."))
