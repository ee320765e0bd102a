"""The two letters of a submission, written from ids alone: the sender's receipt and the coordinators' "something new".

Nothing typed by a sender is in them: a reference, a link, and the program's neutral words.
"""

from __future__ import annotations

import hashlib
import uuid

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.change import change
from app.cases.links import secret_of
from app.cases.models import Case, Link, Party, Submission
from app.cases.reach import may_reach
from app.cases.silence import HELD
from app.core.actor import SYSTEM, Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import MOST_ATTEMPTS, ClaimedJob, Later, enqueue, job_row
from app.core.logs import log
from app.core.sealing import ring
from app.core.settings import settings
from app.delivery.service import Letter, NoSuchMailbox, NotDelivered, send_mail, send_text
from app.programs.addresses import with_phone
from app.programs.service import hospital


def send_receipt(job: ClaimedJob) -> None:
    """Tell the sender: the reference and the private link, by mail or by text as they asked."""
    session = db.session()
    row = session.execute(
        select(Link, Submission.reference, Submission.locale, Party, Case.program)
        .join(Submission, Submission.id == Link.submission_id)
        .join(Party, Party.id == Link.party_id)
        .join(Case, Case.id == Link.case_id)
        .where(Link.id == job.subject_id)
    ).one_or_none()
    if row is None or row.Link.revoked_at:
        return
    details = ring().load(session, row.Party.key_id).unseal_json(row.Party.details, ("party", "details", row.Party.id))
    link = f"{settings().public_url.rstrip('/')}/follow/{secret_of(session, row.Link.id, row.Link.issue)}"
    with force_locale(row.locale):
        words = {
            "reference": row.reference,
            "link": link,
            "hospital": with_phone(hospital().folder, hospital().program(row.program)),
        }
        by_text = row.Party.reply_by == "text"
        subject = _("We have your form")
        body = render_template("email/receipt/text.txt" if by_text else "email/receipt/body.txt", **words)
    deliver(job, row.Link.case_id, row.Party.id, details.get("email", ""), subject, body, by_text=by_text)


def deliver(
    job: ClaimedJob, case_id: uuid.UUID, party_id: uuid.UUID, to: str, subject: str, body: str, *, by_text: bool
) -> None:
    """Hand over, then put on the timeline how it went. After a refusal for good somebody has to call.

    Whether the party may be reached is asked here, at the last moment, of the case as it stands now.
    """
    session = db.session()
    session.rollback()
    stands = may_reach(session, session.get_one(Case, case_id), session.get_one(Party, party_id))
    if stands.code == HELD:
        raise Later(HELD)
    if not stands.allowed:
        return
    fault = handed_over(job, to, subject, body, by_text=by_text)
    note_delivery(case_id, party_id, channel="" if fault else "text" if by_text else "mail", fault=fault)


def handed_over(job: ClaimedJob, to: str, subject: str, body: str, *, by_text: bool) -> str:
    """Empty where it was taken, else a refusal for good in a short code. Raises Later while another try may help."""
    try:
        if by_text:
            send_text(settings(), body)
        else:
            send_mail(settings(), letter_to(to, subject, body, job))
    except NotDelivered as fault:
        if not fault.final and job.attempts < MOST_ATTEMPTS:
            raise Later(fault.fault) from None
        return fault.fault
    return ""


def note_delivery(case_id: uuid.UUID, party_id: uuid.UUID, *, channel: str = "", fault: str = "") -> None:
    """A line of the timeline and of the trail."""
    with transaction() as session, change(session, [case_id], SYSTEM, None, now()) as act:
        act.record("receipt_failed" if fault else "receipt_sent", new=fault or channel, party_id=party_id)
        if fault:
            act.case.next_step = "call_with_receipt"
        audit(
            session, SYSTEM, Action.MESSAGE_FAILED if fault else Action.MESSAGE_DELIVERED, subject_kind="case",
            subject_id=case_id, program=act.case.program,
        )  # fmt: skip


def mail_staff(job: ClaimedJob) -> None:
    """Tell the program's coordinators that something new is there: a job for each, so that none waits for another."""
    with transaction() as session:
        people = session.execute(
            select(Grant.user_id).distinct().join(User, User.id == Grant.user_id)
            .join(Case, Case.program == Grant.program)
            .where(Case.id == job.case_id, Grant.role == Role.COORDINATOR, User.active)
        ).scalars().all()  # fmt: skip
        enqueue(
            session,
            [
                job_row(
                    session, "mail_coordinator", dedupe_key=f"mail_coordinator:{job.id}:{person}", at=now(),
                    subject_id=person, case_id=job.case_id,
                )
                for person in people
            ],
        )  # fmt: skip


def mail_coordinator(job: ClaimedJob) -> None:
    """Tell one of them: the reference and a link to the desk."""
    row = db.session.execute(
        select(Case.reference, User.email).join(User, (User.id == job.subject_id) & User.active)
        .where(Case.id == job.case_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return
    link = f"{settings().public_url.rstrip('/')}/desk/cases/{row.reference}"
    body = render_template("email/staff/body.txt", reference=row.reference, link=link, hospital=hospital().folder)
    tell_colleague(job, row.email, _("Something new is on the desk"), body)


def tell_colleague(job: ClaimedJob, address: str, subject: str, body: str) -> None:
    """A mail to the one of the staff whom a job names. Raises Later."""
    try:
        send_mail(settings(), letter_to(address, subject, body, job))
    except NoSuchMailbox as fault:
        log().warning("colleague_not_reached", user=str(job.subject_id), fault=fault.fault)
    except NotDelivered as fault:
        raise Later(fault.fault) from None


def letter_to(address: str, subject: str, body: str, job: ClaimedJob) -> Letter:
    """From the program's neutral sender; the same job always makes the same Message-ID, so a repeat can be seen."""
    folder = hospital().folder
    mark = hashlib.sha256(job.id.bytes + address.encode()).hexdigest()[:24]
    host = folder.mail_from.rpartition("@")[2]
    return Letter(address, subject, body, folder.sender_name, folder.mail_from, f"<{mark}@{host}>")
