"""rankings that are learnt: their models, which is in use, and what lists tell of how they came about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
COUNTING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ranking_models",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", JSON_DOCUMENT, nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_models")),
        sa.UniqueConstraint("version", name=op.f("uq_ranking_models_version")),
    )
    op.create_table(
        "ranking_uses",
        sa.Column("number", COUNTING, autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ranking_uses")),
    )
    op.add_column("ranked_lists", sa.Column("policy", sa.String(60), server_default="", nullable=False))
    op.add_column("ranked_lists", sa.Column("swapped_place", sa.Integer(), nullable=True))
    op.add_column("ranked_lists", sa.Column("asked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ranked_lists", sa.Column("names", JSON_DOCUMENT, server_default="[]", nullable=False))


def downgrade() -> None:
    for name in ("names", "asked", "swapped_place", "policy"):
        op.drop_column("ranked_lists", name)
    op.drop_table("ranking_uses")
    op.drop_table("ranking_models")
