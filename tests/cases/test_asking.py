"""Asking for records and asking again, over a real mail server: what goes out, to whom, and everything that stops it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.cases import acts
from app.cases.asking import ask
from app.cases.checklist import owed
from app.cases.checklist_domain import ItemState
from app.cases.domain import Kind, Receipt, Status
from app.cases.letters_records import chase
from app.cases.models import Case, Consent, Party
from app.cases.models_checklist import ChecklistItem
from app.cases.models_work import Event
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Refused
from tests.cases.test_acts import actor, kinds
from tests.cases.test_checklist import NEEDED, case_of, put, rows
from tests.cases.test_letters import Sink, mailing, text_of
from tests.conftest import add_people
from tests.filing import Sender
from tests.papers import pdf
from tests.sending import send, set_rows, work
from tests.services import Mailbox

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@pytest.fixture
def mailed(make_app: Callable[..., Flask], mailbox: Sink, clock: Any) -> Iterator[tuple[Flask, Mailbox]]:
    """An app with people that mails through a sink, inside a request."""
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    with app.test_request_context():
        yield app, box
        db.session.remove()


def reached(app: Flask, box: Mailbox, kind: Kind = Kind.REFERRAL, **answers: Any) -> Receipt:
    """A case that was read and whose sender was spoken with; letters up to here are out."""
    receipt = send(app, kind, **answers)
    set_rows(app, update(Case).values(status="acknowledged", first_contact_at=now(), next_step="ask_records"))
    work(app)
    box.letters.clear()
    return receipt


def sender(receipt: Receipt) -> Party:
    """Who wrote."""
    return db.session.execute(select(Party).where(Party.case_id == receipt.case_id, Party.submission_id.is_not(None))).scalar_one()  # fmt: skip


def request(app: Flask, receipt: Receipt, *items: str, line: str = "") -> None:
    """A coordinator asks the sender."""
    with transaction() as session:
        ask(session, receipt.case_id, actor(app), now(), party_id=sender(receipt).id, items=items, line=line)


def to(app: Flask, box: Mailbox, address: str) -> list[str]:
    """What has come to an address."""
    db.session.remove()
    work(app)
    return [text_of(one) for one in box.letters if one["To"] == address]


def test_a_request_goes_out_as_a_link_without_content_and_the_case_waits_for_them(
    mailed: tuple[Flask, Mailbox],
) -> None:
    app, box = mailed
    receipt = reached(app, box)
    request(app, receipt, "flow_cytometry", line="The one of March, please.")
    case = case_of(receipt)
    assert (case.status, case.waiting_on, case.next_step) == ("awaiting_information", "referrer", "chase_records")
    (letter,) = to(app, box, "tamsin@example.org")
    link = re.search(r"http://127\.0\.0\.1:8000(/follow/\S+)", letter)
    assert link
    assert receipt.reference in letter
    for word in ("flow", "cytometry", "march", "barnaby", "quill", "leuk", "cell"):
        assert word not in letter.replace(link.group(1), "").lower()
    page = app.test_client().get(link.group(1)).text
    assert page.index("We asked you for this") < page.index("Still missing for review")
    assert "The one of March, please." in page
    assert {"records_asked", "status", "request_sent"} <= set(kinds(receipt.case_id))


def test_an_answer_comes_back_up_the_queue_as_one_and_stops_waiting_for_them(
    mailed: tuple[Flask, Mailbox], clock: Any
) -> None:
    app, box = mailed
    receipt = reached(app, box)
    request(app, receipt, "flow_cytometry")
    clock.shift(timedelta(hours=1))
    answer(app, receipt)
    case = case_of(receipt)
    assert (case.attention_reasons, case.waiting_on, case.attention_at) == ("answered_request", "us", now())
    put(app, receipt.case_id, ItemState.RECEIVED, "flow_cytometry")
    assert case_of(receipt).asked_at is None
    assert case_of(receipt).attention_reasons == "changed_after_sending"


@SQLITE
def test_a_request_stands_again_where_its_answer_was_a_slip(mailed: tuple[Flask, Mailbox], clock: Any) -> None:
    app, box = mailed
    receipt = reached(app, box)
    request(app, receipt, "imaging", "flow_cytometry")
    asked = case_of(receipt).asked_at
    clock.shift(timedelta(minutes=1))
    put(app, receipt.case_id, ItemState.RECEIVED, "imaging", "flow_cytometry")
    assert case_of(receipt).asked_at is None
    put(app, receipt.case_id, ItemState.MISSING, "imaging")
    assert case_of(receipt).asked_at == asked
    owes = [row.item for row in owed(rows(receipt.case_id), sender(receipt).id) if row.asked_at]
    assert owes == ["imaging"]


def answer(app: Flask, receipt: Receipt) -> None:
    """The sender puts a file on their page."""
    assert Sender(app, receipt).send(("flow.pdf", pdf())).status_code == 303


@SQLITE
def test_nobody_is_waited_for_while_their_first_call_is_due(mailed: tuple[Flask, Mailbox]) -> None:
    app, box = mailed
    receipt = send(app, Kind.REFERRAL)
    request(app, receipt, "flow_cytometry")
    case = case_of(receipt)
    assert (case.status, case.waiting_on, case.next_step) == ("new", "us", "first_contact")
    assert case.due_at == case.first_contact_due_at
    assert len(to(app, box, "tamsin@example.org")) == 2  # the receipt and the request


@SQLITE
@pytest.mark.parametrize("spoken", ["before", "after", "never"])
def test_a_new_case_that_was_asked_for_records_is_asked_again(
    mailed: tuple[Flask, Mailbox], clock: Any, spoken: str
) -> None:
    app, box = mailed
    receipt = send(app, Kind.REFERRAL)
    for when in ("before", "after"):
        if spoken == when:
            with transaction() as session:
                acts.log_contact(
                    session, receipt.case_id, actor(app), now(), party_id=sender(receipt).id, channel="phone",
                    outcome="reached", interpreter=False, detail="",
                )  # fmt: skip
        if when == "before":
            request(app, receipt, "flow_cytometry")
    case = case_of(receipt)
    assert (case.status, case.next_step) == {
        "before": ("awaiting_information", "chase_records"),
        "after": ("new", "chase_records"),
        "never": ("new", "first_contact"),
    }[spoken]
    assert len(to(app, box, "tamsin@example.org")) == 2  # the receipt and the request
    clock.shift(timedelta(days=3))
    chase()
    assert len(to(app, box, "tamsin@example.org")) == 3


def test_who_owes_records_is_asked_again_every_two_business_days(mailed: tuple[Flask, Mailbox], clock: Any) -> None:
    app, box = mailed
    receipt = reached(app, box)
    for hours, letters in ((24, 0), (56, 1), (57, 1), (24 * 4 + 8, 2), (24 * 7, 2), (24 * 8 + 8, 3)):
        clock.move_to(case_of(receipt).received_at + timedelta(hours=hours))
        chase()
        assert len(to(app, box, "tamsin@example.org")) == letters, hours
    chased = [row for row in rows(receipt.case_id) if row.chased_at]
    assert {row.item for row in chased} == set(NEEDED)
    assert kinds(receipt.case_id).count("records_chased") == 3
    put(app, receipt.case_id, ItemState.RECEIVED, *NEEDED)
    clock.shift(timedelta(days=7))
    chase()
    assert len(to(app, box, "tamsin@example.org")) == 3


STOPS: dict[str, Any] = {
    "contact stop": update(Case).values(contact_stop=True),
    "held": update(Case).values(contact_held_at=now()),
    "silence": update(Party).values(silent=True),
    "consent": update(Consent).values(answer=False, wording="contact_me"),
    "ended": update(Case).values(status="withdrawn", is_open=False),
    "on hold": update(Case).values(status="on_hold"),
    "unread": update(Case).values(status="new", first_contact_at=None),
}


@pytest.mark.parametrize("stop", STOPS)
@SQLITE
def test_nobody_is_asked_again_who_must_not_be_even_at_the_last_moment(
    mailed: tuple[Flask, Mailbox], clock: Any, stop: str
) -> None:
    app, box = mailed
    reached(app, box)
    clock.shift(timedelta(days=3))
    chase()  # the letter is waiting to be sent as the stop comes
    set_rows(app, STOPS[stop])
    assert to(app, box, "tamsin@example.org") == []
    clock.shift(timedelta(days=3))
    chase()
    assert to(app, box, "tamsin@example.org") == []
    assert not db.session.execute(select(Event).where(Event.kind.in_(("records_chased", "request_failed")))).first()


@pytest.mark.parametrize("stop", ["contact stop", "held", "silence", "consent", "ended"])
@SQLITE
def test_a_request_to_somebody_who_must_not_be_written_to_is_refused(mailed: tuple[Flask, Mailbox], stop: str) -> None:
    app, box = mailed
    receipt = reached(app, box)
    set_rows(app, STOPS[stop])
    with pytest.raises(Refused):
        request(app, receipt, "flow_cytometry")
    assert db.session.execute(select(ChecklistItem.asked_at).where(ChecklistItem.asked_at.is_not(None))).first() is None


@SQLITE
def test_a_family_is_asked_in_its_language_and_a_line_in_another_is_refused(mailed: tuple[Flask, Mailbox]) -> None:
    app, box = mailed
    receipt = reached(app, box, Kind.INQUIRY)
    with pytest.raises(Refused, match="another language"):
        request(app, receipt, "insurance_card", line="Both sides, please.")
    request(app, receipt, "insurance_card")
    assert case_of(receipt).waiting_on == "family"
    assert len(to(app, box, "odalys@example.org")) == 1


@SQLITE
def test_a_letter_refused_for_good_becomes_a_call(mailed: tuple[Flask, Mailbox]) -> None:
    app, box = mailed
    receipt = reached(app, box, referrer_email="refused@example.org")
    request(app, receipt, "flow_cytometry")
    box.refuse = "550 No such user"
    db.session.remove()
    work(app)
    assert case_of(receipt).next_step == "call_for_records"
    assert "request_failed" in kinds(receipt.case_id)


@SQLITE
def test_a_request_during_review_makes_the_second_clock_wait(mailed: tuple[Flask, Mailbox], clock: Any) -> None:
    app, box = mailed
    receipt = reached(app, box)
    put(app, receipt.case_id, ItemState.RECEIVED, *NEEDED)
    assert case_of(receipt).status == Status.READY_FOR_REVIEW
    with transaction() as session:
        acts.change_status(session, receipt.case_id, actor(app), now(), seen="ready_for_review", to=Status.IN_REVIEW, reason="")  # fmt: skip
    due = case_of(receipt).decision_due_at
    assert due
    request(app, receipt, "mrd_report")
    case = case_of(receipt)
    assert (case.status, case.records_complete_at is None, case.decision_due_at) == (
        "awaiting_information",
        False,
        None,
    )
    clock.shift(timedelta(days=1))
    answer(app, receipt)
    case = case_of(receipt)
    assert case.status == Status.READY_FOR_REVIEW
    assert case.decision_due_at == due + timedelta(days=1)
    assert case.attention_reasons == "answered_request"
