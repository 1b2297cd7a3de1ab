"""HR's board reads the themes of one release, which may be a sixtieth of all."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_theme_figure_release_id"), "theme_figure", ["release_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_theme_figure_release_id"), table_name="theme_figure")
