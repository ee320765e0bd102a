"""Tables of the staff: people, and the roles they hold in each program."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.actor import Role
from app.core.database import Base


class Grant(Base):
    """One role of one person in one program."""

    __tablename__ = "grant"
    __table_args__ = (CheckConstraint(f"role in ({', '.join(repr(str(role)) for role in Role)})", name="role"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    program: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(24), primary_key=True)


class User(UserMixin, Base):
    """A named account; nobody shares one. Disabled, never deleted: the trail points here."""

    __tablename__ = "user"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # type: ignore[assignment]  # the mixin types it as int
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool]
    demo: Mapped[bool]
    single_keys: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    languages_read: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    password_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]

    grants: Mapped[list[Grant]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class Absence(Base):
    """From when until when somebody is away, and who covers for them."""

    __tablename__ = "absence"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    cover_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    begins: Mapped[datetime]
    ends: Mapped[datetime]
