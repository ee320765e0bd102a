"""Tables of the records checklist and of the second clock's pauses."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import case_reference
from app.core.database import Base


class ChecklistItem(Base):
    """One record that a case needs, or that helps: who has it, where it stands, when it was asked for."""

    __tablename__ = "checklist_item"
    __table_args__ = (
        UniqueConstraint("case_id", "item", name="uq_checklist_item_case_id_item"),
        Index("ix_checklist_item_owed", "due_at", "id", sqlite_where=text("state in ('missing', 'promised')"),
              postgresql_where=text("state in ('missing', 'promised')")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    item: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(20))
    needed: Mapped[bool]
    place: Mapped[int]  # in the folder's order
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    state: Mapped[str] = mapped_column(String(16))
    how: Mapped[str | None] = mapped_column(String(8))  # form, file or staff: what said so
    due_at: Mapped[datetime | None]  # when it is asked for again
    asked_at: Mapped[datetime | None]  # when a coordinator asked this party for it; open while it is owed
    chased_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    waived_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))


class Pause(Base):
    """A time in which the second clock stood still, and the party that was waited for."""

    __tablename__ = "pause"
    __table_args__ = (Index("ix_pause_case_id", "case_id", "begins_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    waiting_on: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime]  # when the decision was due as it began
