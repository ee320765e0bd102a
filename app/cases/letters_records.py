"""Letters that ask a party for records, and ask again every two business days: a link and neutral words, nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.asking import BY_LETTER, CALL, refusal
from app.cases.change import change
from app.cases.checklist import chase_at, items_of, owed
from app.cases.checklist_domain import CHASE_DAYS, OWED
from app.cases.domain import Marker, Status
from app.cases.letters import handed_over
from app.cases.links import secret_of
from app.cases.models import Case, Link, Party, Submission
from app.cases.models_checklist import ChecklistItem
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import AnyRow, db, transaction
from app.core.jobs import ClaimedJob, enqueue, job_row
from app.core.sealing import ring
from app.core.settings import settings
from app.programs.addresses import with_phone
from app.programs.clocks import last_open
from app.programs.service import calendar_of, hospital, own_texts

CHASE = "chase_records"
TEMPLATE = "records_missing"  # the hospital's own words, where its texts have them
# Somebody has looked: moved it on, spoken with them or asked for records; and something is to be done.
CHASED = and_(
    Case.status != Status.ON_HOLD,
    or_(Case.status != Status.NEW, Case.first_contact_at.is_not(None), Case.asked_at.is_not(None)),
)
AT_ONCE = 500


def chase() -> None:
    """A letter to each party that owes records whose time has come: the worker's chore."""
    at = now()
    with transaction() as session:
        enqueue(session, [
            job_row(session, CHASE, dedupe_key=f"{CHASE}:{row.case_id}:{row.party_id}:{row.due:%Y%m%d%H%M}", at=at,
                    subject_id=row.party_id, case_id=row.case_id)
            for row in due_now(session)
        ])  # fmt: skip


def due_now(session: Session) -> Sequence[AnyRow]:
    """Parties with a private page and an address, by the oldest record that is due."""
    item = ChecklistItem
    due = func.min(item.due_at).label("due")
    return session.execute(
        select(item.case_id, item.party_id, due)
        .join(Case, Case.id == item.case_id)
        .join(Party, Party.id == item.party_id)
        .where(
            item.due_at <= now(), item.state.in_(OWED), or_(item.needed, item.asked_at.is_not(None)),
            Case.is_open, Case.contact_stop.is_(False), Case.contact_held_at.is_(None), Case.decided_at.is_(None), CHASED,
            Case.marker != Marker.CANARY, Party.silent.is_(False), Party.reply_by.in_(BY_LETTER),
            Party.id.in_(select(Link.party_id).where(Link.case_id == item.case_id, Link.revoked_at.is_(None))),
        )
        .group_by(item.case_id, item.party_id).order_by(due).limit(AT_ONCE)
    ).all()  # fmt: skip


def send_request(job: ClaimedJob) -> None:
    """Ask, or ask again, unless something forbids it by now or everything has come."""
    session, at, chasing = db.session(), now(), job.kind == CHASE
    row = session.execute(
        select(Case, Party, Link, Submission.locale, Submission.reference, CHASED.label("chased"))
        .join(Party, Party.case_id == Case.id).join(Link, Link.party_id == Party.id)
        .join(Submission, Submission.id == Link.submission_id)
        .where(Case.id == job.case_id, Party.id == job.subject_id, Link.revoked_at.is_(None))
        .order_by(Link.made_at.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if row is None or refusal(session, row.Case, row.Party):
        return
    open_rows = owed(items_of(session, row.Case.id), row.Party.id)
    if chasing and (not row.chased or not any(one.due_at and one.due_at <= at for one in open_rows)):
        return
    if not open_rows:
        return
    details = ring().load(session, row.Party.key_id).unseal_json(row.Party.details, ("party", "details", row.Party.id))
    by_text, to = row.Party.reply_by == "text", details.get("email", "")
    subject, body = words_of(session, row, by_text=by_text)
    asked = Asked(row.Case.id, row.Party.id, row.Party.reply_by)
    note(job, asked, handed_over(job, to, subject, body, by_text=by_text))


def words_of(session: Session, row: AnyRow, *, by_text: bool) -> tuple[str, str]:
    """Subject and body in the sender's language; nothing that anybody typed."""
    link = f"{settings().public_url.rstrip('/')}/follow/{secret_of(session, row.Link.id, row.Link.issue)}"
    with force_locale(row.locale):
        own = own_texts().messages.get(TEMPLATE)
        body = render_template(
            "email/request/text.txt" if by_text else "email/request/body.txt", link=link, reference=row.reference,
            words=own.body if own else "", hospital=with_phone(hospital().folder, hospital().program(row.Case.program)),
        )  # fmt: skip
        return _("Please look at your private page"), body


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was written to, and how."""

    case_id: uuid.UUID
    party_id: uuid.UUID
    by: str


def note(job: ClaimedJob, asked: Asked, fault: str) -> None:
    """The timeline, each record's own history, and the trail; after a refusal for good somebody has to call."""
    at, chasing = now(), job.kind == CHASE
    with transaction() as session, change(session, [asked.case_id], SYSTEM, None, at) as act:
        rows = owed(items_of(session, asked.case_id), asked.party_id)
        today = last_open(calendar_of(act.case.program), at)  # the worker comes by after closing: that is still today
        for row in rows:
            row.due_at = chase_at(act.case.program, today, CHASE_DAYS)
            row.chased_at = at if chasing and not fault else row.chased_at
        if fault:
            act.record("request_failed", new=fault, party_id=asked.party_id)
            if act.case.first_contact_at is not None:
                act.case.next_step = CALL
        elif chasing:
            act.record("records_chased", party_id=asked.party_id, detail={"items": [row.item for row in rows]})
        else:
            act.record("request_sent", new=asked.by, party_id=asked.party_id)
        audit(
            session, SYSTEM, Action.MESSAGE_FAILED if fault else Action.MESSAGE_DELIVERED, subject_kind="case",
            subject_id=asked.case_id, program=act.case.program,
        )  # fmt: skip
