"""A ballot is changed by its receipt only."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ballot_box", sa.Column("change_hash", sa.String(64), nullable=False))


def downgrade() -> None:
    op.drop_column("ballot_box", "change_hash")
