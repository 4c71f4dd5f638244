"""introductions, and the times that organisations offer for visits and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    op.create_table(
        "introduction_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", choice("kind", "question", "visit", "call"), nullable=False),
        sa.Column("starts_at", WHEN, nullable=False),
        sa.Column("ends_at", WHEN, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", WHEN, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_introduction_slots_ends_after_start")),
        sa.CheckConstraint("places BETWEEN 1 AND 1000", name=op.f("ck_introduction_slots_places")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_introduction_slots_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_slots")),
    )
    op.create_index(
        "ix_introduction_slots_organisation_starts", "introduction_slots", ["organisation_id", "starts_at"]
    )
    op.create_index(op.f("ix_introduction_slots_updated_at"), "introduction_slots", ["updated_at"])
    op.create_table(
        "introductions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("kind", choice("kind", "question", "visit", "call"), nullable=False),
        sa.Column("status", choice("status", "asked", "answered", "booked", "cancelled"), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("cancelled_at", WHEN, nullable=True),
        sa.Column("cancelled_by", choice("cancelled_by", "volunteer", "organisation"), nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'question') = (slot_id IS NULL)",
            name=op.f("ck_introductions_slot_but_for_questions"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_introductions_need_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_introductions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_introductions_proposal_id")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["introduction_slots.id"], name=op.f("fk_introductions_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(
        "ix_introductions_organisation_status_created",
        "introductions",
        ["organisation_id", "status", "created_at"],
    )
    for name in ("proposal_id", "slot_id", "updated_at"):
        op.create_index(op.f(f"ix_introductions_{name}"), "introductions", [name])


def downgrade() -> None:
    op.drop_table("introductions")
    op.drop_table("introduction_slots")
