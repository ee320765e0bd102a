"""The one way in: everything is written or nothing, once whatever is repeated, and a correction is kept beside."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app.audit.models import AuditRecord
from app.cases.change import change
from app.cases.domain import ChildIdentity, Kind, Status
from app.cases.models import BlindToken, Case, Consent, Link, Party, Submission
from app.cases.models_work import Event, Task
from app.cases.moves import end_told, move
from app.cases.story import identity_of
from app.cases.transitions import ENDED
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import Base, db, transaction
from app.core.jobs import Job
from app.core.sealing import DataKeyRow, ring
from app.programs.service import calendar_of
from tests.sending import send
from tests.stories.ways import INQUIRY

HANDLE = "abcdefghijklmnopqrstuv"


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app, to be asked."""
    with app.app_context():
        yield app
        db.session.remove()


def count() -> dict[str, int]:
    """Rows of each table that has any."""
    found = {
        name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in Base.metadata.tables.items()
    }
    db.session.remove()
    return {name: number for name, number in found.items() if number}


def test_everything_of_a_submission_is_written(inside: Flask) -> None:
    receipt = send(inside, Kind.REFERRAL, guardian_name="Mo Quill", guardian_phone="(413) 555-0117")
    case = db.session.get_one(Case, receipt.case_id)
    sent = db.session.get_one(Submission, receipt.submission_id)
    assert case.reference == sent.reference == receipt.reference
    assert (case.status, case.version, case.is_open, case.next_step) == ("new", 1, True, "first_contact")
    assert (sent.case_id, sent.origin_case_id, sent.amends) == (case.id, case.id, None)
    key = ring().load(db.session(), sent.key_id)
    document = key.unseal_json(sent.document, ("submission", "document", sent.id))
    assert document["patient_family_name"] == ["Quill"]
    assert key.unseal_json(case.identity, ("case", "identity", case.id))["family_name"] == "Quill"
    parties = db.session.execute(select(Party.role, Party.submission_id)).all()
    assert set(parties) == {("referrer", sent.id), ("family", None)}
    link = db.session.execute(select(Link)).scalar_one()
    assert (link.id, link.issue, link.submission_id) == (receipt.link_id, 1, sent.id)
    assert db.session.execute(select(Consent.wording, Consent.answer)).all() == [("privacy", True)]
    token_kinds = set(db.session.execute(select(BlindToken.kind)).scalars())
    assert {"child_name", "party_name", "phone", "birth_date", "code"} <= token_kinds
    assert db.session.execute(select(Event.kind)).scalars().all() == ["referral_received"]
    assert set(db.session.execute(select(Job.kind)).scalars()) == {"mail_staff", "send_receipt", "look_at_promises"}
    assert "submission_received" in set(db.session.execute(select(AuditRecord.action)).scalars())
    assert db.session.execute(select(DataKeyRow.purpose).where(DataKeyRow.id == case.key_id)).scalar_one() == "case"


def test_a_fault_at_any_statement_leaves_nothing_behind(inside: Flask) -> None:
    send(inside, handle=HANDLE)  # opens what is read once only
    before, engine, at = count(), db.engine, [0, 0]

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            at[0] += 1
            if at[0] == at[1]:
                message = "the disk is full"
                raise OSError(message)

    event.listen(engine, "before_cursor_execute", fail)
    try:
        for place in range(1, 40):
            at[:] = [0, place]
            try:
                send(inside, contact_email="" if place % 2 else "odalys@example.org")
            except OSError:
                assert count() == before, f"left behind at statement {place}"
            else:
                break
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert place > 10
    assert count()["case"] == before["case"] + 1


def test_the_same_answers_once_more_give_the_same_receipt_and_write_nothing(inside: Flask) -> None:
    first = send(inside, handle=HANDLE)
    before = count()
    for _time in range(3):
        assert send(inside, handle=HANDLE) == first
    assert count() == before


def test_other_answers_become_one_amendment_however_often_they_come(inside: Flask) -> None:
    sent_at = now()
    first = send(inside, handle=HANDLE, at=sent_at)
    later = sent_at + timedelta(hours=2)
    for _time in range(3):
        again = send(inside, handle=HANDLE, at=later, child_given_name="Ixchel")
        assert (again.reference, again.link_id, again.amended) == (first.reference, first.link_id, True)
    case = db.session.get_one(Case, first.case_id)
    assert (case.changed_after_sending_at, case.version) == (later, 2)
    assert "changed_after_sending" in case.attention_reasons
    amendment = db.session.execute(select(Submission).where(Submission.amends == first.submission_id)).scalar_one()
    assert (amendment.reference, amendment.key, amendment.case_id) == (None, None, first.case_id)
    original = db.session.get_one(Submission, first.submission_id)
    opened = [
        ring().load(db.session(), one.key_id).unseal_json(one.document, ("submission", "document", one.id))
        for one in (original, amendment)
    ]
    assert [one["child_given_name"] for one in opened] == [["Itzel"], ["Ixchel"]]
    assert db.session.execute(select(func.count()).select_from(Event)).scalar_one() == 2
    db.session.remove()
    other = send(inside, handle=HANDLE, at=later, child_given_name="Itzamara")
    assert other.case_id == first.case_id
    assert count()["submission"] == 3
    assert send(inside, handle=HANDLE) == first, "the first answers again are a repeat"


