"""The records checklist: made with the case, kept by the form, by files' owners and by staff; the second clock with it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases import acts
from app.cases.checklist import mark, wanted
from app.cases.checklist_domain import SETTLED, ItemState, complete
from app.cases.domain import Kind, Receipt, Status
from app.cases.handover import hand_over
from app.cases.models import Case, Party
from app.cases.models_checklist import ChecklistItem, Pause
from app.cases.models_work import Event
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, Refused
from app.programs.clocks import add_business_days
from app.programs.service import calendar_of
from tests.cases.test_acts import actor, inside, kinds  # noqa: F401  inside is a fixture
from tests.programs.test_docs import at as instant
from tests.programs.test_docs import table
from tests.sending import send, set_rows

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
NEEDED = ("pathology_report", "flow_cytometry", "bone_marrow_report", "treatment_summary")
HERE: dict[str, Any] = dict.fromkeys((f"record_{one}" for one in NEEDED), "not_applicable")


def states(case_id: uuid.UUID) -> dict[str, str]:
    """Where each record stands."""
    db.session.expire_all()
    return {row.item: row.state for row in rows(case_id)}


def rows(case_id: uuid.UUID) -> list[ChecklistItem]:
    """The list."""
    return list(db.session.execute(select(ChecklistItem).where(ChecklistItem.case_id == case_id).order_by(ChecklistItem.place)).scalars())  # fmt: skip


def put(app: Flask, case_id: uuid.UUID, to: ItemState, *items: str, reason: str = "", at: datetime | None = None) -> None:  # fmt: skip
    """A coordinator marks some records as the page shows them."""
    seen = {item: state for item, state in states(case_id).items() if item in items}
    with transaction() as session:
        mark(session, case_id, actor(app), at or now(), seen=seen, to=to, reason=reason)


def case_of(receipt: Receipt) -> Case:
    """The case as it stands."""
    db.session.expire_all()
    return db.session.get_one(Case, receipt.case_id)


def test_a_referral_begins_with_its_list_as_the_form_said(inside: Flask) -> None:  # noqa: F811
    receipt = send(
        inside, Kind.REFERRAL, record_flow_cytometry="sent", record_bone_marrow_report="pending",
        record_treatment_summary="not_available", record_imaging="not_applicable", guardian_name="Ofelia Quill",
        guardian_phone="(617) 555-0118",
    )  # fmt: skip
    found = states(receipt.case_id)
    assert list(found) == [one.item for one in wanted("cart", "leukemia")]
    assert found["pathology_report"] == "missing"
    assert found["flow_cytometry"] == found["bone_marrow_report"] == "promised"
    assert (found["treatment_summary"], found["imaging"]) == ("not_available", "not_applicable")
    parties = {one.id: one.role for one in db.session.execute(select(Party)).scalars()}
    assert {row.item: parties[row.party_id] for row in rows(receipt.case_id) if row.party_id} == {
        row.item: "family" if row.owner == "family" else "referrer" for row in rows(receipt.case_id)
    }
    due = add_business_days(calendar_of("cart"), case_of(receipt).received_at, 2)
    assert {row.due_at for row in rows(receipt.case_id) if row.state in {"missing", "promised"}} == {due}
    assert case_of(receipt).records_complete_at is None


@SQLITE
def test_a_familys_list_names_who_has_each_record(inside: Flask) -> None:  # noqa: F811
    receipt = send(inside)
    sender = db.session.execute(select(Party.id)).scalar_one()
    assert {row.party_id for row in rows(receipt.case_id) if row.owner == "referrer"} == {None}
    assert {row.party_id for row in rows(receipt.case_id) if row.owner == "family"} == {sender}


@given(st.lists(st.sampled_from(list(ItemState)), max_size=6))
def test_records_are_complete_when_nothing_needed_is_open_and_something_is_needed(found: list[ItemState]) -> None:
    assert complete(found) == (bool(found) and not set(found) - SETTLED)


@SQLITE
def test_what_was_not_received_does_not_complete_the_records(inside: Flask) -> None:  # noqa: F811
    sent: dict[str, Any] = dict.fromkeys(HERE, "sent")
    receipt = send(inside, Kind.REFERRAL, **sent)
    put(inside, receipt.case_id, ItemState.RECEIVED, *NEEDED[1:])
    put(inside, receipt.case_id, ItemState.NOT_AVAILABLE, NEEDED[0])
    assert case_of(receipt).records_complete_at is None
    with pytest.raises(Refused, match="can do without it"):
        put(inside, receipt.case_id, ItemState.WAIVED, NEEDED[0], reason=" ")
    put(inside, receipt.case_id, ItemState.WAIVED, NEEDED[0], reason="The block was lost in a flood.")
    assert case_of(receipt).records_complete_at is not None
    waived = next(row for row in rows(receipt.case_id) if row.item == NEEDED[0])
    assert waived.waived_by == actor(inside).id


@SQLITE
def test_two_who_mark_the_same_record_are_told_and_nothing_is_overwritten(inside: Flask) -> None:  # noqa: F811
    receipt = send(inside, Kind.REFERRAL)
    put(inside, receipt.case_id, ItemState.RECEIVED, "flow_cytometry")
    with pytest.raises(Conflict) as told, transaction() as session:
        seen = {"flow_cytometry": "missing", "pathology_report": "missing"}
        mark(session, receipt.case_id, actor(inside), now(), seen=seen, to=ItemState.NOT_AVAILABLE, reason="")
    assert told.value.theirs == "flow_cytometry"
    assert states(receipt.case_id)["flow_cytometry"] == "received"
    assert states(receipt.case_id)["pathology_report"] == "missing"


def test_complete_records_start_the_second_clock_and_lead_to_review(inside: Flask, clock: Any) -> None:  # noqa: F811
    receipt = send(inside, Kind.REFERRAL)
    who, case_id = actor(inside), receipt.case_id
    referrer = db.session.execute(select(Party.id)).scalar_one()
    with transaction() as session:
        acts.change_status(session, case_id, who, now(), seen="new", to=Status.ACKNOWLEDGED, reason="")
    with transaction() as session:
        acts.log_contact(
            session, case_id, who, now(), party_id=referrer, channel="phone", outcome="reached", interpreter=False, detail="",
        )  # fmt: skip
    clock.shift(timedelta(days=1))
    put(inside, case_id, ItemState.RECEIVED, *NEEDED)
    case = case_of(receipt)
    assert (case.records_complete_at, case.status, case.next_step) == (now(), "ready_for_review", "start_review")
    assert case.decision_due_at == case.due_at == case.attention_at == datetime(2030, 1, 10, 22, tzinfo=UTC)
    assert case.attention_reasons == "review_due"
    assert kinds(case_id).count("records_complete") == 1
    assert kinds(case_id).count("status") == 2
    put(inside, case_id, ItemState.MISSING, "flow_cytometry")
    case = case_of(receipt)
    assert (case.records_complete_at, case.decision_due_at) == (None, None)
    assert "records_missing_again" in kinds(case_id)
    clock.shift(timedelta(days=1))
    put(inside, case_id, ItemState.NOT_APPLICABLE, "flow_cytometry")
    assert case_of(receipt).decision_due_at == datetime(2030, 1, 11, 22, tzinfo=UTC)


@SQLITE
def test_a_case_that_nobody_spoke_with_keeps_its_first_promise_when_its_records_are_complete(
    inside: Flask,  # noqa: F811
) -> None:
    receipt = send(inside, Kind.REFERRAL, **HERE)
    case = case_of(receipt)
    assert case.records_complete_at == case.received_at
    assert (case.status, case.next_step, case.due_at) == ("new", "first_contact", case.first_contact_due_at)
    assert "records_complete" in kinds(receipt.case_id)


def in_review(app: Flask, **answers: Any) -> Receipt:
    """A case whose records are complete, in review."""
    receipt = send(app, Kind.REFERRAL, **{**HERE, **answers})
    set_rows(app, Case.__table__.update().values(first_contact_at=now(), status="ready_for_review"))
    with transaction() as session:
        acts.change_status(session, receipt.case_id, actor(app), now(), seen="ready_for_review", to=Status.IN_REVIEW, reason="")  # fmt: skip
    return receipt


def go(app: Flask, receipt: Receipt, to: Status, reason: str = "") -> None:
    """One step along the table."""
    with transaction() as session:
        acts.change_status(session, receipt.case_id, actor(app, "ruth.amsel"), now(), seen=case_of(receipt).status, to=to, reason=reason)  # fmt: skip


def test_a_pause_names_who_is_waited_for_and_takes_no_business_time(inside: Flask, clock: Any) -> None:  # noqa: F811
    receipt = in_review(inside)
    assert case_of(receipt).decision_due_at == datetime(2030, 1, 9, 22, tzinfo=UTC)
    go(inside, receipt, Status.AWAITING_INFORMATION)
    assert case_of(receipt).decision_due_at is None
    assert db.session.execute(select(Pause.waiting_on, Pause.begins_at, Pause.ends_at)).one() == ("referrer", now(), None)  # fmt: skip
    clock.shift(timedelta(days=2))
    go(inside, receipt, Status.READY_FOR_REVIEW)
    case = case_of(receipt)
    assert case.decision_due_at == case.due_at == datetime(2030, 1, 11, 22, tzinfo=UTC)
    assert db.session.execute(select(Pause.ends_at)).scalar_one() == now()
    assert {"clock_paused", "clock_goes_on"} <= set(kinds(receipt.case_id))


@SQLITE
def test_a_hold_names_nobody_and_stops_no_clock_and_a_decision_ends_it(inside: Flask, clock: Any) -> None:  # noqa: F811
    receipt = in_review(inside)
    due = case_of(receipt).decision_due_at
    go(inside, receipt, Status.ON_HOLD, "Fever.")
    assert case_of(receipt).decision_due_at == due
    go(inside, receipt, Status.IN_REVIEW)
    clock.shift(timedelta(hours=1))
    go(inside, receipt, Status.ACCEPTED_CONSULT)
    assert case_of(receipt).decided_at == now()
    put(inside, receipt.case_id, ItemState.MISSING, "flow_cytometry")
    assert (case_of(receipt).decision_due_at, case_of(receipt).decided_at) == (due, now())


@SQLITE
def test_a_correction_changes_what_only_the_form_had_said(inside: Flask) -> None:  # noqa: F811
    receipt = send(inside, Kind.REFERRAL, handle="one", record_flow_cytometry="pending", record_imaging="sent")
    put(inside, receipt.case_id, ItemState.RECEIVED, "flow_cytometry")
    send(
        inside, Kind.REFERRAL, handle="one", record_flow_cytometry="not_available", record_pathology_report="sent",
        record_imaging="",
    )  # fmt: skip
    found = states(receipt.case_id)
    assert (found["flow_cytometry"], found["pathology_report"], found["imaging"]) == ("received", "promised", "missing")
    send(inside, Kind.REFERRAL, handle="one", icd10cm="C71.7")
    assert set(states(receipt.case_id)) >= {"treatment_summary", "recent_labs", "insurance_card", "flow_cytometry"}
    assert {row.item for row in rows(receipt.case_id) if row.needed} == {"treatment_summary"}


@SQLITE
def test_another_program_asks_for_its_own_records_and_keeps_what_came(inside: Flask) -> None:  # noqa: F811
    receipt = send(inside, Kind.REFERRAL)
    put(inside, receipt.case_id, ItemState.RECEIVED, "treatment_summary", "flow_cytometry")
    with transaction() as session:
        hand_over(session, receipt.case_id, actor(inside), now(), seen="cart", to="transplant", reason="A donor was found.")  # fmt: skip
    found = states(receipt.case_id)
    assert {row.item for row in rows(receipt.case_id) if row.needed} == {"recent_labs"}
    assert (found["treatment_summary"], found["flow_cytometry"], found["hla_report"]) == ("received", "received", "missing")  # fmt: skip
    assert "pathology_report" not in found


@SQLITE
def test_each_example_of_the_docs_holds_for_a_stored_decision(inside: Flask, clock: Any) -> None:  # noqa: F811
    for came, days, due in table("Came"):
        clock.move_to(instant(came))
        receipt = send(inside, Kind.REFERRAL, urgency="urgent" if days == "1" else "routine")
        assert case_of(receipt).decision_due_at is None
        put(inside, receipt.case_id, ItemState.RECEIVED, *NEEDED)
        assert case_of(receipt).decision_due_at == instant(due), came
        line = Event.kind == "records_complete", Event.case_id == receipt.case_id
        said = db.session.execute(select(Event.new_value).where(*line)).scalar_one()
        assert datetime.fromisoformat(str(said)) == instant(due)
