"""What follows from a status: open or not, whose turn it is, the next step and its date."""

from __future__ import annotations

from datetime import datetime

from app.cases.domain import Status, Urgency, WaitingOn
from app.cases.models import Case
from app.cases.steps import NEXT, SPOKEN, next_step
from app.cases.transitions import ENDED, waiting_on
from app.programs.domain import Calendar


def move(case: Case, to: Status, at: datetime, calendar: Calendar) -> None:
    """Set the status and what follows from it: open or not, whose turn, next step and date."""
    ended, holding = to in ENDED, to is Status.ON_HOLD
    if not (ended or holding):
        case.status_before = None
    elif case.status != Status.ON_HOLD:  # a held case that ends keeps the place on the path it was held at
        case.status_before = case.status
    case.status, case.status_at, case.is_open = to, at, not ended or to is Status.NOT_A_CANDIDATE_NOW
    case.waiting_on = waiting_on(to, case.kind)
    take_step(case, at, calendar)
    if to is Status.DECEASED:  # no letter and no reminder reaches a family in mourning; going on does not lift a stop
        case.contact_stop = True
    if to is not Status.NEW:
        case.changed_after_sending_at = None


def end_told(case: Case) -> None:
    """The family knows of a decision against: nothing is due any more."""
    case.is_open, case.waiting_on, case.next_step, case.due_at = False, WaitingOn.NOBODY, "none", None


def take_step(case: Case, at: datetime, calendar: Calendar, *, spoken: bool = False) -> None:
    """Next step and date, from where the case stands. What is urgent was due as it came."""
    urgent = case.urgency == Urgency.URGENT
    promised_at = None
    if case.first_contact_at is None:
        promised_at = (None if urgent else case.first_contact_due_at) or case.received_at
    case.next_step, case.due_at = next_step(
        calendar, Status(case.status), at, urgent=urgent, promised_at=promised_at, spoken=spoken
    )
    if case.next_step == SPOKEN[0] and case.asked_at is not None:  # they were asked already
        case.next_step = NEXT[Status.AWAITING_INFORMATION][0]
