"""The one way in: a frozen input becomes a case, once, whatever happens; nothing else creates one.

Same key and same answers: the same receipt. Same key and other answers: an amendment, nothing overwritten.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.attention import Standing, attention
from app.cases.change import Change, change
from app.cases.checklist import begin_complete, first_rows, remake
from app.cases.corrections import take_answers
from app.cases.domain import (
    CHANGEABLE,
    ChildIdentity,
    Marker,
    NewParty,
    NewSubmission,
    Receipt,
    Status,
    Urgency,
    WaitingOn,
)
from app.cases.guard import writing
from app.cases.models import BlindToken, Case, Consent, Link, Party, Submission
from app.cases.models_checklist import ChecklistItem
from app.cases.models_work import Event, Task
from app.cases.moves import move
from app.cases.paging import begin
from app.cases.promise_watch import lead_of, look_rows
from app.cases.promises import Open, Promised, first_look, pressing
from app.cases.transitions import ENDED
from app.core.actor import ActorKind, Permission
from app.core.blind import BlindKey, tokens
from app.core.database import AnyRow, insert_unless_there, is_sqlite, write_rows
from app.core.errors import TooLate
from app.core.ids import new_id
from app.core.jobs import enqueue, job_row
from app.core.reference import new_reference
from app.core.sealing import DataKey, DataKeyRow, ring
from app.programs.service import calendar_of

DIGEST_LABEL = "submission digest v1"
BLIND_LABEL = "blind tokens v1"
BLIND_VERSION = 1
BECOMES_CASE_KEY = (
    update(DataKeyRow.__table__).where(DataKeyRow.__table__.c.id == bindparam("key_id")).values(purpose="case")
)
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest_of(session: Session, document: Mapping[str, Any]) -> bytes:
    """Keyed digest of the answers: tells a repeat from a correction and says nothing of what was typed."""
    return hmac.digest(ring().house(session).derive(DIGEST_LABEL), CANONICAL(document).encode(), hashlib.sha256)


def blind_key(session: Session) -> BlindKey:
    """The key of the search tokens, derived from the house's."""
    return BlindKey(ring().house(session).derive(BLIND_LABEL), BLIND_VERSION)


def receive(session: Session, new: NewSubmission, key: DataKey) -> tuple[Receipt, bool]:
    """Write everything a submission brings in the caller's transaction; returns the receipt and whether it is new.

    `key` is the draft's data key, which becomes the case's, or a new one where there was no draft.
    """
    case_id, submission_id, digest = new_id(), new_id(), digest_of(session, new.document)
    with writing(frozenset({case_id})):
        reference = insert_submission(session, new, key, case_id=case_id, submission_id=submission_id, digest=digest)
        while reference is None:
            known = by_key(session, new.key)
            if known is not None:
                return again(session, new, known, digest), False
            # The reference was taken by another (one in 2^40): make a new one.
            reference = insert_submission(
                session, new, key, case_id=case_id, submission_id=submission_id, digest=digest
            )  # fmt: skip
        receipt = Receipt(submission_id, case_id, reference, new_id(), 1)
        write(session, new, key, receipt)
    return receipt, True


def write(session: Session, new: NewSubmission, key: DataKey, receipt: Receipt) -> None:
    """Everything that a submission brings beside itself."""
    party_id = new_id()
    if new.draft_id is not None:
        session.connection().execute(BECOMES_CASE_KEY, {"key_id": key.id})
    parties = [party_row(new, new.party, key, receipt, party_id)]
    parties += [named_row(new, other, key, receipt) for other in new.others]
    listed = first_rows(new, receipt, parties)
    complete = begin_complete(new, listed)
    write_rows(session, Case, [case_row(new, key, receipt) | complete])
    write_rows(session, Party, parties)
    write_rows(session, ChecklistItem, listed)
    write_rows(session, Link, [link_row(new, receipt, party_id)])
    write_rows(session, Consent, consent_rows(new, receipt, party_id))
    write_rows(session, BlindToken, token_rows(session, new, receipt))
    write_rows(session, Event, [event_row(new, receipt, party_id)])
    if complete:
        due, promise = complete["decision_due_at"], Open(((Promised.DECISION, complete["decision_due_at"]),), lead_of(new.program))  # fmt: skip
        enqueue(session, look_rows(session, receipt.case_id, first_look(promise, new.received_at), new.received_at))
        line = event_row(new, receipt, party_id) | {"kind": "records_complete", "new_value": due.isoformat() if due else None}  # fmt: skip
        write_rows(session, Event, [line])
    tell(session, new, receipt, party_id)
    audit(
        session, new.actor, Action.SUBMISSION_RECEIVED, subject_kind="case", subject_id=receipt.case_id,
        program=new.program, at=new.received_at,
    )  # fmt: skip


