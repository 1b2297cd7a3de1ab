"""The points at which work goes from one team to the other: where it grates, and the hours lost.

Asked beside the items of each partner team; both answers are optional and in no index.
"""

from flask_babel import lazy_gettext as _l

#: how an answer keeps them beside its items: number of the point in POINTS, and whole hours
POINT, HOURS = "HO", "HH"
MAX_HOURS = 200
#: code and name of each point, in the order in which work passes them
POINTS = (
    ("request", _l("The request")),
    ("specification", _l("The specification")),
    ("supplier_choice", _l("The choice of supplier")),
    ("contract", _l("The contract")),
    ("price_change", _l("A change of price or terms")),
    ("delivery", _l("The delivery")),
)


def name_of(code: str) -> str:
    """What a point is called."""
    return str(dict(POINTS).get(code, code))
