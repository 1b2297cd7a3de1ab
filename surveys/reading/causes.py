"""Root causes and themes in the words of the pages, causes in the order of the instrument."""

from flask_babel import gettext as _

from surveys.models.themes import Theme

ORDER = ("objectives", "communication", "competitiveness", "resources", "respect", "knowledge")


def cause_name(code: str | None) -> str:
    """What a root cause is called."""
    return {
        "objectives": str(_("Different objectives")),
        "communication": str(_("Communication gaps")),
        "competitiveness": str(_("Perceived competitiveness")),
        "resources": str(_("Resources and priorities")),
        "respect": str(_("Mutual respect")),
        "knowledge": str(_("Knowledge of each other's work")),
    }.get(code or "", str(_("Something else")))


def theme_name(theme: Theme) -> str:
    """What readers call a theme: HR's name, the cause's, or what the engine found."""
    if theme.given_name:
        return theme.given_name
    if theme.kind == "praise":
        return str(_("What goes well"))
    if theme.kind == "cause":
        return cause_name(theme.cause)
    # Where the engine found no name but somebody's own words, the cause and a number stand for it.
    numbered = _("%(cause)s (theme %(n)s)", cause=cause_name(theme.cause), n=theme.label)
    return theme.name or str(numbered)
