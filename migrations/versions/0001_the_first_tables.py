"""the first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON_DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

# What no code can go round, said by the database itself: events are never changed or removed,
# and no proposal begins as accepted (only its volunteer's act makes it so).
SQLITE_GUARDS = (
    "CREATE TRIGGER events_never_change BEFORE UPDATE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER events_never_go BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER proposals_never_begin_accepted BEFORE INSERT ON proposals "
    "WHEN NEW.status = 'accepted' "
    "BEGIN SELECT RAISE(ABORT, 'a proposal cannot begin as accepted'); END",
)
POSTGRES_GUARDS = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$",
    "CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE ON events "
    "FOR EACH ROW EXECUTE FUNCTION refuse('events are append-only')",
    "CREATE TRIGGER events_never_vanish BEFORE TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse('events are append-only')",
    "CREATE TRIGGER proposals_never_begin_accepted BEFORE INSERT ON proposals "
    "FOR EACH ROW WHEN (NEW.status = 'accepted') "
    "EXECUTE FUNCTION refuse('a proposal cannot begin as accepted')",
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "centres",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centres")),
        sa.UniqueConstraint("name", name=op.f("uq_centres_name")),
    )
    op.create_index(op.f("ix_centres_updated_at"), "centres", ["updated_at"], unique=False)
    op.create_table(
        "idempotency_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caller", sa.String(length=60), nullable=False),
        sa.Column("route", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_records")),
        sa.UniqueConstraint(
            "caller",
            "route",
            "key",
            name=op.f("uq_idempotency_records_caller_route_key"),
        ),
    )
    op.create_index(
        op.f("ix_idempotency_records_created_at"),
        "idempotency_records",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", JSON_DOCUMENT, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "dead",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_key"), "jobs", ["key"], unique=False)
    op.create_index("ix_jobs_status_due", "jobs", ["status", "due_at"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_folded", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "volunteer",
                "coordinator",
                "staff",
                "operator",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_accounts_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_accounts_email_folded")),
    )
    op.create_index(op.f("ix_accounts_centre_id"), "accounts", ["centre_id"], unique=False)
    op.create_index(op.f("ix_accounts_updated_at"), "accounts", ["updated_at"], unique=False)
    op.create_table(
        "events",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=True),
        sa.Column("body", JSON_DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_events_centre_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_centre_id"), "events", ["centre_id"], unique=False)
    op.create_index("ix_events_subject", "events", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "needs",
                "organisations",
                "volunteers",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON_DOCUMENT, nullable=False),
        sa.Column("options", JSON_DOCUMENT, nullable=False),
        sa.Column("notices", JSON_DOCUMENT, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "running",
                "done",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_imports_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_centre_id"), "imports", ["centre_id"], unique=False)
    op.create_index(op.f("ix_imports_updated_at"), "imports", ["updated_at"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("name_folded", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=True),
        sa.Column("causes", JSON_DOCUMENT, nullable=False),
        sa.Column("website", sa.String(length=500), nullable=True),
        sa.Column("registrations", JSON_DOCUMENT, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unverified",
                "verified",
                "suspended",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_organisations_whole_location"),
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_organisations_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint(
            "centre_id",
            "external_id",
            name=op.f("uq_organisations_centre_id_external_id"),
        ),
    )
    op.create_index(op.f("ix_organisations_centre_id"), "organisations", ["centre_id"], unique=False)
    op.create_index(
        op.f("ix_organisations_name_folded"),
        "organisations",
        ["name_folded"],
        unique=False,
    )
    op.create_index(op.f("ix_organisations_status"), "organisations", ["status"], unique=False)
    op.create_index(
        op.f("ix_organisations_updated_at"),
        "organisations",
        ["updated_at"],
        unique=False,
    )
    op.create_table(
        "account_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm",
                "take_over",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_account_codes_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_account_codes_code_hash")),
    )
    op.create_index(
        op.f("ix_account_codes_account_id"),
        "account_codes",
        ["account_id"],
        unique=False,
    )
    op.create_table(
        "coordinators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_coordinators_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_coordinators_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinators")),
        sa.UniqueConstraint(
            "account_id",
            "organisation_id",
            name=op.f("uq_coordinators_account_id_organisation_id"),
        ),
    )
    op.create_index(
        op.f("ix_coordinators_organisation_id"),
        "coordinators",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", JSON_DOCUMENT, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "added",
                "updated",
                "unchanged",
                "refused",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("issues", JSON_DOCUMENT, nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("look", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rows_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_key", "import_rows", ["import_id", "key"], unique=False)
    op.create_index("ix_import_rows_look", "import_rows", ["import_id", "look"], unique=False)
    op.create_index(
        "ix_import_rows_status",
        "import_rows",
        ["import_id", "status", "number"],
        unique=False,
    )
    op.create_table(
        "needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "open",
                "full",
                "closed",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("causes", JSON_DOCUMENT, nullable=False),
        sa.Column("skills", JSON_DOCUMENT, nullable=False),
        sa.Column("languages", JSON_DOCUMENT, nullable=False),
        sa.Column("requirements", JSON_DOCUMENT, nullable=False),
        sa.Column("rewards", JSON_DOCUMENT, nullable=False),
        sa.Column("accessibility", JSON_DOCUMENT, nullable=False),
        sa.Column(
            "location_type",
            sa.Enum(
                "onsite",
                "hybrid",
                "remote",
                name="location_type",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rrule", sa.String(length=500), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("commitment_hours_per_week", sa.Double(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_needs_whole_location"),
        ),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_needs_ends_after_start")),
        sa.CheckConstraint("maximum_age >= minimum_age", name=op.f("ck_needs_ages")),
        sa.CheckConstraint("places BETWEEN 1 AND 5000", name=op.f("ck_needs_places")),
        sa.CheckConstraint("places_taken BETWEEN 0 AND places", name=op.f("ck_needs_places_taken")),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_needs_centre_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_needs_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("centre_id", "external_id", name=op.f("uq_needs_centre_id_external_id")),
    )
    op.create_index(op.f("ix_needs_organisation_id"), "needs", ["organisation_id"], unique=False)
    op.create_index(
        "ix_needs_published",
        "needs",
        ["published_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_needs_updated_at"), "needs", ["updated_at"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "volunteer",
                "coordinator",
                "staff",
                "operator",
                "centre",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("short_id", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("scopes", JSON_DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (centre_id IS NULL)",
            name=op.f("ck_tokens_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_tokens_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_tokens_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("short_id", name=op.f("uq_tokens_short_id")),
    )
    op.create_index(op.f("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_index(op.f("ix_tokens_centre_id"), "tokens", ["centre_id"], unique=False)
    op.create_table(
        "volunteers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("causes", JSON_DOCUMENT, nullable=False),
        sa.Column("skills", JSON_DOCUMENT, nullable=False),
        sa.Column("languages", JSON_DOCUMENT, nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("radius_km", sa.Double(), nullable=False),
        sa.Column("location_types", JSON_DOCUMENT, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("own_edits", JSON_DOCUMENT, nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_volunteers_whole_location"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_volunteers_account_id")),
        sa.ForeignKeyConstraint(["centre_id"], ["centres.id"], name=op.f("fk_volunteers_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteers")),
        sa.UniqueConstraint("account_id", name=op.f("uq_volunteers_account_id")),
        sa.UniqueConstraint("centre_id", "external_id", name=op.f("uq_volunteers_centre_id_external_id")),
    )
    op.create_index(op.f("ix_volunteers_centre_id"), "volunteers", ["centre_id"], unique=False)
    op.create_index(op.f("ix_volunteers_updated_at"), "volunteers", ["updated_at"], unique=False)
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_web_sessions_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_web_sessions_secret_hash")),
    )
    op.create_index(op.f("ix_web_sessions_account_id"), "web_sessions", ["account_id"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "snoozed",
                "accepted",
                "declined",
                "waitlisted",
                "offered",
                "withdrawn",
                "released",
                "expired",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "ranking",
                "search",
                "invitation",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", JSON_DOCUMENT, nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "too_far",
                "wrong_time",
                "not_interested",
                "skills",
                "already_busy",
                "other",
                name="decline_reason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'accepted' OR (accepted_by IS NOT NULL AND accepted_by = volunteer_id)",
            name=op.f("ck_proposals_accepted_by_its_volunteer"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_proposals_need_id")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteers.id"], name=op.f("fk_proposals_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("volunteer_id", "need_id", name=op.f("uq_proposals_volunteer_id_need_id")),
    )
    op.create_index(op.f("ix_proposals_need_id"), "proposals", ["need_id"], unique=False)
    op.create_index(op.f("ix_proposals_updated_at"), "proposals", ["updated_at"], unique=False)
    op.create_index(
        "ix_proposals_volunteer_status_score",
        "proposals",
        ["volunteer_id", "status", "score"],
        unique=False,
    )
    op.create_table(
        "ranked_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("items", JSON_DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_ranked_lists_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranked_lists")),
    )
    op.create_index(
        op.f("ix_ranked_lists_volunteer_id"),
        "ranked_lists",
        ["volunteer_id"],
        unique=False,
    )
    op.create_table(
        "placements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "confirmed",
                "completed",
                "withdrawn",
                "released",
                "no_show",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("message", sa.String(length=2000), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_placements_need_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_placements_proposal_id")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteers.id"], name=op.f("fk_placements_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
    )
    op.create_index(op.f("ix_placements_need_id"), "placements", ["need_id"], unique=False)
    op.create_index(op.f("ix_placements_proposal_id"), "placements", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_placements_updated_at"), "placements", ["updated_at"], unique=False)
    op.create_index(op.f("ix_placements_volunteer_id"), "placements", ["volunteer_id"], unique=False)
    op.create_table(
        "places",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_places_need_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["placement_id"], ["placements.id"], name=op.f("fk_places_placement_id")),
        sa.PrimaryKeyConstraint("need_id", "number", name=op.f("pk_places")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_places_placement_id")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in SQLITE_GUARDS if sqlite else POSTGRES_GUARDS:
        op.execute(guard)


def downgrade() -> None:
    """Go back."""
    op.drop_table("places")
    op.drop_index(op.f("ix_placements_volunteer_id"), table_name="placements")
    op.drop_index(op.f("ix_placements_updated_at"), table_name="placements")
    op.drop_index(op.f("ix_placements_proposal_id"), table_name="placements")
    op.drop_index(op.f("ix_placements_need_id"), table_name="placements")
    op.drop_table("placements")
    op.drop_index(op.f("ix_ranked_lists_volunteer_id"), table_name="ranked_lists")
    op.drop_table("ranked_lists")
    op.drop_index("ix_proposals_volunteer_status_score", table_name="proposals")
    op.drop_index(op.f("ix_proposals_updated_at"), table_name="proposals")
    op.drop_index(op.f("ix_proposals_need_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_web_sessions_account_id"), table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_index(op.f("ix_volunteers_updated_at"), table_name="volunteers")
    op.drop_index(op.f("ix_volunteers_centre_id"), table_name="volunteers")
    op.drop_table("volunteers")
    op.drop_index(op.f("ix_tokens_centre_id"), table_name="tokens")
    op.drop_index(op.f("ix_tokens_account_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(op.f("ix_needs_updated_at"), table_name="needs")
    op.drop_index("ix_needs_published", table_name="needs")
    op.drop_index(op.f("ix_needs_organisation_id"), table_name="needs")
    op.drop_table("needs")
    op.drop_index("ix_import_rows_status", table_name="import_rows")
    op.drop_index("ix_import_rows_look", table_name="import_rows")
    op.drop_index("ix_import_rows_key", table_name="import_rows")
    op.drop_table("import_rows")
    op.drop_index(op.f("ix_coordinators_organisation_id"), table_name="coordinators")
    op.drop_table("coordinators")
    op.drop_index(op.f("ix_account_codes_account_id"), table_name="account_codes")
    op.drop_table("account_codes")
    op.drop_index(op.f("ix_organisations_updated_at"), table_name="organisations")
    op.drop_index(op.f("ix_organisations_status"), table_name="organisations")
    op.drop_index(op.f("ix_organisations_name_folded"), table_name="organisations")
    op.drop_index(op.f("ix_organisations_centre_id"), table_name="organisations")
    op.drop_table("organisations")
    op.drop_index(op.f("ix_imports_updated_at"), table_name="imports")
    op.drop_index(op.f("ix_imports_centre_id"), table_name="imports")
    op.drop_table("imports")
    op.drop_index("ix_events_subject", table_name="events")
    op.drop_index(op.f("ix_events_centre_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_accounts_updated_at"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_centre_id"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_index("ix_jobs_status_due", table_name="jobs")
    op.drop_index(op.f("ix_jobs_key"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_index(op.f("ix_idempotency_records_created_at"), table_name="idempotency_records")
    op.drop_table("idempotency_records")
    op.drop_index(op.f("ix_centres_updated_at"), table_name="centres")
    op.drop_table("centres")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse()")
