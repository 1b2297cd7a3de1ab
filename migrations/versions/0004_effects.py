"""the effect of an agreement as figures, said in words by the page."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The sentences that stood here are written anew, as figures, by the next release.
    with op.batch_alter_table("agreement") as table:
        table.add_column(sa.Column("effect", sa.JSON(), nullable=True))
        table.drop_column("verdict")


def downgrade() -> None:
    with op.batch_alter_table("agreement") as table:
        table.drop_column("effect")
        table.add_column(sa.Column("verdict", sa.String(length=200), nullable=True))
