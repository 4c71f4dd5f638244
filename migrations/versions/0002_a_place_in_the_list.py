"""a proposal's place in its volunteer's list, which need not be the order of the scores."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Until the next ranking, the order of the scores; nothing else of the rows changes, nor do their versions.
PLACES = """
UPDATE proposals SET position = (
    SELECT count(*) FROM proposals AS better
    WHERE better.volunteer_id = proposals.volunteer_id AND better.status = proposals.status
    AND (better.score > proposals.score OR (better.score = proposals.score AND better.id < proposals.id))
)
"""


def upgrade() -> None:
    # SQLite copies the whole table for anything but this, and would lose its triggers.
    op.add_column("proposals", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    op.execute(PLACES)
    op.drop_index("ix_proposals_volunteer_status_score", table_name="proposals")
    op.create_index(
        "ix_proposals_volunteer_status_position",
        "proposals",
        ["volunteer_id", "status", "position"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_proposals_volunteer_status_position", table_name="proposals")
    op.create_index(
        "ix_proposals_volunteer_status_score",
        "proposals",
        ["volunteer_id", "status", "score"],
        unique=False,
    )
    op.drop_column("proposals", "position")
