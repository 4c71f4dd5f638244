"""second factors, changes of address, browsers of sessions, and counts for the rate limits."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
BEFORE = ("confirm", "take_over")
SINCE = (*BEFORE, "reset")


def _account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id")
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    _let_codes_be_for(SINCE)
    op.add_column("web_sessions", sa.Column("browser", sa.String(length=40), nullable=True))
    op.add_column("web_sessions", sa.Column("second_factor_at", WHEN, nullable=True))
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        _account("second_factors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("account_id", name=op.f("uq_second_factors_account_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        _account("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        _account("address_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_address_changes_code_hash")),
    )
    op.create_index(op.f("ix_address_changes_account_id"), "address_changes", ["account_id"])
    op.create_table(
        "rate_counts",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_rate_counts")),
    )
    op.create_index(op.f("ix_rate_counts_expires_at"), "rate_counts", ["expires_at"])
    if op.get_bind().dialect.name == "postgresql":
        # Counts may be lost in a crash; not logging them makes each request cheaper.
        op.execute("ALTER TABLE rate_counts SET UNLOGGED")


def downgrade() -> None:
    for table in ("rate_counts", "address_changes", "recovery_codes", "second_factors"):
        op.drop_table(table)
    for name in ("second_factor_at", "browser"):
        op.drop_column("web_sessions", name)
    op.execute("DELETE FROM account_codes WHERE purpose = 'reset'")
    _let_codes_be_for(BEFORE)


def _let_codes_be_for(purposes: tuple[str, ...]) -> None:
    # SQLite cannot change a CHECK: the table, which has no triggers, is copied.
    among = ", ".join(f"'{one}'" for one in purposes)
    with op.batch_alter_table("account_codes") as codes:
        codes.drop_constraint(op.f("ck_account_codes_purpose"), type_="check")
        codes.create_check_constraint(op.f("ck_account_codes_purpose"), f"purpose IN ({among})")
