"""Files of a form that is not sent yet: they end with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("file") as table:
        table.drop_constraint("fk_file_draft_id", type_="foreignkey")
        table.create_foreign_key("fk_file_draft_id", "draft", ["draft_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("upload") as table:
        table.alter_column("for_case_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("for_draft_id", sa.Uuid(), nullable=True))
        table.create_foreign_key("fk_upload_for_draft_id", "draft", ["for_draft_id"], ["id"], ondelete="CASCADE")
        table.create_check_constraint(
            op.f("ck_upload_draft_or_case"), "(for_case_id is null) <> (for_draft_id is null)"
        )
        table.create_index("ix_upload_for_draft_id", ["for_draft_id"])


def downgrade() -> None:
    op.execute(sa.text("delete from upload where for_case_id is null"))
    op.execute(sa.text("delete from file where case_id is null"))
    with op.batch_alter_table("upload") as table:
        table.drop_index("ix_upload_for_draft_id")
        table.drop_constraint(op.f("ck_upload_draft_or_case"), type_="check")
        table.drop_constraint("fk_upload_for_draft_id", type_="foreignkey")
        table.drop_column("for_draft_id")
        table.alter_column("for_case_id", existing_type=sa.Uuid(), nullable=False)
    with op.batch_alter_table("file") as table:
        table.drop_constraint("fk_file_draft_id", type_="foreignkey")
        table.create_foreign_key("fk_file_draft_id", "draft", ["draft_id"], ["id"])
