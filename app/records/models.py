"""Tables of files (their bytes lie sealed in the store) and of files still on their way."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Sealed


class File(Base):
    """One file of a draft or a case. Its name is data, never a path."""

    __tablename__ = "file"
    __table_args__ = (
        CheckConstraint("(case_id is null) or (draft_id is null)", name="draft_or_case"),
        CheckConstraint("scan_state in ('pending', 'clean', 'infected', 'failed')", name="scan_state"),
        Index("ix_file_case_id", "case_id"),
        Index("ix_file_draft_id", "draft_id"),
        Index("ix_file_copy_id", "copy_id"),
        Index("ix_file_unscanned", "at", sqlite_where=text("scan_state = 'pending'"),
              postgresql_where=text("scan_state = 'pending'")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    origin_case_id: Mapped[uuid.UUID | None]
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))  # until it is sent
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    item: Mapped[str | None] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes]
    scan_state: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    name: Mapped[bytes] = mapped_column(Sealed)
    pieces: Mapped[str] = mapped_column(Text)  # random names and sizes of its sealed pieces, in order
    copy_id: Mapped[uuid.UUID | None]  # of a photo or scan: its copy without place and device lies under this name
    copy_pieces: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(String(80))  # the scanner's word, where it was not "clean"


class Upload(Base):
    """A file on its way: nobody sees it. It becomes a File in the act that takes it, or ends when its hours are over."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("(for_case_id is null) <> (for_draft_id is null)", name="draft_or_case"),
        Index("ix_upload_expires_at", "expires_at"),
        Index("ix_upload_for_case_id", "for_case_id"),
        Index("ix_upload_for_draft_id", "for_draft_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # the file's own id, from its first byte
    for_case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    for_draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    actor_id: Mapped[uuid.UUID | None]
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    name: Mapped[bytes] = mapped_column(Sealed)
    size: Mapped[int | None] = mapped_column(BigInteger)  # said before, where it can be gone on with
    received: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
