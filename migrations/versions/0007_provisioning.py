"""tokens of programs, names of an identity provider, its guard."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "provisioning_guard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_out", sa.Integer(), nullable=False),
        sa.Column("readdressed", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.JSON(), nullable=False),
        sa.Column("held_addresses", sa.JSON(), nullable=False),
        sa.Column("allowed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioning_guard")),
    )
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("user_name", sa.String(length=254), nullable=True))
        table.add_column(sa.Column("external_id", sa.String(length=254), nullable=True))
        table.create_unique_constraint(op.f("uq_person_user_name"), ["user_name"])
        table.create_index(op.f("ix_person_external_id"), ["external_id"])
    with op.batch_alter_table("team") as table:
        table.add_column(sa.Column("external_id", sa.String(length=254), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("team") as table:
        table.drop_column("external_id")
    with op.batch_alter_table("person") as table:
        table.drop_index(op.f("ix_person_external_id"))
        table.drop_constraint(op.f("uq_person_user_name"), type_="unique")
        table.drop_column("external_id")
        table.drop_column("user_name")
    op.drop_table("provisioning_guard")
    op.drop_table("api_token")
