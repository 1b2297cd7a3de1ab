"""What stands before a launch: what is missing, and what HR should know of teams and mail."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask_babel import gettext as _

from analysis.disclosure.rule import COMMENTS, MOVERS_MATTER_BELOW, Rule
from surveys.directory.teams import TeamSize
from surveys.models.pulses import Pulse
from surveys.settings import THIS_MACHINE, UNNAMED, Settings


def missing_steps(pulse: Pulse, sizes: Iterable[TeamSize]) -> list[str]:
    """What must be there before launch, in the order of the steps."""
    missing: list[str] = []
    if not any(size.size for size in sizes):
        missing.append(_("No people yet: import the file of teams and people."))
    if not pulse.seams:
        missing.append(_("No pair yet: say which teams work with each other."))
    if pulse.first_opens_on is None:
        missing.append(_("No date yet: say when the first survey opens."))
    return missing


def warnings(pulse: Pulse, sizes: Iterable[TeamSize], settings: Settings) -> list[str]:
    """What HR should know before launch: mail that reaches nobody, teams that will see little."""
    in_pairs = {seam.rater_id for seam in pulse.seams}
    found = delivery_warnings(settings)
    for size in sizes:
        found += size_warnings(size, size.team.id in in_pairs, pulse.rule)
    return found


def delivery_warnings(settings: Settings) -> list[str]:
    """What staff would trip over that only whoever runs the server can change."""
    found: list[str] = []
    if settings.outbox.startswith("file:"):
        found.append(
            _(
                "Mails are written into a folder of the server and reach nobody: whoever runs it "
                "sets TRIBOMETER_OUTBOX."
            )
        )
    if urlsplit(settings.base_url).hostname in THIS_MACHINE:
        found.append(
            _(
                "The links in mails lead to this machine only: whoever runs the server sets "
                "TRIBOMETER_BASE_URL."
            )
        )
    if settings.organisation == UNNAMED:
        found.append(
            _(
                "Mails and pages say “%(name)s”: whoever runs the server sets "
                "TRIBOMETER_ORGANISATION.",
                name=UNNAMED,
            )
        )
    return found


def size_warnings(size: TeamSize, in_pair: bool, rule: Rule) -> list[str]:
    """What HR should know of a team of this size before launch; empty if there is nothing."""
    team, people = size.team.name, size.size
    if not in_pair:
        alone = _("%(team)s is in no pair and will not be asked.", team=team)
        return [alone] if people else []
    if size.too_small:
        return [
            _(
                "%(team)s has %(people)s people; below %(least)s nothing is shown for it. Merge it "
                "with a neighbour, or tell it beforehand.",
                team=team,
                people=people,
                least=rule.smallest_team(),
            )
        ]
    found = []
    if rule.is_too_small(people, COMMENTS):
        found.append(
            _(
                "%(team)s has %(people)s people, under %(least)s: its comments are read by nobody "
                "and count only in themes of a pair as a whole.",
                team=team,
                people=people,
                least=rule.smallest_team(COMMENTS),
            )
        )
    if rule.movers_tell(answers=people, moved=1):
        found.append(
            _(
                "%(team)s has %(people)s people. In a team under %(least)s every exchange of one "
                "person withholds its figures until five have changed: merge it with a neighbour "
                "if people come and go.",
                team=team,
                people=people,
                least=MOVERS_MATTER_BELOW,
            )
        )
    return found
