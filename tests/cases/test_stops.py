"""A contact stop: what it silences at once, what waits beside it, what it leaves alone, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import JOB_HANDLERS
from app.cases import acts, letters, stops
from app.cases.change import change
from app.cases.domain import ChildIdentity, Kind, Receipt, Status
from app.cases.models import Case, Party
from app.cases.models_paging import Page
from app.cases.models_work import Event
from app.cases.silence import AMONG_STAFF, NEVER
from app.core import jobs
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotAllowed, Refused
from app.core.jobs import Job
from tests.cases.test_acts import actor
from tests.cases.test_letters import Sink, mailing
from tests.conftest import add_people
from tests.sending import send, work

CHILD = {"name": "Itzel Quiñones", "birth_date": "2019-03-27"}
TO_PARTIES = {"send_receipt", "ask_records", "chase_records", "send_message", "send_code"}


@pytest.fixture
def inside(staffed: Flask) -> Iterator[Flask]:
    """The app with people, inside a request."""
    with staffed.test_request_context():
        yield staffed
        db.session.remove()


def die(app: Flask, case_id: uuid.UUID, **typed: str) -> None:
    """Say that the child has died."""
    given = {**CHILD, "reason": "Her doctor phoned.", **typed}
    with transaction() as session:
        stops.has_died(session, case_id, actor(app), now(), **given)


def stop(app: Flask, case_id: uuid.UUID, reason: str = "They asked.") -> None:
    """Say that they want no contact."""
    with transaction() as session:
        stops.stop_contact(session, case_id, actor(app), now(), reason=reason)


def lift(app: Flask, case_id: uuid.UUID, seen: str, login: str = "mina.dalgaard", reason: str = "A mistake.") -> None:
    """Take it back."""
    with transaction() as session:
        stops.lift(session, case_id, actor(app, login), now(), seen=seen, reason=reason)


def case_of(receipt: Receipt) -> Case:
    """The case as it stands."""
    db.session.expire_all()
    return db.session.get_one(Case, receipt.case_id)


def job_states(case_id: uuid.UUID) -> dict[str, str]:
    """The state of each kind of job."""
    return {
        row.kind: row.state for row in db.session.execute(select(Job.kind, Job.state).where(Job.case_id == case_id))
    }


def kinds(case_id: uuid.UUID) -> list[str]:
    """The timeline's kinds, oldest first."""
    return list(db.session.execute(select(Event.kind).where(Event.case_id == case_id).order_by(Event.id)).scalars())


def to_family(box: Any) -> list[Any]:
    """The letters that reached the sender."""
    return [letter for letter in box.letters if "odalys" in letter["To"]]


@pytest.mark.parametrize("do", [stop, die])
def test_what_has_not_left_is_cancelled_with_the_act_and_nothing_new_is_taken(inside: Flask, do: Any) -> None:
    receipt = send(inside)
    do(inside, receipt.case_id)
    states = job_states(receipt.case_id)
    assert states.pop("send_receipt") == "cancelled"
    assert set(states.values()) == {"pending"}, "the staff go on being told"
    with pytest.raises(Refused, match="nothing was sent"), transaction() as session, change(session, [receipt.case_id], SYSTEM, None, now()) as act:  # fmt: skip
        act.record("something")
        act.job("a_new_letter", dedupe_key="one")
    assert "a_new_letter" not in job_states(receipt.case_id)


