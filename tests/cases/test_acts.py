"""Acts on a case: what `change()` demands and writes, conflicts, and the way back of a leaver's work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.accounts.models import User
from app.accounts.queries import find_actor
from app.accounts.service import disable_user
from app.cases import acts
from app.cases.change import Unrecorded, change
from app.cases.domain import Kind, Status
from app.cases.models import Case, Party
from app.cases.models_work import Event, Note, Task
from app.cases.moves import move
from app.cases.transitions import ENDED, allowed
from app.core.actor import PUBLIC, SYSTEM, Actor, ActorKind, Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.core.ids import new_id
from app.programs.service import calendar_of
from tests.sending import send, set_rows, work


@pytest.fixture
def inside(staffed: Flask) -> Iterator[Flask]:
    """The app with people, inside a request."""
    with staffed.test_request_context():
        yield staffed
        db.session.remove()


def actor(app: Flask, login: str = "ana.ribeiro") -> Actor:
    """Somebody who acts."""
    user = db.session.execute(select(User).where(User.email == f"{login}@example.org")).scalar_one()
    found = find_actor(db.session(), user.id, user.fs_uniquifier, now())
    assert found is not None
    return found


def kinds(case_id: uuid.UUID) -> list[str]:
    """The timeline's kinds, oldest first."""
    return list(db.session.execute(select(Event.kind).where(Event.case_id == case_id).order_by(Event.at, Event.id)).scalars())  # fmt: skip


def test_a_change_that_says_nothing_is_refused_and_writes_nothing(inside: Flask) -> None:
    receipt = send(inside)
    with pytest.raises(Unrecorded), transaction() as session, change(session, [receipt.case_id], SYSTEM, None, now()) as act:  # fmt: skip
        act.case.urgency = "urgent"
    assert db.session.execute(select(Case.urgency, Case.version)).one() == ("routine", 1)


def test_a_change_raises_the_version_and_writes_line_trail_and_place(inside: Flask) -> None:
    receipt, at = send(inside), now()
    with transaction() as session, change(session, [receipt.case_id], SYSTEM, None, at) as act:
        act.case.urgency = "urgent"
        act.record("something", old="a", new="b", detail={"reason": "words"})
        act.job("mail_staff", dedupe_key="mine")
    case = db.session.execute(select(Case)).scalar_one()
    assert (case.version, case.changed_at, case.attention_band) == (2, at, 10)
    assert "nobody_reached" in case.attention_reasons.split(",")
    line = db.session.execute(select(Event).where(Event.kind == "something")).scalar_one()
    assert (line.old_value, line.new_value, line.at) == ("a", "b", at)
    assert b"words" not in (line.detail or b"")


def test_a_change_of_what_is_not_there_or_not_allowed_is_refused(inside: Flask) -> None:
    receipt = send(inside)
    known = receipt.case_id
    ben = actor(inside, "ben.okafor")
    other = send(inside, diagnosis="sickle_cell", disease_situation="").case_id
    for ids, who, fault in (
        ([new_id()], SYSTEM, NotFound), ([known, new_id()], SYSTEM, NotFound), ([known], PUBLIC, NotAllowed),
        ([known, other], ben, NotAllowed), ([known], Actor(ActorKind.STAFF, new_id()), NotAllowed),
    ):  # fmt: skip
        with pytest.raises(fault), transaction() as session, change(session, ids, who, Permission.WORK_CASES, now()):
            pass


def test_a_value_that_changed_meanwhile_is_a_conflict_with_both(inside: Flask) -> None:
    receipt, ana = send(inside), actor(inside)
    with transaction() as session:
        acts.claim(session, receipt.case_id, ana, now())
    with pytest.raises(Conflict) as conflict, transaction() as session:
        acts.claim(session, receipt.case_id, actor(inside, "ben.okafor"), now())
    assert conflict.value.theirs == str(ana.id)
    with pytest.raises(Conflict), transaction() as session:
        acts.change_status(session, receipt.case_id, ana, now(), seen="in_review", to=Status.ON_HOLD, reason="r")
    assert kinds(receipt.case_id) == ["inquiry_received", "assigned"]


def test_a_case_is_given_only_to_somebody_who_may_work_on_it(inside: Flask) -> None:
    receipt, ana = send(inside), actor(inside)
    officer = actor(inside, "petra.quist")
    for to in (officer.id, new_id()):
        with pytest.raises(Refused) as refused, transaction() as session:
            acts.assign(session, receipt.case_id, ana, now(), seen=None, assignee_id=to)
        assert refused.value.field == "assignee"


