"""The mail that says a message is there, and the one with a code: made from ids, without a word of either's content."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.change import change
from app.cases.codes import CODE_LASTS, code_of
from app.cases.letters import letter_to
from app.cases.links import secret_of
from app.cases.messages import FAILED, NO_WAY, QUEUED, SENT, why_not
from app.cases.models import Case, Link, OneTimeCode, Party, Submission
from app.cases.models_work import Message
from app.cases.reach import may_reach
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import MOST_ATTEMPTS, ClaimedJob, Later
from app.core.sealing import ring
from app.core.settings import settings
from app.delivery.service import NotDelivered, send_mail, send_text
from app.programs.addresses import with_phone
from app.programs.service import hospital


@dataclass(frozen=True, slots=True)
class Way:
    """How a party is written to, and in which language."""

    link: Link
    party: Party
    case: Case
    locale: str
    email: str

    @property
    def by_text(self) -> bool:
        """As they asked for on the form."""
        return self.party.reply_by == "text"


def way_of(link_id: uuid.UUID | None = None, party_id: uuid.UUID | None = None) -> Way | None:
    """From a link, or from the party that it is of."""
    session = db.session()
    row = session.execute(
        select(Link, Party, Case, Submission.locale)
        .join(Party, Party.id == Link.party_id).join(Case, Case.id == Link.case_id)
        .join(Submission, Submission.id == Link.submission_id)
        .where(Link.id == link_id if link_id else Link.party_id == party_id, Link.revoked_at.is_(None))
        .order_by(Link.made_at).limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    key = ring().load(session, row.Party.key_id)
    details = key.unseal_json(row.Party.details, ("party", "details", row.Party.id))
    return Way(row.Link, row.Party, row.Case, row.locale, details.get("email", ""))


def hand_over(way: Way, job: ClaimedJob, subject: str, template: str, **words: object) -> None:
    """By mail, or by text as they asked. Raises NotDelivered."""
    folder = with_phone(hospital().folder, hospital().program(way.case.program))
    body = render_template(f"email/{template}/{'text' if way.by_text else 'body'}.txt", hospital=folder, **words)
    if way.by_text:
        send_text(settings(), body)
    elif way.email:
        send_mail(settings(), letter_to(way.email, subject, body, job))
    else:
        raise NotDelivered(NO_WAY, final=True)


def send_message(job: ClaimedJob) -> None:
    """Say that a message is there, with the private link; then on the message how it went. A stop is asked once more."""
    session = db.session()
    message = session.get(Message, job.subject_id)
    if message is None or message.state != QUEUED:
        return
    way = way_of(party_id=message.party_id)
    if way is None or why_not(session, way.case, way.party):
        if way and way.case.contact_held_at and job.attempts < MOST_ATTEMPTS:
            raise Later("held")
        note_delivery(message, "stopped")
        return
    link = f"{settings().public_url.rstrip('/')}/follow/{secret_of(session, way.link.id, way.link.issue)}/messages"
    try:
        with force_locale(way.locale):
            hand_over(way, job, _("A message for you"), "message", link=link)
    except NotDelivered as fault:
        if not fault.final and job.attempts < MOST_ATTEMPTS:
            raise Later(fault.fault) from None
        note_delivery(message, fault.fault)
    else:
        note_delivery(message)


def note_delivery(message: Message, fault: str = "") -> None:
    """How it went, on the message, the timeline and the trail. After a refusal for good somebody has to call."""
    with transaction() as session, change(session, [message.case_id], SYSTEM, None, now()) as act:
        row = session.get_one(Message, message.id)
        row.state = NO_WAY if fault == NO_WAY else FAILED if fault else SENT
        act.record("message_failed" if fault else "message_mailed", new=fault, party_id=row.party_id, subject_id=row.id)
        if fault and fault != "stopped" and act.case.is_open:
            act.case.next_step = "call_about_message"
        audit(
            session, SYSTEM, Action.MESSAGE_FAILED if fault else Action.MESSAGE_DELIVERED, subject_kind="message",
            subject_id=row.id, program=act.case.program,
        )  # fmt: skip


def send_code(job: ClaimedJob) -> None:
    """The newest code of a link, while it counts, to the address that is known; to nobody where a stop holds."""
    session = db.session()
    code, way = session.get(OneTimeCode, job.subject_id), way_of(link_id=job.subject_id)
    if code is None or way is None or code.used_at or code.expires_at <= now():
        return
    if not may_reach(session, way.case, way.party).allowed:
        return
    minutes = int(CODE_LASTS.total_seconds() // 60)
    try:
        with force_locale(way.locale):
            digits = code_of(session, way.link.id, way.link.issue, code.number)
            hand_over(way, job, _("Your code"), "code", code=digits, minutes=minutes)
    except NotDelivered as fault:
        if not fault.final:
            raise Later(fault.fault) from None
