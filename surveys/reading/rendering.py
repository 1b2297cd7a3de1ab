"""The pair page and the meeting kit as HTML: for the browser, and for the PDF."""

from flask import render_template

from surveys.access.viewer import viewer
from surveys.reading import words
from surveys.reading.charts import pair_charts
from surveys.reading.meeting import meeting_kit
from surveys.reading.pages import PairPage
from surveys.reading.series import series_charts

DESK, PHONE = 860, 350


def pair_html(page: PairPage, chart_style: str = "", show_quotes: bool = True) -> str:
    """The page; with `chart_style` the charts carry their own style sheet (for the PDF)."""
    charts = pair_charts(page, DESK, PHONE)
    return render_template(
        "reading/pair.html",
        page=page,
        words=words,
        charts=charts,
        series_charts=[series_charts(page, chart) for chart in charts],
        own_teams=viewer().own_of((page.a.id, page.b.id)),
        chart_style=chart_style,
        show_quotes=show_quotes,
    )


def meeting_html(page: PairPage, chart_style: str = "", show_quotes: bool = True) -> str:
    """The meeting kit; with `chart_style` for the PDF."""
    return render_template(
        "reading/meeting.html",
        kit=meeting_kit(page),
        charts=pair_charts(page, DESK, PHONE),
        words=words,
        chart_style=chart_style,
        show_quotes=show_quotes,
    )
