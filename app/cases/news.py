"""What changed since a page was read: lines of one case, rows of one list. Cheap enough to be asked every few seconds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, false, or_, select, union_all
from sqlalchemy.orm import Session

from app.cases.models_work import Event
from app.cases.queue import COUNT_STOP, Filters, branches, table

# A change bears the instant at which it began, and may have been committed a little after a page that began later.
UNDER_WAY = timedelta(seconds=5)
NEWEST = 2 * COUNT_STOP


def events_since(session: Session, case_id: uuid.UUID, after: uuid.UUID) -> Sequence[Event]:
    """The timeline's lines after the newest one of a page, oldest first. Ids of one case grow: its changes queue up."""
    return session.execute(
        select(Event).where(Event.case_id == case_id, Event.id > after).order_by(Event.id).limit(NEWEST)
    ).scalars().all()  # fmt: skip


def changed_rows(
    session: Session, programs: Sequence[str], filters: Filters, since: datetime, shown: Mapping[str, int]
) -> int:
    """How many rows came to a list or changed in it since an instant; `shown` are its rows with their versions."""
    parts = [
        select(
            select(table.id).where(table.program == code, table.changed_at > since - UNDER_WAY)
            .order_by(table.changed_at.desc()).limit(NEWEST).subquery()
        )
        for code in programs
    ]  # fmt: skip
    if not parts:
        return 0
    belongs = or_(false(), *(and_(*branch) for branch in branches(programs, filters)))
    rows = session.execute(
        select(table.reference, table.version, belongs.label("belongs")).where(
            table.id.in_(select(union_all(*parts).subquery().c.id))
        )
    )
    return sum(shown[row.reference] != row.version if row.reference in shown else bool(row.belongs) for row in rows)