def opened(case_id: uuid.UUID) -> tuple[Case, ChildIdentity, dict[str, Any]]:
    """The case, its child, and the sender's details, as they stand now."""
    db.session.expire_all()
    case = db.session.get_one(Case, case_id)
    party = db.session.execute(select(Party).where(Party.submission_id.is_not(None))).scalar_one()
    key = ring().load(db.session(), case.key_id)
    return (
        case,
        identity_of(key, case.id, case.identity),
        key.unseal_json(party.details, ("party", "details", party.id)),
    )


def test_a_correction_reaches_everything_that_a_caller_looks_at(inside: Flask) -> None:
    first = send(inside, handle=HANDLE, contact_phone="(617) 555-0177")
    again = send(
        inside, handle=HANDLE, child_given_name="Ixchel", contact_phone="(617) 555-0199", phone_or_mailbox_shared="yes",
        in_hospital_now="yes", preferred_language="vi", dated={"child_dob-year": "2018"}, consent_contact_doctor="no",
    )  # fmt: skip
    assert again.amended
    case, child, details = opened(first.case_id)
    assert (child.given_name, child.birth_date) == ("Ixchel", "2018-03-27")
    assert (details["phone"], details["phone_or_mailbox_shared"]) == ("(617) 555-0199", True)
    assert (case.in_hospital, case.urgency, case.language, case.attention_band) == (True, "urgent", "vi", 10)
    assert case.due_at == case.received_at
    doctor = (
        select(Consent.answer).where(Consent.wording == "contact_doctor").order_by(Consent.at.desc(), Consent.id.desc())
    )
    assert db.session.execute(doctor).scalars().first() is False
    line = db.session.execute(select(Event).where(Event.kind == "changed_after_sending")).scalar_one()
    assert line.detail is not None
    was = ring().load(db.session(), case.key_id).unseal_json(line.detail, ("event", "detail", line.id))["was"]
    assert was.pop("child") == {"given_name": "Itzel", "birth_date": "2019-03-27"}
    assert next(iter(was.values()))["phone"] == "(617) 555-0177"
    send(inside, handle=HANDLE, in_hospital_now="no", child_given_name="Itzamara")
    case, child, details = opened(first.case_id)
    assert (child.given_name, case.in_hospital, case.urgency) == ("Itzamara", False, "urgent"), "only staff calm a case"


def test_a_correction_names_whom_the_referral_had_not(inside: Flask) -> None:
    first = send(inside, Kind.REFERRAL, handle=HANDLE, guardian_name="", guardian_phone="")
    for phone in ("(413) 555-0117", "(413) 555-0118"):
        send(inside, Kind.REFERRAL, handle=HANDLE, guardian_name="Mo Quill", guardian_phone=phone)
        party = db.session.execute(select(Party).where(Party.submission_id.is_(None))).scalar_one()
        key = ring().load(db.session(), party.key_id)
        assert key.unseal_json(party.details, ("party", "details", party.id))["phone"] == phone
        assert party.case_id == first.case_id
        db.session.remove()


@pytest.mark.parametrize("end", sorted(ENDED))
def test_a_correction_opens_an_ended_case_again_unless_the_child_died(inside: Flask, end: Status) -> None:
    first = send(inside, handle=HANDLE)
    with transaction() as session, change(session, [first.case_id], SYSTEM, None, now()) as act:
        move(act.case, Status.ACKNOWLEDGED, now(), calendar_of("cart"))
        move(act.case, end, now(), calendar_of("cart"))
        if end is Status.NOT_A_CANDIDATE_NOW:
            end_told(act.case)
        act.record("something")
    db.session.remove()
    send(inside, handle=HANDLE, child_given_name="Ixchel")
    case = db.session.get_one(Case, first.case_id)
    died = end is Status.DECEASED
    assert (case.status, case.is_open) == ((end, False) if died else ("acknowledged", True))
    assert case.contact_stop == died
    assert (case.attention_band, case.attention_reasons.split(",")[0]) == (20, "changed_after_sending")
    kinds = set(db.session.execute(select(Event.kind)).scalars())
    assert ("reopened" in kinds) != died


def test_the_key_of_a_form_dies_with_it_unless_it_became_the_cases(inside: Flask) -> None:
    send(inside, handle=HANDLE)
    keys = count()["data_key"]
    send(inside, handle=HANDLE)
    send(inside, handle=HANDLE, child_given_name="Ixchel")
    assert count()["data_key"] == keys == 2
    assert "draft" not in count()


def test_nothing_that_was_typed_can_be_read_in_any_table(inside: Flask) -> None:
    typed: dict[str, Any] = {
        "child_given_name": "Zqitzel", "child_family_name": "Zqquill", "contact_given_name": "Zqodalys",
        "contact_email": "zqmail@example.org", "message": "zqwords", "contact_phone": "(617) 555-0177",
    }  # fmt: skip
    send(inside, **typed)
    send(inside, **{**typed, "contact_email": ""})
    for table in Base.metadata.tables.values():
        for row in db.session.execute(select(table)):
            text = " ".join(value.hex() if isinstance(value, bytes) else str(value) for value in row).lower()
            for word in ("zq", "5550177", "555-0177", b"zq".hex() + "i", b"zqquill".hex(), "2019-03-27"):
                assert word not in text, table.name
    assert INQUIRY["child_dob-year"] == ["2019"]


def test_who_left_no_address_is_to_be_called(inside: Flask) -> None:
    receipt = send(inside, contact_email="")
    task = db.session.execute(select(Task)).scalar_one()
    assert (task.case_id, task.kind) == (receipt.case_id, "call_with_receipt")
    assert task.due_at == db.session.get_one(Case, receipt.case_id).first_contact_due_at
