"""Who is looking: the signed-in account with its roles, found once per request."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from surveys import clock
from surveys.access.accounts import digest
from surveys.models.enums import Role
from surveys.models.people import Account, SignIn

COOKIE = "tribometer_sign_in"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in account: its roles, and the teams it manages."""

    account_id: int
    name: str
    email: str
    roles: frozenset[Role]
    teams: frozenset[int]

    @property
    def is_hr(self) -> bool:
        """Whether they run the survey, and read every pair."""
        return Role.HR in self.roles

    @property
    def is_manager(self) -> bool:
        """Whether they manage a team."""
        return Role.MANAGER in self.roles

    @property
    def is_admin(self) -> bool:
        """Whether they look after accounts and tokens, and read no figure."""
        return Role.ADMIN in self.roles

    def may_read_pair(self, team_a: int, team_b: int) -> bool:
        """HR reads every pair, a manager those of an own team; administrators none."""
        return self.is_hr or bool({team_a, team_b} & self.teams)

    def own_of(self, teams: Iterable[int]) -> frozenset[int]:
        """Those of the teams that they manage."""
        return self.teams & frozenset(teams)

    def speaks_for(self, teams: Iterable[int]) -> frozenset[int]:
        """Those of the teams for which they may enter something: HR for all, a manager the own."""
        return frozenset(teams) if self.is_hr else self.own_of(teams)


def find_viewer(session: Session, token: str | None) -> Viewer | None:
    """The viewer of a sign-in cookie, or None."""
    if not token:
        return None
    found = session.scalars(
        select(Account)
        .join(SignIn, SignIn.account_id == Account.id)
        .where(SignIn.token_hash == digest(token), SignIn.expires_at > clock.now())
        .options(joinedload(Account.grants))  # every page asks: one question, not two
    )
    account = found.unique().one_or_none()
    return viewer_of(account) if account else None


def viewer_of(account: Account) -> Viewer:
    """The viewer that an account is."""
    return Viewer(
        account_id=account.id,
        name=account.name,
        email=account.email,
        roles=frozenset(grant.role for grant in account.grants),
        teams=frozenset(grant.team_id for grant in account.grants if grant.team_id is not None),
    )


def viewer() -> Viewer:
    """The viewer of this request; only for routes whose policy asks for a role."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        raise RuntimeError(f"{request.endpoint} asks for a viewer but lets anybody in")
    return found