def insert_submission(
    session: Session, new: NewSubmission, key: DataKey, *, case_id: uuid.UUID, submission_id: uuid.UUID, digest: bytes
) -> str | None:
    """Insert the submission, first of all statements; None when its key (or reference) is there already."""
    row = submission_row(new, key, case_id=case_id, submission_id=submission_id, digest=digest)
    row |= {"reference": new_reference(), "key": new.key}
    statement = insert_unless_there(Submission.__table__, sqlite=is_sqlite(session), returning="reference")
    made: str | None = session.connection().execute(statement, row).scalar_one_or_none()
    return made


def submission_row(
    new: NewSubmission, key: DataKey, *, case_id: uuid.UUID, submission_id: uuid.UUID, digest: bytes
) -> dict[str, Any]:
    """What a submission and an amendment have in common."""
    return {
        "id": submission_id, "case_id": case_id, "origin_case_id": case_id, "amends": None,
        "program": new.program, "program_version": new.program_version, "kind": str(new.kind),
        "channel": str(new.channel), "actor_kind": str(new.actor.kind), "actor_id": new.actor.id,
        "told_by": new.told_by, "form_version": new.form_version, "locale": new.locale,
        "received_at": new.received_at, "digest": digest, "marker": str(new.marker),
        "missing": ",".join(new.missing), "key_id": key.id,
        "document": key.seal_json(new.document, ("submission", "document", submission_id)),
    }  # fmt: skip


def by_key(session: Session, key: bytes) -> AnyRow | None:
    """The submission that this key made, with its link."""
    return session.execute(
        select(
            Submission.id, Submission.case_id, Submission.reference, Submission.digest, Submission.key_id, Submission.received_at,
            Link.id.label("link_id"), Link.issue, Link.party_id,
        )
        .join(Link, Link.submission_id == Submission.id)
        .where(Submission.key == key)
    ).one_or_none()  # fmt: skip


def receipt_of(known: AnyRow, *, amended: bool = False) -> Receipt:
    """The receipt that was given before."""
    return Receipt(known.id, known.case_id, known.reference, known.link_id, known.issue, amended)


def again(session: Session, new: NewSubmission, known: AnyRow, digest: bytes) -> Receipt:
    """The same key once more: the same receipt; other answers are kept as an amendment, once. Raises TooLate."""
    if hmac.compare_digest(known.digest, digest):
        return receipt_of(known)
    seen = session.execute(
        select(Submission.id).where(Submission.amends == known.id, Submission.digest == digest)
    ).first()
    if seen is None:
        if new.received_at - known.received_at > CHANGEABLE:
            raise TooLate
        amend(session, new, known, digest)
    return receipt_of(known, amended=True)


