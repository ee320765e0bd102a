"""The table of forms that were begun."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Sealed


class DraftRow(Base):
    """Raw typed strings by field name, sealed. Found by the hash of its handle; the handle itself is not kept."""

    __tablename__ = "draft"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handle_hash: Mapped[bytes] = mapped_column(unique=True)
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    program: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20))
    answers: Mapped[bytes] = mapped_column(Sealed)
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
