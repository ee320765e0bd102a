"""Who is at work on a case just now: short leases, which others see and which end by themselves."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.accounts.models import User
from app.cases.models import Case, case_reference
from app.cases.search import alike
from app.core.database import AnyRow, Base, is_sqlite


class Doing(StrEnum):
    """What somebody is at."""

    EDITING = "editing"
    CALLING = "calling"


# A form that is open renews its lease every few seconds. During a call nobody looks at the page: that lease is longer.
LEASE: Mapping[Doing, timedelta] = {Doing.EDITING: timedelta(seconds=30), Doing.CALLING: timedelta(minutes=5)}


class Presence(Base):
    """One lease: who, on which case, doing what, until when. No part of a case's history."""

    __tablename__ = "presence"
    __table_args__ = (CheckConstraint(f"doing in ({', '.join(repr(str(one)) for one in Doing)})", name="doing"),)

    case_id: Mapped[uuid.UUID] = mapped_column(case_reference(), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    doing: Mapped[str] = mapped_column(String(8), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]


def hold(session: Session, case_id: uuid.UUID, user_id: uuid.UUID, doing: Doing, at: datetime) -> None:
    """Say that somebody is at it, or still is; leases that are over go."""
    session.execute(delete(Presence).where(Presence.until <= at))
    row = {"case_id": case_id, "user_id": user_id, "doing": str(doing), "since": at, "until": at + LEASE[doing]}
    statement = (sqlite if is_sqlite(session) else postgresql).insert(Presence).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["case_id", "user_id", "doing"], set_={"until": row["until"]})
    )


def let_go(session: Session, case_id: uuid.UUID, user_id: uuid.UUID | None, doing: Collection[Doing]) -> None:
    """Somebody is no longer at it."""
    session.execute(
        delete(Presence).where(Presence.case_id == case_id, Presence.user_id == user_id, Presence.doing.in_(doing))
    )


def others_at(
    session: Session, programs: Sequence[str], references: Collection[str], reader: uuid.UUID | None, at: datetime
) -> Sequence[AnyRow]:
    """Everybody else who is at one of these cases, or `at` one that may be the same child, who began first before the others.

    Cases of the reader's programs only.
    """
    shown, held = aliased(Case), aliased(Case)
    return session.execute(
        select(shown.reference, held.reference.label("at"), User.name, Presence.doing, Presence.since)
        .join(held, held.id == Presence.case_id)
        .join(User, User.id == Presence.user_id)
        .join(shown, or_(shown.id == held.id, alike(held.id, shown.id)))
        .where(
            shown.reference.in_(references), shown.program.in_(programs), held.program.in_(programs),
            Presence.user_id != reader, Presence.until > at,
        )
        .order_by(shown.id != held.id, Presence.since, Presence.user_id)
    ).all()  # fmt: skip


def held_by_others(
    session: Session, cases: Collection[uuid.UUID], reader: uuid.UUID | None, at: datetime
) -> set[uuid.UUID]:
    """Which of these cases somebody else is at."""
    theirs = (Presence.case_id.in_(cases), Presence.user_id != reader, Presence.until > at)
    return set(session.execute(select(Presence.case_id).where(*theirs)).scalars())