def amend(session: Session, new: NewSubmission, known: AnyRow, digest: bytes) -> None:
    """Keep a correction beside what was sent first, and bring the case back up the queue."""
    needed = Permission.WORK_CASES if new.actor.kind is ActorKind.STAFF else None
    with change(session, [known.case_id], new.actor, needed, new.received_at) as act:
        key = ring().load(session, known.key_id)
        amendment_id = new_id()
        row = submission_row(new, key, case_id=known.case_id, submission_id=amendment_id, digest=digest)
        # `change` holds the case's lock, so two equal amendments meet here one after the other.
        made = session.execute(
            insert_unless_there(Submission.__table__, sqlite=is_sqlite(session), returning="id"),
            row | {"amends": known.id, "reference": None, "key": None},
        ).scalar_one_or_none()
        if made is None:
            act.record("amendment_repeated", party_id=known.party_id)
            return
        receipt = receipt_of(known)
        was, unknown = take_answers(session, act, new, known)
        write_rows(session, Party, [named_row(new, one, key, receipt) for one in unknown])
        write_rows(session, Consent, consent_rows(new, receipt, known.party_id, amendment_id))
        write_rows(session, BlindToken, token_rows(session, new, receipt, amendment_id))
        act.record("changed_after_sending", party_id=known.party_id, subject_id=amendment_id, detail={"was": was})
        remake(act, new)
        reopen(act)
        act.case.changed_after_sending_at = new.received_at
        act.job("mail_staff", dedupe_key=f"mail_staff:{amendment_id}", subject_id=amendment_id)


def reopen(act: Change) -> None:
    """An ended case that somebody corrects goes on where it ended, or nobody would look at it again.

    A decision that the family does not know yet stands: its case is looked at. Not a child's who died: a manager decides, whose list of such cases shows the change first.
    """
    case, status = act.case, Status(act.case.status)
    if status in ENDED and not case.is_open and status is not Status.DECEASED:
        back = Status(case.status_before or Status.NEW)
        move(case, back, act.at, calendar_of(case.program))
        act.record("reopened", old=status, new=back)


def case_row(new: NewSubmission, key: DataKey, receipt: Receipt) -> dict[str, Any]:
    """The case as it begins: new, with nobody, first contact due."""
    facts, at = new.facts, new.received_at
    place = attention(
        Standing(
            kind=str(new.kind), status=Status.NEW, urgency=facts.urgency, waiting_on=WaitingOn.US, received_at=at,
            status_at=at, due_at=new.first_contact_due_at or at, first_contact_at=None,
            changed_after_sending_at=None, in_hospital=facts.in_hospital, time_critical=facts.time_critical,
            possibly_automatic=facts.possibly_automatic,
            pressing=next(iter(pressing(promised_by(new), at)), None),
        )
    )  # fmt: skip
    return {
        "id": receipt.case_id, "reference": receipt.reference, "program": new.program,
        "program_version": new.program_version, "routed_by": ",".join(new.routed_by), "kind": str(new.kind), "marker": str(new.marker),
        "status": str(Status.NEW), "status_before": None, "status_at": at, "is_open": True,
        "urgency": str(facts.urgency), "assignee_id": None, "waiting_on": str(WaitingOn.US),
        "next_step": "first_contact", "due_at": new.first_contact_due_at or at,
        "first_contact_due_at": new.first_contact_due_at, "disease_group": facts.disease_group,
        "language": facts.language, "country": facts.country, "insurance_type": facts.insurance_type,
        "age_band": facts.age_band, "in_hospital": facts.in_hospital, "time_critical": facts.time_critical,
        "possibly_automatic": facts.possibly_automatic, "restricted": False, "legal_hold": False,
        "contact_stop": False, "attention_band": int(place.band), "attention_at": place.at,
        "attention_reasons": ",".join(place.reasons), "received_at": at, "changed_at": at, "version": 1,
        "key_id": key.id,
        "identity": key.seal_json({name: getattr(new.child, name) for name in ChildIdentity.__slots__}, ("case", "identity", receipt.case_id)),
    }  # fmt: skip


def promised_by(new: NewSubmission) -> Open:
    """What a case promises as it begins."""
    due = ((Promised.FIRST_CONTACT, new.first_contact_due_at),) if new.first_contact_due_at else ()
    return Open(due, lead_of(new.program))


