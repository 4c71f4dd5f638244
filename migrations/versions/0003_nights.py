"""which steps of the nightly work have ended."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "night_steps",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("night", "step", name=op.f("pk_night_steps")),
    )


def downgrade() -> None:
    op.drop_table("night_steps")
