"""Tasks: given with words, a person and a day; done once; on the list of whoever has to do them, and of nobody else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.cases import acts
from app.cases.days import end_of, tomorrow
from app.cases.domain import Status
from app.cases.models import Case, Party
from app.cases.models_work import Event, Task
from app.cases.tasks import add_task, count_of_person, finish_task, tasks_of_case, tasks_of_person
from app.core.actor import SYSTEM, Actor
from app.core.database import db, transaction
from app.core.errors import NotAllowed, NotFound, Refused
from app.core.ids import new_id
from app.programs.clocks import closing, is_business_day, local_day
from app.programs.domain import Calendar
from tests.cases.test_acts import actor, inside  # noqa: F401
from tests.programs.test_clocks import BOSTON, calendars, instants
from tests.sending import send, set_rows

AT = datetime(2030, 1, 7, 15, tzinfo=UTC)


@given(calendars, instants, st.integers(-9, 9) | st.integers(360, 370))
def test_a_day_is_taken_if_somebody_works_then_and_it_is_not_over(calendar: Calendar, at: datetime, days: int) -> None:
    day = local_day(calendar, at) + timedelta(days=days)
    good = days <= 366 and is_business_day(calendar, day) and closing(calendar, day) > at
    if good:
        assert end_of(calendar, f" {day} ", at, "due") == closing(calendar, day)
    else:
        with pytest.raises(Refused) as refused:
            end_of(calendar, f" {day} ", at, "due")
        assert refused.value.field == "due"
    assert end_of(calendar, tomorrow(calendar, at).isoformat(), at, "due") > at


@given(st.text(max_size=12))
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        end_of(BOSTON, f"x{typed}", AT, "due")


def add(case_id: uuid.UUID, who: Actor, whom: Actor, words: str = "Ask for the scans", day: str = "2030-01-08") -> None:
    """Give somebody something to do."""
    with transaction() as session:
        add_task(session, case_id, who, AT, words=words, assignee_id=whom.id, day=day)


def done(case_id: uuid.UUID, who: Actor, task_id: uuid.UUID | None) -> None:
    """Say that it is done."""
    with transaction() as session:
        finish_task(session, case_id, who, AT, task_id=task_id)


def words_of(who: Actor) -> list[str]:
    """Somebody's list, which its count agrees with."""
    found = [one.words for one in tasks_of_person(db.session(), who)]
    assert count_of_person(db.session(), who) == len(found)
    return found


def test_a_task_is_given_done_once_and_stays_on_the_timeline(inside: Flask) -> None:  # noqa: F811
    case_id, ana, ben = send(inside).case_id, actor(inside), actor(inside, "ben.okafor")
    add(case_id, ana, ben, "Second", "2030-01-09")
    add(case_id, ana, ben)
    assert words_of(ben) == ["Ask for the scans", "Second"]
    assert words_of(ana) == []
    first = tasks_of_case(db.session(), case_id)[0].row
    assert first.due_at == datetime(2030, 1, 8, 22, tzinfo=UTC)
    assert b"scans" not in (first.detail or b"")
    done(case_id, ana, first.id)
    done(case_id, ben, first.id)
    assert words_of(ben) == ["Second"]
    kinds = db.session.execute(select(Event.kind).where(Event.case_id == case_id)).scalars()
    assert sorted(kinds) == ["inquiry_received", "task_added", "task_added", "task_done"]
    assert db.session.execute(select(Task.done_by).where(Task.id == first.id)).scalar_one() == ana.id


@pytest.mark.parametrize(
    ("change", "field"), [({"words": " "}, "words"), ({"day": "2030-01-06"}, "due"), ({"day": ""}, "due")]
)
def test_words_person_and_day_are_required(inside: Flask, change: dict[str, Any], field: str) -> None:  # noqa: F811
    case_id, ana = send(inside).case_id, actor(inside)
    with pytest.raises(Refused) as refused:
        add(case_id, ana, ana, **change)
    assert refused.value.field == field
    with pytest.raises(Refused):
        add(case_id, ana, actor(inside, "petra.quist"))
    with pytest.raises(NotAllowed):
        add(case_id, actor(inside, "petra.quist"), ana)
    with pytest.raises(Refused):
        add(case_id, ana, SYSTEM)


def test_no_task_of_one_case_is_done_from_another(inside: Flask) -> None:  # noqa: F811
    one, other, ana = send(inside).case_id, send(inside).case_id, actor(inside)
    add(one, ana, ana)
    task = tasks_of_case(db.session(), one)[0].row
    for wrong in (new_id(), None, task.id):
        with pytest.raises(NotFound):
            done(other, ana, wrong)
    assert words_of(ana) == ["Ask for the scans"]


def test_a_task_of_nobody_is_with_whoever_has_the_case_and_none_of_an_ended_case_is_on_a_list(inside: Flask) -> None:  # noqa: F811
    case_id, ana, ben = send(inside).case_id, actor(inside), actor(inside, "ben.okafor")
    add(case_id, ana, ben)
    set_rows(inside, update(Task).values(assignee_id=None))
    assert words_of(ana) == words_of(ben) == []
    with transaction() as session:
        acts.claim(session, case_id, ana, AT)
    assert (words_of(ana), words_of(ben)) == (["Ask for the scans"], [])
    with transaction() as session:
        acts.change_status(session, case_id, ana, AT, seen="new", to=Status.CLOSED, reason="r")
    assert words_of(ana) == []
    assert len(tasks_of_case(db.session(), case_id)) == 1
    with pytest.raises(Refused):
        add(case_id, ana, ana)


@pytest.mark.parametrize("interpreter", [False, True])
def test_a_conversation_does_what_a_call_was_asked_for(inside: Flask, interpreter: bool) -> None:  # noqa: F811, FBT001
    case_id, ana = send(inside).case_id, actor(inside)
    party = db.session.execute(select(Party.id).where(Party.case_id == case_id)).scalar_one()
    add(case_id, ana, ana)
    row = {"case_id": case_id, "origin_case_id": case_id, "party_id": party, "due_at": AT, "made_at": AT}
    kinds = ("call_with_receipt", "interpreter_call", "translate")
    set_rows(inside, *(Task.__table__.insert().values(id=new_id(), kind=kind, **row) for kind in kinds))
    for outcome in ("no_answer", "reached"):
        with transaction() as session:
            acts.log_contact(
                session, case_id, ana, AT, party_id=party, channel="phone", outcome=outcome, interpreter=interpreter,
                detail="",
            )  # fmt: skip
        if outcome == "no_answer":
            assert len(tasks_of_case(db.session(), case_id)) == 4
    left = {one.row.kind for one in tasks_of_case(db.session(), case_id)}
    assert left == ({"task", "translate"} if interpreter else {"task", "translate", "interpreter_call"})


def test_nobody_sees_the_tasks_of_a_program_that_they_left(inside: Flask) -> None:  # noqa: F811
    case_id, ana = send(inside).case_id, actor(inside)
    add(case_id, ana, ana)
    program = db.session.execute(select(Case.program)).scalar_one()
    grants = {code: roles for code, roles in ana.grants.items() if code != program}
    assert words_of(Actor(ana.kind, ana.id, ana.name, grants)) == []
