"""Ballots and what became of them. Only `answering` and `publishing` may import this file.

What must never be here: a time, a serial number, an address, a browser, a duration, or any key that
leads to a person. Rows have random keys and, on SQLite, no hidden row number (docs/trust.md).
"""

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base


class SealedBallot(Base):
    """A sealed ballot until the wave closes.

    `box_key` cannot be computed from the database. Only whoever holds the receipt, of which
    `change_hash` is made, can replace the ballot.
    """

    __tablename__ = "ballot_box"
    __table_args__ = ({"sqlite_with_rowid": False},)

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    box_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    change_hash: Mapped[str] = mapped_column(String(64))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class Answer(Base):
    """One respondent's scores about one team: item code to 1..5, unanswered items absent."""

    __tablename__ = "answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    scores: Mapped[dict[str, int]] = mapped_column(JSON)


class Comment(Base):
    """One comment, already redacted; its key is unrelated to any answer's or other comment's."""

    __tablename__ = "comment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    question: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
