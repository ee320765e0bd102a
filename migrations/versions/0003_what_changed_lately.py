"""Cases by when they changed, so that an open queue asks cheaply what is new."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_case_changed", "case", ["program", "changed_at"])


def downgrade() -> None:
    op.drop_index("ix_case_changed", table_name="case")
