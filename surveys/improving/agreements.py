"""Agreements between two teams: proposed by one manager, running once both have signed."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from surveys import clock
from surveys.errors import UserError
from surveys.improving.playbook import playbook
from surveys.models.agreements import Agreement, Signature
from surveys.reading.causes import ORDER


class AgreementError(UserError):
    """An agreement that cannot be made or signed as asked."""


def propose(
    session: Session,
    teams: tuple[int, int],
    cause: str,
    strategy: str,
    text: str,
    starts_on: date,
) -> Agreement:
    """A new agreement, not signed yet; raises AgreementError for an unknown cause or strategy."""
    if cause not in ORDER or strategy not in {s.code for s in playbook()}:
        raise AgreementError(_("Choose a root cause and a strategy from the lists."))
    if starts_on < clock.now().date():
        # A start chosen after the curve is known would make the verdict worthless.
        raise AgreementError(_("An agreement starts today or later."))
    agreement = Agreement(
        team_a_id=min(teams),
        team_b_id=max(teams),
        cause=cause,
        strategy=strategy,
        text=text.strip(),
        starts_on=starts_on,
    )
    session.add(agreement)
    session.flush()
    return agreement


def sign(session: Session, agreement: Agreement, team_id: int, account_id: int | None) -> None:
    """Sign for one of the two teams; a second signature of the same team changes nothing."""
    if team_id not in (agreement.team_a_id, agreement.team_b_id):
        raise AgreementError(_("Only a manager of one of the two teams can sign."))
    if all(s.team_id != team_id for s in agreement.signatures):
        agreement.signatures.append(
            Signature(team_id=team_id, account_id=account_id, signed_on=clock.now().date())
        )
        session.flush()
