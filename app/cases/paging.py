"""Pages about urgent cases: who is paged first, the link that acknowledges, which are unanswered.

What goes out is a reference and a link. `begin` writes in the caller's transaction; the rest of the way is in
`paging_steps.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from app.cases.domain import Marker
from app.cases.ladder import ALARM, LINK_LASTS, MINUTES, Paged, why_over
from app.cases.links import holds, id_in, secret_of
from app.cases.models import Case
from app.cases.models_paging import Page
from app.core.database import AnyRow, write_rows
from app.core.ids import new_id
from app.core.jobs import enqueue, job_row
from app.programs.domain import OnCall
from app.programs.service import hospital

LABEL = "acknowledging links v1"
ACCOUNT = "account"  # a manager is told at their own address, once
MOST_SHOWN = 50


def on_call_of(program: str) -> tuple[OnCall, ...]:
    """Whom this program's urgent cases are paged to, in order: those of the list who have a channel."""
    found = hospital().program(program)
    return tuple(one for one in found.on_call if one.channels) if found else ()


def begin(session: Session, case_id: uuid.UUID, program: str, at: datetime) -> None:
    """Page the first on call, and look again in ten minutes. Nothing where nobody has a channel."""
    listed = on_call_of(program)
    if not listed:
        return
    page_id = new_id()
    write_rows(session, Page, [page_row(page_id, page_id, case_id, program, listed[0].name, at)])
    out = out_rows(session, page_id, case_id, listed[0].channels, 0, at)
    enqueue(session, [*out, *step_rows(session, page_id, case_id, at, 1)])


def page_anew(session: Session, case: Case, before: Paged, at: datetime) -> None:
    """Page about a case that has become urgent, was opened again, or came to this program, unless it is paged already."""
    now = needed(case)
    same = (before.urgency, before.program, before.is_open) == (now.urgency, now.program, now.is_open)
    if same or why_over(now, case.program) or case.marker == Marker.CANARY:
        return
    open_call = exists().where(Page.case_id == case.id, Page.program == case.program, Page.ended_at.is_(None))
    if not session.execute(select(open_call)).scalar_one():
        begin(session, case.id, case.program, at)


def page_row(
    page_id: uuid.UUID, call_id: uuid.UUID, case_id: uuid.UUID | None, program: str, name: str, at: datetime,
    user_id: uuid.UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One person, paged from now on."""
    return {
        "id": page_id, "call_id": call_id, "case_id": case_id, "program": program, "name": name[:60],
        "user_id": user_id, "at": at, "sent_at": None, "fault": None, "acknowledged_at": None, "ended_at": None,
    }  # fmt: skip


def out_rows(
    session: Session, page_id: uuid.UUID, case_id: uuid.UUID | None, channels: Sequence[str], step: int, at: datetime
) -> list[dict[str, Any]]:
    """A job for each channel, so that none waits for another; a manager is told once, whatever the step."""
    return [
        job_row(
            session, "page_out", dedupe_key=f"page:{page_id}:{by}:{0 if by == ACCOUNT else step}", at=at,
            subject_id=page_id, case_id=case_id, payload={"by": by},
        )
        for by in channels
    ]  # fmt: skip


def step_rows(
    session: Session, call_id: uuid.UUID, case_id: uuid.UUID, begun: datetime, step: int
) -> list[dict[str, Any]]:
    """The job that looks whether anybody answered; none after the last step."""
    return [
        job_row(
            session, "page_step", dedupe_key=f"page_step:{call_id}:{step}", at=begun,
            due_at=begun + timedelta(minutes=minutes), subject_id=call_id, case_id=case_id,
        )
        for minutes in MINUTES[step : step + 1]
    ]  # fmt: skip


def page_secret(session: Session, page_id: uuid.UUID) -> str:
    """What the acknowledging link ends in."""
    return secret_of(session, page_id, 1, LABEL)


def find_page(session: Session, secret: str, at: datetime) -> Page | None:
    """The page that a link acknowledges; None for a wrong or an expired one, without saying which."""
    page_id = id_in(secret)
    if page_id is None or not holds(secret, page_secret(session, page_id)):
        return None
    page = session.get(Page, page_id)
    return None if page is None or page.at + LINK_LASTS <= at else page


def needed(case: Case) -> Paged:
    """What of a case says whether its page is still needed."""
    return Paged(case.program, case.urgency, case.is_open, case.assignee_id is not None, case.first_contact_at)


def unanswered(
    session: Session, programs: Sequence[str], at: datetime, case_id: uuid.UUID | None = None
) -> Sequence[AnyRow]:
    """References of the cases (or of this one) whose page nobody answered for half an hour, and since when; the oldest first.

    Asked of the cases as they stand, not of what a worker wrote: it may be the worker that has stopped.
    """
    return session.execute(
        select(Case.reference, Page.at)
        .join(Case, (Case.id == Page.case_id) & (Case.program == Page.program))
        .where(
            Page.program.in_(programs), Page.ended_at.is_(None), Page.id == Page.call_id, Page.at <= at - ALARM,
            Case.is_open, Case.assignee_id.is_(None), Case.first_contact_at.is_(None),
            *([] if case_id is None else [Case.id == case_id]),
        )
        .order_by(Page.at, Page.id)
        .limit(MOST_SHOWN)
    ).all()  # fmt: skip


def paged_since(
    session: Session, programs: Sequence[str], since: datetime, case_id: uuid.UUID | None = None
) -> Sequence[AnyRow]:
    """The cases (or this one) that a program was paged about and still has, the newest call first."""
    answers = aliased(Page)
    answered = select(func.min(answers.acknowledged_at)).where(answers.call_id == Page.id).scalar_subquery()
    return session.execute(
        select(Case.id, Case.reference, Page.at, answered.label("answered"))
        .join(Case, (Case.id == Page.case_id) & (Case.program == Page.program))
        .where(
            Page.program.in_(programs), Page.id == Page.call_id, Page.at > since,
            *([] if case_id is None else [Case.id == case_id]),
        )
        .order_by(Page.at.desc(), Page.id)
        .limit(MOST_SHOWN)
    ).all()  # fmt: skip
