"""What comes next in each status and within how many business days: every open case has a next step and a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.cases.domain import Status
from app.programs.clocks import add_business_days
from app.programs.domain import Calendar

S = Status

# Code of the next step, business days until it is due. Two for a decision and for chasing records, five at most for a
# pause: the figures of the program's promises.
NEXT: Mapping[Status, tuple[str, int]] = {
    S.NEW: ("first_contact", 1),
    S.ACKNOWLEDGED: ("first_contact", 1),
    S.CONTACTING_FAMILY: ("reach_family", 1),
    S.CONTACTING_REFERRER: ("reach_referrer", 1),
    S.AWAITING_INFORMATION: ("chase_records", 2),
    S.READY_FOR_REVIEW: ("start_review", 2),
    S.IN_REVIEW: ("decide", 2),
    S.ACCEPTED_CONSULT: ("start_clearance", 2),
    S.FINANCIAL_CLEARANCE: ("check_clearance", 5),
    S.SCHEDULING: ("book_visit", 2),
    S.SCHEDULED: ("confirm_visit", 5),
    S.ON_HOLD: ("look_again", 5),
    S.NOT_A_CANDIDATE_NOW: ("tell_family", 1),
}


# Somebody must be spoken with; nothing else is due before that.
CONTACT = frozenset({"first_contact", "reach_family", "reach_referrer"})
SPOKEN = ("ask_records", 2)
LONGEST_URGENT_PAUSE = 1


def next_step(
    calendar: Calendar, status: Status, at: datetime, *, urgent: bool = False, promised_at: datetime | None = None,
    spoken: bool = False,
) -> tuple[str, datetime | None]:  # fmt: skip
    """The step's code and when it is due; an ended case has none, but that somebody tells a family.

    `promised_at` is when a first conversation was due that has not been: a status that moves does not put it off.
    None once it has been. `spoken`: just now, as this status asked for.
    """
    if status not in NEXT:
        return "none", None
    code, days = NEXT[status]
    if (promised_at is None and code == "first_contact") or (spoken and code in CONTACT):
        code, days = SPOKEN
    if promised_at is not None and (code in CONTACT or (urgent and status is not S.ON_HOLD)):
        return code, promised_at
    if urgent and status is S.ON_HOLD:
        days = LONGEST_URGENT_PAUSE
    return code, add_business_days(calendar, at, days)


def answers(step: str, role: str) -> bool:
    """Whether a conversation with this kind of party is what a step waits for."""
    if role == "doctor":  # whom the family named: they wait for our answer to themselves
        return step == "reach_referrer"
    if step in {"reach_family", "reach_referrer"}:
        return (role == "referrer") == (step == "reach_referrer")
    return step in {"first_contact", "call_with_receipt", "call_for_records", "call_about_message"}
