"""shifts, the places in them, and what a need knows of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
NUMBERS = ("shift_count", "shift_slots", "shift_places", "shift_places_taken")
TIMES = ("shifts_from", "shifts_until")


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                *("open", "full", "cancelled"),
                name="status", native_enum=False, create_constraint=True, length=20,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", WHEN, nullable=False),
        sa.Column("ends_at", WHEN, nullable=False),
        sa.Column("original_start", sa.String(length=19), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", WHEN, nullable=True),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_start")),
        sa.CheckConstraint("places BETWEEN 1 AND 1000", name=op.f("ck_shifts_places")),
        sa.CheckConstraint("places_taken BETWEEN 0 AND places", name=op.f("ck_shifts_places_taken")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_shifts_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )  # fmt: skip
    op.create_index("ix_shifts_need_starts", "shifts", ["need_id", "starts_at", "id"])
    op.create_index(op.f("ix_shifts_updated_at"), "shifts", ["updated_at"])
    op.create_table(
        "shift_places",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_shift_places_shift_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_shift_places_placement_id")
        ),
        sa.PrimaryKeyConstraint("shift_id", "number", name=op.f("pk_shift_places")),
        sa.UniqueConstraint("shift_id", "placement_id", name=op.f("uq_shift_places_shift_id_placement_id")),
    )
    op.create_index(op.f("ix_shift_places_placement_id"), "shift_places", ["placement_id"])
    # SQLite copies the whole table for anything but this.
    for name in NUMBERS:
        op.add_column("needs", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in TIMES:
        op.add_column("needs", sa.Column(name, WHEN, nullable=True))


def downgrade() -> None:
    for name in (*TIMES, *NUMBERS):
        op.drop_column("needs", name)
    op.drop_table("shift_places")
    op.drop_table("shifts")
