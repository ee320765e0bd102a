"""Tasks: something to be done by somebody by a day, given by hand or made by the app. A done one stays on the timeline.

A task of nobody is with whoever has the case. Tasks of an ended case stay on it and are on nobody's list.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.orm import Session

from app.accounts.queries import may_work
from app.cases.change import Change, change, lock
from app.cases.days import end_of
from app.cases.domain import ChildIdentity
from app.cases.models import Case
from app.cases.models_work import Task
from app.cases.story import identity_of
from app.core.actor import Actor, Permission
from app.core.errors import NotFound, Refused
from app.core.ids import new_id
from app.core.sealing import DataKey, ring
from app.programs.service import calendar_of

BY_HAND = "task"
MOST = 100


@dataclass(frozen=True, slots=True)
class TaskView:
    """One open task, its words and its child opened."""

    row: Task
    case: Case
    child: ChildIdentity
    words: str


def make_task(
    act: Change, kind: str, due: datetime, *, party_id: uuid.UUID | None = None, assignee_id: uuid.UUID | None,
    words: str = "",
) -> uuid.UUID:  # fmt: skip
    """Something that somebody has to do."""
    task_id, key, case = new_id(), act.key(), act.case
    act.session.add(
        Task(
            id=task_id, case_id=case.id, origin_case_id=case.id, kind=kind, party_id=party_id, assignee_id=assignee_id,
            due_at=due, made_at=act.at, key_id=key.id if words else None,
            detail=key.seal_json(words, ("task", "detail", task_id)) if words else None,
        )
    )  # fmt: skip
    act.session.flush()
    return task_id


def add_task(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, words: str, assignee_id: uuid.UUID | None,
    day: str,
) -> None:  # fmt: skip
    """Give somebody something to do on a case. Adding never conflicts."""
    if not words.strip():
        raise Refused(_("Write what is to be done."), "words")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if not case.is_open:
            raise Refused(_("This case has ended. Open it again first."), "words")
        if assignee_id is None or not may_work(session, assignee_id, case.program):
            raise Refused(_("Choose somebody who works in this program."), "assignee")
        due = end_of(calendar_of(case.program), day, at, "due")
        task_id = make_task(act, BY_HAND, due, assignee_id=assignee_id, words=words.strip())
        act.record("task_added", new=str(assignee_id), subject_id=task_id, detail={"line": words.strip()})


def finish_task(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, task_id: uuid.UUID | None) -> None:
    """A task is done. Pressed twice, or by two people: done once."""
    lock(session, [case_id])
    task = session.get(Task, task_id, populate_existing=True) if task_id else None
    if task is None or task.case_id != case_id:
        raise NotFound
    if task.done_at is not None:
        return
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        task.done_at, task.done_by = at, actor.id
        words = words_in(ring().load_many(session, {task.key_id}) if task.key_id else {}, task)
        act.record(
            "task_done", new=task.kind, party_id=task.party_id, subject_id=task.id,
            detail={"line": words} if words else None,
        )  # fmt: skip


def spoken_with(act: Change, party_id: uuid.UUID, *, interpreter: bool) -> None:
    """A conversation does what a task to call them asked for; with an interpreter, where it asked for one."""
    kinds = ("call_with_receipt", *(("interpreter_call",) if interpreter else ()))
    act.session.execute(
        update(Task)
        .where(Task.case_id == act.case.id, Task.party_id == party_id, Task.kind.in_(kinds), Task.done_at.is_(None))
        .values(done_at=act.at, done_by=act.actor.id)
    )


def tasks_of_case(session: Session, case_id: uuid.UUID) -> tuple[TaskView, ...]:
    """Its open tasks, the next due first."""
    return opened(session, of_cases(Task.id).where(Task.case_id == case_id))


def tasks_of_person(session: Session, actor: Actor) -> tuple[TaskView, ...]:
    """Somebody's open tasks, the next due first: theirs, nobody's of the cases that they have, and those of whom they cover for."""
    return opened(session, mine(actor, Task.id))


def opened(session: Session, chosen: Select[Any]) -> tuple[TaskView, ...]:
    """The first of these tasks."""
    first = chosen.order_by(Task.due_at, Task.id).limit(MOST).subquery()
    rows = session.execute(
        select(Task, Case).join(first, first.c.id == Task.id).join(Case, Case.id == Task.case_id)
        .order_by(Task.due_at, Task.id)
    ).all()  # fmt: skip
    keys = (
        ring().load_many(session, {one for task, case in rows for one in (task.key_id, case.key_id) if one})
        if rows
        else {}
    )
    return tuple(
        TaskView(task, case, identity_of(keys[case.key_id], case.id, case.identity), words_in(keys, task))
        for task, case in rows
    )


def count_of_person(session: Session, actor: Actor) -> int:
    """How many they have, exact to 99."""
    found = mine(actor, literal(1).label("one")).limit(MOST).subquery()
    return session.execute(select(func.count()).select_from(found)).scalar_one()


def of_cases(*columns: Any) -> Select[Any]:  # noqa: ANN401  columns
    """Open tasks with their cases."""
    return select(*columns).select_from(Task).join(Case, Case.id == Task.case_id).where(Task.done_at.is_(None))


def mine(actor: Actor, *columns: Any) -> Select[Any]:  # noqa: ANN401  columns
    """Open tasks of open cases that a person may work on."""
    me = [actor.id, *actor.covers]
    whose = Task.assignee_id.in_(me) | (Task.assignee_id.is_(None) & Case.assignee_id.in_(me))
    programs = actor.programs_with(Permission.WORK_CASES)
    return of_cases(*columns).where(whose, Case.is_open, Case.program.in_(programs))


def words_in(keys: Mapping[uuid.UUID, DataKey], task: Task) -> str:
    """What somebody wrote into a task."""
    if task.key_id is None or task.detail is None:
        return ""
    return str(keys[task.key_id].unseal_json(task.detail, ("task", "detail", task.id)))
