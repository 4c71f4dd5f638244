"""notices, and who wants which of them by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "notice_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brings_proposals", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notice_mails_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_mails")),
    )
    op.create_index("ix_notice_mails_account", "notice_mails", ["account_id", "sent_at"], unique=False)

    op.create_table(
        "notice_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("rhythms", JSON_DOCUMENT, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_notice_settings_whole_quiet")
        ),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439", name=op.f("ck_notice_settings_quiet_from")),
        sa.CheckConstraint("quiet_until BETWEEN 0 AND 1439", name=op.f("ck_notice_settings_quiet_until")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notice_settings_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_settings")),
        sa.UniqueConstraint("account_id", name=op.f("uq_notice_settings_account_id")),
    )
    op.create_index(op.f("ix_notice_settings_updated_at"), "notice_settings", ["updated_at"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("event_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("body", JSON_DOCUMENT, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_number"], ["events.number"], name=op.f("fk_notices_event_number")),
        sa.ForeignKeyConstraint(["mail_id"], ["notice_mails.id"], name=op.f("fk_notices_mail_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_notices_need_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_notices_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "account_id", "kind", "event_number", name=op.f("uq_notices_account_id_kind_event_number")
        ),
    )
    op.create_index("ix_notices_account_created", "notices", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_notices_account_unread", "notices", ["account_id", "read_at"], unique=False)
    op.create_index(op.f("ix_notices_event_number"), "notices", ["event_number"], unique=False)
    op.create_index(op.f("ix_notices_mail_id"), "notices", ["mail_id"], unique=False)
    op.create_index(op.f("ix_notices_need_id"), "notices", ["need_id"], unique=False)
    op.create_index(op.f("ix_notices_organisation_id"), "notices", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_notices_updated_at"), "notices", ["updated_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_notices_updated_at"), table_name="notices")
    op.drop_index(op.f("ix_notices_organisation_id"), table_name="notices")
    op.drop_index(op.f("ix_notices_need_id"), table_name="notices")
    op.drop_index(op.f("ix_notices_mail_id"), table_name="notices")
    op.drop_index(op.f("ix_notices_event_number"), table_name="notices")
    op.drop_index("ix_notices_account_unread", table_name="notices")
    op.drop_index("ix_notices_account_created", table_name="notices")

    op.drop_table("notices")
    op.drop_index(op.f("ix_notice_settings_updated_at"), table_name="notice_settings")

    op.drop_table("notice_settings")
    op.drop_index("ix_notice_mails_account", table_name="notice_mails")

    op.drop_table("notice_mails")
