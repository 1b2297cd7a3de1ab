"""first tables."""

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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
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
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_instrument_name_version")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
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
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.CheckConstraint("team_a_id < team_b_id", name=op.f("ck_agreement_pair_in_order")),
        sa.ForeignKeyConstraint(["team_a_id"], ["team.id"], name=op.f("fk_agreement_team_a_id")),
        sa.ForeignKeyConstraint(["team_b_id"], ["team.id"], name=op.f("fk_agreement_team_b_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'manager') = (team_id IS NOT NULL)", name=op.f("ck_grant_manager_has_team")
        ),
        sa.CheckConstraint("role IN ('hr', 'manager', 'admin')", name=op.f("ck_grant_role_known")),
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
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rotation", sa.String(length=12), nullable=False),
        sa.Column("construct", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("reverse", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
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
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_team_id"), ["team_id"], unique=False)

    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column("first_opens_on", sa.Date(), nullable=True),
        sa.Column("k_index", sa.Integer(), nullable=False),
        sa.Column("k_causes", sa.Integer(), nullable=False),
        sa.Column("k_verbatim", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'running', 'paused')", name=op.f("ck_pulse_state_known")
        ),
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
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_correction_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_correction_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
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
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pulse_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'closing', 'closed', 'published')",
            name=op.f("ck_wave_state_known"),
        ),
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
        sa.Column("mail_state", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "mail_state IN ('waiting', 'sent', 'failed')",
            name=op.f("ck_invitation_mail_state_known"),
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
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'sent', 'failed', 'unknown')",
            name=op.f("ck_outbox_message_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_outbox_message_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_outbox_message_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_outbox_message_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("once", name="uq_outbox_message_once"),
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
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_figure_pair", ["rater_id", "target_id", "release_id"], unique=False
        )

    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'released', 'withheld')", name=op.f("ck_quote_state_known")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["team.id"], name=op.f("fk_quote_rater_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_quote_release_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_quote_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
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
    with op.batch_alter_table("theme_figure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_theme_figure_pair", ["team_a_id", "team_b_id", "release_id"], unique=False
        )

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


def downgrade() -> None:
    op.drop_table("trend")
    with op.batch_alter_table("theme_figure", schema=None) as batch_op:
        batch_op.drop_index("ix_theme_figure_pair")

    op.drop_table("theme_figure")
    op.drop_table("quote")
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.drop_index("ix_figure_pair")

    op.drop_table("figure")
    op.drop_table("wave_team")
    op.drop_table("wave_seam")
    op.drop_table("release")
    op.drop_table("outbox_message")
    op.drop_table("invitation")
    op.drop_table("comment")
    op.drop_table("ballot_box")
    op.drop_table("answer")
    op.drop_table("wave")
    op.drop_table("signature")
    op.drop_table("seam")
    op.drop_table("correction")
    op.drop_table("theme_memory")
    op.drop_table("theme")
    op.drop_table("sign_in_link")
    op.drop_table("sign_in")
    op.drop_table("pulse")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_team_id"))

    op.drop_table("person")
    op.drop_table("note")
    op.drop_table("item")
    op.drop_table("grant")
    op.drop_table("agreement")
    op.drop_table("team")
    op.drop_table("instrument")
    op.drop_table("audit_entry")
    op.drop_table("account")
