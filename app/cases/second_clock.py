"""The second clock: from complete records to a decision. It starts by itself, stands still while a party is waited for,
and stops when a record is missing again or the decision is made. Kept by `change()` at the end of every act.

A hold names no party, so it stops no clock. Instants are stored: a new program folder moves none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.domain import Status, Urgency, WaitingOn
from app.cases.models import Case
from app.cases.models_checklist import Pause
from app.cases.moves import move
from app.cases.transitions import allowed
from app.core.ids import new_id
from app.programs import clocks
from app.programs.service import calendar_of, hospital

Said = tuple[str, str | None, str | None]  # kind of event, old, new

S = Status
DECIDED = frozenset({S.ACCEPTED_CONSULT, S.FINANCIAL_CLEARANCE, S.SCHEDULING, S.SCHEDULED, S.NOT_A_CANDIDATE_NOW})
IN_REVIEW = frozenset({S.READY_FOR_REVIEW, S.IN_REVIEW})
WAITED_FOR = frozenset({WaitingOn.FAMILY, WaitingOn.REFERRER})
ASKING = frozenset({"ask_records", "chase_records"})
SLIP = timedelta(minutes=2)  # a step that was taken back waited for nobody
REVIEWING = frozenset({"start_review", "decide"})


def due_after(program: str, urgency: str, complete_at: datetime) -> datetime | None:
    """When a decision is promised for records that are complete at this instant."""
    promise = hospital().program_or_default(program).promises.of(urgency)
    return clocks.decision_due(calendar_of(program), promise, complete_at)


def start(case: Case, at: datetime) -> None:
    """The records are complete: whoever was waited for has done their part."""
    case.records_complete_at, case.decision_due_at = at, due_after(case.program, case.urgency, at)
    if case.waiting_on in WAITED_FOR:
        case.waiting_on = WaitingOn.US


def stop(session: Session, case: Case, at: datetime) -> None:
    """A record is missing again: the next clock begins anew."""
    end_pause(session, case, at)
    case.records_complete_at = case.decision_due_at = None


def keep(session: Session, case: Case, at: datetime) -> Iterator[Said]:
    """What an act means for the clock, and for the case where its records are complete."""
    status = Status(case.status)
    if status in DECIDED:
        case.decided_at = case.decided_at or at
    elif status in IN_REVIEW:
        case.decided_at = None
    if case.records_complete_at is None or case.decided_at or not case.is_open:
        return
    waits = case.waiting_on in WAITED_FOR
    if waits and case.decision_due_at is not None:
        begin_pause(session, case, at)
        yield "clock_paused", None, case.waiting_on
    elif not waits:
        if case.decision_due_at is None:
            yield "clock_goes_on", None, end_pause(session, case, at)
        yield from onward(case, at)
    late = case.urgency == Urgency.URGENT and case.first_contact_at is None  # was due as it came
    if case.next_step in REVIEWING and case.decision_due_at is not None and not late:
        case.due_at = case.decision_due_at


def onward(case: Case, at: datetime) -> Iterator[Said]:
    """To review, where asking for records is all that is left to do; by the table of transitions, or as a proposal."""
    if case.next_step not in ASKING:
        return
    changed = case.changed_after_sending_at  # what nobody has looked at stays marked
    for to in way_to_review(case):
        old = case.status
        move(case, to, at, calendar_of(case.program))
        yield "status", old, str(to)
    case.changed_after_sending_at = changed
    case.next_step = "start_review"


def way_to_review(case: Case) -> tuple[Status, ...]:
    """The statuses to go through; none where the table has no way."""
    possible = allowed(Status(case.status), Status(case.status_before) if case.status_before else None)
    if S.READY_FOR_REVIEW in possible:
        return (S.READY_FOR_REVIEW,)
    return (S.AWAITING_INFORMATION, S.READY_FOR_REVIEW) if S.AWAITING_INFORMATION in possible else ()


def begin_pause(session: Session, case: Case, at: datetime) -> None:
    """The clock stands still; the row keeps when the decision was due."""
    session.add(
        Pause(
            id=new_id(), case_id=case.id, origin_case_id=case.id, begins_at=at, waiting_on=case.waiting_on,
            due_at=case.decision_due_at,
        )
    )  # fmt: skip
    case.decision_due_at = None


def end_pause(session: Session, case: Case, at: datetime) -> str | None:
    """The clock goes on: due is put off by the business time that the pause took. Returns who was waited for."""
    pause = pause_of(session, case)
    if pause is None:
        return None
    pause.ends_at = at
    if at - pause.begins_at < SLIP:
        case.decision_due_at = pause.due_at
        return pause.waiting_on
    waited = clocks.Pause(pause.begins_at, at, pause.waiting_on)
    case.decision_due_at = clocks.put_off(calendar_of(case.program), pause.due_at, [waited])
    return pause.waiting_on


def pause_of(session: Session, case: Case) -> Pause | None:
    """The pause that lasts."""
    return session.execute(
        select(Pause).where(Pause.case_id == case.id, Pause.ends_at.is_(None)).order_by(Pause.begins_at.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
