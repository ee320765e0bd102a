"""Messages both ways: what waits for an answer, how the mail about one went, its translation, and one-time codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("unanswered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("state", sa.String(length=8), nullable=True))
    op.add_column("message", sa.Column("task_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("translation", sa.LargeBinary(), nullable=True))
    op.create_table(
        "one_time_code",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_one_time_code_link_id"),
        sa.PrimaryKeyConstraint("link_id", name="pk_one_time_code"),
    )


def downgrade() -> None:
    op.drop_table("one_time_code")
    for name in ("translation", "task_id", "state"):
        op.drop_column("message", name)
    op.drop_column("case", "unanswered_at")
