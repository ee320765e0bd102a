"""Pages to the on-call list: a row for each person who was paged, about a case or by a test page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=80), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_page_case_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_page_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
    )
    op.create_index("ix_page_case_id", "page", ["case_id"])
    op.create_index("ix_page_call_id", "page", ["call_id"])
    op.create_index("ix_page_program", "page", ["program", "at"])
    op.create_index(
        "ix_page_open", "page", ["program", "at"],
        sqlite_where=sa.text("ended_at is null"), postgresql_where=sa.text("ended_at is null"),
    )


def downgrade() -> None:
    op.drop_table("page")
