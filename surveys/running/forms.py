"""Forms of the set-up steps."""

from datetime import date
from zoneinfo import available_timezones

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
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange

from surveys.access.forms import ADDRESS, NEEDED


class FileForm(FlaskForm):
    """The file of teams and people."""

    file = FileField(
        _l("CSV file"),
        validators=[FileRequired(_l("Choose a file first."))],
        render_kw={"accept": ".csv,text/csv"},
    )


class ConfirmImportForm(FlaskForm):
    """The checked text, sent back with the decision to import it."""

    text = HiddenField(validators=[InputRequired()])
    sure = BooleanField(_l("Yes, so many people have left"))


class PairForm(FlaskForm):
    """Two teams that work with each other."""

    team_a = SelectField(_l("This team"), coerce=int)
    team_b = SelectField(_l("works with"), coerce=int)


class CalendarForm(FlaskForm):
    """When the waves open and close, and the thresholds, which can only be raised."""

    first_opens_on = DateField(_l("The next survey opens on"), validators=[NEEDED])
    every_weeks = IntegerField(
        _l("Every … weeks"), validators=[InputRequired(), NumberRange(1, 26)]
    )
    open_days = IntegerField(
        _l("Open for … days"), validators=[InputRequired(), NumberRange(1, 60)]
    )
    time_zone = StringField(_l("Time zone"), validators=[NEEDED], render_kw={"list": "zones"})
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

    name = StringField(_l("Name"), validators=[NEEDED, Length(max=200)])
    email = EmailField(_l("E-mail"), validators=[NEEDED, Length(max=254), ADDRESS])
    role = SelectField(_l("Sees"))


class SimpleForm(FlaskForm):
    """Only the protection against forged requests: for buttons."""
