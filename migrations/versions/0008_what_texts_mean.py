"""what texts mean: vectors of needs and of volunteers' interests, and the means of languages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "need_vectors",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("embedded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_vectors_need_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_need_vectors")),
    )
    op.create_index(op.f("ix_need_vectors_embedded_at"), "need_vectors", ["embedded_at"])
    op.create_table(
        "interest_vectors",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("embedded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_interest_vectors_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("volunteer_id", name=op.f("pk_interest_vectors")),
    )
    op.create_table(
        "text_means",
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("mean", sa.LargeBinary(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("estimated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_text_means")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("text_means")
    op.drop_table("interest_vectors")
    op.drop_index(op.f("ix_need_vectors_embedded_at"), "need_vectors")
    op.drop_table("need_vectors")
