"""A step is taken back by who made it, at once, while it stands; the case is then what it was, and both lines stay."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases import acts
from app.cases.domain import Status
from app.cases.models import Case, Party
from app.cases.models_work import Event
from app.cases.stops import has_died, stop_contact
from app.cases.transitions import allowed
from app.cases.undo import LASTS, undo
from app.core.actor import SYSTEM, Actor
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Refused
from app.core.ids import new_id
from tests.cases.test_acts import actor, inside, kinds  # noqa: F401
from tests.cases.test_paging import TEN, Sink, paged, paging, urgent  # noqa: F401
from tests.paging import FELLOW
from tests.sending import send, work

MAY_DIFFER = {"version", "changed_at"}


def columns(case_id: uuid.UUID) -> dict[str, object]:
    """A case, but for what every change raises."""
    db.session.expire_all()
    case = db.session.get_one(Case, case_id)
    return {one.key: getattr(case, one.key) for one in Case.__table__.columns if one.key not in MAY_DIFFER}


def go(case_id: uuid.UUID, who: Actor, at: datetime, to: Status) -> uuid.UUID:
    """Move a case."""
    seen = db.session.execute(select(Case.status).where(Case.id == case_id)).scalar_one()
    with transaction() as session:
        return acts.change_status(session, case_id, who, at, seen=seen, to=to, reason="r")


def back(case_id: uuid.UUID, who: Actor, at: datetime, event_id: uuid.UUID | None) -> None:
    """Take a step back."""
    with transaction() as session:
        undo(session, case_id, who, at, event_id=event_id)


def test_every_move_but_a_death_is_taken_back_to_exactly_what_was(inside: Flask) -> None:  # noqa: F811
    at, mina, handle = now(), actor(inside, "mina.dalgaard"), "abcdefghijklmnopqrstuv"
    case_id = send(inside, handle=handle).case_id
    send(inside, handle=handle, child_given_name="Ixchel")
    path = (Status.ACKNOWLEDGED, Status.READY_FOR_REVIEW, Status.IN_REVIEW, Status.ON_HOLD, Status.WITHDRAWN)
    for step, standing in enumerate((*path, None)):
        was = columns(case_id)
        status, before = Status(str(was["status"])), was["status_before"]
        for number, to in enumerate(
            sorted(allowed(status, Status(str(before)) if before else None) - {Status.DECEASED})
        ):
            moved = at + timedelta(hours=step, minutes=2 * number + 1)
            if to is Status.NOT_A_CANDIDATE_NOW:
                continue
            line = go(case_id, mina, moved, to)
            assert columns(case_id) != was
            back(case_id, mina, moved + LASTS, line)
            assert columns(case_id) == was, (status, to)
            event = db.session.execute(select(Event).where(Event.subject_id == line)).scalar_one()
            assert (event.kind, event.old_value, event.new_value) == ("undone", to, status)
        if standing:
            go(case_id, mina, at + timedelta(hours=step, minutes=50), standing)


def test_an_assignment_goes_back_to_whom_it_came_from(inside: Flask) -> None:  # noqa: F811
    case_id, ana, ben = send(inside).case_id, actor(inside), actor(inside, "ben.okafor")
    with transaction() as session:
        claimed = acts.claim(session, case_id, ana, now())
    with transaction() as session:
        given = acts.assign(session, case_id, ana, now(), seen=ana.id, assignee_id=ben.id)
    with pytest.raises(Refused):
        back(case_id, ana, now(), claimed)
    back(case_id, ana, now(), given)
    assert columns(case_id)["assignee_id"] == ana.id
    with pytest.raises(Refused):
        back(case_id, ana, now(), given)
    assert kinds(case_id) == ["inquiry_received", "assigned", "assigned", "assigned"]


def test_only_its_maker_at_once_and_only_that_step_on_that_case(inside: Flask) -> None:  # noqa: F811
    at, ana, mina = now(), actor(inside), actor(inside, "mina.dalgaard")
    case_id, other = send(inside).case_id, send(inside).case_id
    line = go(case_id, ana, at, Status.ACKNOWLEDGED)
    received = db.session.execute(select(Event.id).where(Event.case_id == case_id, Event.kind == "inquiry_received")).scalar_one()  # fmt: skip
    was = columns(case_id), columns(other)
    for which, who, when, event_id in (
        (case_id, mina, at, line), (case_id, SYSTEM, at, line), (other, ana, at, line), (case_id, ana, at, received),
        (case_id, ana, at + LASTS + timedelta(seconds=1), line), (case_id, ana, at, new_id()), (case_id, ana, at, None),
    ):  # fmt: skip
        with pytest.raises(Refused if who is not SYSTEM else Exception):
            back(which, who, when, event_id)
    assert (columns(case_id), columns(other)) == was
    back(case_id, ana, at, line)
    with pytest.raises(Refused):
        back(case_id, ana, at, line)


def test_a_death_is_not_undone_by_undo(inside: Flask) -> None:  # noqa: F811
    case_id, ana, at = send(inside).case_id, actor(inside), now()
    with transaction() as session:
        has_died(session, case_id, ana, at, name="Itzel Quiñones", birth_date="2019-03-27", reason="r")
    line = db.session.execute(select(Event.id).where(Event.kind == "status")).scalar_one()
    with pytest.raises(Refused):
        back(case_id, ana, at, line)
    assert columns(case_id)["contact_stop"]


def test_what_happened_since_is_never_overwritten_and_a_note_is_no_hindrance(inside: Flask) -> None:  # noqa: F811
    ana, at, later = actor(inside), now(), now() + timedelta(seconds=5)
    for kind in ("note", "contact", "moved", "changed", "stopped"):
        handle = f"{kind}-bcdefghijklmnopqrstuvw"[:22]
        case_id = send(inside, handle=handle).case_id
        line = go(case_id, ana, at, Status.ACKNOWLEDGED)
        party = db.session.execute(select(Party.id).where(Party.case_id == case_id)).scalars().first()
        assert party
        if kind == "changed":
            send(inside, handle=handle, child_given_name="Ixchel")
        elif kind == "moved":
            go(case_id, actor(inside, "ben.okafor"), later, Status.AWAITING_INFORMATION)
        else:
            with transaction() as session:
                if kind == "note":
                    acts.add_note(session, case_id, ana, later, "n")
                elif kind == "contact":
                    acts.log_contact(session, case_id, ana, later, party_id=party, channel="phone", outcome="reached",
                                     interpreter=False, detail="")  # fmt: skip
                else:
                    stop_contact(session, case_id, ana, later, reason="r")
        was = columns(case_id)
        if kind == "note":
            back(case_id, ana, later, line)
            assert columns(case_id)["status"] == "new"
            continue
        with pytest.raises(Refused):
            back(case_id, ana, later, line)
        assert columns(case_id) == was, kind


def test_pages_about_an_urgent_case_go_on_after_an_end_that_was_a_slip(
    paging: Flask,  # noqa: F811
    mailbox: Sink,
    clock: Any,
) -> None:
    receipt = urgent(paging)
    work(paging)
    assert paged(mailbox[0]) == [FELLOW]
    with paging.test_request_context():
        who = actor(paging)
        back(receipt.case_id, who, now(), go(receipt.case_id, who, now(), Status.CLOSED))
        db.session.remove()
    clock.shift(TEN)
    work(paging)
    assert FELLOW in paged(mailbox[0])
