"""A migration of a release to come: tests of upgrades run it on top of those that there are.

It does what is hard on either database: tables that others refer to change (SQLite writes them
anew), and there is a new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "%(head)s"
branch_labels = None
depends_on = None

CHANGED = ("team", "person", "account", "pulse", "wave", "theme", "answer")


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("team.id"), nullable=False),
    )
    for table in CHANGED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("place", sa.Integer(), server_default="0", nullable=False))
            batch.create_check_constraint("place_known", "place >= 0")
