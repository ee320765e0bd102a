"""Tables of the work on a case: its timeline, notes, messages, tasks and attempts to reach somebody."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import case_reference
from app.core.database import Base, Sealed


class Event(Base):
    """One line of the timeline: who, when, what, old → new. Words are sealed."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_case_id", "case_id", "at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(String(40))
    old_value: Mapped[str | None] = mapped_column(String(64))
    new_value: Mapped[str | None] = mapped_column(String(64))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    subject_id: Mapped[uuid.UUID | None]
    key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_key.id"))
    detail: Mapped[bytes | None] = mapped_column(Sealed)


class Note(Base):
    """An internal note: never shown to a family or a referrer."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_case_id", "case_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    restricted: Mapped[bool]
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    body: Mapped[bytes] = mapped_column(Sealed)


class Message(Base):
    """A message between one party and the staff, either way."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_case_id", "case_id", "at"), Index("ix_message_party_id", "party_id", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    direction: Mapped[str] = mapped_column(String(4))
    channel: Mapped[str] = mapped_column(String(8))
    template: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    state: Mapped[str | None] = mapped_column(String(8))
    task_id: Mapped[uuid.UUID | None]  # the translation that was asked for
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    body: Mapped[bytes] = mapped_column(Sealed)
    translation: Mapped[bytes | None] = mapped_column(Sealed)


class Task(Base):
    """Something to be done by somebody by a date."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_case_id", "case_id"),
        Index("ix_task_open", "assignee_id", "due_at", "id", sqlite_where=text("done_at is null"),
              postgresql_where=text("done_at is null")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(40))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("party.id"))
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_key.id"))
    detail: Mapped[bytes | None] = mapped_column(Sealed)


class ContactAttempt(Base):
    """A try to reach a party: channel, outcome, interpreter."""

    __tablename__ = "contact_attempt"
    __table_args__ = (Index("ix_contact_attempt_case_id", "case_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    channel: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(24))
    interpreter: Mapped[bool | None]
    key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_key.id"))
    detail: Mapped[bytes | None] = mapped_column(Sealed)
