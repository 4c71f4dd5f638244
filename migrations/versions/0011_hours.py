"""no-shows, hours, records of what was given, feedback, and thanks."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def versioned() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def refers(table: str, column: str, to: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def upgrade() -> None:
    # SQLite copies the whole table for anything but this.
    op.add_column("placements", sa.Column("thanks", sa.Text(), nullable=True))
    op.create_table(
        "no_shows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.Column("said_at", WHEN, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        *versioned(),
        refers("no_shows", "placement_id", "placements"),
        refers("no_shows", "said_by", "accounts", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_shows")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_no_shows_placement_id")),
    )
    op.create_table(
        "hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", WHEN, nullable=True),
        sa.Column("ends_at", WHEN, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "status", choice("status", "entered", "confirmed", "corrected", "disputed"), nullable=False
        ),
        sa.Column("corrected_minutes", sa.Integer(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        *versioned(),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_hours_minutes")),
        sa.CheckConstraint("corrected_minutes BETWEEN 0 AND 1440", name=op.f("ck_hours_corrected_minutes")),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_hours_whole_times")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_hours_ends_after_start")),
        sa.CheckConstraint(
            "status NOT IN ('corrected', 'disputed') OR corrected_minutes IS NOT NULL",
            name=op.f("ck_hours_corrected"),
        ),
        refers("hours", "placement_id", "placements"),
        refers("hours", "volunteer_id", "volunteers"),
        refers("hours", "organisation_id", "organisations"),
        refers("hours", "need_id", "needs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours")),
    )
    op.create_index("ix_hours_volunteer_date", "hours", ["volunteer_id", "date"])
    op.create_index("ix_hours_organisation_status_date", "hours", ["organisation_id", "status", "date"])
    for name in ("placement_id", "need_id", "updated_at"):
        op.create_index(op.f(f"ix_hours_{name}"), "hours", [name])
    op.create_table(
        "volunteer_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", WHEN, nullable=False),
        sa.Column("revoked_at", WHEN, nullable=True),
        sa.Column("content", JSON_DOCUMENT, nullable=False),
        *versioned(),
        refers("volunteer_records", "volunteer_id", "volunteers", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_records")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_volunteer_records_code_hash")),
    )
    op.create_index(op.f("ix_volunteer_records_volunteer_id"), "volunteer_records", ["volunteer_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("side", choice("side", "volunteer", "organisation"), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("would_again", sa.Boolean(), nullable=True),
        sa.Column("opens_at", WHEN, nullable=False),
        *versioned(),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_rating")),
        refers("feedback", "placement_id", "placements"),
        refers("feedback", "volunteer_id", "volunteers"),
        refers("feedback", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("placement_id", "side", name=op.f("uq_feedback_placement_id_side")),
    )
    op.create_index(
        "ix_feedback_organisation_side_opens", "feedback", ["organisation_id", "side", "opens_at"]
    )
    op.create_index(op.f("ix_feedback_volunteer_id"), "feedback", ["volunteer_id"])
    for table in ("no_shows", "volunteer_records", "feedback"):
        op.create_index(op.f(f"ix_{table}_updated_at"), table, ["updated_at"])


def downgrade() -> None:
    for table in ("feedback", "volunteer_records", "hours", "no_shows"):
        op.drop_table(table)
    op.drop_column("placements", "thanks")