@pytest.mark.parametrize("login", ["ana.ribeiro", "ruth.amsel", "mina.dalgaard"])
def test_everybody_whose_role_works_on_cases_takes_and_is_given_them(inside: Flask, login: str) -> None:
    given, taken, who = send(inside), send(inside), actor(inside, login)
    with transaction() as session:
        acts.assign(session, given.case_id, actor(inside), now(), seen=None, assignee_id=who.id)
        acts.claim(session, taken.case_id, who, now())
    assert set(db.session.execute(select(Case.assignee_id)).scalars()) == {who.id}


def test_only_a_conversation_keeps_the_promise(inside: Flask) -> None:
    receipt, ana = send(inside), actor(inside)
    party = db.session.execute(select(Party.id)).scalar_one()
    for outcome in acts.OUTCOMES:
        if outcome == acts.REACHED:
            continue
        with transaction() as session:
            acts.log_contact(session, receipt.case_id, ana, now(), party_id=party, channel="phone", outcome=outcome,
                             interpreter=False, detail="")  # fmt: skip
        assert db.session.execute(select(Case.first_contact_at)).scalar_one() is None
    first = now()
    for at in (first, first + timedelta(hours=1)):
        with transaction() as session:
            acts.log_contact(session, receipt.case_id, ana, at, party_id=party, channel="phone", outcome="reached",
                             interpreter=True, detail="words")  # fmt: skip
    assert db.session.execute(select(Case.first_contact_at)).scalar_one() == first


def reach(case_id: uuid.UUID, who: Actor, role: str, at: datetime) -> Case:
    """Speak with a party; the case as it stands then."""
    party = db.session.execute(select(Party.id).where(Party.case_id == case_id, Party.role == role)).scalar_one()
    with transaction() as session:
        acts.log_contact(session, case_id, who, at, party_id=party, channel="phone", outcome="reached",
                         interpreter=False, detail="")  # fmt: skip
    db.session.expire_all()
    return db.session.get_one(Case, case_id)


def test_a_conversation_does_the_step_that_asked_for_it(inside: Flask) -> None:
    ana, at = actor(inside), now()
    for path, role, step in (
        ((), "referrer", "ask_records"),
        ((Status.ACKNOWLEDGED,), "family", "ask_records"),
        ((Status.ACKNOWLEDGED, Status.CONTACTING_FAMILY), "family", "ask_records"),
        ((Status.ACKNOWLEDGED, Status.CONTACTING_FAMILY), "referrer", "reach_family"),
        ((Status.ACKNOWLEDGED, Status.CONTACTING_REFERRER), "referrer", "ask_records"),
        ((Status.ACKNOWLEDGED, Status.AWAITING_INFORMATION), "family", "chase_records"),
    ):
        receipt = send(inside, Kind.REFERRAL, guardian_name="Mo Quill", guardian_phone="(413) 555-0117")
        seen = Status.NEW
        for to in path:
            with transaction() as session:
                acts.change_status(session, receipt.case_id, ana, at, seen=seen, to=to, reason="")
            seen = to
        case = reach(receipt.case_id, ana, role, at)
        assert (case.next_step, case.first_contact_at) == (step, at), path
        assert case.due_at is not None
        assert case.due_at > at


def test_an_urgent_case_stays_urgent_until_the_family_was_spoken_with(inside: Flask) -> None:
    ana, at = actor(inside), now()
    receipt = send(inside, Kind.REFERRAL, at=at, current_location="icu", guardian_name="Mo Quill", guardian_phone="(413) 555-0117")  # fmt: skip
    seen = Status.NEW
    for to in (Status.ACKNOWLEDGED, Status.CONTACTING_FAMILY, Status.AWAITING_INFORMATION):
        with transaction() as session:
            acts.change_status(session, receipt.case_id, ana, at + timedelta(hours=1), seen=seen, to=to, reason="")
        seen = to
        case = reach(receipt.case_id, ana, "referrer", at + timedelta(hours=1))
        assert (case.attention_band, case.due_at, case.attention_at) == (10, at, at), to
    case = reach(receipt.case_id, ana, "family", at + timedelta(hours=2))
    assert case.attention_band > 10
    assert case.due_at is not None
    assert case.due_at > at
    alone = send(inside, Kind.REFERRAL, current_location="icu", guardian_name="Mo Quill", guardian_phone="")
    assert reach(alone.case_id, ana, "referrer", at).attention_band > 10, "nobody else can be phoned"


