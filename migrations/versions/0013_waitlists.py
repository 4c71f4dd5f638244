"""waitlists, places that are offered, and the question that a change puts to those who accepted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
PLACES = ("places", "shift_places")


def upgrade() -> None:
    op.create_table(
        "waits",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("since", WHEN, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_waits_{one}_id"), ondelete="CASCADE"
            )
            for one in ("proposal", "need", "shift")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_waits")),
        sa.UniqueConstraint("proposal_id", "shift_id", name=op.f("uq_waits_proposal_id_shift_id")),
    )
    op.create_index("ix_waits_need_shift_number", "waits", ["need_id", "shift_id", "number"])
    without_shift = sa.text("shift_id IS NULL")
    op.create_index(
        "uq_waits_proposal_without_shift",
        "waits",
        ["proposal_id"],
        unique=True,
        sqlite_where=without_shift,
        postgresql_where=without_shift,
    )
    # A constraint is more than SQLite can add to a table: these two, which have no triggers, it copies.
    for table in PLACES:
        with op.batch_alter_table(table) as places:
            places.add_column(sa.Column("offered_to", sa.Uuid(), nullable=True))
            places.create_foreign_key(op.f(f"fk_{table}_offered_to"), "proposals", ["offered_to"], ["id"])
            places.create_check_constraint(
                op.f(f"ck_{table}_held_or_offered"), "placement_id IS NULL OR offered_to IS NULL"
            )
            if table == "places":
                places.create_unique_constraint(op.f("uq_places_offered_to"), ["offered_to"])
            else:
                places.create_unique_constraint(
                    op.f("uq_shift_places_shift_id_offered_to"), ["shift_id", "offered_to"]
                )
    op.create_index(op.f("ix_shift_places_offered_to"), "shift_places", ["offered_to"])
    for name in ("asked_again_at", "reconfirmed_at"):
        op.add_column("placements", sa.Column(name, WHEN, nullable=True))
    op.add_column(
        "placements", sa.Column("asked_aspects", JSON_DOCUMENT, server_default="[]", nullable=False)
    )


def downgrade() -> None:
    for name in ("asked_aspects", "reconfirmed_at", "asked_again_at"):
        op.drop_column("placements", name)
    op.drop_index(op.f("ix_shift_places_offered_to"), table_name="shift_places")
    for table in PLACES:
        with op.batch_alter_table(table) as places:
            unique = "uq_places_offered_to" if table == "places" else "uq_shift_places_shift_id_offered_to"
            places.drop_constraint(op.f(unique), type_="unique")
            places.drop_constraint(op.f(f"ck_{table}_held_or_offered"), type_="check")
            places.drop_constraint(op.f(f"fk_{table}_offered_to"), type_="foreignkey")
            places.drop_column("offered_to")
    op.drop_table("waits")
