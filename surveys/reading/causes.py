"""Root causes in the words of the pages, in the order of the instrument."""

from flask_babel import gettext as _

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
