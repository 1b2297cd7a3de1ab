"""The monthly digest: what stands on the reader's pages, in a few sentences and small pictures.

The same view models as the pages, so mail and page cannot disagree. What people wrote is never in
a mail: it would lie in inboxes for ever.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from surveys.access.viewer import Viewer
from surveys.languages import speaking
from surveys.reading import words
from surveys.reading.charts import pair_charts
from surveys.reading.pages import PairPage, pair_page
from surveys.reading.pairs import PairSummary, pair_map
from surveys.reading.picture import chart_picture

MAX_PAIRS = 6
WIDTH = 560
#: how the picture marks the two sides
MARKS = ("●", "■")


@dataclass(frozen=True, slots=True)
class Section:
    """One pair in the digest; `picture` is a PNG, None where the renderer is not installed."""

    heading: str
    sentences: tuple[str, ...]
    picture: bytes | None
    says: str


def digest_of(session: Session, viewer: Viewer, language: str) -> tuple[Section, ...]:
    """The pairs of a reader, those with an alarm first; MAX_PAIRS at most."""
    with speaking(language):
        pairs = sorted(pair_map(session, viewer).pairs, key=_quiet)[:MAX_PAIRS]
        pages = [pair_page(session, pair.a.id, pair.b.id) for pair in pairs]
        return tuple(_section(page) for page in pages if page is not None)


def _quiet(pair: PairSummary) -> bool:
    return not any(pair.alarms)


def _section(page: PairPage) -> Section:
    (chart,) = pair_charts(page, WIDTH)
    said = [words.state_sentence(page.lines)]
    for mark, line in zip(MARKS, page.lines, strict=True):
        stands = words.line_sentence(line)
        said.append(f"{mark} " + _("%(team)s: %(words)s", team=line.rater, words=stands))
    if page.gap.shown:
        said.append(words.gap_sentence(page))
    for agreement in page.agreements:
        if agreement.signed_by_both and agreement.began:
            said.append(_("Agreement: %(text)s", text=agreement.text))
            said.append(words.verdict_sentence(agreement))
    return Section(page.title, tuple(map(str, said)), chart_picture(chart), chart.text)
