"""What a form's handle has sent before: for repeats, corrections and "this is another child"."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.cases.links import secret_of
from app.cases.models import Link, Submission
from app.core.clock import now
from app.core.sealing import ring
from app.drafts.door import Sent
from app.drafts.service import submission_key

REOPENED = timedelta(days=1)


def receipt_url(session: Session, link_id: uuid.UUID, issue: int) -> str:
    """Where a receipt stands: the same for every repeat."""
    return url_for("follow.receipt", secret=secret_of(session, link_id, issue))


def sent_by(session: Session, handle: str, kind: str) -> Sent | None:
    """The submission of a handle, opened: its newest answers (a correction's, where there is one)."""
    row = session.execute(
        select(Submission, Link.id.label("link_id"), Link.issue)
        .join(Link, Link.submission_id == Submission.id)
        .where(Submission.key == submission_key(kind, handle))
    ).one_or_none()
    if row is None:
        return None
    newest = session.execute(
        select(Submission)
        .where(Submission.amends == row.Submission.id)
        .order_by(Submission.received_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    shown = newest or row.Submission
    key = ring().load(session, shown.key_id)
    # Who finds the address in a shared computer's history a day later reads no answers and is given no private link;
    # a correction of one's own does not give it back.
    oldest = now() - REOPENED
    return Sent(
        submission_id=row.Submission.id,
        program=row.Submission.program,
        answers=key.unseal_json(shown.document, ("submission", "document", shown.id))
        if shown.received_at > oldest
        else None,
        receipt_url=receipt_url(session, row.link_id, row.issue) if row.Submission.received_at > oldest else None,
        reference=row.Submission.reference,
        amended=newest is not None,
    )


def was_amended(session: Session, submission_id: uuid.UUID) -> bool:
    """Whether a correction came after it."""
    return bool(session.execute(select(exists().where(Submission.amends == submission_id))).scalar_one())
