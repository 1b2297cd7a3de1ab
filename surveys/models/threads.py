"""Questions of HR under a comment and the anonymous replies: no time, no person, no serial."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.enums import Author, enum_column


class ThreadMessage(Base):
    """One turn of a thread. `thread_key` is the comment's own key: who holds the receipt of the
    ballot can compute it, nobody else can tell whose it is. Replies are redacted before they come
    here.
    """

    __tablename__ = "thread_message"
    __table_args__ = ({"sqlite_with_rowid": False},)

    thread_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    author: Mapped[Author] = mapped_column(enum_column(Author, 10, "author_known"))
    text: Mapped[str] = mapped_column(Text)
