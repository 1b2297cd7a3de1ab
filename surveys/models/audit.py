"""The audit log, whose entries are chained, and the outbox of everything that is sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base, Moment


class AuditEntry(Base):
    """One thing somebody did; `digest` covers the entry and the digest before it."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))


#: kinds of messages to staff, each by mail and, where the organisation has one, by chat
INVITATIONS = ("invitation", "chat_invitation")
REMINDERS = ("reminder", "chat_reminder")
BY_CHAT = ("chat_invitation", "chat_reminder")
#: kinds of mails to the managers of a pair about an agreement or a step of it
ABOUT_AGREEMENTS = ("unsigned", "step_due", "step_overdue")


class OutboxMessage(Base):
    """A message to send. It holds no text and no secret: the mail is written when it is sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("once", name="uq_outbox_message_once"),
        CheckConstraint(
            "state IN ('waiting', 'claimed', 'sent', 'failed', 'unknown')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: what makes the message one of a kind, so that two workers cannot queue it twice
    once: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(30))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("wave.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(String(300))
