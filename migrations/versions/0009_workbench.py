"""HR's workbench: which comments may be read, where they belong, what waits for the engine."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("theme") as table:
        table.add_column(
            sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("quote") as table:
        table.add_column(sa.Column("paraphrase", sa.Text(), nullable=True))
    with op.batch_alter_table("theme_figure") as table:
        table.add_column(sa.Column("tone", sa.String(length=10), nullable=True))
    with op.batch_alter_table("correction") as table:
        table.add_column(
            sa.Column("state", sa.String(length=10), server_default="done", nullable=False)
        )
        table.add_column(sa.Column("wave_number", sa.Integer(), nullable=True))
        table.create_check_constraint(
            op.f("ck_correction_state_known"),
            "state IN ('done', 'pending', 'applied', 'failed', 'undone')",
        )
    op.create_table(
        "theme_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_theme_note_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_note_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_note")),
    )
    op.create_table(
        "readable_comment",
        sa.Column("comment_key", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("sensitive", sa.String(length=80), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_readable_comment_wave_id")),
        sa.PrimaryKeyConstraint("comment_key", name=op.f("pk_readable_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_readable_comment_wave_id"), "readable_comment", ["wave_id"])
    op.create_table(
        "theme_comment",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("comment_key", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_theme_comment_release_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_comment_theme_id")),
        sa.PrimaryKeyConstraint("theme_id", "comment_key", name=op.f("pk_theme_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_theme_comment_comment_key"), "theme_comment", ["comment_key"])


def downgrade() -> None:
    op.drop_table("theme_comment")
    op.drop_table("readable_comment")
    op.drop_table("theme_note")
    with op.batch_alter_table("correction") as table:
        table.drop_constraint(op.f("ck_correction_state_known"), type_="check")
        table.drop_column("wave_number")
        table.drop_column("state")
    with op.batch_alter_table("theme_figure") as table:
        table.drop_column("tone")
    with op.batch_alter_table("quote") as table:
        table.drop_column("paraphrase")
    with op.batch_alter_table("theme") as table:
        table.drop_column("pinned")
