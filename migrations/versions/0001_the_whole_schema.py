"""The whole first schema; the trail accepts inserts only, by trigger on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# In the order in which they can be dropped; their indexes and SQLite's triggers go with them.
TABLES = (
    "task",
    "message",
    "link",
    "file",
    "event",
    "contact_attempt",
    "consent",
    "checklist_item",
    "party",
    "blind_token",
    "submission",
    "note",
    "job",
    "grant",
    "draft",
    "case",
    "user",
    "limit_counter",
    "data_key",
    "audit",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("program", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_actor", "audit", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject_kind", "subject_id", "at"], unique=False)

    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("master", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_key"),
    )
    op.create_index(
        "uq_data_key_house",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=sa.text("purpose = 'house'"),
        postgresql_where=sa.text("purpose = 'house'"),
    )

    op.create_table(
        "limit_counter",
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_limit_counter"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("languages_read", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_user_fs_uniquifier"),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("program_version", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("marker", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("status_before", sa.String(length=24), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.String(length=12), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("waiting_on", sa.String(length=12), nullable=False),
        sa.Column("next_step", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_contact_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("records_complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_after_sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disease_group", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=24), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("insurance_type", sa.String(length=32), nullable=True),
        sa.Column("age_band", sa.String(length=12), nullable=True),
        sa.Column("in_hospital", sa.Boolean(), nullable=False),
        sa.Column("time_critical", sa.Boolean(), nullable=False),
        sa.Column("possibly_automatic", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("contact_stop", sa.Boolean(), nullable=False),
        sa.Column("attention_band", sa.Integer(), nullable=False),
        sa.Column("attention_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attention_reasons", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('inquiry', 'referral')", name=op.f("ck_case_kind")),
        sa.CheckConstraint("marker in ('real', 'demo', 'canary')", name=op.f("ck_case_marker")),
        sa.CheckConstraint(
            "status in ('new', 'acknowledged', 'contacting_family', 'contacting_referrer', 'awaiting_information', 'ready_for_review', 'in_review', 'accepted_consult', 'financial_clearance', 'scheduling', 'scheduled', 'on_hold', 'redirected', 'not_a_candidate_now', 'unable_to_reach', 'withdrawn', 'duplicate_of', 'deceased', 'closed')",
            name=op.f("ck_case_status"),
        ),
        sa.CheckConstraint("urgency in ('routine', 'expedited', 'urgent')", name=op.f("ck_case_urgency")),
        sa.CheckConstraint("waiting_on in ('us', 'family', 'referrer', 'nobody')", name=op.f("ck_case_waiting_on")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name="fk_case_assignee_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_case_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("reference", name="uq_case_reference"),
    )
    op.create_index(
        "ix_case_assignee_id_open",
        "case",
        ["program", "assignee_id", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_disease_group_open",
        "case",
        ["program", "disease_group", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_due",
        "case",
        ["program", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_kind_open",
        "case",
        ["program", "kind", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_language_open",
        "case",
        ["program", "language", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_order_open",
        "case",
        ["program", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_case_status",
        "case",
        ["program", "status", "attention_band", "attention_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_case_urgency_open",
        "case",
        ["program", "urgency", "attention_band", "attention_at", "id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )

    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_draft_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("handle_hash", name="uq_draft_handle_hash"),
    )
    op.create_index("ix_draft_expires_at", "draft", ["expires_at"], unique=False)

    op.create_table(
        "grant",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.CheckConstraint(
            "role in ('coordinator', 'clinician_reviewer', 'on_call_clinician', 'manager', 'privacy_officer', 'administrator')",
            name=op.f("ck_grant_role"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_grant_user_id"),
        sa.PrimaryKeyConstraint("user_id", "program", "role", name="pk_grant"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=80), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('pending', 'leased', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name="fk_job_case_id", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("dedupe_key", name="uq_job_dedupe_key"),
    )
    op.create_index("ix_job_case_id", "job", ["case_id"], unique=False)
    op.create_index(
        "ix_job_due",
        "job",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('pending', 'leased')"),
        postgresql_where=sa.text("state in ('pending', 'leased')"),
    )

    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_note_author_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_note_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_note_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_case_id", "note", ["case_id", "at"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("amends", sa.Uuid(), nullable=True),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("program_version", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("told_by", sa.String(length=40), nullable=True),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("marker", sa.String(length=8), nullable=False),
        sa.Column("missing", sa.String(length=1000), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "channel in ('web', 'phone', 'fax', 'email', 'fhir', 'import')", name=op.f("ck_submission_channel")
        ),
        sa.CheckConstraint("(amends is null) = (key is not null)", name=op.f("ck_submission_key_or_amends")),
        sa.CheckConstraint(
            "(amends is null) = (reference is not null)", name=op.f("ck_submission_reference_or_amends")
        ),
        sa.ForeignKeyConstraint(["amends"], ["submission.id"], name="fk_submission_amends"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name="fk_submission_case_id", initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_submission_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("amends", "digest", name="uq_submission_amends_digest"),
        sa.UniqueConstraint("key", name="uq_submission_key"),
        sa.UniqueConstraint("reference", name="uq_submission_reference"),
    )
    op.create_index("ix_submission_case_id", "submission", ["case_id"], unique=False)

    op.create_table(
        "blind_token",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_blind_token_case_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_blind_token_submission_id"),
        sa.PrimaryKeyConstraint("kind", "token", "case_id", "submission_id", name="pk_blind_token"),
    )
    op.create_index("ix_blind_token_case_id", "blind_token", ["case_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("language_spoken", sa.String(length=24), nullable=True),
        sa.Column("language_read", sa.String(length=24), nullable=True),
        sa.Column("interpreter", sa.Boolean(), nullable=True),
        sa.Column("reply_by", sa.String(length=8), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_party_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_party_key_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_party_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_party"),
    )
    op.create_index("ix_party_case_id", "party", ["case_id"], unique=False)

    op.create_table(
        "checklist_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_checklist_item_case_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_checklist_item_party_id"),
        sa.ForeignKeyConstraint(["waived_by"], ["user.id"], name="fk_checklist_item_waived_by"),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_item"),
        sa.UniqueConstraint("case_id", "item", name="uq_checklist_item_case_id_item"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("wording_version", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_consent_case_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_consent_party_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_consent_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_case_id", "consent", ["case_id"], unique=False)

    op.create_table(
        "contact_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_contact_attempt_actor_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_contact_attempt_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_contact_attempt_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_contact_attempt_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_attempt"),
    )
    op.create_index("ix_contact_attempt_case_id", "contact_attempt", ["case_id", "at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("old_value", sa.String(length=64), nullable=True),
        sa.Column("new_value", sa.String(length=64), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_event_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_event_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_event_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_case_id", "event", ["case_id", "at", "id"], unique=False)

    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("origin_case_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.String(length=40), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scan_state", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "scan_state in ('pending', 'clean', 'infected', 'failed')", name=op.f("ck_file_scan_state")
        ),
        sa.CheckConstraint("(case_id is null) or (draft_id is null)", name=op.f("ck_file_draft_or_case")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_file_case_id"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_file_draft_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_file_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_file_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
    )
    op.create_index("ix_file_case_id", "file", ["case_id"], unique=False)
    op.create_index("ix_file_draft_id", "file", ["draft_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_link_case_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_link_party_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_link_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
    )
    op.create_index("ix_link_case_id", "link", ["case_id"], unique=False)
    op.create_index("ix_link_submission_id", "link", ["submission_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_message_author_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_message_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_message_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_message_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_case_id", "message", ["case_id", "at"], unique=False)
    op.create_index("ix_message_party_id", "message", ["party_id", "at"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name="fk_task_assignee_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_task_case_id"),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], name="fk_task_done_by"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_task_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_task_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"], unique=False)
    op.create_index(
        "ix_task_open",
        "task",
        ["assignee_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at is null"),
        postgresql_where=sa.text("done_at is null"),
    )

    protect_audit()


def protect_audit() -> None:
    """Refuse every update and delete of the trail, in the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger audit_no_{verb} before {verb} on audit "
                "begin select raise(abort, 'the trail is insert-only'); end"
            )
        return
    op.execute(
        "create function audit_insert_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'the trail is insert-only'; end $$"
    )
    op.execute(
        "create trigger audit_insert_only before update or delete or truncate on audit "
        "for each statement execute function audit_insert_only()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger audit_insert_only on audit")
        op.execute("drop function audit_insert_only()")
    for table in TABLES:
        op.drop_table(table)
