"""The directory (teams, people) and the accounts of those who sign in."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base, Moment
from surveys.models.enums import Role, enum_column


class Team(Base):
    """A team; teams partition the people."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    #: number that an identity provider gave (SCIM)
    external_id: Mapped[str | None] = mapped_column(String(254))


class Person(Base):
    """Somebody in the directory who may be invited; never joined to an answer."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    language: Mapped[str] = mapped_column(String(12), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    #: names that an identity provider gave (SCIM); none: the person never came from one, or was
    #: deleted there
    user_name: Mapped[str | None] = mapped_column(String(254), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(254), index=True)

    team: Mapped[Team] = relationship()


class ProvisioningGuard(Base):
    """What identity providers changed today, and what of it waits for HR's word: one row."""

    __tablename__ = "provisioning_guard"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    taken_out: Mapped[int] = mapped_column(default=0)
    readdressed: Mapped[int] = mapped_column(default=0)
    #: numbers of the people whom a refused request would have taken out
    held_out: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: … and of those whom it would have given another address
    held_addresses: Mapped[list[int]] = mapped_column(JSON, default=list)
    allowed_until: Mapped[datetime | None] = mapped_column(Moment)


class Account(Base):
    """Somebody who signs in: HR, a manager, an administrator."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    #: sealed with a key that lies in the key folder; none: a password is enough
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    #: time step of the last code used, so that no code works twice
    totp_step: Mapped[int] = mapped_column(default=0, server_default="0")
    #: hashes of the recovery codes that are left
    recovery: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")

    grants: Mapped[list["Grant"]] = relationship(cascade="all, delete-orphan")


class Grant(Base):
    """A role of an account: HR and administrator everywhere, a manager on one team."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("account_id", "role", "team_id"),
        CheckConstraint("(role = 'manager') = (team_id IS NOT NULL)", name="manager_has_team"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role, 20, "role_known"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))

    team: Mapped[Team | None] = relationship()

    @property
    def is_hr(self) -> bool:
        """Whether it lets the account run the survey."""
        return self.role == Role.HR


class Identity(Base):
    """Who an account is at the organisation's identity provider; an account is one person there."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("account_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    #: the provider's own name for the person, which it never gives to anybody else
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))


class SignInLink(Base):
    """A link that signs in once; without an account it is the one that sets up the first HR."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SignIn(Base):
    """A signed-in browser of HR or a manager; deleting the row signs it out."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInFailure(Base):
    """Wrong passwords and codes within a window of time, by a hash of where they count."""

    __tablename__ = "sign_in_failure"

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)
