"""Series of other systems: bring in a file, look at what it would change, keep it, remove one."""

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.directory.forms import FileForm
from surveys.directory.tabulating import plain_csv, table_of
from surveys.errors import UserError
from surveys.improving import hard_data
from surveys.improving.forms import KeepSeriesForm
from surveys.models.enums import Role
from surveys.models.hard_data import HardSeries
from surveys.reading.hard_data import SeriesView, series_of
from surveys.reading.pages import NoSuchPair, readable_teams
from surveys.reading.pairs import Pair
from surveys.web import db, installation

blueprint = Blueprint("series", __name__)
PAGE = "/pairs/<int:team_a>/<int:team_b>/series"


@blueprint.route(PAGE, methods=["GET", "POST"])
@policy(Role.HR, Role.MANAGER)
def home(team_a: int, team_b: int) -> str:
    """The series of a pair; choose a file and see what it would change."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    form = FileForm()
    if not form.validate_on_submit():
        return _page(pair, form)
    try:
        table = table_of(form.file.data.read())
        plan = hard_data.plan_series(db(), (pair.a, pair.b), table, _may(pair))
    except UserError as error:
        flash(error.sentence)
        return _page(pair, form)
    return _page(pair, form, plan, plain_csv(table))


@blueprint.post(f"{PAGE}/keep")
@policy(Role.HR, Role.MANAGER)
def keep(team_a: int, team_b: int) -> Response:
    """Keep what was shown."""
    pair, form = readable_teams(db(), viewer(), team_a, team_b), KeepSeriesForm()
    table = table_of((form.text.data or "").encode())
    with write_session(installation().sessions) as session:
        plan = hard_data.plan_series(session, (pair.a, pair.b), table, _may(pair))
        hard_data.keep_series(session, viewer().email, plan)
    values = sum(len(one.values) for one in plan.series)
    flash(ngettext("%(num)d value kept.", "%(num)d values kept.", values))
    return redirect(url_for("series.home", team_a=pair.a.id, team_b=pair.b.id))


@blueprint.post(f"{PAGE}/<int:series_id>/remove")
@policy(Role.HR, Role.MANAGER)
def remove(team_a: int, team_b: int, series_id: int) -> Response:
    """Remove a series with all its values."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    with write_session(installation().sessions) as session:
        row = session.get(HardSeries, series_id)
        if row is None or series_id not in _removable(pair, series_of(db(), pair.a, pair.b)):
            raise NoSuchPair
        hard_data.remove_series(session, viewer().email, row)
    flash(_("“%(name)s” is removed.", name=row.name))
    return redirect(url_for("series.home", team_a=pair.a.id, team_b=pair.b.id))


def _may(pair: Pair) -> frozenset[int]:
    """The teams whose own series the viewer may bring in and remove."""
    return viewer().speaks_for((pair.a.id, pair.b.id))


def _removable(pair: Pair, series: Iterable[SeriesView]) -> set[int]:
    return {s.id for s in series if s.team_id is None or s.team_id in _may(pair)}


def _page(pair: Pair, form: FileForm, plan: hard_data.Plan | None = None, text: str = "") -> str:
    keep_form = KeepSeriesForm(formdata=None)
    keep_form.text.data = text
    series = series_of(db(), pair.a, pair.b)
    return render_template(
        "improving/series.html",
        pair=pair,
        series=series,
        form=form,
        plan=plan,
        keep=keep_form,
        removable=_removable(pair, series),
    )
