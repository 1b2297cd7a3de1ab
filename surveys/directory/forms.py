"""Forms of the pages for people: the file, its columns, who signs in."""

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from surveys.access.forms import ADDRESS
from surveys.access.forms import NEEDED as FILLED
from surveys.directory.importing import NEEDED, OPTIONAL
from surveys.directory.tabulating import Table, plain_csv, table_of
from surveys.models.enums import Role


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


class ManagerForm(FlaskForm):
    """A manager, or a colleague in HR, who gets access by mail."""

    name = StringField(_l("Name"), validators=[FILLED, Length(max=200)])
    email = EmailField(_l("E-mail"), validators=[FILLED, Length(max=254), ADDRESS])
    role = SelectField(_l("Sees"))
    sure = HiddenField()

    @property
    def team_id(self) -> int | None:
        """The team to manage; None: everything, as HR."""
        return None if self.role.data == Role.HR else int(self.role.data)

    def offering(self, teams: Iterable[tuple[int, str]]) -> Self:
        """The form with these teams, by number and name, and HR to choose from."""
        choices = [SelectChoice(str(number), name) for number, name in teams]
        self.role.choices = [*choices, SelectChoice(Role.HR.value, _l("Everything (HR)"))]
        return self
