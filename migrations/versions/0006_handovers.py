"""hand-over points in bands."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover_figure",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(length=30), nullable=False),
        sa.Column("persons_band", sa.String(length=10), nullable=False),
        sa.Column("hours_band", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["team.id"], name=op.f("fk_handover_figure_rater_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_handover_figure_release_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["team.id"], name=op.f("fk_handover_figure_target_id")
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "rater_id", "target_id", "point", name=op.f("pk_handover_figure")
        ),
    )


def downgrade() -> None:
    op.drop_table("handover_figure")
