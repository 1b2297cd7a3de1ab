"""Forms of the set-up steps."""

from datetime import date
from typing import Self
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange

from surveys.access.forms import ADDRESS
from surveys.access.forms import NEEDED as FILLED
from surveys.running.importing import NEEDED, OPTIONAL
from surveys.running.tabulating import Table, plain_csv, table_of


class FileForm(FlaskForm):
    """The file of teams and people."""

    file = FileField(
        _l("CSV or XLSX file"),
        validators=[FileRequired(_l("Choose a file first."))],
        render_kw={"accept": ".csv,.xlsx,text/csv"},
    )


class ConfirmImportForm(FlaskForm):
    """The checked text, sent back with the decision to import it."""

    text = HiddenField(validators=[InputRequired()])
    sure = BooleanField(_l("Yes, this file is right"))


class ColumnsForm(FlaskForm):
    """Which column of the file is which; the file itself comes back as text."""

    text = HiddenField(validators=[InputRequired()])
    name = SelectField(_l("Name"), coerce=int)
    email = SelectField(_l("E-mail"), coerce=int)
    team = SelectField(_l("Team"), coerce=int)
    language = SelectField(_l("Language"), coerce=int)
    manager = SelectField(_l("Manager (yes or empty)"), coerce=int)

    @property
    def table(self) -> Table:
        """The file as it came; raises FileProblem."""
        return table_of((self.text.data or "").encode())

    @property
    def chosen(self) -> dict[str, int]:
        """The columns that were chosen."""
        places = {column: self[column].data for column in (*NEEDED, *OPTIONAL)}
        return {
            column: place for column, place in places.items() if place is not None and place >= 0
        }

    def offering(self, table: Table, found: dict[str, int]) -> Self:
        """The form with the columns of a table to choose from, `found` chosen already."""
        heading = [SelectChoice(i, name or f"{i + 1}") for i, name in enumerate(table.heading)]
        none = SelectChoice(-1, _l("(not in the file)"))
        for column in (*NEEDED, *OPTIONAL):
            self[column].choices = heading if column in NEEDED else [none, *heading]
            if not self.is_submitted() or self.text.data is None:
                self[column].data = found.get(column, -1 if column in OPTIONAL else 0)
        self.text.data = self.text.data or plain_csv(table)
        return self


class PairForm(FlaskForm):
    """Two teams that work with each other."""

    team_a = SelectField(_l("This team"), coerce=int)
    team_b = SelectField(_l("works with"), coerce=int)


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
    k_index = IntegerField(_l("Answers needed for a figure"), validators=[NumberRange(5, 50)])
    k_causes = IntegerField(_l("… for root causes"), validators=[NumberRange(8, 50)])
    k_verbatim = IntegerField(_l("… for themes and quotes"), validators=[NumberRange(10, 50)])

    def validate_time_zone(self, field: StringField) -> None:
        """A name of the time-zone database."""
        if field.data not in available_timezones():
            raise ValidationError(_l("This is no time zone; try Europe/Berlin."))

    def validate_first_opens_on(self, field: DateField) -> None:
        """A year that is meant."""
        if field.data and not 2020 <= field.data.year <= date.max.year - 10:
            raise ValidationError(_l("Please check the year."))


class ManagerForm(FlaskForm):
    """A manager, or a colleague in HR, who gets access by mail."""

    name = StringField(_l("Name"), validators=[FILLED, Length(max=200)])
    email = EmailField(_l("E-mail"), validators=[FILLED, Length(max=254), ADDRESS])
    role = SelectField(_l("Sees"))
    sure = HiddenField()


class SimpleForm(FlaskForm):
    """Only the protection against forged requests: for buttons."""
