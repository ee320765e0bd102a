"""Versions of the program folder, whole; and with each case the rows of routing that decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_program_version"),
    )
    op.create_index("ix_program_version_version", "program_version", ["version"])
    op.add_column("case", sa.Column("routed_by", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.drop_column("case", "routed_by")
    op.drop_index("ix_program_version_version", table_name="program_version")
    op.drop_table("program_version")
