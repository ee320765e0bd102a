"""Take back a step on a case: shortly after it, by who made it, while it still stands. Both lines stay on the timeline."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.acts import DECIDED, give, kept
from app.cases.change import change
from app.cases.domain import Status
from app.cases.models import Case
from app.cases.models_work import Event
from app.core.actor import Actor, Permission
from app.core.errors import Refused
from app.core.sealing import ring

LASTS = timedelta(seconds=60)  # the page hides the offer after ten; without scripts it stands, and needs longer
HAS_CASE = ("assigned", "released")


def undo(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, event_id: uuid.UUID | None) -> None:
    """Put the case back where it stood before this line of its timeline. Raises Refused with the sentence."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case, event = act.case, session.get(Event, event_id) if event_id else None
        if event is None or event.case_id != case_id or not is_theirs(event, actor, at):
            raise Refused(_("This step cannot be undone any more. Move the case by hand."))
        if not still_stands(session, event, case):
            raise Refused(_("Something else happened to this case since: look at it as it is now."))
        if event.kind == "assigned":
            give(session, act, uuid.UUID(event.old_value) if event.old_value else None)
            return
        for name, value in kept_in(session, event)["was"].items():
            setattr(case, name, datetime.fromisoformat(value) if name.endswith("_at") and value else value)
        act.record("undone", old=event.new_value, new=event.old_value, subject_id=event.id)


def undoable(session: Session, event_id: uuid.UUID, actor: Actor, at: datetime) -> tuple[Event, Case] | None:
    """The step and its case, if this person may take it back now."""
    event = session.get(Event, event_id)
    if event is None or not is_theirs(event, actor, at):
        return None
    case = session.get_one(Case, event.case_id)
    may = actor.may(Permission.WORK_CASES, case.program)
    return (event, case) if may and still_stands(session, event, case) else None


def is_theirs(event: Event, actor: Actor, at: datetime) -> bool:
    """Whether this person made the step just now. Who was said to have died is never brought back by a slip."""
    mourning = Status.DECEASED in {event.old_value, event.new_value}
    return event.actor_id == actor.id is not None and at - event.at <= LASTS and not mourning


def still_stands(session: Session, event: Event, case: Case) -> bool:
    """Whether nothing that the step decided was changed since. A note or a file is no such change."""
    if event.kind == "assigned":
        newest = select(Event.id).where(Event.case_id == case.id, Event.kind.in_(HAS_CASE)).order_by(Event.id.desc())
        return session.execute(newest.limit(1)).scalar_one() == event.id
    return event.kind == "status" and kept_in(session, event).get("then") == kept(case, DECIDED)


def kept_in(session: Session, event: Event) -> dict[str, Any]:
    """What a move kept for its way back."""
    if event.key_id is None or event.detail is None:
        return {}
    detail = ring().load(session, event.key_id).unseal_json(event.detail, ("event", "detail", event.id))
    return dict(detail.get("kept", {}))