def party_row(
    new: NewSubmission, party: NewParty, key: DataKey, receipt: Receipt, party_id: uuid.UUID
) -> dict[str, Any]:
    """Who sent it, or whom they named."""
    return {
        "id": party_id, "case_id": receipt.case_id, "origin_case_id": receipt.case_id,
        "submission_id": receipt.submission_id, "role": party.role, "language_spoken": party.language_spoken,
        "language_read": party.language_read, "interpreter": party.interpreter, "reply_by": party.reply_by,
        "silent": False, "key_id": key.id, "made_at": new.received_at,
        "details": key.seal_json(dict(party.details), ("party", "details", party_id)),
    }  # fmt: skip


def named_row(new: NewSubmission, party: NewParty, key: DataKey, receipt: Receipt) -> dict[str, Any]:
    """Whom the sender named: they have sent nothing themselves."""
    return party_row(new, party, key, receipt, new_id()) | {"submission_id": None}


def link_row(new: NewSubmission, receipt: Receipt, party_id: uuid.UUID) -> dict[str, Any]:
    """The sender's private link."""
    return {
        "id": receipt.link_id, "case_id": receipt.case_id, "origin_case_id": receipt.case_id,
        "party_id": party_id, "submission_id": receipt.submission_id, "purpose": "follow", "issue": 1,
        "tries": 0, "made_at": new.received_at,
    }  # fmt: skip


def consent_rows(
    new: NewSubmission, receipt: Receipt, party_id: uuid.UUID, submission_id: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """Each answer to a dated wording."""
    return [
        {
            "id": new_id(), "case_id": receipt.case_id, "origin_case_id": receipt.case_id, "party_id": party_id,
            "submission_id": submission_id or receipt.submission_id, "wording": given.wording,
            "wording_version": given.wording_version, "locale": new.locale, "answer": given.answer,
            "at": new.received_at,
        }
        for given in new.consents
    ]  # fmt: skip


def token_rows(
    session: Session, new: NewSubmission, receipt: Receipt, submission_id: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """What search and matching will find the case by."""
    key = blind_key(session)
    return [
        {
            "kind": kind, "token": token, "case_id": receipt.case_id,
            "submission_id": submission_id or receipt.submission_id, "key_version": key.version,
        }
        for kind, token in sorted(set(tokens(key, new.terms)))
    ]  # fmt: skip


def event_row(new: NewSubmission, receipt: Receipt, party_id: uuid.UUID) -> dict[str, Any]:
    """The first line of the timeline."""
    return {
        "id": new_id(), "case_id": receipt.case_id, "origin_case_id": receipt.case_id, "at": new.received_at,
        "actor_kind": str(new.actor.kind), "actor_id": new.actor.id, "kind": f"{new.kind}_received",
        "old_value": None, "new_value": str(new.channel), "party_id": party_id,
        "subject_id": receipt.submission_id, "key_id": None, "detail": None,
    }  # fmt: skip


def tell(session: Session, new: NewSubmission, receipt: Receipt, party_id: uuid.UUID) -> None:
    """The sender's receipt (or a task to call, where they left no address) and a word to the coordinators."""
    rows = [
        job_row(
            session, "mail_staff", dedupe_key=f"mail_staff:{receipt.submission_id}", at=new.received_at,
            subject_id=receipt.submission_id, case_id=receipt.case_id,
        )
    ]  # fmt: skip
    if new.party.reply_by in {"mail", "text"}:
        rows.append(
            job_row(
                session, "send_receipt", dedupe_key=f"send_receipt:{receipt.submission_id}", at=new.received_at,
                subject_id=receipt.link_id, case_id=receipt.case_id,
            )
        )  # fmt: skip
    else:
        task = {
            "id": new_id(), "case_id": receipt.case_id, "origin_case_id": receipt.case_id,
            "kind": "call_with_receipt", "party_id": party_id,
            "due_at": new.first_contact_due_at or new.received_at, "made_at": new.received_at,
        }  # fmt: skip
        write_rows(session, Task, [task])
    if new.marker is not Marker.CANARY:
        rows += look_rows(session, receipt.case_id, first_look(promised_by(new), new.received_at), new.received_at)
    enqueue(session, rows)
    if new.facts.urgency is Urgency.URGENT and new.marker is not Marker.CANARY:
        begin(session, receipt.case_id, new.program, new.received_at)
