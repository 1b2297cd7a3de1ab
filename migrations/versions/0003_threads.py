"""questions of HR under a comment, and replies."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thread_message",
        sa.Column("thread_key", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "author IN ('hr', 'writer')", name=op.f("ck_thread_message_author_known")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_thread_message_wave_id")),
        sa.PrimaryKeyConstraint("thread_key", "turn", name=op.f("pk_thread_message")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("quote") as table:
        table.add_column(sa.Column("thread_key", sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("quote") as table:
        table.drop_column("thread_key")
    op.drop_table("thread_message")
