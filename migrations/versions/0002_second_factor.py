"""second factor, counted failures, when a browser signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("totp_secret", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("recovery", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.drop_column("signed_in_at")
    with op.batch_alter_table("account") as table:
        table.drop_column("recovery")
        table.drop_column("totp_step")
        table.drop_column("totp_secret")
    op.drop_table("sign_in_failure")
