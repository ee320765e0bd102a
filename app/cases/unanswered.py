"""Which messages of a party wait for an answer: what an answer, a conversation or "no answer needed" settles."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.models_work import Message

INCOMING = "in"
WAITING = (Message.direction == INCOMING, Message.answered_at.is_(None))


def settle(session: Session, case: Case, party_id: uuid.UUID, at: datetime, *, until: datetime | None = None) -> bool:
    """Nothing that this party wrote (`until` then) waits any more; the case waits as long as another message does.

    False where nothing waited.
    """
    settled = session.execute(
        update(Message).where(Message.case_id == case.id, Message.party_id == party_id, *WAITING, Message.at <= (until or at))
        .values(answered_at=at).execution_options(synchronize_session="fetch").returning(Message.id)
    ).all()  # fmt: skip
    case.unanswered_at = session.execute(
        select(func.min(Message.at)).where(Message.case_id == case.id, *WAITING)
    ).scalar_one()
    return bool(settled)
