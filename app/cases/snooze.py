"""Snoozing a case: until a business day opens or until they answer, never for longer than the limit, never out of sight.

What comes in ends it, and so does what moves the case on. A promise that is near rises in spite of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.attention import Band, Reason, attention
from app.cases.change import change, lock, standing
from app.cases.domain import Urgency
from app.cases.models import Case
from app.core.actor import SYSTEM, Actor, Permission
from app.core.clock import now
from app.core.database import transaction
from app.core.errors import Conflict, Refused
from app.core.jobs import ClaimedJob
from app.programs.clocks import add_business_days, local_day, next_business_day, spans_of
from app.programs.domain import Calendar
from app.programs.service import calendar_of

ANSWER = "answer"
LONGEST, LONGEST_URGENT = 5, 1


def mornings(calendar: Calendar, urgency: str, at: datetime) -> Iterator[tuple[date, datetime]]:
    """Each business day on which a case may come back, with its opening: one for an urgent case, five for others."""
    last = local_day(
        calendar, add_business_days(calendar, at, LONGEST_URGENT if urgency == Urgency.URGENT else LONGEST)
    )
    day = next_business_day(calendar, local_day(calendar, at))
    while day <= last:
        yield day, spans_of(calendar, day)[0][0]
        day = next_business_day(calendar, day)


def snooze(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, until: str, reason: str
) -> None:
    """Put a case aside until a day, or (ANSWER) until they answer: then it is back after the longest time at the latest.

    `seen` is the instant that the page showed, if it was snoozed then. Raises Conflict, or Refused with the sentence.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if seen != instant_text(case.snoozed_until):
            raise Conflict(
                _("Somebody else snoozed this case, or something came, while you looked at it."), mine="", theirs=""
            )
        possible = {day.isoformat(): opens for day, opens in mornings(calendar_of(case.program), case.urgency, at)}
        ends = max(possible.values()) if until == ANSWER else possible.get(until)
        if ends is None:
            raise Refused(_("Choose a day from the list."), "until")
        if not reason.strip():
            raise Refused(_("Write the reason. It stays with the case."), "reason")
        case.snoozed_until = ends
        if attention(standing(case, at)).band != Band.SNOOZED:
            raise Refused(
                _("This case cannot wait: it is urgent, has ended, a promise is near, or something came from them."),
                "until",
            )
        act.record(
            "snoozed",
            old=ANSWER if until == ANSWER else None,
            new=instant_text(ends),
            detail={"reason": reason.strip()},
        )
        act.job("end_snooze", dedupe_key=f"end_snooze:{case_id}:{instant_text(ends)}", due_at=ends)


def wake(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Take a case back before its day. One that is awake already stays so."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        act.record("snooze_ended")


def end_snooze(job: ClaimedJob) -> None:
    """The day has come: the case is back, unless something brought it back before or it was snoozed anew."""
    at = now()
    with transaction() as session:
        case = lock(session, [job.case_id]).get(job.case_id) if job.case_id else None
        if case is None or not is_over(case, at):
            return
        with change(session, [case.id], SYSTEM, None, at) as act:
            act.record("snooze_over")


def is_over(case: Case, at: datetime) -> bool:
    """Whether a snooze has ended that the queue does not know to be over."""
    known = Reason.SNOOZED not in case.attention_reasons.split(",")
    return case.snoozed_until is not None and case.snoozed_until <= at and not known


def instant_text(instant: datetime | None) -> str:
    """An instant as the timeline and a form keep it; nothing for none."""
    return instant.astimezone(UTC).isoformat() if instant else ""
