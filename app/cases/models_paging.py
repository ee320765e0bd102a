"""The table of pages: a row for each person who was paged about a case, or by a test page, which is of no case."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import case_reference
from app.core.database import Base


class Page(Base):
    """Who was paged, and what became of it. The acknowledging link's secret is an HMAC of the id: nothing secret is stored.

    The rows of one call carry the id of its first; it began at that one's `at`.
    """

    __tablename__ = "page"
    __table_args__ = (
        Index("ix_page_case_id", "case_id"),
        Index("ix_page_call_id", "call_id"),
        Index("ix_page_program", "program", "at"),
        Index("ix_page_open", "program", "at", sqlite_where=text("ended_at is null"),
              postgresql_where=text("ended_at is null")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    call_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID | None] = mapped_column(case_reference())
    program: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(80))
    acknowledged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
