"""Copies of photos and scans, without what a camera wrote beside the picture."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("copy_id", sa.Uuid(), nullable=True))
    op.add_column("file", sa.Column("copy_pieces", sa.Text(), nullable=True))
    op.create_index("ix_file_copy_id", "file", ["copy_id"])


def downgrade() -> None:
    op.drop_index("ix_file_copy_id", table_name="file")
    op.drop_column("file", "copy_pieces")
    op.drop_column("file", "copy_id")
