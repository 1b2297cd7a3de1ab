"""Webhooks: programs that are told when something happened, and what waits to be told."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base, Moment
from surveys.models.enums import MessageState, enum_column


class Webhook(Base):
    """Where to, for which events (integrations.webhooks). The secret signs what is sent."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(300))
    secret: Mapped[str] = mapped_column(String(80))
    events: Mapped[list[str]] = mapped_column(JSON)
    made_on: Mapped[date]
    revoked_on: Mapped[date | None]


class WebhookMessage(Base):
    """One event for one webhook: sent again until it is taken, with the same id."""

    __tablename__ = "webhook_message"
    __table_args__ = (UniqueConstraint("webhook_id", "once", name="uq_webhook_message_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    #: what makes the event one of a kind
    once: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MessageState] = mapped_column(
        enum_column(MessageState, 10, "state_known"), default=MessageState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(String(300))
