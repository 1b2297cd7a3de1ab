"""Forms of the set-up steps."""

from collections.abc import Iterable
from datetime import date
from typing import Self
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, NumberRange

from analysis.disclosure.rule import MINIMUM
from surveys.access.forms import NEEDED as FILLED


class PairForm(FlaskForm):
    """Two teams that work with each other."""

    team_a = SelectField(_l("This team"), coerce=int)
    team_b = SelectField(_l("works with"), coerce=int)

    def offering(self, teams: Iterable[tuple[int, str]]) -> Self:
        """The form with these teams, by number and name, to choose from."""
        self.team_a.choices = self.team_b.choices = [SelectChoice(*team) for team in teams]
        return self


class DaysField(TextAreaField):
    """Days, one on each line, as 2026-12-25; `days` are those that could be read."""

    days: tuple[date, ...] = ()

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        """Every line must be a day."""
        found = []
        for line in (self.data or "").splitlines():
            try:
                found += [date.fromisoformat(line.strip())] if line.strip() else []
            except ValueError as error:
                raise ValidationError(
                    _("“%(line)s” is no day; write it as 2026-12-25.", line=line.strip())
                ) from error
        self.days = tuple(found)


class CalendarForm(FlaskForm):
    """When the waves open and close, and the thresholds, which can only be raised."""

    first_opens_on = DateField(_l("The next survey opens on"), validators=[FILLED])
    every_weeks = IntegerField(
        _l("Every … weeks"), validators=[InputRequired(), NumberRange(1, 26)]
    )
    monthly = BooleanField(_l("Monthly instead: the same weekday of each month"))
    open_days = IntegerField(
        _l("Open for … days"), validators=[InputRequired(), NumberRange(1, 60)]
    )
    time_zone = StringField(_l("Time zone"), validators=[FILLED], render_kw={"list": "zones"})
    holidays = DaysField(_l("Holidays, one day on each line"), render_kw={"rows": 4})
    k_index = IntegerField(
        _l("Answers needed for a figure"), validators=[NumberRange(MINIMUM.index, 50)]
    )
    k_causes = IntegerField(_l("… for root causes"), validators=[NumberRange(MINIMUM.causes, 50)])
    k_verbatim = IntegerField(
        _l("… for themes and quotes"), validators=[NumberRange(MINIMUM.verbatim, 50)]
    )

    def validate_time_zone(self, field: StringField) -> None:
        """A name of the time-zone database."""
        if field.data not in available_timezones():
            raise ValidationError(_l("This is no time zone; try Europe/Berlin."))

    def validate_first_opens_on(self, field: DateField) -> None:
        """A year that is meant."""
        if field.data and not 2020 <= field.data.year <= date.max.year - 10:
            raise ValidationError(_l("Please check the year."))
