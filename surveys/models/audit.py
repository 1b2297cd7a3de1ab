"""The audit log, whose entries are chained, and the outbox of everything that is sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base, Moment
from surveys.models.enums import MessageKind, MessageState, enum_column


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
INVITATIONS = (MessageKind.INVITATION, MessageKind.CHAT_INVITATION)
REMINDERS = (MessageKind.REMINDER, MessageKind.CHAT_REMINDER)
BY_CHAT = (MessageKind.CHAT_INVITATION, MessageKind.CHAT_REMINDER)
#: kinds of mails to the managers of a pair about an agreement or a step of it
ABOUT_AGREEMENTS = (MessageKind.UNSIGNED, MessageKind.STEP_DUE, MessageKind.STEP_OVERDUE)
#: states of a message that has not gone, and of one that nothing more will be done with
UNSENT = (MessageState.PENDING, MessageState.CLAIMED)
DONE = (MessageState.SENT, MessageState.FAILED, MessageState.UNKNOWN)


class OutboxMessage(Base):
    """A message to send. It holds no text and no secret: the mail is written when it is sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (UniqueConstraint("once", name="uq_outbox_message_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: what makes the message one of a kind, so that two workers cannot queue it twice
    once: Mapped[str] = mapped_column(String(120))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind, 30))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("wave.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id", ondelete="CASCADE"))
    state: Mapped[MessageState] = mapped_column(
        enum_column(MessageState, 10, "state_known"), default=MessageState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(String(300))
