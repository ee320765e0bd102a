"""Tasks on the desk: given on a case, done there or on one's own list. The list is put on the trail as any other."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from app.accounts.queries import workers_of
from app.audit.domain import Action
from app.cases.tasks import MOST, add_task, finish_task, tasks_of_person
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db
from app.desk.case_routes import act_on, id_or_none
from app.desk.forms import readable
from app.desk.routes import rail_view, trail
from app.desk.task_view import task_lines
from app.desk.typed_words import id_of
from app.desk.view_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.views import TASKS
from app.programs.service import hospital
from app.web.access import current_actor, requires


class TaskForm(FlaskForm):
    """Something to be done: what, by whom, by the end of which day."""

    words = StringField(validators=[readable, Length(max=500)])
    assignee = StringField()
    due = StringField()


class DoneForm(FlaskForm):
    """Which task is done, and where its page was."""

    task = StringField()
    then = StringField()


@bp.get("/tasks")
@requires(Permission.WORK_CASES)
def tasks() -> str:
    """What the reader has to do, the next due first."""
    actor, at, zone, session = current_actor(), now(), hospital().zone, db.session()
    found = tasks_of_person(session, actor)
    people = {person.id: person.name for person in workers_of(session, actor.programs_with(Permission.WORK_CASES))}
    lines, _total = rail_view(session, actor, at, zone, TASKS, None)
    shown = task_lines(found, people, at, zone)
    trail(actor, Action.LIST_VIEWED, {"query": TASKS, "cases": sorted({str(one.case.id) for one in found})})
    return render_template("desk/my_tasks.html", rail=lines, tasks=shown, most=MOST)


@bp.post("/cases/<reference>/task")
@requires(Permission.WORK_CASES)
def task(reference: str) -> Response | tuple[str, int]:
    """Give somebody something to do."""
    actor, at, form = current_actor(), now(), TaskForm()
    return act_on(
        reference, "task", form,
        lambda session, found: add_task(
            session, found, actor, at, words=form.words.data or "", assignee_id=id_or_none(form.assignee.data),
            day=form.due.data or "",
        ),
    )  # fmt: skip


@bp.post("/cases/<reference>/task-done")
@requires(Permission.WORK_CASES)
def task_done(reference: str) -> Response | tuple[str, int]:
    """A task is done; back to the page that it was pressed on."""
    actor, at, form = current_actor(), now(), DoneForm()

    def do(session: Session, found: uuid.UUID) -> None:
        finish_task(session, found, actor, at, task_id=id_of(form.task.data or ""))

    return act_on(reference, "task_done", form, do, (lambda _line: url_for("desk.tasks")) if form.then.data else None)
