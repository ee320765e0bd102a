"""Versions of the program folder: every one that was ever applied, whole, so that a case can name what it was taken under."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class ProgramVersion(Base):
    """One applied folder: its digest and its bytes (a tar). The newest is in force."""

    __tablename__ = "program_version"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(40), index=True)
    digest: Mapped[bytes]
    content: Mapped[bytes]
    applied_at: Mapped[datetime]
