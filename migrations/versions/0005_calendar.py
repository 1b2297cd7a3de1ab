"""monthly pulses, holidays, the directory before the last import."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_before",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_before")),
    )
    with op.batch_alter_table("pulse") as table:
        table.add_column(
            sa.Column("monthly", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("holidays", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("pulse") as table:
        table.drop_column("holidays")
        table.drop_column("monthly")
    op.drop_table("directory_before")
