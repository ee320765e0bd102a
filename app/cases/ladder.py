"""When an unanswered page is repeated, to how many of the on-call list, when managers hear of it, and when it stops."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.cases.domain import Urgency

# Minutes after which a page that nobody answered goes out again: for half a day, then the alarm on the desk is left.
MINUTES = (0, 10, 20, 30, *range(60, 12 * 60 + 1, 30))
SECOND, MANAGERS = MINUTES.index(20), MINUTES.index(30)  # the steps that reach further
ALARM = timedelta(minutes=MINUTES[MANAGERS])
LINK_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Paged:
    """What of a case says whether its page is still needed."""

    program: str
    urgency: str
    is_open: bool
    assigned: bool
    first_contact_at: datetime | None


def step_after(waited: timedelta) -> int:
    """The step whose time has come: a worker that was away for an hour goes on where it should be by now."""
    return max(0, bisect_right(MINUTES, waited // timedelta(minutes=1)) - 1)


def reach(step: int, listed: int) -> int:
    """How many of the list a step pages: the first, then the second too, then all."""
    return min(listed, 1 if step < SECOND else 2 if step < MANAGERS else listed)


def why_over(case: Paged, program: str) -> str | None:
    """Why a page of this program is not needed any more; None while it is.

    A contact stop is no reason: it silences what goes to the family, not the calls among staff.
    """
    if not case.is_open:
        return "ended"
    if case.program != program:
        return "handed_over"
    if case.first_contact_at is not None:
        return "reached"
    if case.assigned:
        return "claimed"
    return None if case.urgency == Urgency.URGENT else "not_urgent"
