"""Who may be reached: what stands against it, who passes it with a reason, and that the reason stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.cases import acts
from app.cases.domain import Kind, Status
from app.cases.models import Case, Party
from app.cases.models_work import ContactAttempt, Event
from app.cases.reach import FIELD, may_reach
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Refused
from tests.cases.test_acts import actor
from tests.sending import send, set_rows

DOCTOR: dict[str, Any] = {"treating_doctor_name": "Dr. Oyelaran", "treating_doctor_phone": "(617) 555-0140"}
UNAWARE: dict[str, Any] = {"family_aware": "no", "guardian_name": "Mo Quill", "guardian_phone": "(413) 555-0117"}


@pytest.fixture
def inside(staffed: Flask) -> Iterator[Flask]:
    """The app with people, inside a request."""
    with staffed.test_request_context():
        yield staffed
        db.session.remove()


def party_of(case_id: uuid.UUID, role: str) -> Party:
    """The party of a role on a case."""
    return db.session.execute(select(Party).where(Party.case_id == case_id, Party.role == role)).scalar_one()


def call(
    app: Flask, case_id: uuid.UUID, role: str, login: str = "ana.ribeiro", despite: str = "", outcome: str = "reached"
) -> None:
    """Log a call to a party."""
    who, party = actor(app, login), party_of(case_id, role).id
    with transaction() as session:
        acts.log_contact(session, case_id, who, now(), party_id=party, channel="phone", outcome=outcome,
                         interpreter=False, detail="", despite=despite)  # fmt: skip


def code(case_id: uuid.UUID, role: str) -> str:
    """What stands against reaching them."""
    db.session.expire_all()
    return may_reach(db.session(), db.session.get_one(Case, case_id), party_of(case_id, role)).code


@pytest.mark.parametrize(("answer", "stands"), [("no", "no_consent"), ("yes", "")])
def test_the_doctor_whom_a_family_named_is_called_only_with_the_familys_yes(inside: Flask, answer: str, stands: str) -> None:  # fmt: skip
    case = send(inside, consent_contact_doctor=answer, **DOCTOR).case_id
    assert code(case, "doctor") == stands
    assert not code(case, "family")
    if stands:
        with pytest.raises(Refused, match="has not said") as refused:
            call(inside, case, "doctor")
        assert refused.value.field == FIELD
        assert db.session.execute(select(ContactAttempt.id)).all() == []
        call(inside, case, "doctor", despite="The mother asked me on the phone.")
        line = db.session.execute(select(Event).where(Event.kind == "reached_despite")).scalar_one()
        assert (line.new_value, line.party_id) == ("no_consent", party_of(case, "doctor").id)
        assert b"mother" not in (line.detail or b"")
    else:
        call(inside, case, "doctor")
    assert len(db.session.execute(select(ContactAttempt.id)).all()) == 1


def test_the_newest_answer_about_the_doctor_counts(inside: Flask) -> None:
    handle = "abcdefghijklmnopqrstuv"
    case = send(inside, handle=handle, consent_contact_doctor="yes", **DOCTOR).case_id
    send(inside, handle=handle, consent_contact_doctor="no", **DOCTOR)
    assert code(case, "doctor") == "no_consent"


def test_a_word_with_the_doctor_is_no_answer_to_the_family(inside: Flask) -> None:
    case = send(inside, **DOCTOR).case_id
    call(inside, case, "doctor")
    assert db.session.execute(select(Case.first_contact_at, Case.next_step)).one() == (None, "first_contact")
    call(inside, case, "family")
    assert db.session.execute(select(Case.first_contact_at)).scalar_one() is not None


def test_a_family_that_was_not_told_is_not_called_without_a_reason(inside: Flask) -> None:
    case = send(inside, Kind.REFERRAL, **UNAWARE).case_id
    assert (code(case, "family"), code(case, "referrer")) == ("family_unaware", "")
    with pytest.raises(Refused, match="ask the referrer first"):
        call(inside, case, "family", despite=" \n")
    call(inside, case, "family", despite="Dr. Quill told them this morning.")


@pytest.mark.parametrize(
    ("values", "stands"),
    [
        ({"contact_stop": True}, "stopped"),
        ({"status": Status.DECEASED, "is_open": False, "contact_stop": True}, "died"),
    ],
)
def test_a_stop_is_passed_by_a_manager_alone_and_never_without_a_reason(inside: Flask, values: Any, stands: str) -> None:  # fmt: skip
    case = send(inside).case_id
    set_rows(inside, update(Case).values(values))
    assert code(case, "family") == stands
    with pytest.raises(Refused) as refused:
        call(inside, case, "family", despite="a reason")
    assert refused.value.field == "party"
    with pytest.raises(Refused):
        call(inside, case, "family", "mina.dalgaard")
    call(inside, case, "family", "mina.dalgaard", despite="She called us and asked for a word.")


def test_who_is_silent_and_what_waits_is_not_called_either(inside: Flask) -> None:
    case = send(inside).case_id
    set_rows(inside, update(Case).values(contact_held_at=now()))
    assert code(case, "family") == "held"
    call(inside, case, "family", despite="To find out.")
    set_rows(inside, update(Party).values(silent=True), update(Case).values(contact_held_at=None))
    assert code(case, "family") == "silent"
