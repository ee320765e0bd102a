"""Who is away from when until when, and who covers: what is theirs is on the cover's list too, as long as that lasts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Absence, User
from app.accounts.queries import may_work
from app.audit.domain import Action
from app.audit.service import record
from app.core.actor import Actor, Permission
from app.core.errors import NotAllowed, Refused

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Away:
    """One absence: the instants that bound it, and the name of who covers."""

    begins: datetime
    ends: datetime
    cover: str


def go_away(
    session: Session, actor: Actor, at: datetime, zone: ZoneInfo, *, first: str, last: str, cover_id: uuid.UUID | None
) -> None:
    """Say that one is away on these days, both included. Whoever covers works in every program that one works in."""
    if actor.id is None:
        raise NotAllowed
    begins, ends = midnight(first, zone, "first"), midnight(last, zone, "last") + timedelta(days=1)
    if not begins < ends <= begins + LONGEST or ends <= at:
        raise Refused(_("Choose days in their order that are not over."), "last")
    programs = actor.programs_with(Permission.WORK_CASES)
    if cover_id is None or cover_id == actor.id or not all(may_work(session, cover_id, one) for one in programs):
        raise Refused(_("Choose somebody else who works in all of your programs."), "cover")
    come_back(session, actor)
    session.add(Absence(user_id=actor.id, cover_id=cover_id, begins=begins.astimezone(UTC), ends=ends.astimezone(UTC)))
    record(session, actor, Action.USER_AWAY, subject_kind="user", subject_id=actor.id, at=at)


def come_back(session: Session, actor: Actor) -> None:
    """Be there again."""
    session.execute(delete(Absence).where(Absence.user_id == actor.id))


def midnight(typed: str, zone: ZoneInfo, field: str) -> datetime:
    """The begin of a day that somebody typed. Raises Refused."""
    try:
        return datetime.combine(date.fromisoformat(typed.strip()), time(0), tzinfo=zone)
    except (ValueError, OverflowError):
        raise Refused(_("Choose a day."), field) from None


def absence_of(session: Session, user_id: uuid.UUID | None, at: datetime) -> Away | None:
    """Somebody's absence that is not over, be it still to come."""
    cover = aliased(User)
    row = session.execute(
        select(Absence.begins, Absence.ends, cover.name)
        .join(cover, cover.id == Absence.cover_id).where(Absence.user_id == user_id, Absence.ends > at)
    ).one_or_none()  # fmt: skip
    return Away(*row) if row else None


def away_now(session: Session, at: datetime) -> dict[uuid.UUID, Away]:
    """Everybody who is away at an instant."""
    cover = aliased(User)
    rows = session.execute(
        select(Absence.user_id, Absence.begins, Absence.ends, cover.name)
        .join(cover, cover.id == Absence.cover_id).where(Absence.begins <= at, Absence.ends > at)
    )  # fmt: skip
    return {row[0]: Away(*row[1:]) for row in rows}
