"""Counters that survive a restart: failed sign-ins and the sending of public forms. A key is only kept hashed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base, is_sqlite


class LimitCounter(Base):
    """How often something happened to one key in the present window."""

    __tablename__ = "limit_counter"

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    window_until: Mapped[datetime]
    count: Mapped[int]


def hashed(key: str) -> bytes:
    """A counter's key without the address or name in it."""
    return hashlib.sha256(key.encode()).digest()[:16]


def read_count(session: Session, scope: str, key: str, at: datetime) -> int:
    """How often it happened in the window that is open at this instant."""
    found = session.execute(
        select(LimitCounter.count).where(
            LimitCounter.scope == scope, LimitCounter.key == hashed(key), LimitCounter.window_until > at
        )
    ).scalar_one_or_none()
    return found or 0


def count_up(session: Session, scope: str, key: str, at: datetime, window: timedelta) -> int:
    """Count one more and return the count; a window that ended starts anew."""
    dialect = sqlite if is_sqlite(session) else postgresql
    row = {"scope": scope, "key": hashed(key), "window_until": at + window, "count": 1}
    session.execute(
        delete(LimitCounter).where(
            LimitCounter.scope == scope, LimitCounter.key == row["key"], LimitCounter.window_until <= at
        )
    )
    statement = dialect.insert(LimitCounter).values(row)
    counted: int = session.execute(
        statement.on_conflict_do_update(
            index_elements=["scope", "key"], set_={"count": LimitCounter.count + 1}
        ).returning(LimitCounter.count)
    ).scalar_one()
    return counted


def forget(session: Session, scope: str, key: str) -> None:
    """Start again from nothing, as after a right password."""
    session.execute(delete(LimitCounter).where(LimitCounter.scope == scope, LimitCounter.key == hashed(key)))
