"""Since when a case's letters wait for somebody to find out whether the child has died."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("contact_held_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("case", "contact_held_at")
