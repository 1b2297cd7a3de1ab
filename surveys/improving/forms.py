"""Forms of agreements, goals and series."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from surveys import clock
from surveys.access.forms import NEEDED
from surveys.improving.agreements import (
    MAX_EXPECTED,
    MAX_REASON_LENGTH,
    MAX_STEPS,
    Expected,
    PlannedStep,
)
from surveys.improving.goals import MAX_TARGET
from surveys.models.enums import Better
from surveys.reading.causes import cause_name
from surveys.reading.goals import GoalView, period_names
from surveys.reading.pairs import Pair
from surveys.reading.playbook import ABOUT, MAX_STEP_LENGTH, Strategy, playbook, strategies_for


def _empty(field: Any) -> bool:
    return not (field.raw_data and str(field.raw_data[0]).strip())


def _needed_with(name: str) -> Any:
    """A date that is needed as soon as the field of this name says something."""

    def check(form: Form, field: DateField) -> None:
        if _empty(field):
            field.errors = []
            says = "" if _empty(form[name]) else _("Please fill this in.")
            raise StopValidation(says)

    return check


class StepForm(Form):
    """One step of an agreement; a row without a text is none."""

    text = StringField(_l("What"), validators=[Length(max=MAX_STEP_LENGTH)])
    due_on = DateField(_l("Due"), validators=[_needed_with("text")])
    team = SelectField(_l("Who"))


class AgreementForm(FlaskForm):
    """Cause, strategy, what exactly, from when, what both expect of it, and the steps."""

    cause = SelectField(_l("Root cause"))
    strategy = SelectField(_l("Strategy"))
    text = TextAreaField(
        _l("What exactly will both teams do?"), validators=[NEEDED, Length(max=300)]
    )
    starts_on = DateField(_l("From"), validators=[NEEDED])
    expected = IntegerField(
        _l("How many points less friction do you expect?"),
        validators=[Optional(), NumberRange(1, MAX_EXPECTED)],
    )
    expected_by = DateField(_l("By when?"), validators=[_needed_with("expected")])
    steps = FieldList(FormField(StepForm), min_entries=MAX_STEPS, max_entries=MAX_STEPS)
    theme = HiddenField()

    def validate_starts_on(self, field: DateField) -> None:
        """Today or later."""
        if field.data and field.data < clock.now().date():
            raise ValidationError(_l("An agreement starts today or later."))

    def offering(self, pair: Pair) -> "AgreementForm":
        """The form with the choices of a pair."""
        self.cause.choices = [SelectChoice(code, cause_name(code)) for code in ABOUT]
        self.strategy.choices = [SelectChoice(s.code, _(s.name)) for s in playbook()]
        teams = [("", _("Both teams")), *((str(t.id), t.name) for t in (pair.a, pair.b))]
        for step in self.steps:
            step.form.team.choices = [SelectChoice(*team) for team in teams]
        return self

    @property
    def step_faults(self) -> bool:
        """Whether a step needs another look."""
        return any(step.form.errors for step in self.steps)

    @property
    def expectation(self) -> Expected | None:
        """What both expect."""
        if self.expected.data is None or self.expected_by.data is None:
            return None
        return Expected(self.expected.data, self.expected_by.data)

    @property
    def planned(self) -> list[PlannedStep]:
        """The rows that say something."""
        rows = [step.form for step in self.steps]
        return [
            PlannedStep(row.text.data, row.due_on.data, int(row.team.data or 0) or None)
            for row in rows
            if (row.text.data or "").strip()
        ]


def prefilled(strategy: Strategy | None, cause: str, theme: str) -> dict[str, Any]:
    """What a new agreement begins with: today, and the strategy's practice and steps."""
    start = {"starts_on": clock.now().date(), "cause": cause, "theme": theme}
    if strategy is None:
        return {**start, "strategy": strategies_for(cause)[0].code} if cause else start
    steps = [{"text": _(step)} for step in strategy.steps]
    return {**start, "strategy": strategy.code, "text": _(strategy.practice), "steps": steps}


class EndForm(FlaskForm):
    """The last day of an agreement, and why."""

    day = DateField(_l("Last day"), validators=[NEEDED])
    reason = StringField(_l("Why does it end?"), validators=[NEEDED, Length(max=MAX_REASON_LENGTH)])


class GoalForm(FlaskForm):
    """A goal of one of the teams that the reader may speak for."""

    team = SelectField(_l("Team"), coerce=int)
    name = StringField(_l("What is measured?"), validators=[NEEDED, Length(max=120)])
    better = SelectField(_l("Which way is better?"))
    target = FloatField(
        _l("Target"), validators=[InputRequired(), NumberRange(-MAX_TARGET, MAX_TARGET)]
    )
    unit = StringField(_l("Unit"), validators=[NEEDED, Length(max=30)])
    period = SelectField(_l("For each"))

    def offering(self, teams: list[tuple[int, str]]) -> "GoalForm":
        """The form with its choices."""
        self.team.choices = [SelectChoice(ident, name) for ident, name in teams]
        self.better.choices = [
            SelectChoice(Better.HIGHER.value, _("higher is better")),
            SelectChoice(Better.LOWER.value, _("lower is better")),
        ]
        self.period.choices = [SelectChoice(p.value, name) for p, name in period_names().items()]
        return self


class ConflictForm(FlaskForm):
    """One goal of each side, and how they pull against each other."""

    goal_a = SelectField(coerce=int)
    goal_b = SelectField(coerce=int)
    text = StringField(
        _l("How do they pull against each other, in one sentence?"),
        validators=[NEEDED, Length(max=300)],
    )

    def offering(
        self, pair: Pair, sides: tuple[tuple[GoalView, ...], tuple[GoalView, ...]]
    ) -> "ConflictForm":
        """The form with the goals of both sides."""
        for field, team, goals in zip(
            (self.goal_a, self.goal_b), (pair.a, pair.b), sides, strict=True
        ):
            field.label.text = _("A goal of %(team)s", team=team.name)
            field.choices = [SelectChoice(g.id, f"{g.name} ({g.aim})") for g in goals]
        return self


class SettleForm(FlaskForm):
    """The figure that settles a conflict."""

    shared = StringField(
        _l("The figure that both teams are measured on from now on"),
        validators=[NEEDED, Length(max=200)],
    )


class KeepSeriesForm(FlaskForm):
    """The checked text, sent back with the decision to keep it."""

    text = HiddenField(validators=[InputRequired()])
