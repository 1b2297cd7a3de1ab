"""Root causes and themes in the words of the pages, causes in the order of the instrument."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.measures import Cause
from surveys.models.themes import Theme

NAMES = {
    Cause.OBJECTIVES: _l("Different objectives"),
    Cause.COMMUNICATION: _l("Communication gaps"),
    Cause.COMPETITIVENESS: _l("Perceived competitiveness"),
    Cause.RESOURCES: _l("Resources and priorities"),
    Cause.RESPECT: _l("Mutual respect"),
    Cause.KNOWLEDGE: _l("Knowledge of each other's work"),
}
OTHER = _l("Something else")


def cause_name(cause: Cause | None) -> str:
    """What a root cause is called."""
    return str(OTHER if cause is None else NAMES.get(cause, OTHER))


def theme_name(theme: Theme) -> str:
    """What readers call a theme: HR's name, the cause's, or what the engine found."""
    if theme.given_name:
        return theme.given_name
    if theme.is_praise:
        return str(_("What goes well"))
    if theme.is_cause:
        return cause_name(theme.cause)
    if theme.name:
        return theme.name
    # Where the engine found no name but somebody's own words, the cause and a number stand for it.
    return str(_("%(cause)s (theme %(n)s)", cause=cause_name(theme.cause), n=theme.label))
