"""The import guard for people who come one by one from an identity provider: counted by the day.

A file that would take out too many people stops and asks. A provider sends one person at a time,
so what it changed is added up over the day (UTC). The request that goes over the limit is refused
whole, and so is every like one after it, also on the next days, until HR has decided.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import api_tokens, audit
from surveys.directory.importing import ADDRESS_GUARD, GUARD
from surveys.errors import NotReady, UserError
from surveys.models.people import Person, ProvisioningGuard, Team

ONLY = 1
#: how long HR's word lasts: providers try again within the hour, some only once a day
ALLOWED = timedelta(days=1)
#: that many a day are always taken: in a small company one wedding is no wrong file
FEW = 2


class HeldBack(UserError):
    """A request that would change too many people today; `out` and `addresses` are their ids."""

    status = 503
    meant = True

    def __init__(self, out: Sequence[int], addresses: Sequence[int]) -> None:
        sentence = _(
            "Held back: today this would take out more than %(out)d %% of the people, or give more "
            "than %(addresses)d %% another address. Nothing of this request was done. HR can allow "
            "it on the page “Teams and people”; then send it again.",
            out=100 * GUARD,
            addresses=100 * ADDRESS_GUARD,
        )
        super().__init__(sentence)
        self.out, self.addresses = tuple(out), tuple(addresses)


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for HR: names, the first in the alphabet first."""

    out: list[str]
    addresses: list[str]


def installed() -> bool:
    """Whether the extra `scim` is there."""
    return importlib.util.find_spec("scim2_server") is not None


def active(session: Session) -> bool:
    """Whether a provider brings people: it has a token and has used it."""
    return any(token.last_used_on for token in api_tokens.live_tokens(session, "scim"))


def watch(session: Session, out: Sequence[int], addresses: Sequence[int]) -> None:
    """Count who is about to be taken out and readdressed; raises HeldBack beyond the limits.

    Called before the change is made: it is measured on the directory as it still is.
    """
    if not out and not addresses:
        return
    guard = _today(session)
    if guard.allowed_until is not None and guard.allowed_until > clock.now():
        return
    # Whoever came today counts too: on the first day all of them did.
    people = _asked(session) + guard.taken_out
    guard.taken_out += len(out)
    guard.readdressed += len(addresses)
    too_many_out = guard.taken_out > max(FEW, GUARD * people)
    too_many_addresses = guard.readdressed > max(FEW, ADDRESS_GUARD * people)
    if (out and (too_many_out or guard.held_out)) or (
        addresses and (too_many_addresses or guard.held_addresses)
    ):
        raise HeldBack(out, addresses)


def hold(session: Session, actor: str, refused: HeldBack) -> None:
    """Keep who was refused, for HR to see; in a transaction of its own, after the refusal."""
    guard = _today(session)
    guard.held_out = sorted({*guard.held_out, *refused.out})
    guard.held_addresses = sorted({*guard.held_addresses, *refused.addresses})
    counted = {"people": len(refused.out), "addresses": len(refused.addresses)}
    audit.record(session, actor, "was held back", **counted)


def held(session: Session) -> Held | None:
    """What waits for HR's word, if anything does."""
    guard = session.get(ProvisioningGuard, ONLY)
    if guard is None or not (guard.held_out or guard.held_addresses):
        return None
    return Held(_names(session, guard.held_out), _names(session, guard.held_addresses))


def decide(session: Session, actor: str, allow: bool) -> None:
    """HR's word: let the provider go on for a day, or forget what it tried. Raises NotReady."""
    audit.wait_turn(session)
    guard = session.get(ProvisioningGuard, ONLY)
    if guard is None or not (guard.held_out or guard.held_addresses):
        raise NotReady(_("Nothing is held back any more."))
    guard.held_out, guard.held_addresses = [], []
    if allow:
        guard.allowed_until = clock.now() + ALLOWED
    answer = "yes" if allow else "no"
    audit.record(session, actor, "decided on what was held back", answer=answer)


def _today(session: Session) -> ProvisioningGuard:
    """The row of today; a day ends late if something of it still waits for HR."""
    audit.wait_turn(session)
    today = clock.now().date()
    guard = session.get(ProvisioningGuard, ONLY)
    if guard is None:
        guard = ProvisioningGuard(
            id=ONLY, day=today, taken_out=0, readdressed=0, held_out=[], held_addresses=[]
        )
        session.add(guard)
    elif guard.day != today and not guard.held_out and not guard.held_addresses:
        guard.day, guard.taken_out, guard.readdressed = today, 0, 0
    return guard


def _asked(session: Session) -> int:
    count = select(func.count(Person.id)).join(Team).where(Person.active, Team.active)
    return session.scalar(count) or 0


def _names(session: Session, people: Sequence[int]) -> list[str]:
    named = select(Person.name).where(Person.id.in_(people)).order_by(Person.name)
    return list(session.scalars(named))
