"""Who is away, and who covers for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user.id", name="fk_absence_user_id"), nullable=False),
        sa.Column("cover_id", sa.Uuid(), sa.ForeignKey("user.id", name="fk_absence_cover_id"), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_absence"),
    )
    op.create_index("ix_absence_cover_id", "absence", ["cover_id"])


def downgrade() -> None:
    op.drop_table("absence")
