"""Root causes and themes in the words of the pages, causes in the order of the instrument."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from surveys.models.themes import Theme

NAMES = {
    "objectives": _l("Different objectives"),
    "communication": _l("Communication gaps"),
    "competitiveness": _l("Perceived competitiveness"),
    "resources": _l("Resources and priorities"),
    "respect": _l("Mutual respect"),
    "knowledge": _l("Knowledge of each other's work"),
}
ORDER = tuple(NAMES)
OTHER = _l("Something else")


def cause_name(code: str | None) -> str:
    """What a root cause is called."""
    return str(NAMES.get(code or "", OTHER))


def theme_name(theme: Theme) -> str:
    """What readers call a theme: HR's name, the cause's, or what the engine found."""
    if theme.given_name:
        return theme.given_name
    if theme.kind == "praise":
        return str(_("What goes well"))
    if theme.kind == "cause":
        return cause_name(theme.cause)
    if theme.name:
        return theme.name
    # Where the engine found no name but somebody's own words, the cause and a number stand for it.
    return str(_("%(cause)s (theme %(n)s)", cause=cause_name(theme.cause), n=theme.label))