def test_every_kind_of_job_is_known_to_be_among_staff_or_to_reach_a_party() -> None:
    of_no_case = {"release_cases", "mail_administrator", "test_page"}
    assert AMONG_STAFF | TO_PARTIES | of_no_case == set(JOB_HANDLERS), "say of a new kind which it is, here or there"


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_stop_that_comes_while_the_worker_has_the_letter_in_hand_silences_it(
    make_app: Callable[..., Flask], mailbox: Sink
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    with app.test_request_context():
        receipt = send(app)
        with transaction() as session:
            job = jobs.claim(session, now(), ("send_receipt",))
        assert job is not None
        stop(app, receipt.case_id)
        letters.send_receipt(job)
        with transaction() as session:
            jobs.settle(session, job, now(), None)
        assert job_states(receipt.case_id)["send_receipt"] == "cancelled"
        assert "receipt_sent" not in kinds(receipt.case_id)
    work(app)
    assert to_family(box) == []


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_letter_that_was_put_off_once_does_not_leave_after_a_stop(
    make_app: Callable[..., Flask], mailbox: Sink, clock: Any
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    receipt = send(app)
    box.refuse = "451 try later"
    work(app)
    box.refuse = ""
    with app.test_request_context():
        stop(app, receipt.case_id)
    clock.shift(timedelta(hours=1))
    work(app)
    assert to_family(box) == []


@pytest.mark.parametrize(
    ("typed", "named"),
    [({"name": "Ixchel Quiñones"}, "name"), ({"birth_date": "2019-03-28"}, "name"), ({"name": " "}, "name"),
     ({"birth_date": ""}, "name"), ({"name": "Itzel"}, "name"), ({"reason": " "}, "reason")],
)  # fmt: skip
def test_a_death_needs_the_childs_own_name_and_birth_date(inside: Flask, typed: Any, named: str) -> None:
    receipt = send(inside)
    with pytest.raises(Refused) as refused:
        die(inside, receipt.case_id, **typed)
    assert refused.value.field == named
    assert case_of(receipt).status == Status.NEW
    assert job_states(receipt.case_id)["send_receipt"] == "pending"


@pytest.mark.parametrize("name", ["itzel quinones", "QUIÑONES, Itzel", " Itzel  Quiñones "])
def test_case_accents_and_order_do_not_matter(inside: Flask, name: str) -> None:
    receipt = send(inside)
    die(inside, receipt.case_id, name=name)
    assert case_of(receipt).status == Status.DECEASED


def test_one_name_alone_is_enough_where_there_is_no_other() -> None:
    child = ChildIdentity("Sukarno", None, "2019-03-27", None, "")
    assert stops.is_called(child, "sukarno")
    assert not stops.is_called(child, "")
    assert not stops.is_called(child, "Sukarno Quill")


def test_what_may_be_the_same_child_waits_in_any_program_and_a_twin_does_not(inside: Flask) -> None:
    died = send(inside)
    same = send(inside, diagnosis="sickle_cell", disease_situation="")
    twin = send(inside, child_given_name="Ixchel")
    other = send(inside, child_given_name="Ana", dated={"child_dob-day": "5"})
    die(inside, died.case_id)
    assert case_of(same).program != case_of(died).program
    assert case_of(same).contact_held_at is not None
    assert case_of(same).attention_reasons.split(",")[0] == "may_have_died"
    assert db.session.execute(select(Job.due_at).where(Job.case_id == same.case_id, Job.kind == "send_receipt")).scalar_one() == NEVER  # fmt: skip
    assert [case_of(one).contact_held_at for one in (twin, other)] == [None, None]
    line = db.session.execute(select(Event).where(Event.kind == "contact_held")).scalar_one()
    assert (line.case_id, line.new_value) == (same.case_id, died.reference)


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_what_waited_leaves_once_when_somebody_has_looked(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    receipt = send(app)
    with app.test_request_context():
        ben = actor(app, "ben.okafor")
        with transaction() as session:
            stops.told_died(session, receipt.case_id, ben, now(), reason="The practice says so.")
        case = case_of(receipt)
        assert case.next_step == "confirm_death"
        seen = case.contact_held_at
        assert seen is not None
    work(app)
    assert to_family(box) == []
    with app.test_request_context():
        with pytest.raises(Conflict), transaction() as session:
            stops.end_hold(session, receipt.case_id, ben, now(), seen="", reason="r")
        with transaction() as session:
            stops.end_hold(session, receipt.case_id, ben, now(), seen=seen.isoformat(), reason="Another child.")
        assert (case_of(receipt).next_step, case_of(receipt).contact_held_at) == ("first_contact", None)
    work(app)
    assert len(to_family(box)) == 1


def test_a_death_ends_the_pages_of_an_urgent_case(inside: Flask) -> None:
    receipt = send(inside, in_hospital_now="yes")
    with transaction() as session, change(session, [receipt.case_id], SYSTEM, None, now()) as act:
        page = stops_page(receipt.case_id)
        session.add(page)
        act.record("something")
    die(inside, receipt.case_id)
    db.session.expire_all()
    assert None not in set(db.session.execute(select(Page.ended_at)).scalars())


def stops_page(case_id: uuid.UUID) -> Page:
    """A call that nobody has answered."""
    page_id = uuid.uuid4()
    return Page(id=page_id, call_id=page_id, case_id=case_id, program="cart", name="Fellow", at=now())


def test_only_a_manager_takes_back_a_death_and_an_older_wish_for_no_contact_outlives_it(inside: Flask) -> None:
    first, second = send(inside), send(inside, Kind.REFERRAL)
    stop(inside, first.case_id)
    die(inside, first.case_id)
    die(inside, second.case_id, name="Barnaby Quill", birth_date="2018-04-03")
    for receipt in (first, second):
        assert (case_of(receipt).contact_stop, case_of(receipt).is_open) == (True, False)
        with pytest.raises(NotAllowed):
            lift(inside, receipt.case_id, "deceased", "ana.ribeiro")
        with pytest.raises(Refused):
            lift(inside, receipt.case_id, "deceased", reason=" ")
        with pytest.raises(Conflict):
            lift(inside, receipt.case_id, "new")
        lift(inside, receipt.case_id, "deceased")
        assert case_of(receipt).status == Status.NEW
    assert (case_of(first).contact_stop, case_of(second).contact_stop) == (True, False)
    lift(inside, first.case_id, "new")
    assert not case_of(first).contact_stop
    with pytest.raises(Conflict):
        lift(inside, first.case_id, "new")


@pytest.mark.parametrize("why", ["died", "stop"])
def test_taking_a_stop_back_lets_go_on_what_waited_because_of_it(inside: Flask, clock: Any, why: str) -> None:
    first, same = send(inside), send(inside, diagnosis="sickle_cell", disease_situation="")
    (die if why == "died" else stop)(inside, first.case_id)
    case = case_of(same)
    assert (case.next_step, case.due_at) == ("confirm_death", now())
    clock.shift(1)
    lift(inside, first.case_id, "deceased" if why == "died" else "new")
    case = case_of(same)
    assert (case.contact_held_at, case.next_step) == (None, "first_contact")
    assert job_states(same.case_id)["send_receipt"] == "pending"
    assert db.session.execute(select(Job.due_at).where(Job.case_id == same.case_id, Job.kind == "send_receipt")).scalar_one() == now()  # fmt: skip
    assert {"contact_held", "hold_ended"} <= set(kinds(same.case_id))


@pytest.mark.parametrize(
    "why", ["told of itself", "told before", "another has died", "asked before", "told of a third"]
)
def test_what_waits_for_another_reason_too_waits_on(inside: Flask, clock: Any, why: str) -> None:
    first, same = send(inside), send(inside)
    third = send(inside)
    ben = actor(inside, "ben.okafor")

    def told(receipt: Receipt) -> None:
        clock.shift(1)
        with transaction() as session:
            stops.told_died(session, receipt.case_id, ben, now(), reason="The practice says so.")
        clock.shift(1)

    if why == "told before":
        told(same)
    if why == "asked before":
        stop(inside, first.case_id)
        clock.shift(1)
    die(inside, first.case_id)
    if why == "told of itself":
        told(same)
    if why == "told of a third":
        told(third)
    if why == "another has died":
        die(inside, third.case_id)
    lift(inside, first.case_id, "deceased")
    assert case_of(same).contact_held_at is not None
    assert case_of(same).next_step == "confirm_death"


def test_a_stop_outlives_every_status_until_it_is_lifted(inside: Flask) -> None:
    receipt, ana = send(inside), actor(inside)
    stop(inside, receipt.case_id)
    with pytest.raises(Conflict):
        stop(inside, receipt.case_id)
    for seen, to in (
        (Status.NEW, Status.ACKNOWLEDGED), (Status.ACKNOWLEDGED, Status.ON_HOLD), (Status.ON_HOLD, Status.WITHDRAWN),
        (Status.WITHDRAWN, Status.ACKNOWLEDGED),
    ):  # fmt: skip
        with transaction() as session:
            acts.change_status(session, receipt.case_id, ana, now(), seen=seen, to=to, reason="r")
        assert case_of(receipt).contact_stop
    die(inside, receipt.case_id)
    with pytest.raises(Conflict):
        die(inside, receipt.case_id)


def test_nobody_moves_a_case_into_or_out_of_death_by_its_status(inside: Flask) -> None:
    receipt, mina = send(inside), actor(inside, "mina.dalgaard")
    with pytest.raises(Refused, match="acts of their own"), transaction() as session:
        acts.change_status(session, receipt.case_id, mina, now(), seen="new", to=Status.DECEASED, reason="r")
    die(inside, receipt.case_id)
    with pytest.raises(Refused, match="acts of their own"), transaction() as session:
        acts.change_status(session, receipt.case_id, mina, now(), seen="deceased", to=Status.NEW, reason="r")


def test_a_party_is_never_reached_by_a_letter_while_its_case_waits(inside: Flask) -> None:
    receipt = send(inside)
    with transaction() as session:
        stops.told_died(session, receipt.case_id, actor(inside), now(), reason="The practice says so.")
    with transaction() as session, change(session, [receipt.case_id], SYSTEM, None, now()) as act:
        act.record("something")
        act.job("a_new_letter", dedupe_key="one")
    due = db.session.execute(select(Job.due_at).where(Job.kind == "a_new_letter")).scalar_one()
    assert due == NEVER
    assert db.session.execute(select(Party.silent)).scalar_one() is False
