"""Baseline: every table, as release 1.0 will have it.

Until that release a changed model changes this file; from then on it stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=200), nullable=True),
        sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("recovery", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
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
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "directory_before",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_before")),
    )
    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_instrument_name_version")),
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
    op.create_table(
        "sign_in_failure",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=254), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "better",
            sa.Enum(
                "higher", "lower", name="better_known", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column(
            "period",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="period_known",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_goal_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_team_id"), "goal", ["team_id"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "hr",
                "manager",
                "admin",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'manager') = (team_id IS NOT NULL)", name=op.f("ck_grant_manager_has_team")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_grant_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_grant_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "account_id", "role", "team_id", name=op.f("uq_grant_account_id_role_team_id")
        ),
    )
    op.create_table(
        "hard_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column(
            "better",
            sa.Enum(
                "higher", "lower", name="better_known", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "team_b_id IS NULL OR team_a_id < team_b_id", name=op.f("ck_hard_series_pair_in_order")
        ),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_hard_series_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_hard_series_team_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hard_series")),
    )
    op.create_index(op.f("ix_hard_series_team_a_id"), "hard_series", ["team_a_id"], unique=False)
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_identity_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identity")),
        sa.UniqueConstraint("account_id", "issuer", name=op.f("uq_identity_account_id_issuer")),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "rotation",
            sa.Enum(
                "core",
                "a",
                "b",
                "c",
                "d",
                "action",
                "open",
                name="rotation",
                native_enum=False,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("construct", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("reverse", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("own", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_item_instrument_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("instrument_id", "code", name=op.f("uq_item_instrument_id_code")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.CheckConstraint("team_a_id < team_b_id", name=op.f("ck_note_pair_in_order")),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_note_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_note_team_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("user_name", sa.String(length=254), nullable=True),
        sa.Column("external_id", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("user_name", name=op.f("uq_person_user_name")),
    )
    op.create_index(op.f("ix_person_external_id"), "person", ["external_id"], unique=False)
    op.create_index(op.f("ix_person_team_id"), "person", ["team_id"], unique=False)
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "running",
                "paused",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("monthly", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("holidays", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("first_opens_on", sa.Date(), nullable=True),
        sa.Column("k_index", sa.Integer(), nullable=False),
        sa.Column("k_causes", sa.Integer(), nullable=False),
        sa.Column("k_verbatim", sa.Integer(), nullable=False),
        sa.CheckConstraint("k_causes >= 8", name=op.f("ck_pulse_k_causes_at_least_8")),
        sa.CheckConstraint("k_index >= 5", name=op.f("ck_pulse_k_index_at_least_5")),
        sa.CheckConstraint("k_verbatim >= 10", name=op.f("ck_pulse_k_verbatim_at_least_10")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_pulse_instrument_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_sign_in_link_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("given_name", sa.String(length=200), nullable=True),
        sa.Column("dismissed", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cause', 'found', 'praise')", name=op.f("ck_theme_kind_known")
        ),
        sa.CheckConstraint("team_a_id < team_b_id", name=op.f("ck_theme_pair_in_order")),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_theme_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_theme_team_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint(
            "team_a_id",
            "team_b_id",
            "kind",
            "label",
            name=op.f("uq_theme_team_a_id_team_b_id_kind_label"),
        ),
    )
    op.create_table(
        "theme_memory",
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_theme_memory_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_theme_memory_team_b_id")),
        sa.PrimaryKeyConstraint("team_a_id", "team_b_id", name=op.f("pk_theme_memory")),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "claimed",
                "sent",
                "failed",
                "unknown",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name=op.f("fk_webhook_message_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("webhook_id", "once", name="uq_webhook_message_once"),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("strategy", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("expected_by", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (end_reason IS NULL)", name=op.f("ck_agreement_end_has_reason")
        ),
        sa.CheckConstraint(
            "(expected IS NULL) = (expected_by IS NULL)", name=op.f("ck_agreement_expected_has_day")
        ),
        sa.CheckConstraint("team_a_id < team_b_id", name=op.f("ck_agreement_pair_in_order")),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_agreement_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_agreement_team_b_id")),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_agreement_theme_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="done", nullable=False),
        sa.Column("wave_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('done', 'pending', 'applied', 'failed', 'undone')",
            name=op.f("ck_correction_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_correction_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_correction_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_theme_id"), "correction", ["theme_id"], unique=False)
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
    op.create_index(
        op.f("ix_goal_conflict_goal_b_id"), "goal_conflict", ["goal_b_id"], unique=False
    )
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
        "seam",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("rater_id <> target_id", name=op.f("ck_seam_two_teams")),
        sa.ForeignKeyConstraint(
            ["pulse_id"], ["pulse.id"], name=op.f("fk_seam_pulse_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_seam_rater_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_seam_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seam")),
        sa.UniqueConstraint(
            "pulse_id", "rater_id", "target_id", name=op.f("uq_seam_pulse_id_rater_id_target_id")
        ),
    )
    op.create_table(
        "theme_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_theme_note_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_note_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_note")),
    )
    op.create_index(op.f("ix_theme_note_theme_id"), "theme_note", ["theme_id"], unique=False)
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "open",
                "closing",
                "closed",
                "published",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=12,
            ),
            nullable=False,
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pulse_id"], ["pulse.id"], name=op.f("fk_wave_pulse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("pulse_id", "number", name=op.f("uq_wave_pulse_id_number")),
    )
    op.create_table(
        "answer",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_answer_rater_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_answer_target_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_answer_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "key", name=op.f("pk_answer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_box",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("box_key", sa.String(length=64), nullable=False),
        sa.Column("change_hash", sa.String(length=64), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_ballot_box_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "box_key", name=op.f("pk_ballot_box")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_comment_rater_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_comment_target_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_comment_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "key", name=op.f("pk_comment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitation",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column(
            "mail_state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                name="mail_state_known",
                native_enum=False,
                create_constraint=True,
                length=12,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_invitation_team_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_invitation_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "person_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "readable_comment",
        sa.Column("comment_key", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("sensitive", sa.String(length=80), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_readable_comment_wave_id")),
        sa.PrimaryKeyConstraint("comment_key", name=op.f("pk_readable_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_readable_comment_waits",
        "readable_comment",
        ["wave_id"],
        unique=False,
        # SQLite uses this index only for a query that says it in the same words.
        sqlite_where=sa.text("handled IS 0 AND sensitive != ''"),
        postgresql_where=sa.text("handled IS false AND sensitive != ''"),
    )
    op.create_index(
        op.f("ix_readable_comment_wave_id"), "readable_comment", ["wave_id"], unique=False
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_release_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("wave_id", name=op.f("uq_release_wave_id")),
    )
    op.create_table(
        "signature",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_signature_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_signature_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_signature_team_id")),
        sa.PrimaryKeyConstraint("agreement_id", "team_id", name=op.f("pk_signature")),
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
    op.create_index(op.f("ix_step_agreement_id"), "step", ["agreement_id"], unique=False)
    op.create_table(
        "thread_message",
        sa.Column("thread_key", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column(
            "author",
            sa.Enum(
                "hr",
                "writer",
                name="author_known",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_thread_message_wave_id")),
        sa.PrimaryKeyConstraint("thread_key", "turn", name=op.f("pk_thread_message")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wave_seam",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("team_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_wave_seam_rater_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_wave_seam_target_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_seam_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "rater_id", "target_id", name=op.f("pk_wave_seam")),
    )
    op.create_table(
        "wave_team",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("roster", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_wave_team_team_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_team_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "team_id", name=op.f("pk_wave_team")),
    )
    op.create_table(
        "figure",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("n_band", sa.String(length=10), nullable=True),
        sa.Column("words", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.CheckConstraint(
            "(state = 'shown') = (low IS NOT NULL AND high IS NOT NULL)",
            name=op.f("ck_figure_shown_has_interval"),
        ),
        sa.CheckConstraint(
            "(state = 'withheld') = (reason IS NOT NULL)",
            name=op.f("ck_figure_withheld_has_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('shown', 'under', 'over', 'withheld')", name=op.f("ck_figure_state_known")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_figure_rater_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_figure_release_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_figure_target_id")),
        sa.PrimaryKeyConstraint(
            "release_id", "rater_id", "target_id", "measure", name=op.f("pk_figure")
        ),
    )
    op.create_index(
        "ix_figure_pair", "figure", ["rater_id", "target_id", "release_id"], unique=False
    )
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
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "chat_invitation",
                "reminder",
                "chat_reminder",
                "mark",
                "release",
                "trustee",
                "account",
                "forgot",
                "unsigned",
                "step_due",
                "step_overdue",
                name="messagekind",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "claimed",
                "sent",
                "failed",
                "unknown",
                name="state_known",
                native_enum=False,
                create_constraint=True,
                length=10,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_outbox_message_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_outbox_message_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_outbox_message_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_outbox_message_step_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_outbox_message_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("once", name="uq_outbox_message_once"),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("paraphrase", sa.Text(), nullable=True),
        sa.Column("thread_key", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'released', 'withheld')", name=op.f("ck_quote_state_known")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_quote_rater_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_quote_release_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_quote_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    op.create_index(op.f("ix_quote_theme_id"), "quote", ["theme_id"], unique=False)
    op.create_index(op.f("ix_quote_thread_key"), "quote", ["thread_key"], unique=False)
    op.create_table(
        "theme_comment",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("comment_key", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_theme_comment_release_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_comment_theme_id")),
        sa.PrimaryKeyConstraint("theme_id", "comment_key", name=op.f("pk_theme_comment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_theme_comment_comment_key"), "theme_comment", ["comment_key"], unique=False
    )
    op.create_table(
        "theme_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("team_a_id", sa.Integer(), nullable=False),
        sa.Column("team_b_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("persons_band", sa.String(length=10), nullable=False),
        sa.Column("tone", sa.String(length=10), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_theme_figure_rater_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_theme_figure_release_id")
        ),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_theme_figure_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_theme_figure_team_b_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_figure_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_figure")),
    )
    op.create_index(
        "ix_theme_figure_pair",
        "theme_figure",
        ["team_a_id", "team_b_id", "release_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_theme_figure_release_id"), "theme_figure", ["release_id"], unique=False
    )
    op.create_index(op.f("ix_theme_figure_theme_id"), "theme_figure", ["theme_id"], unique=False)
    op.create_table(
        "trend",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.String(length=10), nullable=True),
        sa.Column("change", sa.Integer(), nullable=True),
        sa.Column("change_low", sa.Integer(), nullable=True),
        sa.Column("change_high", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("fragile", sa.Boolean(), nullable=False),
        sa.Column("smallest_change", sa.Integer(), nullable=True),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_trend_rater_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_trend_release_id")),
        sa.ForeignKeyConstraint(["target_id"], ["team.id"], name=op.f("fk_trend_target_id")),
        sa.PrimaryKeyConstraint("release_id", "rater_id", "target_id", name=op.f("pk_trend")),
    )
