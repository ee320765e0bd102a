"""How urgent a case is, said by staff with a reason: up, and it is due sooner and pages; down, and no date comes later."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.change import change
from app.cases.domain import Status, Urgency
from app.cases.models import Case
from app.cases.second_clock import due_after, pause_of
from app.cases.steps import LONGEST_URGENT_PAUSE
from app.core.actor import Actor, Permission
from app.core.errors import Conflict, Refused
from app.programs.clocks import add_business_days, first_contact_due
from app.programs.service import calendar_of, hospital


def set_urgency(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, to: str, reason: str
) -> None:  # fmt: skip
    """Say how urgent an open case is. `seen` is what the page showed. Raises Conflict, or Refused with the sentence.

    Whom an urgent case pages is decided as the change is written, like that of a case that came as urgent.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if case.urgency != seen:
            raise Conflict(_("Somebody else changed the urgency while you looked at it."), mine=to, theirs=case.urgency)
        if not case.is_open:
            raise Refused(_("This case has ended. Open it again first."), "to")
        if to not in set(Urgency) or to == case.urgency:
            raise Refused(_("Choose another urgency."), "to")
        if not reason.strip():
            raise Refused(_("Write the reason. It stays with the case."), "reason")
        case.urgency, old = to, case.urgency
        shorten(session, case, at)
        act.record("urgency", old=old, new=to, detail={"reason": reason.strip()})


def shorten(session: Session, case: Case, at: datetime) -> None:
    """What the urgency promises from now on, where that is sooner than what stands."""
    calendar, urgency = calendar_of(case.program), Urgency(case.urgency)
    if case.first_contact_at is None:
        promises = hospital().program_or_default(case.program).promises
        case.first_contact_due_at = earlier(
            case.first_contact_due_at, first_contact_due(calendar, promises, urgency, at)
        )
    if case.records_complete_at is not None and case.decided_at is None:
        due = due_after(case.program, urgency, case.records_complete_at)
        pause = pause_of(session, case)
        if pause is not None:
            pause.due_at = earlier(pause.due_at, due) or pause.due_at
        elif case.decision_due_at is not None:
            case.decision_due_at = earlier(case.decision_due_at, due)
    if case.status == Status.ON_HOLD:
        if urgency is Urgency.URGENT:
            case.due_at = earlier(case.due_at, add_business_days(calendar, at, LONGEST_URGENT_PAUSE))
    elif case.first_contact_at is None:
        case.due_at = earlier(case.due_at, at if urgency is Urgency.URGENT else case.first_contact_due_at)


def earlier(stands: datetime | None, new: datetime | None) -> datetime | None:
    """A date that stands is never put off."""
    return min((one for one in (stands, new) if one), default=None)
