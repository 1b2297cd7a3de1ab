"""A theme's figures, quotes, corrections and notes are found by the theme, among those of years."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = (
    ("theme_figure", "theme_id"),
    ("quote", "theme_id"),
    ("quote", "thread_key"),
    ("correction", "theme_id"),
    ("theme_note", "theme_id"),
)
# SQLite uses such an index only if the query says it in the same words, which are the model's.
WAITS = {
    "sqlite_where": sa.text("handled IS 0 AND sensitive != ''"),
    "postgresql_where": sa.text("handled IS false AND sensitive != ''"),
}


def upgrade() -> None:
    for table, column in COLUMNS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_readable_comment_waits", "readable_comment", ["wave_id"], **WAITS)


def downgrade() -> None:
    op.drop_index("ix_readable_comment_waits", table_name="readable_comment")
    for table, column in reversed(COLUMNS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
