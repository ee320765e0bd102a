"""Leases that say who is at work on a case just now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("doing", sa.String(length=8), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("doing in ('editing', 'calling')", name=op.f("ck_presence_doing")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_presence_case_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_presence_user_id"),
        sa.PrimaryKeyConstraint("case_id", "user_id", "doing", name="pk_presence"),
    )


def downgrade() -> None:
    op.drop_table("presence")
