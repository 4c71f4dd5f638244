"""conversations and messages; invitations, and the codes by which volunteers share themselves."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def make(table: str, *parts: Any, versioned: bool = True) -> None:
    """Create a table with an id, and with the columns of a row that people change."""
    times = (
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("updated_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(one for one in parts if isinstance(one, sa.Column)),
        *(times if versioned else ()),
        *(one for one in parts if not isinstance(one, sa.Column)),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    if versioned:
        op.create_index(op.f(f"ix_{table}_updated_at"), table, ["updated_at"])


def refers(table: str, column: str, to: str, **more: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), **more)


def upgrade() -> None:
    make(
        "conversations",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        refers("conversations", "proposal_id", "proposals"),
        refers("conversations", "organisation_id", "organisations"),
        refers("conversations", "need_id", "needs"),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_conversations_proposal_id")),
    )
    op.create_index(op.f("ix_conversations_need_id"), "conversations", ["need_id"])
    op.create_index(
        "ix_conversations_organisation_created", "conversations", ["organisation_id", "created_at"]
    )
    make(
        "messages",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("side", choice("side", "volunteer", "organisation"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", WHEN, nullable=True),
        refers("messages", "conversation_id", "conversations"),
    )
    op.create_index("ix_messages_conversation_created", "messages", ["conversation_id", "created_at", "id"])
    make(
        "share_codes",
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        refers("share_codes", "volunteer_id", "volunteers", ondelete="SET NULL"),
        refers("share_codes", "organisation_id", "organisations"),
        sa.UniqueConstraint("code_hash", name=op.f("uq_share_codes_code_hash")),
        versioned=False,
    )
    op.create_index(op.f("ix_share_codes_volunteer_id"), "share_codes", ["volunteer_id"])
    make(
        "invitations",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.Column("share_code_id", sa.Uuid(), nullable=True),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("reached_at", WHEN, nullable=True),
        sa.CheckConstraint(
            "(placement_id IS NULL) <> (share_code_id IS NULL)", name=op.f("ck_invitations_one_way")
        ),
        refers("invitations", "need_id", "needs"),
        refers("invitations", "organisation_id", "organisations"),
        refers("invitations", "placement_id", "placements"),
        refers("invitations", "share_code_id", "share_codes"),
        refers("invitations", "volunteer_id", "volunteers", ondelete="SET NULL"),
        sa.UniqueConstraint("volunteer_id", "need_id", name=op.f("uq_invitations_volunteer_id_need_id")),
    )
    op.create_index("ix_invitations_need_created", "invitations", ["need_id", "created_at"])
    for name in ("organisation_id", "placement_id", "share_code_id"):
        op.create_index(op.f(f"ix_invitations_{name}"), "invitations", [name])
    make(
        "invitation_settings",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("welcome", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("refused", JSON_DOCUMENT, nullable=False),
        refers("invitation_settings", "volunteer_id", "volunteers", ondelete="CASCADE"),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_invitation_settings_volunteer_id")),
    )


def downgrade() -> None:
    for table in ("invitation_settings", "invitations", "share_codes", "messages", "conversations"):
        op.drop_table(table)
