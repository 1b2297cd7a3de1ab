"""Agreements: expectation, steps, end; goals and their conflicts; figures of other systems."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("better", sa.String(length=6), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("better IN ('higher', 'lower')", name=op.f("ck_goal_better_known")),
        sa.CheckConstraint(
            "period IN ('month', 'quarter', 'year')", name=op.f("ck_goal_period_known")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_goal_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_team_id"), "goal", ["team_id"])
    op.create_table(
        "hard_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("better", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "better IN ('higher', 'lower')", name=op.f("ck_hard_series_better_known")
        ),
        sa.CheckConstraint(
            "team_b_id IS NULL OR team_a_id < team_b_id", name=op.f("ck_hard_series_pair_in_order")
        ),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_hard_series_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_hard_series_team_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hard_series")),
    )
    op.create_index(op.f("ix_hard_series_team_a_id"), "hard_series", ["team_a_id"])
    op.create_table(
        "goal_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_a_id", sa.Integer(), nullable=False),
        sa.Column("goal_b_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("shared", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(settled_on IS NULL) = (shared IS NULL)",
            name=op.f("ck_goal_conflict_settled_by_something"),
        ),
        sa.ForeignKeyConstraint(
            ["goal_a_id"], ["goal.id"], name=op.f("fk_goal_conflict_goal_a_id")
        ),
        sa.ForeignKeyConstraint(
            ["goal_b_id"], ["goal.id"], name=op.f("fk_goal_conflict_goal_b_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_conflict")),
        sa.UniqueConstraint(
            "goal_a_id", "goal_b_id", name=op.f("uq_goal_conflict_goal_a_id_goal_b_id")
        ),
    )
    op.create_index(op.f("ix_goal_conflict_goal_b_id"), "goal_conflict", ["goal_b_id"])
    op.create_table(
        "hard_point",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["hard_series.id"],
            name=op.f("fk_hard_point_series_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("series_id", "day", name=op.f("pk_hard_point")),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_step_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_step_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index(op.f("ix_step_agreement_id"), "step", ["agreement_id"])
    with op.batch_alter_table("agreement") as table:
        table.add_column(sa.Column("theme_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("expected", sa.Integer(), nullable=True))
        table.add_column(sa.Column("expected_by", sa.Date(), nullable=True))
        table.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("end_reason", sa.String(length=300), nullable=True))
        table.create_foreign_key(
            op.f("fk_agreement_theme_id"), "theme", ["theme_id"], ["id"], ondelete="SET NULL"
        )
        table.create_check_constraint(
            op.f("ck_agreement_expected_has_day"), "(expected IS NULL) = (expected_by IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_agreement_end_has_reason"), "(ended_on IS NULL) = (end_reason IS NULL)"
        )

    with op.batch_alter_table("outbox_message") as table:
        table.add_column(sa.Column("agreement_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("step_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_outbox_message_agreement_id"),
            "agreement",
            ["agreement_id"],
            ["id"],
            ondelete="CASCADE",
        )
        table.create_foreign_key(
            op.f("fk_outbox_message_step_id"), "step", ["step_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("fk_outbox_message_agreement_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_outbox_message_step_id"), type_="foreignkey")
        table.drop_column("step_id")
        table.drop_column("agreement_id")
    with op.batch_alter_table("agreement") as table:
        table.drop_constraint(op.f("ck_agreement_end_has_reason"), type_="check")
        table.drop_constraint(op.f("ck_agreement_expected_has_day"), type_="check")
        table.drop_constraint(op.f("fk_agreement_theme_id"), type_="foreignkey")
        table.drop_column("end_reason")
        table.drop_column("ended_on")
        table.drop_column("expected_by")
        table.drop_column("expected")
        table.drop_column("theme_id")
    op.drop_table("step")
    op.drop_table("hard_point")
    op.drop_table("goal_conflict")
    op.drop_table("hard_series")
    op.drop_table("goal")
