"""What the mails about agreements say, in the reader's language."""

from datetime import date

from surveys.languages import catalogue, written
from surveys.models.agreements import Agreement, Step
from surveys.sending.letters import Letter, foot


def of_agreement(
    language: str, name: str, organisation: str, link: str, agreement: Agreement, step: Step | None
) -> Letter:
    """A step is due (or overdue by a week), or, without a step, a signature is awaited."""
    _ = catalogue(language).gettext
    if step is None:
        subject = _("An agreement waits for a signature (%(organisation)s)")
        says = _(
            "This agreement was signed by one team more than a week ago and waits for the other: "
            "“%(text)s” It begins to count when both have signed."
        ) % {"text": agreement.text}
    else:
        subject = _("A step of your agreement is due (%(organisation)s)")
        says = _(
            "“%(step)s” was due on %(day)s and is not ticked off. The agreement: “%(text)s”"
        ) % {
            "step": step.text,
            "day": _day(step.due_on, language),
            "text": agreement.text,
        }
    return Letter(
        language,
        subject % {"organisation": organisation},
        _("Hello %(name)s,") % {"name": name},
        (says, _("The managers of both teams get this mail.")),
        link=link,
        button=_("Open the page of the pair"),
        foot=foot(_, organisation),
    )


def _day(day: date, language: str) -> str:
    return written(day, "yMMMMd", language)
