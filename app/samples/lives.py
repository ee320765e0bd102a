"""What becomes of a drawn case: a path through the statuses, each step allowed by the table, with its timeline."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from app.cases.attention import attention
from app.cases.change import standing
from app.cases.domain import Status
from app.cases.models import Case
from app.cases.moves import end_told, move
from app.cases.transitions import needs_reason
from app.core.ids import new_id
from app.core.sealing import DataKey
from app.programs.domain import Calendar

S = Status
COLUMNS = tuple(column.name for column in Case.__table__.columns)
MAIN = (
    S.NEW, S.ACKNOWLEDGED, S.CONTACTING_FAMILY, S.AWAITING_INFORMATION, S.READY_FOR_REVIEW, S.IN_REVIEW,
    S.ACCEPTED_CONSULT, S.FINANCIAL_CLEARANCE, S.SCHEDULING, S.SCHEDULED, S.CLOSED,
)  # fmt: skip
REFERRER = (S.NEW, S.ACKNOWLEDGED, S.CONTACTING_REFERRER)
# Where a case leaves the main path, for the statuses that stand beside it.
ASIDE: Mapping[Status, Status] = {
    S.ON_HOLD: S.AWAITING_INFORMATION, S.REDIRECTED: S.ACKNOWLEDGED, S.NOT_A_CANDIDATE_NOW: S.IN_REVIEW,
    S.UNABLE_TO_REACH: S.CONTACTING_FAMILY, S.WITHDRAWN: S.AWAITING_INFORMATION, S.DUPLICATE_OF: S.NEW,
    S.DECEASED: S.CONTACTING_FAMILY,
}  # fmt: skip
OPEN = ((S.NEW, 30), (S.ACKNOWLEDGED, 8), (S.CONTACTING_FAMILY, 12), (S.CONTACTING_REFERRER, 5), (S.AWAITING_INFORMATION, 18),
        (S.READY_FOR_REVIEW, 5), (S.IN_REVIEW, 6), (S.ACCEPTED_CONSULT, 3), (S.FINANCIAL_CLEARANCE, 5), (S.SCHEDULING, 3),
        (S.SCHEDULED, 3), (S.ON_HOLD, 2))  # fmt: skip
ENDED = ((S.CLOSED, 52), (S.REDIRECTED, 14), (S.NOT_A_CANDIDATE_NOW, 12), (S.UNABLE_TO_REACH, 9), (S.WITHDRAWN, 7),
         (S.DUPLICATE_OF, 4), (S.DECEASED, 2))  # fmt: skip
REASONS = ("Family decided to stay close to home.", "Treated elsewhere meanwhile.", "Three calls, two letters, no answer.", "As agreed with the referrer.")  # fmt: skip


@dataclass(slots=True)
class Life:
    """The case's row as it stands at last, and the lines of its timeline."""

    case: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)


def path_to(status: Status) -> tuple[Status, ...]:
    """The statuses that a case goes through, the last one included."""
    if status is S.CONTACTING_REFERRER:
        return REFERRER
    if status in ASIDE:
        return (*MAIN[: MAIN.index(ASIDE[status]) + 1], status)
    return MAIN[: MAIN.index(status) + 1]


def live(
    row: dict[str, Any], party_id: uuid.UUID, key: DataKey, to: Status, now: datetime, calendar: Calendar, draw: Random,
    staff: Sequence[uuid.UUID],
) -> Life:  # fmt: skip
    """Lead a new case to a status: steps, a first conversation where one was due, who has it."""
    # Not a row of the session: a million of them are moved, and nothing of a session is needed for it.
    case, life = cast("Case", SimpleNamespace(**(dict.fromkeys(COLUMNS) | row))), Life(row)
    worker = draw.choice(staff) if staff else None
    steps = path_to(to)
    spent = max(now - case.received_at, timedelta(minutes=30))
    at = case.received_at
    for number, status in enumerate(steps[1:], 1):
        at = case.received_at + spent * (number / (len(steps) + 1)) * draw.uniform(0.6, 1)
        old = case.status
        if case.first_contact_at is None and status not in {S.ACKNOWLEDGED, S.CONTACTING_FAMILY, S.CONTACTING_REFERRER, S.DUPLICATE_OF, S.UNABLE_TO_REACH}:  # fmt: skip
            case.first_contact_at = at
            life.attempts.append(attempt(case, party_id, at, worker))
        move(case, status, at, calendar)
        life.events.append(step(case, key, at, worker, old, status, draw))
    if to is S.NOT_A_CANDIDATE_NOW:
        end_told(case)
    if (worker and case.is_open and (to is not S.NEW or draw.random() < 0.3)) or (worker and not case.is_open):
        case.assignee_id = worker
    place = attention(standing(case, now))
    case.attention_band, case.attention_at, case.attention_reasons = place.band, place.at, ",".join(place.reasons)
    case.changed_at, case.version = at, len(steps)
    life.case = vars(case)
    return life


def step(
    case: Case, key: DataKey, at: datetime, worker: uuid.UUID | None, old: str, new: Status, draw: Random
) -> dict[str, Any]:
    """A status that changed, as `Change.record` writes it."""
    event_id = new_id()
    reason = draw.choice(REASONS) if needs_reason(Status(old), new) else None
    return {
        "id": event_id, "case_id": case.id, "origin_case_id": case.id, "at": at,
        "actor_kind": "staff" if worker else "system", "actor_id": worker, "kind": "status", "old_value": old,
        "new_value": str(new), "party_id": None, "subject_id": None, "key_id": key.id if reason else None,
        "detail": key.seal_json({"reason": reason}, ("event", "detail", event_id)) if reason else None,
    }  # fmt: skip


def attempt(case: Case, party_id: uuid.UUID, at: datetime, worker: uuid.UUID | None) -> dict[str, Any]:
    """The first conversation."""
    return {
        "id": new_id(), "case_id": case.id, "origin_case_id": case.id, "party_id": party_id, "at": at,
        "actor_id": worker, "channel": "phone", "outcome": "reached", "interpreter": None, "key_id": None, "detail": None,
    }  # fmt: skip
