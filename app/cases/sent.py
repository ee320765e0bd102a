"""What a form's handle has sent before: for repeats, corrections and "this is another child"."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.cases.domain import CHANGEABLE
from app.cases.links import secret_of
from app.cases.models import Link, Submission
from app.core.clock import now
from app.core.sealing import ring
from app.drafts.door import Sent
from app.drafts.service import submission_key

submissions, links = Submission.__table__.c, Link.__table__.c
# What the check page asks each time: statements made once.
BY_KEY = (
    select(
        submissions.id, submissions.case_id, submissions.program, submissions.reference, submissions.received_at, submissions.key_id,
        submissions.document, links.id.label("link_id"), links.issue,
    )
    .join(Link.__table__, links.submission_id == submissions.id)
    .where(submissions.key == bindparam("key"))
)  # fmt: skip
NEWEST = (
    select(submissions.id, submissions.key_id, submissions.document)
    .where(submissions.amends == bindparam("first"))
    .order_by(submissions.received_at.desc())
    .limit(1)
)  # fmt: skip


def receipt_url(session: Session | Connection, link_id: uuid.UUID, issue: int) -> str:
    """Where a receipt stands: the same for every repeat."""
    return url_for("follow.receipt", secret=secret_of(session, link_id, issue))


def sent_by(connection: Connection, handle: str, kind: str) -> Sent | None:
    """The submission of a handle, opened: its newest answers (a correction's, where there is one)."""
    first = connection.execute(BY_KEY, {"key": submission_key(kind, handle)}).one_or_none()
    if first is None:
        return None
    newest = connection.execute(NEWEST, {"first": first.id}).one_or_none()
    shown = newest or first
    # Who finds the address in a shared computer's history a day later reads no answers and is given no private link;
    # a correction puts nothing off.
    open_still, answers = now() - first.received_at <= CHANGEABLE, None
    if open_still:
        key = ring().load(connection, shown.key_id)
        answers = key.unseal_json(shown.document, ("submission", "document", shown.id))
    return Sent(
        submission_id=first.id,
        case_id=first.case_id,
        program=first.program,
        answers=answers,
        receipt_url=receipt_url(connection, first.link_id, first.issue) if open_still else None,
        reference=first.reference,
        amended=newest is not None,
    )
