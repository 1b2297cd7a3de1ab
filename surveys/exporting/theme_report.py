"""`tribometer themes`: root causes and themes of any file of comments, as one page and one CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.redaction.redactor import Redactor
from analysis.themes import Codebook, CodebookError, Embedder, Theme, ThemeModel, pick_quotes
from analysis.themes.theme import Fate
from surveys.exporting.comments_file import CommentRow, CommentsFileError, read_comments
from surveys.exporting.theme_files import (
    assignments_beside,
    read_result,
    result_beside,
    write,
    write_assignments,
    write_result,
)

__all__ = ["CommentsFileError", "Summary", "write_theme_report"]

Progress = Callable[[str, int, int], None]

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_QUOTES = 4
_MAX_TEAMS = 8
_PRAISE_FROM = 0.5
_FATES = {
    Fate.NEW: "new",
    Fate.SPLIT: "parted",
    Fate.MERGED: "joined",
    Fate.GROWN: "more than before",
    Fate.FADED: "less than before",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: counts, the three files, and one sentence for the terminal."""

    comments: int
    themes: int
    report: Path
    assignments: Path
    result: Path
    sentence: str


@dataclass(frozen=True, slots=True)
class TeamShare:
    """How many of a team's comments are in a theme or cause; share of the widest bar, 0–100."""

    team: str
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A redacted comment and who wrote it."""

    text: str
    team: str | None


@dataclass(frozen=True, slots=True)
class ThemeView:
    """One theme's card. width: percent of the largest theme; tone: words for people."""

    id: int
    name: str
    words: tuple[str, ...]
    count: int
    percent: int
    width: int
    tone: str
    teams: tuple[TeamShare, ...]
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True, slots=True)
class CauseView:
    """One root cause with its themes."""

    name: str
    definition: str
    count: int
    percent: int
    width: int
    teams: tuple[TeamShare, ...]
    themes: tuple[ThemeView, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What became of a theme since the earlier result, in words; comments then and now."""

    name: str
    what: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that the template shows."""

    title: str
    sentence: str
    causes: tuple[CauseView, ...]
    loose: tuple[ThemeView, ...]
    loose_title: str
    praise: tuple[ThemeView, ...]
    too_few: bool
    assignments: str
    since: str
    news: tuple[News, ...]


def write_theme_report(
    csv_path: Path,
    text_column: str,
    team_column: str | None,
    codebook: Path | None,
    out: Path,
    progress: Progress,
    since: Path | None = None,
    embedder: Embedder | None = None,
) -> Summary:
    """Read comments, find causes and themes, write `out` (HTML), and beside it assignments (CSV)
    and the result (JSON); with the result of an earlier report, `since`, the page says what is new.

    Raises CommentsFileError with a sentence for anything wrong with the files.
    """
    progress("reading", 0, 5)
    if csv_path.resolve() in (out.resolve(), assignments_beside(out).resolve()):
        raise CommentsFileError(f"The report would overwrite {csv_path}; give --out another name.")
    rows = read_comments(csv_path, text_column, team_column)
    try:
        frame = Codebook.from_file(codebook) if codebook else Codebook.default()
    except CodebookError as error:
        raise CommentsFileError(str(error)) from None
    redactor = Redactor()
    rows = [CommentRow(r.line, redactor.redact(r.text).text, r.team) for r in rows]
    teams = [t for t, _ in Counter(r.team for r in rows if r.team).most_common(_MAX_TEAMS)]
    model = read_result(since, frame, embedder) if since else ThemeModel(frame, embedder)
    model.progress = lambda stage, done, _: progress(stage, done + 1, 5)
    model.ignore = tuple(teams)
    model.update([r.text for r in rows])
    page = _page(model, frame, rows, teams, csv_path.name, out, since)
    beside = assignments_beside(out)
    write(out, _rendered(page))
    write_assignments(beside, model, rows, bool(teams))
    write_result(result_beside(out), model)
    progress("done", 5, 5)
    shown = len([t for t in model.themes_ if not t.too_few])
    return Summary(len(rows), shown, out, beside, result_beside(out), page.sentence)


def _page(
    model: ThemeModel,
    frame: Codebook,
    rows: Sequence[CommentRow],
    teams: Sequence[str],
    file_name: str,
    out: Path,
    since: Path | None,
) -> ReportPage:
    largest = max((t.size for t in model.themes_), default=1)
    views = {t.id: _theme(t, j, model, rows, teams, largest) for j, t in enumerate(model.themes_)}
    too_few = bool(model.themes_) and model.themes_[0].too_few
    praised = {t.id for t in model.themes_ if t.cause is None and (t.tone or 0) >= _PRAISE_FROM}
    loose = [t.id for t in model.themes_ if t.cause is None and t.id not in praised]
    causes = [] if too_few else _causes(model, frame, rows, teams, views)
    return ReportPage(
        title=f"What {len(rows)} comments say",
        sentence=_sentence(model, rows, teams, file_name),
        causes=tuple(causes),
        loose=tuple(views[i] for i in loose),
        loose_title="The comments" if too_few else "Outside the frame",
        praise=tuple(views[t.id] for t in model.themes_ if t.id in praised),
        too_few=too_few,
        assignments=assignments_beside(out).name,
        since=since.name if since else "",
        news=_news(model) if since else (),
    )


def _sentence(
    model: ThemeModel, rows: Sequence[CommentRow], teams: Sequence[str], file_name: str
) -> str:
    said = f"{len(rows)} comments were read from {file_name}"
    if teams:
        said += f", of {len(teams)} team" + ("s" if len(teams) > 1 else "")
    silent = int((model.labels_ < 0).sum())
    if model.themes_ and model.themes_[0].too_few:
        return f"{said}. That is too few to group; they stand below as they are."
    said += f". They fall into {len(model.themes_)} themes"
    return said + (f"; {silent} have no words to go by." if silent else ".")


def _causes(
    model: ThemeModel,
    frame: Codebook,
    rows: Sequence[CommentRow],
    teams: Sequence[str],
    views: dict[int, ThemeView],
) -> list[CauseView]:
    counts = Counter(model.causes_)
    named = [c for c in frame.codes if c.code != "other"]
    most = max((counts[c.code] for c in named), default=0) or 1
    out = []
    for code in sorted(named, key=lambda c: -counts[c.code]):
        mine = [r for r, cause in zip(rows, model.causes_, strict=True) if cause == code.code]
        themes = tuple(views[t.id] for t in model.themes_ if t.cause == code.code)
        if not mine and not themes:
            continue
        out.append(
            CauseView(
                name=code.name,
                definition=code.definition,
                count=len(mine),
                percent=round(100 * len(mine) / len(rows)),
                width=round(100 * len(mine) / most),
                teams=_shares(mine, rows, teams),
                themes=themes,
            )
        )
    return out


def _theme(
    theme: Theme,
    position: int,
    model: ThemeModel,
    rows: Sequence[CommentRow],
    teams: Sequence[str],
    largest: int,
) -> ThemeView:
    members = [r for r, label in zip(rows, model.labels_, strict=True) if label == position]
    chosen = [rows[i] for i in theme.representatives]
    vectors = model.rows_of(theme.representatives)
    sides = [r.team for r in chosen] if teams else None
    picked = pick_quotes([r.text for r in chosen], vectors, _QUOTES, sides)
    return ThemeView(
        id=theme.id,
        name=theme.name,
        words=theme.phrases,
        count=theme.size,
        percent=round(100 * theme.size / len(rows)),
        width=round(100 * theme.size / largest),
        tone=_tone_words(theme.tone),
        teams=_shares(members, rows, teams),
        quotes=tuple(QuoteView(chosen[i].text, chosen[i].team) for i in picked),
    )


def _shares(
    members: Sequence[CommentRow], rows: Sequence[CommentRow], teams: Sequence[str]
) -> tuple[TeamShare, ...]:
    """Per team the share of *its* comments, so that a large team does not look angrier."""
    total = Counter(r.team for r in rows)
    mine = Counter(r.team for r in members)
    widths = {t: mine[t] / total[t] for t in teams}
    widest = max(widths.values(), default=0) or 1
    return tuple(TeamShare(t, mine[t], round(100 * widths[t] / widest)) for t in teams)


def _news(model: ThemeModel) -> tuple[News, ...]:
    """Themes that are not what they were, the new ones first."""
    names = {m.id: m.given_name or m.name for m in model.memories_}
    changed = [c for c in model.changes_ if c.fate in _FATES and c.theme in names]
    changed.sort(key=lambda c: (list(_FATES).index(c.fate), -c.after, c.theme))
    return tuple(News(names[c.theme], _FATES[c.fate], c.before, c.after) for c in changed)


def _tone_words(tone: float | None) -> str:
    if tone is None:
        return "tone unknown"
    if tone >= _PRAISE_FROM:
        return "praise"
    if tone >= 0.15:
        return "rather positive"
    return "rather negative" if tone <= -0.15 else "matter-of-fact"


def _rendered(page: ReportPage) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("exporting/theme_report.html").render(page=page)
