"""What the worker does about promises: says on the timeline that one is near or missed, and tells the managers once.

The mail holds a reference and a link. At the moment of sending the promise must still be open.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import User
from app.cases.change import change, lock
from app.cases.letters import letter_to
from app.cases.models import Case
from app.cases.models_work import Event
from app.cases.paging_steps import managers_of
from app.cases.promise_watch import look_rows, promised
from app.cases.promises import Pressing, Stage, look_at, pressing
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import MOST_ATTEMPTS, ClaimedJob, Later, enqueue
from app.core.settings import settings
from app.delivery.service import NoSuchMailbox, NotDelivered, send_mail
from app.programs.service import hospital

KINDS = {stage: f"promise_{stage}" for stage in Stage}


def look_at_promises(job: ClaimedJob) -> None:
    """Say what has become near or was missed, and come back when the next does."""
    at = now()
    with transaction() as session:
        case = lock(session, [job.case_id]).get(job.case_id) if job.case_id else None
        if case is None:
            return
        still = promised(case)
        enqueue(session, look_rows(session, case.id, look_at(still, at), at))
        unsaid = [one for one in pressing(still, at) if not said(session, case.id, one)]
        if not unsaid:
            return
        with change(session, [case.id], SYSTEM, None, at) as act:
            for one in unsaid:
                told = one.stage is Stage.MISSED and said(session, case.id, one, Stage.NEAR)
                line = act.record(KINDS[one.stage], old=one.promised, new=instant_text(one.due_at))
                for user_id, _name in () if told else managers_of(session, case.program):
                    act.job("mail_manager", dedupe_key=f"mail_manager:{line}:{user_id}", subject_id=user_id,
                            payload={"line": str(line)})  # fmt: skip


def instant_text(instant: datetime) -> str:
    """An instant as the timeline keeps it."""
    return instant.astimezone(UTC).isoformat()


def said(session: Session, case_id: uuid.UUID, one: Pressing, stage: Stage | None = None) -> bool:
    """Whether the timeline says this of a promise: a job may be done twice."""
    wanted = (Event.case_id == case_id, Event.kind == KINDS[stage or one.stage], Event.old_value == one.promised,
              Event.new_value == instant_text(one.due_at))  # fmt: skip
    return bool(session.execute(select(exists().where(*wanted))).scalar_one())


def mail_manager(job: ClaimedJob) -> None:
    """Tell one manager: the reference and a link to the desk, if the promise is still open."""
    session = db.session()
    line = session.get(Event, uuid.UUID(job.opened()["line"]))
    case = session.get(Case, job.case_id)
    person = session.execute(
        select(User.name, User.email).where(User.id == job.subject_id, User.active)
    ).one_or_none()  # fmt: skip
    if line is None or case is None or person is None or not holds(case, line) or is_told(session, line, person.name):
        return
    missed = line.kind == KINDS[Stage.MISSED]
    subject = _("A promise was missed") if missed else _("A promise is about to be missed")
    link = f"{settings().public_url.rstrip('/')}/desk/cases/{case.reference}"
    body = render_template("email/promise/body.txt", title=subject, reference=case.reference, link=link,
                           hospital=hospital().folder)  # fmt: skip
    fault = None
    try:
        send_mail(settings(), letter_to(person.email, subject, body, job))
    except NotDelivered as refused:
        if not (refused.final or isinstance(refused, NoSuchMailbox)) and job.attempts < MOST_ATTEMPTS:
            raise Later(refused.fault) from None
        fault = refused.fault
    with transaction() as writing, change(writing, [case.id], SYSTEM, None, now()) as act:
        act.record("promise_untold" if fault else "promise_told", old=fault, new=person.name[:64], subject_id=line.id)


def holds(case: Case, line: Event) -> bool:
    """Whether the promise that a line speaks of is still open, with the same date."""
    return any((promise, instant_text(due)) == (line.old_value, line.new_value) for promise, due in promised(case).due)


def is_told(session: Session, line: Event, name: str) -> bool:
    """Whether this manager was told already: a job may be done twice."""
    told = (Event.case_id == line.case_id, Event.subject_id == line.id, Event.kind == "promise_told")
    return bool(session.execute(select(exists().where(*told, Event.new_value == name[:64]))).scalar_one())


def manager_knows(session: Session, case: Case, one: Pressing) -> bool:
    """Whether a mail about this very promise reached a manager's mailbox."""
    line, told = aliased(Event), aliased(Event)
    wanted = (
        line.case_id == case.id, line.kind.in_(list(KINDS.values())), line.old_value == one.promised,
        line.new_value == instant_text(one.due_at), told.case_id == case.id, told.subject_id == line.id,
        told.kind == "promise_told",
    )  # fmt: skip
    return bool(session.execute(select(exists().where(*wanted))).scalar_one())
