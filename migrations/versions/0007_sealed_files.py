"""Files: the pieces that their bytes lie in, the scanner's word, and files that are still on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("file", sa.Column("pieces", sa.Text(), nullable=False, server_default=""))
    op.add_column("file", sa.Column("finding", sa.String(length=80), nullable=True))
    op.create_index(
        "ix_file_unscanned", "file", ["at"],
        sqlite_where=sa.text("scan_state = 'pending'"), postgresql_where=sa.text("scan_state = 'pending'"),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("for_case_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["for_case_id"], ["case.id"], name="fk_upload_for_case_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name="fk_upload_key_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_upload_party_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_expires_at", "upload", ["expires_at"])
    op.create_index("ix_upload_for_case_id", "upload", ["for_case_id"])


def downgrade() -> None:
    op.drop_table("upload")
    op.drop_index("ix_file_unscanned", table_name="file")
    op.drop_column("file", "finding")
    op.drop_column("file", "pieces")
