"""A published figure as a row, and back."""

from analysis.disclosure.figures import Bounded, FigureKey, Gap, Published, Shown, band
from analysis.disclosure.rule import Withheld
from surveys.models.enums import FigureState
from surveys.models.releases import Figure


def figure_row(release_id: int, key: FigureKey, figure: Published | Gap) -> Figure:
    """The row that stores a published figure."""
    row = Figure(
        release_id=release_id,
        rater_id=int(key.rater),
        target_id=int(key.target),
        measure=key.measure,
        state=FigureState.SHOWN,
    )
    match figure:
        case Withheld():
            row.state, row.reason = FigureState.WITHHELD, figure
        case Bounded():
            row.state = FigureState.UNDER if figure.under else FigureState.OVER
            row.value, row.n_band = figure.limit, figure.n_band
        case Shown():
            row.value, row.low, row.high = figure.value, figure.low, figure.high
            row.n_band, row.words = figure.n_band, band(figure.low, figure.high)
        case Gap():
            row.value, row.low, row.high = figure.value, figure.low, figure.high
    return row


def published_figure(row: Figure) -> Published:
    """The figure that a row stores."""
    if row.state == FigureState.WITHHELD:
        return row.reason or Withheld.TOO_FEW
    if row.state != FigureState.SHOWN:
        return Bounded(row.state == FigureState.UNDER, row.value or 0, row.n_band or "")
    return Shown(row.value or 0, row.low or 0, row.high or 0, row.n_band or "")
