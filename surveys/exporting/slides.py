"""The meeting kit as slides: titles and text that can be edited, native charts; extra `pptx`."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from surveys.errors import UserError
from surveys.languages import written
from surveys.reading import words
from surveys.reading.colours import SIDES
from surveys.reading.meeting import MeetingKit
from surveys.reading.themes import ThemeLine

if TYPE_CHECKING:
    from pptx.presentation import Presentation

TITLE_ONLY, TITLE_AND_TEXT = 5, 1
BODY, SMALL = 20, 14


class NoSlidesError(UserError):
    """The writer of slides is not installed."""

    status = 501


def meeting_slides(kit: MeetingKit, language: str, with_quotes: bool) -> bytes:
    """The kit as a PPTX file; raises NoSlidesError where the extra is missing."""
    try:
        import pptx
        from pptx.util import Inches
    except ImportError as error:
        raise NoSlidesError(
            _(
                "Slides need Tribometer's extra “pptx”. Ask whoever runs this server; the PDF has "
                "the same."
            )
        ) from error
    show = pptx.Presentation()
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    text = _Writer(show)
    text.slide(kit.page.title, [kit.state, "", *_agenda(kit)])
    text.slide(_("What goes well"), _themes(kit.praise, with_quotes))
    _trend(text, kit, language)
    _causes(text, kit)
    text.slide(_("What both sides raise"), _themes(kit.both, with_quotes))
    for name, themes in kit.one_side:
        who = name or _("Both teams together")
        text.slide(_("What one side raises: %(team)s", team=who), _themes(themes, with_quotes))
    agreed = [line for a in kit.running for line in (a.text, words.verdict_sentence(a))]
    text.slide(_("What was agreed: did it help?"), agreed or [_("No agreement is running yet.")])
    if kit.proposal:
        practice = [f"{_(s.name)}. {_(s.practice)}" for s in kit.proposal.strategies]
        text.slide(
            _("A proposal to begin with: %(cause)s", cause=kit.proposal.name),
            [kit.proposal.why, *practice],
        )
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


class _Writer:
    """Adds slides with a title that can be edited and lines of text."""

    def __init__(self, show: Presentation) -> None:
        self.show = show

    def slide(self, title: str, lines: Iterable[str]) -> None:
        """A slide with a title and lines, smaller where there are many."""
        said = list(lines)
        slide = self.blank(title, TITLE_AND_TEXT)
        frame = slide.placeholders[1].text_frame
        frame.word_wrap = True
        size = BODY if sum(map(len, said)) < 600 else SMALL
        for i, line in enumerate(said or [_("Nothing this month.")]):
            self.line(frame.paragraphs[0] if i == 0 else frame.add_paragraph(), line, size)

    def line(self, paragraph: Any, text: str, size: int) -> None:
        """One paragraph in a size."""
        from pptx.util import Pt

        paragraph.text = text
        paragraph.font.size = Pt(size)

    def blank(self, title: str, layout: int = TITLE_ONLY) -> Any:
        """A slide with a title; its other placeholders fill the width of the slide."""
        from pptx.util import Inches, Pt

        slide = self.show.slides.add_slide(self.show.slide_layouts[layout])
        slide.shapes.title.text = title
        slide.shapes.title.text_frame.paragraphs[0].font.size = Pt(30)
        for shape in slide.placeholders:
            shape.left, shape.width = Inches(0.6), Inches(12.1)
        slide.shapes.title.top, slide.shapes.title.height = Inches(0.35), Inches(1.0)
        if layout == TITLE_AND_TEXT:
            slide.placeholders[1].top = Inches(1.5)
            slide.placeholders[1].height = Inches(5.5)
        return slide


def _agenda(kit: MeetingKit) -> list[str]:
    return [
        f"{i}. {item.says} " + _("(%(n)s min)", n=item.minutes)
        for i, item in enumerate(kit.agenda, start=1)
    ]


def _themes(themes: Iterable[ThemeLine], with_quotes: bool) -> list[str]:
    lines = []
    for theme in themes:
        persons = [
            f"{voice.team or _('Both teams together')}: " + _("%(n)s people", n=voice.persons)
            for voice in theme.voices
        ]
        lines.append(f"{theme.name} ({str(_('; ')).join(persons)})")
        if with_quotes:
            lines += [
                f"{voice.team or _('Both teams together')}: “{quote.text}”"
                for voice in theme.voices
                for quote in voice.quotes[:1]
            ]
    return lines


def _trend(text: _Writer, kit: MeetingKit, language: str) -> None:
    """A native line chart; months without a figure are gaps, never lines across."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    page = kit.page
    slide = text.blank(_("The trend: what moved, and what is only chance"))
    if page.months:
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = [written(month.opened_on, "yMMMd", language) for month in page.months]
        for line in page.lines:
            shown = [figure.value if figure.shown else None for figure in line.figures]
            name = _("%(rater)s about %(target)s", rater=line.rater, target=line.target)
            data.add_series(str(name), shown)
        chart = _place_chart(slide, XL_CHART_TYPE.LINE_MARKERS, data, 4.1)
        for series, colour in zip(chart.plots[0].series, SIDES, strict=True):
            series.smooth = False
            _paint(series.format.line, colour)
            _paint(series.marker.format, colour)
    said = [
        str(_("%(team)s: %(words)s", team=line.rater, words=words.line_sentence(line)))
        for line in page.lines
    ]
    said.append(words.gap_sentence(page))
    _note(text, slide, said, 5.6)


def _causes(text: _Writer, kit: MeetingKit) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    rows = [row for row in kit.page.causes if any(figure.shown for figure in row.sides)]
    if not rows:
        return
    slide = text.blank(_("Root causes"))
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [row.name for row in rows]
    for side, line in enumerate(kit.page.lines):
        shown = [row.sides[side].value if row.sides[side].shown else None for row in rows]
        data.add_series(line.rater, shown)
    chart = _place_chart(slide, XL_CHART_TYPE.COLUMN_CLUSTERED, data, 4.6)
    for series, colour in zip(chart.plots[0].series, SIDES, strict=True):
        _paint(series.format, colour)
    says = _("From 0 (none) to 100 (all), this month. The pages show each with its interval.")
    _note(text, slide, [says], 6.2)


def _place_chart(slide: Any, kind: Any, data: Any, height: float) -> Any:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    place = (Inches(0.6), Inches(1.4), Inches(12.1), Inches(height))
    chart = slide.shapes.add_chart(kind, *place, data).chart
    chart.has_legend, chart.legend.include_in_layout = True, False
    chart.legend.position = XL_LEGEND_POSITION.TOP
    chart.font.size = Pt(12)
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 100
    return chart


def _paint(format_: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor

    fill = format_.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:])  # type: ignore[no-untyped-call]


def _note(text: _Writer, slide: Any, lines: list[str], top: float) -> None:
    from pptx.util import Inches

    frame = slide.shapes.add_textbox(Inches(0.6), Inches(top), Inches(12.1), Inches(1.4)).text_frame
    frame.word_wrap = True
    for i, line in enumerate(lines):
        text.line(frame.paragraphs[0] if i == 0 else frame.add_paragraph(), line, SMALL)
