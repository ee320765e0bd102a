"""The audit table: insert-only by trigger on both databases; each row carries a MAC over its columns."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Sealed


class AuditRecord(Base):
    """Who did or saw what, when, in which request, and how it ended. Detail and reason are sealed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "subject_kind", "subject_id", "at"),
        Index("ix_audit_actor", "actor_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID | None]
    program: Mapped[str | None] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    detail: Mapped[bytes | None] = mapped_column(Sealed)
    reason: Mapped[bytes | None] = mapped_column(Sealed)
    mac: Mapped[bytes]
