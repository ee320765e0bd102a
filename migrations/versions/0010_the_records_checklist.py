"""The records checklist at work: what is needed, what was asked for, how it came; pauses of the second clock; one
vocabulary for what a file is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RENAMED = {
    "pathology": "pathology_report", "flow": "flow_cytometry", "marrow": "bone_marrow_report", "cns": "csf_report",
    "genetics": "cytogenetics", "labs": "recent_labs", "organ_function": "echo", "insurance": "insurance_card",
    "custody": "consent_or_custody_papers", "consent": "consent_or_custody_papers",
}
BACK = {new: old for old, new in RENAMED.items()}


def rename(words: dict[str, str]) -> None:
    for old, new in words.items():
        op.execute(sa.text("update file set item = :new where item = :old").bindparams(new=new, old=old))
        for column in ("old_value", "new_value"):
            op.execute(
                sa.text(f"update event set {column} = :new where kind = 'file_sorted' and {column} = :old")
                .bindparams(new=new, old=old)
            )


def upgrade() -> None:
    op.add_column("checklist_item", sa.Column("needed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("checklist_item", sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("checklist_item", sa.Column("how", sa.String(length=8), nullable=True))
    op.add_column("checklist_item", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_checklist_item_owed", "checklist_item", ["due_at", "id"],
        sqlite_where=sa.text("state in ('missing', 'promised')"),
        postgresql_where=sa.text("state in ('missing', 'promised')"),
    )
    op.add_column("case", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin_case_id", sa.Uuid(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_on", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_pause_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
    )
    op.create_index("ix_pause_case_id", "pause", ["case_id", "begins_at"])
    rename(RENAMED)


def downgrade() -> None:
    rename(BACK)
    op.drop_table("pause")
    op.drop_column("case", "asked_at")
    op.drop_index("ix_checklist_item_owed", table_name="checklist_item")
    op.drop_column("checklist_item", "asked_at")
    op.drop_column("checklist_item", "how")
    op.drop_column("checklist_item", "place")
    op.drop_column("checklist_item", "needed")
