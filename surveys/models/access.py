"""Tokens of programs: an identity provider (SCIM), the JSON API."""

from datetime import date

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base


class ApiToken(Base):
    """What a program comes in with; only the token's hash is kept, and days, never hours."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: what it may do (surveys.access.api_tokens)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_on: Mapped[date]
    last_used_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
