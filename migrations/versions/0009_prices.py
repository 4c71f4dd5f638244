"""prices: what a night says the exposure of each open need is worth."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_prices",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_prices_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_need_prices")),
    )
    op.create_table(
        "price_nights",
        sa.Column("priced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spread", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("priced_at", name=op.f("pk_price_nights")),
    )


def downgrade() -> None:
    op.drop_table("price_nights")
    op.drop_table("need_prices")
