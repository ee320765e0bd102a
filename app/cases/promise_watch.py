"""What of a case is promised still, and the job that looks at it when it will be near or missed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.cases.domain import Marker
from app.cases.models import Case
from app.cases.promises import Open, Promised, first_look
from app.core.jobs import enqueue, job_row
from app.programs.service import hospital


def promised(case: Case) -> Open:
    """What of a case is promised still. Nobody may be called after a contact stop or an end, so nothing is due then."""
    due: list[tuple[Promised, datetime]] = []
    if case.is_open and not case.contact_stop and case.marker != Marker.CANARY:
        if case.first_contact_due_at and case.first_contact_at is None:
            due.append((Promised.FIRST_CONTACT, case.first_contact_due_at))
        if case.decision_due_at and case.decided_at is None:
            due.append((Promised.DECISION, case.decision_due_at))
    return Open(tuple(due), lead_of(case.program))


def lead_of(program: str) -> timedelta:
    """How long before a promise breaks the managers of a program are told."""
    return timedelta(hours=hospital().program_or_default(program).escalation.hours_before)


def look_rows(session: Session, case_id: uuid.UUID, instant: datetime | None, at: datetime) -> list[dict[str, Any]]:
    """The job that looks at the promises of a case; one for each instant, whoever asks for it."""
    if instant is None:
        return []
    key = f"promise:{case_id}:{instant.astimezone(UTC).isoformat()}"
    return [job_row(session, "look_at_promises", dedupe_key=key, at=at, due_at=instant, case_id=case_id)]


def watch(session: Session, case_id: uuid.UUID, before: Open, after: Open, at: datetime) -> None:
    """After a change of what is promised."""
    if before != after:
        enqueue(session, look_rows(session, case_id, first_look(after, at), at))
