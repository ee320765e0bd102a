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
}


def next_step(calendar: Calendar, status: Status, at: datetime) -> tuple[str, datetime | None]:
    """The step's code and when it is due; an ended case has none."""
    if status not in NEXT:
        return "none", None
    code, days = NEXT[status]
    return code, add_business_days(calendar, at, days)