def test_a_conversation_with_the_sender_answers_what_they_changed(inside: Flask) -> None:
    ana, at, handle = actor(inside), now(), "abcdefghijklmnopqrstuv"
    receipt = send(inside, Kind.REFERRAL, guardian_name="Mo Quill", guardian_phone="(413) 555-0117", handle=handle)
    send(inside, Kind.REFERRAL, guardian_name="Mo Quill", guardian_phone="(413) 555-0118", handle=handle)
    assert reach(receipt.case_id, ana, "family", at).changed_after_sending_at is not None, "they did not write it"
    assert reach(receipt.case_id, ana, "referrer", at).changed_after_sending_at is None


def test_a_party_of_another_case_is_refused(inside: Flask) -> None:
    mine, other, ana = send(inside), send(inside), actor(inside)
    party = db.session.execute(select(Party.id).where(Party.case_id == other.case_id)).scalar_one()
    with pytest.raises(Refused), transaction() as session:
        acts.log_contact(session, mine.case_id, ana, now(), party_id=party, channel="phone", outcome="reached",
                         interpreter=False, detail="")  # fmt: skip


def test_a_note_is_sealed_and_an_empty_one_refused(inside: Flask) -> None:
    receipt, ana = send(inside), actor(inside)
    with transaction() as session:
        acts.add_note(session, receipt.case_id, ana, now(), "a secret note")
    assert b"secret" not in db.session.execute(select(Note.body)).scalar_one()
    with pytest.raises(Refused), transaction() as session:
        acts.add_note(session, receipt.case_id, ana, now(), " \n")


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_wherever_a_case_was_led_it_finds_its_way_back_onto_the_path(inside: Flask) -> None:
    calendar, aside = calendar_of("cart"), ENDED | {Status.ON_HOLD}
    for seed in range(200):
        draw, path = Random(seed), [Status.NEW]
        case = Case(status="new", status_before=None, kind="inquiry", urgency="routine", received_at=now())
        for _step in range(draw.randint(1, 14)):
            before = Status(case.status_before) if case.status_before else None
            to = draw.choice(sorted(allowed(Status(case.status), before)))
            move(case, to, now(), calendar)
            if to not in aside:
                path.append(to)
            assert case.is_open == (to not in ENDED)
            assert (case.status_before is None) == (to not in aside), path
            assert case.status_before in {None, path[-1]}, "back to the place where the path was left"
            assert case.next_step == "none" or case.due_at is not None


def task(case_id: uuid.UUID, assignee_id: uuid.UUID | None, **more: Any) -> Any:
    """A task on a case."""
    return insert(Task.__table__).values(
        id=new_id(), case_id=case_id, origin_case_id=case_id, kind="call", assignee_id=assignee_id, due_at=now(),
        made_at=now(), **more,
    )  # fmt: skip


def test_a_leavers_cases_and_tasks_go_back_to_the_queue_inside_a_change(inside: Flask) -> None:
    ana, ben = actor(inside), actor(inside, "ben.okafor")
    held, bens, ended, quiet = (send(inside).case_id for _ in range(4))
    with transaction() as session:
        acts.claim(session, held, ana, now())
        acts.claim(session, bens, ben, now())
        acts.claim(session, ended, ana, now())
        acts.change_status(session, ended, ana, now(), seen="new", to=Status.CLOSED, reason="r")
    set_rows(inside, task(held, ana.id), task(bens, ana.id), task(bens, ben.id), task(quiet, ana.id, done_at=now()))
    with transaction() as session:
        disable_user(session, email="ana.ribeiro@example.org")
    work(inside)
    db.session.expire_all()
    assert {one.id: one.assignee_id for one in db.session.execute(select(Case.id, Case.assignee_id))} == {
        held: None, bens: ben.id, ended: ana.id, quiet: None,
    }  # fmt: skip
    assert set(db.session.execute(select(Task.case_id, Task.assignee_id))) == {
        (held, None), (bens, None), (bens, ben.id), (quiet, ana.id),
    }  # fmt: skip
    back = {"released", "tasks_released"}
    assert [back & set(kinds(one)) for one in (held, bens, ended, quiet)] == [
        {"released"}, {"tasks_released"}, set(), set(),
    ]  # fmt: skip


def test_many_cases_go_back_batch_by_batch(inside: Flask) -> None:
    ana = actor(inside)
    for _case in range(5):
        receipt = send(inside)
        with transaction() as session:
            acts.claim(session, receipt.case_id, ana, now())
    assert ana.id is not None
    returned = []
    for _batch in range(4):
        with transaction() as session:
            returned.append(acts.release(session, ana.id, SYSTEM, now(), size=2))
    assert returned == [2, 2, 1, 0]
