"""What each kind of mail says, in the reader's language. No secret is stored: links come in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from analysis.disclosure.rule import Rule
from surveys.languages import catalogue, written_with_hour
from surveys.sending.digest import Section


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it is dressed for a mail or a chat.

    `instead` says what to do with `code` where the link does not work; chats leave both out.
    """

    language: str
    subject: str
    greeting: str
    before: tuple[str, ...]
    link: str | None = None
    button: str = ""
    instead: str = ""
    code: str | None = None
    after: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """What the mails to staff need to know of the wave. `asked`: HR waits for a reply somewhere."""

    number: int
    closes: datetime
    time_zone: str
    rule: Rule
    code: str
    base_url: str
    asked: bool


def to_staff(language: str, name: str, organisation: str, invited: Invited, again: bool) -> Letter:
    """The invitation, or with `again` the reminder: neutral, with the promise and one button."""
    _ = catalogue(language).gettext
    subject = (
        _("Still open: how was working together this month? (%(organisation)s)")
        if again
        else _("How was working together this month? (%(organisation)s)")
    )
    opening = (
        _(
            "The monthly survey on working together is still open. Taking part is voluntary; every "
            "answer makes the picture fairer to both teams."
        )
        if again
        else _(
            "How was it this month to work with the teams you depend on? A few taps tell both "
            "sides where it grates, and whether what was done about it helped."
        )
    )
    return Letter(
        language,
        subject % {"organisation": organisation},
        _("Hello %(name)s,") % {"name": name},
        (opening,),
        link=staff_link(language, invited),
        button=_("Answer now (under three minutes)"),
        instead=_("If the button does not work, open %(page)s and type this code:")
        % {"page": f"{invited.base_url}/s"},
        code=invited.code,
        after=(until_when(language, invited), *_promise(language, invited)),
        foot=foot(_, organisation),
    )


def staff_link(language: str, invited: Invited) -> str:
    """The personal link, which opens the form in a language."""
    return f"{invited.base_url}/s?lang={language}#{invited.code}"


def until_when(language: str, invited: Invited) -> str:
    """Until when the wave is open, and how long answering takes."""
    _ = catalogue(language).gettext
    moment = invited.closes.astimezone(ZoneInfo(invited.time_zone))
    closes = written_with_hour(moment, "MMMEd", language)
    return _("Open until %(day)s (%(zone)s). It takes less than three minutes.") % {
        "day": closes,
        "zone": invited.time_zone,
    }


def _promise(language: str, invited: Invited) -> list[str]:
    _ = catalogue(language).gettext
    kept = _(
        "We record that you answered, not when. Answers stay locked until the survey closes; "
        "then they are mixed and the key is destroyed. No result for fewer than %(k)s people, "
        "no comment for fewer than %(v)s."
    ) % {"k": invited.rule.index, "v": invited.rule.verbatim}
    said = [
        _("Confidential until close, anonymous afterwards.") + " " + kept,
        _("You said, we did, it moved: last month's results stand behind the same link."),
    ]
    if invited.asked:
        asked = _(
            "HR has asked something about comments of an earlier month, without knowing whose "
            "they are. Perhaps it is one of yours: look with the receipt that you got then, at "
            "%(page)s"
        )
        said.append(asked % {"page": f"{invited.base_url}/s/reply"})
    return said


class WayIn(Enum):
    """Where the link of a mail to an account leads."""

    FIRST_PASSWORD = auto()
    NEW_PASSWORD = auto()
    #: to the sign-in of the organisation's identity provider
    PROVIDER = auto()


def to_account(language: str, name: str, organisation: str, link: str, way: WayIn) -> Letter:
    """A link for a new account or a forgotten password, or to the provider's sign-in."""
    _ = catalogue(language).gettext
    forgot = way is WayIn.NEW_PASSWORD
    once = _(
        "This link lets you in once and asks you to choose a password. It is good for seven days."
    )
    why = _("Somebody, probably you, asked for a way in without a password.")
    if_not = _("If it was not you, do nothing: your password stays as it is.")
    subject = (
        _("A new password for Tribometer (%(organisation)s)")
        if forgot
        else _("Your access to Tribometer (%(organisation)s)")
    )
    own = _("Sign in with your organisation's account; you need no other password.")
    said = {WayIn.NEW_PASSWORD: (why, once, if_not), WayIn.PROVIDER: (own,)}
    return Letter(
        language,
        subject % {"organisation": organisation},
        _("Hello %(name)s,") % {"name": name},
        said.get(way, (once,)),
        link=link,
        button=_("Choose a new password") if forgot else _("Open Tribometer"),
        foot=foot(_, organisation),
    )


def of_release(
    language: str,
    name: str,
    organisation: str,
    link: str,
    number: int,
    sections: tuple[Section, ...],
) -> Letter:
    """The results of a wave are there; at the same minute to all readers, of their own pairs."""
    _ = catalogue(language).gettext
    return Letter(
        language,
        _("New results: wave %(number)s (%(organisation)s)")
        % {"number": number, "organisation": organisation},
        _("Hello %(name)s,") % {"name": name},
        (
            _(
                "The results of wave %(number)s are published. Both managers of a pair see the "
                "same page at the same minute."
            )
            % {"number": number},
        ),
        link=link,
        button=_("See the results"),
        sections=sections,
        foot=foot(_, organisation),
    )


def to_trustee(language: str, organisation: str, number: int, head: str) -> Letter:
    """The head of the audit log, for somebody outside to keep."""
    _ = catalogue(language).gettext
    return Letter(
        language,
        _("Head of the audit log after wave %(number)s (%(organisation)s)")
        % {"number": number, "organisation": organisation},
        _("Hello,"),
        (
            _("Wave %(number)s is published. The head of the audit log is now:")
            % {"number": number},
            head or _("(the log is empty)"),
            _(
                "Please keep this mail. With it you can have checked at any time that nobody has "
                "rewritten the log of what HR and administrators did:"
            ),
            f"tribometer audit verify --head {head}",
        ),
        foot=foot(_, organisation),
    )


def foot(_: Callable[[str], str], organisation: str) -> str:
    """The last line of every mail, by the `_` of its language."""
    return _("Tribometer at %(organisation)s runs on your organisation's own machine.") % {
        "organisation": organisation
    }
