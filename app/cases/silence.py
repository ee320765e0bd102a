"""Letters and pages that have not left yet: cancelled, or kept waiting, in the transaction of the act that says so."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.jobs import Job, JobState

# Everything else that a case's jobs do reaches a party: a new kind is silenced until it is named here.
AMONG_STAFF = frozenset(
    {
        "mail_staff",
        "mail_coordinator",
        "mail_manager",
        "mail_officer",
        "look_at_promises",
        "end_snooze",
        "page_out",
        "page_step",
        "scan_file",
    }
)
PAGES = ("page_out", "page_step")
HELD = "held"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
TO_PARTIES = (Job.kind.not_in(AMONG_STAFF), Job.state.in_((JobState.PENDING, JobState.LEASED)))


def cancel(session: Session, case_id: uuid.UUID, at: datetime, *, pages: bool = False) -> int:
    """Nothing of this case leaves any more, what a worker has in hand included; returns how many letters that were."""
    gone: dict[str, Any] = {"state": JobState.CANCELLED, "done_at": at, "lease_until": None}
    cancelled = session.execute(
        update(Job.__table__).where(Job.case_id == case_id, *TO_PARTIES).values(gone).returning(Job.__table__.c.id)
    ).all()
    if pages:
        wait = (Job.kind.in_(PAGES), Job.state == JobState.PENDING)
        session.execute(update(Job.__table__).where(Job.case_id == case_id, *wait).values(gone))
    return len(cancelled)


def hold(session: Session, case_id: uuid.UUID) -> None:
    """What has not left waits; what a worker has in hand is asked about once more before it leaves."""
    waiting = (Job.case_id == case_id, Job.kind.not_in(AMONG_STAFF), Job.state == JobState.PENDING)
    session.execute(update(Job.__table__).where(*waiting).values(due_at=NEVER))


def let_go(session: Session, case_id: uuid.UUID, at: datetime) -> None:
    """What waited leaves, in its order."""
    waited = (Job.case_id == case_id, (Job.due_at == NEVER) | (Job.fault == HELD))
    open_ones = Job.state.in_((JobState.PENDING, JobState.FAILED))
    values = {"state": JobState.PENDING, "due_at": at, "attempts": 0, "fault": None}
    session.execute(update(Job.__table__).where(*waited, open_ones).values(values))
